# SPDX-License-Identifier: LGPL-2.1-or-later
"""What reevectl and the offline modes of reeved say to who is new, mistypes, or writes scripts."""
import os
import subprocess

import harness
from harness import Scenario, graph
from terminal import Terminal

CRASH = """[Module]
StartupErrorPolicy=warn
[Component crash]
Restart=always
RestartSec=1ms
StartLimitBurst=2
StartLimitIntervalSec=90
ExecStart=@actor@ --after=20 --exit=3
"""


class Words(Scenario):
    def put(self, text, name="words.module"):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text.replace("@actor@", harness.ACTOR))
        return path

    def say(self, *arguments, **options):
        return subprocess.run([harness.REEVECTL, *arguments], capture_output=True, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, **options)

    def address(self, reeve):
        return f"unix:path={reeve.runtime}/bus"

    def test_quiet_status(self):  # for scripts: the exit status says it
        reeve = self.reeve(graph({"a": [], "b": ["a"]}) + "[Component never]\nStart=lazy\nExecStart=/bin/true\n").start()
        for names, status in ((("a",), 0), (("a", "b"), 0), ((), 0), (("never",), 3), (("a", "never"), 3)):
            done = reeve.ctl("status", "-q", *names)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (status, "", ""), names)
        done = reeve.ctl("status", "-q", "a", "neverr")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("did you mean “never”?", done.stderr)

    def test_status_of_many(self):  # more names and neighbours than are asked for at a time
        names = [f"c{i}" for i in range(150)]
        reeve = self.reeve(graph({"db": [], **{name: ["db"] for name in names}})).start()
        done = reeve.ctl("status", "db", *names)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("   Requires: db (ready)\n"), len(names))
        used_by = next(line for line in done.stdout.splitlines() if line.startswith("    Used by: "))
        self.assertEqual(sorted(used_by.removeprefix("    Used by: ").split(", ")), sorted(f"{name} (ready)" for name in names))

    def test_drop_ins(self):  # interfaces.md: NAME.module.d; which file a value comes from is seen
        reeve = self.reeve({"a.module": graph({"a": []}), "a.module.d/10.conf": "[Component a]\nDescription=First\n",
                            "a.module.d/20.conf": "[Component a]\nDescription=Second\n"}).start()
        paths = reeve.get("a", "DropIns")
        self.assertEqual([os.path.basename(path) for path in paths], ["10.conf", "20.conf"])
        lines = reeve.ctl("status", "a").stdout.splitlines()
        self.assertIn("Second", lines[0])
        at = lines.index(f"    Drop-In: {paths[0]}")
        self.assertEqual(lines[at + 1], f"             {paths[1]}")

    def test_start_limit(self):  # §104, §114: how often is too often, and what to do
        reeve = self.reeve(CRASH).start()
        reeve.wait_state("crash", "failed")
        done = reeve.ctl("status", "crash")
        for text in ("failed more than 2 times in 1 min 30 s", "reevectl reset crash", "reevectl start crash"):
            self.assertIn(text, done.stdout)
        told, = [event for event in reeve.history() if event.kind == "warning" and event.reason == "start-limit"]
        self.assertIn("failed more than 2 times in 1 min 30 s", told.text)
        self.assertEqual(reeve.ctl("reset", "crash").returncode, 0)
        self.assertEqual(reeve.ctl("start", "crash").returncode, 0)

    def test_show_properties(self):
        reeve = self.reeve(graph({"a": []})).start()
        for arguments in (("-p", "State,Name"), ("-p", "State", "-p", "Name"), ("--property=State,Name",)):
            self.assertEqual(reeve.ctl("show", "a", *arguments).stdout, "Name=a\nState=ready\n", arguments)
        self.assertEqual(reeve.ctl("show", "a", "-p", "State", "--value").stdout, "ready\n")
        done = reeve.ctl("show", "a", "-p", "MainPID,State")
        self.assertEqual(done.returncode, 1)
        self.assertIn("did you mean “MainPid”?", done.stderr)

    def test_check_says_that_it_did(self):  # on a terminal; a script has the exit status
        path = self.put("[Component a]\nExecStart=/bin/true\n[Component b]\nExecStart=/bin/true\n")
        self.put("[Component a]\nNice=1\n", "words.module.d/1.conf")
        terminal = Terminal(self, [harness.REEVECTL, "check", path])
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(terminal.lines(), ["no errors: 2 components in 1 module, 1 drop-in", ""])
        for command in ([harness.REEVECTL, "check", "-q", path], [harness.REEVECTL, "--quiet", "check", path]):
            terminal = Terminal(self, command)
            self.assertEqual((terminal.wait(), terminal.drawn), (0, b""), command)
        os.mkdir(self.dir + "/empty")
        terminal = Terminal(self, [harness.REEVECTL, "check", self.dir + "/empty"], columns=200)
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(terminal.lines(), [f"no errors: there are no module files in {self.dir}/empty", ""])
        done = self.say("check", path)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_full_disk(self):  # it must not look like success, with reeved either
        path = self.put("[Component a]\nExecStart=/bin/true\n")
        for arguments in (("plan", path), ("check", "--json", path), ("--help",), ("--version",)):
            with open("/dev/full", "w") as full:
                done = subprocess.run([harness.REEVECTL, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_mistyped(self):  # interfaces.md: what happened, and what to do; once
        path = self.put("[Component a]\nExecStart=/bin/true\n")
        nowhere = ("--address", f"unix:path={self.dir}/nobody")
        for arguments, status, text in (
                (("check", "--foo", path), 2, "there is no option --foo"), (("statsu",), 2, "did you mean “status”?"),
                (("is-active", "a"), 2, "“reevectl status -q NAME”"),
                ((*nowhere, "status", "a"), 1, "is not running"), ((*nowhere, "start", "a"), 1, "is not running"),
                ((*nowhere, "show", "a"), 1, "is not running"), ((*nowhere, "why", "a"), 1, "is not running")):
            done = self.say(*arguments)
            self.assertEqual(done.returncode, status, (arguments, done.stderr))
            self.assertEqual(done.stderr.count(text), 1, (arguments, done.stderr))

    def test_help(self):
        for arguments in (("help",), ("--help",)):
            self.assertIn("Usage: reevectl [OPTION…] [VERB] [NAME…]", self.say(*arguments).stdout)
        for arguments in (("help", "stop"), ("--help", "stop"), ("stop", "--help"), ("stop", "x", "-h")):
            done = self.say(*arguments)
            self.assertEqual(done.returncode, 0)
            self.assertIn("Usage: reevectl [OPTION…] stop NAME…", done.stdout, arguments)

    def test_run_says_how_to_reach_it(self):
        path = self.put(graph({"a": []}))
        terminal = Terminal(self, [harness.REEVECTL, "run", path], columns=200)
        terminal.read("” talks to it".encode())
        address = terminal.drawn.decode().partition("“reevectl --address ")[2].partition("”")[0]
        done = self.say("--address", address, "status", "-q", "a")
        self.assertEqual(done.returncode, 0, done.stderr)
        terminal.type(b"\x03")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(terminal.drawn.count("talks to it".encode()), 1)


if __name__ == "__main__":
    harness.main()
