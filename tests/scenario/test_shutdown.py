# SPDX-License-Identifier: LGPL-2.1-or-later
"""How everything ends."""
import os
import random
import signal
import time

import harness
import wire
from harness import CONTAINER, Scenario, graph

DAG = {"db": [], "cache": ["db"], "queue": [], "api": ["db", "queue"], "web": ["cache", "api"], "edge": ["web"], "cron": ["api"]}
SHUTDOWN = (wire.ROOT, CONTAINER, "Shutdown", "a{sv}", {})


class Shutdown(Scenario):
    def test_reverse_order(self):  # §95, §98, P13
        reeve = self.reeve(graph(DAG, {name: "--stop-slow=60" for name in DAG})).start()
        reeve.stop()
        self.assertEqual(sorted(reeve.log.names("term")), sorted(DAG))
        self.assertEqual(sorted(reeve.log.names("exit")), sorted(DAG))
        self.assertEqual(reeve.superior.count("STOPPING", "1"), 1)
        self.assertTrue(any("EXTEND_TIMEOUT_USEC" in fields for usec, fields in reeve.superior.messages
                            if usec >= reeve.superior.first("STOPPING")))

    def test_chain_is_exactly_reversed(self):  # §98
        names = [f"c{i}" for i in range(12)]
        reeve = self.reeve(graph({name: names[i - 1:i] if i else [] for i, name in enumerate(names)})).start()
        reeve.stop()
        self.assertEqual(reeve.log.names("ready"), names)
        self.assertEqual(reeve.log.names("term"), names[::-1])

    def test_branches_are_parallel(self):  # §95
        reeve = self.reeve(graph({"root": []} | {f"b{i}": ["root"] for i in range(10)}, {f"b{i}": "--stop-slow=500" for i in range(10)}))
        reeve.start()
        begin = harness.now_usec()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, 3_500_000)

    def test_providers_are_ready_until_then(self):  # §95
        reeve = self.reeve(graph({"db": [], "api": ["db"]}, {"api": "--stop-slow=400"})).start()
        reeve.terminate()
        reeve.wait_line("term", "api")
        self.assertEqual((reeve.state("db"), reeve.state("api")), ("ready", "stopping"))
        self.assertEqual(reeve.wait_exit(), 0)

    def test_deaf(self):  # §97, P5
        reeve = self.reeve(graph({"db": [], "deaf": ["db"]}, {"deaf": "--ignore-term"}, {"deaf": "TimeoutStopSec=500ms"})).start()
        begin = harness.now_usec()
        reeve.stop()
        self.assert_near(harness.now_usec() - begin, 0.4, 1.5)
        self.assert_near(reeve.log.last("term", "db").usec - reeve.log.last("term", "deaf").usec, 0.4, 1.5)

    def test_frozen(self):  # §97, P5
        reeve = self.reeve(graph({"frozen": []}, {"frozen": "--stop-self=50"}, {"frozen": "TimeoutStopSec=5"})).start()
        pid = reeve.log.pid("frozen")
        reeve.wait("it is stopped by itself", lambda: harness.status_of(pid).get("State", " ")[0] == "T")
        begin = harness.now_usec()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, 3_000_000)
        self.assertEqual(len(reeve.log.lines("exit", "frozen")), 1, "it was not woken to end by itself")

    def test_kill_signal(self):  # §97
        reeve = self.reeve(graph({"a": []}, lines={"a": "KillSignal=SIGUSR1"})).start()
        reeve.stop()
        self.assertEqual(reeve.log.names("term"), [])
        self.assertEqual(len(reeve.log.lines("signal", "a")), 1)

    def test_budget(self):  # §99, D14
        names = ["a", "b", "c", "d"]
        edges = {name: names[i - 1:i] if i else [] for i, name in enumerate(names)}
        reeve = self.reeve(graph(edges, {name: "--ignore-term" for name in names}, {name: "TimeoutStopSec=10" for name in names}),
                           "StopBudgetSec=2\n").start()
        begin = harness.now_usec()
        reeve.stop()
        self.assert_near(harness.now_usec() - begin, 0, 3)
        self.assertEqual(reeve.log.names("term"), ["d", "c", "b", "a"], "each is asked before it is killed")
        times = [line.usec for line in reeve.log.lines("term")]
        for earlier, later in zip(times, times[1:]):
            self.assert_near(later - earlier, 0.25, 0.9, "shares in proportion")

    def test_isolation(self):  # §96, P15
        edges = {"root": [], "hangs": ["root"], "fails": ["root"], "dies": ["root"], "good": ["root"]}
        reeve = self.reeve(graph(edges, {"hangs": "--ignore-term", "fails": "--term-exit=9"}, {"hangs": "TimeoutStopSec=700ms"})).start()
        harness.kill(reeve.get("dies", "MainPid"), signal.SIGSTOP)
        reeve.terminate()
        reeve.wait_line("term", "hangs")
        harness.kill(reeve.log.pid("dies"))
        self.assertEqual(reeve.wait_exit(), 0)
        begin = reeve.log.last("term", "hangs").usec
        for name in ("fails", "good"):
            self.assertLess(reeve.log.last("exit", name).usec, begin + 690_000, name)  # when the one that hangs is killed

    def test_signals_join(self):  # §111, P15
        reeve = self.reeve(graph(DAG, {name: "--stop-slow=150" for name in DAG})).start()
        reeve.terminate()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
            sent = harness.now_usec()
            reeve.wait("the stop goes on", lambda: harness.now_usec() - sent > 70_000)
            reeve.terminate(number)
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertEqual(sorted(reeve.log.names("term")), sorted(DAG), "each is asked once")

    def test_interrupt(self):  # §111
        reeve = self.reeve(graph({"a": []})).start()
        reeve.terminate(signal.SIGINT)
        self.assertEqual(reeve.wait_exit(), 0)

    def test_hangup_keeps_all(self):  # P25
        reeve = self.reeve(graph({"a": [], "b": ["a"]})).start()
        for n in range(100):
            reeve.terminate(signal.SIGHUP)
            self.assertEqual(reeve.container("State"), "running")
            if n == 20:
                base = harness.memory_of(reeve.pid), len(os.listdir(f"/proc/{reeve.pid}/fd"))
        self.assertLessEqual(harness.memory_of(reeve.pid), base[0] + 512)
        self.assertEqual(len(os.listdir(f"/proc/{reeve.pid}/fd")), base[1])
        self.assertEqual(len(reeve.log.names("start")), 2)
        self.assertEqual({reeve.state(name) for name in "ab"}, {"ready"})

    def test_calls_join(self):  # §111
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=400"})).start()
        others = [wire.Connection(reeve.runtime + "/bus") for _ in range(3)]
        serials = [other.send(*SHUTDOWN) for other in others]
        reeve.wait_line("term", "a")
        reeve.terminate()
        for other, serial in zip(others, serials):
            self.assertEqual(other.wait_reply(serial), [])
            self.assertEqual(len(reeve.log.lines("exit", "a")), 1, "it answered before the end")
            other.close()
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertEqual(len(reeve.log.lines("term", "a")), 1)

    def test_draining(self):  # §101, §5
        reeve = self.reeve(graph({"a": [], "lazy": []}, {"a": "--stop-slow=500"}, {"lazy": "Start=lazy"})).start()
        reeve.terminate()
        reeve.wait_line("term", "a")
        for member in ("Start", "Restart"):
            with self.assertRaises(wire.WireError) as caught:
                reeve.ask(member, "lazy")
            self.assertRegex(caught.exception.name, r"Reeve1\.Error\.(Draining|Closed)$")
        with self.assertRaises(wire.WireError) as caught:
            reeve.call("Refresh")
        self.assertRegex(caught.exception.name, r"Reeve1\.Error\.(Draining|Closed)$")
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertEqual(reeve.log.lines("start", "lazy"), [])

    def test_during_the_start(self):  # §100
        edges = {"a": [], "slow": ["a"], "never": ["slow"]}
        reeve = self.reeve(graph(edges, {"slow": "--ready=10000"}).replace("--ready --ready", "--ready")).start(wait=False)
        reeve.wait_line("start", "slow")
        reeve.terminate()
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertFalse(reeve.superior.has("READY"))
        self.assertEqual(reeve.log.names("term"), ["slow", "a"])
        self.assertEqual(reeve.log.lines("start", "never"), [])

    def test_at_any_moment_of_the_start(self):  # P14, §100
        edges = {f"c{i:02}": [f"c{j:02}" for j in range(max(0, i - 3), i) if (i + j) % 2] for i in range(10)}
        edges |= {f"free{i}": [] for i in range(6)}  # these wait for a slot only
        for n in range(24):
            reeve = self.reeve(graph(edges, {name: "--ready=8 --stop-slow=8 --born" for name in edges}).replace("--ready --ready", "--ready"),
                               "MaxParallelStarts=3\n", at=f"d{n}").start(wait=False)
            moment = harness.now_usec() + n * n * 400

            def is_due():
                # Before its main() no program can answer a signal.
                return harness.now_usec() >= moment and int(harness.status_of(reeve.pid)["SigBlk"], 16) >> (signal.SIGTERM - 1) & 1
            while not is_due():
                time.sleep(0.0005)
            reeve.terminate()
            self.assertEqual(reeve.wait_exit(), 0, f"moment {n}")
            self.assertLessEqual(len(reeve.started_late()), 1)  # the one that was being spawned
            asked = reeve.log.names("term")
            self.assertEqual(len(asked), len(set(asked)))
            self.assertEqual(reeve.leftovers(), [])

    def test_crash_of_a_provider_while_stopping(self):  # §96, §72
        reeve = self.reeve(graph({"db": [], "api": ["db"]}, {"api": "--stop-slow=500"},
                                 {name: "Restart=always\nRestartSec=1ms" for name in ("db", "api")})).start()
        reeve.terminate()
        reeve.wait_line("term", "api")
        harness.kill(reeve.log.pid("db"))
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertEqual(sorted(reeve.log.names("start")), ["api", "db"])

    def test_started_later(self):  # §98: the recorded graph, with what was started by hand
        edges = {"db": [], "api": ["db"], "web": ["api"], "tool": ["web"]}
        reeve = self.reeve(graph(edges, {name: "--stop-slow=50" for name in edges}, {name: "Start=lazy" for name in ("api", "web", "tool")}))
        reeve.start()
        self.assertEqual(reeve.verb("Start", "tool")[0], "done")
        reeve.stop()
        self.assertEqual(reeve.log.names("term"), ["tool", "web", "api", "db"])

    def test_hangup_during_the_start(self):  # P15, P25
        reeve = self.reeve(graph({"a": []}, {"a": "--ready=300"}).replace("--ready --ready", "--ready")).start(wait=False)
        reeve.wait_line("start", "a")
        reeve.terminate(signal.SIGHUP)
        reeve.wait_ready()
        self.assertEqual(len(reeve.log.lines("start", "a")), 1)

    def test_amid_deaths(self):  # P25, P14
        chance = random.Random(25)
        for n in range(6):
            edges = {f"c{i}": [f"c{j}" for j in range(max(0, i - 2), i)] for i in range(8)}
            lines = {name: "Restart=on-failure\nRestartSec=2ms\nStartLimitBurst=1000" for name in edges}
            reeve = self.reeve(graph(edges, {name: "--stop-slow=5" for name in edges}, lines).replace("--dependents=", "--say=")
                               .replace("--providers=", "--say="), at=f"d{n}").start()
            for name in chance.sample(sorted(edges), 4):
                harness.kill(reeve.log.pid(name))
                reeve.terminate(signal.SIGHUP)
            reeve.terminate()
            self.assertEqual(reeve.wait_exit(), 0)
            self.assertEqual(reeve.leftovers(), [])

    def test_in_back_off(self):  # §70, §100
        reeve = self.reeve("""
[Module]
StartupErrorPolicy=warn
[Component a]
Type=notify
ExecStart=@actor@ --exit=1
Restart=always
RestartSec=30ms
RestartMaxDelaySec=30ms
StartLimitBurst=100000
""").start()
        reeve.wait_line("exit", "a", 3)
        begin = harness.now_usec()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, 3_000_000)

    def test_empty(self):  # §13
        for name, modules in (("no-file", {}), ("empty-file", {"a.module": ""}), ("comment", {"a.module": "# nothing\n"})):
            reeve = self.reeve(modules, at=name).start()
            self.assertEqual((reeve.container("State"), reeve.names()), ("running", []))
            reeve.stop()

    def test_summary(self):  # §102
        reeve = self.reeve(graph({"clean": [], "deaf": []}, {"deaf": "--ignore-term"}, {"deaf": "TimeoutStopSec=200ms"}), foreground=True)
        reeve.start()
        reeve.stop()
        self.assertRegex(reeve.text(), r"(?m)deaf.*kill")

    def test_runtime_directory_is_tidy(self):  # interfaces.md: run-time files of components
        reeve = self.reeve(graph({"a": []})).start()
        self.assertTrue(os.path.exists(reeve.runtime + "/bus"))
        mode = os.stat(reeve.runtime + "/bus").st_mode
        self.assertEqual(mode & 0o077, 0)
        reeve.stop()
        self.assertFalse(os.path.exists(reeve.runtime + "/bus"))
        self.assertFalse(os.path.exists(reeve.runtime + "/c/a"))


if __name__ == "__main__":
    harness.main()
