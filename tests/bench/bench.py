#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What reeved costs, as ratios to a floor that is measured in the same run, by turns.

    bench.py [options] REEVED REEVECTL TOOLS      TOOLS: the directory of bench-tiny, bench-floor, bench-peers, bench-keyfile

With --cgroups (root and cgroup v2) the start with one cgroup each is measured too. Other work on the machine disturbs
both sides: look at the ratios.
"""
import argparse
import contextlib
import os
import shutil
import subprocess
import sys

import figures
import shapes
from subject import NOBODY, Failed


class Tools:
    def __init__(self, arguments):
        self.reeved, self.reevectl, self.directory = (os.path.abspath(path) for path in
                                                      (arguments.reeved, arguments.reevectl, arguments.tools))
        with open(self.reeved, "rb") as file:
            self.is_sanitized = b"__asan_init" in file.read()
        self.can_drop = os.geteuid() == 0 and self.try_drop()
        self.component = arguments.component
        self.settings = f"MaxParallelStarts={arguments.parallel}\n" if arguments.parallel else ""

    def try_drop(self):
        """What is in the home of root cannot be run by anybody else."""
        for command in ([self.reeved, "--version"], [self.path("keyfile")]):
            try:
                subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], check=True, stdout=subprocess.DEVNULL)
            except (OSError, subprocess.SubprocessError):
                print("bench: the programs cannot be run without privileges: reeved makes cgroups, the floor does not")
                return False
        return True

    def path(self, name):
        return os.path.join(self.directory, "bench-" + name)


@contextlib.contextmanager
def delegated_cgroup(parent):
    """A cgroup with the mark of delegation, as a service manager hands it over; removed with what is left in it."""
    path = os.path.join(parent, f"bench-{os.getpid()}")
    os.mkdir(path)
    try:
        os.setxattr(path, "user.delegate", b"1")
        yield path
    finally:
        for directory, _, _ in os.walk(path, topdown=False):
            os.rmdir(directory)


def find_cgroups():
    with open("/proc/self/mounts") as file:
        return next((line.split()[1] for line in file if line.split()[2] == "cgroup2"), None)


def show(rows):
    for what, unit, floor, reeve in rows:
        ratio = f"{reeve / floor:7.2f} ×" if floor else "        -"
        print(f"{what:58} {floor:10.2f} {reeve:10.2f} {unit:5} {ratio}", flush=True)


def measure(tools, arguments):
    quick, repeats = arguments.quick, arguments.repeats or (1 if arguments.quick else 5)
    sizes = arguments.n or ([50] if quick else [10, 100, 1000])
    only = arguments.only.split(",") if arguments.only else None
    middle = min(max(sizes), 1000)

    def is_wanted(name):
        return not only or name in only
    rows = []

    def take(some):
        show(some)
        rows.extend(some)
    if is_wanted("start"):
        for n in sizes:
            for shape in arguments.shapes.split(","):
                take(figures.start_and_stop(tools, n, shape, repeats))
    if arguments.cgroups:
        with delegated_cgroup(find_cgroups()) as cgroup:
            for n in sizes:
                take(figures.start_and_stop(tools, n, "flat", repeats, cgroup))
    if is_wanted("order"):
        for shape in ("chain", "layered", "fan"):
            take(figures.order(tools, min(middle, 300), shape))
    if is_wanted("calls") and (tools.is_sanitized or not shutil.which("strace")):
        print("system calls: skipped: no strace, or a sanitized build, which cannot be traced")
    elif is_wanted("calls"):
        for tools.component in ("tiny", "plain") if os.path.exists(tools.path("plain")) else ("tiny",):
            take(figures.system_calls(tools, min(middle, 200)))
        tools.component = arguments.component
    if is_wanted("memory"):
        take(figures.memory(tools, middle))
    if is_wanted("restart"):
        take(figures.restart(tools, middle, min(middle, 21)))
    if is_wanted("status"):
        take(figures.status(tools, min(middle, 100), 5 if quick else 41))
    if is_wanted("dbus"):
        take(figures.dbus_call(tools, 200 if quick else 2000))
    if is_wanted("check"):
        for n in [1000] if quick else [1000, 10000]:
            take(figures.check(tools, n, 3 if quick else 11))
    if is_wanted("idle"):
        take(figures.idle(tools, middle, 1 if quick else 10))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, action="append", help="components; may be repeated (10, 100, 1000; 5000 takes minutes)")
    parser.add_argument("--shapes", default=",".join(shapes.SHAPES), help="of flat,chain,layered,fan")
    parser.add_argument("--only", help="of start,order,calls,memory,restart,status,dbus,check,idle")
    parser.add_argument("--repeats", type=int, help="rounds of each start and stop (5)")
    parser.add_argument("--component", choices=("tiny", "plain"), default="tiny", help="plain: with a static C library")
    parser.add_argument("--parallel", type=int, help="MaxParallelStarts= of reeved, instead of its default")
    parser.add_argument("--quick", action="store_true", help="once, 50 components: that it works, not what it costs")
    parser.add_argument("--cgroups", action="store_true", help="also with one cgroup each; as root")
    parser.add_argument("--assert", dest="is_test", action="store_true", help="fail if an edge was violated")
    for name in ("reeved", "reevectl", "tools"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    print(f"{'':58} {'floor':>10} {'reeve':>10}")
    try:
        rows = measure(Tools(arguments), arguments)
    except Failed as error:
        sys.exit(f"bench: {error}")
    violated = [what for what, _, *values in rows if what.startswith("order violated") and any(values)]
    for what in violated:
        print(f"not 0: {what}")
    return 1 if arguments.is_test and violated else 0


if __name__ == "__main__":
    sys.exit(main())
