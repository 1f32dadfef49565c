# SPDX-License-Identifier: LGPL-2.1-or-later
"""What pours out of a component: what it costs the daemon, and what others notice of it."""
import time

import harness
from harness import graph
from stress_kit import FULL, Stress

GOOD = [f"good{i}" for i in range(6)]
SECONDS = 5 if FULL else 1


class Streams(Stress):
    def share(self, reeve, seconds=SECONDS):
        """Of one processor."""
        used, begin = self.processor(reeve), time.monotonic()
        self.pause(reeve, seconds)
        return (self.processor(reeve) - used) / (time.monotonic() - begin)

    def slowest(self, reeve, n=50):
        worst = 0
        for _ in range(n):
            begin = time.monotonic()
            reeve.container("State")
            worst = max(worst, time.monotonic() - begin)
        return worst

    def pour(self, how, output, foreground, at):
        reeve = self.reeve(graph({"flooder": []}, {"flooder": how}, {"flooder": f"StandardOutput={output}\nTimeoutStopSec=300ms\nNice=5"}, "simple"),
                           foreground=foreground, at=at).start()
        self.pause(reeve, 0.3)
        share, worst = self.share(reeve), self.slowest(reeve)
        print(f"\n{how} to {output}: the daemon takes {share:.1%} of a processor, an answer {worst * 1e3:.1f} ms at most")
        self.assertLess(worst, 0.1 * (10 if harness.SANITIZED else 3))
        self.daemons.remove(reeve)
        reeve.stop()
        reeve.clean_up()
        return share

    def test_cost_of_an_output_flood(self):  # P16: the handed-on descriptor costs nothing; what is read has a bound
        limit = 10 if harness.SANITIZED else 0.2
        self.assertLess(self.pour("--pour=100", "console", True, "paced"), limit)
        self.assertLess(self.pour("--do=flood-stdout", "console", True, "unlimited"), 2 * limit)
        self.assertLess(self.pour("--do=flood-stdout", "null", False, "nowhere"), 0.03)

    def test_a_full_disk(self):  # P17: its own matter, and nobody else's
        reeve = self.reeve(graph({"flooder": [], "good": []}, {"flooder": "--do=flood-stdout"}, {
            "flooder": "StandardOutput=append:/dev/full\nTimeoutStopSec=300ms\nNice=5"}, "simple")).start()
        self.assertLess(self.share(reeve), 0.05 + harness.SANITIZED)
        self.assertEqual(reeve.verb("Restart", "good")[0], "done")
        self.assertEqual(reeve.state("flooder"), "ready")

    def readiness(self, flooder, at):
        """From its start to READY=1, as the daemon saw it: the median and the slowest of the good ones, after 100 ms each."""
        reeve = self.reeve(graph({name: [] for name in GOOD}, {name: "--ready=100" for name in GOOD}).replace("--ready --ready", "--ready")
                           + flooder, "StartupErrorPolicy=warn\n", at=at).start(wait=False).connect()
        for name in GOOD:
            reeve.wait_state(name, "ready")
        times = sorted(reeve.get(name, "Timings")["own"] / 1e6 for name in GOOD)
        if flooder:
            reeve.wait_state("flooder", "failed")
            begin, end = reeve.get("flooder", "Timings")["spawned"], reeve.log.last("start", "flooder").usec
            stopped = next(event.usec for event in reeve.history() if event.component == "flooder" and event.to == "failed")
            self.assertLess(stopped - min(begin, end), 2_500_000)
        reeve.stop()
        return times[len(times) // 2], times[-1]

    def test_delay_by_a_notify_flood(self):  # P19
        flooder = "[Component flooder]\nType=notify\nExecStart=@actor@ --do=flood-unready\nTimeoutStartSec=800ms\nTimeoutStopSec=500ms\nPriority=-10\nNice=5\n"
        quiet, loud = self.readiness("", "quiet"), self.readiness(flooder, "loud")
        print(f"\nready after {quiet[0] * 1e3:.1f} ms (slowest {quiet[1] * 1e3:.1f}), beside a flood {loud[0] * 1e3:.1f} ({loud[1] * 1e3:.1f})")
        self.assertLess(loud[0] - quiet[0], 0.1 if FULL and not harness.SANITIZED else 0.5)

    def test_descriptors_by_the_thousand(self):  # P20
        reeve = self.reeve(graph({"sender": [], "good": []}, {"sender": "--do=flood-fds"}, {"sender": "TimeoutStopSec=300ms\nNice=5"})).start()
        plain = self.reeve(graph({"sender": [], "good": []}), at="plain").start()
        most, share = 0, self.share(reeve, 30 if FULL else 1)
        for _ in range(50):
            most = max(most, self.fds(reeve))
        self.assertLess(most, 320)  # those of one message may be in its hands
        reeve.wait("the rest is closed", lambda: reeve.verb("Stop", "sender")[0] == "done" and self.fds(reeve) <= self.fds(plain))
        warnings = [event for event in reeve.history() if event.kind == "warning" and event.component == "sender"]
        self.assertLess(len(warnings), 10)
        print(f"\n253 descriptors a message: {most} at a time, {share:.0%} of a processor")
        self.assertLess(share, 0.2 + harness.SANITIZED)


if __name__ == "__main__":
    harness.main()
