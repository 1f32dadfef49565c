#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds what reeved says about a folder of module files against what it is expected to say.

A case is a folder with *.module files and expected.txt (reeved --check) or expected-plan.txt (reeved --plan). The exit
status is to be 3 where the text counts errors, and 0 otherwise. Usage: run.py REEVED CASE..., or run.py --update REEVED
CASE... to write the files anew: then read the difference, every line of it."""
import difflib
import os
import re
import subprocess
import sys

MODES = {"expected.txt": "--check", "expected-plan.txt": "--plan"}
HAS_ERRORS = re.compile(r"^\d+ errors?\b", re.M)
BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def run(reeved, case, mode):
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    environment.update({name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")})
    done = subprocess.run([os.path.abspath(reeved), mode, "--modules", "."], cwd=case, env=environment, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode("utf-8"), done.returncode


def check(reeved, case, name, update):
    """What is wrong, as a list of lines."""
    path = os.path.join(case, name)
    text, status = run(reeved, case, MODES[name])
    problems = []
    if status != (3 if HAS_ERRORS.search(text) else 0):
        problems.append(f"{case}: exit status {status} does not fit what it said:\n{text}")
    if BAD.search(text):
        problems.append(f"{case}: control characters in the output")
    if update and not problems:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        expected = file.read()
    if text != expected:
        problems += difflib.unified_diff(expected.splitlines(), text.splitlines(), path, "reeved " + MODES[name], lineterm="")
    return problems


def main(arguments):
    update = "--update" in arguments
    arguments = [argument for argument in arguments if argument != "--update"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    problems = []
    for case in arguments[1:]:
        names = [name for name in MODES if os.path.exists(os.path.join(case, name))]
        if not names:
            problems.append(f"{case}: neither {' nor '.join(MODES)}")
        for name in names:
            problems += check(arguments[0], case, name, update)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
