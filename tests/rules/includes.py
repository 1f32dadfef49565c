#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every include line keeps to the layers: no layer includes one above it, daemon and client know nothing of each other,
sd-bus stays in bus, and no file includes itself by way of others. Usage: includes.py ROOT"""
import os
import re
import sys

import house

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
SHARED = "dbus/names.h"
# Who may see which face of libsystemd. tests and examples are free.
SYSTEMD = {"os": {"sd-daemon.h", "sd-event.h", "sd-journal.h"}, "observe": {"sd-journal.h"},
           "bus": {"sd-bus.h", "sd-bus-vtable.h", "sd-event.h", "sd-id128.h"}, "main": {"sd-daemon.h"}}


def layer_of(path):
    parts = path.split("/")
    return "main" if len(parts) == 2 else parts[1]


def resolve(root, path, name):
    """The file that NAME means in PATH, or None."""
    places = [os.path.join(os.path.dirname(path), name), name]
    if path.startswith("daemon/"):
        places.insert(1, os.path.join("daemon", name))
    if path.startswith("client/"):
        places += [os.path.join("client", name), os.path.join("client/include", name)]
    return next((p for p in places if os.path.isfile(os.path.join(root, p))), None)


def judge(path, target):
    """What is wrong with PATH including TARGET, both in the repository, or None."""
    top, other = path.split("/")[0], target.split("/")[0]
    if target == SHARED:
        return None
    if other != top:
        return f"{top}/ may not include {other}/"
    if top == "daemon":
        layer, below = layer_of(path), layer_of(target)
        if layer != below and below not in house.LAYERS.get(layer, []):
            return f"layer {layer} may not include layer {below}"
    return None


def main(root):
    problems, edges, n_lines = [], {}, 0
    for path in house.files(root, "daemon", "client", "dbus"):
        if not path.endswith((".c", ".h", ".in")):
            continue
        for number, line in enumerate(house.read(root, path).splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            n_lines += 1
            kind, name = match.groups()
            at = f"{path}:{number}"
            if kind == "<":
                if name.startswith("systemd/") and path.startswith("daemon/"):
                    if name[8:] not in SYSTEMD.get(layer_of(path), set()):
                        problems.append(f"{at}: layer {layer_of(path)} may not include <{name}>")
                continue
            if ".." in name.split("/"):
                problems.append(f"{at}: \"{name}\": name the layer, not the way to it")
                continue
            target = resolve(root, path, name)
            if target is None:
                problems.append(f"{at}: \"{name}\" is no file of this repository")
                continue
            wrong = judge(path, target)
            if wrong:
                problems.append(f"{at}: \"{name}\": {wrong}")
            edges.setdefault(path, []).append(target)
    ring = house.find_ring(edges)
    if ring:
        problems.append("a ring of includes: " + " -> ".join(ring))
    if not n_lines:
        problems.append("no include line found: the test looks in the wrong place")
    house.verdict(problems, f"{n_lines} include lines keep to the layers")


main(sys.argv[1])
