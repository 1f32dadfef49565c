# SPDX-License-Identifier: LGPL-2.1-or-later
"""A strict component does not start: everything is taken back."""
import os

import harness
from harness import Scenario, graph


class Rollback(Scenario):
    def fails(self, reeve, status=5):
        reeve.start(wait=False)
        self.assertEqual(reeve.wait_exit(), status)
        self.assertFalse(reeve.superior.has("READY"))
        self.assertEqual(reeve.leftovers(), [])
        return reeve.text()

    def report_in(self, directory):
        text = ""
        for path, _, files in os.walk(directory):
            for name in files:
                with open(os.path.join(path, name), errors="replace") as file:
                    text += file.read()
        return text

    def test_exact_reverse(self):  # §93, §98
        edges = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "bad": ["d"], "never": ["bad"]}
        reeve = self.reeve(graph(edges, {"bad": "--exit=3 --after=50 --name=bad", "c": "--stop-slow=100"})
                           .replace("--ready --exit", "--exit"))
        text = self.fails(reeve)
        self.assertEqual(reeve.log.names("ready"), ["a", "b", "c", "d"])
        self.assertEqual(reeve.log.names("term"), ["d", "c", "b", "a"])
        self.assertEqual(reeve.log.lines("start", "never"), [])
        self.assertIn("bad", text)
        self.assertRegex(text, r"exited.*3|status 3")

    def test_primary_cause(self):  # §94, §67, §87
        reeve = self.reeve(graph({"good": []}) + """
[Component bad]
ExecStart=/nowhere/at/all
Requires=good
""")
        text = self.fails(reeve)
        self.assertIn("No such file or directory", text)
        self.assertIn("/nowhere/at/all", text)
        self.assertRegex(text, r"test\.module:\d+")

    def test_report_is_kept(self):  # §94
        reeve = self.reeve("[Component bad]\nExecStart=/nowhere/at/all\n")
        self.fails(reeve)
        report = self.report_in(reeve.runtime)
        self.assertIn("bad", report)
        self.assertIn("exec-failed", report)

    def test_starting_ones_are_aborted(self):  # §93
        reeve = self.reeve(graph({"ready-one": [], "slow": ["ready-one"], "bad": []},
                                 {"slow": "--ready=5000", "bad": "--after=400 --exit=1"}).replace("--ready --ready", "--ready")
                           .replace("--ready --after", "--after"))
        begin = harness.now_usec()
        self.fails(reeve)
        self.assertLess(harness.now_usec() - begin, 4_500_000)
        self.assertEqual(reeve.log.lines("ready", "slow"), [])
        self.assert_order(reeve.log.names("term"), "slow", "ready-one")

    def test_nothing_starts_after_the_failure(self):  # §93
        edges = {"bad": [], "slow": []} | {f"later{i}": ["slow"] for i in range(8)}
        reeve = self.reeve(graph(edges, {"bad": "--after=200 --exit=1", "slow": "--ready=400 --stop-slow=300"})
                           .replace("--ready --after", "--after").replace("--ready --ready", "--ready"))
        self.fails(reeve)
        self.assertEqual(sorted(reeve.log.names("start")), ["bad", "slow"])

    def test_deaf_ones_are_killed(self):  # §94, §97
        reeve = self.reeve(graph({"deaf": [], "bad": ["deaf"]}, {"deaf": "--ignore-term", "bad": "--exit=1"}, {"deaf": "TimeoutStopSec=500ms"})
                           .replace("--ready --exit", "--exit"))
        text = self.fails(reeve)
        self.assertEqual(len(reeve.log.lines("term", "deaf")), 1)
        self.assertFalse(harness.is_alive(reeve.log.pid("deaf")))
        self.assertIn("deaf", text, "the stop that had to be forced is part of the report")

    def test_two_failures_are_both_told(self):  # §87
        reeve = self.reeve("[Component bad]\nExecStart=/nowhere/one\n[Component worse]\nExecStart=/nowhere/two\n", "MaxParallelStarts=8\n")
        text = self.fails(reeve)
        self.assertTrue("/nowhere/one" in text or "/nowhere/two" in text)

    def test_term_joins_the_rollback(self):  # §111, §94
        reeve = self.reeve(graph({"slow": [], "bad": ["slow"]}, {"slow": "--stop-slow=800", "bad": "--exit=1"})
                           .replace("--ready --exit", "--exit")).start(wait=False)
        reeve.wait_line("term", "slow")
        reeve.terminate()
        self.assertEqual(reeve.wait_exit(), 5)
        self.assertEqual(len(reeve.log.lines("term", "slow")), 1)
        self.assertEqual(len(reeve.log.lines("exit", "slow")), 1)

    def test_hold_on_failure(self):  # D10, §94, §142
        reeve = self.reeve(graph({"good": [], "bad": ["good"]}, {"bad": "--exit=1"}).replace("--ready --exit", "--exit"),
                           "HoldOnFailure=yes\n").start(wait=False).connect()
        reeve.wait("the container has failed", lambda: reeve.container("State") == "failed")
        self.assertEqual(reeve.container("Result"), "start-failed")
        report = reeve.container("Report")
        self.assertEqual((report[0]["code"], report[0]["component"]), ("exited-early", "bad"))
        self.assertEqual((reeve.state("good"), reeve.get("good", "MainPid")), ("inactive", 0))
        metrics = reeve.container("StartupMetrics")
        self.assertEqual((metrics["finished"], metrics["success"]), (True, False))
        phases = ("load", "register", "validate", "gates", "resources", "components", "other")
        self.assertLessEqual(abs(metrics["total"] - sum(metrics[phase] for phase in phases)), 1000)
        self.assertFalse(reeve.superior.has("READY"))
        reeve.terminate()
        self.assertIn(reeve.wait_exit(), (0, 5))

    def test_statuses_differ(self):  # §94, §154
        broken = self.reeve("[Component a]\nExecStart=@actor@\nRequires=nowhere\n", at="broken")
        self.assertIn("missing-dependency", self.fails(broken, 3))
        self.assertEqual(broken.log.lines(), [])
        usage = self.reeve("", args=["--no-such-option"], at="usage")
        self.fails(usage, 2)

    def test_run_reports_the_status(self):  # §154, interfaces.md: reevectl run
        reeve = self.reeve(graph({"good": [], "bad": ["good"]}, {"bad": "--exit=1"}).replace("--ready --exit", "--exit"))
        environment = {**os.environ, "XDG_RUNTIME_DIR": self.dir}
        done = harness.subprocess.run([harness.REEVECTL, "run", reeve.modules], env=environment, capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertEqual(reeve.log.names("term"), ["good"])

    def test_run_until_interrupted(self):  # interfaces.md: reevectl run
        for number in (harness.signal.SIGINT, harness.signal.SIGTERM):
            reeve = self.reeve(graph({"a": [], "b": ["a"]}, {"b": "--stop-slow=100"}), at=f"d{number}")
            environment = {**os.environ, "XDG_RUNTIME_DIR": self.dir}
            reeve.output = open(reeve.dir + "/output", "wb+")
            runner = harness.subprocess.Popen([harness.REEVECTL, "run", reeve.modules], env=environment, stdin=harness.subprocess.DEVNULL,
                                              stdout=reeve.output, stderr=harness.subprocess.STDOUT, start_new_session=True)
            try:
                reeve.process = runner
                reeve.wait_line("ready", "b")
                os.killpg(runner.pid, number)
                self.assertEqual(runner.wait(10), 0)
            finally:
                if runner.poll() is None:
                    os.killpg(runner.pid, harness.signal.SIGKILL)
                runner.wait()
            self.assertEqual(reeve.log.names("term"), ["b", "a"])
            self.assertEqual(reeve.leftovers(), [])

    def test_run_a_command(self):  # interfaces.md: start, run it, stop in order, return its status
        reeve = self.reeve(graph({"a": [], "b": ["a"]}))
        environment = {**os.environ, "XDG_RUNTIME_DIR": self.dir}
        command = [harness.REEVECTL, "run", reeve.modules, "--", "/bin/sh", "-c", f"cp {reeve.log.path} {reeve.file('copy')}; exit 42"]
        done = harness.subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 42, done.stdout + done.stderr)
        self.assertEqual(harness.Log(reeve.file("copy")).names("ready"), ["a", "b"])
        self.assertEqual(harness.Log(reeve.file("copy")).names("term"), [])
        self.assertEqual(reeve.log.names("term"), ["b", "a"])


if __name__ == "__main__":
    harness.main()
