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


def free_port():
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Stack(Scenario):
    def up(self):
        self.port = free_port()
        here = os.path.join(self.dir, "stack")
        shutil.copytree(STACK, here)
        text = {}
        for name in ("stack.module", "nginx.conf"):
            with open(os.path.join(here, name)) as file:
                text[name] = file.read()
        with open(os.path.join(here, "nginx.conf"), "w") as file:
            file.write(text["nginx.conf"].replace("listen 127.0.0.1:18081;", f"listen 127.0.0.1:{self.port};"))
        module, n = re.subn("^stack=.*$", "stack=" + here, text["stack.module"], flags=re.M)
        self.assertEqual(n, 1)
        os.environ["PATH"] = PATH
        self.stack = self.reeve(module).start()
        return self.stack

    def get(self, path):
        """(status, body), or None while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
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
        done = subprocess.run(["redis-cli", "-e", "-s", self.stack.runtime + "/c/store/redis", *words], capture_output=True,
                              text=True, timeout=10)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def change(self, number, name):
        """Through redis, the script and nginx."""
        self.store("HSET", "products", str(number), name)
        self.store("RPUSH", "changed", str(number))
        self.stack.wait(f"product {number} is {name}", lambda: self.product(number) == name)

    def pid(self, name):
        return self.stack.get(name, "MainPid")

    def ready_order(self, since=0):
        return [event.component for event in self.stack.events if event.seq > since and event.kind == "transition" and event.to == "ready"]

    def kill_and_recover(self, name, restarted):
        seq = self.stack.events[-1].seq
        pids = {other: self.pid(other) for other in ORDER}
        harness.kill(pids[name])
        self.stack.wait(f"{restarted} are ready again",
                        lambda: set(restarted) <= set(self.ready_order(seq)) and all(self.stack.state(other) == "ready" for other in ORDER))
        self.assertEqual(self.ready_order(seq), restarted)
        for other in ORDER:
            if other != "migrate":  # a oneshot has no process
                self.assertEqual(self.pid(other) == pids[other], other not in restarted, other)

    def test_requests(self):  # §64: notify and oneshot
        self.up()
        self.assertEqual(self.ready_order(), ORDER)
        # Ready means that it answers, at once.
        self.assertEqual([self.product(number) for number in (1, 2, 3)], ["tea", "rice", "lamp"])
        self.assertEqual(self.get("/products/4")[0], 404)
        self.assertEqual(self.get("/../store/appendonlydir")[0], 400)
        self.change(4, "chair")
        self.assertEqual(self.store("GET", "scheme"), "1")

    def test_parts_are_killed(self):  # §103, §104
        self.up()
        self.change(1, "coffee")
        self.kill_and_recover("web", ["web"])
        self.assertEqual(self.product(1), "coffee")
        self.kill_and_recover("pages", ["pages", "web"])
        self.assertEqual(self.product(1), "coffee")
        # The store keeps what it was told, and the migration finds nothing to do.
        self.kill_and_recover("store", ORDER)
        self.assertEqual(self.product(1), "coffee")
        self.change(2, "bread")

    def test_stop_in_order(self):  # §98
        stack = self.up()
        seq = stack.events[-1].seq
        stack.terminate()
        # The daemon goes with its history: what it said until then is on the wire.
        gone = []
        while len(gone) < len(ORDER):
            gone = [event.component for event in stack.events if event.seq > seq and event.to == "inactive"]
            try:
                stack.bus.poll(harness.STEP)
            except OSError:
                break
        self.assertEqual(gone, ORDER[::-1])
        self.assertEqual(stack.wait_exit(), 0)
        self.assertIsNone(self.get("/products/1"))


if __name__ == "__main__":
    harness.main()
