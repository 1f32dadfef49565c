# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that do not read, do not finish, do not speak D-Bus, or ask for nonsense: others are served as before."""
import gc
import os
import random
import socket
import struct
import time

import harness
import wire
from harness import COMPONENT, CONTAINER, Scenario, graph
from pace import Pace
from stress_kit import FULL

CHAIN = {"db": [], "api": ["db"], "web-1": ["api"]}
PROPERTIES = "org.freedesktop.DBus.Properties"
QUICK = 0.1         # what others may wait (P30, P31)
GROWTH = 16 * 1024  # KiB (P30)
SEED = 20251122
INTERFACES = (CONTAINER, COMPONENT, harness.CHANGE, wire.NAME + ".Module", PROPERTIES, "org.freedesktop.DBus.Introspectable",
              "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus",
              "org.freedesktop.DBus.Monitoring", "a.b")
MEMBERS = ("Start", "Stop", "Restart", "Reset", "Refresh", "Plan", "Explain", "GetEvents", "GetEventsOf", "GetGraph", "GetStartup",
            "GetCriticalPath", "Get", "GetAll", "Set",
           "Introspect", "Ping", "GetMachineId", "GetManagedObjects", "Hello", "AddMatch", "RemoveMatch", "GetNameOwner",
           "GetConnectionCredentials", "BecomeMonitor", "StartServiceByName", "RequestName", "ListNames", "NoSuch")
PATHS = ("/", "/org", wire.ROOT, wire.ROOT + "/component", wire.ROOT + "/component/db", wire.ROOT + "/component/web_2d1",
         wire.ROOT + "/component/_", wire.ROOT + "/component/_00", wire.ROOT + "/component/_zz", wire.ROOT + "/component/db/x",
         wire.ROOT + "/component/" + "a" * 5000, wire.ROOT + "/change/1", wire.ROOT + "/change/0",
         wire.ROOT + "/change/18446744073709551616", wire.ROOT + "/change/-1", wire.ROOT + "/module/test",
         wire.ROOT + "/module/_", "/org/freedesktop/DBus")
PATHS = tuple(path for path in PATHS if "-" not in path)
TEXTS = ("db", "web-1", "", "x" * 300, "x" * 100000, "dot", "json", "é\x07", "../../etc", "State", CONTAINER, COMPONENT, "%n%s", "db\n")
NUMBERS = {"y": (0, 255), "b": (0, 1), "n": (-2**15, 2**15 - 1), "q": (0, 2**16 - 1), "i": (-2**31, 2**31 - 1), "u": (0, 2**32 - 1),
           "x": (-2**63, 2**63 - 1), "t": (0, 1, 2**64 - 1), "d": (0.0, float("inf"), float("nan"))}
SIGNATURES = ("", "s", "sa{sv}", "a{sv}", "t", "ss", "ssv", "su", "as", "v", "o", "asu", "y", "d", "(ss)", "a(sss)", "aav", "x", "sss")


