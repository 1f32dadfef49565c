# SPDX-License-Identifier: LGPL-2.1-or-later
"""The private connection of components with Type=reeve: typed hooks, and who misbehaves on it."""
import harness
from harness import Scenario

HOOKS = ["post-construct", "startup", "shutdown", "pre-destroy"]


def component(name, script="", more=""):
    return f"[Component {name}]\nType=reeve\nExecStart=@actor@ --name={name} --bus={script or 'plain'}\n{more}"


class Session(Scenario):
    def hooks(self, reeve, name=None):
        return [line.detail if name else f"{line.name}.{line.detail}" for line in reeve.log.lines("hook", name)]

    def test_order(self):  # §75, §64
        reeve = self.reeve(component("a") + component("b", "startup:late=300", "Requires=a\n")).start()
        self.assertEqual(self.hooks(reeve), ["a.post-construct", "a.startup", "b.post-construct", "b.startup"])
        reeve.stop()
        self.assertEqual(self.hooks(reeve), ["a.post-construct", "a.startup", "b.post-construct", "b.startup",
                                             "b.shutdown", "b.pre-destroy", "a.shutdown", "a.pre-destroy"])


if __name__ == "__main__":
    harness.main()
