# SPDX-License-Identifier: LGPL-2.1-or-later
"""Endpoints: sockets of the daemon's, ports, what is published, where it is injected, and what is kept secret."""
import os
import shutil
import signal
import socket
import stat
import sys

import harness
import wire
from harness import Scenario, needs_root

PYTHON = f"{sys.executable} -B {os.path.join(os.path.dirname(os.path.abspath(__file__)), 'activated.py')}"
SECRET = "hunter2-never-shown"


def connect(address):
    """A socket connected to an endpoint."""
    if address.startswith("/"):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(address)
        return client
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), timeout=10)


def ask(address):
    with connect(address) as client:
        return client.makefile().readline().split()


class Endpoints(Scenario):
    def endpoints(self, reeve, name):
        return reeve.get(name, "Endpoints")

    def assert_refused(self, address):
        with self.assertRaises((ConnectionRefusedError, FileNotFoundError)):
            connect(address).close()

    def test_socket_activation(self):  # §73, P37
        reeve = self.reeve(f"[Component web]\nType=notify\nExecStart={PYTHON} http six admin file\n"
                           "Listen=http=tcp:127.0.0.1:0 six=tcp:[::1]:0\nListen=admin=unix: file=unix:@files@/web.sock\n"
                           "Restart=on-failure\nRestartSec=3\n").start()
        before = self.endpoints(reeve, "web")
        self.assertEqual(sorted(before), ["admin", "file", "http", "six"])
        self.assertEqual(before["admin"], reeve.runtime + "/c/web/admin")
        self.assertRegex(before["six"], r"^\[::1\]:[1-9]\d*$")
        pid = str(reeve.get("web", "MainPid"))
        for name, address in before.items():
            self.assertEqual(ask(address), [pid, name])
        # Over a restart the address is the same, and who comes meanwhile is served by the next one.
        harness.kill(int(pid))
        reeve.wait_state("web", "backoff")
        self.assertEqual(self.endpoints(reeve, "web"), {})
        with connect(before["http"]) as waiting, connect(before["admin"]) as other:
            answers = [client.makefile().readline().split() for client in (waiting, other)]
        reeve.wait_state("web", "ready")
        self.assertEqual(answers, [[str(reeve.get("web", "MainPid")), name] for name in ("http", "admin")])
        self.assertNotEqual(answers[0][0], pid)
        self.assertEqual(self.endpoints(reeve, "web"), before)
        self.assertEqual(reeve.verb("Stop", "web")[0], "done")
        for address in before.values():
            self.assert_refused(address)
        self.assertFalse(os.path.exists(reeve.file("web.sock")))
        self.assertEqual(reeve.verb("Start", "web")[0], "done")
        for name, address in self.endpoints(reeve, "web").items():
            self.assertEqual(ask(address)[1], name)
        reeve.stop()
        self.assertFalse(os.path.exists(reeve.file("web.sock")))

    def test_injection(self):  # §23, §50, §73
        reeve = self.reeve(f"[Component db]\nType=notify\nExecStart={PYTHON} sql admin\nListen=sql=tcp:127.0.0.1:0 admin=unix:\n"
                           "Publish=url=db://${self.sql}/x?$${y}\n"
                           "[Component web]\nType=notify\nExecStart=@actor@ --ready --check-clean=@files@/web --name=web "
                           "--status=${db.sql.host},${db.sql.port},${db.admin.path},${database.url},${settings.a.0},${self.own.port}\n"
                           "Requires=db database region token\nWants=broken absent\nAllocatePort=own\n"
                           "Environment=URL=${db.url} OWN=${self.own}\n"
                           "[Component broken]\nType=notify\nExecStart=/bin/false\nStartupErrorPolicy=ignore\nPublish=x=y\n"
                           "[Alias database]\nTarget=db\n[Values]\nregion=eu west\n"
                           f"[Value token]\nValue={SECRET}\nSecret=yes\n[Value settings]\nValue={{\"a\": [5]}}\nCodec=json\n").start()
        db, own = self.endpoints(reeve, "db"), self.endpoints(reeve, "web")["own"]
        host, port = db["sql"].split(":")
        self.assertEqual(db["url"], f"db://{db['sql']}/x?${{y}}")
        with open(reeve.file("web")) as file:
            given = dict(line.split(" ", 1)[1].rstrip("\n").split("=", 1) for line in file if line.startswith("environment ") and "=" in line)
        self.assertEqual({name: text for name, text in given.items() if name.startswith("REEVE_REF_")}, {
            "REEVE_REF_DB_SQL": db["sql"], "REEVE_REF_DB_ADMIN": db["admin"], "REEVE_REF_DB_URL": db["url"],
            "REEVE_REF_DATABASE_SQL": db["sql"], "REEVE_REF_DATABASE_ADMIN": db["admin"], "REEVE_REF_DATABASE_URL": db["url"],
            "REEVE_REF_REGION_VALUE": "eu west"})
        self.assertEqual((given["REEVE_ABSENT"], given["URL"], given["OWN"]), ("absent broken", db["url"], own))
        self.assertEqual(reeve.get("web", "StatusText"), ",".join([host, port, db["admin"], db["url"], "5", own.split(":")[1]]))
        self.assertEqual(self.endpoints(reeve, "broken"), {})

    def test_ports(self):  # two copies of one module live side by side, and a restart keeps the port
        module = ("[Component web]\nType=notify\nAllocatePort=http admin\nRestart=on-failure\nRestartSec=0\n"
                  f"ExecStart={sys.executable} -B @files@/server.py ${{self.http.port}}\n")
        daemons = []
        for at in ("one", "two"):
            reeve = self.reeve(module, at=at)
            with open(reeve.file("server.py"), "w") as file:  # as plain as a program can be: no SO_REUSEADDR
                file.write("import os, socket, sys\nserver = socket.socket()\nserver.bind((\"127.0.0.1\", int(sys.argv[1])))\n"
                           "server.listen()\nmanager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                           "manager.connect(os.environ[\"NOTIFY_SOCKET\"])\nmanager.send(b\"READY=1\")\n"
                           "while True:\n    server.accept()[0].recv(1)\n")
            daemons.append(reeve.start())
        ports = [address for reeve in daemons for address in self.endpoints(reeve, "web").values()]
        self.assertEqual(len(set(ports)), 4, ports)
        before = self.endpoints(daemons[0], "web")
        connect(before["http"]).close()
        harness.kill(daemons[0].get("web", "MainPid"))
        daemons[0].wait("a second one is ready", lambda: daemons[0].get("web", "Incarnation") >= 2 and daemons[0].state("web") == "ready")
        self.assertEqual(self.endpoints(daemons[0], "web"), before)

    def test_run_time_publish(self):  # §73, P20: from a shell script, before it is ready and after
        reeve = self.reeve("[Component sensor]\nType=notify\nExecStart=/bin/sh @files@/sensor.sh\nListen=own=unix:\n"
                           "[Component reader]\nType=notify\nExecStart=@actor@ --ready --check-clean=@files@/reader\nRequires=sensor\n")
        with open(reeve.file("sensor.sh"), "w") as file:
            file.write("systemd-notify X_REEVE_PUBLISH=unit=°C=a\nsystemd-notify --ready X_REEVE_PUBLISH=path=/a/b\n"
                       f"while [ ! -e {reeve.file('go')} ]; do sleep 0.05; done\n"
                       "for i in 1 2 3 4 5; do systemd-notify X_REEVE_PUBLISH=Bad$i=x; done\nsystemd-notify X_REEVE_PUBLISH=own=/elsewhere\n"
                       "systemd-notify X_REEVE_PUBLISH=path=/c/d\nsleep 1000\n")
        changed = []
        reeve.on_signal = lambda message, inner=reeve.on_signal: (changed.append(message), inner(message))
        reeve.start()
        own = reeve.runtime + "/c/sensor/own"
        self.assertEqual(self.endpoints(reeve, "sensor"), {"unit": "°C=a", "path": "/a/b", "own": own})
        with open(reeve.file("reader")) as file:
            text = file.read()
        self.assertIn("REEVE_REF_SENSOR_UNIT=°C=a\n", text)
        self.assertIn("REEVE_REF_SENSOR_PATH=/a/b\n", text)
        open(reeve.file("go"), "w").close()
        reeve.wait("PropertiesChanged has it", lambda: [message for message in changed if message.member == "PropertiesChanged"
                                                         and message.body[1].get("Endpoints", {}).get("path") == "/c/d"])
        self.assertEqual(self.endpoints(reeve, "sensor"), {"unit": "°C=a", "path": "/c/d", "own": own})
        self.assertEqual(len([event for event in reeve.history() if event.reason == "publish-refused"]), 1)
        status = reeve.ctl("status", "sensor").stdout
        self.assertIn("Endpoints: own " + own, status)
        self.assertIn("Endpoints.path=/c/d\n", reeve.ctl("show", "sensor").stdout)

    def test_secrets(self):  # §27, §152, P37: a file, and nothing else anywhere
        reeve = self.reeve("[Component web]\nType=notify\nExecStart=/bin/sh @files@/web.sh\nRequires=token\nLoadCredential=again:@files@/again\n"
                           "LoadCredential=renamed\nExecStartup=/bin/sh -c 'cat \"$$CREDENTIALS_DIRECTORY/token\" > @files@/hook'\n"
                           "[Component other]\nExecStart=@actor@ --check-clean=@files@/other\nRequires=web\n"
                           f"[Value token]\nValue={SECRET}\nSecret=yes\n[Value renamed]\nFile=@files@/again\nSecret=yes\n", foreground=True)
        with open(reeve.file("again"), "wb") as file:
            file.write(SECRET.encode() + b"\0\xff\n")
        with open(reeve.file("web.sh"), "w") as file:
            file.write("cd \"$CREDENTIALS_DIRECTORY\"\nstat -c '%a %U %n' . * > ../../../files/stat\ncp * ../../../files/copies\n"
                       "systemd-notify --ready --status=up\nexec sleep 1000\n")
        os.mkdir(reeve.file("copies"))
        # Not UTF-8: a value must be, a credential need not.
        status, *out = reeve.offline("--check")
        self.assertEqual(status, 3)
        self.assertIn("not UTF-8", "".join(out))
        self.assertNotIn(SECRET, "".join(out))
        with open(reeve.file("again"), "wb") as file:
            file.write(SECRET.encode() + b"-2\n")
        reeve.start()
        folder = reeve.runtime + "/credentials/web"
        with open(reeve.file("stat")) as file:
            modes = [line.split() for line in file]
        self.assertEqual([(mode, name) for mode, _, name in modes], [("700", "."), ("400", "again"), ("400", "renamed"), ("400", "token")])
        for name, text in (("again", SECRET + "-2\n"), ("renamed", SECRET + "-2"), ("token", SECRET)):
            with open(reeve.file("copies/" + name)) as file:
                self.assertEqual(file.read(), text)
        with open(reeve.file("hook")) as file:
            self.assertEqual(file.read(), SECRET)
        said = [part for mode in ("--check", "--plan") for part in reeve.offline(mode)[1:] + reeve.offline(mode, "--json")[1:]]
        said += [reeve.ctl(*words).stdout for words in (("status", "web"), ("--json", "status", "web"), ("show", "web"), ("why", "web"), ("events",),
                                                         ("plan",), ("analyze",))]
        said.append(str(reeve.bus.call(wire.ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")))
        said.append(reeve.text())
        for pid in [reeve.pid, *reeve.leftovers()]:
            for page in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{page}", errors="replace") as file:
                    said.append(file.read())
        for root, _, files in os.walk(reeve.runtime):
            for name in files:
                path = os.path.join(root, name)
                if stat.S_ISREG(os.stat(path).st_mode) and not path.startswith(folder + "/"):
                    with open(path, errors="replace") as file:
                        said.append(file.read())
        self.assertGreater(len(said), 20)
        for text in said:
            self.assertNotIn(SECRET, text)
        with open(reeve.file("other")) as file:
            self.assertNotIn("CREDENTIALS_DIRECTORY", file.read())
        self.assertEqual(reeve.verb("Stop", "web", cascade=True)[0], "done")
        self.assertFalse(os.path.exists(folder))
        reeve.stop()
        self.assertEqual(os.listdir(reeve.runtime), ["lock"])

    def test_in_use(self):  # §67: a failed start with a place and a name of its own; what was left behind is no obstacle
        holder = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(holder.close)
        port = holder.getsockname()[1]
        reeve = self.reeve(f"[Component taken]\nType=notify\nExecStart={PYTHON} http\nStartupErrorPolicy=warn\nListen=http=tcp:127.0.0.1:{port}\n"
                           "Restart=on-failure\nRestartSec=200ms\n"
                           f"[Component live]\nType=notify\nExecStart={PYTHON} it\nStartupErrorPolicy=warn\nListen=it=unix:@files@/live\n"
                           f"[Component file]\nType=notify\nExecStart={PYTHON} it\nStartupErrorPolicy=warn\nListen=it=unix:@files@/file\n"
                           f"[Component stale]\nType=notify\nExecStart={PYTHON} it\nListen=it=unix:@files@/stale\n")
        live, stale = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.addCleanup(live.close)
        live.bind(reeve.file("live"))
        live.listen()
        stale.bind(reeve.file("stale"))
        stale.close()
        open(reeve.file("file"), "w").close()
        reeve.start()
        self.assertEqual(ask(reeve.file("stale"))[1], "it")
        for name in ("live", "file"):
            self.assertEqual((reeve.state(name), reeve.get(name, "Result")), ("failed", "endpoint-failed"))
        self.assertIn("Listen=it", reeve.ctl("why", "live").stdout)
        self.assertIn("no socket", reeve.ctl("why", "file").stdout)
        self.assertTrue(os.path.exists(reeve.file("live")))
        text = reeve.wait("it is told", lambda: next((event.text for event in reeve.history() if event.reason == "endpoint-failed"
                                                       and event.component == "taken" and event.text), None))
        self.assertIn(f"cannot listen on tcp:127.0.0.1:{port} (Listen=http): Address already in use", text)
        self.assertIn("test.module:5", text)
        holder.close()  # P24: goes on by itself
        reeve.wait_state("taken", "ready")
        self.assertEqual(ask(f"127.0.0.1:{port}")[1], "http")

    def test_external(self):  # §25: where it is, its publisher says
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        address = "127.0.0.1:%d" % server.getsockname()[1]
        reeve = self.reeve(f"[Component outside]\nType=external\nPublish=sql=${{where}} url=db://${{self.sql}}/\nReadyProbe=tcp:${{self.sql}}\n"
                           f"[Values]\nwhere={address}\n"
                           "[Component web]\nType=notify\nExecStart=@actor@ --ready --status=${outside.url}\nRequires=outside\n").start()
        self.assertEqual(self.endpoints(reeve, "outside"), {"sql": address, "url": f"db://{address}/"})
        self.assertEqual(reeve.get("web", "StatusText"), f"db://{address}/")

    @needs_root
    def test_user(self):  # the socket's file and the secrets are the component's
        reeve = self.reeve("[Component web]\nType=notify\nExecStart=/usr/bin/python3 -B @files@/activated.py it\nListen=it=unix:\nUser=nobody\n"
                           f"Requires=token\n[Value token]\nValue={SECRET}\nSecret=yes\n")
        shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "activated.py"), reeve.file("activated.py"))
        reeve.start()
        nobody = 65534
        for path in (self.endpoints(reeve, "web")["it"], reeve.runtime + "/credentials/web/token"):
            self.assertEqual(os.lstat(path).st_uid, nobody, path)
        folder = os.lstat(reeve.runtime + "/credentials/web")  # which is not
        self.assertEqual((folder.st_uid, folder.st_mode & 0o777), (0, 0o750))
        self.assertEqual(ask(self.endpoints(reeve, "web")["it"])[1], "it")

    def test_killed_daemon(self):  # P10: what a killed daemon leaves of secrets and sockets goes with the next one's start
        text = (f"[Component web]\nType=notify\nExecStart={PYTHON} it\nListen=it=unix:@files@/it\nRequires=token\n"
                f"[Value token]\nValue={SECRET}\nSecret=yes\n")
        reeve = self.reeve(text).start()
        reeve.terminate(signal.SIGKILL)
        reeve.wait_exit()
        self.assertTrue(os.path.exists(reeve.runtime + "/credentials/web/token"))
        reeve.write({"test.module": text.replace("Requires=token\n", "")})
        reeve.superior.messages.clear()
        reeve.output.close()
        reeve.start()
        self.assertFalse(os.path.exists(reeve.runtime + "/credentials"))
        self.assertEqual(ask(reeve.file("it")), [str(reeve.get("web", "MainPid")), "it"])


if __name__ == "__main__":
    harness.main()