class BusHostile(Scenario):
    def path(self, reeve):
        return reeve.runtime + "/bus"

    def open(self, reeve):
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end.settimeout(5)
        end.connect(self.path(reeve))
        self.addCleanup(end.close)
        return end

    def descriptors(self, reeve):
        return len(os.listdir(f"/proc/{reeve.pid}/fd"))

    def others(self, reeve):
        """How long a newcomer waits for an answer, the way in included."""
        pace = Pace(reeve.pid)
        client = wire.Connection(self.path(reeve))
        self.assertEqual(client.call(wire.ROOT, PROPERTIES, "Get", "ss", CONTAINER, "State"), ["running"])
        client.close()
        return pace.seconds()

    def limit(self):
        return QUICK * (10 if harness.SANITIZED else 1)

    def call_of(self, member, interface, signature="", *arguments):
        writer = wire.Writer()
        for kind, value in zip(wire.split(signature), arguments):
            writer.put(kind, value)
        fields = [(1, ("o", wire.ROOT)), (2, ("s", interface)), (3, ("s", member)), (6, ("s", wire.NAME))]
        return wire.pack(1, 7, fields, signature, bytes(writer.data))

    def flood(self, reeve, message, n):
        """Sends N times MESSAGE and reads nothing; whether it was cut off, and the longest wait of others."""
        end = self.open(reeve)
        end.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        end.recv(100)
        end.sendall(b"BEGIN\r\n")
        end.settimeout(2)
        worst, sent = 0, 0
        try:
            for i in range(n // 100):
                end.sendall(message * 100)
                sent += 100
                if i % 50 == 0:
                    worst = max(worst, self.others(reeve))
        except OSError:
            pass
        worst = max(worst, self.others(reeve))
        end.close()
        return sent < n, worst

    def test_never_reading(self):  # P30
        reeve = self.reeve(graph(CHAIN)).start()
        self.others(reeve)
        before, n_before = harness.memory_of(reeve.pid), self.descriptors(reeve)
        for message, n in ((self.call_of("Ping", "org.freedesktop.DBus.Peer"), 100_000),
                           (self.call_of("GetManagedObjects", "org.freedesktop.DBus.ObjectManager"), 100_000),
                           (self.call_of("GetEvents", CONTAINER, "t", 0), 100_000),
                           (self.call_of("GetEventsOf", CONTAINER, "su", "web", 64), 100_000),
                           (self.call_of("GetGraph", CONTAINER, "s", "dot"), 100_000),
                           (self.call_of("Introspect", "org.freedesktop.DBus.Introspectable"), 100_000),
                           (self.call_of("Reset", CONTAINER, "sa{sv}", "db", {}), 100_000)):
            is_cut, worst = self.flood(reeve, message, n)
            self.assertTrue(is_cut, message)
            self.assertLess(worst, self.limit())
            self.assertLess(harness.memory_of(reeve.pid) - before, GROWTH)
        reeve.wait("descriptors are given back", lambda: self.descriptors(reeve) <= n_before)
        self.assertEqual(reeve.state("db"), "ready")

    def test_deaf_subscribers(self):  # P32
        reeve = self.reeve(graph(CHAIN)).start()
        deaf = [wire.Connection(self.path(reeve)) for _ in range(20)]
        for client in deaf:
            self.addCleanup(client.close)
            client.add_match()
        for _ in range(30):
            reeve.verb("Reset", "db")
        before = harness.memory_of(reeve.pid)
        for _ in range(100):
            reeve.verb("Restart", "web-1")
        self.assertLess(harness.memory_of(reeve.pid) - before, 8 * 1024)
        self.assertLess(self.others(reeve), self.limit())
        # one wakes up: what it missed is there, in order, up to the newest
        heard = []
        deaf[0].on_signal = lambda message: heard.append(message)
        last = reeve.history()[-1].seq
        reeve.wait("it catches up", lambda: deaf[0].poll(0) or any(m.member == "Event" and m.body[0] == last for m in heard))
        sequence = [message.body[0] for message in heard if message.member == "Event"]
        self.assertEqual(sequence, sorted(set(sequence)))

    def test_half_authenticated(self):  # P31
        reeve = self.reeve(graph(CHAIN)).start()
        n_before, worst = self.descriptors(reeve), 0
        ends = []
        starts = (b"", b"\0", b"\0AUTH", b"\0AUTH EXTERNAL 30\r\n", b"\0AUTH EXTERNAL\r\n", b"\0" + b"x" * 2000, b"GET / HTTP/1.1\r\n\r\n")
        for i in range(300):
            end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            end.settimeout(1)
            try:
                end.connect(self.path(reeve))
                end.sendall(starts[i % len(starts)])
            except OSError:
                pass
            ends.append(end)
            if i % 20 == 0:
                worst = max(worst, self.others(reeve))
        worst = max(worst, self.others(reeve))
        print(f"\n300 half-authenticated: others wait {worst * 1e3:.1f} ms at most")
        self.assertLess(worst, self.limit())
        self.assertLess(self.descriptors(reeve) - n_before, 40)
        reeve.wait("they are thrown out", lambda: self.descriptors(reeve) <= n_before, 8)
        for end in ends:
            end.close()

    def test_endless_authentication(self):  # P31
        reeve = self.reeve(graph(CHAIN)).start()
        before = harness.memory_of(reeve.pid)
        for line in (b"NEGOTIATE_UNIX_FD\r\n" * 100, b"AUTH\r\n" * 100, b"x" * 4096):
            end = self.open(reeve)
            end.sendall(b"\0")
            with self.assertRaises(OSError):
                for _ in range(20000):
                    end.sendall(line)
            self.assertLess(self.others(reeve), self.limit())
        self.assertLess(harness.memory_of(reeve.pid) - before, GROWTH)

    def connect_raw(self, reeve):
        end = self.open(reeve)
        end.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        end.recv(100)
        end.sendall(b"BEGIN\r\n")
        return end

    def test_malformed_bytes(self):  # P32: only that connection ends
        reeve = self.reeve(graph(CHAIN)).start()
        chance = random.Random(SEED)
        good = [self.call_of("GetEvents", CONTAINER, "t", 0), self.call_of("Explain", CONTAINER, "s", "db"),
                self.call_of("Get", PROPERTIES, "ss", CONTAINER, "State"), self.call_of("Start", CONTAINER, "sa{sv}", "db", {})]
        huge = struct.pack("<BBBBIII", ord("l"), 1, 0, 1, 2**27, 1, 2**26)
        n_before = self.descriptors(reeve)
        for i in range(2039 if FULL else 700):
            message = bytearray(chance.choice(good))
            for _ in range(chance.randint(1, 6)):
                message[chance.randrange(len(message))] = chance.randrange(256)
            if i % 10 == 0:
                message = bytearray(huge) + os.urandom(64)
            elif i % 10 == 1:
                message = message[:chance.randrange(len(message))]
            end = self.connect_raw(reeve)
            try:
                end.sendall(bytes(message))
            except OSError:
                pass
            end.close()
        self.assertLess(self.others(reeve), self.limit())
        reeve.wait("descriptors are given back", lambda: self.descriptors(reeve) <= n_before)
        self.assertEqual(reeve.container("State"), "running")

    def value(self, chance, kind):
        first = kind[0]
        if first in NUMBERS:
            return chance.choice(NUMBERS[first])
        if first == "s":
            return chance.choice(TEXTS)
        if first == "o":
            return chance.choice(PATHS)
        if first == "g":
            return chance.choice(("", "s", "a{sv}"))
        if first == "v":
            inner = chance.choice(("s", "b", "t", "as", "a{sv}"))
            return inner, self.value(chance, inner)
        if first == "a" and kind[1] == "{":
            names = chance.sample(("cascade", "wait", "format", "", "x" * 1000, "é"), chance.randint(0, 3))
            return {name: self.value(chance, "v") for name in names}
        if first == "a":
            return [self.value(chance, kind[1:]) for _ in range(chance.randint(0, 3))]
        return [self.value(chance, inner) for inner in wire.split(kind[1:-1])]

    def replies(self, client, serial):
        """How many answers SERIAL gets until that of a ping behind it."""
        ping = client.send(wire.ROOT, "org.freedesktop.DBus.Peer", "Ping")
        n, end = 0, time.monotonic() + 5
        while time.monotonic() < end:
            while message := client.take():
                if message.kind in (2, 3) and message.reply_to == serial:
                    n += 1
                elif message.kind in (2, 3) and message.reply_to == ping:
                    return n
            client.fill()
        self.fail("no answer to a ping")

    def test_exactly_one_reply(self):  # P35
        reeve = self.reeve(graph(CHAIN)).start()
        chance = random.Random(SEED)
        client = wire.Connection(self.path(reeve))
        self.addCleanup(lambda: client.close())
        self.assertEqual(self.replies(client, client.send(wire.ROOT, PROPERTIES, "GetAll", "s", CONTAINER)), 1)
        before = harness.memory_of(reeve.pid)
        worst = 0
        for _ in range(600):
            signature = chance.choice(SIGNATURES)
            what = (chance.choice(PATHS), chance.choice(INTERFACES), chance.choice(MEMBERS), signature)
            arguments = [self.value(chance, kind) for kind in wire.split(signature)]
            begin = time.monotonic()
            serial = client.send(*what, *arguments)
            self.assertEqual(self.replies(client, serial), 1, (what, arguments))
            worst = max(worst, time.monotonic() - begin)
        self.assertLess(worst, 1)
        self.assertLess(harness.memory_of(reeve.pid) - before, GROWTH)
        self.assertEqual(reeve.container("State"), "running")

    def test_every_property(self):  # P35
        reeve = self.reeve(graph(CHAIN)).start()
        change = reeve.ask("Reset", "db")
        for path, interface in ((wire.ROOT, CONTAINER), (wire.ROOT + "/component/db", COMPONENT), (change, harness.CHANGE),
                                (wire.ROOT + "/module/test", wire.NAME + ".Module")):
            everything = reeve.bus.call(path, PROPERTIES, "GetAll", "s", interface)[0]
            self.assertGreater(len(everything), 5)
            for name in everything:
                reeve.property(path, interface, name)
                for kind, value in (("s", "x"), ("t", 1), ("as", [])):
                    with self.assertRaises(wire.WireError):
                        reeve.bus.call(path, PROPERTIES, "Set", "ssv", interface, name, (kind, value))
            self.assertEqual(set(everything), set(reeve.bus.call(path, PROPERTIES, "GetAll", "s", interface)[0]))

    def test_many_connections(self):  # reliability.md §3: caps for each user; who is in stays in
        reeve = self.reeve(graph(CHAIN)).start()
        clients = []
        with self.assertRaises((OSError, wire.WireError)):
            for _ in range(200):
                clients.append(wire.Connection(self.path(reeve)))
        self.assertGreaterEqual(len(clients), 16)
        self.assertEqual(reeve.container("State"), "running")
        self.assertEqual(clients[0].call(wire.ROOT, PROPERTIES, "Get", "ss", CONTAINER, "State"), ["running"])
        for client in clients:
            client.close()
        gc.collect()
        reeve.wait("there is room again", lambda: self.others(reeve) < 5 if self.has_room(reeve) else None)

    def has_room(self, reeve):
        try:
            wire.Connection(self.path(reeve)).close()
            return True
        except (OSError, wire.WireError):
            return False


if __name__ == "__main__":
    harness.main()
