# SPDX-License-Identifier: LGPL-2.1-or-later
"""The log that all actors of a test append to."""
import collections

Line = collections.namedtuple("Line", "usec name event detail")


class Log:
    """What the actors wrote, in the order of their appends."""

    def __init__(self, path):
        self.path = path

    def lines(self, event=None, name=None):
        try:
            with open(self.path, errors="replace") as file:
                text = file.read()
        except FileNotFoundError:
            return []
        lines = []
        for line in text.split("\n")[:-1]:
            usec, who, what, detail = line.split(" ", 3)
            lines.append(Line(int(usec), who, what, detail))
        return [line for line in lines if event in (None, line.event) and name in (None, line.name)]

    def names(self, event):
        return [line.name for line in self.lines(event)]

    def last(self, event, name):
        return (self.lines(event, name) or [None])[-1]

    def pid(self, name):
        return int(self.last("start", name).detail)
