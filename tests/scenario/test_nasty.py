# SPDX-License-Identifier: LGPL-2.1-or-later
"""Components and clients that misbehave: the others do not notice."""
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import time

import harness
import wire
from harness import CONTAINER, Scenario, graph
from stress_kit import FULL

GOOD = {f"good{i}": [] for i in range(8)}
CALM = 300_000  # µs: an answer beside a flood, on a busy machine of two processors


class Nasty(Scenario):
    def memory(self, reeve):
        return harness.memory_of(reeve.pid)

    def fds(self, reeve):
        return len(os.listdir(f"/proc/{reeve.pid}/fd"))

    def processor(self, reeve):
        """Seconds used by the daemon."""
        with open(f"/proc/{reeve.pid}/stat") as file:
            words = file.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def answer_time(self, connection, n=20):
        """The slowest of N."""
        worst = 0
        for _ in range(n):
            begin = harness.now_usec()
            connection.call(wire.ROOT, "org.freedesktop.DBus.Properties", "Get", "ss", CONTAINER, "State")
            worst = max(worst, harness.now_usec() - begin)
        return worst

    def test_notify_flood(self):  # P19, §115
        reeve = self.reeve(graph(GOOD, {name: "--ready=100" for name in GOOD}).replace("--ready --ready", "--ready") + """
[Component flooder]
Type=notify
ExecStart=@actor@ --flood-notify
TimeoutStartSec=1500ms
Priority=-10
StartupErrorPolicy=warn
""").start(wait=False).connect()
        for name in GOOD:
            reeve.wait_state(name, "ready")
            self.assertLess(reeve.get(name, "Timings")["own"], 500_000, name)
        self.assertLess(self.answer_time(reeve.bus), CALM)
        before = self.memory(reeve)
        reeve.wait_ready()
        self.assertEqual((reeve.state("flooder"), reeve.get("flooder", "Result")), ("failed", "start-timeout"))
        self.assertLess(self.memory(reeve) - before, 8192)
        begin = reeve.get("flooder", "Timings")["slot"]  # its time runs from there
        self.assert_near(reeve.log.last("term", "flooder").usec - begin, 1.4, 2.2)

    def test_notify_flood_when_ready(self):  # P19, P18
        reeve = self.reeve(graph({"flooder": [], "good": []}, {"flooder": "--flood-notify"}, {"good": "Restart=always\nRestartSec=1ms"}))
        reeve.start()
        begin = harness.now_usec()
        harness.kill(reeve.get("good", "MainPid"))
        self.assertLess(reeve.wait_line("ready", "good", 2).usec - begin, 500_000)
        self.assertLess(self.answer_time(reeve.bus), CALM)
        begin = harness.now_usec()
        self.assertEqual(reeve.verb("Stop", "flooder")[0], "done")
        self.assertLess(harness.now_usec() - begin, 2_000_000)
        self.assertLess(len(reeve.text()), 65536)

    def test_notify_garbage(self):  # P20, P21, §115
        reeve = self.reeve(graph(GOOD | {"garbage": []}, {"garbage": "--garbage-notify"})).start(wait=False).connect()
        reeve.wait_ready()
        self.assertEqual({reeve.state(name) for name in reeve.names()}, {"ready"})
        self.assertEqual(reeve.get("garbage", "MainPid"), reeve.log.pid("garbage"))
        self.assertTrue(reeve.get("garbage", "StatusText").isprintable() or not reeve.get("garbage", "StatusText"))
        self.assertLessEqual(len(reeve.get("garbage", "StatusText")), 4096)
        warnings = [event for event in reeve.history() if event.kind == "warning" and event.component == "garbage"]
        self.assertLess(len(warnings), 10)
        self.assertLess(len(reeve.text()), 16384)
        # No descriptor that was sent is kept.
        quiet = self.reeve(graph(GOOD | {"garbage": []}), at="quiet").start()
        self.assertLessEqual(abs(self.fds(reeve) - self.fds(quiet)), 1)

    def test_not_ready_by_garbage(self):  # P20, §64
        reeve = self.reeve("[Component a]\nType=notify\nExecStart=@actor@ --garbage-notify\nTimeoutStartSec=1\nStartupErrorPolicy=warn\n")
        reeve.start()
        self.assertEqual((reeve.state("a"), reeve.get("a", "Result")), ("failed", "start-timeout"))

    def test_output_flood(self):  # P16, §115
        for output, foreground in (("console", True), ("null", False), ("auto", False)):
            reeve = self.reeve(graph(GOOD | {"flooder": []}, {"flooder": "--flood-stdout"}, {"flooder": f"StandardOutput={output}\nPriority=-5"}),
                               foreground=foreground, at=output).start()
            before = self.memory(reeve)
            self.assertLess(self.answer_time(reeve.bus), CALM, output)
            for name in GOOD:
                self.assertLess(reeve.get(name, "Timings")["own"], 500_000, name)
            begin = harness.now_usec()
            reeve.wait("it has flooded for a while", lambda: harness.now_usec() - begin > 500_000)
            self.assertLess(self.memory(reeve) - before, 16384, output)
            self.assertEqual(reeve.verb("Stop", "flooder")[0], "done")
            reeve.stop()
            self.assertLess(os.path.getsize(reeve.dir + "/output"), 32 << 20, output)

    def test_endless_line(self):  # P16
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=/bin/sh -c 'head -c 30000000 /dev/zero | tr "\\\\0" x; exec @actor@ --ready'
StandardOutput=console
""", foreground=True).start()
        self.assertLess(self.memory(reeve), 65536)
        self.assertEqual(reeve.state("a"), "ready")

    def test_stalled_terminal(self):  # P17
        reader, writer = os.pipe()
        reeve = self.reeve(graph(GOOD | {"flooder": []}, {"flooder": "--flood-stdout"}, {"flooder": "StandardOutput=console"}), foreground=True)
        real = harness.subprocess.Popen

        def popen(*arguments, **options):
            return real(*arguments, **(options | {"stdout": writer, "stderr": writer}))
        harness.subprocess.Popen = popen
        try:
            reeve.start()
        finally:
            harness.subprocess.Popen = real
            os.close(writer)
        try:
            self.assertLess(self.answer_time(reeve.bus), CALM)
            self.assertEqual(reeve.verb("Restart", "good1")[0], "done")
            reeve.stop()
        finally:
            os.close(reader)

    def test_closed_streams(self):  # P4, P16: the end of a stream is not the end of a process, and costs nothing
        reeve = self.reeve("""
