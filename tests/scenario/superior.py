# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service manager above the daemon, as far as a test needs one."""
import os
import socket
import threading
import time


class SuperiorSocket:
    """The service manager's end of NOTIFY_SOCKET: (usec, {name: value}) for each datagram."""

    def __init__(self, path):
        self.path = path
        self.messages = []
        self.is_drained = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if data == b"stop reading":
                return
            if data == b"that was all":
                self.is_drained.set()
                continue
            lines = [line.partition("=") for line in data.decode(errors="replace").split("\n") if line]
            self.messages.append((time.monotonic_ns() // 1000, {name: value for name, _, value in lines}))

    def has(self, name, value=None):
        return any(name in fields and value in (None, fields[name]) for _, fields in list(self.messages))

    def count(self, name, value):
        return sum(fields.get(name) == value for _, fields in list(self.messages))

    def first(self, name):
        return next((usec for usec, fields in list(self.messages) if name in fields), None)

    def tell_reader(self, what):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            try:
                end.sendto(what, self.path)
            except OSError:
                pass

    def drain(self):
        """Until all that was sent so far has been read."""
        self.is_drained.clear()
        self.tell_reader(b"that was all")
        self.is_drained.wait(5)

    def close(self):
        self.tell_reader(b"stop reading")
        self.thread.join(1)
        self.socket.close()
