# SPDX-License-Identifier: LGPL-2.1-or-later
"""reevectl as its user sees it: every verb on a container that has one of each state, text and JSON, terminals and pipes."""
import json
import os
import signal
import subprocess
import time

import harness
import wire
from harness import Scenario, graph
from terminal import Terminal

SHOP = """[Module]
StartupErrorPolicy=warn
[Component db]
Description=The database
Type=notify
ExecStart=@actor@ --ready
[Component api]
Type=notify
Requires=db
ExecStart=@actor@ --ready
[Component slow]
Type=notify
Requires=db
ExecStart=@actor@ --ready=60000
TimeoutStartSec=100
[Component behind-slow]
Requires=slow
ExecStart=@actor@
[Component bad]
ExecStart=/nowhere/at/all
[Component behind-bad]
Requires=bad
ExecStart=@actor@
[Component crash]
Restart=on-failure
RestartSec=300
ExecStart=@actor@ --after=20 --exit=7
[Component absent]
ConditionPathExists=/nowhere
ExecStart=@actor@
[Component lazy-1.x]
Start=lazy
ExecStart=@actor@
"""
STATES = {"db": "ready", "api": "ready", "slow": "starting", "behind-slow": "waiting", "bad": "failed", "behind-bad": "blocked",
          "crash": "backoff", "absent": "skipped", "lazy-1.x": "inactive"}
CHAIN = {"db": [], "api": ["db"], "web": ["api"]}


