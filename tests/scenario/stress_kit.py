# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests under stress have in common: lengths, graphs, readings of the daemon, a judge that follows the log.

Each test takes seconds; REEVE_STRESS=full in the environment gives the lengths that reliability.md speaks of, and
REEVE_STRESS_SEED= another course of events.
"""
import os
import random
import resource
import signal
import time

import harness
from harness import Scenario

FULL = os.environ.get("REEVE_STRESS") == "full"
SEED = int(os.environ.get("REEVE_STRESS_SEED", "1"))
NOBODY = 65534
TOLERANCE = 1_500_000  # µs: a provider that died a moment ago (P13)
DEADLY = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)
EAGER = "Restart=on-failure\nRestartSec=10ms\nRestartMaxDelaySec=200ms\nStartLimitBurst=100000\n"


def dag(chance, n, width=3):
    """{name: names of its providers}, acyclic; a few roots, many chains."""
    names = [f"c{i:03}" for i in range(n)]
    return {name: sorted(chance.sample(names[max(0, i - 20):i], min(i, chance.randint(0 if i % 7 == 0 else 1, width))))
            for i, name in enumerate(names)}


def modules(edges, lines="", flags="--ready"):
    return "".join(f"[Component {name}]\nType=notify\nExecStart=@actor@ {flags}\n{lines}"
                   + (f"Requires={' '.join(providers)}\n" if providers else "") + "\n" for name, providers in edges.items())


def part(cases):
    """With REEVE_STRESS_PART=K/N the K-th of N shares, for as many processors."""
    k, n = map(int, os.environ.get("REEVE_STRESS_PART", "1/1").split("/"))
    return cases[k - 1::n]


class Follower:
    """Reads the log on, line by line, and judges the order."""

    def __init__(self, case, reeve, edges):
        self.case, self.path, self.edges = case, reeve.log.path, edges
        self.dependents = {name: [other for other in edges if name in edges[other]] for name in edges}
        self.at, self.rest = 0, ""
        self.pids, self.alive, self.ready, self.killed = {}, set(), set(), {}
        self.n_starts = dict.fromkeys(edges, 0)

    def kill(self, name, number):
        """Dead from now on; what it says still is not heard."""
        self.killed[name] = harness.now_usec()
        harness.kill(self.pids[name], number)
        self.alive.discard(name)
        self.ready.discard(name)

    def read(self):
        with open(self.path, errors="replace") as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        lines = (self.rest + text).split("\n")
        self.rest = lines.pop()
        for line in lines:
            usec, name, event, detail = line.split(" ", 3)
            self.judge(int(usec), name, event, detail)

    def judge(self, usec, name, event, detail):
        if event == "start":
            self.n_starts[name] += 1
            for provider in self.edges[name]:
                is_recent = usec - self.killed.get(provider, 0) < TOLERANCE
                self.case.assertTrue(provider in self.ready or is_recent, f"{name} was started before {provider} was ready")
            self.pids[name] = int(detail)
            self.alive.add(name)
        elif event == "ready" and self.killed.get(name, 0) < usec:
            self.ready.add(name)
        elif event == "term":
            left = [other for other in self.dependents[name] if other in self.alive]
            self.case.assertEqual(left, [], f"{name} was stopped before its dependents")
            self.ready.discard(name)
        elif event == "exit":
            self.alive.discard(name)
        elif event == "violation":
            self.case.fail(f"{name}: {detail}")


class Stress(Scenario):
    def setUp(self):
        harness.LIMIT = 900 if FULL else 60
        super().setUp()
        self.chance = random.Random(SEED)

    def threads(self, reeve):
        return int(harness.status_of(reeve.pid)["Threads"])

    def fds(self, reeve):
        return len(os.listdir(f"/proc/{reeve.pid}/fd"))

    def processor(self, reeve):
        with open(f"/proc/{reeve.pid}/stat") as file:
            words = file.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def limit(self, reeve, which, soft):
        """Of the daemon, set by somebody of its own user, who needs no privilege; returns the hard limit."""
        hard = resource.prlimit(reeve.pid, which)[1] if reeve.uid is None else resource.getrlimit(which)[1]
        child = os.fork()
        if child == 0:
            try:
                if reeve.uid is not None:
                    os.setresgid(*[reeve.uid] * 3)
                    os.setresuid(*[reeve.uid] * 3)
                resource.prlimit(reeve.pid, which, (soft, hard))
                os._exit(0)
            finally:
                os._exit(1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        return hard

    def pause(self, reeve, seconds):
        end = time.monotonic() + seconds
        reeve.wait("time passes", lambda: time.monotonic() >= end, seconds + 5)

    def wait_all_ready(self, reeve, names, timeout=10):
        """The daemon's word, and that each is a living process."""
        begin = time.monotonic()

        def are():
            return all(reeve.state(name) == "ready" and harness.is_alive(reeve.get(name, "MainPid")) for name in names)
        reeve.wait("all are ready", are, timeout)
        return time.monotonic() - begin

    def zombies(self, reeve):
        """Ended children that have not been reaped."""
        try:
            with open(f"/proc/{reeve.pid}/task/{reeve.pid}/children") as file:
                return {pid for pid in file.read().split() if harness.status_of(pid).get("State", " ")[0] == "Z"}
        except OSError:
            return set()
