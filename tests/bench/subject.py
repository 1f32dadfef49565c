# SPDX-License-Identifier: LGPL-2.1-or-later
"""One supervisor, run and timed from outside; the floor and reeved in the very same way.

Start: from before its exec to its READY=1 on our socket. Stop: from our SIGTERM to its end. CPU: scheduled nanoseconds
of it and of everything below it. Owns: the life of one run and its directory.
"""
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import shapes

LIMIT = 300  # seconds
NOBODY = 65534


# A run-time directory is in memory, as /run is; on a disk the making of sockets is what would be measured.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Failed(Exception):
    pass


def now_usec():
    return time.monotonic_ns() // 1000


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(pid):
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return []
    return [int(child) for thread in threads for child in read(f"/proc/{pid}/task/{thread}/children").split()]


def scheduled_nsec(pid):
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return 0
    return sum(int((read(f"/proc/{pid}/task/{thread}/schedstat") or "0").split()[0]) for thread in threads)


def switches(pid):
    return sum(int(line.split()[1]) for line in read(f"/proc/{pid}/status").splitlines() if "ctxt_switches" in line)


def memory_kib(pid):
    words = (line.split() for line in read(f"/proc/{pid}/smaps_rollup").splitlines()[1:])
    return {word[0].rstrip(":"): int(word[1]) for word in words}


class Subject:
    """Made for one run: with it as context manager it is up, and gone afterwards."""

    def __init__(self, tools, n, shape, mode="", prefix=(), cgroup=None):
        self.tools, self.n, self.edges, self.prefix, self.cgroup = tools, n, shapes.SHAPES[shape](n), list(prefix), cgroup
        self.dir = tempfile.mkdtemp(prefix="reeve-bench-", dir=MEMORY)
        self.log = self.dir + "/log"
        self.marks = []
        component = tools.path("tiny")
        self.words = {"": [tools.path(tools.component)], "log": [component, "log", self.log, "@name@"],
                      "mark": [component, "mark", self.dir + "/mark"]}[mode]
        open(self.log, "w").close()
        self.ready_socket = self.listen("ready")
        self.mark_socket = self.listen("mark")
        self.mark_socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.process = self.pid = None
        # Without privileges no cgroups can be made: so both sides have none unless both are told to.
        self.uid = NOBODY if tools.can_drop and not cgroup else None
        self.start_usec = self.stop_usec = self.start_cpu_usec = self.usage = None

    def listen(self, name):
        end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        end.bind(f"{self.dir}/{name}")
        return end

    def give(self):
        for path, _, files in os.walk(self.dir if self.uid else ""):
            for name in [".", *files]:
                os.chown(os.path.join(path, name), self.uid, self.uid)

    def enter_cgroup(self):
        if self.cgroup:
            with open(self.cgroup + "/cgroup.procs", "w") as file:
                file.write("0")

    def __enter__(self):
        try:
            command = self.prepare()
            environment = {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": self.dir + "/ready", "FLOOR_DIRECTORY": self.dir}
            self.output = open(self.dir + "/output", "wb+")
            self.give()
            begin = now_usec()
            self.process = subprocess.Popen(self.prefix + command, env=environment, stdin=subprocess.DEVNULL, stdout=self.output,
                                            stderr=subprocess.STDOUT, user=self.uid, group=self.uid,
                                            extra_groups=[] if self.uid else None,
                                            preexec_fn=self.enter_cgroup if self.cgroup else None)
            self.wait_ready()
            self.start_usec = now_usec() - begin
            self.pid = children(self.process.pid)[0] if self.prefix else self.process.pid
            self.parts = children(self.pid)
            self.start_cpu_usec = (scheduled_nsec(self.pid) + sum(map(scheduled_nsec, self.parts))) / 1000
        except BaseException:
            self.clean_up()
            raise
        return self

    def wait_ready(self):
        end = time.monotonic() + LIMIT
        while True:
            for ready in select.select([self.ready_socket, self.mark_socket], [], [], 0.5)[0]:
                if ready is self.mark_socket:
                    self.take_mark()
                elif b"READY=1" in self.ready_socket.recv(65536).split(b"\n"):
                    return
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"{type(self).__name__} of {self.n} did not become ready ({self.process.poll()}): {self.text()}")

    def take_mark(self):
        """(pid, µs of its main())"""
        text, ancillary, _, _ = self.mark_socket.recvmsg(64, socket.CMSG_SPACE(12))
        self.marks.append((struct.unpack("3i", ancillary[0][2][:12])[0], int(text)))
        return self.marks[-1]

    def wait_mark(self):
        if not select.select([self.mark_socket], [], [], 30)[0]:
            raise Failed(f"{type(self).__name__} started nothing again: {self.text()}")
        return self.take_mark()

    def stop(self):
        begin = now_usec()
        os.kill(self.pid, signal.SIGTERM)
        _, status, self.usage = os.wait4(self.process.pid, 0)
        self.stop_usec = now_usec() - begin
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise Failed(f"{type(self).__name__} ended with {self.process.returncode}: {self.text()}")
        return self

    def text(self):
        return read(self.dir + "/output")[-2000:]

    def clean_up(self):
        if self.process and self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        for end in (self.ready_socket, self.mark_socket, self.output):
            end.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __exit__(self, *_):
        try:
            if self.process.returncode is None:
                self.stop()
        finally:
            self.clean_up()


class Floor(Subject):
    def prepare(self):
        with open(self.dir + "/edges", "w") as file:
            file.write(shapes.edge_lines(self.edges))
        more = ["--cgroups", self.cgroup] if self.cgroup else []
        return [self.tools.path("floor"), *more, str(self.n), self.dir + "/edges", *self.words]

    def status_command(self):
        return [self.tools.path("tiny"), "ask", self.dir + "/status"]


class Reeve(Subject):
    def prepare(self):
        os.mkdir(self.dir + "/modules")
        os.mkdir(self.dir + "/config")
        with open(self.dir + "/modules/shape.module", "w") as file:
            file.write(shapes.module(self.n, self.edges, " ".join(self.words)))
        with open(self.dir + "/config/reeved.conf", "w") as file:
            file.write("[Container]\nBus=none\nStopBudgetSec=1h\n" + self.tools.settings)
        return [self.tools.reeved, "--modules", self.dir + "/modules", "--config", self.dir + "/config",
                "--runtime-directory", self.dir + "/run"]

    def status_command(self):
        return [self.tools.reevectl, "--address", f"unix:path={self.dir}/run/bus", "status", "c0"]


SUBJECTS = (Floor, Reeve)
