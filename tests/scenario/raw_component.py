# SPDX-License-Identifier: LGPL-2.1-or-later
"""A component with Type=reeve that speaks D-Bus byte by byte. Usage: raw_component.py WAY LOG, where WAY says how it
introduces itself: external | anonymous | pipelined | hello; or hostile, which sends bytes that are nearly right, other
ones with each incarnation, until it is cut off or has had enough, and ends; or echo or wait, which make calls of a
megabyte that are answered with as much or late, read nothing, and write to LOG when all are sent or they are cut off."""
import os
import random
import signal
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


def nearly(chance, serial):
    """A message of ours with something wrong in it, or not."""
    writer = wire.Writer()
    calls = [("Status", "s", ["x" * chance.choice([0, 1, 5000])]), ("Publish", "ssa{sv}", ["n", "v\n", {}]), ("Resolve", "ssa{sv}", ["", "", {}]),
             ("Ready", "a{sv}", [{"x": ("s", "y")}]), ("ExtendTimeout", "t", [chance.getrandbits(64)]), ("Release", "ss", ["k", "r"]),
             ("TryResolve", "ssa{sv}", ["k" * chance.choice([1, 300]), "r", {"timeout-usec": ("t", 1)}])]
    member, signature, arguments = chance.choice(calls)
    for kind, value in zip(wire.split(signature), arguments):
        writer.put(kind, value)
    fields = [(1, ("o", chance.choice([ROOT, "/", ROOT + "/component/x"]))), (2, ("s", NAME + ".Session")), (3, ("s", member))]
    raw = bytearray(pack(chance.choice([1, 1, 1, 2, 3, 4]), serial, fields, signature, bytes(writer.data)))
    for _ in range(chance.choice([0, 0, 1, 1, 8])):
        raw[chance.randrange(len(raw))] = chance.getrandbits(8)
    return raw


def be_hostile(fd):
    chance = random.Random()
    end = socket.socket(fileno=fd)
    end.settimeout(1)
    try:
        end.sendall(chance.choice([b"", b"\0", b"\0AUTH\r\n" * 10]) + os.urandom(64) if chance.random() < 0.3
                    else b"\0AUTH ANONYMOUS\r\nBEGIN\r\n")
        for serial in range(1, 200):
            end.sendall(nearly(chance, serial))
            if chance.random() < 0.5:
                end.recv(4096)
    except OSError:
        pass


def be_greedy(fd, way, path):
    end = socket.socket(fileno=fd)
    end.sendall(b"\0AUTH ANONYMOUS\r\nBEGIN\r\n")
    interface, member, signature, arguments = {
        "echo": (PROPERTIES, "GetAll", "s", ["x" * 2**20]),
        "wait": (NAME + ".Session", "Resolve", "ssa{sv}", ["slow", "", {}]),
    }[way]
    writer = wire.Writer()
    for kind, value in zip(wire.split(signature), arguments):
        writer.put(kind, value)
    fields = [(1, ("o", ROOT)), (2, ("s", interface)), (3, ("s", member))]
    if way == "wait":
        fields.append((77, ("s", "x" * 2**20)))  # nobody knows such a field
    said = "all is sent"
    try:
        for serial in range(1, 200):
            end.sendall(pack(1, serial, fields, signature, bytes(writer.data)))
    except OSError:
        said = "cut off"
    with open(path, "w") as log:
        print(said, file=log, flush=True)
    signal.pause()


def main(way, path):
    if way in ("echo", "wait"):
        be_greedy(int(os.environ["REEVE_BUS_FD"]), way, path)
        return
    if way == "hostile":
        be_hostile(int(os.environ["REEVE_BUS_FD"]))
        return
    with open(path, "w") as log:
        component = Component(int(os.environ["REEVE_BUS_FD"]), way, log)
        for name, value in component.expect(component.send(ROOT, PROPERTIES, "GetAll", "s", NAME + ".Session"))[0].items():
            print(name, value, file=log, flush=True)
        while True:
            component.answer(component.next())


if __name__ == "__main__":
    main(*sys.argv[1:])
