#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Large configurations of simple shapes, and what `reeved --check` costs on them.

    check_scale.py REEVED [N]        prints time and memory of each shape of N definitions (10000)
    check_scale.py --assert REEVED   holds the verdicts, and bounds no sane machine comes near (P39: < 1 s, < 200 MB)
"""
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

FILE_BYTES = 900 * 1000  # a module file may have 1 MiB


def component(name, lines=()):
    return f"[Component {name}]\nExecStart=/bin/true\n" + "".join(line + "\n" for line in lines)


def requires(name, targets):
    return component(name, [f"Requires={' '.join(targets)}"] if targets else [])


def chain(n):
    return [requires(f"c{i}", [f"c{i + 1}"] if i + 1 < n else []) for i in range(n)]


def star(n):
    return [requires(f"c{i}", ["c0"] if i else []) for i in range(n)]


def fan(n):
    return [requires("c0", [f"c{i}" for i in range(1, n)])] + [component(f"c{i}") for i in range(1, n)]


def ring(n):
    return [requires(f"c{i}", [f"c{(i + 1) % n}"]) for i in range(n)]


def ladder(n):
    """Two on each rung and each rung on the next: 2^(n/2) paths."""
    return [requires(f"c{i}", [f"c{j}" for j in (i - i % 2 + 2, i - i % 2 + 3) if j < n]) for i in range(n)]


def dense(n):
    """Eight edges each, and no circle."""
    numbers = random.Random(1)
    return [requires(f"c{i}", [f"c{j}" for j in sorted(numbers.sample(range(i + 1, min(n, i + 200)), min(8, n - i - 1)))])
            for i in range(n)]


def tangle(n):
    """Eight edges each, and circles everywhere."""
    numbers = random.Random(2)
    return [requires(f"c{i}", [f"c{j}" for j in sorted(numbers.sample(range(n), 8))]) for i in range(n)]


def typos(n):
    return [requires(f"c{i}", [f"d{i}"]) for i in range(n)]


def captives(n):
    """Many singletons at the head of a long chain of transients that ends in a request."""
    half = n // 2
    rows = [requires(f"c{i}", ["t0"]) for i in range(half)]
    rows += [component(f"t{i}", ["Scope=transient", f"Requires=t{i + 1}" if i + 1 < half else "Requires=r"]) for i in range(half)]
    return rows + [component("r", ["Scope=request"])]


def weak(n):
    return [component(f"c{i}", [f"Resolves=c{(i + 1) % n}"]) for i in range(n)]


# shape: the exit status, and how many errors of which code the check finds
SHAPES = {
    chain: (0, {}),
    star: (0, {}),
    fan: (0, {}),
    ring: (3, {"cycle": 1}),
    ladder: (0, {}),
    dense: (0, {}),
    tangle: (3, {"cycle": 1}),
    typos: (3, {"missing-dependency": None}),  # as many as go into the output
    captives: (3, {"captive-dependency": None}),
    weak: (0, {}),
}
SECONDS_MAX, MEGABYTES_MAX, OUTPUT_MAX = 10, 200, 1000 * 1000 + 1000


def write(rows, directory):
    """All in few files, and one module a file would be another test: refs across files need no Requires= here."""
    files, size = [[]], 0
    for row in rows:
        if size + len(row) > FILE_BYTES:
            files.append([])
            size = 0
        files[-1].append(row)
        size += len(row)
    for i, parts in enumerate(files):
        needs = f"[Module]\nRequires=m{i + 1}\n" if i + 1 < len(files) else ""
        with open(os.path.join(directory, f"m{i}.module"), "w", encoding="ascii") as file:
            file.write(needs + "".join(parts))


def measure(reeved, rows):
    with tempfile.TemporaryDirectory() as directory:
        write(rows, directory)
        begin = time.monotonic()
        with subprocess.Popen([reeved, "--check", "--modules", directory], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            output = process.stdout.read().decode("utf-8")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, output, time.monotonic() - begin, usage.ru_maxrss / 1024


def judge(shape, status, output, seconds, megabytes, is_sanitized):
    expected, codes = SHAPES[shape]
    problems = []
    if status != expected:
        problems.append(f"exit status {status}, not {expected}")
    if len(output.encode()) > OUTPUT_MAX:
        problems.append(f"{len(output.encode())} bytes of output")
    found = {}
    for code in re.findall(r": error: .* \[([a-z-]+)\]$", output, re.M):
        found[code] = found.get(code, 0) + 1
    if set(found) != set(codes) or any(n not in (None, found[code]) for code, n in codes.items()):
        problems.append(f"errors {found}, not {codes}")
    if seconds > SECONDS_MAX:
        problems.append(f"{seconds:.1f} s")
    if megabytes > MEGABYTES_MAX and not is_sanitized:
        problems.append(f"{megabytes:.0f} MB")
    return problems


def main(arguments):
    is_test = arguments[:1] == ["--assert"]
    arguments = arguments[1:] if is_test else arguments
    if not arguments:
        sys.exit(__doc__)
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))  # recursion along the graph would not survive this
    with open(arguments[0], "rb") as file:
        is_sanitized = b"__asan_init" in file.read()
    n, problems = int(arguments[1]) if len(arguments) > 1 else 10000, []
    for shape in SHAPES:
        status, output, seconds, megabytes = measure(arguments[0], shape(n))
        last = output.splitlines()[-1] if output else "nothing to say"
        print(f"{shape.__name__:9} {1000 * seconds:7.1f} ms {megabytes:7.1f} MB  {last}")
        if is_test:
            problems += [f"{shape.__name__}: {problem}" for problem in judge(shape, status, output, seconds, megabytes, is_sanitized)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
