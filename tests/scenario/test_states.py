# SPDX-License-Identifier: LGPL-2.1-or-later
"""The states a component and the container go through, as D-Bus shows them."""
import random
import re
import subprocess

import harness
from harness import CHANGE, COMPONENT, Scenario, graph

ZOO = """
[Module]
StartupErrorPolicy=warn
[Component runs]
Type=notify
ExecStart=@actor@ --ready
[Component job]
Type=oneshot
ExecStart=@actor@ --exit=0
[Component plain]
ExecStart=@actor@
[Component lazy]
Start=lazy
ExecStart=@actor@
[Component broken]
Type=notify
ExecStart=@actor@ --exit=4
[Component behind]
ExecStart=@actor@
Requires=broken
[Component again]
Type=notify
ExecStart=@actor@ --exit=4
Restart=on-failure
RestartSec=1h
[Component left-out]
ExecStart=@actor@
ConditionPathExists=/nowhere/at/all
"""


class States(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        said = subprocess.run([harness.REEVED, "--states"], check=True, capture_output=True, text=True, timeout=10).stdout
        cls.legal = set(re.findall(r"(\S+) -> (\S+)", said))

    def assert_legal(self, events):  # §60, §63
        state = {}
        for event in events:
            if event.kind != "transition":
                continue
            self.assertIn((event.from_, event.to), self.legal, event)
            self.assertEqual(state.get(event.component, event.from_), event.from_, event)
            state[event.component] = event.to
            self.assertTrue(event.reason, event)
        seqs = [event.seq for event in events]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + len(seqs))))
        times = [event.usec for event in events]
        self.assertEqual(times, sorted(times))

    def test_zoo(self):  # §59, §61, §46, §87
        reeve = self.reeve(ZOO).start()
        wanted = {"runs": ("ready", "running"), "job": ("ready", "exited"), "plain": ("ready", "running"), "lazy": ("inactive", ""),
                  "broken": ("failed", None), "behind": ("blocked", None), "again": ("backoff", None), "left-out": ("skipped", None)}
        for name, (state, sub_state) in wanted.items():
            self.assertEqual(reeve.state(name), state, name)
            if sub_state is not None:
                self.assertEqual(reeve.get(name, "SubState"), sub_state, name)
        for name in ("lazy", "behind", "left-out"):
            self.assertEqual((reeve.get(name, "MainPid"), reeve.get(name, "Incarnation")), (0, 0), name)
        self.assertEqual(reeve.get("runs", "MainPid"), reeve.log.pid("runs"))
        self.assertEqual(reeve.get("job", "MainPid"), 0)
        self.assertEqual(reeve.get("broken", "ExitStatus"), 4)
        counts = reeve.container("ComponentCounts")
        self.assertEqual(sum(counts.values()), 8)
        self.assertEqual(counts["ready"], 3)
        self.assertTrue(reeve.container("Degraded"))
        self.assert_legal(reeve.history())
        self.assertEqual(reeve.history()[0].seq, 1)

    def test_transitions_of_a_life(self):  # §60, §61
        reeve = self.reeve(graph({"a": [], "b": ["a"]}, {"a": "--ready=200", "b": "--stop-slow=300"})).start(wait=False).connect()
        reeve.wait_state("a", "starting", sub_state="spawned")
        reeve.wait_state("b", "waiting")
        reeve.wait_state("b", "ready")
        change = reeve.ask("Stop", "b")
        self.assertEqual((reeve.state("b"), reeve.get("b", "SubState")), ("stopping", "term"))
        self.assertEqual(reeve.wait_change(change)[0], "done")
        path = [event.to for event in reeve.history() if event.kind == "transition" and event.component == "b"]
        self.assertEqual(path, ["waiting", "starting", "ready", "stopping", "inactive"])
        self.assert_legal(reeve.history())

    def test_container_states(self):  # §62, §13
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=300"})).start()
        path = [event.to for event in reeve.history() if event.kind == "container"]
        self.assertEqual(path[-1], "running")
        legal = ["loading", "validating", "gating", "starting", "running"]
        self.assert_order(legal, *path)
        self.assertEqual(reeve.container("State"), "running")
        reeve.terminate()
        reeve.wait("draining or stopping", lambda: reeve.container("State") in ("draining", "stopping"), 2)
        self.assertEqual(reeve.wait_exit(), 0)

    def test_event_before_property(self):  # §63
        reeve = self.reeve(graph({"a": []}, {"a": "--ready=300"})).start(wait=False).connect()
        order = [("event", event.to) for event in reeve.events if event.component == "a"]  # before we listened
        plain = reeve.bus.on_signal

        def note(message):
            plain(message)
            if message.member == "Event" and message.body[3] == "a" and message.body[6]:
                order.append(("event", message.body[6]))
            if message.member == "PropertiesChanged" and message.body[0] == COMPONENT and "State" in message.body[1]:
                order.append(("property", message.body[1]["State"]))
        reeve.bus.on_signal = note
        reeve.wait("both are told", lambda: ("property", "ready") in order)
        told = [state for what, state in order if what == "event"]
        for place, (what, state) in enumerate(order):
            if what == "property":
                self.assertIn(("event", state), order[:place], "a state was shown that had not been entered")
        self.assertIn("ready", told)
        reeve.bus.on_signal = plain

    def test_incarnations(self):  # §68
        reeve = self.reeve(graph({"a": []}, lines={"a": "Restart=on-failure\nRestartSec=10ms\nStartLimitBurst=50"})).start()
        seen = []
        for n in range(5):
            seen.append(reeve.get("a", "Incarnation"))
            harness.kill(reeve.get("a", "MainPid"))
            reeve.wait_line("ready", "a", n + 2)
            reeve.wait_state("a", "ready")
        self.assertEqual(seen, [1, 2, 3, 4, 5])
        self.assertEqual(reeve.verb("Restart", "a")[0], "done")
        self.assertEqual(reeve.get("a", "Incarnation"), 7)
        self.assertEqual(reeve.get("a", "NRestarts"), 5)
        self.assert_legal(reeve.history())

    def test_start_while_stopping(self):  # §71, §69
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=500"})).start()
        first = reeve.get("a", "MainPid")
        stop = reeve.ask("Stop", "a")
        reeve.wait_line("term", "a")
        starts = [reeve.ask("Start", "a") for _ in range(3)]
        self.assertEqual(reeve.state("a"), "stopping")
        for change in starts:
            self.assertEqual(reeve.wait_change(change)[0], "done")
        reeve.wait_state("a", "ready")
        self.assertNotEqual(reeve.get("a", "MainPid"), first)
        self.assertEqual(len(reeve.log.lines("start", "a")), 2)
        self.assertGreater(reeve.log.last("start", "a").usec, reeve.log.lines("exit", "a")[0].usec)
        del stop

    def test_start_while_a_stop_waits_for_others(self):  # §71, §72: the last wish counts
        reeve = self.reeve(graph({"db": [], "api": ["db"]}, {"api": "--stop-slow=300"})).start()
        stop = reeve.ask("Stop", "db", cascade=True)
        reeve.wait_line("term", "api")
        start = reeve.ask("Start", "db")
        both = reeve.ask("Start", "api")
        self.assertEqual(reeve.wait_change(start)[0], "done")
        self.assertEqual(reeve.wait_change(both)[0], "done")
        self.assertEqual({reeve.state(name) for name in ("db", "api")}, {"ready"})
        self.assertNotEqual(stop, start)

    def test_desired_stopped(self):  # §72
        reeve = self.reeve(graph({"db": [], "api": ["db"]}, lines={
            "api": "Restart=always\nRestartSec=10ms", "db": "Restart=always\nRestartSec=10ms"})).start()
        self.assertEqual(reeve.verb("Stop", "api")[0], "done")
        self.assertEqual((reeve.state("api"), reeve.get("api", "Desired")), ("inactive", "stopped"))
        harness.kill(reeve.get("db", "MainPid"))
        reeve.wait_line("ready", "db", 2)
        reeve.wait_state("db", "ready")
        self.assertEqual(reeve.verb("Restart", "db")[0], "done")
        self.assertEqual(reeve.state("api"), "inactive")
        self.assertEqual(len(reeve.log.lines("start", "api")), 1)
        self.assertEqual(reeve.verb("Start", "api")[0], "done")
        self.assertEqual((reeve.state("api"), reeve.get("api", "Desired")), ("ready", "started"))

    def test_stop_without_a_process_is_immediate(self):  # §70
        reeve = self.reeve(ZOO).start()
        for name in ("again", "behind"):
            begin = harness.now_usec()
            self.assertEqual(reeve.verb("Stop", name)[0], "done")
            self.assertEqual(reeve.state(name), "inactive")
            self.assertLess(harness.now_usec() - begin, 2_000_000)

    def test_stop_in_waiting(self):  # §70, §60
        reeve = self.reeve(graph({"a": [], "b": ["a"]}, {"a": "--ready=600"}, {"b": "StartupErrorPolicy=ignore"}))
        reeve.start(wait=False).connect()
        reeve.wait_state("b", "waiting")
        self.assertEqual(reeve.verb("Stop", "b")[0], "done")
        self.assertEqual(reeve.state("b"), "inactive")
        reeve.wait_ready()
        self.assertEqual(reeve.log.lines("start", "b"), [])

    def test_a_hundred_starts_are_one(self):  # P9, §128
        reeve = self.reeve("[Component lazy]\nType=notify\nStart=lazy\nExecStart=@actor@ --ready=200\n").start()
        changes = [reeve.ask("Start", "lazy") for _ in range(100)]
        states = set()
        for change in changes:
            try:
                states.add(reeve.wait_change(change)[0])
            except harness.wire.WireError:
                pass  # its end was told to the first who read it
        self.assertEqual(states, {"done"})
        self.assertEqual(len(reeve.log.lines("start", "lazy")), 1)

    def test_start_in_back_off(self):  # §60: a wish does not wait for an hour
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --fail-first=1,@files@/attempts
StartupErrorPolicy=warn
Restart=always
RestartSec=1h
RestartMaxDelaySec=1h
""").start()
        reeve.wait_state("a", "backoff")
        self.assertEqual(reeve.verb("Start", "a")[0], "done")
        self.assertEqual(reeve.state("a"), "ready")

    def test_stop_is_final(self):  # §72, §97
        reeve = self.reeve(graph({"deaf": [], "plain": []}, {"deaf": "--ignore-term"}, {
            "deaf": "Restart=always\nRestartSec=1ms\nTimeoutStopSec=200ms", "plain": "Restart=always\nRestartSec=1ms"})
            + "[Component sleeper]\nExecStart=/bin/sleep 1000\nRestart=on-failure\n").start()
        for name in ("deaf", "plain", "sleeper"):
            self.assertEqual(reeve.verb("Stop", name)[0], "done")
            self.assertEqual((reeve.state(name), reeve.get(name, "MainPid")), ("inactive", 0))
        self.assertEqual(reeve.get("sleeper", "Result"), "success")
        self.assertEqual(reeve.get("deaf", "Result"), "stop-timeout")
        self.assertEqual(len(reeve.log.names("start")), 2)
        self.assertFalse(reeve.container("Degraded"))

    def test_every_state_is_explained(self):  # interfaces.md: Explain
        reeve = self.reeve(ZOO).start()
        for name in reeve.names():
            self.assertTrue(reeve.call("Explain", "s", name)[0][0]["text"], name)

    def test_jobs(self):  # §61, §64
        reeve = self.reeve("""
