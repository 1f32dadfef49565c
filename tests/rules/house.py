# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the rule tests share: the files of the repository, the layers, rings, and how a verdict is given."""
import os
import sys

SKIPPED = 77  # SKIP_RETURN_CODE of every test here

# Layer -> the layers it may use (docs/architecture.md). main is daemon/*.c.
LAYERS = {
    "base": [],
    "os": ["base"],
    "conf": ["base"],
    "plan": ["base", "conf"],
    "run": ["base", "os", "conf", "plan"],
    "observe": ["base", "conf", "plan", "run"],
    "bus": ["base", "os", "conf", "plan", "run", "observe"],
    "main": ["base", "os", "conf", "plan", "run", "observe", "bus"],
}

IGNORED = {".git", "build", "__pycache__"}


def files(root, *folders):
    """Paths relative to ROOT of every file below FOLDERS (default: everything), sorted. Does not need git."""
    found = []
    for folder in folders or ("",):
        for where, names, leaves in os.walk(os.path.join(root, folder)):
            names[:] = sorted(n for n in names if n not in IGNORED)
            found += [os.path.relpath(os.path.join(where, leaf), root) for leaf in leaves]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def find_ring(edges):
    """One closed path in EDGES, or None; iterative, since rings are what it looks for."""
    state = {}
    for start in sorted(edges):
        stack = [(start, iter(edges[start]))] if start not in state else []
        while stack:
            node, rest = stack[-1]
            state[node] = "open"
            following = next(rest, None)
            if following is None:
                state[node] = "done"
                stack.pop()
            elif state.get(following) == "open":
                path = [n for n, _ in stack]
                return path[path.index(following):] + [following]
            elif following not in state:
                stack.append((following, iter(edges.get(following, []))))
    return None


def verdict(problems, praise):
    """Prints PROBLEMS, or PRAISE where there are none, and ends the process."""
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)" if problems else praise)
    sys.exit(1 if problems else 0)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)