[Component a]
Type=notify
ExecStart=/bin/sh -c 'exec >&- 2>&-; exec @actor@ --ready'
StandardOutput=console
""", foreground=True).start()
        used = self.processor(reeve)
        begin = harness.now_usec()
        reeve.wait("half a second", lambda: harness.now_usec() - begin > 500_000)
        self.assertEqual(reeve.state("a"), "ready")
        self.assertLess(self.processor(reeve) - used, 0.2)

    def test_nobody_listens_any_more(self):  # §115, P17: reeved --foreground | head -1
        reader, writer = os.pipe()
        reeve = self.reeve(graph(GOOD, lines={name: "StandardOutput=console" for name in GOOD}), foreground=True)
        real = harness.subprocess.Popen
        harness.subprocess.Popen = lambda *arguments, **options: real(*arguments, **(options | {"stdout": writer, "stderr": writer}))
        try:
            reeve.start()
        finally:
            harness.subprocess.Popen = real
            os.close(writer)
            os.close(reader)
        for name in list(GOOD)[:3]:
            self.assertEqual(reeve.verb("Restart", name)[0], "done")
        self.assertEqual({reeve.state(name) for name in GOOD}, {"ready"})
        reeve.stop()
        self.assertEqual(sorted(set(reeve.log.names("exit"))), sorted(GOOD))

    def test_runtime_directory_is_taken_away(self):  # P29
        reeve = self.reeve(graph({"a": [], "b": ["a"]})).start()
        harness.shutil.rmtree(reeve.runtime)
        self.assertEqual(reeve.container("State"), "running")
        change = reeve.ask("Restart", "b")
        reeve.wait_change(change)
        reeve.stop()
        self.assertEqual(reeve.leftovers(), [])

    def test_calls_never_read(self):  # P30
        reeve = self.reeve(graph({"a": []})).start()
        before = self.memory(reeve)
        flooder = wire.Connection(reeve.runtime + "/bus")
        ping = b"".join(wire.pack(1, serial, [(1, ("o", wire.ROOT)), (2, ("s", "org.freedesktop.DBus.Properties")), (3, ("s", "GetAll")),
                                              (6, ("s", wire.NAME))], "s", struct.pack("<I", len(CONTAINER)) + CONTAINER.encode() + b"\0")
                        for serial in range(10, 1010))
        flooder.socket.setblocking(False)
        sent = 0
        begin = time.monotonic()
        worst = 0
        try:
            while sent < 100 and time.monotonic() - begin < 3:
                rest = ping
                while rest and time.monotonic() - begin < 3:
                    try:
                        rest = rest[flooder.socket.send(rest):]
                    except BlockingIOError:
                        worst = max(worst, self.answer_time(reeve.bus, 3))
                sent += 1
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was dropped
        worst = max(worst, self.answer_time(reeve.bus))
        self.assertLess(self.memory(reeve) - before, 16384)
        self.assertLess(worst, CALM)
        flooder.close()

    def test_half_open_connections(self):  # P31
        reeve = self.reeve(graph({"a": []})).start()
        base = self.fds(reeve)
        others = []
        for beginning in (b"", b"\0", b"\0AUTH", b"\0AUTH EXTERNAL 30\r\n", b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n", b"\0" + b"A" * 100000):
            for _ in range(40):
                other = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                other.setblocking(False)
                try:
                    other.connect(reeve.runtime + "/bus")
                    other.send(beginning)
                except OSError:
                    pass  # refused, dropped: as good
                others.append(other)
        self.assertLess(self.answer_time(reeve.bus), CALM)
        for other in others:
            other.close()
        reeve.wait("descriptors are given back", lambda: self.fds(reeve) <= base + 2)
        wire.Connection(reeve.runtime + "/bus").close()

    def test_malformed_messages(self):  # P32, P35
        chance = random.Random(32)
        reeve = self.reeve(graph({"a": []})).start()
        before = self.memory(reeve)
        good = wire.pack(1, 7, [(1, ("o", wire.ROOT)), (2, ("s", CONTAINER)), (3, ("s", "Stop")), (6, ("s", wire.NAME))], "sa{sv}",
                         struct.pack("<I", 1) + b"a\0" + b"\0\0" + struct.pack("<I", 0))
        for n in range(150):
            client = wire.Connection(reeve.runtime + "/bus")
            raw = bytearray(good)
            for _ in range(chance.randint(1, 6)):
                # Not the name of the component: that would be a wish like any other.
                raw[chance.randrange(len(raw) - 16)] = chance.randrange(256)
            if n % 3 == 0:
                raw = raw[:chance.randrange(len(raw))]
            try:
                client.socket.sendall(bytes(raw))
            except OSError:
                pass
            client.close()
        self.assertLess(self.answer_time(reeve.bus), CALM)
        self.assertLess(self.memory(reeve) - before, 8192)
        self.assertEqual(reeve.container("State"), "running")

    def test_deaf_subscribers(self):  # P32
        reeve = self.reeve(graph({"a": []}, lines={"a": "Restart=always\nRestartSec=1ms\nRestartMaxDelaySec=1ms\nStartLimitBurst=1000000"})).start()
        deaf = [wire.Connection(reeve.runtime + "/bus") for _ in range(20)]
        for client in deaf:
            client.add_match()
        before = self.memory(reeve)
        for n in range(60):
            harness.kill(reeve.get("a", "MainPid"))
            reeve.wait_line("ready", "a", n + 2)
            reeve.wait_state("a", "ready")
        self.assertLess(self.memory(reeve) - before, 8192)
        self.assertLess(self.answer_time(reeve.bus), CALM)
        for client in deaf:
            client.close()

    def test_idle(self):  # P29, P23
        signal.alarm(100)
        reeve = self.reeve(graph(GOOD)).start()

        def wakes():
            return int(harness.status_of(reeve.pid)["voluntary_ctxt_switches"])
        reeve.disconnect()
        time.sleep(0.3)  # what the last client caused
        first, used = wakes(), self.processor(reeve)
        time.sleep(60 if FULL else 2)  # the measurement itself
        self.assertEqual((wakes() - first, self.processor(reeve) - used), (0, 0))
        reeve.connect()

    def test_crash_loops_do_not_spin(self):  # P23, §104
        reeve = self.reeve("".join(f"[Component c{i}]\nType=notify\nExecStart=/nowhere/at/all\nRestart=always\nRestartSec=1ms\n"
                                   "StartupErrorPolicy=ignore\n" for i in range(10))).start()
        for i in range(10):
            reeve.wait_state(f"c{i}", "failed")
        used = self.processor(reeve)
        self.assertLess(used, 1)
        self.assertLess(len(reeve.text()), 65536)

    def test_descriptors_come_back(self):  # P1
        reeve = self.reeve(graph(GOOD, lines={name: "Restart=always\nRestartSec=1ms\nRestartMaxDelaySec=1ms\nStartLimitBurst=1000" for name in GOOD})).start()
        before = self.fds(reeve)
        for n in range(10):
            for name in GOOD:
                harness.kill(reeve.get(name, "MainPid"))
            for name in GOOD:
                reeve.wait_line("ready", name, n + 2)
                reeve.wait_state(name, "ready")
        self.assertLessEqual(self.fds(reeve), before + 1)

    def test_few_descriptors(self):  # P27, P24
        reeve = self.reeve(graph(GOOD, lines={name: "Restart=always\nRestartSec=20ms\nRestartMaxDelaySec=100ms\nStartLimitBurst=1000"
                                              for name in GOOD})).start()
        now = self.fds(reeve)
        before = resource.prlimit(reeve.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(reeve.pid, resource.RLIMIT_NOFILE, (now - 6, before[1]))
        for name in GOOD:
            harness.kill(reeve.log.pid(name))
        reeve.wait("states are still told", lambda: reeve.container("State") == "running")
        begin = harness.now_usec()
        reeve.wait("a second without descriptors", lambda: harness.now_usec() - begin > 1_000_000)
        resource.prlimit(reeve.pid, resource.RLIMIT_NOFILE, before)
        reeve.wait("all are up again", lambda: all(reeve.state(name) == "ready" for name in GOOD))

    @harness.needs_root
    def test_few_processes(self):  # P27, P24: fork fails for a while
        reeve = self.reeve(graph(GOOD, lines={name: "Restart=always\nRestartSec=20ms\nRestartMaxDelaySec=100ms\nStartLimitBurst=1000"
                                              for name in GOOD}), uid=54321).start()
        before = resource.getrlimit(resource.RLIMIT_NPROC)[0]

        def limit(n):
            subprocess.run(["prlimit", f"--pid={reeve.pid}", f"--nproc={n if n >= 0 else 'unlimited'}:"], user=54321, group=54321, check=True)
        limit(1)
        for name in GOOD:
            harness.kill(reeve.log.pid(name))
        used, begin = self.processor(reeve), harness.now_usec()
        reeve.wait("a second without processes", lambda: harness.now_usec() - begin > 1_000_000)
        self.assertLess(self.processor(reeve) - used, 0.5)
        self.assertEqual(len(reeve.log.lines("start")), len(GOOD))
        limit(before)
        reeve.wait("all are up again", lambda: all(reeve.state(name) == "ready" for name in GOOD))

    def test_stop_of_all_nasties(self):  # §115, P5
        reeve = self.reeve(graph({"notify": [], "output": [], "frozen": [], "brood": []}, {
            "notify": "--flood-notify", "output": "--flood-stdout", "frozen": "--stop-self=50", "brood": "--respawn"}, {
            name: "TimeoutStopSec=500ms" for name in ("notify", "output", "frozen", "brood")})).start()
        begin = harness.now_usec()
        reeve.terminate(signal.SIGTERM)
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertLess(harness.now_usec() - begin, 2_500_000 * (3 if harness.SANITIZED else 1))
        self.assertEqual(reeve.leftovers(), [])


if __name__ == "__main__":
    harness.main()
