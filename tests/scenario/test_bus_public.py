# SPDX-License-Identifier: LGPL-2.1-or-later
"""The D-Bus face on a bus: a private dbus-daemon of the test stands for the system's or the user's."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

import harness
import wire
from harness import COMPONENT, CONTAINER, Scenario, graph, needs_root

CHAIN = {"db": [], "api": ["db"], "web": ["api"]}
BUS = "org.freedesktop.DBus"
EVERYTHING = """<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/></policy>
<policy user="root"><allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/></policy>"""
STRICT = """<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/><allow send_destination="org.freedesktop.DBus"/></policy>
<include>%s</include>"""
POLICY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../dbus/org.reeve.Reeve1.conf"))

READS = (("Plan", "a{sv}", "0"), ("Explain", "s", "web"), ("GetEvents", "t", "0"), ("GetEventsOf", "su", "web", "5"),
         ("GetGraph", "s", "dot"), ("GetStartup", "a{sv}", "0"), ("GetCriticalPath", "sa{sv}", "web", "0"))


class Broker:
    def __init__(self, case, policy=EVERYTHING):
        self.case = case
        self.path = case.dir + "/broker"
        self.address = "unix:path=" + self.path
        self.config = case.dir + "/broker.conf"
        self.process = None
        with open(self.config, "w") as file:
            file.write('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
                       '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">\n'
                       f"<busconfig><type>system</type><listen>{self.address}</listen><auth>EXTERNAL</auth>{policy}</busconfig>\n")
        case.addCleanup(self.kill)

    def start(self):
        self.process = subprocess.Popen(["dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile",
                                         "--print-address=1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.case.assertIn("unix:", self.process.stdout.readline())
        return self

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None
        if os.path.exists(self.path):
            os.unlink(self.path)

    def connect(self, on_signal=None):
        connection = wire.Connection(self.path, on_signal)
        self.case.addCleanup(connection.close)
        return connection

    def owner(self):
        """The process that has the daemon's name, or 0."""
        try:
            connection = wire.Connection(self.path)
        except OSError:
            return 0
        try:
            return connection.call("/org/freedesktop/DBus", BUS, "GetConnectionUnixProcessID", "s", wire.NAME, destination=BUS)[0]
        except (wire.WireError, OSError):
            return 0
        finally:
            connection.close()


