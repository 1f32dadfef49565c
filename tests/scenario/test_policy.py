# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happens when a component does not become ready."""
import harness
from harness import Scenario

FAULTS = {
    "exec": "ExecStart=/nowhere/at/all",
    "early": "ExecStart=@actor@ --exit=3",
    "timeout": "ExecStart=@actor@\nTimeoutStartSec=200ms",
}


class Policy(Scenario):
    def run_pair(self, name, first, second, fault="early", module="", settings=""):
        """a fails, b requires it, c is nobody's; policies may be empty. (exit status or None, degraded, b's state)"""
        def line(policy):
            return f"StartupErrorPolicy={policy}\n" if policy else ""
        reeve = self.reeve(f"""{module}
[Component a]
Type=notify
{FAULTS[fault]}
{line(first)}
[Component b]
Type=notify
ExecStart=@actor@ --ready
Requires=a
{line(second)}
[Component c]
Type=notify
ExecStart=@actor@ --ready
""", settings, at=name).start(wait=False)
        reeve.wait("the start is judged", lambda: reeve.process.poll() is not None or reeve.superior.has("READY", "1"))
        self.assertEqual(reeve.log.lines("start", "b"), [], "b was started without its provider")
        if reeve.process.poll() is not None:
            self.assertFalse(reeve.superior.has("READY"))
            return reeve.wait_exit(), None, None
        reeve.connect()
        self.assertEqual((reeve.container("State"), reeve.state("a"), reeve.state("c")), ("running", "failed", "ready"))
        result = None, reeve.container("Degraded"), reeve.state("b")
        reeve.stop()
        self.assertEqual(reeve.superior.count("READY", "1"), 1)
        return result

    def test_matrix(self):  # §84-87, D1, D2
        table = [
            ("strict", "ignore", (5, None, None)),
            ("warn", "strict", (5, None, None)),
            ("warn", "warn", (None, True, "blocked")),
            ("warn", "ignore", (None, True, "blocked")),
            ("ignore", "strict", (5, None, None)),
            ("ignore", "warn", (None, True, "blocked")),
            ("ignore", "ignore", (None, False, "blocked")),
            ("", "ignore", (5, None, None)),
        ]
        for n, (first, second, wanted) in enumerate(table):
            with self.subTest(first=first, second=second):
                self.assertEqual(self.run_pair(f"m{n}", first, second), wanted)

    def test_every_fault_is_judged_alike(self):  # §85
        for fault in FAULTS:
            with self.subTest(fault=fault):
                self.assertEqual(self.run_pair(f"w-{fault}", "warn", "ignore", fault), (None, True, "blocked"))
                self.assertEqual(self.run_pair(f"s-{fault}", "strict", "ignore", fault)[0], 5)

    def test_defaults(self):  # §84
        module = "[Module]\nStartupErrorPolicy=%s"
        self.assertEqual(self.run_pair("d1", "", "", module=module % "ignore"), (None, False, "blocked"))
        self.assertEqual(self.run_pair("d2", "", "", settings="StartupErrorPolicy=warn\n"), (None, True, "blocked"))
        self.assertEqual(self.run_pair("d3", "", "", module=module % "strict", settings="StartupErrorPolicy=ignore\n")[0], 5)
        self.assertEqual(self.run_pair("d4", "ignore", "ignore", module=module % "strict"), (None, False, "blocked"))

    def test_optional_dependents_start(self):  # §88, §23
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --exit=3 --after=100
StartupErrorPolicy=warn
[Component b]
Type=notify
ExecStart=@actor@ --ready --check-clean=@files@/b
Wants=a
""").start()
        self.assertEqual(reeve.state("b"), "ready")
        with open(reeve.file("b")) as file:
            absent = [line for line in file if line.startswith("environment REEVE_ABSENT=")]
        self.assertEqual(absent, ["environment REEVE_ABSENT=a\n"])

    def test_retries(self):  # §90
        for name, failing, retries, wanted in (("r1", 2, 2, None), ("r2", 2, 1, 5), ("r3", 1, 0, 5)):
            reeve = self.reeve(f"""
