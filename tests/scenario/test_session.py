# SPDX-License-Identifier: LGPL-2.1-or-later
"""The private connection of components with Type=reeve: hooks that are called over it, and who misbehaves on it."""
import os
import random
import re
import signal
import time
import xml.etree.ElementTree as tree

import harness
from harness import Scenario, needs_root
from pace import Pace

HERE = os.path.dirname(os.path.abspath(__file__))
WARN = "[Module]\nStartupErrorPolicy=warn\n"
UP = ["post-construct", "startup"]
DOWN = ["shutdown", "pre-destroy"]


def component(name, script="plain", more="", flags=""):
    return f"[Component {name}]\nType=reeve\nExecStart=@actor@ --name={name} --bus={script} {flags}\n{more}"


class Session(Scenario):
    def hooks(self, reeve, name):
        return [line.detail for line in reeve.log.lines("hook", name)]

    def all_hooks(self, reeve):
        return [f"{line.name}.{line.detail}" for line in reeve.log.lines("hook")]

    def began(self, reeve, name, hook):
        return reeve.wait(f"{name} is called for {hook}", lambda: hook in self.hooks(reeve, name))

    def result(self, reeve, name, result):
        reeve.wait(f"the result of {name} is {result}", lambda: reeve.get(name, "Result") == result)

    def test_order(self):  # §75, §64, §80, §95
        reeve = self.reeve("[Module]\nExecPostConstruct=@actor@ --name=m --exit=0\n" + component("a")
                           + component("b", "post-construct:late=200,startup:late=300", "Requires=a\n")
                           + "[Component c]\nExecStart=@actor@ --name=c\nRequires=b\nExecStartup=@actor@ --name=c.Startup --exit=0\n").start()
        up = ["a.post-construct", "a.startup", "b.post-construct", "b.startup"]
        self.assertEqual(self.all_hooks(reeve), up)
        self.assertLess(reeve.log.last("exit", "m").usec, reeve.log.last("start", "a").usec)
        self.assertLess(reeve.log.last("answer", "b").usec, reeve.log.last("start", "c").usec)
        times = reeve.connect().get("b", "Timings")
        self.assertLess(times["spawned"], times["connected"])  # §144
        self.assertLess(times["connected"] + 190_000, times["constructed"])
        self.assertGreaterEqual(times["construct"], 190_000)
        self.assertGreaterEqual(times["startup"], 290_000)
        reeve.stop()
        self.assertEqual(self.all_hooks(reeve), up + ["b.shutdown", "b.pre-destroy", "a.shutdown", "a.pre-destroy"])
        for name in ("a", "b"):  # §97: the signal comes last
            self.assertLess(reeve.log.last("answer", name).usec, reeve.log.last("term", name).usec)

    def test_shown(self):  # §61, §77, §66
        reeve = self.reeve(component("a", "status=warming,extend=20000,startup:late=2500,startup:until=@files@/go", "TimeoutStartSec=2\n")
                           + component("b", "connect-on=@files@/go")).start(wait=False).connect()
        reeve.wait_state("a", "starting", sub_state="startup")
        reeve.wait("its text is shown", lambda: reeve.get("a", "StatusText") == "warming")
        reeve.wait_state("b", "starting", sub_state="spawned")
        self.assertEqual(reeve.get("b", "Timings").get("connected", 0), 0)
        self.assertIn("warming", reeve.ctl("status", "a").stdout)
        reeve.let_go()
        reeve.wait_ready()
        told = int(reeve.log.lines("timeout", "a")[0].detail)
        self.assertTrue(0 < told <= 2_000_000, told)
        reeve.stop()

    def test_readiness(self):  # §64
        reeve = self.reeve(WARN + component("a", "no-lifecycle,ready=300") + component("b", "ready=0,startup:late=400")
                           + component("c", "no-lifecycle", "TimeoutStartSec=1\n") + component("d", "post-construct:absent")
                           + component("e", "startup:absent")).start(wait=False).connect()
        reeve.wait_passed("c", "starting", "connected")
        for name in "abde":
            reeve.wait_state(name, "ready")
        reeve.wait_state("c", "failed")
        self.result(reeve, "c", "start-timeout")
        self.assertIn("did not call Ready", "".join(event[9] for event in reeve.history() if event[3] == "c"))
        times = reeve.get("b", "Timings")
        self.assertGreaterEqual(times["ready"] - times["constructed"], 390_000)
        reeve.stop()
        self.assertEqual(self.hooks(reeve, "a"), [])
        self.assertEqual(self.hooks(reeve, "d"), UP[1:] + DOWN)
        self.assertEqual(self.hooks(reeve, "e"), UP[:1] + DOWN)

    def test_start_failures(self):  # §78, §76
        cases = {"error": ("hook-failed", True), "never": ("hook-timeout", True), "exit=0": ("hook-failed", False),
                 "signal=9": ("hook-failed", False), "close": ("connection-lost", False)}
        names = {f"{hook}-{what.split('=')[0]}": (hook, what) for hook in UP for what in cases}
        reeve = self.reeve(WARN + "".join(component(name, f"{hook}:{what}", "TimeoutStartSec=4\n")
                                          for name, (hook, what) in names.items())).start(wait=False).connect()
        for name, (hook, what) in names.items():
            result, is_there = cases[what]
            reeve.wait_state(name, "failed")
            self.assertEqual(reeve.get(name, "Result"), result, name)
            self.assertIn(f"hook {hook}", reeve.ctl("why", name).stdout, name)
            self.assertEqual(self.hooks(reeve, name),
                             UP[:UP.index(hook) + 1] + (["pre-destroy"] if is_there and hook == "startup" else []), name)
        self.assertIn("org.example.Error.Refused: no", "".join(event[9] for event in reeve.history() if event[3] == "startup-error"))
        reeve.stop()

    def test_stop_failures(self):  # §78, §96, §99
        cases = {"error": "hook-failed", "never": "hook-timeout", "exit=3": "hook-failed", "exit=0": "success",
                 "signal=11": "hook-failed", "close": "connection-lost", "answer-and-exit": "success"}
        names = {f"{hook}-{re.sub('[^a-z0-9]', '', what)}": (hook, what) for hook in DOWN for what in cases}
        reeve = self.reeve("".join(component(name, f"{hook}:{what}", "TimeoutStopSec=4\n")
                                   for name, (hook, what) in names.items())).start().connect()
        paths = {name: reeve.ask("Stop", name) for name in names}
        for name, (hook, what) in names.items():
            reeve.wait_change(paths[name])
            reeve.wait_state(name, "inactive")
            self.assertEqual(reeve.get(name, "Result"), cases[what], name)
            goes_on = hook == "pre-destroy" or what in ("error", "never")
            self.assertEqual(self.hooks(reeve, name), UP + (DOWN if goes_on else DOWN[:1]), name)
        reeve.stop()

    def test_stop_in_a_hook(self):  # §100, §82, §76
        reeve = self.reeve(component("a", "startup:until=@files@/go") + component("b", "post-construct:until=@files@/go")
                           + component("c", "startup:never", "TimeoutStopSec=2\n")).start(wait=False).connect()
        for name, hook in (("a", "startup"), ("b", "post-construct"), ("c", "startup")):
            self.began(reeve, name, hook)
        reeve.terminate()
        reeve.wait("STOPPING=1", lambda: reeve.superior.has("STOPPING"))
        reeve.let_go()
        self.assertEqual(reeve.wait_exit(), 0)
        self.assertEqual(self.hooks(reeve, "a"), UP + DOWN)
        self.assertEqual(self.hooks(reeve, "b"), ["post-construct", "pre-destroy"])
        self.assertEqual(self.hooks(reeve, "c"), UP + ["pre-destroy"])
        first, second = [line.usec for line in reeve.log.lines("answer", "a")][1], reeve.log.lines("hook", "a")[2].usec
        self.assertLessEqual(first, second)

    def test_late_answer(self):  # §77
        reeve = self.reeve(WARN + component("a", "startup:until=@files@/go,pre-destroy:until=@files@/on", "TimeoutStartSec=2\n")).start(wait=False).connect()
        self.began(reeve, "a", "pre-destroy")
        reeve.let_go()
        reeve.wait_line("answer", "a", 2)
        reeve.let_go("on")
        reeve.wait_state("a", "failed")
        self.assertEqual(reeve.get("a", "Result"), "hook-timeout")
        self.assertEqual(self.hooks(reeve, "a"), UP + ["pre-destroy"])
        self.assertEqual([line.detail for line in reeve.log.lines("answer", "a")], ["post-construct", "startup", "pre-destroy"])
        self.assertNotIn("ready", [event[6] for event in reeve.history() if event[3] == "a"])
        reeve.stop()

    def test_crash(self):  # §76, §103, §105
        reeve = self.reeve(component("a", more="Restart=always\nRestartSec=0\n") + component("b", more="Requires=a\n")).start().connect()
        harness.kill(reeve.get("a", "MainPid"))
        reeve.wait("all is up anew", lambda: reeve.get("b", "Incarnation") == 2 and reeve.state("b") == "ready")
        self.assertEqual(reeve.get("a", "Incarnation"), 2)
        self.assertEqual(reeve.get("a", "Counters")["restarts"], 1)
        self.assertEqual(self.hooks(reeve, "a"), UP + UP)
        self.assertEqual(self.hooks(reeve, "b"), UP + DOWN + UP)
        reeve.stop()

    def test_loss(self):  # P30, P32, P37: who misbehaves harms itself alone
        bad = {"closes": "close=500", "deaf": "startup:late=100,deaf", "garbage": "garbage=GET-/-HTTP/1.1"}
        reeve = self.reeve(WARN + component("good", more="Restart=never\n")
                           + "".join(component(name, script, "Restart=never\nTimeoutStartSec=20\n") for name, script in bad.items())
                           ).start(wait=False).connect()
        before = harness.memory_of(reeve.pid)
        for name in bad:
            reeve.wait_state(name, "failed")
            self.assertEqual(reeve.get(name, "Result"), "connection-lost", name)
        said = {name: "".join(event[9] for event in reeve.history() if event[3] == name) for name in bad}
        self.assertIn("closed its connection", said["closes"])
        self.assertIn("does not read", said["deaf"])
        self.assertIn("not D-Bus", said["garbage"])
        self.assertIn("lost its connection", reeve.ctl("why", "closes").stdout)
        reeve.wait_state("good", "ready")
        self.assertLess(harness.memory_of(reeve.pid) - before, 16 * 1024)
        reeve.stop()
        self.assertEqual(self.hooks(reeve, "good"), UP + DOWN)

    def test_flood(self):  # P19, P30: who says without an end what may be said costs the others nothing
        reeve = self.reeve(component("loud", "flood") + component("quiet")).start().connect()
        reeve.wait("it is loud", lambda: reeve.get("loud", "StatusText") in ("tic", "tac"))
        slowest = 0
        for _ in range(50):
            pace = Pace(reeve.pid)
            self.assertEqual(reeve.get("quiet", "State"), "ready")
            slowest = max(slowest, pace.seconds() * 1e6)
        self.assertLess(slowest, 1_000_000)
        begin, used = harness.now_usec(), self.processor(reeve)
        reeve.wait("a second", lambda: harness.now_usec() - begin > 1_000_000)
        share = (self.processor(reeve) - used) / (harness.now_usec() - begin)
        self.assertEqual([event for event in reeve.history() if event.component == "loud" and event.to == "ready"][1:], [])
        print(f"\nbeside a flood an answer took {slowest / 1000:.1f} ms at most; {share:.0%} of a processor")
        self.assertLess(share, 0.8 if harness.SANITIZED else 0.4)
        reeve.wait_change(reeve.ask("Restart", "quiet"))
        reeve.stop()

    def processor(self, reeve):
        with open(f"/proc/{reeve.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000 // os.sysconf("SC_CLK_TCK")

    def test_hostile_bytes(self):  # P32, P35: whatever comes, nobody but the sender is harmed, and nothing is left of it
        script = os.path.join(HERE, "raw_component.py")
        reeve = self.reeve(WARN + component("good") + "".join(
            f"[Component bad{i}]\nType=reeve\nExecStart=/usr/bin/env python3 -B {script} hostile @files@/x\nRestart=always\nRestartSec=0\n"
            "StartLimitBurst=100000\nTimeoutStartSec=2\nTimeoutStopSec=1\n" for i in range(6))).start(wait=False).connect()
        reeve.wait_state("good", "ready")
        fds = len(os.listdir(f"/proc/{reeve.pid}/fd"))
        memory = harness.memory_of(reeve.pid)
        for i in range(6):
            reeve.wait("it has tried often enough", lambda: reeve.get(f"bad{i}", "Incarnation") >= 8, timeout=60)
            self.assertLess(harness.memory_of(reeve.pid) - memory, 16 * 1024)
        for i in range(6):
            reeve.wait_change(reeve.ask("Stop", f"bad{i}"))
        reeve.wait("descriptors are given back", lambda: len(os.listdir(f"/proc/{reeve.pid}/fd")) <= fds)
        self.assertEqual(reeve.state("good"), "ready")
        self.assertEqual(reeve.get("good", "Incarnation"), 1)
        reeve.stop()

    def test_greed(self):  # P30, P32: what is sent is not kept until it is answered, and not sent back either
        script = os.path.join(HERE, "raw_component.py")
        for way in ("echo", "wait"):
            with self.subTest(way):
                reeve = self.reeve(f"[Component slow]\nType=notify\nStart=lazy\nExecStart=@actor@\nTimeoutStartSec=600\n[Component {way}]\n"
                                   f"Type=reeve\nExecStart=/usr/bin/env python3 -B {script} {way} @files@/{way}\nResolves=slow\n"
                                   "TimeoutStartSec=600\nKillSignal=SIGKILL\n", at=way).start(wait=False).connect()
                before = harness.memory_of(reeve.pid)
                reeve.wait("it has said all", lambda: harness.read(reeve.file(way)), timeout=60)
                self.assertLess(harness.memory_of(reeve.pid) - before, 32 * 1024, way)
                reeve.stop()

    def test_own_objects_only(self):  # P37
        reeve = self.reeve(component("a", "pry") + component("other")).start().connect()
        reeve.wait("all is refused", lambda: len(reeve.log.lines("reply", "a")) == 5)
        for line in reeve.log.lines("reply", "a"):
            self.assertRegex(line.detail, r"^\w+ org\.freedesktop\.DBus\.Error\.Unknown(Method|Object|Interface)$")
        self.assertEqual(reeve.container("State"), "running")
        reeve.stop()

    def test_given(self):  # P37: a component has its connection and nothing else of the daemon's
        reeve = self.reeve(component("a", flags="--check-clean=@files@/a") + component("b", flags="--check-clean=@files@/b")
                           + "[Component c]\nExecStart=@actor@ --check-clean=@files@/c\n").start()
        for name in "abc":
            with open(reeve.file(name)) as file:
                lines = file.read().split("\n")
            fds = {int(line.split(" ")[1]): line.split(" ")[2] for line in lines if line.startswith("fd ")}
            self.assertEqual(sorted(fds), [0, 1, 2] if name == "c" else [0, 1, 2, 3])
            self.assertEqual("environment REEVE_BUS_FD=3" in lines, name != "c")
            self.assertTrue(name == "c" or fds[3].startswith("socket:"))
        reeve.stop()

    def test_descriptors(self):  # P1: nothing is left behind
        reeve = self.reeve(component("a") + component("b", "startup:exit=1", "StartupErrorPolicy=ignore\n")).start().connect()
        fds = lambda: len(os.listdir(f"/proc/{reeve.pid}/fd"))
        reeve.wait_state("b", "failed")
        base = fds()
        for _ in range(5):
            reeve.wait_change(reeve.ask("Restart", "a"))
            reeve.wait_change(reeve.ask("Start", "b"))
        reeve.wait("descriptors are given back", lambda: fds() <= base)
        reeve.stop()

    def endpoints(self, reeve, name):
        return reeve.get(name, "Endpoints")

    def judge(self, reeve, names):
        """Of each incarnation: at most once each, in order, and what was completed is undone (§75, §76)."""
        for name in names:
            done, asked = [], []
            for line in reeve.log.lines(name=name):
                if line.event == "start":
                    done, asked = [], []
                elif line.event == "answer":
                    done.append(line.detail)
                elif line.event == "hook":
                    self.assertNotIn(line.detail, asked, name)
                    self.assertEqual(asked[len(done):], [], f"{name}: {line.detail} while another is not answered")
                    asked.append(line.detail)
                    self.assertEqual([hook for hook in UP + DOWN if hook in asked], asked, name)
                    self.assertTrue(line.detail != "shutdown" or "startup" in done, name)
                    self.assertTrue(line.detail != "pre-destroy" or "post-construct" in done, name)
                elif line.event == "term":
                    self.assertEqual("post-construct" in done, "pre-destroy" in done, name)
                    self.assertEqual("startup" in done, "shutdown" in done, name)

    def test_stop_at_any_moment(self):  # P14, §75, §76, §95, §100
        chance = random.Random(14)
        names = [f"c{i}" for i in range(5)]
        text = "".join(component(name, "post-construct:late=30,startup:late=40", f"Requires={names[i - 1]}\n" if i else "")
                       for i, name in enumerate(names))
        for n in range(10):
            reeve = self.reeve(text, at=f"d{n}").start(wait=False)
            moment = chance.uniform(0, 0.8)
            reeve.wait("a moment", lambda: harness.now_usec() - reeve.started_usec > moment * 1e6)
            reeve.stop()
            self.judge(reeve, names)
            ends = reeve.log.names("term")
            self.assertEqual(ends, sorted(ends, reverse=True))

    def test_random_deaths(self):  # §76, P1: at any moment, and all are up again
        chance = random.Random(76)
        names = [f"c{i}" for i in range(6)]
        reeve = self.reeve("".join(component(name, "post-construct:late=20,startup:late=30,shutdown:late=10",
                                             "Restart=always\nRestartSec=10ms\nRestartMaxDelaySec=50ms\nStartLimitBurst=1000000\n"
                                             + (f"Requires={names[i - 1]}\n" if i % 3 else ""))
                                   for i, name in enumerate(names))).start().connect()
        base = len(os.listdir(f"/proc/{reeve.pid}/fd"))
        for _ in range(30):
            name = chance.choice(names)
            pid = reeve.get(name, "MainPid")
            if pid > 0 and harness.parent_of(pid) == reeve.pid:
                harness.kill(pid, chance.choice((signal.SIGKILL, signal.SIGSEGV)))
            time.sleep(chance.uniform(0, 0.1))  # no wait: a moment like any other
        for name in names:
            reeve.wait_state(name, "ready")
        reeve.wait("descriptors are given back", lambda: len(os.listdir(f"/proc/{reeve.pid}/fd")) <= base)
        reeve.stop()
        self.judge(reeve, names)

    @needs_root
    def test_other_user(self):  # who it is does not depend on the uid
        reeve = self.reeve(component("a", "pry", "User=nobody\n") + component("b", "publish=at:b", "User=nobody\nGroup=nogroup\n")).start().connect()
        reeve.wait("all is refused", lambda: len(reeve.log.lines("reply", "a")) == 5)
        self.assertFalse(any(line.detail.endswith(" ok") for line in reeve.log.lines("reply", "a")))
        self.assertEqual(self.endpoints(reeve, "b"), {"at": "b"})
        self.assertEqual(self.endpoints(reeve, "a"), {})
        reeve.stop()

    def test_many(self):  # §53: more than the queue to the spawner takes
        reeve = self.reeve("".join(component(f"c{n}") for n in range(120)), foreground=True).start()
        self.assertEqual(len(reeve.log.lines("answer")), 240)
        reeve.stop(60)
        self.assertEqual(len(reeve.log.lines("answer")), 480)
        self.assertNotIn("hook", reeve.text())

    def test_publish(self):  # §73
        reeve = self.reeve(component("a", "publish=url:redis.example,publish=BAD:x,startup:until=@files@/go")
                           + component("b", more="Requires=a\n", flags="--check-clean=@files@/b")).start(wait=False).connect()
        reeve.wait_state("a", "starting", sub_state="startup")
        self.assertEqual(self.endpoints(reeve, "a"), {})
        reeve.let_go()
        reeve.wait_ready()
        self.assertEqual(self.endpoints(reeve, "a"), {"url": "redis.example"})
        self.assertEqual(sorted(line.detail for line in reeve.log.lines("reply", "a")),
                         ["BAD org.freedesktop.DBus.Error.InvalidArgs", "url ok"])
        with open(reeve.file("b")) as file:
            self.assertIn("environment REEVE_REF_A_URL=redis.example", file.read().split("\n"))
        reeve.stop()

    def resolved(self, reeve, name, n=1):
        reeve.wait(f"{name} has resolved", lambda: len(reeve.log.lines("resolved", name)) >= n)
        return [line.detail for line in reeve.log.lines("resolved", name)]

    def test_resolve_in_a_stop_hook(self):  # §81: what stops after it is still there, and given out
        for way in ("Stop", "Restart", "shutdown"):
            reeve = self.reeve("[Component db]\nType=notify\nExecStart=@actor@ --ready\nPublish=at=here\n"
                               + component("a", "shutdown:resolve=db", "Requires=db\n"), at=way).start().connect()
            if way != "shutdown":
                reeve.wait_change(reeve.ask(way, "db", **({"cascade": True} if way == "Stop" else {})))
                self.assertEqual(self.resolved(reeve, "a"), ["db at=here"], way)
            reeve.stop()
            self.assertEqual(set(self.resolved(reeve, "a")), {"db at=here"}, way)

    def test_resolve_in_vain(self):  # §81, §97: what could come only after the hook's own end is refused at once
        reeve = self.reeve("[Component b]\nType=notify\nExecStart=@actor@ --ready\n"
                           "[Component c]\nType=notify\nStart=lazy\nExecStart=@actor@ --ready\nRequires=b\n"
                           + component("a", "shutdown:resolve=c", "Requires=b\nResolves=c\nTimeoutStopSec=20\n")).start().connect()
        reeve.wait_change(reeve.ask("Restart", "b"))
        self.assertEqual(self.resolved(reeve, "a"), ["c org.reeve.Reeve1.Error.RuntimeCycle"])
        reeve.wait_state("a", "ready")
        reeve.stop()

    def test_resolve(self):  # §128, §83, §129, §72
        reeve = self.reeve(component("a", "startup:resolve=lazy", "Resolves=lazy\n") + component("b", "resolve=lazy,again", "Resolves=lazy\n")
                           + component("lazy", "publish=at:here,startup:late=500", "Start=lazy\n")
                           + component("c", "resolve=nothing") + component("d", "resolve=slow,timeout=300", "Resolves=slow\n")
                           + component("slow", "startup:late=3000", "Start=lazy\n") + "[Values]\nregion=eu\n"
                           + component("e", "resolve=region", "Requires=region\n")).start().connect()
        for name, answer in (("a", "lazy at=here"), ("b", "lazy at=here"), ("c", "nothing org.reeve.Reeve1.Error.NotFound"),
                             ("d", "slow org.freedesktop.DBus.Error.Timeout"), ("e", "region value=eu")):
            self.assertEqual(self.resolved(reeve, name), [answer])
        self.assertEqual(len(reeve.log.lines("start", "lazy")), 1)
        reeve.wait_state("slow", "ready")
        harness.kill(reeve.get("lazy", "MainPid"))
        for name in "ab":
            reeve.wait(f"{name} is told", lambda: [line.detail for line in reeve.log.lines("invalidated", name)] == ["lazy"])
        self.assertEqual(self.resolved(reeve, "b", 2)[1:], ["lazy at=here"])
        self.assertEqual(reeve.get("lazy", "Incarnation"), 2)
        reeve.stop()

    def test_cycle_at_run_time(self):  # §83
        reeve = self.reeve(WARN + component("a", "startup:resolve=b", "TimeoutStartSec=20\nResolves=b\n")
                           + component("b", "plain", "Start=lazy\nRequires=a\n")).start().connect()
        self.assertEqual(self.resolved(reeve, "a"), ["b org.reeve.Reeve1.Error.RuntimeCycle"])
        self.assertEqual(reeve.state("a"), "ready")
        reeve.stop()

    def test_listen(self):  # sockets come first, the connection after them
        reeve = self.reeve(component("a", more="Listen=one=tcp:127.0.0.1:0\nListen=two=unix:\n", flags="--check-clean=@files@/a")).start()
        with open(reeve.file("a")) as file:
            lines = file.read().split("\n")
        self.assertEqual(sorted(int(line.split(" ")[1]) for line in lines if line.startswith("fd ")), [0, 1, 2, 3, 4, 5])
        self.assertIn("environment REEVE_BUS_FD=5", lines)
        self.assertIn("environment LISTEN_FDS=2", lines)
        reeve.stop()

    def test_raw(self):  # the protocol itself, without a library: each way of introducing oneself
        script = os.path.join(HERE, "raw_component.py")
        ways = ("external", "anonymous", "pipelined", "hello")
        reeve = self.reeve("".join(f"[Component {way}]\nType=reeve\nExecStart=/usr/bin/env python3 -B {script} {way} @files@/{way}\n"
                                   for way in ways)).start().connect()
        interface = tree.parse(os.path.join(HERE, "../../dbus/org.reeve.Reeve1.Lifecycle.xml")).find(".//interface")
        known = {(method.get("name"), "".join(arg.get("type") for arg in method.findall("arg"))) for method in interface.findall("method")}
        reeve.stop()
        for way in ways:
            with open(reeve.file(way)) as file:
                lines = file.read().split("\n")
            calls = [tuple(line.split(" ")[1:]) for line in lines if line.startswith("call ")]
            self.assertEqual([member for member, _ in calls], ["PostConstruct", "Startup", "Shutdown", "PreDestroy"])
            self.assertLessEqual(set(calls), known)  # what is documented is what is called
            self.assertIn(f"Component {way}", lines)
            self.assertIn("Incarnation 1", lines)


if __name__ == "__main__":
    harness.main()
