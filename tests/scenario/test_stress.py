# SPDX-License-Identifier: LGPL-2.1-or-later
"""Much of everything, judged from the actors' own log: random deaths, ends at any moment, shortages, thousands.

Each test takes seconds; REEVE_STRESS=full in the environment gives the lengths that reliability.md speaks of, and
REEVE_STRESS_SEED= another course of events.
"""
import os
import random
import resource
import signal
import time

import harness
from harness import Scenario, needs_root

FULL = os.environ.get("REEVE_STRESS") == "full"
SEED = int(os.environ.get("REEVE_STRESS_SEED", "1"))
NOBODY = 65534
TOLERANCE = 1_500_000  # µs: a provider that died a moment ago (P13)
DEADLY = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)
EAGER = "Restart=on-failure\nRestartSec=10ms\nRestartMaxDelaySec=200ms\nStartLimitBurst=100000\n"


def dag(chance, n, width=3):
    """{name: names of its providers}, acyclic; a few roots, many chains."""
    names = [f"c{i:03}" for i in range(n)]
    return {name: sorted(chance.sample(names[max(0, i - 20):i], min(i, chance.randint(0 if i % 7 == 0 else 1, width))))
            for i, name in enumerate(names)}


def modules(edges, lines="", flags="--ready"):
    return "".join(f"[Component {name}]\nType=notify\nExecStart=@actor@ {flags}\n{lines}"
                   + (f"Requires={' '.join(providers)}\n" if providers else "") + "\n" for name, providers in edges.items())


class Follower:
    """Reads the log on, line by line, and judges the order."""

    def __init__(self, case, reeve, edges):
        self.case, self.path, self.edges = case, reeve.log.path, edges
        self.dependents = {name: [other for other in edges if name in edges[other]] for name in edges}
        self.at, self.rest = 0, ""
        self.pids, self.alive, self.ready, self.killed = {}, set(), set(), {}
        self.n_starts = dict.fromkeys(edges, 0)

    def kill(self, name, number):
        """Dead from now on; what it says still is not heard."""
        self.killed[name] = harness.now_usec()
        harness.kill(self.pids[name], number)
        self.alive.discard(name)
        self.ready.discard(name)

    def read(self):
        with open(self.path, errors="replace") as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        lines = (self.rest + text).split("\n")
        self.rest = lines.pop()
        for line in lines:
            usec, name, event, detail = line.split(" ", 3)
            self.judge(int(usec), name, event, detail)

    def judge(self, usec, name, event, detail):
        if event == "start":
            self.n_starts[name] += 1
            for provider in self.edges[name]:
                is_recent = usec - self.killed.get(provider, 0) < TOLERANCE
                self.case.assertTrue(provider in self.ready or is_recent, f"{name} was started before {provider} was ready")
            self.pids[name] = int(detail)
            self.alive.add(name)
        elif event == "ready" and self.killed.get(name, 0) < usec:
            self.ready.add(name)
        elif event == "term":
            left = [other for other in self.dependents[name] if other in self.alive]
            self.case.assertEqual(left, [], f"{name} was stopped before its dependents")
            self.ready.discard(name)
        elif event == "exit":
            self.alive.discard(name)
        elif event == "violation":
            self.case.fail(f"{name}: {detail}")


