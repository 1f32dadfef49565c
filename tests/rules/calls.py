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


def main(nm, *paths):
    problems, calls, n_calls = [], {}, 0
    found = {os.path.basename(path).split(".")[0]: symbols(nm, path) for path in paths}
    places = {name: part for part, (defined, _) in found.items() for name in defined}
    for part, (_, undefined) in found.items():
        calls[part] = {}
        for name in sorted(undefined & places.keys()):
            calls[part].setdefault(places[name], name)
            n_calls += 1
    ring = house.find_ring(calls)
    if ring:
        problems.append("a ring of calls: " + ", ".join(f"{a} -> {b} ({calls[a][b]})" for a, b in zip(ring, ring[1:])))
    if not n_calls:
        problems.append("no call found: the test reads the wrong files")
    house.verdict(problems, f"{n_calls} calls between {len(paths)} files point one way")


main(*sys.argv[1:])
