#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No layer's archive calls into a layer above it, and only os starts, signals or waits for a process.
Usage: symbols.py NM LAYER=ARCHIVE..."""
import subprocess
import sys

import house

PROCESS = {"fork", "vfork", "clone", "clone3", "execl", "execle", "execlp", "execv", "execve", "execvp", "execvpe",
           "fexecve", "execveat", "posix_spawn", "posix_spawnp", "system", "popen", "kill", "killpg", "tgkill",
           "pidfd_send_signal", "wait", "wait3", "wait4", "waitpid", "waitid", "g_spawn_async", "g_spawn_sync"}


def symbols(nm, archive):
    """(defined, undefined) global symbols of ARCHIVE."""
    out = subprocess.run([nm, "--extern-only", "--format=posix", archive], check=True, capture_output=True, text=True)
    defined, undefined = set(), set()
    for line in out.stdout.splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[1]) == 1:
            (undefined if words[1] in "Uw" else defined).add(words[0])
    return defined, undefined - defined


def main(nm, *pairs):
    layers = {layer: symbols(nm, archive) for layer, archive in (pair.split("=", 1) for pair in pairs)}
    problems = [f"{layer}: no archive was given" for layer in house.LAYERS if layer != "main" and layer not in layers]
    for layer, (_, undefined) in layers.items():
        for other, (defined, _) in layers.items():
            if other == layer or other in house.LAYERS[layer]:
                continue
            problems += [f"{layer}: calls {name}() of {other}" for name in sorted(undefined & defined)]
        if layer != "os":
            problems += [f"{layer}: calls {name}(), which is for os alone" for name in sorted(undefined & PROCESS)]
    if not any(defined for defined, _ in layers.values()):
        problems.append("no symbol found: the test reads the wrong files")
    house.verdict(problems, f"{len(layers)} layers call downwards only")


main(*sys.argv[1:])