[Component job]
Type=oneshot
ExecStart=@actor@ --exit=0
[Component user]
Type=notify
ExecStart=@actor@ --ready
Requires=job
""").start()
        self.assertEqual(reeve.verb("Restart", "job")[0], "done")
        reeve.wait_state("user", "ready")
        self.assertEqual(reeve.log.names("start"), ["job", "user", "job", "user"])
        self.assertEqual(reeve.verb("Stop", "job", cascade=True)[0], "done")
        self.assertEqual(reeve.state("job"), "inactive")

    def test_random_wishes(self):  # §60, §69, §71, §95, §105, P1
        chance = random.Random(11)
        names = [f"c{i}" for i in range(10)]
        edges = {name: chance.sample(names[:i], min(i, chance.choice([0, 1, 2]))) for i, name in enumerate(names)}
        text = graph(edges, {name: f"--ready={chance.choice([0, 10])} --stop-slow={chance.choice([0, 10])}" for name in names},
                     {name: "Restart=on-failure\nRestartSec=5ms\nRestartMaxDelaySec=10ms\nStartLimitBurst=100000" for name in names})
        reeve = self.reeve(text.replace("--providers=", "--say=").replace("--dependents=", "--say=")).start()
        for _ in range(250):
            name, what = chance.choice(names), chance.choice(["Start", "Stop", "Cascade", "Restart", "Reset", "kill"])
            if what == "kill":
                pid = reeve.get(name, "MainPid")
                if pid:
                    harness.kill(pid)
                continue
            try:
                reeve.ask("Stop" if what == "Cascade" else what, name, **({"cascade": True} if what == "Cascade" else {}))
            except harness.wire.WireError as error:
                self.assertTrue(error.name.endswith("InUse"), error)
        for name in names:
            reeve.ask("Start", name)
        reeve.wait("all are up", lambda: all(reeve.state(name) == "ready" for name in names))
        states, events = {}, reeve.history()
        self.assert_legal(events)
        for event in events:
            if event.kind == "transition":
                if event.to == "starting":
                    for provider in edges[event.component]:
                        self.assertEqual(states[provider], "ready", f"{event} while {provider} is not ready")
                states[event.component] = event.to
        self.assertFalse(reeve.container("Degraded"))

    def test_change_object(self):  # interfaces.md: a Change has State, Tasks, Error
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=200"})).start()
        change = reeve.ask("Stop", "a")
        self.assertEqual(reeve.property(change, CHANGE, "Kind"), "stop")
        self.assertEqual(reeve.property(change, CHANGE, "State"), "doing")
        self.assertEqual(reeve.property(change, CHANGE, "Tasks"), [("a", "stop", "doing")])
        self.assertEqual(reeve.wait_change(change)[0], "done")


if __name__ == "__main__":
    harness.main()