class Reevectl(Scenario):
    def shop(self):
        reeve = self.reeve(SHOP).start(wait=False).connect()
        for name, state in STATES.items():
            reeve.wait_state(name, state)
        return reeve

    def good(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def address(self, reeve):
        return f"unix:path={reeve.runtime}/bus"

    def terminal(self, reeve, *arguments, **options):
        return Terminal(self, [harness.REEVECTL, "--address", self.address(reeve), *arguments], **options)

    def test_status(self):  # interfaces.md: what is wrong is seen at a glance
        reeve = self.shop()
        done = reeve.ctl("status")
        self.assertEqual(done.returncode, 3)    # it still starts
        rows = {words[1]: line for line in done.stdout.splitlines() if len(words := line.split()) > 2 and words[1] in STATES}
        self.assertEqual(set(rows), set(STATES))
        for name, state in STATES.items():
            self.assertIn(state, rows[name])
        self.assertIn("needs bad", rows["behind-bad"])
        self.assertIn("waits for slow", rows["behind-slow"])
        self.assertIn("exec-failed (No such file or directory)", rows["bad"])
        self.assertIn("exit status 7", rows["crash"])
        self.assertIn("The database", rows["db"])
        self.assertEqual(reeve.ctl("status", "db").returncode, 0)
        self.assertEqual(reeve.ctl("status", "bad").returncode, 3)
        self.assertEqual(reeve.ctl("status", "nobody").returncode, 1)
        self.assertEqual(reeve.ctl("status", "db", "nobody").returncode, 1)

    def test_why(self):  # §87, §152: one shape of a finding, here and in `check`
        reeve = self.shop()
        words = {"behind-slow": ("behind-slow requires slow", "slow"), "behind-bad": ("behind-bad requires bad", "No such file"),
                 "bad": ("No such file",), "crash": ("exited with status 7", "tried again in"),
                 "absent": ("ConditionPathExists=/nowhere",), "lazy-1.x": ("lazy",), "db": ("ready",)}
        for name, expected in words.items():
            text = self.good(reeve.ctl("why", name))
            for word in expected:
                self.assertIn(word, text)
            self.assertNotIn("[state]", text)
            whole = json.loads(self.good(reeve.ctl("--json", "why", name)))
            self.assertEqual((whole[0]["component"], whole[0]["state"]), (name, STATES[name]))
            for finding in whole[0]["findings"]:
                self.assertLessEqual({"code", "severity", "message"}, set(finding))
                self.assertNotIn("text", finding)
        path = json.loads(reeve.ctl("--json", "why", "behind-bad").stdout)[0]["findings"][0]["path"]
        self.assertEqual([step["name"] for step in path], ["behind-bad", "bad"])
        self.assertEqual(path[0]["kind"], "requires")
        self.assertIsInstance(path[0]["line"], int)
        report = json.loads(reeve.ctl("--json", "status").stdout)["container"]["Report"]
        self.assertEqual({"message" in finding for finding in report}, {True})

    def test_json(self):  # interfaces.md: --json of each
        reeve = self.shop()
        keys = {"component", "id", "kind", "state"}
        for verb, names in (("start", ["db"]), ("stop", ["api"]), ("start", ["api"]), ("restart", ["api", "lazy-1.x"]),
                            ("reset", ["db"])):
            entries = json.loads(self.good(reeve.ctl("--json", verb, *names)))
            self.assertEqual(sorted(entry["component"] for entry in entries), names)
            for entry in entries:
                self.assertLessEqual(keys, set(entry))
                self.assertEqual((entry["kind"], entry["state"]), (verb, "done"))
        done = reeve.ctl("--json", "stop", "db")
        self.assertEqual(done.returncode, 1)
        entry = json.loads(done.stdout)[0]
        self.assertEqual((entry["component"], entry["kind"], entry["state"], entry["error"]["code"]),
                         ("db", "stop", "refused", "in-use"))
        self.assertIn("api", entry["error"]["message"])
        done = reeve.ctl("--json", "start", "bad")
        self.assertEqual(done.returncode, 1)
        entry = json.loads(done.stdout)[0]
        self.assertEqual((entry["state"], entry["error"]["code"]), ("failed", "exec-failed"))
        entry = json.loads(self.good(reeve.ctl("--json", "--no-block", "restart", "api")))[0]
        self.assertEqual((entry["component"], entry["state"]), ("api", "doing"))
        for verb in ("list", "show", "graph", "plan", "events"):
            text = self.good(reeve.ctl("--json", verb))
            for part in text.splitlines() if verb == "events" else [text]:
                json.loads(part)
        blame = json.loads(self.good(reeve.ctl("--json", "analyze", "blame")))
        self.assertIn("db", [row["name"] for row in blame])
        metrics = json.loads(self.good(reeve.ctl("--json", "analyze", "time")))
        self.assertLessEqual({"total", "load", "components", "other"}, set(metrics))
        for row in json.loads(self.good(reeve.ctl("--json", "list"))):
            self.assertEqual(row["State"], STATES[row["Name"]] if row["Name"] not in ("lazy-1.x", "bad", "api") else row["State"])

    def test_events(self):
        reeve = self.shop()
        text = self.good(reeve.ctl("events"))
        self.assertNotRegex(text, r"(\w+) → \1 ")    # a warning is not a transition to the same state
        self.assertRegex(text, r"bad: .*cannot execute /nowhere/at/all")
        self.assertRegex(text, r"db: starting → ready \(notified\)")
        only = self.good(reeve.ctl("events", "bad"))
        self.assertTrue(all(" bad: " in line for line in only.splitlines()))
        done = reeve.ctl("events", "nobody")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no such component", done.stderr)
        since = len(reeve.history()) - 1
        self.assertEqual(json.loads(self.good(reeve.ctl("--json", "events", f"--since={since}")).splitlines()[0])["sequence"], since)

    def test_analyze(self):  # §142, §144
        reeve = self.shop()
        metrics = json.loads(self.good(reeve.ctl("--json", "analyze", "time")))
        self.assertFalse(metrics["finished"])
        # it is the components that are waited for, not something else
        self.assertGreater(metrics["components"], metrics["total"] * 0.5)
        self.assertIn("not finished", reeve.ctl("analyze", "time").stdout)
        self.good(reeve.ctl("restart", "api"))
        row = {row["name"]: row for row in json.loads(reeve.ctl("--json", "analyze", "blame").stdout)}["api"]
        self.assertLess(row["wait_deps"], 1_000_000)
        self.assertLess(row["own"], 1_000_000)
        self.assertGreaterEqual(row["own"], row["spawn"])

    def test_usage(self):  # §154: 2 is usage, and says what is right
        reeve = self.reeve(graph({"a": []})).start()
        for arguments, word in ((["strat", "a"], "start"), (["start"], "NAME"), (["list", "a"], "too many"), (["analyze", "x"], "blame"),
                                (["--frob", "list"], "frob"), (["list", "-f"], "follow"), (["-H", "x", "list"], "ssh"),
                                (["events", "--since=x"], "since"), (["reload"], "not available")):
            done = reeve.ctl(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(word, done.stderr, arguments)
            self.assertEqual(done.stdout, "", arguments)
        for arguments in (["--help"], ["start", "--help"], ["--version"]):
            self.assertEqual(reeve.ctl(*arguments).returncode, 0)

    def test_escaping(self):  # P16: nothing foreign reaches a terminal raw
        reeve = self.reeve(graph({"a": []})).start()
        for name in ("a\x1b[2Jb", "ü", "-", "x" * 5000, "\udcff", ""):
            done = subprocess.run([harness.REEVECTL, "--address", self.address(reeve), "why", "--", os.fsencode(name)],
                                  capture_output=True, timeout=10)
            self.assertIn(done.returncode, (1, 2), name)
            self.assertNotIn(b"\x1b", done.stderr)
            done.stderr.decode()
            self.assertLess(len(done.stderr), 20000)

    def test_pipes(self):  # a reader that goes away, a disk that is full, descriptors that are closed
        reeve = self.reeve("".join(f"[Component c{i}]\nStart=lazy\nDescription={'x' * 100}\nExecStart=/bin/true\n"
                                   for i in range(1000))).start()
        base = f"{harness.REEVECTL} --address {self.address(reeve)}"

        def shell(line):
            return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20)
        done = shell(f"{base} list | head -n 1; echo ${{PIPESTATUS[0]}}")
        self.assertIn(done.stdout.split("\n")[1], ("0", "141"))
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(shell(f"{base} list").stdout.splitlines()), 1001)
        self.assertEqual(shell(f"{base} list <&- | wc -l").stdout.strip(), "1001")
        for line in (f"{base} list >&-", f"{base} status > /dev/full"):
            done = shell(line)
            self.assertEqual(done.returncode, 1, line)
            self.assertIn("standard output", done.stderr)
        self.assertEqual(shell(f"{base} list > /dev/null 2>&-").returncode, 0)
        begin = time.monotonic()
        self.assertEqual(len(json.loads(shell(f"{base} --json list").stdout)), 1000)
        self.assertLess(time.monotonic() - begin, 5)

    def test_terminal(self):  # colours on a terminal only, never with NO_COLOR; no line wraps
        reeve = self.shop()
        for columns in (80, 200, 20):
            for verb in ("status", "list"):
                terminal = self.terminal(reeve, verb, columns=columns)
                terminal.wait()
                self.assertIn(b"\x1b[", terminal.drawn)
                for line in terminal.lines():
                    if columns >= 80 and (line[:1] in "●↻×○" or verb == "list"):
                        self.assertLessEqual(len(line), columns, line)
        terminal = self.terminal(reeve, "list", environment={"NO_COLOR": "1"})
        terminal.wait()
        self.assertNotIn(b"\x1b", terminal.drawn)
        terminal = self.terminal(reeve, "list", environment={"TERM": "dumb"})
        terminal.wait()
        self.assertNotIn(b"\x1b", terminal.drawn)

    def test_progress(self):  # interfaces.md: progress on a terminal, with what is waited for
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=1500"})).start()
        terminal = self.terminal(reeve, "stop", "a")
        terminal.read(b"waiting for a (stopping, term)")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual([line for line in terminal.lines() if line], [])     # it was taken away
        self.good(reeve.ctl("start", "a"))
        terminal = self.terminal(reeve, "stop", "a")
        terminal.read(b"waiting for a")
        terminal.type(b"\x03")
        self.assertNotEqual(terminal.wait(), 0)
        reeve.wait_state("a", "inactive")      # what was asked for goes on

    def test_daemon_dies(self):  # messages say what happened
        reeve = self.reeve(graph({"a": []}, {"a": "--stop-slow=5000"})).start()
        base = [harness.REEVECTL, "--address", self.address(reeve)]
        waiter = subprocess.Popen(base + ["stop", "a"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        follower = subprocess.Popen(base + ["events", "-f"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        reeve.wait_state("a", "stopping")
        follower.stdout.readline()
        harness.adopt_orphans()
        reeve.process.kill()
        for process in (waiter, follower):
            errors = process.communicate(timeout=5)[1]
            self.assertEqual(process.returncode, 1)
            self.assertIn("the container ended, or closed the connection", errors)
        reeve.process.wait()
        reeve.disconnect()
        harness.kill(reeve.log.pid("a"))
        done = reeve.ctl("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not running", done.stderr)

    def test_daemon_stands_still(self):  # it does not hang for ever, and says so
        reeve = self.reeve(graph({"a": []})).start()
        os.kill(reeve.pid, signal.SIGSTOP)
        try:
            begin = time.monotonic()
            done = reeve.ctl("status", timeout=30)
            self.assertEqual(done.returncode, 1)
            self.assertIn("did not answer", done.stderr)
            self.assertLess(time.monotonic() - begin, 28)
        finally:
            os.kill(reeve.pid, signal.SIGCONT)

    def run_it(self, module, *arguments):
        path = self.dir + "/run.module"
        with open(path, "w") as file:
            file.write(module.replace("@program@", harness.ACTOR).replace("@log@", self.dir + "/log"))
        return [harness.REEVECTL, "run", path, *arguments]

    def test_run(self):  # interfaces.md: run PATH -- COMMAND
        module = "[Component a]\nType=notify\nExecStart=@program@ --log=@log@ --ready\n"
        cases = (
            (["--", "true"], 0), (["--", "sh", "-c", "exit 7"], 7), (["--", "sh", "-c", "kill -TERM $$"], 143),
            (["--", "/nowhere/at/all"], 127), (["--", "/etc/passwd"], 126), (["--"], 2),
            (["--", harness.REEVECTL, "status", "a"], 0),
        )
        for arguments, status in cases:
            command = self.run_it(module, *arguments)
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, status, (arguments, done.stderr))
        for bad, status in (("[Component a]\nRequires=ghost\nExecStart=/bin/true\n", 3),
                            ("[Component a]\nExecStart=/nowhere/at/all\n", 5)):
            command = self.run_it(bad, "--", "true")
            done = subprocess.run(command, capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, status, done.stderr)
        for line in harness.Log(self.dir + "/log").lines("start"):
            self.assertFalse(harness.is_alive(int(line.detail)))

    def test_run_on_a_terminal(self):  # Ctrl-C stops in order
        command = self.run_it("[Component a]\nType=notify\nExecStart=@program@ --log=@log@ --ready\n"
                                 "[Component b]\nType=notify\nRequires=a\nExecStart=@program@ --log=@log@ --ready\n")
        terminal = Terminal(self, command)
        terminal.read(b"started 2 components")
        terminal.type(b"\x03")
        self.assertEqual(terminal.wait(), 0)
        log = harness.Log(self.dir + "/log")
        self.assertEqual(log.names("term"), ["b", "a"])
        self.assertIn(b"stopped 2 components", terminal.drawn)

    def test_run_with_nohup(self):  # what our parent has ignored stays so
        command = self.run_it("[Component a]\nType=notify\nExecStart=@program@ --log=@log@ --ready\n", "--", "sh", "-c",
                                 "kill -HUP $PPID; exit 0")
        done = subprocess.run(["nohup", *command], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    harness.main()
