# SPDX-License-Identifier: LGPL-2.1-or-later
"""When a component counts as ready, and what keeps it from it."""
import errno
import os
import signal
import socket

import harness
from harness import Scenario, graph

WARN = "[Module]\nStartupErrorPolicy=warn\n"


def notify_socket_of(pid):
    with open(f"/proc/{pid}/environ", "rb") as file:
        for variable in file.read().split(b"\0"):
            if variable.startswith(b"NOTIFY_SOCKET="):
                return variable.partition(b"=")[2].decode()
    raise AssertionError("no NOTIFY_SOCKET")


def send(path, text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.sendto(text.encode(), "\0" + path[1:] if path[0] == "@" else path)


class Readiness(Scenario):
    def test_types(self):  # §64
        reeve = self.reeve("""
[Component simple]
ExecStart=@actor@
[Component notify]
Type=notify
ExecStart=@actor@ --ready=200
[Component oneshot]
Type=oneshot
ExecStart=@actor@ --exit=0 --after=200
[Component after-notify]
ExecStart=@actor@ --providers=notify
Requires=notify
[Component after-oneshot]
ExecStart=@actor@
Requires=oneshot
""").start()
        # A simple one is ready before it has written anything.
        self.assertGreater(reeve.wait_line("start", "after-oneshot").usec, reeve.log.last("exit", "oneshot").usec)
        self.assertGreater(reeve.wait_line("start", "after-notify").usec, reeve.log.last("ready", "notify").usec)
        self.assertEqual({reeve.state(name) for name in reeve.names()}, {"ready"})

    def test_oneshot_status(self):  # §64, §67
        reeve = self.reeve(WARN + """
[Component fails]
Type=oneshot
ExecStart=@actor@ --exit=3
[Component counts]
Type=oneshot
ExecStart=@actor@ --exit=3
SuccessExitStatus=3
[Component dies]
Type=oneshot
ExecStart=@actor@ --signal=9
""").start()
        self.assertEqual((reeve.state("fails"), reeve.get("fails", "ExitStatus")), ("failed", 3))
        self.assertEqual((reeve.state("counts"), reeve.get("counts", "SubState")), ("ready", "exited"))
        self.assertEqual((reeve.state("dies"), reeve.get("dies", "ExitCode"), reeve.get("dies", "ExitStatus")), ("failed", 2, 9))

    def test_exec_errors(self):  # §67, P38
        reeve = self.reeve(WARN + """
[Component nowhere]
ExecStart=/nowhere/at/all
[Component no-program]
ExecStart=@files@/text
[Component no-directory]
ExecStart=@actor@
WorkingDirectory=/nowhere/at/all
[Component no-interpreter]
ExecStart=@files@/script
[Component no-format]
ExecStart=@files@/format
[Component too-long]
ExecStart=@actor@
Environment=LONG=%s
""" % ("x" * 200_000))
        for name, text, mode in (("text", "hello\n", 0o644), ("script", "#!/nowhere/shell\n", 0o755),
                                 ("format", "hello\n", 0o755)):
            with open(reeve.file(name), "w") as file:
                file.write(text)
            os.chmod(reeve.file(name), mode)
        reeve.start()
        for name, number in (("nowhere", errno.ENOENT), ("no-program", errno.EACCES), ("no-directory", errno.ENOENT),
                             ("no-interpreter", errno.ENOENT), ("no-format", errno.ENOEXEC), ("too-long", errno.E2BIG)):
            self.assertEqual((reeve.state(name), reeve.get(name, "Result"), reeve.get(name, "ErrorNumber")),
                             ("failed", "exec-failed", number), name)
        self.assertEqual(reeve.log.lines(), [])

    def test_true_status_when_children_are_ignored(self):  # P2
        previous = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            reeve = self.reeve(WARN + "[Component a]\nType=notify\nExecStart=@actor@ --exit=3\n").start(wait=False)
        finally:
            signal.signal(signal.SIGCHLD, previous)
        reeve.wait_ready()
        self.assertEqual((reeve.get("a", "Result"), reeve.get("a", "ExitStatus")), ("exited-early", 3))

    def test_no_limit(self):  # §9: systemd.time(7)
        reeve = self.reeve(graph({"a": []}, {"a": "--ready=300"}, {"a": "TimeoutStartSec=infinity\nTimeoutStopSec=infinity"})).start()
        self.assertEqual((reeve.get("a", "TimeoutStartUSec"), reeve.get("a", "TimeoutStopUSec")), (2**64 - 1, 2**64 - 1))

    def test_long_names(self):  # §2, trap 6: one socket for each
        name = "n" * 63
        reeve = self.reeve(graph({name: []})).start()
        self.assertEqual(reeve.state(name), "ready")

    def test_told_to_the_manager(self):  # §66
        reeve = self.reeve(graph({"a": []}, {"a": "--ready=1300"}, {"a": "TimeoutStartSec=5min"}).replace("--ready --ready", "--ready")).start()
        self.assertTrue(reeve.superior.has("EXTEND_TIMEOUT_USEC"))

    def test_watchdog_of_the_daemon(self):  # issue: WatchdogSec of the unit
        reeve = self.reeve(graph({"a": []}, {"a": "--check-clean=@files@/state"}), environment={"WATCHDOG_USEC": "400000"}).start()
        reeve.wait("it is fed", lambda: reeve.superior.count("WATCHDOG", "1") >= 3)
        with open(reeve.file("state")) as file:
            self.assertNotIn("WATCHDOG", file.read())

    def test_exited_early(self):  # §67
        reeve = self.reeve(WARN + """
[Component zero]
Type=notify
ExecStart=@actor@ --exit=0
[Component three]
Type=notify
ExecStart=@actor@ --exit=3
[Component killed]
Type=notify
ExecStart=@actor@ --signal=9
""").start()
        for name, code, status in (("zero", 1, 0), ("three", 1, 3), ("killed", 2, 9)):
            self.assertEqual(reeve.state(name), "failed", name)
            self.assertEqual((reeve.get(name, "ExitCode"), reeve.get(name, "ExitStatus")), (code, status), name)
            self.assertEqual(reeve.get(name, "ErrorNumber"), 0, name)
        self.assertEqual([reeve.get(name, "Result") for name in ("zero", "three")], ["exited-early"] * 2)

    def test_start_timeout(self):  # §66
        reeve = self.reeve(WARN + """
[Component never]
Type=notify
ExecStart=@actor@
TimeoutStartSec=400ms
[Component deaf]
Type=notify
ExecStart=@actor@ --ignore-term
TimeoutStartSec=400ms
TimeoutStopSec=300ms
[Component long]
Type=oneshot
ExecStart=@actor@
TimeoutStartSec=400ms
""").start()
        for name in ("never", "deaf", "long"):
            self.assertEqual((reeve.state(name), reeve.get(name, "Result")), ("failed", "start-timeout"), name)
            start, term = reeve.log.last("start", name), reeve.log.last("term", name)
            self.assert_near(term.usec - start.usec, 0.3, 0.8, name)
            self.assertFalse(harness.is_alive(int(start.detail)), name)

    def test_extended_timeout(self):  # §66
        reeve = self.reeve(WARN + """
[Component patient]
Type=notify
ExecStart=@actor@ --ready=1500 --extend=1000000,200
TimeoutStartSec=400ms
[Component once]
Type=notify
ExecStart=@actor@ --extend=1000000
TimeoutStartSec=400ms
""").start()
        self.assertEqual(reeve.state("patient"), "ready")
        self.assertEqual(reeve.get("once", "Result"), "start-timeout")
        self.assert_near(reeve.log.last("term", "once").usec - reeve.log.last("start", "once").usec, 0.9, 1.6)

    def test_foreign_messages(self):  # §65, P21
        reeve = self.reeve(graph({"a": [], "b": ["a"]}, {"a": "--ready=900"})).start(wait=False).connect()
        reeve.wait_line("start", "a")
        path = notify_socket_of(reeve.log.pid("a"))
        for text in ("READY=1", "STATUS=taken over", f"MAINPID={os.getpid()}", "EXTEND_TIMEOUT_USEC=1"):
            try:
                send(path, text)
            except PermissionError:
                return  # kept out altogether
        reeve.wait_event("a warning", lambda event: event.kind == "warning" and event.component == "a")
        self.assertEqual((reeve.state("a"), reeve.get("a", "StatusText")), ("starting", ""))
        self.assertEqual(reeve.get("a", "MainPid"), reeve.log.pid("a"))
        reeve.wait_ready()
        self.assertGreater(reeve.log.last("start", "b").usec, reeve.log.last("ready", "a").usec)

    def test_ready_from_a_child(self):  # §64
        reeve = self.reeve(graph({"a": []}, {"a": "--ready-from-child"})).start()
        self.assertEqual(reeve.get("a", "MainPid"), reeve.log.pid("a"))

    def test_systemd_notify_from_a_shell(self):  # interfaces.md: systemd-notify works from a shell script
        command = "/bin/sh -c 'systemd-notify --ready --status=up; exec @actor@ '"
        user = "User=65534\n" if os.geteuid() == 0 else ""
        reeve = self.reeve("".join(f"[Component c{i}]\nType=notify\nTimeoutStartSec=3\nExecStart={command}\n{user if i % 2 else ''}"
                                   for i in range(8)))
        reeve.start()
        self.assertEqual({reeve.state(f"c{i}") for i in range(8)}, {"ready"})
        self.assertEqual(reeve.get("c0", "StatusText"), "up")

    def test_main_pid(self):  # §65, P21
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=@actor@ --ready --mainpid=child
Restart=on-failure
RestartSec=10ms
""").start()
        child = int(reeve.wait_line("mainpid", "a").detail)
        reeve.wait("the child is the main process", lambda: reeve.get("a", "MainPid") == child)
        os.kill(child, signal.SIGKILL)
        reeve.wait_line("start", "a", 2)
        reeve.wait_state("a", "ready")
        self.assertEqual(reeve.get("a", "NRestarts"), 1)

    def test_main_pid_of_others(self):  # P21
        for pid in ("1", "0", "-1", str(os.getpid())):
            reeve = self.reeve(graph({"a": []}, {"a": f"--mainpid={pid}"}), at=f"d{pid}").start()
            self.assertEqual(reeve.get("a", "MainPid"), reeve.log.pid("a"), pid)
            reeve.stop()
            self.assertEqual(len(reeve.log.lines("term")), 1)

    def test_status_text(self):  # P21
        reeve = self.reeve(graph({"a": []}, {"a": '"--status=half \\x1b[2J done \\u00fc"'})).start()
        reeve.wait("the text", lambda: reeve.get("a", "StatusText").startswith("half"))
        text = reeve.get("a", "StatusText")
        self.assertNotIn("\x1b", text)
        self.assertIn("done", text)
        self.assertTrue(text.isprintable(), text)

    def test_sequences_that_end(self):  # P22
        reeve = self.reeve(WARN + """
[Component twice]
Type=notify
ExecStart=@actor@ --notify=READY=1 --ready=50
[Component leaves]
Type=notify
ExecStart=@actor@ --notify=READY=1 --exit=0 --after=100
[Component reloads]
Type=notify
ExecStart=@actor@ "--notify=READY=1\\nRELOADING=1" --exit=1 --after=100
[Component stops]
Type=notify
ExecStart=@actor@ "--notify=READY=1\\nSTOPPING=1" --exit=0 --after=100
[Component at-once]
Type=notify
ExecStart=@actor@ --notify=READY=1 --exit=0
""").start()
        self.assertEqual(reeve.state("twice"), "ready")
        reeve.wait_state("leaves", "inactive")
        reeve.wait_state("reloads", "failed")
        reeve.wait_state("stops", "inactive")
        # It said READY=1 before it ended: both readings have an end, and none is "starting".
        reeve.wait("at-once ends", lambda: reeve.state("at-once") in ("inactive", "failed"))


if __name__ == "__main__":
    harness.main()
