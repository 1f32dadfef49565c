# SPDX-License-Identifier: LGPL-2.1-or-later
"""The end at any moment of the start, of thousands, and of what has left something behind."""
import signal
import time

import harness
from harness import needs_root
from stress_kit import FULL, NOBODY, Follower, Stress, dag, modules


class Ends(Stress):
    def terminations(self, n_times, uid=None):
        worst = 0
        edges = dag(self.chance, 30) | {f"free{i:02}": [] for i in range(20)}  # these wait for a slot only
        for n in range(n_times):
            reeve = self.reeve(modules(edges, flags="--ready=4 --born"), "MaxParallelStarts=6\n", uid=uid, at=f"d{n}").start(wait=False)
            moment = harness.now_usec() + self.chance.randint(0, 150_000)
            while harness.now_usec() < moment or not int(harness.status_of(reeve.pid)["SigBlk"], 16) >> (signal.SIGTERM - 1) & 1:
                time.sleep(0.0005)
            sent = harness.now_usec()
            reeve.terminate(self.chance.choice((signal.SIGTERM, signal.SIGINT)))
            for _ in range(self.chance.randint(0, 5)):  # P15: they join, and none cancels
                reeve.terminate(self.chance.choice((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)))
            self.assertEqual(reeve.wait_exit(), 0, f"moment {n}")
            worst = max(worst, harness.now_usec() - sent)
            Follower(self, reeve, edges).read()
            # One is spawned at a time, and what has begun then begins: it is ended like the others.
            self.assertLessEqual(len(reeve.started_late()), 1)
            self.assertEqual(reeve.leftovers(), [])
            asked = reeve.log.names("term")
            self.assertEqual(len(asked), len(set(asked)))
            if n > 0:
                reeve.superior.close()
                self.daemons.remove(reeve)
                reeve.output.close()
        print(f"\n{n_times} terminations: the slowest took {worst / 1e6:.2f} s")

    def test_terminated_at_any_moment(self):  # P14, P15, §100, §111
        self.terminations(200 if FULL else 25)

    @needs_root
    def test_terminated_at_any_moment_without_cgroups(self):  # P14, §100
        self.terminations(200 if FULL else 12, NOBODY)

    def thousands(self, n, uid=None):
        edges = {f"c{i}": [f"c{i // 10}"] if i >= 10 else [] for i in range(n)}
        text = modules(edges).replace("Type=notify\nExecStart=@actor@ --ready", "ExecStart=/bin/sleep 1000")
        reeve = self.reeve(text, "StopBudgetSec=80\nMaxParallelStarts=64\n", uid=uid)
        begin = time.monotonic()
        reeve.start(wait=False)
        reeve.wait("READY=1", lambda: reeve.superior.has("READY", "1"), 120)
        up = time.monotonic() - begin
        begin = time.monotonic()
        reeve.stop(60)
        print(f"\n{n} components: up in {up:.2f} s, down in {time.monotonic() - begin:.2f} s")

    def test_thousands(self):  # P14, §51
        self.thousands(5000 if FULL else 800)

    @needs_root
    def test_thousands_without_cgroups(self):  # P14
        self.thousands(5000 if FULL else 400, NOBODY)

    def test_detection_despite_survivors(self):  # P4
        reeve = self.reeve("[Component a]\nExecStart=/bin/sh -c 'setsid sleep 1000 & sleep 0.3; exit 3'\nStandardOutput=console\n",
                           foreground=True).start()
        reeve.wait_state("a", "failed")
        spawned = next(event.usec for event in reeve.history() if event.to == "ready" and event.component == "a")
        ended = next(event.usec for event in reeve.history() if event.to == "failed" and event.component == "a")
        self.assertLess(ended - spawned, 450_000)
        reeve.stop()
        self.assertEqual(reeve.leftovers(), [])


if __name__ == "__main__":
    harness.main()
