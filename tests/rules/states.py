#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of states in the daemon is the one in docs/state.dot, and no state is a trap (§59, §60).
Usage: states.py REEVED ROOT"""
import difflib
import re
import subprocess
import sys

import house

START = "inactive"
EDGE = re.compile(r'^\s*"?([a-z][a-z_-]*)"?\s*->\s*"?([a-z][a-z_-]*)"?', re.M)
# §59 is a closed set.
STATES = {"inactive", "waiting", "starting", "ready", "stopping", "backoff", "failed", "blocked", "skipped"}


def closure(start, edges):
    found, rest = {start}, [start]
    while rest:
        node = rest.pop()
        new = {to for origin, to in edges if origin == node} - found
        found |= new
        rest += new
    return found


def main(reeved, root):
    said = subprocess.run([reeved, "--states"], check=True, capture_output=True, text=True).stdout
    written = "".join(line for line in house.read(root, "docs/state.dot").splitlines(True) if "SPDX" not in line)
    said = "".join(line for line in said.splitlines(True) if "SPDX" not in line)
    problems = [line.rstrip() for line in difflib.unified_diff(written.splitlines(), said.splitlines(), "docs/state.dot",
                                                               "reeved --states", lineterm="")]
    edges = set(EDGE.findall(said))
    named = {state for edge in edges for state in edge}
    problems += [f"{state}: §59 does not know it" for state in sorted(named - STATES)]
    problems += [f"{state}: in no transition" for state in sorted(STATES - named)]
    problems += [f"{state}: cannot be reached from {START}" for state in sorted(STATES - closure(START, edges))]
    backwards = {(to, origin) for origin, to in edges}
    problems += [f"{state}: no way back to {START}" for state in sorted(STATES - closure(START, backwards))]
    house.verdict(problems, f"{len(STATES)} states, {len(edges)} transitions")


main(*sys.argv[1:])
