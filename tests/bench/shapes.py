# SPDX-License-Identifier: LGPL-2.1-or-later
"""The graphs of the figures: pairs (dependent, dependency) of numbers, as edges for the floor and as a module for reeved."""

LAYERS, NEEDS = 10, 3


def flat(_):
    return []


def chain(n):
    return [(i, i - 1) for i in range(1, n)]


def layered(n):
    """Ten layers; each component needs three of the layer below."""
    width = max(1, n // LAYERS)
    edges = []
    for i in range(width, n):
        below = (i // width - 1) * width
        edges += [(i, below + k) for k in sorted({(i + j) % width for j in range(NEEDS)})]
    return edges


def fan(n):
    """One, then all the others at once, then one that needs them all."""
    return [(i, 0) for i in range(1, n - 1)] + [(n - 1, i) for i in range(0 if n < 3 else 1, n - 1)]


SHAPES = {shape.__name__: shape for shape in (flat, chain, layered, fan)}


def needs(n, edges):
    table = [[] for _ in range(n)]
    for dependent, dependency in edges:
        table[dependent].append(f"c{dependency}")
    return table


def module(n, edges, command):
    """COMMAND may have @name@ in it."""
    rows = ["[Module]\nDescription=A shape\n"]
    for i, names in enumerate(needs(n, edges)):
        rows.append(f"[Component c{i}]\nType=notify\nExecStart={command.replace('@name@', f'c{i}')}\n"
                    "StandardOutput=null\nRestart=on-failure\nRestartSec=0\nStartLimitBurst=100\n")
        if names:
            rows.append(f"Requires={' '.join(names)}\n")
    return "".join(rows)


def edge_lines(edges):
    return "".join(f"{dependent} {dependency}\n" for dependent, dependency in edges)


def violations(log, edges):
    """(start, stop): edges that the lines "µs NAME start|ready|term" of the components contradict."""
    at = {}
    for place, line in enumerate(log.splitlines()):
        _, name, event = line.split(" ")
        at.setdefault((name, event), place)

    def is_after(a, b):
        return a in at and b in at and at[a] > at[b]
    start = sum(not is_after((f"c{a}", "start"), (f"c{b}", "ready")) for a, b in edges)
    stop = sum(not is_after((f"c{b}", "term"), (f"c{a}", "term")) for a, b in edges)
    return start, stop
