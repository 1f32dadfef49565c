# SPDX-License-Identifier: LGPL-2.1-or-later
"""No descriptors, no processes."""
import resource
import time

import harness
from harness import needs_root
from stress_kit import NOBODY, Stress, modules


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


if __name__ == "__main__":
    harness.main()
