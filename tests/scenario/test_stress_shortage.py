# SPDX-License-Identifier: LGPL-2.1-or-later
"""No descriptors, no processes, and neighbours that misbehave."""
import resource
import time

import harness
from harness import needs_root
from stress_kit import FULL, NOBODY, Stress, modules


class Shortage(Stress):
    def shortage(self, limit, value, uid=None):
        """What a component has by default must do: Restart= alone is said."""
        edges = {"root": [], **{f"c{i:02}": ["root"] for i in range(10)}, **{f"s{i:02}": [] for i in range(10)}}
        reeve = self.reeve(modules(edges, "Restart=always\n").replace("Restart=always\nRequires", "Requires"), uid=uid).start()
        base = self.fds(reeve)
        hard = self.limit(reeve, limit, value)
        for name in edges:
            harness.kill(reeve.log.pid(name))
        used, begin = self.processor(reeve), time.monotonic()
        while time.monotonic() - begin < 3.5:
            self.assertEqual(reeve.container("State"), "running")
            time.sleep(0.1)
        used = (self.processor(reeve) - used) / (time.monotonic() - begin)
        self.limit(reeve, limit, hard)
        begin = time.monotonic()
        # A dependent without Restart= that was killed itself stays down; whoever was only stopped for its provider is back.
        names = ["root"] + [name for name in edges if name[0] == "s"]
        self.wait_all_ready(reeve, names, 12)
        print(f"\nafter a shortage: {time.monotonic() - begin:.2f} s, processor {used:.0%}")
        self.assertLess(used, 0.5)
        self.assertLessEqual(self.fds(reeve), base + 8)

    def test_no_descriptors(self):  # P24, P27
        self.shortage(resource.RLIMIT_NOFILE, 3)

    @needs_root
    def test_no_descriptors_without_cgroups(self):  # P24, P27
        self.shortage(resource.RLIMIT_NOFILE, 3, NOBODY)

    @needs_root
    def test_no_processes(self):  # P24, P27
        self.shortage(resource.RLIMIT_NPROC, 0, NOBODY)

    def test_dependents_survive_a_shortage(self):  # P24, §105
        edges = {"root": [], **{f"c{i}": ["root"] for i in range(8)}}
        reeve = self.reeve(modules(edges).replace("[Component root]\n", "[Component root]\nRestart=always\n")).start()
        harness.kill(reeve.log.pid("root"))
        reeve.wait("half of them are back", lambda: len(reeve.log.lines("start")) >= 13 or None)
        hard = self.limit(reeve, resource.RLIMIT_NOFILE, 3)
        harness.kill(reeve.log.pid("root"))
        self.pause(reeve, 2)
        self.limit(reeve, resource.RLIMIT_NOFILE, hard)
        self.wait_all_ready(reeve, edges, 12)

    def nasties(self, n, uid=None):
        flags = ["--ignore-term", "--double-fork", "--setsid-child", "--fork-many=30", "--respawn", "--flood-stdout", "--flood-notify",
                 "--garbage-notify", "--stop-self=100", "--mainpid=1", "--extend=18446744073709551615", "--exit=3 --after=200",
                 "--signal=11 --after=150", "--notify=RELOADING=1", "--notify=READY=1", "--status=x", "--term-exit=9", "--stop-slow=300"]
        text = modules({f"good{i}": [] for i in range(6)})
        for i in range(n):
            chosen = " ".join(self.chance.sample(flags, self.chance.randint(1, 3)))
            text += (f"[Component n{i}]\nType={self.chance.choice(('notify', 'simple'))}\nExecStart=@actor@ {chosen} {'--ready' * self.chance.randint(0, 1)}\n"
                     f"TimeoutStartSec=700ms\nTimeoutStopSec=500ms\nRestart={self.chance.choice(('never', 'always'))}\nStartupErrorPolicy=ignore\n\n")
        reeve = self.reeve(text, uid=uid).start(wait=False).connect()
        for i in range(6):
            reeve.wait_state(f"good{i}", "ready", 5)
        reeve.wait_ready(20)
        self.pause(reeve, 2)
        for i in range(6):
            self.assertEqual((reeve.state(f"good{i}"), reeve.get(f"good{i}", "Incarnation")), ("ready", 1))
        begin = time.monotonic()
        reeve.stop()
        print(f"\n{n} nasties: stopped in {time.monotonic() - begin:.2f} s")
        self.assertEqual(reeve.leftovers(), [])

    def test_nasties(self):  # P5, P6, P16-P22, §115
        self.nasties(72 if FULL else 14)

    @needs_root
    def test_nasties_without_cgroups(self):  # P5, P6, §115
        self.nasties(72 if FULL else 10, NOBODY)


if __name__ == "__main__":
    harness.main()
