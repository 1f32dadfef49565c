# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures and events."""
import json
import os

import harness
import wire
from harness import CONTAINER, Scenario, graph

# Ready when it is let go.
GATED = ("[Component a]\nType=notify\nExecStart=/bin/sh -c 'while [ ! -e @files@/go ]; do sleep 0.02; done; "
         "exec @actor@ --name=a --ready=0'\n")
PHASES = ("load", "register", "validate", "gates", "resources", "components", "other")


class Metrics(Scenario):
    def test_identity(self):  # §142
        reeve = self.reeve(graph({"a": [], "b": ["a"], "c": ["b"]}, {"a": "--ready=100", "c": "--ready=100"})
                           .replace("--ready --ready", "--ready")).start()
        metrics = reeve.container("StartupMetrics")
        self.assertEqual((metrics["finished"], metrics["success"]), (True, True))
        self.assertLessEqual(abs(metrics["total"] - sum(metrics[phase] for phase in PHASES)), 1000)
        for phase in PHASES:
            self.assertGreaterEqual(metrics[phase], 0)
            self.assertLessEqual(metrics[phase], metrics["total"])
        self.assert_near(metrics["components"], 0.2, metrics["total"] / 1e6)
        ready = reeve.superior.first("READY")
        # It is said, and read here, a little later; on a busy machine not so little.
        self.assert_near(metrics["entry"] - reeve.started_usec, 0, 5)
        self.assert_near(ready - metrics["entry"] - metrics["total"], -0.001, 5)

    def test_while_it_starts(self):  # §142
        reeve = self.reeve(GATED).start(wait=False).connect()
        metrics = reeve.container("StartupMetrics")
        self.assertFalse(metrics["finished"])
        self.assertLessEqual(abs(metrics["total"] - sum(metrics[phase] for phase in PHASES)), 1000)
        reeve.let_go()

    def test_components(self):  # §144
        reeve = self.reeve(graph({"a": [], "b": ["a"]}, {"a": "--ready=150", "b": "--ready=100"}).replace("--ready --ready", "--ready"))
        reeve.start()
        for name, own in (("a", 0.15), ("b", 0.1)):
            timings = reeve.get(name, "Timings")
            moments = [timings[key] for key in ("requested", "deps_ready", "slot", "spawned", "ready")]
            self.assertEqual(moments, sorted(moments), name)
            self.assertEqual(timings["own"], timings["ready"] - timings["slot"])
            self.assertEqual(timings["wait_deps"], timings["deps_ready"] - timings["requested"])
            self.assertEqual(timings["wait_slot"], timings["slot"] - timings["deps_ready"])
            self.assert_near(timings["own"], own - 0.01, own + 5)
        self.assertGreaterEqual(reeve.get("b", "Timings")["deps_ready"], reeve.get("a", "Timings")["ready"])
        self.assert_near(reeve.get("b", "Timings")["wait_deps"], 0.14, 5)

    def test_slots_are_waited_for(self):  # §144
        reeve = self.reeve(graph({"a": [], "b": []}, {"a": "--ready=200"}).replace("--ready --ready", "--ready"), "MaxParallelStarts=1\n")
        reeve.start()
        self.assert_near(reeve.get("b", "Timings")["wait_slot"], 0.19, 5)
        self.assertLess(reeve.get("b", "Timings")["wait_deps"], 150_000)

    def test_stop_time(self):  # §102
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=200"})).start()
        reeve.verb("Stop", "a")
        timings = reeve.get("a", "Timings")
        self.assert_near(timings["stop"], 0.19, 5)
        self.assertEqual(timings["stopped"] - timings["stop_requested"], timings["stop"])

    def test_events(self):  # §145
        reeve = self.reeve(graph({"a": []}, lines={"a": "Restart=on-failure\nRestartSec=1ms\nStartLimitBurst=1000"})).start()
        for n in range(4):
            harness.kill(reeve.get("a", "MainPid"))
            reeve.wait_line("ready", "a", n + 2)
            reeve.wait_state("a", "ready")
        events = reeve.history()
        self.assertEqual([event.seq for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(reeve.history(), events, "reading consumes nothing")
        some, following, dropped = reeve.call("GetEvents", "t", 5)
        self.assertEqual((some[0][0], following, dropped), (5, len(events) + 1, 0))
        self.assertEqual(reeve.call("GetEvents", "t", following)[0], [])
        # What signals told is what the ring tells.
        told = {event.seq: event for event in reeve.events}
        self.assertEqual([told[event.seq] for event in events if event.seq in told], [event for event in events if event.seq in told])
        self.assertIn(events[-1].seq, told)

    def test_ring_overflows(self):  # §145
        reeve = self.reeve(graph({"a": []})).start()
        reeve.bus.on_signal = lambda message: None
        last = 0
        for _ in range(40):
            for _ in range(50):
                reeve.bus.send(wire.ROOT, CONTAINER, "Refresh")
            reeve.call("Refresh")
        while True:
            some, following, dropped = reeve.call("GetEvents", "t", last)
            if not some:
                break
            seqs = [event[0] for event in some]
            self.assertEqual(seqs, list(range(seqs[0], seqs[0] + len(seqs))))
            if last == 0:
                self.assertEqual(dropped, seqs[0] - 1, "what is gone is counted")
            last = following
        self.assertGreater(last, 2000, "each refresh is an event (§5)")

    def test_startup_finished(self):  # interfaces.md, §89
        heard = []
        reeve = self.reeve(GATED).start(wait=False).connect()
        plain = reeve.bus.on_signal
        reeve.bus.on_signal = lambda message: (plain(message), heard.append(message))
        begin = harness.now_usec()
        reeve.let_go()
        reeve.wait("the signal", lambda: [message for message in heard if message.member == "StartupFinished"])
        success, total, failed, blocked = next(message.body for message in heard if message.member == "StartupFinished")
        self.assertEqual((success, failed, blocked), (True, 0, 0))
        self.assert_near(total, (begin - reeve.container("StartupMetrics")["entry"]) / 1e6, 10)
        self.assertLessEqual(abs(total - reeve.container("StartupMetrics")["total"]), 1000)

    def test_scan_statistics(self):  # §143
        reeve = self.reeve({"a.module": graph({"a": []}), "b.module": graph({"b": [], "c": []}), "a.module.d/10-x.conf": "[Component a]\nNice=1\n"})
        reeve.start()
        statistics = reeve.container("ScanStatistics")
        self.assertEqual((statistics["modules"], statistics["components"], statistics["mode"]), (2, 3, "explicit"))
        self.assertEqual((statistics["files"], statistics["drop-ins"]), (2, 1))
        self.assertEqual(statistics["bytes"], sum(os.path.getsize(os.path.join(path, name))
                                                  for path, _, names in os.walk(reeve.modules) for name in names))
        self.assertEqual((statistics["definitions"], statistics["warnings"], statistics["filtered"]), (3, 0, 0))
        self.assertEqual((statistics["loads"], statistics["total"]), (1, statistics["slowest"]))
        self.assertEqual((statistics["fastest"], statistics["average"]), (statistics["slowest"], statistics["slowest"]))
        metrics = reeve.container("StartupMetrics")
        self.assertGreaterEqual(statistics["total"], metrics["load"] + metrics["register"] + metrics["validate"])

    def test_scan_of_a_part(self):  # §143, §34
        modules = {"a.module": "[Values]\nv=1\n[Alias w]\nTarget=v\n" + graph({"a": []}), "b.module": graph({"b": []}),
                   "c.module": "[Lazy]\nunused=@actor@\n" + graph({"c": []})}
        reeve = self.reeve(modules, "ExcludeModules=b*\n").start()
        statistics = reeve.container("ScanStatistics")
        self.assertEqual((statistics["files"], statistics["filtered"], statistics["modules"]), (3, 1, 2))
        self.assertEqual((statistics["definitions"], statistics["components"], statistics["warnings"]), (5, 3, 1))

    def test_analyze(self):  # interfaces.md: analyze
        reeve = self.reeve(graph({"quick": [], "slow": []}, {"slow": "--ready=300"}).replace("--ready --ready", "--ready")).start()
        text = reeve.ctl("analyze", "time").stdout
        for word in ("load", "components"):
            self.assertIn(word, text)
        blame = reeve.ctl("analyze", "blame").stdout
        self.assertLess(blame.index("slow"), blame.index("quick"))
        json.loads(reeve.ctl("--json", "analyze", "blame").stdout)
        json.loads(reeve.ctl("--json", "analyze", "time").stdout)

    def test_state_since(self):  # §63: the moment of the transition into the state of now
        reeve = self.reeve(graph({"a": [], "gone": []}) + "[Component bad]\nStartupErrorPolicy=warn\nExecStart=/nowhere\n"
                           "[Component web]\nStartupErrorPolicy=warn\nExecStart=/bin/true\nRequires=bad\n[Lazy]\nlater=/bin/true\n").start()
        reeve.verb("Stop", "gone")
        for name, state in (("a", "ready"), ("gone", "inactive"), ("bad", "failed"), ("web", "blocked")):
            last = [event for event in reeve.history() if event.kind == "transition" and event.component == name][-1]
            self.assertEqual((last.to, reeve.get(name, "State")), (state, state))
            self.assertEqual(reeve.get(name, "StateSince"), last.usec)
            self.assertRegex(reeve.ctl("status", name).stdout, rf"State: {state}.* since .*; .* ago")
        self.assertEqual(reeve.get("later", "StateSince"), 0)
        self.assertNotIn(" since ", reeve.ctl("status", "later").stdout)

    def test_counters(self):  # §148
        reeve = self.reeve(graph({"a": [], "b": ["a"]}, lines={"a": "Restart=on-failure\nRestartSec=1ms"})).start()
        harness.kill(reeve.get("a", "MainPid"))
        reeve.wait_line("ready", "b", 2)
        reeve.wait_state("b", "ready")
        reeve.call("Resolve", "ssa{sv}", "b", "", {})
        none = dict.fromkeys(("restarts", "propagated_restarts", "failures", "resolve_hits", "resolve_misses", "undeclared_resolves"), 0)
        self.assertEqual(reeve.get("a", "Counters"), {**none, "starts": 2, "restarts": 1, "failures": 1})
        self.assertEqual(reeve.get("b", "Counters"), {**none, "starts": 2, "propagated_restarts": 1, "resolve_hits": 1})


if __name__ == "__main__":
    harness.main()
