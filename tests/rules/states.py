#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of states in the daemon is the one in docs/state.dot, its states are those of §59, none is a trap (§60), and
reevectl knows a look for each and for those of the container (§62).
Usage: states.py REEVED ROOT"""
import difflib
import re
import subprocess
import sys

import house

START = "inactive"
NODE = re.compile(r"^\s*([a-z-]+);$", re.M)
EDGE = re.compile(r'^\s*"?([a-z][a-z_-]*)"?\s*->\s*"?([a-z][a-z_-]*)"?', re.M)
LOOK = re.compile(r'\{"([a-z-]+)", COLOUR_')


def written_states(root, statement):
    """The words that a statement of docs/semantics.md lists: "… is a, b or c"."""
    line = re.search(rf"\*\*§{statement}\*\* . .*? is (.*?)(?:, and|\.$)", house.read(root, "docs/semantics.md"), re.M)
    return set(re.split(r", | or ", line.group(1)))


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
    states = set(NODE.findall(said))
    edges = set(EDGE.findall(said))
    problems += [f"{state}: not both in §59 and in reeved --states" for state in sorted(states ^ written_states(root, 59))]
    named = {state for edge in edges for state in edge}
    problems += [f"{state}: in a transition only" for state in sorted(named - states)]
    problems += [f"{state}: in no transition" for state in sorted(states - named)]
    problems += [f"{state}: cannot be reached from {START}" for state in sorted(states - closure(START, edges))]
    backwards = {(to, origin) for origin, to in edges}
    problems += [f"{state}: no way back to {START}" for state in sorted(states - closure(START, backwards))]
    looks = set(LOOK.findall(house.read(root, "client/ctl/state_look.c")))
    problems += [f"{state}: not in state_looks[] of client/ctl/state_look.c" for state in sorted((states | written_states(root, 62)) - looks)]
    house.verdict(problems, f"{len(states)} states, {len(edges)} transitions")


main(*sys.argv[1:])
