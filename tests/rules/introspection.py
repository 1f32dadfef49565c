#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares dbus/*.xml with what the daemon introspects to, member by member: names, signatures, argument names and
directions, access, EmitsChangedSignal. Usage: introspection.py REEVED FOLDER"""
import subprocess
import sys
import xml.etree.ElementTree as tree
from pathlib import Path

ROOT = "/org/reeve/Reeve1"
OBJECTS = {"Container": ROOT, "Component": ROOT + "/component/x", "Module": ROOT + "/module/x", "Change": ROOT + "/change/1",
           "Session": "session"}
PREFIX = "org.reeve.Reeve1."
CHANGED = "org.freedesktop.DBus.Property.EmitsChangedSignal"


def notes(element, defaults):
    found = dict(defaults)
    for note in element.findall("annotation"):
        found[note.get("name")] = note.get("value")
    return tuple(sorted(found.items()))


def arguments(member, direction):
    return tuple((a.get("direction", direction), a.get("type"), a.get("name")) for a in member.findall("arg"))


def describe(member, inherited):
    if member.tag == "property":
        return member.get("type"), member.get("access"), notes(member, {CHANGED: inherited})
    # sd-bus leaves the direction of a signal's arguments out: it is always out.
    return arguments(member, "in" if member.tag == "method" else "out"), notes(member, {})


def interfaces(text):
    found = {}
    for interface in tree.fromstring(text).findall("interface"):
        inherited = dict(notes(interface, {})).get(CHANGED, "true")
        members = {}
        for member in interface:
            if member.tag not in ("method", "signal", "property"):
                continue
            key = (member.tag, member.get("name"))
            if key in members:
                sys.exit(f"{interface.get('name')}: {key} stands there twice")
            members[key] = describe(member, inherited)
        found[interface.get("name")] = members
    return found


def differences(name, written, live):
    for key in sorted(written.keys() | live.keys()):
        if key not in live:
            yield f"{name}: {key[0]} {key[1]} is documented, but the daemon does not have it"
        elif key not in written:
            yield f"{name}: {key[0]} {key[1]} is not documented"
        elif written[key] != live[key]:
            yield f"{name}: {key[0]} {key[1]} differs:\n  documented {written[key]}\n  daemon     {live[key]}"


def undocumented(path):
    """Members without a comment right before them; the name of a thing needs none."""
    text = path.read_text(encoding="utf-8")
    for line_before, line in zip(text.splitlines(), text.splitlines()[1:]):
        if line.lstrip().startswith(("<method ", "<signal ")) and "-->" not in line_before:
            yield f"{path.name}: no comment before {line.strip()}"


def main(daemon, folder):
    faults, n = [], 0
    for word, path in OBJECTS.items():
        name = PREFIX + word
        source = Path(folder) / (name + ".xml")
        written = interfaces(source.read_text(encoding="utf-8"))
        run = subprocess.run([daemon, "--introspect", path], check=True, capture_output=True, text=True, timeout=30)
        live = interfaces(run.stdout)
        if set(written) != {name}:
            faults.append(f"{source.name}: speaks of {sorted(written)}, not of {name} alone")
        # What others document (org.freedesktop.DBus.*) is theirs; what is ours stands in our files.
        for extra in sorted(i for i in live if i.startswith(PREFIX) and i != name):
            faults.append(f"{path}: has {extra} too")
        faults += differences(name, written.get(name, {}), live.get(name, {}))
        faults += undocumented(source)
        n += len(written.get(name, {}))
        if word == "Session" and {i.split(".")[-1] for i in live} - {"Session"} != {"Peer", "Introspectable", "Properties"}:
            faults.append(f"{path}: a component sees {sorted(live)}")
        if word == "Container" and "org.freedesktop.DBus.ObjectManager" not in live:
            faults.append(f"{path}: no ObjectManager")
    for fault in faults:
        print(fault)
    print(f"{n} members compared, {len(faults)} differ")
    return 1 if faults or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
