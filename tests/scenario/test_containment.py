# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes that would like to stay: all of them go, with control groups and without."""
import os
import random
import signal

import harness
from harness import Scenario, graph, needs_root
from pace import Pace

NASTIES = {"forks": "--double-fork", "leaves": "--setsid-child", "many": "--fork-many=60", "again": "--respawn",
           "deaf": "--ignore-term --double-fork", "all": "--ignore-term --double-fork --setsid-child --fork-many=20"}
LINES = "TimeoutStopSec=500ms\nRestart=on-failure\nRestartSec=1ms"


def cgroup_of(pid):
    """The directory of a process in the unified hierarchy, or None."""
    with open(f"/proc/{pid}/cgroup") as file:
        path = next((line[3:].strip() for line in file if line.startswith("0::")), None)
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if path and os.path.exists(f"{root}{path}/cgroup.procs"):
            return root + path
    return None


class Containment:
    uid = None

    def nasties(self, names=None, lines=LINES):
        names = names or list(NASTIES)
        return self.reeve(graph({name: [] for name in names}, NASTIES, {name: lines for name in names}), uid=self.uid).start()

    def bound(self, usec, pace):
        return usec * (3 if harness.SANITIZED else 1) * pace.slowness()

    def brood(self, reeve, name):
        """Processes of NAME that the log knows of, and are alive."""
        lines = [line for line in reeve.log.lines(name=name) if line.event in ("start", "child", "grandchild")]
        return [int(line.detail) for line in lines if harness.is_alive(int(line.detail))]

    def wait_brood(self, reeve, name, lives=1):
        flags = NASTIES[name]
        for event, flag, n in (("grandchild", "--double-fork", 1), ("child", "--setsid-child", 1)):
            if flag in flags:
                reeve.wait_line(event, name, n * lives)
        if "fork-many" in flags:
            n = int(flags.partition("--fork-many=")[2].split()[0]) + ("--setsid-child" in flags)
            reeve.wait("all children are there", lambda: len(reeve.log.lines("child", name)) >= n * lives)

    def test_stop(self):  # P5, P6, §69, §97
        reeve = self.nasties()
        for name in NASTIES:
            self.wait_brood(reeve, name)
        for name in NASTIES:
            main = reeve.get(name, "MainPid")
            begin, pace = harness.now_usec(), Pace()
            change = reeve.ask("Stop", name)
            reeve.wait_change(change)
            self.assertEqual(self.brood(reeve, name), [], f"{name}: left when it was called stopped")
            self.assertEqual(reeve.state(name), "inactive")
            self.assertLess(harness.now_usec() - begin, self.bound(1_500_000, pace), name)
            self.assertFalse(harness.is_alive(main))
        self.assertEqual([pid for pid in reeve.leftovers() if harness.parent_of(pid) != reeve.pid], [])
        self.assertEqual(reeve.leftovers(), [])

    def test_shutdown(self):  # P5, §97
        reeve = self.nasties()
        for name in NASTIES:
            self.wait_brood(reeve, name)
        begin, pace = harness.now_usec(), Pace()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, self.bound(2_500_000, pace))
        self.assertEqual(reeve.leftovers(), [])

    def test_helpers_are_asked_too(self):  # §97, §99: every process gets SIGTERM before SIGKILL
        reeve = self.reeve(graph({"a": []}, {"a": "--polite-child"}), uid=self.uid).start()
        reeve.wait_line("child", "a")
        begin = harness.now_usec()
        reeve.stop()
        self.assertEqual(len(reeve.log.lines("child-term", "a")), 1)
        self.assertLess(harness.now_usec() - begin, 4_000_000)

    def test_crash(self):  # P7, §69: the actor itself tells when a part of the last incarnation is alive
        names = ["forks", "leaves", "many", "deaf", "all"]
        reeve = self.nasties(names)
        for name in names:
            self.wait_brood(reeve, name)
            old = self.brood(reeve, name)
            harness.kill(reeve.get(name, "MainPid"))
            reeve.wait_line("ready", name, 2)
            self.assertEqual([pid for pid in old if harness.is_alive(pid)], [], name)

    def test_failed_start(self):  # P5, §93
        reeve = self.reeve(graph({"a": []}, {"a": "--exit=1 --after=200 --double-fork --setsid-child"}).replace("--ready --exit", "--exit"),
                           uid=self.uid).start(wait=False)
        self.assertEqual(reeve.wait_exit(), 5)
        self.assertEqual(reeve.leftovers(), [])

    def test_oneshot_leaves_nothing(self):  # §69
        reeve = self.reeve("[Component job]\nType=oneshot\nExecStart=@actor@ --exit=0 --after=100 --double-fork\n", uid=self.uid).start()
        self.assertEqual(reeve.state("job"), "ready")
        reeve.stop()
        self.assertEqual(reeve.leftovers(), [])

    def test_no_zombies(self):  # P3
        script = "for i in $(seq 100); do (true &) ; done; exec @actor@ --ready"
        reeve = self.reeve(f"[Component a]\nType=notify\nExecStart=/bin/sh -c '{script.replace('$', '$$')}'\n", uid=self.uid).start()

        def zombies():
            return [pid for pid in filter(str.isdigit, os.listdir("/proc"))
                    if harness.status_of(pid).get("State", " ")[0] == "Z" and harness.parent_of(pid) == reeve.pid]
        reeve.wait("no corpse is left", lambda: not zombies(), 1.5)

    def test_death_of_the_daemon(self):  # P10, P12, §74
        names = ["forks", "deaf", "many"]
        harness.adopt_orphans()
        reeve = self.nasties(names)
        for name in names:
            self.wait_brood(reeve, name)
        reeve.disconnect()
        os.kill(reeve.pid, signal.SIGKILL)
        reeve.process.wait()
        reeve.superior.messages.clear()
        reeve.start()
        for name in names:
            self.wait_brood(reeve, name, lives=2)
            starts = reeve.log.lines("start", name)
            self.assertEqual(len(starts), 2)
            self.assertFalse(harness.is_alive(int(starts[0].detail)), f"{name} runs twice")
        known = {pid for name in names for pid in self.brood(reeve, name)}
        self.assertEqual({pid for pid in reeve.leftovers() if harness.is_alive(pid)} - known, set())


