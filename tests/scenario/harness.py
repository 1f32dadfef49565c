# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the real reeved on a private socket, with actors for components, and looks at both from outside.

Owns: the daemon's life in a test, its directory, its readings, the judgement that nothing is left.
Does not own: what a test wants to see. Use: test_X.py REEVED REEVECTL ACTOR [unittest arguments].
"""
import collections
import ctypes
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import wire
from actor_log import Log
from superior import SuperiorSocket

REEVED = REEVECTL = ACTOR = None
SANITIZED = False   # such a build needs memory and calls of its own
LIMIT = 40          # seconds a test may take
STEP = 0.01         # between two looks at a file
CONTAINER = wire.NAME + ".Container"
COMPONENT = wire.NAME + ".Component"
CHANGE = wire.NAME + ".Change"

Event = collections.namedtuple("Event", "seq usec kind component incarnation from_ to sub_state reason text number")


def now_usec():
    return time.monotonic_ns() // 1000


def encode(name):
    """sd_bus_path_encode(3) of a label."""
    return "".join(c if c.isalpha() or (c.isdigit() and i) else "_%02x" % ord(c) for i, c in enumerate(name)) or "_"


def status_of(pid):
    """Words of /proc/PID/status, or {} when the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return {}


def read(path):
    """What PATH has in it, or None."""
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return None


def is_alive(pid):
    return status_of(pid).get("State", "Z")[0] not in "ZX"


def parent_of(pid):
    return int(status_of(pid).get("PPid", "0"))


