#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reference of module files is what the daemon's schema says now, leaves no group out, and the reeved.conf that is
installed names every setting of it. Usage: reference.py REEVED PAGE ROOT"""
import re
import subprocess
import sys

import house

GROUPS = ("Module", "Component", "Singletons", "Values", "Value", "Alias", "Container")


def settings_of(page):
    """Keys that PAGE names below its heading for [Container]."""
    section = re.split(r"^#+ .*$", page, flags=re.M)
    heads = re.findall(r"^#+ .*$", page, flags=re.M)
    text = next((body for head, body in zip(heads, section[1:]) if "Container" in head), "")
    return set(re.findall(r"\b([A-Z]\w+)=", text)) | set(re.findall(r"^\|\s*`?([A-Z]\w+)=?`?\s*\|", text, flags=re.M))


def main(reeved, page, root):
    said = subprocess.run([reeved, "--schema=markdown"], check=True, capture_output=True, text=True).stdout
    with open(page, encoding="utf-8") as file:
        built = file.read()
    problems = [] if said == built else [f"{page} is not what reeved --schema=markdown says"]
    problems += [f"no group [{group}] in the reference" for group in GROUPS if f"[{group}" not in said]
    schema = settings_of(said) - {"Key"}
    shipped = set(re.findall(r"^#?([A-Z]\w+)=", house.read(root, "units/reeved.conf"), flags=re.M))
    problems += [f"units/reeved.conf does not name {key}=" for key in sorted(schema - shipped)]
    problems += [f"units/reeved.conf names {key}=, which the schema does not know" for key in sorted(shipped - schema)]
    house.verdict(problems, f"{len(said.splitlines())} lines, {len(shipped)} settings")


main(*sys.argv[1:])
