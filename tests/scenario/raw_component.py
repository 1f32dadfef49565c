# SPDX-License-Identifier: LGPL-2.1-or-later
"""A component with Type=reeve that speaks D-Bus byte by byte. Usage: raw_component.py WAY LOG, where WAY says how it
introduces itself: external | anonymous | pipelined | hello"""
import os
import socket
import sys

import wire
from wire import NAME, ROOT, Connection, pack

PROPERTIES = "org.freedesktop.DBus.Properties"


class Component(Connection):
    def __init__(self, fd, way, log):  # not to a path: the other end was inherited
        self.socket = socket.socket(fileno=fd)
        self.buffer, self.serial, self.log = bytearray(), 0, log
        self.on_signal = lambda message: None
        greeting = b"ANONYMOUS" if way == "anonymous" else b"EXTERNAL " + str(os.geteuid()).encode().hex().encode()
        if way == "pipelined":  # what follows BEGIN comes in one read with it
            self.socket.sendall(b"\0AUTH " + greeting + b"\r\nBEGIN\r\n" + self.hello())
        else:
            self.socket.sendall(b"\0AUTH " + greeting + b"\r\n")
        self.read_line()
        if way != "pipelined":
            self.socket.sendall(b"BEGIN\r\n" + (self.hello() if way == "hello" else b""))
        if way in ("pipelined", "hello"):
            self.expect(self.serial)

    def expect(self, serial):
        while True:
            message = self.next()
            if message.reply_to == serial:
                return message.body
            self.answer(message)

    def next(self):
        while (message := self.take_call()) is None:
            self.fill()
        return message

    def take_call(self):
        raw = bytes(self.buffer)
        message = self.take()
        if message:
            message.serial = int.from_bytes(raw[8:12], "little")
            reader = wire.Reader(raw)
            reader.at = 12
            message.signature = dict(reader.get("a(yv)")).get(8, "")
        return message

    def answer(self, message):
        print("call", message.member, message.signature, file=self.log, flush=True)
        self.serial += 1
        self.socket.sendall(pack(2, self.serial, [(5, ("u", message.serial))]))


def main(way, path):
    with open(path, "w") as log:
        component = Component(int(os.environ["REEVE_BUS_FD"]), way, log)
        for name, value in component.expect(component.send(ROOT, PROPERTIES, "GetAll", "s", NAME + ".Session"))[0].items():
            print(name, value, file=log, flush=True)
        while True:
            component.answer(component.next())


if __name__ == "__main__":
    main(*sys.argv[1:])
