# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hooks of components and modules as commands, and the watchdog, with real processes."""
import collections
import os
import random
import signal

import harness
from harness import Scenario, needs_root

KINDS = ("PostConstruct", "Startup", "Shutdown", "PreDestroy")
WARN = "[Module]\nStartupErrorPolicy=warn\n"


def hooks(name, flags=None, kinds=KINDS):
    """Lines for hooks that log as NAME.KIND and end with status 0, or do what FLAGS, by kind, says."""
    return "".join(f"Exec{kind}=@actor@ --name={name}.{kind} {(flags or {}).get(kind, '--exit=0')}\n" for kind in kinds)


def group_of(pid):
    with open(f"/proc/{pid}/cgroup") as file:
        return next(line.strip()[3:] for line in file if line.startswith("0::"))


class Hooks:
    uid = None

    def begin(self, text, *args, **options):
        return self.reeve(text, *args, uid=self.uid, **options)

    def calls(self, reeve):
        """The hooks, in the order of their starts; a main process may log its own a moment after its first hook's."""
        return [name for name in reeve.log.names("start") if "." in name]

    def pid(self, reeve, name):
        return int(reeve.wait_line("start", name).detail)

    def test_order(self):  # §75, §79, §80, §93
        reeve = self.begin("[Module]\n" + hooks("m") + "[Component a]\nExecStart=@actor@\n" + hooks("a")
                           + "[Component b]\nType=notify\nExecStart=@actor@ --ready=100\nRequires=a\n" + hooks("b")
                           + "[Component c]\nType=oneshot\nExecStart=@actor@ --exit=0 --after=100\nRequires=b\n" + hooks("c")).start()
        reeve.stop()
        self.assertEqual(self.calls(reeve), ["m.PostConstruct", "m.Startup", "a.PostConstruct", "a.Startup", "b.PostConstruct", "b.Startup",
                                             "c.PostConstruct", "c.Startup", "c.Shutdown", "c.PreDestroy", "b.Shutdown", "b.PreDestroy",
                                             "a.Shutdown", "a.PreDestroy", "m.Shutdown", "m.PreDestroy"])
        for before, after in (("m.Startup", "a"), ("a.Startup", "b"), ("b.Startup", "c")):
            self.assertLess(reeve.log.last("exit", before).usec, reeve.log.last("start", after).usec)
        ready = reeve.log.last("ready", "b").usec
        self.assertLess(ready, reeve.log.last("start", "b.Startup").usec)
        self.assertLess(reeve.log.last("exit", "c").usec, reeve.log.last("start", "c.PostConstruct").usec)
        for name in ("a", "b"):  # §97: the signal comes last
            self.assertLess(reeve.log.last("exit", f"{name}.PreDestroy").usec, reeve.log.last("term", name).usec)

    def test_shown(self):  # §61, §65, §77
        reeve = self.begin("[Component a]\nExecStart=@actor@\n" + hooks("a", {"Startup": "--status=warming --exit=0 --until=@files@/up",
                                                                              "Shutdown": "--exit=0 --until=@files@/down"})).start(wait=False).connect()
        reeve.wait_state("a", "starting", sub_state="startup")
        begin = reeve.wait_line("start", "a.Startup").usec
        reeve.wait("the hook's word is heard", lambda: reeve.get("a", "StatusText") == "warming")
        heard = harness.now_usec()
        reeve.let_go("up")
        reeve.wait_ready()
        self.assertGreaterEqual(reeve.get("a", "Timings")["startup"], heard - begin)
        path = reeve.ask("Stop", "a")
        reeve.wait_state("a", "stopping", sub_state="on-shutdown")
        reeve.let_go("down")
        self.assertEqual(reeve.wait_change(path)[0], "done")

    def test_environment(self):  # §79
        reeve = self.begin("[Component a]\nExecStart=@actor@ --check-clean=@files@/main\nWorkingDirectory=@files@\nUMask=0027\nLimitNOFILE=77\n"
                           "Environment=COLOUR=red\nOOMScoreAdjust=100\n"
                           "ExecStartup=@actor@ --name=a.Startup --check-clean=@files@/hook --exit=0\n"
                           "ExecStartup=/bin/sh -c 'echo $$COLOUR $$MAINPID $$REEVE_HOOK $$PWD $${WATCHDOG_USEC-none} > said'\nWatchdogSec=1h\n").start()
        with open(reeve.file("main")) as main, open(reeve.file("hook")) as hook:
            own = ("argument", "cgroup", "sid", "pgid", "pid", "fd 1", "fd 2", "environment WATCHDOG_", "environment REEVE_HOOK=",
                   "environment MAINPID=", "environment INVOCATION_ID=")
            lines = [[line for line in file if not line.startswith(own)] for file in (main, hook)]
        self.assertEqual(lines[0], lines[1])
        with open(reeve.file("said")) as file:
            self.assertEqual(file.read().split(), ["red", str(reeve.get("a", "MainPid")), "startup", os.path.realpath(reeve.dir + "/files"), "none"])

    def test_runtime_directory(self):  # §79: who it lets in is the component's to say; no hook and no restart takes that back
        reeve = self.begin("[Component a]\nType=notify\nRestart=always\nRestartSec=0\n"
                           "ExecStart=/bin/sh -c 'chmod 0751 \"$$REEVE_RUNTIME_DIR\"; exec @actor@ --ready=0'\n" + hooks("a")).start()
        folder = os.path.join(reeve.runtime, "c/a")
        self.assertEqual(os.stat(folder).st_mode & 0o7777, 0o751)
        harness.kill(reeve.get("a", "MainPid"))
        reeve.wait("it is back", lambda: reeve.log.names("ready").count("a") == 2 and reeve.state("a") == "ready")
        self.assertEqual(os.stat(folder).st_mode & 0o7777, 0o751)

    def test_hook_fails(self):  # §78, §87: place, line, what it said; strict: rolled back
        reeve = self.begin("[Component a]\nExecStart=@actor@\n" + hooks("a", kinds=("Shutdown", "PreDestroy"))
                           + "ExecStartup=/bin/sh -c 'echo no such table; exit 3'\n", foreground=True)
        reeve.start(wait=False)
        self.assertEqual(reeve.wait_exit(), 5)
        self.assertIn("test.module:5", reeve.text())
        self.assertIn("ExecStartup=/bin/sh exited with status 3", reeve.text())
        self.assertIn("it said: no such table", reeve.text())
        self.assertEqual(self.calls(reeve), ["a.PreDestroy"])

    def test_hook_hangs(self):  # §77, §69: killed with all that it started
        reeve = self.begin(WARN + "[Component a]\nExecStart=@actor@\nTimeoutStartSec=2\n"
                           + hooks("a", {"Startup": "--ignore-term --setsid-child --double-fork --fork-many=30"})).start()
        self.assertEqual((reeve.state("a"), reeve.get("a", "Result")), ("failed", "hook-timeout"))
        self.assertEqual(reeve.leftovers(), [])
        self.assertEqual(self.calls(reeve), ["a.PostConstruct", "a.Startup", "a.PreDestroy"])
        self.assertIn("ExecStartup=", reeve.ctl("why", "a").stdout)

    def test_death_in_hook(self):  # §67, §69, §76
        reeve = self.begin("[Component a]\nExecStart=@actor@ --setsid-child\nRestart=always\nRestartSec=10ms\nStartupErrorPolicy=warn\nTimeoutStopSec=3\n"
                           + hooks("a", {"Startup": "--ignore-term --double-fork"})).start(wait=False).connect()
        hook = self.pid(reeve, "a.Startup")
        main = reeve.log.pid("a")
        harness.kill(main)
        reeve.wait_line("start", "a", 2)
        self.assertFalse(harness.is_alive(hook))
        second = reeve.wait_line("start", "a.Startup", 2)
        self.assertEqual(self.calls(reeve), ["a.PostConstruct", "a.Startup", "a.PreDestroy", "a.PostConstruct", "a.Startup"])
        self.assertTrue(harness.is_alive(int(second.detail)))
        self.assertEqual(reeve.get("a", "Incarnation"), 2)
        reeve.stop()
        self.assertEqual(reeve.log.names("start").count("a.PreDestroy"), 2)
        self.assertNotIn("a.Shutdown", reeve.log.names("start"))

    def test_crash_is_cleaned_up(self):  # §76
        reeve = self.begin("[Component a]\nExecStart=@actor@\nRestart=always\nRestartSec=10ms\n" + hooks("a")
                           + "[Component b]\nExecStart=@actor@\nRequires=a\n").start()
        for i in range(5):
            harness.kill(reeve.get("a", "MainPid"))
            reeve.wait_line("start", "b", i + 2)
        self.assertEqual(reeve.log.names("start").count("a.PreDestroy"), 5)
        self.assertNotIn("a.Shutdown", reeve.log.names("start"))
        reeve.wait_state("b", "ready")

    def test_storm_of_signals(self):  # §76, §111, P15
        reeve = self.begin("[Module]\n" + hooks("m") + "[Component a]\nExecStart=@actor@\n"
                           + hooks("a", {"Shutdown": "--exit=0 --after=300", "PreDestroy": "--exit=0 --after=300"})).start()
        reeve.terminate(signal.SIGINT)
        for kind in ("Shutdown", "PreDestroy"):
            reeve.wait_line("start", f"a.{kind}")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                reeve.terminate(number)
        self.assertEqual(reeve.wait_exit(), 0)
        names = reeve.log.names("start")
        self.assertEqual({name: names.count(name) for name in names}, dict.fromkeys(names, 1))

    def test_stop_in_hook(self):  # §100
        for kind, expected in (("PostConstruct", []), ("Startup", ["a.PreDestroy"])):
            reeve = self.begin("[Component a]\nExecStart=@actor@\n" + hooks("a", {kind: ""}) + "[Component b]\nExecStart=@actor@\nRequires=a\n",
                               at=kind).start(wait=False)
            self.pid(reeve, f"a.{kind}")
            reeve.stop()
            names = self.calls(reeve)
            self.assertEqual(names[names.index(f"a.{kind}") + 1:], expected)
            self.assertEqual(len(reeve.log.lines("term", f"a.{kind}")), 1)

    def test_hook_that_stops(self):  # §97
        reeve = self.begin("[Component a]\nExecStart=@actor@ --polite-child\nExecShutdown=/bin/sh -c 'kill -INT $$MAINPID; while [ -e @dir@/actors/a.ready ] "
                           "|| kill -0 $$MAINPID 2>/dev/null; do sleep 0.02; done'\n" + hooks("a", kinds=("PreDestroy",))).start()
        reeve.stop()
        self.assertEqual(self.calls(reeve)[-1], "a.PreDestroy")
        self.assertEqual(reeve.log.lines("term", "a"), [])
        self.assertEqual(len(reeve.log.lines("signal", "a")), 1)

    def test_frozen(self):  # §97: a stopped process goes on, so that its hook has somebody to talk to
        reeve = self.begin("[Component a]\nExecStart=@actor@ --stop-self=100\n"
                           "ExecShutdown=/bin/sh -c 'kill -USR1 $$MAINPID; while kill -0 $$MAINPID 2>/dev/null; do sleep 0.02; done'\n").start()
        pid = reeve.get("a", "MainPid")
        reeve.wait("it has stopped itself", lambda: harness.status_of(pid)["State"][0] == "T")
        begin = harness.now_usec()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, 4_000_000)
        self.assertEqual(len(reeve.log.lines("signal", "a")), 1)

    def test_stop_hooks_go_wrong(self):  # §78, §96, §99
        reeve = self.begin("[Component a]\nExecStart=@actor@ --ignore-term\nTimeoutStopSec=3\n"
                           + hooks("a", {"Shutdown": "--ignore-term --setsid-child", "PreDestroy": "--exit=3"})
                           + "[Component b]\nExecStart=@actor@\n").start()
        begin = harness.now_usec()
        reeve.stop()
        self.assertLess(harness.now_usec() - begin, 5_800_000)  # one time-out for all of it, not one for each
        self.assertEqual(self.calls(reeve), ["a.PostConstruct", "a.Startup", "a.Shutdown", "a.PreDestroy"])
        self.assertEqual(len(reeve.log.lines("term", "a")), 1)
        self.assertLess(reeve.log.last("term", "b").usec, reeve.log.last("start", "a.PreDestroy").usec)

    def test_module_fails(self):  # §80, §87
        reeve = self.begin({"m.module": "[Module]\nStartupErrorPolicy=warn\n" + hooks("m", {"Startup": "--exit=4"})
                            + "[Component a]\nExecStart=@actor@\n", "n.module": "[Module]\nRequires=m\n[Component b]\nExecStart=@actor@\n"}).start()
        self.assertEqual([reeve.state(name) for name in ("module:m", "a", "b")], ["failed", "blocked", "ready"])
        self.assertIn("module:m", reeve.ctl("why", "a").stdout)
        self.assertEqual(reeve.log.names("start"), ["m.PostConstruct", "m.Startup", "m.PreDestroy", "b"])

    def test_watchdog(self):  # §113
        reeve = self.begin("[Component a]\nType=notify\nExecStart=@actor@ --ready --watchdog=50,6\nWatchdogSec=400ms\nRestart=on-failure\nRestartSec=10ms\n"
                           "LimitCORE=0\n" + hooks("a", kinds=("Shutdown", "PreDestroy"))
                           + "[Component b]\nType=notify\nExecStart=@actor@ --ready --watchdog=50\nWatchdogSec=2s\n").start()
        first = reeve.log.lines("start", "a")[0]
        second = reeve.wait_line("start", "a", 2)
        self.assertGreater(second.usec - first.usec, 600_000)
        self.assertTrue(any(event.component == "a" and event.reason == "watchdog" for event in reeve.history()))
        between = [line.name for line in reeve.log.lines("start") if first.usec < line.usec < second.usec]
        self.assertEqual([name for name in between if "." in name], ["a.PreDestroy"])
        reeve.wait_line("start", "a", 3)
        self.assertEqual(reeve.log.names("start").count("b"), 1)


    def test_random_deaths(self):  # §69, §76, P1, P7: of components and of their hooks, at any moment
        chance = random.Random(76)
        names = [f"c{i}" for i in range(6)]
        slow = {kind: f"--exit=0 --after={20 * i}" for i, kind in enumerate(KINDS)}
        reeve = self.begin(WARN + "".join(f"[Component {name}]\nType=notify\nExecStart=@actor@ --ready=10 --setsid-child\nTimeoutStopSec=3\nRestart=always\n"
                                          "RestartSec=10ms\nRestartMaxDelaySec=50ms\nStartLimitBurst=1000000\n" + hooks(name, slow)
                                          + (f"Requires={names[i - 1]}\n" if i % 3 else "") for i, name in enumerate(names))).start()
        for _ in range(20):
            pids = {line.name: int(line.detail) for line in reeve.log.lines("start")}
            pid = pids[chance.choice(sorted(pids))]
            if harness.parent_of(pid) == reeve.pid:
                harness.kill(pid, chance.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM)))
            seen = len(reeve.log.lines("start"))
            reeve.wait("something to happen, or nothing left to", lambda: len(reeve.log.lines("start")) > seen
                       or all(reeve.state(name) == "ready" for name in names))
        for name in names:
            reeve.wait_state(name, "ready")
        starts = {name: reeve.get(name, "Counters")["starts"] for name in names}
        reeve.stop()
        count = collections.Counter(reeve.log.names("start"))
        for name in names:
            self.assertLessEqual(count[f"{name}.PostConstruct"], starts[name])
            self.assertLessEqual(count[f"{name}.PreDestroy"], count[f"{name}.PostConstruct"])
            self.assertLessEqual(count[f"{name}.Shutdown"], count[f"{name}.Startup"])
            self.assertGreater(count[f"{name}.PreDestroy"], 0)
        self.assertEqual(reeve.leftovers(), [])


    def test_many_at_once(self):  # §76, §96: more than are on their way to be spawned at a time
        text = "".join(f"[Component c{n}]\nExecStart=/bin/sleep 1000\nExecShutdown=/bin/true\nTimeoutStopSec=60\n" for n in range(400))
        reeve = self.begin(text, foreground=True).start()
        reeve.stop(60)
        self.assertNotIn("hook", reeve.text())

    def test_main_ends_before_its_hook(self):  # §76, §96
        kill = "ExecShutdown=/bin/sh -c 'kill -9 \"$$MAINPID\"'\n"
        text = "".join(f"[Component c{n}]\nExecStart=/bin/sleep 1000\n{kill}ExecShutdown=/bin/true\n" for n in range(40))
        reeve = self.begin(text, foreground=True).start()
        reeve.stop(30)
        self.assertNotIn("hook", reeve.text())


