# SPDX-License-Identifier: LGPL-2.1-or-later
"""Components that use libreeve, with the real daemon."""
import os
import sys

import harness
from harness import Scenario

COMPONENT = os.path.join(os.path.dirname(os.path.abspath(sys.argv[3])), "scenario-component")
UP = ["post-construct", "startup"]
DOWN = ["shutdown", "pre-destroy"]


class Libreeve(Scenario):
    def component(self, name, words="", more=""):
        log = f"{self.dir}/d/actors/log"
        return f"[Component {name}]\nType=reeve\nExecStart={COMPONENT} {log} {words}\n{more}"

    def hooks(self, reeve, name):
        return [line.detail for line in reeve.log.lines("hook", name)]

    def resolved(self, reeve, name):
        return [line.detail for line in reeve.log.lines("resolved", name)]

    def test_life(self):  # §75, §76, §77, §83: hooks that answer at once and later, and ask
        reeve = self.reeve(self.component("db", "publish=pid later=50")
                           + self.component("app", "resolve=db", "Requires=db\n")).start()
        self.assertEqual(self.resolved(reeve, "app"), [str(reeve.log.pid("db"))])
        reeve.stop()
        for name in ("db", "app"):
            self.assertEqual(self.hooks(reeve, name), UP + DOWN)
        self.assertEqual([line.name for line in reeve.log.lines("hook")], ["db", "db", "app", "app", "app", "app", "db", "db"])

    def test_invalidated(self):  # C-43: what is kept is asked for again once it holds no longer
        reeve = self.reeve(self.component("db", "publish=pid", "Restart=on-failure\nRestartSec=0\n")
                           + self.component("app", "resolve=db", "Resolves=db\nAfter=db\n")).start()
        first = reeve.log.pid("db")
        harness.kill(first)
        reeve.wait("it asks again", lambda: len(self.resolved(reeve, "app")) == 2)
        self.assertEqual(self.resolved(reeve, "app"), [str(first), str(reeve.log.pid("db"))])
        self.assertNotEqual(reeve.log.pid("db"), first)
        self.assertEqual([line.detail for line in reeve.log.lines("invalidated", "app")], ["db"])
        reeve.stop()

    def test_failures(self):  # §76, §78
        reeve = self.reeve("[Module]\nStartupErrorPolicy=warn\n" + self.component("a", "fail=startup")
                           + self.component("b", "resolve=nothing")).start().connect()
        reeve.wait_state("a", "failed")
        self.assertEqual(reeve.get("a", "Result"), "hook-failed")
        self.assertIn("as it was told to", "".join(event[9] for event in reeve.history() if event[3] == "a"))
        reeve.wait("its last hook is called", lambda: self.hooks(reeve, "a") == UP + DOWN[1:])
        self.assertIn("nothing", self.resolved(reeve, "b")[0])
        reeve.stop()


if __name__ == "__main__":
    harness.main()
