#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example component is built as a stranger would, by pkg-config and by CMake, against an installation; both run, and
end in order. Usage: consumer.py CMAKE CC BUILD ROOT PREFIX LIBDIR [sanitized]"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import house

EXAMPLE = "docs/examples/component"


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def try_greeter(program, library_dir):
    """Starts PROGRAM by hand, is greeted, ends it. What is wrong, or None."""
    env = dict(os.environ, LD_LIBRARY_PATH=library_dir)
    for name in ("REEVE_BUS_FD", "NOTIFY_SOCKET", "LISTEN_FDS"):
        env.pop(name, None)
    with subprocess.Popen([program], env=env, stdout=subprocess.PIPE, text=True) as greeter:
        try:
            host, _, port = greeter.stdout.readline().strip().partition(":")
            with socket.create_connection((host, int(port)), timeout=30) as connection:
                line = connection.makefile().readline()
            greeter.send_signal(signal.SIGTERM)
            status = greeter.wait(timeout=30)
        finally:
            greeter.kill()
    if line != "hello\n" or status != 0:
        return f"{program}: said {line!r}, ended with {status}"
    return None


def main(cmake, cc, build, root, prefix, libdir, *sanitized):
    if sanitized:
        house.skip("the library is built with a sanitizer")
    problems = []
    with tempfile.TemporaryDirectory() as place:
        stage, copy, made = (os.path.join(place, name) for name in ("stage", "copy", "made"))
        for component in ("library", "dev"):
            run([cmake, "--install", build, "--component", component], env=dict(os.environ, DESTDIR=stage))
        library_dir = stage + os.path.join(prefix, libdir)
        shutil.copytree(os.path.join(root, EXAMPLE), copy)
        try:
            env = dict(os.environ, PKG_CONFIG_PATH=os.path.join(library_dir, "pkgconfig"), PKG_CONFIG_SYSROOT_DIR=stage,
                       CC=cc, CFLAGS="-Werror")
            flags = run(["pkg-config", "--cflags", "--libs", "libreeve"], env=env).split()
            greeter = os.path.join(copy, "greeter")
            if shutil.which("make"):
                run(["make", "-C", copy, f"CC={cc}"], env=env)
            else:
                run([cc, "-o", greeter, greeter + ".c", *flags], env=env)
            problems.append(try_greeter(greeter, library_dir))
            run([cmake, "-S", copy, "-B", made, f"-DCMAKE_C_COMPILER={cc}", f"-DCMAKE_PREFIX_PATH={stage}{prefix}"])
            run([cmake, "--build", made])
            problems.append(try_greeter(os.path.join(made, "greeter"), library_dir))
        except (RuntimeError, OSError, ValueError) as error:
            problems.append(str(error))
    house.verdict([p for p in problems if p], "built twice, greeted twice")


main(*sys.argv[1:])
