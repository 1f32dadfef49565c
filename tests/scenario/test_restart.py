# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happens after a component has been ready."""
import os
import random
import signal

import harness
from harness import Scenario, graph


class Restart(Scenario):
    def crash(self, reeve, name, number=signal.SIGKILL):
        harness.kill(reeve.get(name, "MainPid"), number)

    def test_modes(self):  # §103, §109
        table = [
            ("never", "--exit=1", "failed"), ("never", "--exit=0", "inactive"), ("never", "--signal=9", "failed"),
            ("on-failure", "--exit=0", "inactive"), ("on-failure", "--exit=1", "again"), ("on-failure", "--signal=9", "again"),
            ("on-failure", "--signal=15", "again"), ("always", "--exit=0", "again"), ("always", "--exit=1", "again"),
        ]
        text = ""
        for n, (mode, how, _) in enumerate(table):
            text += f"[Component c{n}]\nType=notify\nExecStart=@actor@ --ready {how} --after=150\nRestart={mode}\nRestartSec=20ms\n"
            text += "StartLimitBurst=100000\n"
        reeve = self.reeve(text).start()
        for n, (mode, how, wanted) in enumerate(table):
            with self.subTest(mode=mode, how=how):
                if wanted == "again":
                    reeve.wait_line("ready", f"c{n}", 3)
                else:
                    reeve.wait_state(f"c{n}", wanted)
                    self.assertEqual(len(reeve.log.lines("start", f"c{n}")), 1)

    def test_success_status(self):  # §103
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit=7 --after=100
Restart=on-failure
SuccessExitStatus=7
""").start()
        reeve.wait_state("a", "inactive")
        self.assertEqual(len(reeve.log.lines("start", "a")), 1)

    def test_delays_double(self):  # §103
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit=1 --after=20
Restart=always
RestartSec=100ms
RestartMaxDelaySec=400ms
StartLimitBurst=100
""").start()
        reeve.wait_line("start", "a", 6)
        exits, starts = reeve.log.lines("exit", "a"), reeve.log.lines("start", "a")[1:]
        gaps = [start.usec - end.usec for end, start in zip(exits, starts)]
        for gap, wanted in zip(gaps, (0.1, 0.2, 0.4, 0.4, 0.4)):
            self.assert_near(gap, wanted - 0.005, wanted + 0.35, gaps)  # 0.8 were one doubling too many

    def test_delay_is_forgotten_after_uptime(self):  # §103
        reeve = self.reeve(graph({"a": []}, lines={"a": "Restart=always\nRestartSec=50ms\nStartLimitIntervalSec=700ms\nStartLimitBurst=50"}))
        reeve.start()
        for n in range(3):
            self.crash(reeve, "a")
            reeve.wait_line("ready", "a", n + 2)
            reeve.wait_state("a", "ready")
        ready = reeve.log.last("ready", "a").usec
        reeve.wait("it is up for the period", lambda: harness.now_usec() - ready > 900_000)
        begin = harness.now_usec()
        self.crash(reeve, "a")
        start = reeve.wait_line("start", "a", 5)
        self.assertLess(start.usec - begin, 380_000)  # 400 ms, had it not been forgotten

    def test_start_limit(self):  # §104, P23
        for burst in (0, 1, 3):
            reeve = self.reeve(f"""
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit=1 --after=30
Restart=always
RestartSec=5ms
StartLimitBurst={burst}
""", at=f"d{burst}").start()
            reeve.wait_state("a", "failed")
            self.assertEqual(reeve.get("a", "Result"), "start-limit")
            self.assertEqual(len(reeve.log.lines("start", "a")), burst + 1)
            self.assertTrue(reeve.container("Degraded"))
            # Reset is what lets it try again.
            self.assertEqual(reeve.verb("Reset", "a")[0], "done")
            self.assertEqual(reeve.state("a"), "inactive")
            self.assertEqual(reeve.verb("Start", "a")[0], "done")
            reeve.wait_line("start", "a", burst + 2)
            reeve.stop()

    def test_limit_is_of_an_interval(self):  # §104
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --exit=1 --after=300
Restart=always
RestartSec=1ms
RestartMaxDelaySec=1ms
StartLimitBurst=2
StartLimitIntervalSec=500ms
""").start()
        reeve.wait_line("ready", "a", 6)
        reeve.wait_state("a", "ready")

    def test_failed_attempts_count(self):  # §104
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --exit=1
StartupErrorPolicy=warn
Restart=always
RestartSec=5ms
StartLimitBurst=4
""").start()
        reeve.wait_state("a", "failed")
        self.assertEqual(len(reeve.log.lines("start", "a")), 5)

    def test_default_limit(self):  # §104
        reeve = self.reeve("[Component a]\nType=notify\nExecStart=@actor@ --ready --exit=1 --after=10\nRestart=always\nRestartSec=1ms\n")
        reeve.start()
        reeve.wait_state("a", "failed")
        self.assertEqual(len(reeve.log.lines("start", "a")), 6)

    def test_static_dependents(self):  # §105, D9
        edges = {"db": [], "api": ["db"], "web": ["api"], "other": []}
        restart = {name: "Restart=on-failure\nRestartSec=50ms" for name in edges}
        reeve = self.reeve(graph(edges, {"web": "--stop-slow=100", "api": "--stop-slow=100"}, restart | {
            "web": "StartLimitBurst=0\nRestart=on-failure"})).start()
        other = reeve.get("other", "MainPid")
        self.crash(reeve, "db")
        reeve.wait_line("ready", "web", 2)
        self.assertEqual([line.name for line in reeve.log.lines() if line.event == "term"], ["web", "api"])
        starts = reeve.log.names("start")[4:]
        self.assertEqual(starts, ["db", "api", "web"])
        self.assertGreater(reeve.log.last("start", "db").usec, reeve.log.last("exit", "api").usec)
        self.assertEqual((reeve.get("other", "MainPid"), len(reeve.log.lines("start", "other"))), (other, 1))
        self.assertEqual(reeve.get("web", "Counters")["propagated_restarts"], 1)
        self.assertEqual((reeve.get("web", "NRestarts"), reeve.get("db", "NRestarts")), (0, 1))
        # Restarts that were passed on do not count against a limit: web allows none of its own.
        for n in range(3):
            self.crash(reeve, "db")
            reeve.wait_line("ready", "web", n + 3)
        reeve.wait_state("web", "ready")
        self.assertFalse(reeve.container("Degraded"))

    def test_dependents_that_cling(self):  # §105, §69
        edges = {"db": [], "api": ["db"], "web": ["api"]}
        reeve = self.reeve(graph(edges, {"web": "--ignore-term", "api": "--double-fork"}, {
            "web": "TimeoutStopSec=300ms", "db": "Restart=on-failure\nRestartSec=10ms"})).start()
        self.crash(reeve, "db")
        reeve.wait_line("ready", "web", 2)
        self.assertEqual(reeve.log.names("start")[3:], ["db", "api", "web"])

    def test_restart_by_hand(self):  # §105
        edges = {"db": [], "api": ["db"], "web": ["api"], "other": []}
        reeve = self.reeve(graph(edges)).start()
        self.assertEqual(reeve.verb("Restart", "db")[0], "done")
        reeve.wait_state("web", "ready")
        self.assertEqual([line.name for line in reeve.log.lines("term")], ["web", "api", "db"])
        self.assertEqual(reeve.log.names("start")[4:], ["db", "api", "web"])

    def test_giving_up(self):  # §109
        edges = {"db": [], "api": ["db"], "web": ["api"], "other": []}
        reeve = self.reeve(graph(edges)).start()
        self.crash(reeve, "db")
        reeve.wait_state("db", "failed")
        reeve.wait_state("api", "blocked")
        reeve.wait_state("web", "blocked")
        self.assertEqual(reeve.log.names("term"), ["web", "api"])
        self.assertTrue(reeve.container("Degraded"))
        self.assertEqual(reeve.state("other"), "ready")
        self.assertEqual(reeve.verb("Start", "db")[0], "done")
        reeve.wait_state("web", "ready")
        self.assertFalse(reeve.container("Degraded"))

    def test_clean_exit(self):  # §109, D20
        reeve = self.reeve(graph({"db": [], "api": ["db"]}, {"db": "--exit=0 --after=300"})).start()
        reeve.wait_state("db", "inactive")
        reeve.wait_state("api", "blocked")
        self.assertEqual(reeve.log.names("term"), ["api"])
        self.assertEqual(reeve.get("db", "Result"), "success")

    def test_clean_exit_alone(self):  # §109
        reeve = self.reeve(graph({"a": []}, {"a": "--exit=0 --after=200"})).start()
        reeve.wait_state("a", "inactive")
        self.assertFalse(reeve.container("Degraded"))
        self.assertEqual(reeve.container("State"), "running")

    def test_optional_dependents_of_a_lost_provider(self):  # §105: a static reference, also an optional one
        reeve = self.reeve(graph({"db": [], "web": []}, lines={"db": "Restart=on-failure\nRestartSec=20ms", "web": "Wants=db"})).start()
        self.crash(reeve, "db")
        reeve.wait_line("ready", "db", 2)
        reeve.wait_state("web", "ready")
        starts = reeve.log.lines("start", "web")
        if len(starts) > 1:  # it was bound: then it may not outlive the incarnation it was given
            self.assertGreater(starts[1].usec, reeve.log.last("ready", "db").usec)

    def test_random_deaths(self):  # P1, §105
        chance = random.Random(7)
        names = [f"c{i:02}" for i in range(24)]
        edges = {name: chance.sample(names[:i], min(i, chance.choice([0, 1, 1, 2]))) for i, name in enumerate(names)}
        # An order is only judged for stops: a provider that is killed dies before its dependents.
        text = graph(edges, lines={name: "Restart=on-failure\nRestartSec=5ms\nRestartMaxDelaySec=20ms\nStartLimitBurst=100000" for name in names})
        reeve = self.reeve(text.replace("--providers=", "--say=")).start()
        for _ in range(120):
            name = chance.choice(names)
            pid = reeve.get(name, "MainPid")
            if pid:
                harness.kill(pid, chance.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT]))
        reeve.wait("all are up again", lambda: all(reeve.state(name) == "ready" for name in names), 10)
        self.assertFalse(reeve.container("Degraded"))
        for name in names:
            self.assertTrue(harness.is_alive(reeve.get(name, "MainPid")))
        events = [event for event in reeve.history() if event.kind == "transition"]
        states = {}
        for event in events:
            if event.to == "starting":
                for provider in edges[event.component]:
                    self.assertEqual(states[provider], "ready", f"{event} while {provider} is not ready")
            states[event.component] = event.to
        zombies = [pid for pid in filter(str.isdigit, os.listdir("/proc"))
                   if harness.status_of(pid).get("State", " ")[0] == "Z" and harness.parent_of(pid) == reeve.pid]
        self.assertEqual(zombies, [])

    def test_deaths_while_the_daemon_sleeps(self):  # P2
        names = [f"c{i:02}" for i in range(12)]
        reeve = self.reeve(graph({name: [] for name in names}, lines={name: "Restart=on-failure\nRestartSec=1ms" for name in names})).start()
        victims = {name: reeve.get(name, "MainPid") for name in names[::3]}
        os.kill(reeve.pid, signal.SIGSTOP)
        for pid in victims.values():
            harness.kill(pid)
        os.kill(reeve.pid, signal.SIGCONT)
        for name in victims:
            reeve.wait_line("ready", name, 2)
            reeve.wait_state(name, "ready")
        for name in names:
            self.assertEqual(reeve.get(name, "NRestarts"), int(name in victims))

    def test_output_held_by_a_survivor(self):  # P4, P7
        reeve = self.reeve(graph({"a": []}, {"a": "--double-fork"}, {"a": "Restart=on-failure\nRestartSec=1ms\nTimeoutStopSec=300ms"}))
        reeve.start()
        begin = harness.now_usec()
        self.crash(reeve, "a")
        self.assertLess(reeve.wait_line("start", "a", 2).usec - begin, 1_000_000)


if __name__ == "__main__":
    harness.main()
