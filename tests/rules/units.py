#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""systemd accepts the units without a word, and judges the system unit's exposure 3.6 or better.
Usage: units.py REEVED UNITS"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import house

THRESHOLD = 36


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    return done.returncode, (done.stdout + done.stderr).strip()


def main(reeved, units):
    if not shutil.which("systemd-analyze"):
        house.skip("no systemd-analyze")
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, *options in (("reeve.service",), ("user/reeve.service", "--user")):
            with open(os.path.join(units, name), encoding="utf-8") as file:
                # What is not installed yet cannot be started: verify looks for the program of the build instead.
                text, n = re.subn(r"^ExecStart=\S+/reeved\b", f"ExecStart={reeved}", file.read(), flags=re.M)
            if n != 1:
                problems.append(f"{name}: {n} lines ExecStart=")
            path = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            status, said = analyze(*options, "verify", path)
            # Only what is said about this unit; the machine's own units are not ours to judge.
            said = "\n".join(line for line in said.splitlines() if scratch in line or "reeve" in line)
            if said or (status != 0 and not options):
                problems.append(f"{name}: verify: exit status {status}: {said}")
        status, said = analyze("security", "--offline=true", f"--threshold={THRESHOLD}", os.path.join(scratch, "reeve.service"))
        last = (said.splitlines() or ["silence"])[-1]
        if status != 0:
            problems.append(f"reeve.service: security: exit status {status}: {last}")
    house.verdict(problems, last)


main(*sys.argv[1:])
