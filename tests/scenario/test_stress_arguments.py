# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every method and every property that introspection tells of, with whatever arguments: exactly one answer, soon."""
import time
import xml.etree.ElementTree as xml

import harness
import test_bus_hostile as hostile
import wire
from harness import CONTAINER, graph
from stress_kit import FULL, Stress

EDGES = {"db": [], "api": ["db"], "web-1": ["api"], "lazy": []}
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
ROUNDS = 300 if FULL else 8


class Arguments(Stress):
    value = hostile.BusHostile.value
    replies = hostile.BusHostile.replies

    def walk(self, reeve):
        """{path: its introspection}, from the root down."""
        found, left = {}, ["/"]
        while left:
            path = left.pop()
            tree = xml.fromstring(reeve.bus.call(path, INTROSPECTABLE, "Introspect")[0])
            found[path] = tree
            left += [path.rstrip("/") + "/" + node.get("name") for node in tree.findall("node")]
        return found

    def members(self, reeve):
        """[(path, interface, method, signature)] and [(path, interface, property)]"""
        methods, properties = [], []
        for path, tree in sorted(self.walk(reeve).items()):
            for interface in tree.findall("interface"):
                name = interface.get("name")
                methods += [(path, name, method.get("name"), "".join(arg.get("type") for arg in method.findall("arg") if arg.get("direction") != "out"))
                            for method in interface.findall("method")]
                properties += [(path, name, entry.get("name")) for entry in interface.findall("property")]
        return methods, properties

    def ask(self, client, path, interface, member, signature):
        arguments = [self.value(self.chance, kind) for kind in wire.split(signature)]
        begin = time.monotonic()
        n = self.replies(client, client.send(path, interface, member, signature, *arguments))
        self.assertEqual(n, 1, (path, interface, member, signature, str(arguments)[:500]))
        return time.monotonic() - begin

    def test_every_method_and_property(self):  # P35
        reeve = self.reeve(graph(EDGES, lines={"lazy": "Start=lazy"})).start()
        reeve.ask("Reset", "db")
        methods, properties = self.members(reeve)
        names = {method for _, _, method, _ in methods}
        self.assertLessEqual({"Start", "Stop", "Restart", "Reset", "Explain", "GetEvents", "GetGraph", "Shutdown"}, names)
        self.assertGreater(len(properties), 30)
        client = wire.Connection(reeve.runtime + "/bus")
        self.addCleanup(client.close)
        self.ask(client, wire.ROOT, hostile.PROPERTIES, "GetAll", "s")
        before, worst, n = harness.memory_of(reeve.pid), 0, 0
        for _ in range(ROUNDS):
            for path, interface, member, signature in methods:
                if member != "Shutdown":  # it does what it says; here it is only asked for in words it does not understand
                    worst = max(worst, self.ask(client, path, interface, member, signature))
                odd = self.chance.choice(hostile.SIGNATURES + (signature + "s", signature[:-1] if signature[-1:].isalpha() else "s"))
                if odd != signature:
                    worst = max(worst, self.ask(client, path, interface, member, odd))
                n += 2
            for path, interface, name in self.chance.sample(properties, 20):
                for member, signature, arguments in (("Get", "ss", (interface, name)), ("Get", "ss", (interface, name + "x")),
                                                     ("Set", "ssv", (interface, name, ("s", self.chance.choice(hostile.TEXTS))))):
                    self.assertEqual(self.replies(client, client.send(path, hostile.PROPERTIES, member, signature, *arguments)), 1, (name, member))
                    n += 1
        print(f"\n{len(methods)} methods and {len(properties)} properties: {n} calls, each answered once, the slowest after {worst * 1e3:.1f} ms; "
              f"RSS {before} -> {harness.memory_of(reeve.pid)} KiB")
        self.assertLess(worst, 1)
        self.assertLess(harness.memory_of(reeve.pid) - before, hostile.GROWTH)
        self.assertEqual(reeve.container("State"), "running")


if __name__ == "__main__":
    harness.main()
