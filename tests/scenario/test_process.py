# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a component finds when it starts."""
import os
import resource
import signal

import harness
from harness import Scenario, needs_root


class State:
    """What --check-clean wrote."""

    def __init__(self, path):
        self.words, self.fds, self.limits, self.environment, self.arguments = {}, {}, {}, {}, []
        with open(path) as file:
            for line in file.read().split("\n")[:-1]:
                what, _, rest = line.partition(" ")
                if what == "fd":
                    number, _, target = rest.partition(" ")
                    self.fds[int(number)] = target
                elif what == "limit":
                    self.limits[int(rest.split()[0])] = tuple(int(word) for word in rest.split()[1:])
                elif what == "environment":
                    name, _, value = rest.partition("=")
                    self.environment[name] = value
                elif what == "argument":
                    self.arguments.append(rest)
                else:
                    self.words[what] = rest


class Process(Scenario):
    def look(self, lines="", actor="", modules=None, name="a", **options):
        text = f"[Component {name}]\nType=notify\nExecStart=@actor@ --check-clean=@files@/state --ready {actor}\n{lines}\n"
        reeve = self.reeve((modules or "") + text, **options).start()
        return reeve, State(reeve.file("state"))

    def test_clean_state(self):  # P37, trap 10
        leak = os.open("/dev/null", os.O_RDONLY)
        os.set_inheritable(leak, True)
        previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2, signal.SIGCHLD, signal.SIGWINCH})
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGHUP, signal.SIGQUIT)}
        mask = os.umask(0o077)
        try:
            reeve, state = self.look()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, previous)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.umask(mask)
            os.close(leak)
        self.assertEqual((state.words["blocked"], state.words["handled"]), ("", ""))
        self.assertEqual(sorted(state.fds), [0, 1, 2], state.fds)
        self.assertEqual(state.fds[0], "/dev/null")
        self.assertEqual(state.words["umask"], "0022")
        self.assertEqual(state.words["cwd"], "/")
        self.assertEqual(state.words["sid"], state.words["pid"], "a session of its own")
        self.assertEqual((state.words["nice"], state.words["nnp"]), ("0", "0"))
        for number in range(16):
            self.assertEqual(state.limits[number], tuple(value % 2**64 for value in resource.getrlimit(number)), f"limit {number}")
        self.assertEqual(reeve.get("a", "MainPid"), int(state.words["pid"]))

    def test_daemon_without_standard_streams(self):  # P37
        reeve = self.reeve("[Component a]\nType=notify\nExecStart=@actor@ --check-clean=@files@/state --ready\n")
        plain = reeve.command
        reeve.command = lambda *args: ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *plain(*args)]
        reeve.start()
        state = State(reeve.file("state"))
        self.assertEqual(sorted(state.fds), [0, 1, 2], state.fds)
        for target in state.fds.values():
            self.assertNotIn("run/bus", target)
            self.assertRegex(target, "^(/dev/null|socket:|pipe:|/dev/)")

    def test_environment(self):  # interfaces.md: environment, always
        reeve, state = self.look("Wants=nowhere elsewhere", environment={"DAEMON_SECRET": "hidden", "LD_LIBRARY_PATH": "/x"},
                                 settings="Name=shop\nEnvironment=stage\n")
        wanted = {"REEVE_COMPONENT": "a", "REEVE_CONTAINER": "shop", "REEVE_ENVIRONMENT": "stage", "REEVE_GENERATION": "1"}
        self.assertEqual({name: state.environment.get(name) for name in wanted}, wanted)
        self.assertEqual(sorted(state.environment["REEVE_ABSENT"].split()), ["elsewhere", "nowhere"])
        self.assertTrue(os.path.isdir(state.environment["REEVE_RUNTIME_DIR"]))
        self.assertTrue(state.environment["REEVE_RUNTIME_DIR"].startswith(reeve.runtime + "/"))
        self.assertNotEqual(state.environment["NOTIFY_SOCKET"], reeve.superior.path)
        self.assertNotIn("DAEMON_SECRET", state.environment)
        self.assertNotIn("LD_LIBRARY_PATH", state.environment)
        self.assertIn("/bin", state.environment["PATH"])
        for name in state.environment:
            if name.startswith("REEVE_") and name not in wanted:
                self.assertIn(name, ("REEVE_ABSENT", "REEVE_RUNTIME_DIR", "REEVE_SCOPE"))

    def test_environment_keys(self):  # interfaces.md: Environment=, PassEnvironment=, §27
        reeve, state = self.look('Environment=MINE=own "SPACED=two words" URL=http://${region}/x DOLLAR=$$5 OVER=component\n'
                                 "Environment=MORE=1 EMPTY=\nPassEnvironment=HANDED MISSING", modules="""
[Module]
Environment=OVER=module INHERITED=yes
[Values]
region=eu-west-1
""", environment={"HANDED": "on", "OTHER": "not"})
        wanted = {"MINE": "own", "SPACED": "two words", "URL": "http://eu-west-1/x", "DOLLAR": "$5", "OVER": "component", "MORE": "1",
                  "EMPTY": "", "INHERITED": "yes", "HANDED": "on"}
        self.assertEqual({name: state.environment.get(name) for name in wanted}, wanted)
        self.assertNotIn("MISSING", state.environment)
        self.assertNotIn("OTHER", state.environment)

    def test_arguments(self):  # interfaces.md: templates, quotes as in systemd
        _, state = self.look(actor='"--say=two words" --status=${region}-$$HOME \'--notify=X_A="q"\' "--name=tab\\tin" --name=a',
                             modules="[Values]\nregion=eu-west-1\n")
        self.assertEqual(state.arguments[-5:], ["--say=two words", "--status=eu-west-1-$HOME", '--notify=X_A="q"', "--name=tab\tin", "--name=a"])

    def test_no_shell(self):  # interfaces.md: no shell
        _, state = self.look(actor="--say=*;id|cat>x&")
        self.assertEqual(state.arguments[-1], "--say=*;id|cat>x&")

    @needs_root
    def test_user(self):  # P38
        for lines in ("User=65534\nGroup=65534", "User=nobody", "User=65534"):
            reeve = self.reeve(f"[Component a]\nType=notify\nExecStart=@actor@ --check-clean=@files@/state --ready\n{lines}\n",
                               at=f"d{len(self.daemons)}").start()
            state = State(reeve.file("state"))
            self.assertEqual(state.words["uid"], "65534 65534", lines)
            self.assertEqual(state.words["gid"], "65534 65534", lines)
            self.assertNotIn("0", state.words["groups"].split())
            directory = os.stat(state.environment["REEVE_RUNTIME_DIR"])
            self.assertEqual(directory.st_uid, 65534)
            self.assertEqual(directory.st_mode & 0o022, 0)
            reeve.stop()

    @needs_root
    def test_group_alone(self):  # interfaces.md: Group=
        _, state = self.look("Group=65534")
        self.assertEqual((state.words["uid"], state.words["gid"]), ("0 0", "65534 65534"))

    def test_unknown_user(self):  # P38, §67
        reeve = self.reeve("[Component a]\nExecStart=@actor@\nUser=no-such-user-anywhere\nStartupErrorPolicy=warn\n")
        status, _, _ = reeve.offline("--check")
        if status == 0:  # judged when it starts: then never started, never as root
            reeve.start()
            self.assertEqual((reeve.state("a"), reeve.get("a", "Result")), ("failed", "exec-failed"))
        self.assertEqual(reeve.log.lines(), [])

    def test_attributes(self):  # interfaces.md: process keys
        lines = ["WorkingDirectory=/usr", "UMask=0027", "Nice=3", "OOMScoreAdjust=123", "NoNewPrivileges=yes", "LimitNOFILE=100:200",
                 "LimitCORE=0", "LimitFSIZE=1M:2M", "LimitCPU=10"]
        _, state = self.look("\n".join(lines))
        words = state.words
        self.assertEqual((words["cwd"], words["umask"], words["nice"], words["oom"], words["nnp"]), ("/usr", "0027", "3", "123", "1"))
        self.assertEqual(state.limits[resource.RLIMIT_NOFILE], (100, 200))
        self.assertEqual(state.limits[resource.RLIMIT_CORE], (0, 0))
        self.assertEqual(state.limits[resource.RLIMIT_FSIZE], (1 << 20, 2 << 20))
        self.assertEqual(state.limits[resource.RLIMIT_CPU], (10, 10))

    def test_output_to_files(self):  # interfaces.md: StandardOutput=
        reeve = self.reeve("""
[Module]
Name=m
[Component fresh]
Type=notify
ExecStart=@actor@ --say=new --ready
StandardOutput=file:@files@/fresh
[Component more]
Type=notify
ExecStart=@actor@ --say=new --ready
StandardOutput=append:@files@/more
[Component silent]
Type=notify
ExecStart=@actor@ --say=new --ready --check-clean=@files@/silent
StandardOutput=null
[Component complains]
Type=oneshot
ExecStart=@program@ --no-such-flag
SuccessExitStatus=64
StandardOutput=file:@files@/complains
""")
        for name in ("fresh", "more"):
            with open(reeve.file(name), "w") as file:
                file.write("old\n")
        reeve.start()
        wanted = {"fresh": "new\n", "more": "old\nnew\n", "complains": "actor: --no-such-flag?\n"}
        for name, text in wanted.items():
            with open(reeve.file(name)) as file:
                self.assertEqual(file.read(), text, name)
        state = State(reeve.file("silent"))
        self.assertEqual((state.fds[1], state.fds[2]), ("/dev/null", "/dev/null"))
        self.assertEqual(sorted(state.fds), [0, 1, 2])

    def test_output_file_that_cannot_be(self):  # §67, P38
        reeve = self.reeve("[Component a]\nExecStart=@actor@\nStandardOutput=file:/nowhere/at/all\nStartupErrorPolicy=warn\n").start()
        self.assertEqual((reeve.state("a"), reeve.get("a", "Result"), reeve.get("a", "ErrorNumber")), ("failed", "exec-failed", 2))
        self.assertEqual(reeve.log.lines(), [])

    def test_console(self):  # interfaces.md: StandardOutput=console, P16
        reeve = self.reeve("""
[Component talker]
Type=notify
ExecStart=@actor@ "--say=hello \\x1b[2J\\x07there" --ready
StandardOutput=console
[Component unfinished]
Type=oneshot
ExecStart=/usr/bin/printf "no newline"
StandardOutput=console
""", foreground=True).start()
        reeve.wait("the line", lambda: "there" in reeve.text() and "no newline" in reeve.text())
        line = next(line for line in reeve.text().split("\n") if "there" in line)
        self.assertIn("talker", line)
        self.assertNotIn("\x1b", line)
        self.assertNotIn("\x07", line)
        self.assertIn("unfinished", next(line for line in reeve.text().split("\n") if "no newline" in line))

    def test_a_bad_limit_never_starts(self):  # P38, P39
        for line in ("LimitNOFILE=many", "UMask=9", "Nice=99", "User=", "WorkingDirectory=relative", "OOMScoreAdjust=2000"):
            reeve = self.reeve(f"[Component a]\nExecStart=@actor@\n{line}\n", at=f"d{len(self.daemons)}")
            if line == "User=":
                continue  # clears, as in systemd
            status, _, text = reeve.offline("--check")
            self.assertEqual(status, 3, line)
            self.assertRegex(text, r"test\.module:3")


if __name__ == "__main__":
    harness.main()
