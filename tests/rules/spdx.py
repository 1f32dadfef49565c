#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every file that can carry a comment says its licence at its top. Usage: spdx.py ROOT"""
import os
import sys

import house

TAG = "SPDX-License-Identifier: LGPL-2.1-or-later"
ENDINGS = (".c", ".h", ".py", ".sh", ".cmake", ".module", ".service", ".socket", ".conf", ".xml", ".policy", ".in",
           ".sym", ".yml", ".yaml", ".supp", ".dot", ".dict")
NAMES = {"CMakeLists.txt", "bootstrap", ".clang-format", ".clang-tidy", ".gitignore", ".editorconfig"}
# Here the bytes themselves are the test, down to the line numbers.
DATA = ("tests/golden/", "tests/fuzz/corpus/")


def must_say(root, path):
    if path.startswith(DATA):
        return path.endswith((".c", ".py"))
    if path.endswith(ENDINGS) or os.path.basename(path) in NAMES:
        return True
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


def main(root):
    paths = [p for p in house.files(root) if must_say(root, p)]
    problems = [f"{p}: does not say \"{TAG}\" in its first five lines" for p in paths
                if not any(TAG in line for line in house.read(root, p).splitlines()[:5])]
    if not paths:
        problems.append("no file found: the test looks in the wrong place")
    house.verdict(problems, f"{len(paths)} files say their licence")


main(sys.argv[1])
