# SPDX-License-Identifier: LGPL-2.1-or-later
"""Groups and references: who is bound to whom, what a process is given of it, and what is said when it cannot be."""
import harness
from harness import Scenario

CODEC = "[Component {0}]\nType=notify\nExecStart=@actor@ --ready --name={0}\nListen=in=unix:\nContributes=codec rank={1}\nLabels={2}\n"
CODECS = (CODEC.format("png", 5, "kind=image") + CODEC.format("text", 9, "kind=text") +
          CODEC.format("jpeg", 5, "kind=image tier=test"))


class Groups(Scenario):
    def given(self, reeve, name):
        with open(reeve.file(name)) as file:
            lines = [line.split(" ", 1)[1].rstrip("\n") for line in file if line.startswith("environment ") and "=" in line]
        return {name: text for name, text in (line.split("=", 1) for line in lines)
                if name.startswith("REEVE_REF_") or name == "REEVE_ABSENT"}

    def user(self, name, cardinality, more=""):
        return (f"[Component {name}]\nType=notify\nExecStart=@actor@ --ready --check-clean=@files@/{name} --name={name}\n"
                f"[Reference {name}/codec]\nCardinality={cardinality}\n{more}")

    def test_environment(self):  # §21, §22, §24
        reeve = self.reeve(CODECS + CODEC.format("broken", 7, "kind=none").replace("@actor@ --ready", "/bin/false") +
                           "StartupErrorPolicy=ignore\n" +
                           self.user("all", "0..n") + self.user("images", "1..2", "Target=kind=image !has:tier\n") +
                           self.user("best", "1..1") + self.user("nobody", "0..3", "Target=kind=sound\n")).start()
        where = {name: reeve.get(name, "Endpoints")["in"] for name in ("png", "text", "jpeg")}
        wanted = {"REEVE_REF_CODEC_COUNT": "3", "REEVE_ABSENT": ""}
        # §23: one that has failed is not there, and leaves no gap.
        for i, name in enumerate(("text", "png", "jpeg")):
            wanted |= {f"REEVE_REF_CODEC_{i}_NAME": name, f"REEVE_REF_CODEC_{i}_IN": where[name]}
        given = self.given(reeve, "all")
        given.setdefault("REEVE_ABSENT", "")
        self.assertEqual(given, wanted)
        self.assertEqual(self.given(reeve, "best")["REEVE_REF_CODEC_IN"], where["text"])
        self.assertNotIn("REEVE_REF_CODEC_COUNT", self.given(reeve, "best"))
        self.assertEqual(self.given(reeve, "nobody"), {"REEVE_REF_CODEC_COUNT": "0", "REEVE_ABSENT": "codec"})
        # Who is bound to whom, the best first.
        self.assertEqual([tuple(row) for row in reeve.get("all", "Requires")],
                         [("wants", "codec", "", name) for name in ("text", "broken", "png", "jpeg")])

    def test_order(self):  # §22, §50: the required ones are ready before it, and go after it
        reeve = self.reeve(CODECS + self.user("images", "2..n", "Target=kind=image\n")).start()
        rows = [tuple(row) for row in reeve.get("images", "Requires")]
        self.assertEqual(rows, [("requires", "codec", "", "png"), ("requires", "codec", "", "jpeg")])
        ready = {name: reeve.get(name, "Timings")["ready"] for name in ("png", "jpeg")}
        self.assertGreaterEqual(reeve.get("images", "Timings")["spawned"], max(ready.values()))
        # One of the required ones goes, and its static dependents before it (§105).
        pid = reeve.get("images", "MainPid")
        self.assertEqual(reeve.verb("Restart", "jpeg")[0], "done")
        reeve.wait("images is there again", lambda: reeve.state("images") == "ready" and reeve.get("images", "MainPid") != pid)

    def test_wanted(self):  # §22: what is beyond the minimum is not pulled in
        reeve = self.reeve(CODECS.replace("Listen=", "Start=lazy\nListen=") + self.user("one", "1..n") +
                           self.user("none", "0..n")).start()
        self.assertEqual([reeve.state(name) for name in ("text", "png", "jpeg")], ["ready", "inactive", "inactive"])
        self.assertEqual(self.given(reeve, "one")["REEVE_REF_CODEC_COUNT"], "1")
        self.assertEqual(self.given(reeve, "one")["REEVE_REF_CODEC_0_NAME"], "text")

    def test_resolve(self):  # §17: the highest rank; a tie is nobody's
        reeve = self.reeve(CODECS).start()
        done = reeve.ctl("resolve", "codec")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(reeve.get("text", "Endpoints")["in"], done.stdout)
        tied = self.reeve(CODECS.replace("rank=9", "rank=5"), at="tied").start()
        done = tied.ctl("resolve", "codec")
        self.assertNotEqual(done.returncode, 0)
        for name in ("png", "text", "jpeg"):
            self.assertIn(name, done.stderr)


if __name__ == "__main__":
    harness.main()