[Component a]
Type=notify
ExecStart=@actor@ --ready --fail-first={failing},@files@/attempts
StartRetries={retries}
RestartSec=20ms
""", at=name).start(wait=False)
            if wanted is None:
                reeve.wait_ready()
                self.assertFalse(reeve.container("Degraded"))
                self.assertEqual(reeve.state("a"), "ready")
            else:
                self.assertEqual(reeve.wait_exit(), wanted)
            self.assertEqual(len(reeve.log.lines("start", "a")), min(failing, retries) + 1)

    def test_retries_in_the_background(self):  # §90, D12
        for policy in ("warn", "ignore"):
            reeve = self.reeve(f"""
[Module]
StartupErrorPolicy={policy}
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit-if=@files@/cause
Restart=on-failure
RestartSec=100ms
RestartMaxDelaySec=100ms
StartLimitBurst=1000
[Component b]
Type=notify
ExecStart=@actor@ --ready --providers=a
Requires=a
""", at=policy)
            open(reeve.file("cause"), "w").close()
            reeve.start()
            self.assertEqual(reeve.container("Degraded"), policy == "warn")
            self.assertIn(reeve.state("a"), ("backoff", "waiting", "starting"))
            harness.os.unlink(reeve.file("cause"))
            reeve.wait_state("b", "ready")
            self.assertEqual(reeve.state("a"), "ready")
            self.assertFalse(reeve.container("Degraded"))
            reeve.stop()
            self.assertEqual(reeve.superior.count("READY", "1"), 1)

    def test_strict_does_not_retry_by_restart(self):  # §90, D10
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --fail-first=1,@files@/attempts
Restart=always
RestartSec=10ms
""").start(wait=False)
        self.assertEqual(reeve.wait_exit(), 5)
        self.assertEqual(len(reeve.log.lines("start", "a")), 1)

    def test_told_to_the_manager(self):  # §89
        reeve = self.reeve("""
[Module]
StartupErrorPolicy=warn
[Component a]
ExecStart=/nowhere/at/all
[Component b]
ExecStart=@actor@
Requires=a
[Component c]
ExecStart=@actor@
Requires=b
""").start()
        status = [fields["STATUS"] for _, fields in reeve.superior.messages if "STATUS" in fields]
        self.assertRegex(status[-1], r"1 failed.*2 blocked|2 blocked.*1 failed")
        reeve.wait_event("the end of the start", lambda event: event.kind == "startup-finished")
        codes = [finding["code"] for finding in reeve.container("Report")]
        self.assertIn("exec-failed", codes)
        self.assertEqual({finding.get("component") for finding in reeve.container("Report")}, {"a", "b", "c"})

    def test_repaired_by_hand(self):  # §60, §90
        reeve = self.reeve("""
[Module]
StartupErrorPolicy=warn
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit-if=@files@/cause
[Component b]
Type=notify
ExecStart=@actor@ --ready
Requires=a
""")
        open(reeve.file("cause"), "w").close()
        reeve.start()
        self.assertTrue(reeve.container("Degraded"))
        state, error = reeve.verb("Start", "a")
        self.assertEqual((state, error["code"], error["component"]), ("failed", "exited-early", "a"))
        harness.os.unlink(reeve.file("cause"))
        self.assertEqual(reeve.verb("Start", "a")[0], "done")
        reeve.wait_state("b", "ready")
        self.assertFalse(reeve.container("Degraded"))

    def test_later_crashes_are_not_judged(self):  # §92, §109
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready
[Component b]
Type=notify
ExecStart=@actor@ --ready
Requires=a
[Component c]
Type=notify
ExecStart=@actor@ --ready
""").start()
        harness.kill(reeve.get("a", "MainPid"))
        reeve.wait_state("a", "failed")
        reeve.wait_state("b", "blocked")
        self.assertEqual((reeve.container("State"), reeve.container("Degraded"), reeve.state("c")), ("running", True, "ready"))

    def test_strict_timeouts(self):  # §66, §85, §93: judged although it has to be stopped first
        for name, lines in (("quick", ""), ("deaf", "TimeoutStopSec=300ms\n")):
            reeve = self.reeve(f"""
