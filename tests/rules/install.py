#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""cmake --install puts exactly the files of install.txt where a distribution expects them.
Usage: install.py CMAKE BUILD LIST PREFIX SYSCONFDIR LIBDIR [--write]"""
import os
import re
import subprocess
import sys
import tempfile

import house


def installed(cmake, build, places):
    """What an installation consists of, with PLACES by name: the list is the same for every prefix and architecture."""
    with tempfile.TemporaryDirectory() as root:
        subprocess.run([cmake, "--install", build], check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, DESTDIR=root))
        found = []
        for path in house.files(root):
            path = "/" + path
            mode = os.lstat(root + path).st_mode
            is_program = mode & 0o111 and not os.path.islink(root + path)
            # CMake names one file after the kind of build.
            path = re.sub(r"-targets-\w+\.cmake$", "-targets-BUILD.cmake", path)
            place = next((f"{name}{path[len(where):]}" for name, where in places if path.startswith(where + "/")), path)
            found.append(place + (" x" if is_program else ""))
        return sorted(found)


def main(cmake, build, listed, prefix, sysconfdir, libdir, *write):
    # Where LIBDIR is plain lib it cannot be told from the prefix's own lib, and need not be.
    places = [("ETC", sysconfdir), ("PREFIX", prefix)]
    if libdir != "lib":
        places.insert(1, ("LIB", os.path.join(prefix, libdir)))
    found = installed(cmake, build, places)
    with open(listed, encoding="utf-8") as file:
        head = [line for line in file.read().splitlines() if line]
    wanted = [line for line in head if not line.startswith("#")]
    wanted = sorted(re.sub("^LIB/", "PREFIX/lib/", line) if libdir == "lib" else line for line in wanted)
    if write == ("--write",):
        if libdir == "lib":  # what was known to follow LIBDIR still does
            of_lib = {line.replace("LIB/", "PREFIX/lib/", 1): line for line in head if line.startswith("LIB/")}
            found = sorted(of_lib.get(line, line) for line in found)
        with open(listed, "w", encoding="utf-8") as file:
            file.write("\n".join([line for line in head if line.startswith("#")] + found) + "\n")
        return
    problems = [f"not installed: {line}" for line in wanted if line not in found]
    problems += [f"installed, but not in {os.path.basename(listed)}: {line}" for line in found if line not in wanted]
    house.verdict(problems, f"{len(found)} files are where they belong")


main(*sys.argv[1:])
