# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small D-Bus client of our own, so that the daemon is not judged by the library it is built with.

Owns: the wire format, calls, signals. Does not own: what the answers mean (harness).
"""
import os
import select
import socket
import struct
import time

FIXED = {"y": ("B", 1), "b": ("I", 4), "n": ("h", 2), "q": ("H", 2), "i": ("i", 4), "u": ("I", 4), "x": ("q", 8),
         "t": ("Q", 8), "d": ("d", 8), "h": ("I", 4)}
ALIGN = {"s": 4, "o": 4, "g": 1, "a": 4, "v": 1, "(": 8, "{": 8}
ROOT = "/org/reeve/Reeve1"
NAME = "org.reeve.Reeve1"


class WireError(Exception):
    def __init__(self, name, text=""):
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


def split(signature):
    """The complete types of a signature."""
    types = []
    while signature:
        n = 0
        while signature[n] == "a":
            n += 1
        if signature[n] in "({":
            depth = 0
            while True:
                depth += (signature[n] in "({") - (signature[n] in ")}")
                n += 1
                if depth == 0:
                    break
        else:
            n += 1
        types.append(signature[:n])
        signature = signature[n:]
    return types


def align_of(kind):
    return FIXED[kind[0]][1] if kind[0] in FIXED else ALIGN[kind[0]]


class Writer:
    def __init__(self):
        self.data = bytearray()

    def pad(self, n):
        self.data += b"\0" * (-len(self.data) % n)

    def put(self, kind, value):
        first = kind[0]
        self.pad(align_of(kind))
        if first in FIXED:
            self.data += struct.pack("<" + FIXED[first][0], value)
        elif first in "so":
            raw = value.encode() if isinstance(value, str) else value
            self.data += struct.pack("<I", len(raw)) + raw + b"\0"
        elif first == "g":
            self.data += bytes([len(value)]) + value.encode() + b"\0"
        elif first == "v":
            self.put("g", value[0])
            self.put(value[0], value[1])
        elif first == "a":
            self.put_array(kind[1:], value)
        else:
            for inner, member in zip(split(kind[1:-1]), value):
                self.put(inner, member)

    def put_array(self, kind, value):
        self.data += b"\0" * 4
        at = len(self.data) - 4
        self.pad(align_of(kind))
        begin = len(self.data)
        for member in value.items() if isinstance(value, dict) else value:
            self.put(kind, member)
        self.data[at:at + 4] = struct.pack("<I", len(self.data) - begin)


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def get(self, kind):
        first = kind[0]
        self.at += -self.at % align_of(kind)
        if first in FIXED:
            value = struct.unpack_from("<" + FIXED[first][0], self.data, self.at)[0]
            self.at += FIXED[first][1]
            return bool(value) if first == "b" else value
        if first in "sog":
            n = self.data[self.at] if first == "g" else struct.unpack_from("<I", self.data, self.at)[0]
            self.at += 1 if first == "g" else 4
            value = bytes(self.data[self.at:self.at + n]).decode()
            self.at += n + 1
            return value
        if first == "v":
            return self.get(self.get("g"))
        if first == "a":
            return self.get_array(kind[1:])
        return tuple(self.get(inner) for inner in split(kind[1:-1]))

    def get_array(self, kind):
        n = struct.unpack_from("<I", self.data, self.at)[0]
        self.at += 4
        self.at += -self.at % align_of(kind)
        end = self.at + n
        members = []
        while self.at < end:
            members.append(self.get(kind))
        return dict(members) if kind[0] == "{" else members


def pack(kind, serial, fields, signature="", body=b""):
    """One message; FIELDS as [(code, (signature, value))]."""
    writer = Writer()
    if signature:
        fields = fields + [(8, ("g", signature))]
    for letter, value in zip("yyyyuu", (ord("l"), kind, 0, 1, len(body), serial)):
        writer.put(letter, value)
    writer.put("a(yv)", fields)
    writer.pad(8)
    return bytes(writer.data) + body


class Message:
    def __init__(self, kind, fields, body):
        self.kind = kind
        self.path, self.interface, self.member = (fields.get(i) for i in (1, 2, 3))
        self.error, self.reply_to = fields.get(4), fields.get(5)
        self.body = body


class Connection:
    """Of a private socket. Signals are handed to ON_SIGNAL as they are met."""

    def __init__(self, path, on_signal=None, pipelined=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        self.buffer = bytearray()
        self.serial = 0
        self.on_signal = on_signal or (lambda message: None)
        try:
            self.socket.connect(path)
            self.introduce(pipelined)
        except (OSError, WireError):
            self.socket.close()
            raise

    def introduce(self, pipelined):
        identity = str(os.geteuid()).encode().hex().encode()
        if pipelined:
            # The first call comes in one read with BEGIN.
            self.socket.sendall(b"\0AUTH EXTERNAL " + identity + b"\r\nBEGIN\r\n" + self.hello())
            self.read_line()
        else:
            self.socket.sendall(b"\0AUTH EXTERNAL " + identity + b"\r\n")
            self.read_line()
            self.socket.sendall(b"BEGIN\r\n")
            self.socket.sendall(self.hello())
        self.name = self.wait_reply(self.serial)[0]

    def hello(self):
        bus = "org.freedesktop.DBus"
        self.serial += 1
        return pack(1, self.serial, [(1, ("o", "/org/freedesktop/DBus")), (2, ("s", bus)), (3, ("s", "Hello")), (6, ("s", bus))])

    def read_line(self):
        while b"\r\n" not in self.buffer:
            self.fill()
        line, _, rest = bytes(self.buffer).partition(b"\r\n")
        self.buffer = bytearray(rest)
        if not line.startswith((b"OK", b"AGREE", b"DATA")):
            raise WireError("auth", line.decode(errors="replace"))

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the daemon closed the connection")
        self.buffer += data

    def take(self):
        """A whole message from the buffer, or None."""
        if len(self.buffer) < 16:
            return None
        n_body, _, n_fields = struct.unpack_from("<III", self.buffer, 4)
        n_head = 16 + n_fields + (-n_fields % 8)
        if len(self.buffer) < n_head + n_body:
            return None
        raw = bytes(self.buffer[:n_head + n_body])
        del self.buffer[:n_head + n_body]
        reader = Reader(raw)
        reader.at = 12
        fields = dict(reader.get("a(yv)"))
        body = Reader(raw[n_head:])
        return Message(raw[1], fields, [body.get(kind) for kind in split(fields.get(8, ""))])

    def poll(self, seconds):
        """Reads what is there, waiting SECONDS at most, and hands on signals."""
        if select.select([self.socket], [], [], seconds)[0]:
            self.fill()
        while message := self.take():
            if message.kind == 4:
                self.on_signal(message)

    def wait_reply(self, serial, timeout=10):
        end = time.monotonic() + timeout
        while True:
            while message := self.take():
                if message.kind == 4:
                    self.on_signal(message)
                elif message.reply_to == serial:
                    if message.kind == 3:
                        raise WireError(message.error, message.body[0] if message.body else "")
                    return message.body
            if time.monotonic() > end:
                raise WireError("timeout", f"no reply within {timeout} s")
            if select.select([self.socket], [], [], 0.1)[0]:
                self.fill()

    def send(self, path, interface, member, signature="", *arguments, destination=NAME):
        writer = Writer()
        for kind, value in zip(split(signature), arguments):
            writer.put(kind, value)
        self.serial += 1
        fields = [(1, ("o", path)), (2, ("s", interface)), (3, ("s", member)), (6, ("s", destination))]
        self.socket.sendall(pack(1, self.serial, fields, signature, bytes(writer.data)))
        return self.serial

    def call(self, path, interface, member, signature="", *arguments, timeout=10, destination=NAME):
        """The reply's arguments as a list."""
        return self.wait_reply(self.send(path, interface, member, signature, *arguments, destination=destination), timeout)

    def add_match(self, rule="type='signal'"):
        self.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", rule, destination="org.freedesktop.DBus")

    def close(self):
        self.socket.close()
