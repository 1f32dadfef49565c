# SPDX-License-Identifier: LGPL-2.1-or-later
"""Resolve and lazy components, from outside: over D-Bus, with reevectl, and by connecting to their sockets."""
import json
import os
import socket

import harness
import wire
from harness import CONTAINER, Scenario

ERROR = "org.reeve.Reeve1.Error."
TIMEOUT = "org.freedesktop.DBus.Error.Timeout"
GATE = "while ! test -e @files@/go; do sleep 0.02; done"

# db becomes ready when a test lets it; until then whoever asks for it waits
LAZY = """[Module]
StartupErrorPolicy=warn
[Component base]
Start=lazy
ExecStart=@actor@ --name=base
[Component db]
Type=notify
Start=lazy
Requires=base
Listen=sql=tcp:127.0.0.1:0
Publish=url=db://${self.sql}/shop
ExecPostConstruct=/bin/sh -c "%s"
ExecStart=@actor@ --name=db --ready=0
[Component web]
ExecStart=@actor@ --name=web
Resolves=db
[Alias store]
Target=db
[Values]
region=eu-west-1
""" % GATE


class Resolve(Scenario):
    def resolve(self, reeve, key, route="", member="Resolve", **options):
        return reeve.call(member, "ssa{sv}", key, route, {name.replace("_", "-"): ("t", value) for name, value in options.items()})

    def send(self, connection, key, **options):
        return connection.send(wire.ROOT, CONTAINER, "Resolve", "ssa{sv}", key, "",
                               {name.replace("_", "-"): ("t", value) for name, value in options.items()})

    def refused(self, name, function, *arguments, **options):
        with self.assertRaises(wire.WireError) as caught:
            function(*arguments, **options)
        self.assertEqual(caught.exception.name, name, caught.exception)
        return caught.exception.text

    def connection(self, reeve):
        connection = wire.Connection(reeve.runtime + "/bus")
        self.addCleanup(connection.close)
        return connection

    def started_once(self, reeve):
        for name in ("web", "base", "db"):
            reeve.wait_line("start", name)
        self.assertEqual(sorted(reeve.log.names("start")), ["base", "db", "web"])

    def test_what_is_there(self):  # §26-28, C-04, C-05
        reeve = self.reeve(LAZY).start()
        self.assertEqual(self.resolve(reeve, "web"), ["/org/reeve/Reeve1/component/web", {}])
        self.assertEqual(self.resolve(reeve, "region"), ["/", {"value": "eu-west-1"}])
        self.assertEqual(self.resolve(reeve, "reeve"), [wire.ROOT, {"bus": f"unix:path={reeve.runtime}/bus"}])
        self.assertIn("did you mean 'region'?", self.refused(ERROR + "NotFound", self.resolve, reeve, "regoin"))
        self.assertEqual(self.resolve(reeve, "regoin", member="TryResolve"), [False, "/", {}])
        self.assertEqual(self.resolve(reeve, "region", member="TryResolve"), [True, "/", {"value": "eu-west-1"}])
        self.refused(ERROR + "NotRouted", self.resolve, reeve, "web", "x")
        self.refused("org.freedesktop.DBus.Error.InvalidArgs", self.resolve, reeve, "x" * 300)
        self.refused("org.freedesktop.DBus.Error.InvalidArgs", self.resolve, reeve, "web", patience=1)
        self.assertLessEqual(set(reeve.log.names("start")), {"web"})  # nothing was started for it

    def test_a_hundred(self):  # §128, C-11: one process, one answer for each
        reeve = self.reeve(LAZY).start()
        connections = [self.connection(reeve) for _ in range(4)]
        serials = [(connection, self.send(connection, key)) for _ in range(25) for connection, key in
                   zip(connections, ("db", "store", "db", "db"))]
        reeve.wait_state("db", "starting", sub_state="post-construct")
        reeve.wait("all have asked", lambda: reeve.get("db", "Counters")["resolve_misses"] == 100)
        reeve.let_go()
        answers = [connection.wait_reply(serial) for connection, serial in serials]
        self.assertEqual(len({json.dumps(answer) for answer in answers}), 1)
        instance, endpoints = answers[0]
        self.assertEqual(instance, "/org/reeve/Reeve1/component/db")
        self.assertEqual(sorted(endpoints), ["sql", "url"])
        self.assertEqual(endpoints["url"], f"db://{endpoints['sql']}/shop")
        self.started_once(reeve)

    def test_alone(self):  # §129: a time-out and a caller that goes are nobody else's matter
        reeve = self.reeve(LAZY).start()
        hasty, gone, patient = (self.connection(reeve) for _ in range(3))
        self.send(gone, "db")
        waits = self.send(patient, "db")
        text = self.refused(TIMEOUT, hasty.wait_reply, self.send(hasty, "db", timeout_usec=50000))
        self.assertIn("'db' was not ready within", text)
        gone.close()
        reeve.let_go()
        self.assertEqual(patient.wait_reply(waits)[0], "/org/reeve/Reeve1/component/db")
        self.started_once(reeve)

    def test_nobody_left(self):  # §129: the start completes all the same
        reeve = self.reeve(LAZY).start()
        gone = self.connection(reeve)
        self.send(gone, "db")
        reeve.wait_state("db", "starting")
        gone.close()
        reeve.let_go()
        reeve.wait_state("db", "ready")

    def test_failure(self):  # §128: the same error for all, and the next one tries again
        reeve = self.reeve("""[Component db]
Start=lazy
Restart=never
Type=notify
ExecStart=/bin/sh -c "%s; test -e @files@/well || exit 3; exec @actor@ --name=db --ready=0"
[Component api]
Start=lazy
Requires=db
ExecStart=@actor@ --name=api
""" % GATE).start()
        serials = [self.send(reeve.bus, "api") for _ in range(3)]
        reeve.wait("all have asked", lambda: reeve.get("api", "Counters")["resolve_misses"] == 3)
        reeve.let_go()
        texts = {self.refused(ERROR + "DependencyFailed", reeve.bus.wait_reply, serial) for serial in serials}
        self.assertEqual(len(texts), 1)
        self.refused(ERROR + "ExitedEarly", self.resolve, reeve, "db")
        self.assertEqual(reeve.get("db", "Counters")["starts"], 2)
        reeve.let_go("well")
        self.assertEqual(self.resolve(reeve, "api")[0], "/org/reeve/Reeve1/component/api")

    def test_stopped(self):  # §72: refused with a word for it, and not started
        reeve = self.reeve(LAZY).start()
        reeve.let_go()
        self.resolve(reeve, "db")
        self.assertEqual(reeve.verb("Stop", "db")[0], "done")
        self.assertIn("was stopped on request", self.refused(ERROR + "Stopped", self.resolve, reeve, "db"))
        self.assertEqual(reeve.verb("Start", "db")[0], "done")
        self.assertEqual(self.resolve(reeve, "db")[0], "/org/reeve/Reeve1/component/db")

    def test_shutdown(self):  # §101: each who waits has one answer
        reeve = self.reeve(LAZY).start()
        connection = self.connection(reeve)
        serials = [self.send(connection, "db") for _ in range(10)]
        reeve.wait_state("db", "starting")
        reeve.terminate()
        for serial in serials:
            self.refused(ERROR + "Draining", connection.wait_reply, serial)
        self.assertEqual(reeve.wait_exit(), 0)

    def test_reevectl(self):
        reeve = self.reeve(LAZY).start()
        done = reeve.ctl("resolve", "db", "--timeout", "100ms")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("'db' was not ready within", done.stderr)
        reeve.let_go()
        done = reeve.ctl("resolve", "store")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = dict(line.split("=", 1) for line in done.stdout.splitlines())
        self.assertEqual(lines["url"], f"db://{lines['sql']}/shop")
        self.assertEqual(reeve.ctl("resolve", "db", "-p", "url", "--value").stdout, lines["url"] + "\n")
        self.assertEqual(reeve.ctl("resolve", "region").stdout, "value=eu-west-1\n")
        self.assertEqual(json.loads(reeve.ctl("resolve", "db", "--json").stdout),
                         {"key": "db", "route": None, "instance": "/org/reeve/Reeve1/component/db", "endpoints": lines})
        done = reeve.ctl("resolve", "web")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("it has no endpoints", done.stderr)
        for arguments, status, text in ((("regoin",), 1, "did you mean 'region'?"), (("web:x",), 1, "has no routes"), ((), 2, "resolve"),
                                        (("web", "--timeout", "soon"), 2, "“soon” is not a time"),
                                        (("db", "-p", "ulr"), 1, "did you mean “url”?")):
            done = reeve.ctl("resolve", *arguments)
            self.assertEqual((done.returncode, done.stdout if status else ""), (status, ""), arguments)
            self.assertIn(text, done.stderr)

    def test_lazy_at_rest(self):  # §56, §49: inactive is no fault
        reeve = self.reeve(LAZY).start()
        self.assertEqual((reeve.state("db"), reeve.container("Degraded")), ("inactive", False))
        self.assertEqual(reeve.ctl("status", "-q").returncode, 0)

    def test_secret(self):  # §27
        reeve = self.reeve("[Component a]\nExecStart=@actor@ --name=a\n[Value password]\nValue=hunter2\nSecret=yes\n").start()
        for function in (lambda: self.resolve(reeve, "password"), lambda: self.resolve(reeve, "password", member="TryResolve")):
            self.assertNotIn("hunter2", self.refused("org.freedesktop.DBus.Error.AccessDenied", function))
        self.assertNotIn("hunter2", reeve.ctl("resolve", "password").stderr)


