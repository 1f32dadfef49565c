# SPDX-License-Identifier: LGPL-2.1-or-later
"""Components that somebody else runs."""
import socket
import subprocess

import harness
from harness import Scenario

MODULE = """
[Component outside]
Type=external
ReadyProbe=unix:@files@/socket
ProbeIntervalSec=100ms
ProbeTimeoutSec=500ms
%s
[Component inside]
Type=notify
ExecStart=@actor@ --ready
Requires=outside
StartupErrorPolicy=warn
"""


class External(Scenario):
    def serve(self, reeve):
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(reeve.file("socket"))
        server.listen(64)
        self.addCleanup(server.close)
        return server

    def test_there_already(self):  # §25, §102
        reeve = self.reeve(MODULE % "")
        other = subprocess.Popen([harness.ACTOR, f"--log={reeve.log.path}", "--name=stranger", f"--listen=unix:{reeve.file('socket')}"])
        try:
            reeve.start()
            self.assertEqual([reeve.state(name) for name in ("outside", "inside")], ["ready", "ready"])
            self.assertEqual((reeve.get("outside", "MainPid"), reeve.get("outside", "Type")), (0, "external"))
            reeve.terminate()
            self.assertEqual(reeve.wait_exit(), 0)
            self.assertIsNone(other.poll(), "it was ended, though it is not ours")
            self.assertEqual(reeve.log.lines("term", "stranger"), [])
        finally:
            other.kill()
            other.wait()

    def test_awaited(self):  # §25, §50
        reeve = self.reeve(MODULE % "").start(wait=False).connect()
        reeve.wait_state("outside", "starting")
        reeve.wait_state("inside", "waiting")
        self.serve(reeve)
        reeve.wait_ready()
        self.assertEqual([reeve.state(name) for name in ("outside", "inside")], ["ready", "ready"])

    def test_never_there(self):  # §66, §85
        reeve = self.reeve(MODULE % "TimeoutStartSec=400ms\nStartupErrorPolicy=warn").start()
        self.assertEqual((reeve.state("outside"), reeve.get("outside", "Result")), ("failed", "start-timeout"))
        self.assertEqual(reeve.state("inside"), "blocked")
        strict = self.reeve(MODULE % "TimeoutStartSec=400ms", at="strict").start(wait=False)
        self.assertEqual(strict.wait_exit(), 5)

    def test_tcp(self):  # interfaces.md: ReadyProbe=tcp:
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        text = (MODULE % "").replace("unix:@files@/socket", f"tcp:127.0.0.1:{server.getsockname()[1]}")
        reeve = self.reeve(text).start()
        self.assertEqual(reeve.state("inside"), "ready")

    def test_lost(self):  # §25: its loss is that of a provider
        reeve = self.reeve(MODULE % "Restart=always\nRestartSec=10ms")
        server = self.serve(reeve)
        reeve.start()
        server.close()
        harness.os.unlink(reeve.file("socket"))
        reeve.wait("the loss is seen", lambda: reeve.state("outside") != "ready", 5)
        reeve.wait_line("term", "inside")
        self.serve(reeve)
        reeve.wait_line("ready", "inside", 2)
        reeve.wait_state("outside", "ready")

    def test_term_while_awaited(self):  # §100
        reeve = self.reeve(MODULE % "").start(wait=False).connect()
        reeve.wait_state("outside", "starting")
        reeve.terminate()
        self.assertEqual(reeve.wait_exit(), 0)

    def test_has_no_command(self):  # §25, §8
        for text in ("[Component a]\nType=external\nReadyProbe=unix:/x\nExecStart=/bin/true\n", "[Component a]\nType=external\n"):
            reeve = self.reeve(text, at=f"d{len(self.daemons)}")
            self.assertEqual(reeve.offline("--check")[0], 3, text)


if __name__ == "__main__":
    harness.main()