def memory_of(pid):
    """Resident, KiB; 0 in a sanitized build, where freed memory is kept on purpose."""
    return 0 if SANITIZED else int(status_of(pid)["VmRSS"].split()[0])


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Reeve:
    """One daemon and everything around it."""

    def __init__(self, case, modules, settings="", args=(), environment=None, uid=None, at="d", foreground=False):
        self.case = case
        self.dir = os.path.join(case.dir, at)
        self.log = Log(os.path.join(self.dir, "actors", "log"))
        self.modules = os.path.join(self.dir, "modules")
        self.config = os.path.join(self.dir, "config")
        self.runtime = os.path.join(self.dir, "run")
        self.args, self.uid, self.foreground = list(args), uid, foreground
        self.environment = environment or {}
        self.process = self.bus = None
        self.events, self.status = [], None
        for path in (self.modules, self.config, self.log.path[:-4], self.dir + "/files"):
            os.makedirs(path)
        os.chmod(self.log.path[:-4], 0o777)
        os.chmod(self.dir + "/files", 0o777)
        with open(self.log.path, "w"):
            os.chmod(self.log.path, 0o666)
        self.write(modules if isinstance(modules, dict) else {"test.module": modules})
        with open(self.config + "/reeved.conf", "w") as file:
            file.write("[Container]\nBus=none\n" + settings)
        self.superior = SuperiorSocket(self.dir + "/manager")
        case.daemons.append(self)

    def expand(self, text):
        return (text.replace("@actor@", f"{ACTOR} --log={self.log.path}").replace("@program@", ACTOR)
                .replace("@files@", self.dir + "/files").replace("@dir@", self.dir))

    def write(self, modules):
        for name, text in modules.items():
            path = os.path.join(self.modules, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(self.expand(text))

    def file(self, name):
        return f"{self.dir}/files/{name}"

    def command(self, *args):
        return [REEVED, "--modules", self.modules, "--config", self.config, *args]

    def offline(self, *args):
        """--check and the like; (status, standard output, standard error)"""
        done = subprocess.run(self.command(*self.args, *args), capture_output=True, text=True, errors="replace", timeout=20)
        return done.returncode, done.stdout, done.stderr

    def start(self, wait=True):
        environment = {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": self.superior.path, **self.environment}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        more = ["--foreground"] if self.foreground else []
        if self.uid is not None:
            for path, _, files in os.walk(self.dir):
                for name in [".", *files]:
                    os.chown(os.path.join(path, name), self.uid, self.uid)
        self.output = open(self.dir + "/output", "wb+")
        self.started_usec = now_usec()
        # SIGPIPE and others are as a service manager leaves them, not as this interpreter does.
        self.process = subprocess.Popen(self.command("--runtime-directory", self.runtime, *more, *self.args), env=environment,
                                        stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
                                        start_new_session=True, cwd="/", user=self.uid, group=self.uid,
                                        extra_groups=[] if self.uid is not None else None)
        if wait:
            self.wait_ready()
        return self

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        with open(self.dir + "/output", errors="replace") as file:
            return file.read()

    def fail(self, what):
        states = ""
        if self.bus and self.process.poll() is None:
            try:
                states = "\nstates: " + str({name: self.state(name) for name in self.names()})
                states += "\nevents: " + "\n        ".join(str(tuple(event)) for event in self.history()[-30:])
            except (OSError, wire.WireError) as error:
                states = f"\nno answer: {error}"
        log = "\n".join("%d %s %s %s" % line for line in self.log.lines()[-40:])
        raise AssertionError(f"{what}{states}\nactors:\n{log}\nreeved ({self.process.poll()}) said:\n{self.text()[-3000:]}")

    # Waiting

    def wait(self, what, predicate, timeout=10):
        """Until PREDICATE() gives something true, looked at again at each signal of the daemon and at each step."""
        end = time.monotonic() + timeout
        self.hear(0)  # also where there is nothing to wait for: what nobody reads piles up before the next answer
        while True:
            value = predicate()
            if value:
                return value
            if time.monotonic() > end:
                self.fail(f"not within {timeout} s: {what}")
            if not self.hear(STEP):
                time.sleep(STEP)

    def hear(self, seconds):
        """What the daemon says, waiting for it as long; False: it cannot say anything."""
        try:
            if self.bus:
                self.bus.poll(seconds)
        except OSError:
            self.disconnect()
        return self.bus is not None

    def wait_ready(self, timeout=15):
        def is_up():
            if self.process.poll() is not None:
                self.fail(f"reeved ended with {self.process.returncode} before it was ready")
            return self.superior.has("READY", "1")
        self.wait("READY=1", is_up, timeout)
        self.let_begin()
        return self.connect()

    def actors(self):
        """The pids of those that the daemon has executed and that write into the log."""
        for path in glob.glob(f"/proc/{self.pid}/task/*/children"):
            for pid in (read(path) or "").split():
                try:
                    is_actor = os.readlink(f"/proc/{pid}/exe") == ACTOR
                except OSError:  # ended meanwhile
                    continue
                line = read(f"/proc/{pid}/cmdline") if is_actor else None
                if line is not None and (line == "" or "\0--log=" in line):  # empty: it is being executed at this moment
                    yield pid

    def let_begin(self):
        """Type=simple is ready when it is executed: gives actors a moment to say in the log that they are."""
        end = time.monotonic() + 5
        while set(self.actors()) - {line.detail for line in self.log.lines("start")} and time.monotonic() < end:
            time.sleep(STEP)

    def wait_exit(self, timeout=15):
        try:
            self.status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"reeved did not end within {timeout} s")
        self.superior.drain()
        self.disconnect()
        return self.status

    def wait_line(self, event, name, count=1, timeout=10):
        def enough():
            lines = self.log.lines(event, name)
            return lines[count - 1] if len(lines) >= count else None
        return self.wait(f"{name} logs {event} {count}×", enough, timeout)

    def wait_state(self, name, state, timeout=10, sub_state=None):
        def is_there():
            return self.state(name) == state and sub_state in (None, self.get(name, "SubState"))
        self.wait(f"{name} is {state} {sub_state or ''}", is_there, timeout)
        self.let_begin()

    def let_go(self, name="go"):
        """What waits for this file goes on."""
        with open(self.file(name), "w"):
            pass

    def wait_passed(self, name, state, sub_state=None, timeout=10):
        """NAME is there, or has been: for what does not stay."""
        return self.wait_event(f"{name} passes {state} {sub_state or ''}", lambda event: event.component == name and event.to == state
                               and sub_state in (None, event.sub_state), timeout)

    def wait_event(self, what, predicate, timeout=10):
        return self.wait(what, lambda: next((event for event in self.events if predicate(event)), None), timeout)

    # D-Bus

    def connect(self, timeout=5):
        def try_it():
            try:
                return wire.Connection(self.runtime + "/bus", self.on_signal)
            except (FileNotFoundError, ConnectionRefusedError):
                return None
        if not self.bus:
            self.bus = self.wait("the private socket", try_it, timeout)
            self.bus.add_match()
            self.events = self.history()
        return self

    def disconnect(self):
        if self.bus:
            self.bus.close()
            self.bus = None

    def on_signal(self, message):
        if message.member == "Event":
            self.events.append(Event(*message.body))

    def history(self):
        events, since = [], 0
        while True:
            some, since, _ = self.bus.call(wire.ROOT, CONTAINER, "GetEvents", "t", since)
            if not some:
                return events
            events += [Event(*event) for event in some]

    def call(self, member, signature="", *arguments, timeout=10):
        return self.bus.call(wire.ROOT, CONTAINER, member, signature, *arguments, timeout=timeout)

    def property(self, path, interface, name):
        return self.bus.call(path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)[0]

    def container(self, name):
        return self.property(wire.ROOT, CONTAINER, name)

    def get(self, component, name):
        return self.property(f"{wire.ROOT}/component/{encode(component)}", COMPONENT, name)

    def state(self, component):
        return self.get(component, "State")

    def names(self):
        objects = self.bus.call(wire.ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        return sorted(object_[COMPONENT]["Name"] for object_ in objects.values() if COMPONENT in object_)

    def verb(self, member, name, **options):
        """Start, Stop, Restart, Reset; waits for the end of the change: its state and error."""
        return self.wait_change(self.ask(member, name, **options))

    def ask(self, member, name, **options):
        return self.call(member, "sa{sv}", name, {key: ("b", value) for key, value in options.items()})[0]

    def wait_change(self, path, timeout=15):
        self.wait(f"{path} ends", lambda: self.property(path, CHANGE, "State") != "doing" or None, timeout)
        return self.property(path, CHANGE, "State"), self.property(path, CHANGE, "Error")

    def ctl(self, *args, timeout=20):
        return subprocess.run([REEVECTL, "--address", f"unix:path={self.runtime}/bus", *args], capture_output=True, text=True,
                              timeout=timeout)

    def ctl_json(self, *args):
        return json.loads(self.ctl("--json", *args).stdout)

    # Ending

    def terminate(self, number=signal.SIGTERM):
        os.kill(self.pid, number)

    def stop(self, timeout=15):
        """SIGTERM and the end; 0 is demanded."""
        if self.process.poll() is None:
            self.terminate()
        status = self.wait_exit(timeout)
        if status != 0:
            self.fail(f"exit status {status}, not 0, after SIGTERM")

    def started_late(self):
        """Who was forked after the daemon had said STOPPING=1; of actors with --born, by the kernel's clock of 10 ms."""
        self.wait("STOPPING=1", lambda: self.superior.has("STOPPING"))
        return [line for line in self.log.lines("born") if int(line.detail) > self.superior.first("STOPPING")]

    def leftovers(self):
        """Processes, other than the daemon, that know of this test's directory."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if int(pid) in (os.getpid(), self.process.pid if self.process else 0):
                continue
            for page in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{pid}/{page}", "rb") as file:
                        if (self.dir + "/").encode() in file.read():
                            found.append(int(pid))
                            break
                except OSError:
                    pass
        return [pid for pid in found if is_alive(pid)]

    def clean_up(self):
        if self.process and self.process.poll() is None:
            kill(self.pid)
            self.process.wait()
        self.disconnect()
        left = self.leftovers() if self.process else []
        for _ in range(100):
            for pid in self.leftovers() if self.process else []:
                kill(pid)
            if not left or not self.leftovers():
                break
        self.superior.close()
        if self.process:
            self.output.close()
        return left


class Scenario(unittest.TestCase):
    """A test with a directory, daemons, a limit of time, and the checks that hold for all of them."""
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="reeve-scenario-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)  # also of one that is skipped
        self.addCleanup(signal.alarm, 0)
        os.chmod(self.dir, 0o755)
        self.daemons = []
        signal.signal(signal.SIGALRM, self.on_alarm)
        signal.alarm(LIMIT)

    def on_alarm(self, *_):
        raise AssertionError(f"longer than {LIMIT} s")

    def reeve(self, modules, *args, **options):
        return Reeve(self, modules, *args, **options)

    def tearDown(self):
        problems = []
        try:
            for daemon in self.daemons:
                if daemon.process and daemon.process.poll() is None:
                    try:
                        daemon.stop()
                    except AssertionError as error:
                        problems.append(str(error))
                if daemon.log.lines("violation"):
                    problems.append("order violated:\n" + "\n".join("%d %s %s %s" % line for line in daemon.log.lines()))
                if daemon.process and ("AddressSanitizer" in daemon.text() or "runtime error:" in daemon.text()):
                    problems.append(daemon.text()[-3000:])
        finally:
            for daemon in self.daemons:
                left = daemon.clean_up()
                if left:
                    problems.append(f"left behind: {left}")
        if problems:
            raise AssertionError("\n".join(problems))

    # Judging

    def assert_order(self, lines, *names):
        """NAMES occur in LINES (a list of names) in this order."""
        places = [lines.index(name) for name in names]
        self.assertEqual(places, sorted(places), f"{names} in {lines}")

    def assert_near(self, usec, low, high, what=""):
        self.assertGreaterEqual(usec, low * 1e6, what)
        self.assertLessEqual(usec, high * 1e6, what)


def graph(edges, flags=None, lines=None, kind="notify"):
    """A module of actors that judge the order themselves; EDGES is {name: names of its providers}."""
    text = ""
    for name, providers in edges.items():
        dependents = [other for other, theirs in edges.items() if name in theirs]
        text += f"[Component {name}]\nType={kind}\n"
        text += f"ExecStart=@actor@ --ready {(flags or {}).get(name, '')}"
        text += f" --providers={','.join(providers)}" if providers and kind == "notify" else ""
        text += f" --dependents={','.join(dependents)}" if dependents else ""
        text += f"\nRequires={' '.join(providers)}" if providers else ""
        text += "\n" + (lines or {}).get(name, "") + "\n"
    return text


def needs_root(test):
    return unittest.skipUnless(os.geteuid() == 0, "needs root")(test)


def adopt_orphans():
    """What a daemon leaves behind becomes ours, to be seen and ended."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def main():
    global REEVED, REEVECTL, ACTOR, SANITIZED
    REEVED, REEVECTL, ACTOR = (os.path.realpath(path) for path in sys.argv[1:4])
    with open(REEVED, "rb") as file:
        SANITIZED = b"__asan_" in file.read()
    os.environ.pop("REEVE_ADDRESS", None)
    os.environ["REEVED"] = REEVED
    os.environ["NO_COLOR"] = "1"
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