class Stress(Scenario):
    def setUp(self):
        harness.LIMIT = 900 if FULL else 60
        super().setUp()
        self.chance = random.Random(SEED)

    def threads(self, reeve):
        return int(harness.status_of(reeve.pid)["Threads"])

    def fds(self, reeve):
        return len(os.listdir(f"/proc/{reeve.pid}/fd"))

    def processor(self, reeve):
        with open(f"/proc/{reeve.pid}/stat") as file:
            words = file.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def limit(self, reeve, which, soft):
        """Of the daemon, set by somebody of its own user, who needs no privilege; returns the hard limit."""
        hard = resource.prlimit(reeve.pid, which)[1] if reeve.uid is None else resource.getrlimit(which)[1]
        child = os.fork()
        if child == 0:
            try:
                if reeve.uid is not None:
                    os.setresgid(*[reeve.uid] * 3)
                    os.setresuid(*[reeve.uid] * 3)
                resource.prlimit(reeve.pid, which, (soft, hard))
                os._exit(0)
            finally:
                os._exit(1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        return hard

    def pause(self, reeve, seconds):
        end = time.monotonic() + seconds
        reeve.wait("time passes", lambda: time.monotonic() >= end, seconds + 5)

    def wait_all_ready(self, reeve, names, timeout=10):
        """The daemon's word, and that each is a living process."""
        begin = time.monotonic()

        def are():
            return all(reeve.state(name) == "ready" and harness.is_alive(reeve.get(name, "MainPid")) for name in names)
        reeve.wait("all are ready", are, timeout)
        return time.monotonic() - begin

    def zombies(self, reeve):
        """Ended children that have not been reaped."""
        try:
            with open(f"/proc/{reeve.pid}/task/{reeve.pid}/children") as file:
                return {pid for pid in file.read().split() if harness.status_of(pid).get("State", " ")[0] == "Z"}
        except OSError:
            return set()

    def deaths(self, n, n_deaths, rate, uid=None):
        edges = dag(self.chance, n)
        reeve = self.reeve(modules(edges, EAGER), "StartupErrorPolicy=warn\n", uid=uid).start()
        follower = Follower(self, reeve, edges)
        self.wait_all_ready(reeve, edges)
        base = self.fds(reeve), harness.memory_of(reeve.pid), self.threads(reeve)
        done, begin, seen = 0, time.monotonic(), {}
        while done < n_deaths:
            follower.read()
            while done < min(n_deaths, (time.monotonic() - begin) * rate) and follower.alive:
                follower.kill(self.chance.choice(sorted(follower.alive)), self.chance.choice(DEADLY))
                done += 1
            now = time.monotonic()
            seen = {pid: seen.get(pid, now) for pid in self.zombies(reeve)}
            self.assertLess(max((now - since for since in seen.values()), default=0), 1, "a zombie for more than a second")
            reeve.bus.poll(0.005)
        last = time.monotonic()
        self.wait_all_ready(reeve, edges, 10)
        took = time.monotonic() - last
        follower.read()
        self.assertEqual(follower.ready, set(edges))
        self.pause(reeve, 0.3)
        fds, memory, threads = self.fds(reeve), harness.memory_of(reeve.pid), self.threads(reeve)
        self.assertLessEqual((fds, threads), (base[0] + 8, base[2] + 2))
        self.assertLessEqual(memory, base[1] * 1.25 + 2048)
        used = self.processor(reeve)
        self.pause(reeve, 1)
        print(f"\n{n_deaths} deaths among {n}: all are back after {took:.2f} s; fds {base[0]} -> {fds}, RSS {base[1]} -> {memory} KiB")
        reeve.stop()
        follower.read()
        self.assertEqual((follower.alive, reeve.leftovers()), (set(), []))
        return used

    def test_random_deaths(self):  # P1, P13, P7, §68, §95, §105
        self.deaths(200 if FULL else 40, 10000 if FULL else 600, 100)

    @needs_root
    def test_random_deaths_without_cgroups(self):  # P1, P6
        self.deaths(200 if FULL else 25, 10000 if FULL else 300, 100 if FULL else 60, NOBODY)

    def statuses(self, uid=None):
        names = [f"c{i}" for i in range(30)]
        reeve = self.reeve("".join(f"[Component {name}]\nType=notify\nExecStart=@actor@ --ready --exit={i} --after={1500 if i % 3 == 0 else 100000}\n\n"
                                   for i, name in enumerate(names)), uid=uid).start()
        self.assertEqual({reeve.state(name) for name in names}, {"ready"})
        reeve.terminate(signal.SIGSTOP)
        for i, name in enumerate(names):
            if i % 3 == 1:
                harness.kill(reeve.log.pid(name), DEADLY[i % 2])
        end = time.monotonic() + 10
        while len(reeve.log.lines("exit")) < 10 and time.monotonic() < end:
            time.sleep(harness.STEP)
        reeve.terminate(signal.SIGCONT)
        for i, name in enumerate(names):
            wanted = ("inactive" if i == 0 else "failed") if i % 3 == 0 else "failed" if i % 3 == 1 else "ready"
            reeve.wait_state(name, wanted)
            result = reeve.get(name, "Result")
            if i % 3 == 1:
                self.assertIn(result, ("signal", "core-dump"), name)
            else:
                self.assertEqual(result, "success" if i == 0 or i % 3 == 2 else "exit-code", name)
        self.assertEqual(len([event for event in reeve.history() if event.kind == "transition" and event.from_ == "ready"]), 20)

    def test_ends_while_it_is_stopped(self):  # P2
        self.statuses()

    @needs_root
    def test_ends_while_it_is_stopped_without_cgroups(self):  # P2
        self.statuses(NOBODY)

    def terminations(self, n_times, uid=None):
        worst = 0
        edges = dag(self.chance, 30)
        for n in range(n_times):
            reeve = self.reeve(modules(edges, flags="--ready=4"), "MaxParallelStarts=6\n", uid=uid, at=f"d{n}").start(wait=False)
            moment = harness.now_usec() + self.chance.randint(0, 150_000)
            while harness.now_usec() < moment or not int(harness.status_of(reeve.pid)["SigBlk"], 16) >> (signal.SIGTERM - 1) & 1:
                time.sleep(0.0005)
            sent = harness.now_usec()
            for _ in range(self.chance.randint(1, 6)):  # P15
                reeve.terminate(self.chance.choice((signal.SIGTERM, signal.SIGTERM, signal.SIGINT)))
            self.assertEqual(reeve.wait_exit(), 0, f"moment {n}")
            worst = max(worst, harness.now_usec() - sent)
            Follower(self, reeve, edges).read()
            late = [line for line in reeve.log.lines("start") if line.usec > sent + 60_000]
            self.assertEqual((late, reeve.leftovers()), ([], []))
            asked = reeve.log.names("term")
            self.assertEqual(len(asked), len(set(asked)))
            if n > 0:
                reeve.superior.close()
                self.daemons.remove(reeve)
                reeve.output.close()
        print(f"\n{n_times} terminations: the slowest took {worst / 1e6:.2f} s")

    def test_terminated_at_any_moment(self):  # P14, P15, §100, §111
        self.terminations(200 if FULL else 25)

    @needs_root
    def test_terminated_at_any_moment_without_cgroups(self):  # P14, §100
        self.terminations(200 if FULL else 12, NOBODY)

    def shortage(self, limit, value, uid=None):
        """What a component has by default must do: Restart= alone is said."""
        edges = {"root": [], **{f"c{i:02}": ["root"] for i in range(10)}, **{f"s{i:02}": [] for i in range(10)}}
        reeve = self.reeve(modules(edges, "Restart=always\n").replace("Restart=always\nRequires", "Requires"), uid=uid).start()
        base = self.fds(reeve)
        hard = self.limit(reeve, limit, value)
        for name in edges:
            harness.kill(reeve.log.pid(name))
        used, begin = self.processor(reeve), time.monotonic()
        while time.monotonic() - begin < 3.5:
            self.assertEqual(reeve.container("State"), "running")
            time.sleep(0.1)
        used = (self.processor(reeve) - used) / (time.monotonic() - begin)
        self.limit(reeve, limit, hard)
        begin = time.monotonic()
        # A dependent without Restart= that was killed itself stays down; whoever was only stopped for its provider is back.
        names = ["root"] + [name for name in edges if name[0] == "s"]
        self.wait_all_ready(reeve, names, 12)
        print(f"\nafter a shortage: {time.monotonic() - begin:.2f} s, processor {used:.0%}")
        self.assertLess(used, 0.5)
        self.assertLessEqual(self.fds(reeve), base + 8)

    def test_no_descriptors(self):  # P24, P27
        self.shortage(resource.RLIMIT_NOFILE, 3)

    @needs_root
    def test_no_descriptors_without_cgroups(self):  # P24, P27
        self.shortage(resource.RLIMIT_NOFILE, 3, NOBODY)

    @needs_root
    def test_no_processes(self):  # P24, P27
        self.shortage(resource.RLIMIT_NPROC, 0, NOBODY)

    def test_dependents_survive_a_shortage(self):  # P24, §105
        edges = {"root": [], **{f"c{i}": ["root"] for i in range(8)}}
        reeve = self.reeve(modules(edges).replace("[Component root]\n", "[Component root]\nRestart=always\n")).start()
        harness.kill(reeve.log.pid("root"))
        reeve.wait("half of them are back", lambda: len(reeve.log.lines("start")) >= 13 or None)
        hard = self.limit(reeve, resource.RLIMIT_NOFILE, 3)
        harness.kill(reeve.log.pid("root"))
        self.pause(reeve, 2)
        self.limit(reeve, resource.RLIMIT_NOFILE, hard)
        self.wait_all_ready(reeve, edges, 12)

    def test_a_thousand_restarts(self):  # P1, P23
        names = [f"c{i}" for i in range(10)]
        lines = "Restart=always\nRestartSec=1ms\nRestartMaxDelaySec=1ms\nStartLimitBurst=1000000\n"
        reeve = self.reeve(modules({name: [] for name in names}, lines)).start()
        follower, base, n = Follower(self, reeve, {name: [] for name in names}), None, 2000 if FULL else 1000
        for i in range(n // 10):
            for name in names:
                reeve.wait_line("ready", name, 1) if i == 0 else None
            reeve.wait("each is up again", lambda: (follower.read(), all(follower.n_starts[x] == i + 1 and x in follower.ready for x in names))[1])
            if i == n // 40:
                base = self.fds(reeve), harness.memory_of(reeve.pid)
            for name in names:
                follower.kill(name, signal.SIGKILL)
        self.wait_all_ready(reeve, names)
        self.assertLessEqual(self.fds(reeve), base[0] + 1)
        self.assertLessEqual(harness.memory_of(reeve.pid), base[1] + 1024)

    def thousands(self, n, uid=None):
        edges = {f"c{i}": [f"c{i // 10}"] if i >= 10 else [] for i in range(n)}
        text = modules(edges).replace("Type=notify\nExecStart=@actor@ --ready", "ExecStart=/bin/sleep 1000")
        reeve = self.reeve(text, "StopBudgetSec=80\nMaxParallelStarts=64\n", uid=uid)
        begin = time.monotonic()
        reeve.start(wait=False)
        reeve.wait("READY=1", lambda: reeve.superior.has("READY", "1"), 120)
        up = time.monotonic() - begin
        begin = time.monotonic()
        reeve.stop(60)
        print(f"\n{n} components: up in {up:.2f} s, down in {time.monotonic() - begin:.2f} s")

    def test_thousands(self):  # P14, §51
        self.thousands(5000 if FULL else 800)

    @needs_root
    def test_thousands_without_cgroups(self):  # P14
        self.thousands(5000 if FULL else 400, NOBODY)

    def test_detection_despite_survivors(self):  # P4
        reeve = self.reeve("[Component a]\nExecStart=/bin/sh -c 'setsid sleep 1000 & sleep 0.3; exit 3'\nStandardOutput=console\n",
                           foreground=True).start()
        reeve.wait_state("a", "failed")
        spawned = next(event.usec for event in reeve.history() if event.to == "ready" and event.component == "a")
        ended = next(event.usec for event in reeve.history() if event.to == "failed" and event.component == "a")
        self.assertLess(ended - spawned, 450_000)
        reeve.stop()
        self.assertEqual(reeve.leftovers(), [])

    def nasties(self, n, uid=None):
        flags = ["--ignore-term", "--double-fork", "--setsid-child", "--fork-many=30", "--respawn", "--flood-stdout", "--flood-notify",
                 "--garbage-notify", "--stop-self=100", "--mainpid=1", "--extend=18446744073709551615", "--exit=3 --after=200",
                 "--signal=11 --after=150", "--notify=RELOADING=1", "--notify=READY=1", "--status=x", "--term-exit=9", "--stop-slow=300"]
        text = modules({f"good{i}": [] for i in range(6)})
        for i in range(n):
            chosen = " ".join(self.chance.sample(flags, self.chance.randint(1, 3)))
            text += (f"[Component n{i}]\nType={self.chance.choice(('notify', 'simple'))}\nExecStart=@actor@ {chosen} {'--ready' * self.chance.randint(0, 1)}\n"
                     f"TimeoutStartSec=700ms\nTimeoutStopSec=500ms\nRestart={self.chance.choice(('never', 'always'))}\nStartupErrorPolicy=ignore\n\n")
        reeve = self.reeve(text, uid=uid).start(wait=False).connect()
        for i in range(6):
            reeve.wait_state(f"good{i}", "ready", 5)
        reeve.wait_ready(20)
        self.pause(reeve, 2)
        for i in range(6):
            self.assertEqual((reeve.state(f"good{i}"), reeve.get(f"good{i}", "Incarnation")), ("ready", 1))
        begin = time.monotonic()
        reeve.stop()
        print(f"\n{n} nasties: stopped in {time.monotonic() - begin:.2f} s")
        self.assertEqual(reeve.leftovers(), [])

    def test_nasties(self):  # P5, P6, P16-P22, §115
        self.nasties(72 if FULL else 14)

    @needs_root
    def test_nasties_without_cgroups(self):  # P5, P6, §115
        self.nasties(72 if FULL else 10, NOBODY)


if __name__ == "__main__":
    harness.main()
