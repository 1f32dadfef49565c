# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can be asked of a running container, over D-Bus and with reevectl."""
import json
import os
import subprocess

import harness
import wire
from harness import CHANGE, COMPONENT, CONTAINER, Scenario, graph, needs_root

CHAIN = {"db": [], "api": ["db"], "web": ["api"], "other": []}


class Verbs(Scenario):
    def refused(self, name, function, *arguments, **options):
        with self.assertRaises(wire.WireError) as caught:
            function(*arguments, **options)
        self.assertEqual(caught.exception.name, name, caught.exception)
        return caught.exception.text

    def test_in_use(self):  # §112
        reeve = self.reeve(graph(CHAIN)).start()
        text = self.refused("org.reeve.Reeve1.Error.InUse", reeve.ask, "Stop", "db")
        self.assertIn("api", text)
        self.assertEqual(reeve.log.names("term"), [])
        done = reeve.ctl("stop", "db")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("api", done.stderr)
        self.assertIn("cascade", done.stderr)
        self.assertEqual(reeve.ctl("stop", "--cascade", "db").returncode, 0)
        self.assertEqual(reeve.log.names("term"), ["web", "api", "db"])
        self.assertEqual((reeve.state("db"), reeve.state("other")), ("inactive", "ready"))
        for name in ("api", "web"):
            self.assertEqual((reeve.state(name) in ("inactive", "blocked"), reeve.get(name, "MainPid")), (True, 0))

    def test_optional_dependents_do_not_hold(self):  # §112
        reeve = self.reeve(graph({"db": [], "web": []}, lines={"web": "Wants=db"})).start()
        self.assertEqual(reeve.verb("Stop", "db")[0], "done")
        self.assertEqual(reeve.state("db"), "inactive")

    def test_start_pulls(self):  # §56, D19
        reeve = self.reeve(graph(CHAIN, lines={name: "Start=lazy" for name in ("db", "api", "web")})).start()
        self.assertEqual(reeve.log.names("start"), ["other"])
        self.assertEqual(reeve.ctl("start", "api").returncode, 0)
        self.assertEqual(reeve.log.names("start"), ["other", "db", "api"])
        self.assertEqual(reeve.verb("Start", "web")[0], "done")
        self.assertEqual(reeve.log.names("start")[-1], "web")

    def test_start_again_after_a_cascade(self):  # §72, §112
        reeve = self.reeve(graph(CHAIN)).start()
        self.assertEqual(reeve.verb("Stop", "db", cascade=True)[0], "done")
        self.assertEqual(reeve.verb("Start", "web")[0], "done")
        self.assertEqual(reeve.log.names("start")[-3:], ["db", "api", "web"])

    def test_nothing_to_do(self):  # §70
        reeve = self.reeve(graph(CHAIN)).start()
        pid = reeve.get("other", "MainPid")
        self.assertEqual(reeve.verb("Start", "other")[0], "done")
        self.assertEqual(reeve.get("other", "MainPid"), pid)
        self.assertEqual(reeve.verb("Stop", "other")[0], "done")
        self.assertEqual(reeve.verb("Stop", "other")[0], "done")
        self.assertEqual(reeve.verb("Reset", "other")[0], "done")
        self.assertEqual(reeve.state("other"), "inactive")

    def test_unknown_names(self):  # §152, interfaces.md
        reeve = self.reeve(graph(CHAIN)).start()
        for member in ("Start", "Stop", "Restart", "Reset"):
            text = self.refused("org.reeve.Reeve1.Error.NotFound", reeve.ask, member, "wbe")
            self.assertIn("web", text)
        for name in ("", "a/b", "..", "x" * 63, "\x1b[2J", "ü"):
            self.refused("org.reeve.Reeve1.Error.NotFound", reeve.ask, "Start", name)
        for verb in ("start", "stop", "restart", "reset", "status", "why", "show"):
            done = reeve.ctl(verb, "wbe")
            self.assertEqual(done.returncode, 1, verb)
            self.assertIn("web", done.stderr, verb)
        self.assertEqual(reeve.ctl("strat", "web").returncode, 2)
        self.assertIn("start", reeve.ctl("strat", "web").stderr)

    def test_a_failed_start(self):  # interfaces.md: a Change has State and Error
        reeve = self.reeve("[Component bad]\nStart=lazy\nExecStart=/nowhere/at/all\n").start()
        state, error = reeve.verb("Start", "bad")
        self.assertEqual((state, error["code"], error["component"]), ("failed", "exec-failed", "bad"))
        self.assertIn("No such file", error["text"])
        done = reeve.ctl("start", "bad")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("No such file", done.stderr)

    def test_a_start_behind_a_failed_provider(self):  # §87
        reeve = self.reeve("[Component bad]\nStart=lazy\nExecStart=/nowhere/at/all\n"
                           "[Component behind]\nStart=lazy\nExecStart=@actor@\nRequires=bad\n").start()
        state, error = reeve.verb("Start", "behind")
        self.assertEqual(state, "failed")
        self.assertIn(error["code"], ("dependency-failed", "exec-failed"))
        self.assertEqual(reeve.log.lines(), [])
        text = reeve.ctl("why", "behind").stdout
        self.assertIn("bad", text)

    def test_no_block(self):  # interfaces.md
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=1500"})).start()
        begin = harness.now_usec()
        self.assertEqual(reeve.ctl("stop", "--no-block", "a").returncode, 0)
        self.assertLess(harness.now_usec() - begin, 1_200_000)
        self.assertEqual(reeve.ctl("stop", "a").returncode, 0)
        self.assertEqual(reeve.state("a"), "inactive")

    def test_refresh(self):  # §4-6
        reeve = self.reeve(graph({"a": []})).start()
        hash_ = reeve.container("ConfigHash")
        self.assertRegex(hash_, "^[0-9a-f]{64}$")
        self.assertEqual(reeve.call("Refresh"), [1])
        self.assertEqual((reeve.container("Generation"), reeve.container("ConfigHash")), (1, hash_))
        self.assertTrue([event for event in reeve.history() if "refresh-ignored" in (event.reason, event.kind)])

    def test_views(self):  # interfaces.md: reevectl
        reeve = self.reeve(graph(CHAIN, lines={"web": "Description=Front of it all"})).start()
        for verb in ("status", "list", "events", "graph", "plan"):
            done = reeve.ctl("--json", verb)
            self.assertEqual(done.returncode, 0, (verb, done.stderr))
            for name in CHAIN:
                self.assertIn(name, done.stdout, verb)
            lines = [done.stdout] if verb != "events" or not done.stdout.startswith("{") else done.stdout.splitlines()
            for line in lines:
                json.loads(line)
            plain = reeve.ctl(verb)
            self.assertEqual(plain.returncode, 0, verb)
            self.assertIn("web", plain.stdout, verb)
            self.assertNotIn("\x1b", plain.stdout, verb)
        for verb in ("time", "blame"):
            self.assertEqual(reeve.ctl("analyze", verb).returncode, 0, verb)
        self.assertIn("web", reeve.ctl("analyze", "blame").stdout)
        self.assertIn("Front of it all", reeve.ctl("status", "web").stdout)
        shown = reeve.ctl_json("show", "web")[0]
        self.assertEqual((shown["Name"], shown["State"]), ("web", "ready"))
        self.assertEqual(reeve.ctl("show", "web", "-p", "State", "--value").stdout, "ready\n")
        self.assertEqual(reeve.ctl("status", "web").returncode, 0)
        reeve.verb("Stop", "web")
        self.assertEqual(reeve.ctl("status", "web").returncode, 3)
        self.assertIn("digraph", reeve.call("GetGraph", "s", "dot")[0])
        json.loads(reeve.call("GetGraph", "s", "json")[0])
        self.refused("org.freedesktop.DBus.Error.InvalidArgs", reeve.call, "GetGraph", "s", "svg")

    def test_why(self):  # §87, interfaces.md: Explain
        reeve = self.reeve("[Module]\nStartupErrorPolicy=warn\n[Component a]\nExecStart=/nowhere/at/all\n"
                           "[Component b]\nExecStart=@actor@\nRequires=a\n[Component c]\nExecStart=@actor@\nRequires=b\n").start()
        findings = reeve.call("Explain", "s", "c")[0]
        self.assertTrue(findings)
        steps = [step[0] for finding in findings for step in finding.get("path", [])]
        self.assertIn("a", steps + [finding.get("component") for finding in findings])
        text = reeve.ctl("why", "c").stdout
        for word in ("b", "a", "/nowhere/at/all"):
            self.assertIn(word, text)

    def test_waiting_ones_say_what_for(self):  # §66, interfaces.md: Explain
        reeve = self.reeve(graph({"slow": [], "b": ["slow"]}, {"slow": "--ready=1500"}).replace("--ready --ready", "--ready"))
        reeve.start(wait=False).connect()
        reeve.wait_state("b", "waiting")
        self.assertIn("slow", str(reeve.call("Explain", "s", "b")[0]))

    def test_strange_calls(self):  # P35
        reeve = self.reeve(graph({"a": []})).start()
        invalid = "org.freedesktop.DBus.Error.InvalidArgs"
        self.refused(invalid, reeve.ask, "Stop", "a", nonsense=True)
        self.refused(invalid, reeve.call, "Stop", "s", "a")
        self.refused(invalid, reeve.call, "Stop", "sa{sv}", "a", {"cascade": ("s", "yes")})
        self.refused("org.freedesktop.DBus.Error.UnknownMethod", reeve.call, "Frobnicate")
        for path in (wire.ROOT + "/component/nobody", wire.ROOT + "/change/99999", wire.ROOT + "/component/_", "/"):
            with self.assertRaises(wire.WireError):
                reeve.property(path, COMPONENT, "State")
        with self.assertRaises(wire.WireError):
            reeve.container("Nonsense")
        with self.assertRaises(wire.WireError):
            reeve.bus.call(wire.ROOT, "org.freedesktop.DBus.Properties", "Set", "ssv", CONTAINER, "State", ("s", "failed"))
        for since in (0, 1, 2**63, 2**64 - 1):
            reeve.call("GetEvents", "t", since)
        self.assertEqual(reeve.state("a"), "ready")

    def test_a_call_behind_begin(self):  # trap 3
        reeve = self.reeve(graph({"a": []})).start()
        for _ in range(20):
            client = wire.Connection(reeve.runtime + "/bus", pipelined=True)
            self.assertTrue(client.name)
            client.close()

    def test_busctl(self):  # interfaces.md: busctl --address
        reeve = self.reeve(graph({"a": [], "b-c.d": ["a"]})).start()
        busctl = ["busctl", f"--address=unix:path={reeve.runtime}/bus", "--json=short"]

        def run(*arguments):
            done = subprocess.run(busctl + list(arguments), capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 0, (arguments, done.stderr))
            return done.stdout
        self.assertIn("running", run("get-property", wire.NAME, wire.ROOT, CONTAINER, "State"))
        self.assertIn("Shutdown", run("introspect", wire.NAME, wire.ROOT))
        self.assertIn("MainPid", run("introspect", wire.NAME, f"{wire.ROOT}/component/{harness.encode('b-c.d')}"))
        self.assertIn(harness.encode("b-c.d"), run(
            "call", wire.NAME, wire.ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))
        self.assertIn("change", run("call", wire.NAME, wire.ROOT, CONTAINER, "Stop", "sa{sv}", "b-c.d", "0"))
        reeve.wait_state("b-c.d", "inactive")

    @needs_root
    def test_others_are_kept_out(self):  # P36
        reeve = self.reeve(graph({"a": []})).start()
        os.chmod(reeve.runtime, 0o755)
        os.chmod(reeve.runtime + "/bus", 0o777)
        done = subprocess.run(["busctl", f"--address=unix:path={reeve.runtime}/bus", "call", wire.NAME, wire.ROOT, CONTAINER, "Stop",
                               "sa{sv}", "a", "0"], user=65534, group=65534, extra_groups=[], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(reeve.state("a"), "ready")

    def test_two_daemons(self):  # P9
        reeve = self.reeve(graph({"a": []})).start()
        pid = reeve.get("a", "MainPid")
        begin = harness.now_usec()
        second = subprocess.run(reeve.command("--runtime-directory", reeve.runtime), capture_output=True, text=True, timeout=10)
        self.assertNotEqual(second.returncode, 0)
        self.assertLess(harness.now_usec() - begin, 1_000_000)
        self.assertIn("another", second.stderr)
        self.assertEqual(reeve.get("a", "MainPid"), pid)
        self.assertEqual(len(reeve.log.lines("start")), 1)
        reeve.disconnect()
        reeve.connect()

    def test_nobody_there(self):  # interfaces.md: messages say what happened and what to do
        for address in (f"unix:path={self.dir}/nowhere", "nonsense", "unix:path=relative"):
            done = subprocess.run([harness.REEVECTL, "--address", address, "status"], capture_output=True, text=True, timeout=10)
            self.assertIn(done.returncode, (1, 2), address)
            self.assertTrue(done.stderr, address)
            self.assertEqual(done.stdout, "", address)

    def test_follow_ends_with_the_daemon(self):  # interfaces.md: events -f
        reeve = self.reeve(graph({"a": []})).start()
        follower = subprocess.Popen([harness.REEVECTL, "--address", f"unix:path={reeve.runtime}/bus", "events", "-f"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.assertIn("a", follower.stdout.readline())
            reeve.verb("Restart", "a")
            reeve.stop()
            output = follower.communicate(timeout=5)[0]
            self.assertIn("stopping", output)
        finally:
            follower.kill()
            follower.communicate()

    def test_directories_that_cannot_be(self):  # interfaces.md: messages say what happened
        reeve = self.reeve(graph({"a": []}))
        for path in ("/proc/nowhere", f"{self.dir}/{'long/' * 40}", reeve.modules + "/test.module"):
            done = subprocess.Popen(reeve.command("--runtime-directory", path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                errors = done.communicate(timeout=3)[1]
                self.assertNotEqual(done.returncode, 0)
                self.assertGreater(done.returncode, 0)
                self.assertTrue(errors.strip())
            except subprocess.TimeoutExpired:
                done.terminate()  # it could be made to work
                done.communicate(timeout=10)
                self.assertEqual(done.returncode, 0)

    def test_read_once(self):  # interfaces.md: a Change lives until read or one minute after its end
        reeve = self.reeve(graph({"a": []})).start()
        change = reeve.ask("Stop", "a")
        reeve.wait_state("a", "inactive")
        reeve.wait("its end can be read", lambda: reeve.property(change, CHANGE, "State") == "done")
        self.assertGreater(reeve.property(change, CHANGE, "Ended"), reeve.property(change, CHANGE, "Begun"))

    def test_many_changes_do_not_pile_up(self):  # P30
        reeve = self.reeve(graph({"a": []})).start()
        before = harness.memory_of(reeve.pid)
        for _ in range(300):
            for member in ("Reset", "Start"):
                try:
                    reeve.ask(member, "a")
                except wire.WireError as error:
                    self.assertRegex(error.name, "Busy|LimitsExceeded|Limit$")
        self.assertLess(harness.memory_of(reeve.pid) - before, 8192)
        self.assertEqual(reeve.state("a"), "ready")


if __name__ == "__main__":
    harness.main()
