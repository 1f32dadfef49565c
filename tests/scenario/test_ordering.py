# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who starts when."""
import random

import harness
from harness import Scenario, graph


class Ordering(Scenario):
    def test_diamond(self):  # §50, §95, P13
        edges = {"db": [], "cache": ["db"], "api": ["db"], "web": ["cache", "api"], "edge": ["web", "db"]}
        reeve = self.reeve(graph(edges, {"db": "--ready=150", "cache": "--ready=100"})).start()
        names = reeve.log.names("start")
        self.assertEqual(sorted(names), sorted(edges))
        self.assert_order(names, "db", "cache", "web", "edge")
        self.assert_order(names, "db", "api", "web")
        reeve.stop()
        self.assert_order(reeve.log.names("term"), "edge", "web", "api", "db")

    def test_random_graphs(self):  # §50, §95, P13
        chance = random.Random(20240607)
        for n in range(3):
            names = [f"c{i:02}" for i in range(40)]
            order = names[:]
            chance.shuffle(order)
            edges = {name: [] for name in names}
            for place, name in enumerate(order):
                edges[name] = chance.sample(order[:place], min(place, chance.choice([0, 1, 1, 2, 3])))
            flags = {name: f"--ready={chance.choice([0, 0, 20, 60])} --stop-slow={chance.choice([0, 0, 20, 60])}" for name in names}
            reeve = self.reeve(graph(edges, flags), at=f"d{n}").start()
            self.assertEqual(len(reeve.log.names("ready")), 40)
            reeve.stop()
            self.assertEqual(len(reeve.log.names("term")), 40)

    def test_no_waves(self):  # §51
        reeve = self.reeve(graph({"slow": [], "fast": [], "after-fast": ["fast"], "last": ["after-fast"]}, {"slow": "--ready=800"}))
        reeve.start()
        self.assertLess(reeve.log.last("ready", "last").usec, reeve.log.last("ready", "slow").usec)

    def test_independent_ones_start_together(self):  # §53
        names = [f"c{i}" for i in range(20)]
        reeve = self.reeve(graph({name: [] for name in names}, {name: "--ready=1000" for name in names}), "MaxParallelStarts=64\n").start()
        timings = [reeve.get(name, "Timings") for name in names]
        self.assertLess(max(t["spawned"] for t in timings), min(t["ready"] for t in timings))

    def starting_at_once(self, reeve):
        now, most = set(), 0
        for event in reeve.history():
            if event.kind == "transition":
                (now.add if event.to == "starting" else now.discard)(event.component)
                most = max(most, len(now))
        return most

    def test_slots(self):  # §53
        for slots in (1, 3):
            reeve = self.reeve(graph({f"c{i:02}": [] for i in range(12)}, {f"c{i:02}": "--ready=30" for i in range(12)}),
                               f"MaxParallelStarts={slots}\n", at=f"d{slots}").start()
            self.assertEqual(self.starting_at_once(reeve), slots)

    def test_one_slot_gives_one_order(self):  # §54, §55, §3
        first = graph({"z": [], "a": ["z"], "m": [], "p": ["m"], "q": []}, lines={"p": "Priority=-5", "q": "Priority=1"})
        second = graph({"y": [], "b": []}, lines={"b": "Priority=-1"})
        for n in range(3):
            reeve = self.reeve({"20-first.module": first, "10-second.module": second}, "MaxParallelStarts=1\n", at=f"d{n}").start()
            # b by its priority; then module first before module second; p as soon as m is there; q by its priority last
            self.assertEqual(reeve.log.names("start"), ["b", "z", "a", "m", "p", "y", "q"])
            reeve.stop()
            self.assertEqual(reeve.log.names("start"), ["b", "z", "a", "m", "p", "y", "q"])

    def test_priority_does_not_override(self):  # §55
        reeve = self.reeve(graph({"late": ["early"], "early": []}, {"early": "--ready=100"},
                                 {"late": "Priority=-1000", "early": "Priority=1000"})).start()
        self.assertEqual(reeve.log.names("start"), ["early", "late"])

    def test_lazy(self):  # §56, D19
        reeve = self.reeve("""
[Component eager]
Type=notify
ExecStart=@actor@ --ready --providers=pulled
Requires=pulled
Wants=wanted
After=ordered
[Component pulled]
Type=notify
Start=lazy
ExecStart=@actor@ --ready --providers=deeper
Requires=deeper
[Component deeper]
Type=notify
Start=lazy
ExecStart=@actor@ --ready
[Lazy]
unused=@actor@
wanted=@actor@
ordered=@actor@
""").start()
        self.assertEqual(reeve.log.names("start"), ["deeper", "pulled", "eager"])
        for name in ("unused", "wanted", "ordered"):
            self.assertEqual(reeve.state(name), "inactive")

    def test_after(self):  # §50, §57, §95
        reeve = self.reeve("""
[Component first]
Type=notify
ExecStart=@actor@ --ready=300 --dependents=second
[Component second]
Type=notify
ExecStart=@actor@ --ready --providers=first --stop-slow=200
After=first broken
[Component broken]
Type=notify
ExecStart=@actor@ --exit=3 --after=200
StartupErrorPolicy=ignore
""").start()
        self.assertEqual(reeve.state("second"), "ready")
        self.assertGreater(reeve.log.last("start", "second").usec, reeve.log.last("exit", "broken").usec)
        reeve.stop()
        self.assertGreater(reeve.log.last("term", "first").usec, reeve.log.last("exit", "second").usec)

    def test_wants(self):  # §50, §88, §95
        reeve = self.reeve("""
[Component consumer]
Type=notify
ExecStart=@actor@ --ready --stop-slow=200 --providers=optional
Wants=optional broken nowhere
[Component optional]
Type=notify
ExecStart=@actor@ --ready=300 --dependents=consumer
[Component broken]
Type=notify
ExecStart=@actor@ --exit=3 --after=200
StartupErrorPolicy=warn
""").start()
        self.assertEqual(reeve.state("consumer"), "ready")
        self.assertGreater(reeve.log.last("start", "consumer").usec, reeve.log.last("exit", "broken").usec)
        reeve.stop()

    def test_module_barrier(self):  # §50, §95, D6
        infra = "[Module]\n" + graph({"one": [], "two": ["one"], "bad": []}, {"two": "--ready=200 --dependents=front,side"},
                                     {"bad": "StartupErrorPolicy=warn"}).replace("--ready --dep", "--dep")
        infra = infra.replace("[Component bad]\nType=notify\nExecStart=@actor@ --ready ", "[Component bad]\nType=notify\nExecStart=@actor@ --exit=1 --after=300")
        reeve = self.reeve({
            "infra.module": infra,
            "shop.module": "[Module]\nRequires=infra\n" + graph({"front": [], "side": []}, {"front": "--stop-slow=150"}),
            "free.module": graph({"alone": []}),
        }).start()
        starts = {name: reeve.log.last("start", name).usec for name in ("front", "side", "alone")}
        settled = max(reeve.log.last("ready", "two").usec, reeve.log.last("exit", "bad").usec)
        self.assertGreater(starts["front"], settled)
        self.assertGreater(starts["side"], settled)
        self.assertLess(starts["alone"], settled)
        reeve.stop()
        self.assertGreater(reeve.log.last("term", "one").usec, reeve.log.last("exit", "front").usec)

    def test_a_barrier_does_not_bind(self):  # §50, §105: order only
        reeve = self.reeve({"infra.module": graph({"one": []}, {"one": "--dependents=front,follower"}),
                            "shop.module": "[Module]\nRequires=infra\n" + graph({"front": [], "follower": []}, {
                                "front": "--stop-slow=100", "follower": "--stop-slow=100"}, {"follower": "After=one"})}).start()
        pids = [reeve.get(name, "MainPid") for name in ("front", "follower")]
        harness.kill(reeve.get("one", "MainPid"))
        reeve.wait_state("one", "failed")
        self.assertEqual(reeve.verb("Start", "one")[0], "done")
        self.assertEqual([reeve.get(name, "MainPid") for name in ("front", "follower")], pids)
        reeve.stop()
        self.assertEqual(reeve.log.names("term")[-1], "one")

    def test_barrier_settles_at_the_first_failure(self):  # §50, §52
        reeve = self.reeve({"infra.module": """
[Module]
StartupErrorPolicy=warn
[Component flaky]
Type=notify
ExecStart=@actor@ --exit=1
Restart=always
RestartSec=1h
[Component slow-to-fail]
Type=notify
ExecStart=@actor@ --ignore-term
TimeoutStartSec=300ms
TimeoutStopSec=300ms
""", "shop.module": "[Module]\nRequires=infra\n" + graph({"front": []})}).start()
        self.assertEqual((reeve.state("flaky"), reeve.state("front")), ("backoff", "ready"))
        events = reeve.history()
        failed = next(event.seq for event in events if (event.component, event.to) == ("slow-to-fail", "failed"))
        started = next(event.seq for event in events if (event.component, event.to) == ("front", "starting"))
        self.assertLess(failed, started, "what is being stopped is not settled")

    def test_after_waits_for_the_end_of_a_failed_start(self):  # §50, §52
        reeve = self.reeve(graph({"next": []}, lines={"next": "After=hangs"}) + """
[Component hangs]
Type=notify
ExecStart=@actor@ --ignore-term --dependents=
TimeoutStartSec=200ms
TimeoutStopSec=300ms
StartupErrorPolicy=ignore
""").start()
        events = reeve.history()
        failed = next(event.seq for event in events if (event.component, event.to) == ("hangs", "failed"))
        started = next(event.seq for event in events if (event.component, event.to) == ("next", "starting"))
        self.assertLess(failed, started)
        self.assertEqual(reeve.state("next"), "ready")

    def test_slots_are_given_back(self):  # §53, §90
        reeve = self.reeve(graph({"z": []}) + """
[Component never]
Type=notify
ExecStart=@actor@
TimeoutStartSec=200ms
StartupErrorPolicy=ignore
Priority=-3
[Component nowhere]
ExecStart=/nowhere/at/all
StartupErrorPolicy=ignore
Priority=-2
[Component again]
Type=notify
ExecStart=@actor@ --exit=1
Restart=always
RestartSec=20ms
RestartMaxDelaySec=20ms
StartLimitBurst=100000
StartupErrorPolicy=ignore
Priority=-1
""", "MaxParallelStarts=1\n").start()
        self.assertEqual(reeve.state("z"), "ready")

    def test_optional_provider_that_comes_late(self):  # §88, §107: static, reluctant
        reeve = self.reeve("""
[Component late]
Type=notify
ExecStart=@actor@ --ready --exit-if=@files@/cause
StartupErrorPolicy=warn
Restart=always
RestartSec=50ms
RestartMaxDelaySec=50ms
StartLimitBurst=1000
[Component consumer]
Type=notify
ExecStart=@actor@ --ready
Wants=late
""")
        open(reeve.file("cause"), "w").close()
        reeve.start()
        pid = reeve.get("consumer", "MainPid")
        harness.os.unlink(reeve.file("cause"))
        reeve.wait_state("late", "ready")
        self.assertEqual((reeve.get("consumer", "MainPid"), reeve.state("consumer")), (pid, "ready"))

    def test_indices(self):  # §58
        reeve = self.reeve(graph({"a": [], "b": ["a"], "c": ["b"]})).start()
        self.assertEqual([reeve.get(name, "SpawnIndex") for name in "abc"], [1, 2, 3])
        self.assertEqual([reeve.get(name, "ReadyIndex") for name in "abc"], [1, 2, 3])
        harness.kill(reeve.get("c", "MainPid"))
        reeve.wait_state("c", "failed")
        self.assertEqual(reeve.verb("Start", "c")[0], "done")
        self.assertEqual((reeve.get("c", "SpawnIndex"), reeve.get("c", "ReadyIndex")), (4, 4))

    def test_keys_and_aliases(self):  # §14, §18, §26
        reeve = self.reeve("""
[Component store]
Type=notify
ExecStart=@actor@ --ready=100 --dependents=user,visitor,guest
Provides=sql blob:eu blob:us
[Component user]
Type=notify
ExecStart=@actor@ --ready --providers=store
Requires=sql
[Component visitor]
Type=notify
ExecStart=@actor@ --ready --providers=store
Requires=blob:us
[Component guest]
Type=notify
ExecStart=@actor@ --ready --providers=store
Requires=memory
[Alias memory]
Target=sql
""").start()
        self.assertEqual(reeve.log.names("start")[0], "store")
        self.assertEqual(reeve.log.names("start").count("store"), 1)
        reeve.stop()
        self.assertEqual(reeve.log.names("term")[-1], "store")


if __name__ == "__main__":
    harness.main()