[Component never]
Type=notify
ExecStart=@actor@ {"--ignore-term" if lines else ""}
TimeoutStartSec=200ms
{lines}
[Component good]
Type=notify
ExecStart=@actor@ --ready
[Component behind]
Type=notify
ExecStart=@actor@ --ready
Requires=never
StartupErrorPolicy=ignore
""", at=name).start(wait=False)
            self.assertEqual(reeve.wait_exit(), 5)
            self.assertFalse(reeve.superior.has("READY"))
            self.assertIn("[start-timeout]", reeve.text(), "the primary cause is told")

    def test_provider_ends_during_the_start(self):  # §60, §85, §87
        for how, status in (("--exit=1", 5), ("--exit=0", 5)):
            reeve = self.reeve(f"""
[Component db]
Type=notify
ExecStart=@actor@ --ready {how} --after=200
[Component slow]
Type=notify
ExecStart=@actor@ --ready=500
[Component web]
Type=notify
ExecStart=@actor@ --ready
Requires=db slow
""", at=how[-1]).start(wait=False)
            self.assertEqual(reeve.wait_exit(), status)
            self.assertEqual(reeve.log.lines("start", "web"), [])

    def test_provider_restarts_during_the_start(self):  # §60, §105
        reeve = self.reeve("""
[Component db]
Type=notify
ExecStart=@actor@ --ready --crash-on=@files@/crash
Restart=on-failure
RestartSec=20ms
[Component web]
Type=notify
ExecStart=@actor@ --ready=400
Requires=db
""").start(wait=False).connect()
        reeve.wait_line("start", "web")
        open(reeve.file("crash"), "w").close()
        reeve.wait_ready()
        self.assertEqual({reeve.state(name) for name in ("db", "web")}, {"ready"})
        self.assertEqual(reeve.log.names("start"), ["db", "web", "db", "web"])

    def test_stop_by_hand_during_the_start(self):  # §60, §72
        reeve = self.reeve("""
[Component never]
Type=notify
ExecStart=@actor@
[Component good]
Type=notify
ExecStart=@actor@ --ready
""").start(wait=False).connect()
        reeve.wait_state("never", "starting")
        self.assertEqual(reeve.verb("Stop", "never")[0], "done")
        reeve.wait("the start ends", lambda: reeve.superior.has("READY") or reeve.process.poll() is not None, 5)

    def test_failed_jobs_are_repeated(self):  # §90, §103
        reeve = self.reeve("""
[Component job]
Type=oneshot
ExecStart=@actor@ --fail-first=2,@files@/attempts --exit=0
StartupErrorPolicy=warn
Restart=on-failure
RestartSec=20ms
[Component behind]
Type=notify
ExecStart=@actor@ --ready
Requires=job
StartupErrorPolicy=warn
""").start()
        reeve.wait_state("behind", "ready")
        self.assertEqual((reeve.state("job"), reeve.get("job", "SubState")), ("ready", "exited"))
        self.assertEqual(len(reeve.log.lines("start", "job")), 3)
        self.assertFalse(reeve.container("Degraded"))

    def test_warned_beforehand(self):  # §49, D1
        reeve = self.reeve("""
[Component a]
ExecStart=@actor@
StartupErrorPolicy=warn
[Component b]
ExecStart=@actor@
Requires=a
""")
        status, _, text = reeve.offline("--check")
        self.assertEqual(status, 0)
        self.assertIn("policy-ineffective", text)
        self.assertEqual(reeve.offline("--check", "--strict")[0], 3)

    def test_skipped_provider(self):  # §46
        reeve = self.reeve("""
[Component a]
ExecStart=@actor@
ConditionPathExists=/nowhere/at/all
[Component b]
Type=notify
ExecStart=@actor@ --ready
Wants=a
""").start()
        self.assertEqual((reeve.state("a"), reeve.state("b"), reeve.container("Degraded")), ("skipped", "ready", False))
        mandatory = self.reeve("[Component a]\nExecStart=@actor@\nConditionPathExists=/nowhere/at/all\n"
                               "[Component b]\nExecStart=@actor@\nRequires=a\n", at="e")
        status, _, text = mandatory.offline("--check")
        self.assertEqual(status, 3)
        self.assertIn("missing-dependency", text)
        self.assertRegex(text, "(?i)condition")


if __name__ == "__main__":
    harness.main()
