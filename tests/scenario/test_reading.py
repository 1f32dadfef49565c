# SPDX-License-Identifier: LGPL-2.1-or-later
"""From files to components: what is read, what hides what, what is written where."""
import json
import os
import shutil
import subprocess

import harness
from harness import Scenario, graph


class Scanning(Scenario):
    """A user's daemon that looks for modules in the usual places."""

    def setUp(self):
        super().setUp()
        self.home = {name: f"{self.dir}/{name.lower()}" for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HOME")}
        for path in self.home.values():
            os.makedirs(path)
        os.chmod(self.home["XDG_RUNTIME_DIR"], 0o700)

    def put(self, where, name, text):
        path = f"{self.home[where]}/reeve/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def check(self, *args):
        environment = {**os.environ, **self.home}
        done = subprocess.run([harness.REEVED, "--user", "--plan", "--json", *args], env=environment, capture_output=True, text=True, timeout=10)
        found = json.loads(done.stdout)
        return done.returncode, json.dumps(found.get("plan", "")), json.dumps(found["findings"]) + done.stderr

    def test_masking(self):  # interfaces.md: Files
        self.put("XDG_DATA_HOME", "modules/10-shop.module", "[Component low]\nExecStart=/bin/true\n")
        self.put("XDG_CONFIG_HOME", "modules/10-shop.module", "[Component high]\nExecStart=/bin/true\n")
        self.put("XDG_DATA_HOME", "modules/20-other.module", "[Component other]\nExecStart=/bin/true\n")
        status, plan, findings = self.check()
        self.assertEqual(status, 0, findings)
        self.assertIn('"high"', plan)
        self.assertIn('"other"', plan)
        self.assertNotIn('"low"', plan)
        self.assertRegex(findings, "(?i)mask|replac|hid")
        self.assertIn("xdg_data_home", findings)

    def test_masked_by_nothing(self):  # interfaces.md: masking, as systemd does
        self.put("XDG_DATA_HOME", "modules/shop.module", "[Component low]\nExecStart=/bin/true\n")
        self.put("XDG_CONFIG_HOME", "modules/shop.module", "")
        self.assertNotIn('"low"', self.check()[1])
        os.unlink(f"{self.home['XDG_CONFIG_HOME']}/reeve/modules/shop.module")
        os.symlink("/dev/null", f"{self.home['XDG_CONFIG_HOME']}/reeve/modules/shop.module")
        status, plan, findings = self.check()
        self.assertEqual(status, 0, findings)
        self.assertNotIn('"low"', plan)

    def test_same_name_elsewhere_is_a_conflict(self):  # §2, §30, D3
        self.put("XDG_DATA_HOME", "modules/one.module", "[Component twin]\nExecStart=/bin/true\n")
        self.put("XDG_CONFIG_HOME", "modules/two.module", "[Component twin]\nExecStart=/bin/true\n")
        status, _, findings = self.check()
        self.assertEqual(status, 3)
        self.assertIn("duplicate-name", findings)
        self.assertIn("one.module", findings)
        self.assertIn("two.module", findings)

    def test_drop_ins(self):  # interfaces.md: NAME.module.d
        self.put("XDG_DATA_HOME", "modules/shop.module", "[Component a]\nExecStart=/bin/true\nNice=1\n[Component b]\nExecStart=/bin/true\n")
        self.put("XDG_CONFIG_HOME", "modules/shop.module.d/10-first.conf", "[Component a]\nNice=2\n")
        self.put("XDG_CONFIG_HOME", "modules/shop.module.d/20-second.conf", "[Component a]\nNice=3\nRequires=b\n")
        status, plan, findings = self.check()
        self.assertEqual(status, 0, findings)
        first = self.check()[1]
        self.put("XDG_CONFIG_HOME", "modules/shop.module.d/20-second.conf", "[Component a]\nNice=bad\n")
        status, _, findings = self.check()
        self.assertEqual(status, 3)
        self.assertIn("20-second.conf", findings)
        self.assertEqual(first, plan)

    def test_settings(self):  # interfaces.md: reeved.conf (+ .d)
        self.put("XDG_CONFIG_HOME", "reeved.conf", "[Container]\nBus=none\nExcludeModules=20-*\n")
        self.put("XDG_DATA_HOME", "modules/10-a.module", "[Component a]\nExecStart=/bin/true\n")
        self.put("XDG_DATA_HOME", "modules/20-b.module", "[Component b]\nExecStart=/bin/true\n")
        status, plan, findings = self.check()
        self.assertEqual(status, 0, findings)
        self.put("XDG_CONFIG_HOME", "reeved.conf.d/50-x.conf", "[Container]\nMaxParalelStarts=3\n")
        status, _, findings = self.check()
        self.assertEqual(status, 3)
        self.assertIn("MaxParallelStarts", findings)
        self.assertIn("50-x.conf", findings)

    def test_no_scan(self):  # interfaces.md: AutoScan=, Modules=
        self.put("XDG_DATA_HOME", "modules/a.module", "[Component scanned]\nExecStart=/bin/true\n")
        self.put("XDG_DATA_HOME", "elsewhere/b.module", "[Component told]\nExecStart=/bin/true\n")
        self.put("XDG_CONFIG_HOME", "reeved.conf", f"[Container]\nAutoScan=no\nModules={self.home['XDG_DATA_HOME']}/reeve/elsewhere\n")
        status, plan, findings = self.check()
        self.assertEqual(status, 0, findings)
        self.assertIn('"told"', plan)
        self.assertNotIn('"scanned"', plan)

    def test_runs_as_a_user_would(self):  # interfaces.md: Files, private socket
        self.put("XDG_CONFIG_HOME", "reeved.conf", "[Container]\nBus=none\n")
        self.put("XDG_CONFIG_HOME", "modules/a.module", f"[Component a]\nType=notify\nExecStart={harness.ACTOR} --ready\n")
        reeve = self.reeve("", environment=self.home)
        reeve.command = lambda *args: [harness.REEVED, "--user"]
        reeve.runtime = self.home["XDG_RUNTIME_DIR"] + "/reeve"
        reeve.start()
        self.assertEqual(reeve.state("a"), "ready")
        done = subprocess.run([harness.REEVECTL, "--user", "--json", "list"], env={**os.environ, **self.home}, capture_output=True, text=True,
                              timeout=10)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"a"', done.stdout)


class Reading(Scenario):
    def test_notations_mixed(self):  # §10, §11
        reeve = self.reeve("""
[Module]
Description=All three notations
[Singletons]
ExecStart=@files@/UserService
relay=@actor@ --status=quiet
[Lazy]
sleepy=@actor@
[Component full]
Type=notify
ExecStart=@actor@ --ready
Requires=user-service relay
""")
        shutil.copy(harness.ACTOR, reeve.file("UserService"))
        reeve.start()
        self.assertEqual(reeve.names(), ["full", "relay", "sleepy", "user-service"])
        self.assertEqual([reeve.state(name) for name in reeve.names()], ["ready", "ready", "inactive", "ready"])
        self.assertEqual(reeve.get("sleepy", "Start"), "lazy")
        file, line = reeve.get("full", "Source")
        self.assertEqual((os.path.basename(file), line), ("test.module", 9))
        self.assertEqual(reeve.get("full", "Module"), "test")

    def test_names_of_modules(self):  # §11
        reeve = self.reeve({"20-shop.module": graph({"a": []}), "infra.module": "[Module]\nName=base\n" + graph({"b": []}),
                            "x.module": "[Module]\nRequires=shop base\n" + graph({"c": []})}).start()
        self.assertEqual([reeve.get(name, "Module") for name in "abc"], ["shop", "base", "x"])

    def test_only(self):  # §34
        modules = {"infra.module": graph({"db": []}), "shop.module": "[Module]\nRequires=infra\n" + graph({"web": []}),
                   "other.module": graph({"alone": []}) + "Requires=nothing-of-this\n"}
        reeve = self.reeve(modules, args=["--only", "shop"]).start()
        self.assertEqual(reeve.names(), ["db", "web"])
        both = self.reeve(modules | {"other.module": graph({"alone": []})}, args=["--only", "infra,other"], at="both").start()
        self.assertEqual(both.names(), ["alone", "db"])
        wrong = self.reeve(modules, args=["--only", "shpo"], at="wrong")
        status, _, errors = wrong.offline("--check")
        self.assertEqual(status, 3)
        self.assertIn("shop", errors)

    def test_values(self):  # §27, interfaces.md: Values, templates
        reeve = self.reeve("""
[Values]
region=eu-west-1
price=5 $$
empty=
[Value colour]
Value=dark green
[Component a]
Type=notify
ExecStart=@actor@ "--status=${region}/${colour}" --ready --check-clean=@files@/state
Environment="PRICE=${price}" COLOUR=${colour}
Requires=region
""").start()
        reeve.wait("the status", lambda: reeve.get("a", "StatusText"))
        self.assertEqual(reeve.get("a", "StatusText"), "eu-west-1/dark green")
        with open(reeve.file("state")) as file:
            text = file.read()
        self.assertIn("environment COLOUR=dark green\n", text)
        self.assertIn("argument --status=eu-west-1/dark green\n", text)

    def test_environment_template(self):  # interfaces.md: ${env:NAME}
        reeve = self.reeve('[Component a]\nType=notify\nExecStart=@actor@ "--status=${env:SHOP}" --ready\n', environment={"SHOP": "corner shop"})
        reeve.start()
        reeve.wait("the status", lambda: reeve.get("a", "StatusText"))
        self.assertEqual(reeve.get("a", "StatusText"), "corner shop")

    def test_file_twice(self):  # §30
        reeve = self.reeve({"a.module": graph({"a": []})})
        os.symlink(reeve.modules, self.dir + "/alias")
        for paths in ([reeve.modules, reeve.modules], [reeve.modules, reeve.modules + "/a.module"], [reeve.modules, self.dir + "/alias"]):
            command = [harness.REEVED, "--check", "--config", reeve.config, *sum((["--modules", path] for path in paths), [])]
            done = subprocess.run(command, capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, 0, done.stderr)
        shutil.copy(reeve.modules + "/a.module", reeve.modules + "/b.module")
        status, _, errors = reeve.offline("--check")
        self.assertEqual(status, 3)
        self.assertIn("duplicate-name", errors)

    def test_drop_in_counts_at_run_time(self):  # interfaces.md: NAME.module.d
        reeve = self.reeve({"a.module": graph({"a": []}, lines={"a": "Nice=1\nUMask=0077"}),
                            "a.module.d/10.conf": "[Component a]\nExecStart=@actor@ --ready --check-clean=@files@/state\nNice=4\n"})
        reeve.start()
        with open(reeve.file("state")) as file:
            text = file.read()
        self.assertIn("nice 4\n", text)
        self.assertIn("umask 0077\n", text)

    def test_private_module(self):  # §29
        modules = {"a.module": "[Module]\nVisibility=private\n" + graph({"hidden": [], "friend": ["hidden"]}),
                   "b.module": "[Module]\nRequires=a\n" + graph({"stranger": ["hidden"]})}
        status, _, errors = self.reeve(modules).offline("--check")
        if "not available yet" in errors:
            self.skipTest("Visibility= is not available yet")
        self.assertEqual(status, 3)
        self.assertIn("not-visible", errors)
        self.assertNotIn("missing-dependency", errors)

    def test_later_keys_say_so(self):  # issue: keys of later issues are in the schema from the start
        for line in ("LivenessProbe=tcp:127.0.0.1:80", "ExecReload=/bin/true", "Wraps=x"):
            status, _, errors = self.reeve(f"[Component a]\nExecStart=/bin/true\n{line}\n", at=f"d{len(self.daemons)}").offline("--check")
            self.assertEqual(status, 3)
            self.assertIn("not available yet", errors)

    def test_undefined_template(self):  # interfaces.md: undefined = check error with file:line
        for word in ("${nowhere}", "${}", "${", "${a b}", "$x", "${self.http}"):
            status, _, errors = self.reeve(f"[Component a]\nExecStart=/bin/echo {word}\n", at=f"d{len(self.daemons)}").offline("--check")
            if word == "$x":
                continue  # a dollar without braces is nobody's template
            self.assertEqual(status, 3, word)
            self.assertIn("test.module:2", errors)

    def test_names(self):  # §2, §11
        good = ["a", "a1", "web-server", "a.b_c", "x" * 63]
        reeve = self.reeve("".join(f"[Component {name}]\nExecStart=/bin/true\n" for name in good))
        self.assertEqual(reeve.offline("--check")[0], 0)
        for n, name in enumerate(["A", "1a", "-a", "a b", "x" * 64, "a/b", "ä", "."]):
            status, _, errors = self.reeve(f"[Component {name}]\nExecStart=/bin/true\n", at=f"n{n}").offline("--check")
            self.assertEqual(status, 3, name)

    def test_frozen(self):  # §4, §6
        reeve = self.reeve(graph({"a": []})).start()
        before = reeve.container("ConfigHash")
        reeve.write({"new.module": graph({"b": []})})
        reeve.terminate(harness.signal.SIGHUP)
        self.assertEqual(reeve.call("Refresh"), [1])
        self.assertEqual((reeve.container("ConfigHash"), reeve.names()), (before, ["a"]))


if __name__ == "__main__":
    harness.main()