IDLER = """
import socket, sys
door = socket.socket(fileno=3)
door.settimeout(0.3)
try:
    while True:
        client, _ = door.accept()
        client.sendall(b"hello")
        client.close()
except socket.timeout:
    sys.exit(int(sys.argv[1]))
"""


class Doors(Scenario):
    def module(self, status=0, more=""):
        path = os.path.join(self.dir, "idler.py")
        with open(path, "w") as file:
            file.write(IDLER)
        return f"""[Component idler]
Start=lazy
Restart=on-failure
RestartSec=10ms
StartLimitBurst=2
Listen=door=unix:@dir@/door
ExecStart={os.path.realpath("/usr/bin/python3")} {path} {status}
{more}"""

    def knock(self, reeve):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(reeve.expand("@dir@/door"))
            return client.recv(100)

    def test_connection(self):  # §56: started by who connects, again after it has ended by itself
        reeve = self.reeve(self.module()).start()
        self.assertEqual((reeve.state("idler"), reeve.get("idler", "Incarnation")), ("inactive", 0))
        self.assertIn("starts when somebody connects to it", reeve.ctl("why", "idler").stdout)
        for incarnation in (1, 2):
            self.assertEqual(self.knock(reeve), b"hello")
            self.assertEqual(reeve.get("idler", "Incarnation"), incarnation)
            reeve.wait_state("idler", "inactive")
        self.assertFalse(reeve.container("Degraded"))

    def test_gives_up(self):  # P23: no start for ever; who connects is refused then
        reeve = self.reeve(self.module(status=3)).start()
        self.assertEqual(self.knock(reeve), b"hello")
        reeve.wait_state("idler", "failed")
        with self.assertRaises(OSError):
            self.knock(reeve)
        self.assertEqual(reeve.verb("Reset", "idler")[0], "done")
        self.assertEqual(self.knock(reeve), b"hello")

    def test_stopped(self):  # §72
        reeve = self.reeve(self.module()).start()
        self.assertEqual(reeve.verb("Stop", "idler")[0], "done")
        with self.assertRaises(OSError):
            self.knock(reeve)
        self.assertEqual(reeve.get("idler", "Incarnation"), 0)


if __name__ == "__main__":
    harness.main()
