#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tests of libreeve under valgrind: no invalid access, nothing lost. Usage: valgrind.py PROGRAM..."""
import os
import shutil
import subprocess
import sys

import house

COMMAND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
           "--child-silent-after-fork=yes"]


def main(*programs):
    if not shutil.which("valgrind"):
        house.skip("no valgrind")
    with open(programs[0], "rb") as file:
        if b"__asan_init" in file.read() or b"__tsan_init" in open(programs[0], "rb").read():
            house.skip("the programs are built with a sanitizer")
    problems = []
    for program in programs:
        run = subprocess.run(COMMAND + [program], capture_output=True, text=True, errors="replace",
                             env=dict(os.environ, G_SLICE="always-malloc"))
        if run.returncode:
            problems.append(f"{os.path.basename(program)}: status {run.returncode}\n{run.stdout[-4000:]}{run.stderr[-8000:]}")
    house.verdict(problems, f"{len(programs)} programs are clean")


main(*sys.argv[1:])
