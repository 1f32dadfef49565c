#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sizes and names of docs/style.md: files up to 500 lines, headers up to 90, lines of C up to 120 columns, structs up
to 20 fields, and no file that is named as a place to put anything. Usage: sizes.py ROOT"""
import os
import re
import sys

import house

FILE_MAX, HEADER_MAX, COLUMNS_MAX, FIELDS_MAX = 500, 90, 120, 20
SOURCES = (".c", ".h", ".py", ".sh", ".cmake")
FORBIDDEN = {"util", "utils", "common", "misc", "types", "helper", "helpers", "manager", "stuff", "tools"}
STRUCT = re.compile(r"\b(?:struct|union)\s+(\w+)?\s*\{")


def without_comments(text):
    """TEXT with comments, strings and preprocessor lines blanked; line numbers stay."""
    def blank(match):
        return "\n" * match.group(0).count("\n")
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", blank, text, flags=re.M)


def body_of(text, start):
    """What stands between the brace before START and its partner."""
    depth = 1
    for end in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[start:end]
    return text[start:]


def count_fields(body):
    """Declarators at the top level of BODY: `int a, b;` are two."""
    n, depth, declarators, seen = 0, 0, 1, False
    for char in body:
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(char, 0)
        if depth == 0 and char == ",":
            declarators += 1
        elif depth == 0 and char == ";":
            n += declarators if seen else 0
            declarators, seen = 1, False
        elif not char.isspace():
            seen = True
    return n


def main(root):
    problems, n_files = [], 0
    for path in house.files(root):
        stem = os.path.basename(path).split(".")[0]
        is_script = path in ("bootstrap", ".ci/run")
        if not path.endswith(SOURCES) and not is_script:
            continue
        n_files += 1
        if set(re.split(r"[_-]", stem)) & FORBIDDEN or re.search(r"[a-z]\d$", stem) and path.endswith((".c", ".h")):
            problems.append(f"{path}: a file is named as the type or the job it holds")
        text = house.read(root, path)
        limit = HEADER_MAX if path.endswith(".h") else FILE_MAX
        n_lines = text.count("\n")
        if n_lines > limit:
            problems.append(f"{path}: {n_lines} lines, {limit} is the limit")
        if path.endswith((".c", ".h")):
            problems += [f"{path}:{n}: {len(line)} columns, {COLUMNS_MAX} is the limit"
                         for n, line in enumerate(text.split("\n"), 1) if len(line) > COLUMNS_MAX]
            code = without_comments(text)
            for match in STRUCT.finditer(code):
                n = count_fields(body_of(code, match.end()))
                if n > FIELDS_MAX:
                    line = code.count("\n", 0, match.start()) + 1
                    problems.append(f"{path}:{line}: struct {match.group(1) or '(unnamed)'} has {n} fields, {FIELDS_MAX} is the limit")
    if not n_files:
        problems.append("no file found: the test looks in the wrong place")
    house.verdict(problems, f"{n_files} files keep to the sizes")


main(sys.argv[1])
