# SPDX-License-Identifier: LGPL-2.1-or-later
"""A command on a terminal of its own, for scenarios."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import harness


class Terminal:
    """A command on a terminal of its own; what it drew is kept."""

    def __init__(self, case, command, columns=80, environment=None):
        self.case = case
        self.drawn = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGQUIT):      # ignored in what a shell runs in the background
                signal.signal(number, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            os.execvpe(command[0], command, {**variables, "TERM": "xterm", **(environment or {})})
        case.addCleanup(self.close)
        self.status = None

    def read(self, until=None, timeout=15):
        end = time.monotonic() + timeout
        while until is None or until not in self.drawn:
            if time.monotonic() > end:
                self.case.fail(f"{until} was not drawn: {self.drawn}")
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                if until is not None:
                    self.case.fail(f"{until} was not drawn: {self.drawn}")
                break
            self.drawn += data
        return self

    def type(self, data):
        os.write(self.fd, data)

    def wait(self):
        self.read()
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def close(self):
        if self.status is None:
            harness.kill(self.pid)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def lines(self):
        """Without colours and what was taken away again."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.drawn.decode())
        return [line.rpartition("\r\x1b[K")[2] for line in text.replace("\r\n", "\n").split("\n")]
