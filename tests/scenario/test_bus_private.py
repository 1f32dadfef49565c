# SPDX-License-Identifier: LGPL-2.1-or-later
"""The D-Bus face on the private socket, as busctl and as a client of our own see it."""
import json
import os
import signal
import subprocess
import time
from xml.etree import ElementTree

import harness
import wire
from harness import CHANGE, COMPONENT, CONTAINER, Scenario, graph, needs_root

CHAIN = {"db": [], "api": ["db"], "web-1.x": ["api"]}
MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"


def path_of(name):
    return f"{wire.ROOT}/component/{harness.encode(name)}"


class Listener:
    """A second client that keeps every signal, in order."""

    def __init__(self, reeve):
        self.signals = []
        self.bus = wire.Connection(reeve.runtime + "/bus", self.signals.append)
        self.bus.add_match()

    def wait(self, reeve, what, predicate, timeout=10):
        def look():
            self.bus.poll(0)
            return next((message for message in self.signals if predicate(message)), None)
        return reeve.wait(what, look, timeout)

    def of(self, member):
        return [message for message in self.signals if message.member == member]

    def close(self):
        self.bus.close()


class PrivateBus(Scenario):
    def refused(self, name, function, *arguments, **options):
        with self.assertRaises(wire.WireError) as caught:
            function(*arguments, **options)
        self.assertEqual(caught.exception.name, name, caught.exception)
        return caught.exception.text

    def listen(self, reeve):
        listener = Listener(reeve)
        self.addCleanup(listener.close)
        return listener

    def busctl(self, reeve, *arguments, json_=True):
        done = subprocess.run(["busctl", f"--address=unix:path={reeve.runtime}/bus", *(["--json=short"] if json_ else []),
                               *arguments], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return done.stdout

    def outlive(self, reeve, listener, paths):
        """Waits for the InterfacesRemoved of PATHS, which have been read."""
        def look():
            listener.bus.poll(0.2)
            gone = {message.body[0]: message for message in listener.of("InterfacesRemoved")}
            return gone if paths <= set(gone) else None
        return reeve.wait("InterfacesRemoved", look, 12)

    def test_busctl(self):  # interfaces.md: busctl works with no bus daemon
        reeve = self.reeve(graph(CHAIN)).start()
        tree = self.busctl(reeve, "tree", "--list", wire.NAME, json_=False).split()
        for name in CHAIN:
            self.assertIn(path_of(name), tree)
        self.assertIn(wire.ROOT + "/module/test", tree)
        self.assertIn(wire.NAME, self.busctl(reeve, "list"))
        shown = self.busctl(reeve, "introspect", wire.NAME, path_of("web-1.x"), COMPONENT, json_=False)
        self.assertIn("MainPid", shown)
        self.assertIn('"ready"', shown)
        value = json.loads(self.busctl(reeve, "get-property", wire.NAME, path_of("api"), COMPONENT, "State"))
        self.assertEqual(value, {"type": "s", "data": "ready"})
        whole = json.loads(self.busctl(reeve, "call", wire.NAME, wire.ROOT, MANAGER, "GetManagedObjects"))["data"][0]
        self.assertEqual(whole[path_of("db")][COMPONENT]["Name"]["data"], "db")
        status = self.busctl(reeve, "status", wire.NAME, json_=False)
        self.assertIn(str(reeve.pid), status)

    def test_busctl_monitor(self):
        reeve = self.reeve(graph(CHAIN)).start()
        watcher = subprocess.Popen(["busctl", f"--address=unix:path={reeve.runtime}/bus", "--json=short", "monitor"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen = set()
        try:
            self.assertIn("Monitoring", watcher.stderr.readline())
            reeve.verb("Restart", "web-1.x")
            for line in watcher.stdout:
                seen.add(json.loads(line).get("member"))
                if {"Event", "PropertiesChanged", "InterfacesAdded"} <= seen:
                    break
        finally:  # it names our directory, and would be taken for something left behind
            watcher.kill()
            watcher.communicate()
        self.assertLessEqual({"Event", "PropertiesChanged", "InterfacesAdded"}, seen)

    def test_object_manager(self):  # interfaces.md: ObjectManager at the root
        reeve = self.reeve(graph(CHAIN)).start()
        objects = reeve.bus.call(wire.ROOT, MANAGER, "GetManagedObjects")[0]
        self.assertEqual({path for path, has in objects.items() if COMPONENT in has}, {path_of(name) for name in CHAIN})
        for name in CHAIN:
            properties = objects[path_of(name)][COMPONENT]
            got = reeve.bus.call(path_of(name), PROPERTIES, "GetAll", "s", COMPONENT)[0]
            self.assertEqual(properties, got)
            self.assertEqual((got["Name"], got["State"], got["Module"]), (name, "ready", "test"))
            self.assertEqual(sorted(got["Requires"]) != [], bool(CHAIN[name]))
        module = objects[wire.ROOT + "/module/test"][wire.NAME + ".Module"]
        self.assertEqual(sorted(module["Components"]), sorted(path_of(name) for name in CHAIN))

    def test_properties_follow_events(self):  # §63
        reeve = self.reeve(graph(CHAIN)).start()
        listener = self.listen(reeve)
        for _ in range(5):
            self.assertEqual(reeve.verb("Restart", "db")[0], "done")
            self.assertEqual(reeve.verb("Stop", "web-1.x")[0], "done")
            self.assertEqual(reeve.verb("Start", "web-1.x")[0], "done")
        last = reeve.history()[-1].seq
        listener.wait(reeve, "the last event", lambda message: message.member == "Event" and message.body[0] == last)
        state, told = dict.fromkeys(CHAIN, "ready"), 0
        for message in listener.signals:
            if message.member == "Event" and message.body[2] == "transition":
                state[message.body[3]] = message.body[6]
            elif message.member == "PropertiesChanged" and message.body[0] == COMPONENT:
                name = next(name for name in CHAIN if path_of(name) == message.path)
                self.assertEqual(message.body[1]["State"], state[name], name)
                told += 1
        self.assertGreater(told, 10)

    def test_all_that_changes_is_told(self):  # the annotations of the interface are a promise
        reeve = self.reeve(graph(CHAIN)).start()
        listener = self.listen(reeve)
        change = reeve.ask("Restart", "web-1.x")
        for path, interface in ((path_of("web-1.x"), COMPONENT), (change, CHANGE), (wire.ROOT, CONTAINER)):
            told = listener.wait(reeve, interface, lambda message, at=path: (
                message.member == "PropertiesChanged" and message.path == at)).body
            self.assertEqual(told[0], interface)
            of_word = {"true": set(), "invalidates": set(), "const": set()}
            root = ElementTree.fromstring(reeve.bus.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0])
            for member in root.find(f"interface[@name='{interface}']").iter("property"):
                note = member.find("annotation[@name='org.freedesktop.DBus.Property.EmitsChangedSignal']")
                of_word["true" if note is None else note.get("value")].add(member.get("name"))
            self.assertEqual((set(told[1]), set(told[2])), (of_word["true"], of_word["invalidates"]), interface)
            self.assertTrue(of_word["true"] and of_word["const"], interface)

    def test_main_pid_is_told(self):  # Component.xml: as soon as it is known, and when it is another one
        lazy = "Type=notify\nStart=lazy\nTimeoutStartSec=60\n"
        reeve = self.reeve(f"[Component slow]\n{lazy}ExecStart=@actor@\n"
                           f"[Component parent]\n{lazy}ExecStart=@actor@ --mainpid=child\nKillSignal=SIGKILL\n").start()
        listener = self.listen(reeve)
        for name, event in (("slow", "start"), ("parent", "mainpid")):  # neither says READY=1
            reeve.ask("Start", name)
            line = reeve.wait_line(event, name)
            pid = int(line.detail) if event == "mainpid" else reeve.log.pid(name)
            told = listener.wait(reeve, f"MainPid={pid}", lambda message, at=path_of(name), expected=pid: (
                message.member == "PropertiesChanged" and message.path == at and message.body[1]["MainPid"] == expected))
            self.assertEqual((told.body[1]["State"], told.body[1]["SubState"]), ("starting", "spawned"))
        history = reeve.history()
        self.assertEqual([event.seq for event in history], list(range(1, len(history) + 1)))
        self.assertNotIn("main-pid", {event.kind for event in history})

    def test_sequence(self):  # §145
        reeve = self.reeve(graph(CHAIN)).start()
        listener = self.listen(reeve)
        for _ in range(10):
            reeve.verb("Restart", "db")
        for name in CHAIN:  # those who come back with it would tell more meanwhile
            reeve.wait_state(name, "ready")
        history = reeve.history()
        self.assertEqual([event.seq for event in history], list(range(1, len(history) + 1)))
        self.assertEqual(history, reeve.history()[:len(history)])
        listener.wait(reeve, "the last event", lambda m: m.member == "Event" and m.body[0] == history[-1].seq)
        heard = [harness.Event(*message.body) for message in listener.of("Event")]
        self.assertEqual([event.seq for event in heard], list(range(heard[0].seq, heard[0].seq + len(heard))))
        self.assertEqual(heard, reeve.history()[heard[0].seq - 1:heard[-1].seq])
        usecs = [event.usec for event in history]
        self.assertEqual(usecs, sorted(usecs))
        for since in (len(history) - 3, len(history) + 1000, 2**64 - 1):
            events, following, dropped = reeve.call("GetEvents", "t", since)
            self.assertEqual([event[0] for event in events][:1], [since] if since < len(history) else [])
            self.assertEqual(dropped, 0)
        mine = [event for event in history if event.component == "api"]
        for n in (0, 1, 5, 64, 2**32 - 1):
            events, = reeve.call("GetEventsOf", "su", "api", n)
            self.assertEqual([harness.Event(*event) for event in events], mine[max(len(mine) - min(n, 64), 0):])
        with self.assertRaises(wire.WireError) as caught:
            reeve.call("GetEventsOf", "su", "ghost", 5)
        self.assertTrue(caught.exception.name.endswith(".NotFound"))

    def test_startup_finished(self):  # §142, §145
        reeve = self.reeve(graph({"slow": []}, {"slow": "--ready=700"}).replace("--ready --ready", "--ready"))
        reeve.start(wait=False).connect()
        listener = self.listen(reeve)
        self.assertFalse(reeve.container("StartupMetrics")["finished"])
        message = listener.wait(reeve, "StartupFinished", lambda m: m.member == "StartupFinished")
        metrics = reeve.container("StartupMetrics")
        self.assertEqual(message.body[0], True)
        self.assertEqual(message.body[2:], [0, 0])
        self.assertEqual(message.body[1], metrics["total"])
        self.assertGreaterEqual(message.body[1], 600_000)
        self.assertTrue(metrics["finished"] and metrics["success"])
        parts = sum(metrics[name] for name in ("load", "register", "validate", "gates", "resources", "components", "other"))
        self.assertLessEqual(abs(metrics["total"] - parts), 1000, metrics)
        self.assertTrue(all(metrics[name] >= 0 for name in metrics))
        reeve.verb("Restart", "slow")
        listener.bus.poll(0)
        self.assertEqual(len(listener.of("StartupFinished")), 1)

    def test_change(self):  # interfaces.md: a Change lives until read or one minute after its end
        reeve = self.reeve(graph(CHAIN, {"api": "--stop-slow=300"})).start()
        listener = self.listen(reeve)
        path = reeve.ask("Stop", "api", cascade=True)
        self.assertEqual(reeve.property(path, CHANGE, "State"), "doing")
        self.assertEqual(reeve.property(path, CHANGE, "Ended"), 0)
        self.assertEqual(reeve.property(path, CHANGE, "Kind"), "stop")
        self.assertEqual(reeve.property(path, CHANGE, "Tasks"), [("api", "stop", "doing")])
        changed = listener.wait(reeve, "the end of the change", lambda m: m.member == "PropertiesChanged" and m.path == path)
        self.assertEqual(changed.body[1]["State"], "done")
        self.assertGreater(changed.body[1]["Ended"], 0)
        added = listener.wait(reeve, "InterfacesAdded", lambda m: m.member == "InterfacesAdded" and m.body[0] == path)
        self.assertEqual(added.path, wire.ROOT)
        self.assertIn(CHANGE, added.body[1])
        self.assertLess(listener.signals.index(added), listener.signals.index(changed))
        self.assertIn(path, reeve.bus.call(wire.ROOT, MANAGER, "GetManagedObjects")[0])
        begin = time.monotonic()  # the first to read its end
        self.assertEqual(reeve.wait_change(path), ("done", {}))
        removed = self.outlive(reeve, listener, {path})[path]
        self.assertEqual((removed.path, removed.body), (wire.ROOT, [path, [CHANGE]]))
        self.assertGreater(time.monotonic() - begin, 3)
        self.refused("org.freedesktop.DBus.Error.UnknownObject", reeve.property, path, CHANGE, "State")
        self.assertNotIn(path, reeve.bus.call(wire.ROOT, MANAGER, "GetManagedObjects")[0])

    def test_changes_that_were_there_before(self):  # who listens later hears of their end too
        reeve = self.reeve(graph(CHAIN)).start()
        paths = [reeve.ask("Reset", "api") for _ in range(3)]
        listener = self.listen(reeve)
        for path in paths:
            reeve.wait_change(path)
        self.outlive(reeve, listener, set(paths))
        gone = [message.body[0] for message in listener.of("InterfacesRemoved")]
        self.assertEqual(len(gone), len(set(gone)))

    def test_verbs(self):  # interfaces.md
        reeve = self.reeve(graph(CHAIN)).start()
        pids = {name: reeve.get(name, "MainPid") for name in CHAIN}
        self.assertEqual(reeve.verb("Restart", "db"), ("done", {}))
        for name in CHAIN:
            reeve.wait_state(name, "ready")
            self.assertEqual(reeve.get(name, "Incarnation"), 2)
            self.assertNotEqual(reeve.get(name, "MainPid"), pids[name])
        self.assertEqual(reeve.verb("Stop", "web-1.x"), ("done", {}))
        self.assertEqual(reeve.get("web-1.x", "Desired"), "stopped")
        self.assertEqual(reeve.verb("Start", "web-1.x"), ("done", {}))
        self.assertEqual(reeve.get("web-1.x", "Desired"), "started")
        self.assertEqual(reeve.verb("Reset", "web-1.x"), ("done", {}))
        self.assertEqual(reeve.get("web-1.x", "Counters")["starts"], 3)

    def test_error_names(self):  # §152
        reeve = self.reeve(graph(CHAIN, {"db": "--stop-slow=1500"})).start()
        general = "org.freedesktop.DBus.Error."
        own = "org.reeve.Reeve1.Error."
        self.assertIn("api", self.refused(own + "InUse", reeve.ask, "Stop", "db"))
        self.refused(own + "NotFound", reeve.ask, "Start", "nobody")
        self.refused(own + "NotFound", reeve.call, "Explain", "s", "nobody")
        self.refused(general + "InvalidArgs", reeve.ask, "Start", "db", cascade=True)
        self.refused(general + "InvalidArgs", reeve.ask, "Start", "x" * 10000)
        self.refused(general + "InvalidArgs", reeve.call, "Plan", "a{sv}", {"format": ("s", "yaml")})
        self.refused(general + "UnknownObject", reeve.property, path_of("nobody"), COMPONENT, "State")
        self.refused(general + "UnknownObject", reeve.property, wire.ROOT + "/change/12345", CHANGE, "State")
        self.refused(general + "UnknownObject", reeve.property, wire.ROOT + "/change/0", CHANGE, "State")
        self.refused(general + "UnknownMethod", reeve.call, "Frobnicate")
        self.refused(general + "UnknownProperty", reeve.property, wire.ROOT, COMPONENT, "State")
        self.refused(general + "UnknownProperty", reeve.container, "Nonsense")
        self.refused(general + "PropertyReadOnly", reeve.bus.call, wire.ROOT, PROPERTIES, "Set", "ssv", CONTAINER, "State",
                     ("s", "failed"))
        reeve.terminate()
        reeve.wait("draining", lambda: reeve.container("State") in ("draining", "stopping"))
        self.refused(own + "Draining", reeve.ask, "Start", "web-1.x")
        self.refused(own + "Closed", reeve.call, "Refresh")
        self.assertEqual(reeve.wait_exit(), 0)

    def test_shutdown_joined(self):  # §111
        reeve = self.reeve(graph(CHAIN, {"db": "--stop-slow=700"})).start()
        clients = [wire.Connection(reeve.runtime + "/bus") for _ in range(3)]
        for client in clients:
            self.addCleanup(client.close)
        serials = [client.send(wire.ROOT, CONTAINER, "Shutdown", "a{sv}", {}) for client in clients[:2]]
        reeve.wait_line("term", "web-1.x")
        reeve.terminate(signal.SIGTERM)
        reeve.terminate(signal.SIGINT)
        begin = harness.now_usec()
        self.assertEqual(clients[2].call(wire.ROOT, CONTAINER, "Shutdown", "a{sv}", {"wait": ("b", False)}), [])
        self.assertLess(harness.now_usec() - begin, 400_000)
        for client, serial in zip(clients, serials):
            self.assertEqual(client.wait_reply(serial), [])
        for name in CHAIN:
            self.assertFalse(harness.is_alive(reeve.log.pid(name)), f"{name}: it answered before the end")
            self.assertEqual(len(reeve.log.lines("term", name)), 1)
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertFalse(os.path.exists(reeve.runtime + "/bus"))

    def test_explain(self):  # §87, interfaces.md
        reeve = self.reeve("[Module]\nStartupErrorPolicy=warn\n[Component a]\nExecStart=/nowhere/at/all\n"
                           "[Component b]\nExecStart=@actor@\nRequires=a\n[Component c]\nExecStart=@actor@\nRequires=b\n"
                           "[Component well]\nExecStart=@actor@\n").start()
        for name, code in (("a", "exec-failed"), ("b", "dependency-failed"), ("c", "dependency-failed")):
            findings = reeve.call("Explain", "s", name)[0]
            self.assertEqual(findings[0]["code"], code, findings)
            self.assertTrue(findings[0]["text"])
            self.assertEqual(findings[0]["component"], name)
        path = [step[0] for step in reeve.call("Explain", "s", "c")[0][0]["path"]]
        self.assertEqual(path, ["c", "b", "a"])
        self.assertTrue(reeve.container("Degraded"))
        self.assertTrue([finding for finding in reeve.container("Report") if finding.get("component") == "a"])

    def test_plan_and_graph(self):  # §36, §146
        reeve = self.reeve(graph(CHAIN)).start()
        status, text, errors = reeve.offline("--plan")
        self.assertEqual(status, 0, errors)
        plan = reeve.call("Plan", "a{sv}", {})[0]
        self.assertEqual(set(plan), {"text", "json"})
        self.assertEqual(plan["text"].rstrip("\n"), text.rstrip("\n"))
        whole = json.loads(plan["json"])
        self.assertIn("web-1.x", json.dumps(whole))
        self.assertEqual(set(reeve.call("Plan", "a{sv}", {"format": ("s", "json")})[0]), {"json"})
        dot = reeve.call("GetGraph", "s", "dot")[0]
        self.assertTrue(dot.lstrip().startswith("digraph"))
        for name in CHAIN:
            self.assertIn(f'"{name}"', dot)
        self.assertIn("web-1.x", json.dumps(json.loads(reeve.call("GetGraph", "s", "json")[0])))

    def test_signals_are_asked_for(self):  # Container.xml: who said Hello gets them once it has called AddMatch
        reeve = self.reeve(graph(CHAIN)).start()
        signals = []
        connection = wire.Connection(reeve.runtime + "/bus", signals.append)
        self.addCleanup(connection.close)
        reeve.verb("Restart", "web-1.x")
        connection.poll(0.1)
        self.assertEqual(signals, [])   # it said Hello, and has not subscribed
        connection.add_match()
        reeve.verb("Restart", "web-1.x")
        reeve.wait("signals", lambda: connection.poll(0) or signals)

    @needs_root
    def test_who_may_connect(self):  # P36
        reeve = self.reeve(graph({"a": []}), uid=65534).start()
        os.chmod(reeve.runtime, 0o711)
        self.assertEqual(os.stat(reeve.runtime + "/bus").st_mode & 0o777, 0o600)
        os.chmod(reeve.runtime + "/bus", 0o666)
        address = f"--address=unix:path={reeve.runtime}/bus"
        for uid, good in ((0, True), (65534, True), (65533, False)):
            done = subprocess.run(["busctl", address, "get-property", wire.NAME, wire.ROOT, CONTAINER, "State"], user=uid,
                                  group=uid, extra_groups=[], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode == 0, good, (uid, done.stderr))


if __name__ == "__main__":
    harness.main()
