#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each public header compiles by itself, in strict C11 and in C++, under every warning that a program may have on; so do the
examples of the manual pages, and mandoc has nothing to say about these. Usage: headers.py CC ROOT FLAG..."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import house

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef", "-Wcast-qual", "-Werror", "-c", "-o", os.devnull]
LITERAL = re.compile(r"^\.Bd -literal\n(.*?)^\.Ed$", re.M | re.S)


def compile_text(command, text, ending, flags):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program" + ending)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        run = subprocess.run(command + [path] + flags, capture_output=True, text=True)
        return run.stderr if run.returncode else None


def examples(root):
    """(page, program) of each example that is a program; every page has one."""
    for path in house.files(root, "docs/man"):
        if not path.endswith(".3"):
            continue
        text = house.read(root, path).split(".Sh EXAMPLES", 1)[-1]
        programs = [block.replace("\\e", "\\") for block in LITERAL.findall(text) if "main(" in block]
        yield from ((path, program) for program in programs or [None])


def main(cc, root, *flags):
    problems, n = [], 0
    flags = list(flags)
    compilers = [([cc, "-std=c11"] + STRICT, ".c")]
    cxx = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if cxx:
        compilers += [([cxx, f"-std={std}"] + STRICT, ".cc") for std in ("c++11", "c++20")]
    else:
        print("no C++ compiler: the headers are compiled as C only")
    for path in house.files(root, "client/include"):
        name = os.path.relpath(path, "client/include")
        for command, ending in compilers:
            n += 1
            use = "int main(void) { return reeve_listen_fd(0); }" if name == "reeve.h" else ""
            wrong = compile_text(command, f"#include <{name}>\n#include <{name}>\n{use}\n", ending, flags)
            if wrong:
                problems.append(f"{path}: {' '.join(command[:2])}: {wrong}")
    for page, program in examples(root):
        n += 1
        wrong = "no example that is a program" if not program else \
            compile_text([cc, "-Wall", "-Wextra", "-Werror", "-c", "-o", os.devnull], program, ".c", flags)
        if wrong:
            problems.append(f"{page}: {wrong}")
    if shutil.which("mandoc"):
        pages = [os.path.join(root, p) for p in house.files(root, "docs/man") if p.endswith(".3")]
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"] + pages, capture_output=True, text=True)
        problems += lint.stdout.splitlines()
    else:
        print("no mandoc: the pages are not linted")
    house.verdict(problems, f"{n} programs compile")


main(*sys.argv[1:])
