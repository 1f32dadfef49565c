# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/examples/stack with the distribution's redis-server and nginx: real requests through all of it."""
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import unittest

import harness
from harness import Scenario

STACK = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../docs/examples/stack")
PROGRAMS = ("redis-server", "redis-cli", "nginx", "bash", "systemd-notify")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
MISSING = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
ORDER = ["store", "migrate", "pages", "web"]


class Copy:
    """One that runs, and what a customer and an administrator do with it."""
    def __init__(self, test, reeve):
        self.test, self.reeve = test, reeve

    def address(self, name, endpoint):
        host, port = self.reeve.get(name, "Endpoints")[endpoint].split(":")
        return host, int(port)

    def get(self, path):
        """(status, body), or None while nobody answers."""
        connection = http.client.HTTPConnection(*self.address("web", "http"), timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def product(self, number):
        answer = self.get(f"/products/{number}")
        return json.loads(answer[1])["name"] if answer and answer[0] == 200 else None

    def store(self, *words):
        host, port = self.address("store", "redis")
        done = subprocess.run(["redis-cli", "-e", "-h", host, "-p", str(port), *words], capture_output=True, text=True, timeout=10)
        self.test.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def change(self, number, name):
        """Through redis, the script and nginx."""
        self.store("HSET", "products", str(number), name)
        self.store("RPUSH", "changed", str(number))
        self.reeve.wait(f"product {number} is {name}", lambda: self.product(number) == name)

    def ready_order(self, since=0):
        return [event.component for event in self.reeve.events if event.seq > since and event.kind == "transition" and event.to == "ready"]

    def kill_and_recover(self, name, restarted):
        seq = self.reeve.events[-1].seq
        pids = {other: self.reeve.get(other, "MainPid") for other in ORDER}
        harness.kill(pids[name])
        self.reeve.wait(f"{restarted} are ready again",
                        lambda: set(restarted) <= set(self.ready_order(seq)) and all(self.reeve.state(other) == "ready" for other in ORDER))
        self.test.assertEqual(self.ready_order(seq), restarted)
        for other in ORDER:
            if other != "migrate":  # a oneshot has no process
                self.test.assertEqual(self.reeve.get(other, "MainPid") == pids[other], other not in restarted, other)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Stack(Scenario):
    def up(self, at="first"):
        with open(os.path.join(STACK, "stack.module")) as file:
            module, n = re.subn("^stack=.*$", "stack=" + STACK, file.read(), flags=re.M)
        self.assertEqual(n, 1)
        os.environ["PATH"] = PATH
        return Copy(self, self.reeve(module, at=at).start())

    def test_requests(self):  # §64: notify and oneshot
        stack = self.up()
        self.assertEqual(stack.ready_order(), ORDER)
        # Ready means that it answers, at once.
        self.assertEqual([stack.product(number) for number in (1, 2, 3)], ["tea", "rice", "lamp"])
        self.assertEqual(stack.get("/products/4")[0], 404)
        self.assertEqual(stack.get("/../store/appendonlydir")[0], 400)
        stack.change(4, "chair")
        self.assertEqual(stack.store("GET", "scheme"), "1")

    def test_two(self):  # ports and paths are injected: copies do not get in each other's way
        copies = [self.up(), self.up("second")]
        self.assertEqual(len({copy.address(*what) for copy in copies for what in (("store", "redis"), ("web", "http"))}), 4)
        for copy, name in zip(copies, ("cup", "spoon")):
            copy.change(1, name)
        self.assertEqual([copy.product(1) for copy in copies], ["cup", "spoon"])
        copies[0].kill_and_recover("store", ORDER)
        copies[1].reeve.stop()
        self.assertEqual(copies[0].product(1), "cup")

    def test_parts_are_killed(self):  # §103, §104
        stack = self.up()
        stack.change(1, "coffee")
        stack.kill_and_recover("web", ["web"])
        self.assertEqual(stack.product(1), "coffee")
        stack.kill_and_recover("pages", ["pages", "web"])
        self.assertEqual(stack.product(1), "coffee")
        # The store keeps what it was told, and the migration finds nothing to do.
        stack.kill_and_recover("store", ORDER)
        self.assertEqual(stack.product(1), "coffee")
        stack.change(2, "bread")

    def test_stop_in_order(self):  # §98
        stack = self.up()
        reeve, address = stack.reeve, stack.address("web", "http")
        seq = reeve.events[-1].seq
        reeve.terminate()
        # The daemon goes with its history: what it said until then is on the wire.
        gone = []
        while len(gone) < len(ORDER):
            gone = [event.component for event in reeve.events if event.seq > seq and event.to == "inactive"]
            try:
                reeve.bus.poll(harness.STEP)
            except OSError:
                break
        self.assertEqual(gone, ORDER[::-1])
        self.assertEqual(reeve.wait_exit(), 0)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(address, timeout=5)


if __name__ == "__main__":
    harness.main()
