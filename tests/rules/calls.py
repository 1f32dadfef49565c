#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Within a library calls point one way, too: no file of it calls itself by way of others. Usage: calls.py NM OBJECT..."""
import os
import subprocess
import sys

import house


def symbols(nm, path):
    """(defined, undefined) global symbols of the object at PATH."""
    out = subprocess.run([nm, "--extern-only", "--format=posix", path], check=True, capture_output=True, text=True)
    rows = [line.split() for line in out.stdout.splitlines()]
    return {row[0] for row in rows if row[1] not in "Uw"}, {row[0] for row in rows if row[1] in "Uw"}


def judge(nm, paths):
    """(ring or None, number of calls) between the files of one library."""
    found = {os.path.basename(path).split(".")[0]: symbols(nm, path) for path in paths}
    places = {name: part for part, (defined, _) in found.items() for name in defined}
    calls = {part: {} for part in found}
    n_calls = 0
    for part, (_, undefined) in found.items():
        for name in sorted(undefined & places.keys()):
            calls[part].setdefault(places[name], name)
            n_calls += 1
    ring = house.find_ring(calls)
    return ring and ", ".join(f"{a} -> {b} ({calls[a][b]})" for a, b in zip(ring, ring[1:])), n_calls


def main(nm, *paths):
    problems, n_all, libraries = [], 0, {}
    for path in paths:
        libraries.setdefault(os.path.dirname(path), []).append(path)
    for library, objects in libraries.items():
        ring, n_calls = judge(nm, objects)
        if ring:
            problems.append(f"{os.path.basename(library)}: a ring of calls: {ring}")
        if not n_calls:
            problems.append(f"{library}: no call found: the test reads the wrong files")
        n_all += n_calls
    house.verdict(problems, f"{n_all} calls within {len(libraries)} libraries point one way")


main(*sys.argv[1:])
