# SPDX-License-Identifier: LGPL-2.1-or-later
"""The judges of the other scenarios are judged: each of them can say no."""
import subprocess
import sys

import harness
from harness import Scenario, graph


class Judges(Scenario):
    def violations(self, reeve):
        lines = [line.detail for line in reeve.log.lines("violation")]
        # What was wanted here is no fault of the daemon.
        with open(reeve.log.path, "w"):
            pass
        return lines

    def test_a_provider_that_is_not_ready_is_seen(self):  # P13
        reeve = self.reeve(graph({"a": [], "b": []}, {"a": "--ready=300", "b": "--providers=a"}).replace("--ready --ready", "--ready")).start()
        self.assertEqual(self.violations(reeve), ["a"])

    def test_a_dependent_that_lives_is_seen(self):  # P13
        reeve = self.reeve(graph({"a": [], "b": []}, {"a": "--dependents=b", "b": "--stop-slow=300"})).start()
        reeve.stop()
        self.assertEqual(self.violations(reeve), ["b"])

    def test_a_second_instance_is_seen(self):  # P9
        reeve = self.reeve(graph({"a": []})).start()
        other = subprocess.Popen([harness.ACTOR, f"--log={reeve.log.path}", "--name=a", "--exit=0"])
        self.assertEqual(other.wait(), 0)
        self.assertEqual(self.violations(reeve), ["another incarnation lives"])

    def test_what_is_left_is_seen(self):  # P5
        reeve = self.reeve(graph({"a": []})).start()
        reeve.stop()
        self.assertEqual(reeve.leftovers(), [])
        other = subprocess.Popen([sys.executable, "-c", "input()", reeve.dir + "/"], stdin=subprocess.PIPE)
        try:
            reeve.wait("it is seen", lambda: reeve.leftovers() == [other.pid])
        finally:
            other.communicate(b"\n")

    def test_a_wait_ends(self):
        reeve = self.reeve(graph({"a": []})).start()
        with self.assertRaises(AssertionError):
            reeve.wait_state("a", "failed", timeout=0.1)


if __name__ == "__main__":
    harness.main()