class WithoutControlGroups(Containment, Scenario):
    uid = 65534 if os.geteuid() == 0 else None


@needs_root
class WithControlGroups(Containment, Scenario):
    def test_death_of_the_daemon_at_any_moment(self):  # P10, P12, P13
        chance = random.Random(10)
        harness.adopt_orphans()
        edges = {f"c{i}": [f"c{j}" for j in range(max(0, i - 2), i)] for i in range(6)}
        reeve = self.reeve(graph(edges, {name: "--ready=5 --stop-slow=20 --double-fork" for name in edges}).replace("--ready --ready", "--ready"))
        for _ in range(8):
            reeve.superior.messages.clear()
            reeve.start(wait=False)
            moment = harness.now_usec() + chance.choice([5, 20, 40, 60, 100, 200]) * 1000
            is_stopping = chance.random() < 0.3
            reeve.wait("the moment", lambda: harness.now_usec() >= moment)
            if is_stopping and reeve.superior.has("READY"):
                asked = len(reeve.log.lines("term", "c5"))
                reeve.terminate()
                reeve.wait_line("term", "c5", asked + 1)
            harness.kill(reeve.pid)
            reeve.process.wait()
        reeve.superior.messages.clear()
        reeve.start()
        self.assertEqual({reeve.state(name) for name in edges}, {"ready"})
        mine = {pid for name in edges for pid in self.brood(reeve, name)}
        self.assertEqual(len(mine), 2 * len(edges), "each once, with its one descendant")
        self.assertEqual(set(reeve.leftovers()) - mine, set())

    def test_groups_go(self):  # P6
        reeve = self.nasties(["forks", "many"])
        groups = {name: cgroup_of(reeve.get(name, "MainPid")) for name in ("forks", "many")}
        if None in groups.values() or len(set(groups.values())) == 1:
            self.skipTest("no control group of its own for a component here")
        reeve.verb("Stop", "forks")
        self.assertFalse(os.path.exists(groups["forks"]))
        self.assertTrue(os.path.exists(groups["many"]))
        reeve.stop()
        self.assertFalse(os.path.exists(groups["many"]))


if __name__ == "__main__":
    harness.main()
