#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""reeved --check and --plan start nothing, connect nowhere and write nothing (§36), shown by strace.
Usage: offline.py REEVED ROOT"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import house

READING = re.compile(r"^(?:\d+\s+)?open(?:at)?\([^\"]*\"(?P<path>[^\"]*)\", (?P<flags>[^,)]*)")
WRITES = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")
CALLS = ("%process,%network,%signal,open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,unlink,unlinkat,rmdir,rename,"
         "renameat,renameat2,link,linkat,symlink,symlinkat,truncate,ftruncate,chmod,fchmod,fchmodat,chown,fchown,fchownat,"
         "mount,pidfd_open,memfd_create")
# Of %process and %signal: the end of the process itself, and its own signal mask.
HARMLESS = re.compile(r"^(?:\d+\s+)?(?:exit|exit_group|arch_prctl|rt_sigaction|rt_sigprocmask|sigaltstack|rt_sigreturn)\(")

BROKEN = "[Component one]\nExecStart=/bin/true\nRequires=two\n\n[Component two]\nExecStart=/bin/true\nRequires=one\nColour=red\n"


def findings(trace):
    """Lines of TRACE that do more than read; the first execve is strace's own."""
    found, n_exec = [], 0
    for line in trace.splitlines():
        opened = READING.match(line)
        if opened and not WRITES.search(opened["flags"]):
            continue
        if re.match(r"^(?:\d+\s+)?execve\(", line):
            n_exec += 1
            if n_exec == 1:
                continue
        if HARMLESS.match(line) or line.startswith(("+++", "---")) or re.match(r"^\d+\s+(\+\+\+|---)", line):
            continue
        found.append(line)
    return found


def trace(log, *command):
    # A sanitized daemon would start a second process to look for leaks.
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    done = subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", "trace=" + CALLS, *command], capture_output=True,
                          text=True, env=env, stdin=subprocess.DEVNULL)
    with open(log, encoding="utf-8", errors="replace") as file:
        return done, file.read()


def main(reeved, root):
    if not shutil.which("strace"):
        house.skip("no strace")
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        log, broken = os.path.join(scratch, "log"), os.path.join(scratch, "broken.module")
        probe, _ = trace(log, "true") if os.access(scratch, os.W_OK) else (None, None)
        if probe.returncode != 0:
            house.skip("strace may not trace here")
        with open(broken, "w", encoding="utf-8") as file:
            file.write(BROKEN)
        shop = os.path.join(root, "docs/examples/shop")
        for status, *arguments in ((0, "--check", "--modules", shop), (0, "--plan", "--modules", shop),
                                   (3, "--check", "--modules", broken), (3, "--plan", "--modules", broken)):
            done, text = trace(log, reeved, *arguments)
            name = f"reeved {' '.join(arguments)}"
            if done.returncode != status:
                problems.append(f"{name}: exit status {done.returncode}, {status} was expected: {done.stderr.strip()}")
            elif (status or "--plan" in arguments) and not (done.stdout + done.stderr).strip():
                problems.append(f"{name}: says nothing")
            problems += [f"{name}: {line}" for line in findings(text)]
    house.verdict(problems, "--check and --plan only read")


main(*sys.argv[1:])
