# SPDX-License-Identifier: LGPL-2.1-or-later
"""Time by the clock, less what a busy machine takes: how long a process stood in the queue for a processor is told by the
kernel (schedstat), and is nobody's fault. Where it is not told, nothing is taken off."""
import glob
import os
import time


def look(pid):
    """Seconds on a processor, and in the queue for one, of all threads."""
    ran = queued = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as file:
                words = file.read().split()
        except OSError:
            continue
        ran += int(words[0])
        queued += int(words[1])
    return ran / 1e9, queued / 1e9


class Pace:
    """From its making on, of this process and of PIDS."""

    def __init__(self, *pids):
        self.pids = (os.getpid(), *pids)
        self.before = [look(pid) for pid in self.pids]
        self.begin = time.monotonic()

    def since(self, which):
        return sum(max(0, look(pid)[which] - before[which]) for pid, before in zip(self.pids, self.before))

    def seconds(self):
        """Less the time in the queue."""
        return max(0, time.monotonic() - self.begin - self.since(1))

    def slowness(self):
        """1: a processor is there for whoever wants one; 3: it takes three times as long."""
        ran, queued = self.since(0), self.since(1)
        return 1 + queued / max(ran, 1e-6)
