# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/languages.md and docs/examples/languages: components in Python, a shell and Perl, without a library of ours."""
import os
import re
import shutil
import socket
import unittest

import harness
from harness import Scenario

DOCS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../docs")
EXAMPLE = os.path.join(DOCS, "examples/languages")
MISSING = [name for name in ("/usr/bin/python3", "bash", "systemd-notify") if not shutil.which(name)]


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Page(unittest.TestCase):
    def test_quotes(self):
        page = read(DOCS, "languages.md")
        for name in ("tally.py", "ticker"):
            self.assertIn(read(EXAMPLE, name), page, name)
        tally = re.search(r"^\[Component tally\]\n.*?\n\n", read(EXAMPLE, "languages.module"), re.M | re.S)[0]
        self.assertIn(tally.rstrip(), page)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Languages(Scenario):
    def up(self):
        module, n = re.subn("^here=.*$", "here=" + EXAMPLE, read(EXAMPLE, "languages.module"), flags=re.M)
        self.assertEqual(n, 1)
        return self.reeve(module).start()

    def ask(self, reeve):
        host, port = reeve.get("tally", "Endpoints")["lines"].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"hello\n")
            return int(connection.recv(100))

    def test_injected(self):  # §73, §79: socket, addresses, what is published at run time
        reeve = self.up()
        self.assertEqual(reeve.get("tally", "Endpoints")["answer"], "number")
        self.assertEqual(reeve.get("ticker", "Endpoints"), {"first": "1"})
        reeve.wait("all three have counted", lambda: re.search(r"report: line \d, number\n", reeve.text()) and self.ask(reeve) > 3)
        count = self.ask(reeve)
        reeve.wait("its status is heard", lambda: reeve.get("tally", "StatusText") == f"{count} lines")
        self.assertNotIn("not one of its own", reeve.text())

    def test_restart(self):  # §105: those who hold a connection to it start anew, at the same address
        reeve = self.up()
        endpoints = reeve.get("tally", "Endpoints")
        seq = reeve.events[-1].seq
        harness.kill(reeve.get("tally", "MainPid"))
        again = lambda: [event.component for event in reeve.events if event.seq > seq and event.kind == "transition" and event.to == "ready"]
        reeve.wait("all are ready again", lambda: len(again()) >= 3)
        self.assertEqual(again(), ["tally", "ticker", "report"])
        self.assertEqual(reeve.get("tally", "Endpoints"), endpoints)
        self.assertGreaterEqual(self.ask(reeve), 3)

    @unittest.skipUnless(os.access("/usr/bin/perl", os.X_OK), "not installed: perl")
    def test_perl(self):  # the page's program as it stands there
        reeve = self.reeve("[Component tally]\nExecStart=/bin/sleep inf\nListen=lines=tcp:127.0.0.1:0\n"
                           "[Component teller]\nType=notify\nExecStart=@files@/teller\nListen=socket=tcp:127.0.0.1:0\nRequires=tally\n")
        with open(reeve.file("teller"), "w", encoding="utf-8") as file:
            file.write(re.search(r"^```perl\n(.*?)^```", read(DOCS, "languages.md"), re.M | re.S)[1])
        os.chmod(reeve.file("teller"), 0o755)
        reeve.start()
        endpoints = reeve.get("teller", "Endpoints")
        self.assertEqual(endpoints["answer"], "address")
        host, port = endpoints["socket"].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection, connection.makefile() as lines:
            self.assertEqual(lines.readline(), f"the counter is at {reeve.get('tally', 'Endpoints')['lines']}\n")


if __name__ == "__main__":
    harness.main()
