# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the time of a start went: the critical path and what analyze makes of it."""
import json
import random
import shutil
import subprocess
import xml.etree.ElementTree as tree

import harness
import wire
from harness import Scenario

TOLERANCE = 1000  # µs: §142, §144
PHASES = ("load", "register", "validate", "gates", "resources", "components", "other")
SVG = "{http://www.w3.org/2000/svg}"


def component(name, flags="", lines="", kind="notify", policy="warn"):
    return f"[Component {name}]\nType={kind}\nStartupErrorPolicy={policy}\nExecStart=@actor@ {flags}\n{lines}\n"


def random_modules(seed, n):
    """Everything that a start can meet, in three modules of which the later may require the earlier."""
    chance = random.Random(seed)
    modules = {f"m{i}": "[Module]\n" + (f"Requires=m{i - 1}\n" if i and chance.random() < 0.6 else "") for i in range(3)}
    for i in range(n):
        pause = chance.choice((0, 0, 5, 20, 40))
        kind, flags = chance.choice((("notify", f"--ready={pause}"), ("notify", f"--ready={pause}"), ("simple", ""),
                                     ("oneshot", f"--exit=0 --after={pause}"), ("notify", f"--exit=3 --after={pause}"),
                                     ("notify", "--status=never-ready"), ("notify", f"--ready={pause}")))
        lines = f"TimeoutStartSec={'5s' if 'ready=' in flags or kind == 'oneshot' else '60ms'}\n"
        if "--exit=3" in flags:
            lines += f"StartRetries={chance.choice((0, 1))}\nRestartSec=10ms\n"
        for j in range(max(0, i - 6), i):
            if chance.random() < 0.25:
                lines += f"{chance.choice(('Requires', 'Requires', 'Wants', 'After', 'Resolves'))}=c{j}\n"
        if i + 1 < n and chance.random() < 0.15:
            lines += f"Resolves=c{i + 1}\n"  # closes a cycle now and then (§41)
        modules[f"m{i * 3 // n}"] += component(f"c{i}", flags, lines, kind)
    return {f"{name}.module": text for name, text in modules.items()}


