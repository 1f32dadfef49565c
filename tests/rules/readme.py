#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tour in README.md says what really happens: runs the commands of its ```console blocks, one after the other, and
compares what they print. Numbers may differ, and the order of lines where a block says `console unordered`.
Usage: readme.py ROOT BUILD [--write], which writes what the commands print now into README.md"""
import difflib
import os
import re
import subprocess
import sys

import house

BLOCK = re.compile(r"^```console( unordered)?\n(.*?)^```$", re.M | re.S)
PATIENCE = 60
# The tour is written for the release build; another build's programs answer for it here.
TOUR = "build/release"


def steps(body):
    """[command, expected lines] of one block; a command whose line ends in \\ goes on."""
    found = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif found:
            found[-1][1].append(line)
    return found


def placed(line, root, build):
    """LINE with the repository as the place that paths begin at."""
    return line.replace(build, TOUR).replace(root + "/", "")


def normal(lines, unordered):
    """LINES without what differs from run to run: numbers, units of time, days, colours, columns."""
    out = []
    for line in lines:
        line = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)
        line = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", "<day>", line)
        line = re.sub(r"\d+(\.\d+)?\s?(µs|us|ms|s|min)\b", "<time>", line)
        line = re.sub(r"\b[0-9a-f]{12,64}\b", "<hash>", line)
        line = re.sub(r"\d+", "<n>", line)
        line = re.sub(r"[-─]{2,}", "--", re.sub(r"\s+", " ", line)).strip()
        if line:
            out.append(line)
    return sorted(out) if unordered else out


def environment(build):
    """What the tour's own first lines set up, for the build at hand."""
    path = os.path.join(build, "client") + os.pathsep + os.environ["PATH"]
    env = dict(os.environ, PATH=path, shop=os.path.join(build, "docs/examples/shop"), LC_ALL="C.UTF-8", NO_COLOR="1", TZ="UTC",
               COLUMNS="100")
    for name in ("REEVE_ADDRESS", "REEVED"):
        env.pop(name, None)
    return env


def run(command, root, build):
    """What COMMAND prints, standard error included, or None: it does not end."""
    try:
        done = subprocess.run(["sh", "-c", command], cwd=root, env=environment(build), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None
    return [placed(line.rstrip(), root, build) for line in done.stdout.splitlines()]


def rewritten(text, root, build):
    def fill(match):
        lines = []
        for command, _ in steps(match[2]):
            lines += ["$ " + command] + (run(command, root, build) or [])
        return f"```console{match[1] or ''}\n" + "\n".join(lines) + "\n```"
    return BLOCK.sub(fill, text)


def main(root, build, *write):
    text = house.read(root, "README.md")
    if write == ("--write",):
        with open(os.path.join(root, "README.md"), "w", encoding="utf-8") as file:
            file.write(rewritten(text, root, build))
        return
    problems, n = [], 0
    for unordered, body in BLOCK.findall(text):
        for command, expected in steps(body):
            n += 1
            got = run(command, root, build)
            if got is None:
                problems.append(f"$ {command}: still running after {PATIENCE} s")
                continue
            got, want = (normal(lines, unordered) for lines in (got, expected))
            if got != want:
                problems.append(f"$ {command}")
                problems += difflib.unified_diff(want, got, "README.md", "what it printed", lineterm="", n=1)
    if not n:
        problems.append("README.md has no console block")
    house.verdict(problems, f"{n} commands do what README.md says")


main(*sys.argv[1:])