@unittest.skipUnless(shutil.which("dbus-daemon"), "needs dbus-daemon")
class PublicBus(Scenario):
    def on_bus(self, modules, broker, choice="system", wait=True, **options):
        variable = "DBUS_SYSTEM_BUS_ADDRESS" if choice == "system" else "DBUS_SESSION_BUS_ADDRESS"
        reeve = self.reeve(modules, environment={variable: broker.address}, **options)
        with open(reeve.config + "/reeved.conf", "w") as file:
            file.write(f"[Container]\nBus={choice}\n")
        reeve.start()
        if wait:
            reeve.wait("the name is owned", lambda: broker.owner() == reeve.pid)
        return reeve

    def busctl(self, broker, *arguments, uid=None):
        # `--system` and the like read the environment themselves
        environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=broker.address)
        return subprocess.run(["busctl", "--system", "--json=short", *arguments], env=environment, capture_output=True, text=True,
                              timeout=20, user=uid, group=uid, extra_groups=[] if uid is not None else None)

    def call(self, broker, *arguments, uid=None):
        return self.busctl(broker, "call", wire.NAME, wire.ROOT, CONTAINER, *arguments, uid=uid)

    def test_busctl(self):  # interfaces.md: the same objects on the public bus
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        self.assertIn(wire.NAME, self.busctl(broker, "list").stdout)
        tree = self.busctl(broker, "tree", "--list", wire.NAME).stdout.split()
        self.assertIn(wire.ROOT + "/component/web", tree)
        self.assertIn("StartupMetrics", self.busctl(broker, "introspect", wire.NAME, wire.ROOT).stdout)
        done = self.busctl(broker, "get-property", wire.NAME, wire.ROOT + "/component/web", COMPONENT, "State")
        self.assertEqual(json.loads(done.stdout)["data"], "ready")
        self.assertIn("/change/", self.call(broker, "Restart", "sa{sv}", "web", "0").stdout)
        reeve.wait_event("web is ready again", lambda event: event.component == "web" and event.incarnation == 2 and
                         event.to == "ready")
        done = self.call(broker, "Stop", "sa{sv}", "db", "0")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("api", done.stderr)

    def test_signals(self):  # §63, §145
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        heard = []
        client = broker.connect(heard.append)
        client.call("/org/freedesktop/DBus", BUS, "AddMatch", "s", f"type='signal',sender='{wire.NAME}'", destination=BUS)
        heard.clear()
        reeve.verb("Restart", "db")
        last = reeve.history()[-1].seq
        reeve.wait("the last event", lambda: client.poll(0) or any(m.member == "Event" and m.body[0] == last for m in heard))
        events = [message.body for message in heard if message.member == "Event"]
        # More may have come meanwhile; none is left out.
        self.assertGreaterEqual(events[-1][0], last)
        self.assertEqual([event[0] for event in events], list(range(events[0][0], events[-1][0] + 1)))
        state = dict.fromkeys(CHAIN, "ready")
        told = 0
        for message in heard:
            if message.member == "Event" and message.body[2] == "transition":
                state[message.body[3]] = message.body[6]
            elif message.member == "PropertiesChanged" and message.body[0] == COMPONENT:
                self.assertEqual(message.body[1]["State"], state[message.path.rpartition("/")[2]])
                told += 1
        self.assertGreater(told, 2)
        self.assertIn("InterfacesAdded", [message.member for message in heard])

    @needs_root
    def test_strangers(self):  # P36
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        for arguments in (("Start", "sa{sv}", "db", "0"), ("Stop", "sa{sv}", "web", "0"), ("Restart", "sa{sv}", "web", "0"),
                          ("Reset", "sa{sv}", "web", "0"), ("Refresh",), ("Shutdown", "a{sv}", "0"),
                          ("Stop", "sa{sv}", "no-such-name", "0")):
            done = self.call(broker, *arguments, uid=65534)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertIn("Access denied", done.stderr, arguments)
        for arguments in READS:
            self.assertEqual(self.call(broker, *arguments, uid=65534).returncode, 0, arguments)
        done = self.busctl(broker, "call", wire.NAME, wire.ROOT, BUS + ".ObjectManager", "GetManagedObjects", uid=65534)
        self.assertEqual(done.returncode, 0)
        self.assertEqual({name: reeve.get(name, "Incarnation") for name in CHAIN}, dict.fromkeys(CHAIN, 1))
        self.assertFalse([event for event in reeve.history() if event.kind == "change"])

    @needs_root
    def test_resolve_by_strangers(self):  # P36, §128: what is there is no secret, to have something started is a change
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN) + "[Component lazy]\nStart=lazy\nExecStart=@actor@\n[Values]\nregion=eu\n", broker)
        for member in ("Resolve", "TryResolve"):
            for key in ("db", "region", "reeve"):
                self.assertEqual(self.call(broker, member, "ssa{sv}", key, "", "0", uid=65534).returncode, 0, (member, key))
            done = self.call(broker, member, "ssa{sv}", "lazy", "", "0", uid=65534)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("Access denied", done.stderr)
        self.assertEqual((reeve.state("lazy"), reeve.get("lazy", "Counters")["resolve_misses"]), ("inactive", 0))
        done = self.call(broker, "Resolve", "ssa{sv}", "lazy", "", "0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("/org/reeve/Reeve1/component/lazy", done.stdout)

    @needs_root
    def test_own_user_and_root(self):  # P36: root and the daemon's own user
        broker = Broker(self).start()
        reeve = self.on_bus(graph({"a": []}), broker, uid=65534)
        for uid, good in ((65534, True), (0, True), (65533, False)):
            self.assertEqual(self.call(broker, "Restart", "sa{sv}", "a", "0", uid=uid).returncode == 0, good, uid)
        self.assertEqual(len([event for event in reeve.history() if event.kind == "change" and event.reason == "doing"]), 2)

    @needs_root
    def test_installed_policy(self):  # reliability.md §3: default-deny
        broker = Broker(self, STRICT % POLICY).start()
        self.on_bus(graph(CHAIN), broker)
        self.assertEqual(self.call(broker, "Reset", "sa{sv}", "web", "0").returncode, 0)
        for arguments in (("Start", "sa{sv}", "db", "0"), ("Shutdown", "a{sv}", "0"), ("Refresh",)):
            done = self.call(broker, *arguments, uid=65534)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertIn("denied", done.stderr.lower(), arguments)
        for arguments in READS:
            done = self.call(broker, *arguments, uid=65534)
            self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        self.assertEqual(self.busctl(broker, "tree", wire.NAME, uid=65534).returncode, 0)

    def test_caller_gone(self):  # P34
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        for _ in range(50):
            client = wire.Connection(broker.path)
            client.send(wire.ROOT, CONTAINER, "Shutdown", "su", "no", 1)
            client.send(wire.ROOT, CONTAINER, "Refresh")
            client.close()
        self.assertEqual(reeve.container("State"), "running")
        client = broker.connect()
        self.assertEqual(client.call(wire.ROOT, CONTAINER, "Refresh"), [1])

    def test_broker_killed(self):  # P33
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        pids = {name: reeve.get(name, "MainPid") for name in CHAIN}
        for _ in range(5):
            broker.kill()
            begin = time.monotonic()
            self.assertEqual(reeve.container("State"), "running")
            broker.start()
            reeve.wait("the name is owned again", lambda: broker.owner() == reeve.pid, 5)
            self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual({name: reeve.get(name, "MainPid") for name in CHAIN}, pids)
        self.assertIn("lost the system bus", reeve.text())

    def test_no_spin_without_a_bus(self):  # P33
        broker = Broker(self)
        reeve = self.on_bus(graph({"a": []}), broker, wait=False)

        def ticks():
            with open(f"/proc/{reeve.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        reeve.wait("a second has passed", lambda begin=time.monotonic(): time.monotonic() - begin > 1 or time.sleep(0.2))
        self.assertLess(ticks() - before, 10)
        broker.start()
        reeve.wait("the name is owned", lambda: broker.owner() == reeve.pid, 5)

    def test_name_taken(self):  # interfaces.md: messages say what happened
        broker = Broker(self).start()
        other = wire.Connection(broker.path)
        self.assertEqual(other.call("/org/freedesktop/DBus", BUS, "RequestName", "su", wire.NAME, 0, destination=BUS), [1])
        reeve = self.on_bus(graph({"a": []}), broker, wait=False)
        reeve.wait("it says so", lambda: "another process owns " + wire.NAME in reeve.text())
        other.close()
        reeve.wait("the name is owned", lambda: broker.owner() == reeve.pid, 5)

    def test_frozen_broker(self):  # P33: nothing but the public bus is affected
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        os.kill(broker.process.pid, signal.SIGSTOP)
        worst = 0
        for _ in range(3):
            begin = time.monotonic()
            self.assertEqual(reeve.container("State"), "running")
            worst = max(worst, time.monotonic() - begin)
            self.assertEqual(reeve.verb("Restart", "web")[0], "done")
        self.assertLess(worst, 0.1)
        begin = time.monotonic()
        reeve.stop()
        self.assertLess(time.monotonic() - begin, 3)

    def test_shutdown(self):  # §111
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN, {"db": "--stop-slow=500"}), broker)
        client = broker.connect()
        begin = time.monotonic()
        self.assertEqual(client.call(wire.ROOT, CONTAINER, "Shutdown", "a{sv}", {}), [])
        self.assertGreater(time.monotonic() - begin, 0.4)
        for name in CHAIN:
            self.assertFalse(harness.is_alive(reeve.log.pid(name)), name)
        self.assertEqual(reeve.wait_exit(), 0)

    def test_user_bus(self):
        broker = Broker(self).start()
        reeve = self.on_bus(graph({"a": []}), broker, "user")
        self.assertEqual(broker.connect().call(wire.ROOT, CONTAINER, "Refresh"), [1])
        reeve.stop()
        self.assertEqual(broker.owner(), 0)

    @unittest.skipIf(os.path.exists("/run/reeve/bus"), "a container of the system's own would be asked")
    def test_reevectl(self):  # interfaces.md: without an address the private socket of the system, or its bus
        broker = Broker(self).start()
        reeve = self.on_bus(graph(CHAIN), broker)
        environment = {"DBUS_SYSTEM_BUS_ADDRESS": broker.address, "PATH": os.environ["PATH"]}

        def run(*arguments):
            return subprocess.run([harness.REEVECTL, *arguments], capture_output=True, text=True, timeout=20, env=environment)
        done = run("status", "web")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run("restart", "web").returncode, 0)
        self.assertEqual(reeve.get("web", "Incarnation"), 2)
        done = run("stop", "db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cascade", done.stderr)
        follower = subprocess.Popen([harness.REEVECTL, "events", "-f"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                    env=environment)
        self.addCleanup(follower.communicate)
        self.addCleanup(follower.kill)
        follower.stdout.readline()
        reeve.stop()
        output, errors = follower.communicate(timeout=5)
        self.assertIn("stopped", output)
        self.assertIn("ended", errors)


if __name__ == "__main__":
    harness.main()
