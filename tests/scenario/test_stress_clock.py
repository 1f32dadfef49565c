# SPDX-License-Identifier: LGPL-2.1-or-later
"""A clock on the wall that jumps, and numbers of processes that come again soon."""
import datetime
import os
import re
import signal
import subprocess
import sys
import unittest

import harness
from harness import graph, needs_root
from stress_kit import EAGER, FULL, Follower, Stress, modules

DAY, YEAR = 86400, 31557600
INSIDE = "REEVE_TEST_INSIDE"
PID_MAX = 450


class Clock(Stress):
    def jump(self, reeve, seconds):
        with open(self.dir + "/offset.new", "w") as file:
            file.write(str(seconds))
        os.rename(self.dir + "/offset.new", self.dir + "/offset")

    def shown(self, reeve):
        """Seconds of the day in the last line it wrote."""
        hours, minutes, seconds = map(int, re.findall(r"(?m)^(\d\d):(\d\d):(\d\d)", reeve.text())[-1])
        return hours * 3600 + minutes * 60 + seconds

    def test_jumps(self):  # P26
        if harness.SANITIZED:
            self.skipTest("a sanitizer wants to be loaded first")
        edges = {"victim": [], "deaf": [], "witness": [], "dependent": ["witness"]}
        reeve = self.reeve(graph(edges, {"deaf": "--ignore-term"}, {
            "victim": "Restart=always\nRestartSec=300ms\nRestartMaxDelaySec=300ms\nStartLimitBurst=100", "deaf": "TimeoutStopSec=400ms"}),
            environment={"LD_PRELOAD": os.path.dirname(harness.ACTOR) + "/libscenario-clock.so", "REEVE_TEST_CLOCK": self.dir + "/offset"},
            foreground=True)
        reeve.start()
        worst = 0
        for n, seconds in enumerate((DAY + 5 * 3600, -DAY - 5 * 3600, -10 * YEAR + 7200, 30 * YEAR + 10800, 0)):
            begin = harness.now_usec()
            harness.kill(reeve.get("victim", "MainPid"))
            reeve.wait_state("victim", "backoff")
            self.jump(reeve, seconds)  # while it waits
            took = reeve.wait_line("start", "victim", n + 2).usec - begin
            self.assert_near(took, 0.29, 1.2)
            worst = max(worst, took)
            reeve.wait_state("victim", "ready")
            begin = harness.now_usec()
            self.assertEqual(reeve.verb("Restart", "deaf")[0], "done")
            self.assert_near(harness.now_usec() - begin, 0.39, 2)
            wanted = datetime.datetime.fromtimestamp(datetime.datetime.now().timestamp() + seconds)
            off = abs(self.shown(reeve) - (wanted.hour * 3600 + wanted.minute * 60 + wanted.second)) % DAY
            self.assertLess(min(off, DAY - off), 60, "the clock did not jump for the daemon")
        for name in ("witness", "dependent"):
            self.assertEqual(reeve.get(name, "Incarnation"), 1)
        print(f"\nrestarts after RestartSec=300ms while the clock jumped: {worst / 1e6:.2f} s at most")

    def test_no_timer_on_the_wall(self):  # P26: whatever waits waits by the monotonic clock
        reeve = self.reeve(graph({"a": []})).start()
        folder, clocks = f"/proc/{reeve.pid}/fdinfo", []
        for fd in os.listdir(folder):
            with open(f"{folder}/{fd}") as file:
                clocks += re.findall(r"clockid: (\d+)", file.read())
        self.assertGreater(len(clocks), 0)
        self.assertEqual(set(clocks) - {"1", "7"}, set())  # CLOCK_MONOTONIC, CLOCK_BOOTTIME


class Reuse(Stress):
    @needs_root
    def test_few_numbers(self):  # P8
        if tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) < (6, 14):
            self.skipTest("pid_max is everybody's before Linux 6.14")
        script = f'echo {PID_MAX} >/proc/sys/kernel/pid_max && exec "$@"'
        words = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", script, "sh", sys.executable, "-B", os.path.realpath(__file__),
                 harness.REEVED, harness.REEVECTL, harness.ACTOR, "Reuse.test_inside"]
        signal.alarm(0)
        done = subprocess.run(words, env=os.environ | {INSIDE: "1"}, capture_output=True, text=True, timeout=600 if FULL else 60)
        if "pid_max" in done.stderr or "unshare" in done.stderr:
            self.skipTest("no namespace of processes here")
        self.assertEqual(done.returncode, 0, done.stderr)
        print("\n" + done.stdout.strip())

    @unittest.skipUnless(INSIDE in os.environ, "for the other test")
    def test_inside(self):
        names = [f"c{i:02}" for i in range(40)]
        # As the first process this interpreter would have to reap; its strangers are its own.
        strangers = [subprocess.Popen(["sleep", "1000"]) for _ in range(40)]
        reeve = self.reeve(modules({name: [] for name in names}, EAGER.replace("200ms", "10ms"))).start()
        follower = Follower(self, reeve, {name: [] for name in names})
        self.wait_all_ready(reeve, names)
        n, seen = 3000 if FULL else 900, set()
        for i in range(n):
            reeve.wait("somebody lives", lambda: (follower.read(), follower.ready & follower.alive)[1])
            name = self.chance.choice(sorted(follower.ready & follower.alive))
            seen.add(follower.pids[name])
            follower.kill(name, signal.SIGKILL)
            if i % 3 == 0:  # so that a number that was a component's becomes somebody else's
                at = self.chance.randrange(len(strangers))
                self.assertIsNone(strangers[at].poll(), "a stranger was killed")
                strangers[at].kill()
                strangers[at].wait()
                strangers[at] = subprocess.Popen(["sleep", "1000"])
        self.wait_all_ready(reeve, names)
        self.assertEqual([stranger.poll() for stranger in strangers], [None] * len(strangers))
        restarts = sum(reeve.get(name, "NRestarts") for name in names)
        print(f"{n} kills with {PID_MAX} numbers, {len(seen)} different ones were used: {restarts} restarts")
        self.assertEqual(restarts, n)
        self.assertLess(len(seen), n // 2, "no number came again")
        reeve.stop()
        self.assertEqual([stranger.poll() for stranger in strangers], [None] * len(strangers))
        for stranger in strangers:
            stranger.kill()
            stranger.wait()


if __name__ == "__main__":
    harness.main()
