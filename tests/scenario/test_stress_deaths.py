# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random deaths, deaths unseen, a thousand restarts: all that is wanted is back, in order, and nothing is kept."""
import signal
import time

import harness
from harness import needs_root
from stress_kit import DEADLY, EAGER, FULL, NOBODY, Follower, Stress, dag, modules


class Deaths(Stress):
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
        reeve.disconnect()
        used = self.processor(reeve)
        time.sleep(1)  # the measurement itself
        used = self.processor(reeve) - used
        print(f"\n{n_deaths} deaths among {n}: all are back after {took:.2f} s; fds {base[0]} -> {fds}, RSS {base[1]} -> {memory} KiB, "
              f"threads {base[2]} -> {threads}, then {used:.0%} of a processor")
        self.assertLess(used, 0.02)
        reeve.stop()
        follower.read()
        self.assertEqual((follower.alive, reeve.leftovers()), (set(), []))

    def test_random_deaths(self):  # P1, P13, P7, §68, §95, §105
        self.deaths(200 if FULL else 40, 10000 if FULL else 150, 100)

    @needs_root
    def test_random_deaths_without_cgroups(self):  # P1, P6
        self.deaths(200 if FULL else 25, 10000 if FULL else 80, 100, NOBODY)

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

    def corpses(self, uid=None):
        reeve = self.reeve("[Component a]\nType=notify\nExecStart=@actor@ --ready --do=orphans\n", uid=uid).start(wait=False)
        seen, worst, most = {}, 0, 0

        def look():
            nonlocal seen, worst, most
            now = time.monotonic()
            seen = {pid: seen.get(pid, now) for pid in self.zombies(reeve)}
            worst, most = max([worst] + [now - since for since in seen.values()]), max(most, len(seen))
            return reeve.log.lines("orphans") and not seen
        reeve.wait("the last of them is gone", look)
        print(f"\n{reeve.log.lines('orphans')[0].detail} orphans: at most {most} zombies at a time, none for more than {worst:.2f} s")
        self.assertLess(worst, 1)
        self.assertEqual(reeve.log.lines("orphans")[0].detail, "1000")
        reeve.wait_ready()

    def test_corpses_of_strangers(self):  # P3
        self.corpses()

    @needs_root
    def test_corpses_of_strangers_without_cgroups(self):  # P3
        self.corpses(NOBODY)

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


if __name__ == "__main__":
    harness.main()
