#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libreeve exports what its headers declare and nothing else, each name with a version, and each has a manual page; of GLib
it needs nothing. Usage: exports.py NM LIBRARY ROOT"""
import os
import re
import subprocess
import sys

import house

DECLARED = re.compile(r"^[a-z].*?\b(reeve_[a-z_]+)\(", re.M)
HOOK_TYPE = re.compile(r"\breeve_[a-z_]+_fn\b")


def names(nm, library, *options):
    out = subprocess.run([nm, "--dynamic", "--format=posix", *options, library], check=True, capture_output=True, text=True)
    return [line.split()[:2] for line in out.stdout.splitlines()]


def main(nm, library, root):
    found = {}
    for name, kind in names(nm, library, "--defined-only"):
        if kind != "A":
            name, _, version = name.partition("@")
            found[name] = version.lstrip("@")
    declared, documented = set(), set()
    for path in house.files(root, "client/include"):
        text = re.sub(r"/\*.*?\*/", "", house.read(root, path), flags=re.S)
        if not path.endswith("reeve-glib.h"):
            declared |= set(DECLARED.findall(text))
    for path in house.files(root, "docs/man"):
        text = house.read(root, path)
        documented |= set(re.findall(r"^\.Nm (reeve_\w+)", text.split(".Sh SYNOPSIS")[0], flags=re.M))
    problems = [f"{name}: exported, and in no header" for name in sorted(set(found) - declared)]
    problems += [f"{name}: in a header, and not exported" for name in sorted(declared - set(found))]
    problems += [f"{name}: has no version" for name, version in sorted(found.items()) if not version.startswith("LIBREEVE_")]
    problems += [f"{name}: has no manual page" for name in sorted(declared - documented)]
    problems += [f"{name}: of GLib" for name, _ in names(nm, library, "--undefined-only") if name.startswith("g_")]
    if len(declared) < 20:
        problems.append("hardly a declaration found: the test looks in the wrong place")
    house.verdict(problems, f"{len(found)} names are exported, declared and documented")


main(*sys.argv[1:])