class WithoutControlGroups(Hooks, Scenario):
    uid = 65534 if os.geteuid() == 0 else None


@needs_root
class WithControlGroups(Hooks, Scenario):
    def test_same_group(self):  # §79: its limits are the component's
        reeve = self.begin("[Component a]\nExecStart=@actor@\n" + hooks("a", {"Startup": "--double-fork"})).start(wait=False)
        hook, main = self.pid(reeve, "a.Startup"), reeve.log.pid("a")
        if group_of(main) == group_of(reeve.pid):
            self.skipTest("no control group of its own for a component here")
        self.assertTrue(group_of(hook).startswith(group_of(main) + "/"), (group_of(hook), group_of(main)))
        reeve.stop()
        self.assertFalse(any(os.path.exists(root + group_of(os.getpid()) + "/a.component") for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")))

    def test_frozen(self):  # P5: what cannot execute its hook keeps nobody else from starting, and ends in its time
        reeve = self.begin("[Component a]\nExecStart=/bin/sleep 1000\nExecShutdown=/bin/true\nTimeoutStopSec=3\n"
                           "[Component b]\nExecStart=/bin/sleep 1000\n").start()
        group = group_of(reeve.get("a", "MainPid"))
        freezer = next((root + group + "/cgroup.freeze" for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
                        if os.path.exists(root + group + "/cgroup.freeze")), None)
        if not freezer or group == group_of(reeve.pid):
            self.skipTest("no control group of its own for a component here")
        with open(freezer, "w") as file:
            file.write("1")
        path = reeve.ask("Stop", "a")
        reeve.wait_state("a", "stopping", sub_state="on-shutdown")
        self.assertEqual(reeve.verb("Restart", "b")[0], "done")
        self.assertEqual(reeve.wait_change(path)[0], "done")
        reeve.stop()


if __name__ == "__main__":
    harness.main()