class Startup(Scenario):
    def parts(self, reeve):
        return {part["name"]: part for part in reeve.call("GetStartup", "a{sv}", {})[0]}

    def path(self, reeve, name=""):
        return reeve.call("GetCriticalPath", "sa{sv}", name, {})[0]

    def requires(self, reeve, module):
        return reeve.property(f"{wire.ROOT}/module/{module}", wire.NAME + ".Module", "Requires")

    def closure(self, reeve, module):
        return {module}.union(*(self.closure(reeve, other) for other in self.requires(reeve, module)))

    def check_path(self, reeve, path, parts):
        """§144, from the figures alone: each step follows from the next, and they add up."""
        last, first = parts[path[0]["name"]], parts[path[-1]["name"]]
        self.assertEqual(path[0]["until"], last["settled"])
        self.assertEqual(sum(step["own"] + step["wait_slot"] for step in path),
                         last["settled"] - path[-1]["begin"])
        self.assertLessEqual(abs(path[-1]["begin"] - first.get("requested", last["settled"])), TOLERANCE)
        for step, following in zip(path, path[1:]):
            one, other = parts[step["name"]], parts[following["name"]]
            self.assertEqual(step["begin"], following["until"])
            self.assertGreater(step["begin"], one["requested"], "something came between the request and the start")
            if step["reason"] == "slot":
                self.assertGreater(one["slot"], one["deps_ready"])
                self.assertEqual(step["begin"], one["slot"])
                self.assertLess(other["slot"], one["slot"])
            elif step["reason"] == "module":
                self.assertIn(step["module"], self.requires(reeve, one["module"]))
                self.assertIn(other["module"], self.closure(reeve, step["module"]))
                self.assertEqual(step["begin"], other["settled"])
            else:
                self.assertIn(step["reason"], ("requires", "wants", "after", "resolves"))
                kinds = {provider: kind for kind, _, _, provider in reeve.get(step["name"], "Requires")}
                self.assertEqual(kinds.get(following["name"]), step["reason"])
                self.assertEqual(step["begin"], other["settled"])
        self.assertEqual(path[-1]["reason"], "start")

    def check_start(self, reeve):
        """All that holds of every start; returns the parts and the critical path."""
        metrics, parts, path = reeve.container("StartupMetrics"), self.parts(reeve), self.path(reeve)
        self.assertTrue(metrics["finished"])
        self.assertLessEqual(abs(metrics["total"] - sum(metrics[phase] for phase in PHASES)), TOLERANCE)
        settled = {name: part["settled"] for name, part in parts.items() if "settled" in part}
        self.assertEqual(path[0]["until"], max(settled.values()))
        self.assertLessEqual(max(settled.values()), metrics["ended"])
        # The one path of all, and the way to each single one.
        for name in settled:
            self.check_path(reeve, self.path(reeve, name), parts)
        own = sum(part.get("own", 0) for part in parts.values())
        self.assertAlmostEqual(metrics["parallelism"], own / metrics["components"], delta=0.01)
        for name, part in parts.items():
            moments = [part[key] for key in ("requested", "deps_ready", "slot", "settled") if key in part]
            self.assertEqual(moments, sorted(moments), name)
            if "slot" in part and "settled" in part:
                self.assertEqual(part.get("own", 0), part["settled"] - part["slot"])
        return parts, path

    def test_random_starts(self):  # §142, §144
        for seed, slots, foreground in ((1, 1, False), (2, 0, True), (3, 2, False), (4, 1, True), (5, 0, False)):
            with self.subTest(seed=seed):
                settings = f"MaxParallelStarts={slots}\n" if slots else "MaxParallelStarts=1000\n"
                reeve = self.reeve(random_modules(seed, 24), settings, at=f"d{seed}", foreground=foreground).start()
                parts, path = self.check_start(reeve)
                self.assertEqual(len(parts), 24)
                if slots == 1:
                    self.assertIn("slot", {step["reason"] for step in path})
                elif slots == 0:
                    self.assertNotIn("slot", {step["reason"] for step in path})
                reeve.stop()

    def test_by_the_spec(self):  # §144: Σ (own + wait_slot) = last.ready - first.requested, by what D-Bus says of each
        gaps = []
        for n in range(5):  # a busy machine may take the daemon off the processor between two moments, but not each time
            reeve = self.reeve(component("a", "--ready=60") + component("b", "--ready=30", "Requires=a") +
                               component("c", "--ready=10", "After=b") + component("other", "--ready"), at=f"d{n}").start()
            path = self.path(reeve)
            self.assertEqual([(step["name"], step["reason"]) for step in path], [("c", "after"), ("b", "requires"), ("a", "start")])
            timings = {step["name"]: reeve.get(step["name"], "Timings") for step in path}
            total = sum(each["own"] + each["wait_slot"] for each in timings.values())
            gaps.append(abs(total - (timings["c"]["ready"] - timings["a"]["requested"])))
        self.assertLessEqual(min(gaps), TOLERANCE)

    def test_failed_start(self):  # §142, §144: also after a failed start
        modules = (component("db", "--ready=40") + component("bad", "--exit=3 --after=80", "Requires=db", policy="strict") +
                   component("web", "--ready", "Requires=db bad", policy="strict") + component("slow", "--ready=4000"))
        reeve = self.reeve(modules, "HoldOnFailure=yes\n").start(wait=False).connect()
        reeve.wait("the roll-back", lambda: reeve.container("State") == "failed")
        parts, path = self.check_start(reeve)
        self.assertFalse(reeve.container("StartupMetrics")["success"])
        self.assertEqual({name: part["state"] for name, part in parts.items()},
                         {"db": "ready", "bad": "failed", "web": "blocked", "slow": "inactive"})
        self.assertEqual((parts["bad"]["result"], parts["bad"]["text"]), ("exited-early", "exited with status 3"))
        self.assertEqual(parts["web"]["text"], "needs bad")
        self.assertNotIn("settled", parts["slow"])
        self.assertEqual(parts["slow"]["text"], "called off", "when the start had failed")
        self.assertEqual([step["name"] for step in path], ["web", "bad", "db"])
        self.assertRegex(reeve.ctl("analyze", "time").stdout, r"^Startup failed after .*\(components\).* = [\d.]+m?s\.\n$")
        blame = reeve.ctl("analyze", "blame").stdout
        self.assertRegex(blame, r"bad +failed: exited with status 3")
        self.assertRegex(blame, r"web +blocked: needs bad")
        self.assertEqual(reeve.ctl("analyze", "critical-chain", "slow").returncode, 1)

    def test_history_stays(self):  # §144: what is restarted, stopped or reset since had its part in the start all the same
        modules = component("a", "--ready=30") + component("b", "--ready=20", "Requires=a") + component("bad", "--exit=1", "After=b")
        reeve = self.reeve(modules + "[Lazy]\nlater=@actor@\n").start()
        before = self.check_start(reeve)
        reeve.verb("Restart", "a")
        reeve.verb("Stop", "b")
        reeve.verb("Reset", "bad")
        reeve.verb("Start", "later")
        self.assertEqual(reeve.state("bad"), "inactive")
        after = self.check_start(reeve)
        for figures in (before, after):
            figures[0]["bad"].pop("text", None), figures[0]["bad"].pop("result", None)
        self.assertEqual(after, before)
        self.assertNotIn("later", after[0])
        self.assertEqual(self.path(reeve, "later"), [])

    def test_retries(self):  # §90, §144
        reeve = self.reeve(component("a", "--fail-first=1 --ready=20", "StartRetries=2\nRestartSec=50ms") +
                           component("b", "--ready", "Requires=a")).start()
        parts, path = self.check_start(reeve)
        self.assertEqual([step["name"] for step in path], ["b", "a"])
        self.assertGreater(parts["a"]["again"] - parts["a"]["slot"], 50_000)
        self.assertGreater(parts["a"]["own"], 70_000)

    def test_chain(self):  # interfaces.md: analyze critical-chain
        reeve = self.reeve({"infra.module": component("db", "--ready=30"),
                            "shop.module": "[Module]\nRequires=infra\n" + component("mail", "--exit=1") + component("web", "--ready=10")},
                           "MaxParallelStarts=1\n").start()
        self.assertLessEqual(reeve.container("StartupMetrics")["parallelism"], 1.01, "there is one slot")
        text = reeve.ctl("--quiet", "analyze", "critical-chain").stdout
        self.assertRegex(text, r"\Aweb @[\d.]+m?s \+.*\n└─slot of mail @.* \+.* failed\n"
                               r"  └─module infra: db @.* \+.*\n[\d.]+m?s = .* of their own \+ .* in the queue\n\Z")
        both = reeve.ctl_json("analyze", "critical-chain", "db", "web")
        self.assertEqual([chain["name"] for chain in both], ["db", "web"])
        self.assertEqual([step["name"] for step in both[0]["steps"]], ["db"])
        unknown = reeve.ctl("analyze", "critical-chain", "dbx")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("dbx", unknown.stderr)
        self.assertEqual(reeve.ctl("analyze", "plot", "db").returncode, 2)
        self.assertEqual(reeve.ctl("analyze", "nonsense").returncode, 2)

    def test_graph(self):  # §146: root causes red, blocked orange, the critical path bold; valid for graphviz
        reeve = self.reeve({"infra.module": component("db", "--exit=1 --after=20"),
                            "shop.module": "[Module]\nRequires=infra\n" + component("web", "--ready", "Requires=db") +
                            component("mail", "--ready=30")}, "MaxParallelStarts=1\n").start()
        dot = reeve.ctl("analyze", "dot").stdout
        self.assertEqual(dot, reeve.ctl("graph").stdout)
        self.assertRegex(dot, r'"db" \[shape=box,.*color=red3.*penwidth=3')
        self.assertRegex(dot, r'"web" \[shape=box,.*color=darkorange')
        self.assertRegex(dot, r'"mail" -> "module infra" \[.*penwidth=3')
        graph = reeve.ctl_json("analyze", "dot")
        nodes = {node["name"]: node for node in graph["nodes"] if node["kind"] == "component"}
        self.assertEqual([nodes[name]["state"] for name in ("db", "web", "mail")], ["failed", "blocked", "ready"])
        self.assertEqual([name for name, node in nodes.items() if node["root_cause"]], ["db"])
        self.assertEqual({name for name, node in nodes.items() if node["critical"]},
                         {step["name"] for step in self.path(reeve)})
        if shutil.which("dot"):
            done = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, timeout=20)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_plot_of_many(self):  # §144, P16: 300 components, names as long as they may be, hostile words
        chance = random.Random(3)
        long = "x" * 55
        modules = component("first", "--ready=20", 'Description=</svg>"&<!-- ]]>')
        for i in range(299):
            after = f"After={'first' if i < 5 else f'{long}-{chance.randrange(i)}'}"
            modules += f"[Component {long}-{i}]\nStartupErrorPolicy=ignore\n{after}\n"
            modules += "ExecStart=/nowhere/<&>/]]>\n" if i % 50 == 7 else "ExecStart=/bin/true\nType=oneshot\n" if i % 3 else "ExecStart=/bin/true\n"
        reeve = self.reeve(modules, "Name=shop\nMaxParallelStarts=4\n").start()
        done = reeve.ctl("analyze", "plot")
        self.assertEqual(done.returncode, 0, done.stderr)
        svg = tree.fromstring(done.stdout)
        texts = ["".join(text.itertext()) for text in svg.iter(SVG + "text")]
        titles = [title.text for title in svg.iter(SVG + "title")]
        self.assertTrue(texts[0].startswith("shop: started in "), texts[0])
        for i in range(299):
            self.assertEqual(len([title for title in titles if title.startswith(f"{long}-{i} (")]), 1)
        self.assertTrue(any("/nowhere/<&>/]]>: No such file" in title for title in titles))
        width, height = float(svg.get("width")), float(svg.get("height"))
        for shape in svg.iter():
            for name, limit in (("x", width), ("y", height), ("x1", width), ("y2", height)):
                self.assertTrue(0 <= float(shape.get(name, 0)) <= limit, shape.attrib)
        rows = sorted({float(rect.get("y")) for rect in svg.iter(SVG + "rect") if rect.get("class") == "row"})
        self.assertEqual(len(rows), 300)
        self.assertEqual(done.stdout, reeve.ctl("analyze", "plot").stdout, "the same start, the same picture")
        self.assertEqual(set(reeve.ctl_json("analyze", "plot")), {"metrics", "components", "critical_path"})

    def test_while_it_starts(self):  # §142: until now
        reeve = self.reeve(component("a", "--status=busy") + component("b", "--ready", "Requires=a")).start(wait=False).connect()
        reeve.wait_state("a", "starting")
        for view in ("time", "blame", "plot", "dot"):
            done = reeve.ctl("analyze", view)
            self.assertEqual(done.returncode, 0, (view, done.stderr))
        self.assertIn("Nothing has settled yet", reeve.ctl("analyze", "critical-chain").stdout)
        self.assertIn("has not finished", reeve.ctl("analyze", "time").stdout)
        self.assertEqual(json.loads(reeve.ctl("--json", "analyze", "blame").stdout)[0]["state"], "starting")


if __name__ == "__main__":
    harness.main()
