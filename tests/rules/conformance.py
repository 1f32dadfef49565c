#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints which test shows each statement of docs/semantics.md that is in scope, and fails where none does, or where the
page marks others as holding. A test names what it shows in a comment: §41 and §42, §84-88, P20.
Usage: conformance.py ROOT"""
import os
import re
import sys

import house

STATEMENT = re.compile(r"§(\d{1,3})(?:[-–]§?(\d{1,3}))?")
PROMISE = re.compile(r"\bP(\d{1,2})(?:-P?(\d{1,2}))?\b")
SCOPE = "tests/rules/scope.txt"
SEMANTICS = "docs/semantics.md"
NOT_TESTS = {SCOPE, "tests/rules/conformance.py", "tests/rules/house.py"}


def numbers(first, last):
    return range(int(first), int(last or first) + 1)


def tags(text):
    found = set()
    for first, last in STATEMENT.findall(text):
        found |= {f"§{n}" for n in numbers(first, last)}
    for comment in re.findall(r"/\*.*?\*/|#[^\n]*|\"\"\".*?\"\"\"", text, flags=re.S):
        for first, last in PROMISE.findall(comment):
            found |= {f"P{n}" for n in numbers(first, last)}
    return found


def scope(text):
    """Statements of the scope file in order: §n, §n-m or Pn, several on a line; # begins a comment."""
    wanted = []
    for line in text.splitlines():
        for sign, first, last in re.findall(r"(§|P)(\d+)(?:-(\d+))?", line.split("#")[0]):
            wanted += [f"{sign}{n}" for n in numbers(first, last)]
    return wanted


def main(root):
    shown = {}
    for path in house.files(root, "tests"):
        if path in NOT_TESTS or path.endswith(".md"):
            continue
        for tag in tags(house.read(root, path)):
            shown.setdefault(tag, []).append(path[len("tests/"):])
    wanted = scope(house.read(root, SCOPE))
    for tag in wanted:
        print(f"{tag:5} {', '.join(shown.get(tag, ['-']))}")
    beyond = sorted(set(shown) - set(wanted), key=lambda t: (t[0], int(t[1:])))
    if beyond:
        print(f"beyond the scope: {' '.join(beyond)}")
    problems = [f"{tag}: no test shows it" for tag in wanted if tag not in shown]
    promised = set(re.findall(r"^- \*\*(§\d+)\*\* ●", house.read(root, SEMANTICS), flags=re.M))
    ours = {tag for tag in wanted if tag[0] == "§"}
    problems += [f"{tag}: {SEMANTICS} says it holds, {SCOPE} does not" for tag in sorted(promised - ours)]
    problems += [f"{tag}: in {SCOPE}, but {SEMANTICS} does not say it holds" for tag in sorted(ours - promised)]
    if not wanted:
        problems.append(f"{SCOPE} names nothing")
    house.verdict(problems, f"{len(wanted)} statements, each shown by a test")


main(sys.argv[1])
