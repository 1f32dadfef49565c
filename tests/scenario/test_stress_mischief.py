# SPDX-License-Identifier: LGPL-2.1-or-later
"""A hundred components that misbehave, beside some that do not: these notice nothing, and nothing is left."""
import os
import shutil
import time

import harness
import wire
from harness import needs_root
from stress_kit import FULL, NOBODY, Stress

A = "@actor@ "
READY = "@actor@ --ready "
KEEP = "Restart=always\nRestartSec=10ms\nStartLimitBurst=3\n"
IDLE = "Nice=19\n"  # the processor is shared with those that burn it: what is measured is the daemon
SIGNALS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 24, 31, 34, 64)
FLOODS = ("stdout", "stderr", "newlines", "endless", "nul", "binary", "escapes", "status", "ready", "reloading", "empty", "fds", "barrier",
          "lines", "huge", "unready", "noise", "hangup")
DEEDS = ("huge-status", "mainpid-of-daemon", "mainpid-of-other", "mainpid-of-dying", "bomb", "orphans", "deaf", "stop-group", "close-all",
         "hold-output", "leave-a-thread", "odd-name", "new-group", "fill-directory", "deep-directory", "odd-directory", "no-directory",
         "replace-socket")
# Notifications, in one datagram each, then what follows.
WORDS = {"watchdog-1": "WATCHDOG_USEC=1", "watchdog-trigger": "WATCHDOG=trigger", "reloads-for-ever": "RELOADING=1", "stopping-and-stays": "STOPPING=1",
         "ready-and-not": "READY=1\\nREADY=0", "barrier": "BARRIER=1", "errno": "ERRNO=0", "mainpid-overflow": "MAINPID=4294967297",
         "mainpid-negative": "MAINPID=-1", "status-escapes": "STATUS=\\x1b]0;x\\x07", "extend-nothing": "EXTEND_TIMEOUT_USEC=0"}
GOOD = [f"good{i}" for i in range(6)]


def family():
    """{name: (type, command, further lines)}"""
    found = {f"dies-of-{n}": ("notify", A + f"--signal={n}", "") for n in SIGNALS}
    found |= {f"crashes-by-{n}": ("notify", READY + f"--signal={n} --after=100", KEEP) for n in (6, 9, 11, 15, 34)}
    found |= {f"exits-{n}": ("notify", A + f"--exit={n}", KEEP) for n in (0, 1, 127, 255)}
    found |= {f"leaves-{n}": ("notify", READY + f"--exit={n} --after=150", KEEP) for n in (0, 1, 127, 255)}
    found |= {f"says-{name}": ("notify", READY + f"'--notify={word}'", "") for name, word in WORDS.items()}
    found |= {f"floods-{name}": ("simple", A + f"--do=flood-{name}", IDLE) for name in FLOODS}
    found |= {f"does-{name}": ("notify", READY + f"--do={name}", KEEP) for name in DEEDS}
    found |= {
        "floods-unready-notify": ("notify", A + "--do=flood-unready", IDLE),
        "spins": ("notify", A + "--do=spin", IDLE),
        "silent": ("notify", A, ""),
        "garbage": ("notify", READY + "--garbage-notify", ""),
        "garbage-alone": ("notify", A + "--garbage-notify", ""),
        "double-forks": ("notify", READY + "--double-fork --setsid-child --fork-many=30", KEEP),
        "respawns": ("notify", READY + "--respawn --ignore-term", ""),
        "respawns-and-ends": ("notify", READY + "--respawn --exit=1 --after=200", KEEP),
        "freezes": ("notify", READY + "--stop-self=100", ""),
        "freezes-unready": ("notify", A + "--stop-self=10", ""),
        # Without an end they may not be what the start waits for (§66).
        "extends-for-ever": ("notify", A + "--extend=18446744073709551615", "Start=lazy\n"),
        "extends-again": ("notify", A + "--extend=200000,50", "Start=lazy\n"),
        "mainpid-1": ("notify", READY + "--mainpid=1", ""),
        "mainpid-child": ("notify", READY + "--mainpid=child", ""),
        "ready-twice": ("notify", READY + "--notify=READY=1", ""),
        "ready-then-exit": ("notify", A + "--notify=READY=1 --exit=0", KEEP),
        "ready-then-crash": ("notify", A + "--notify=READY=1 --signal=11", KEEP),
        "reloading-then-exit": ("notify", A + "--notify=RELOADING=1 --exit=3", KEEP),
        "stopping-then-exit": ("notify", READY + "--notify=STOPPING=1 --exit=0 --after=100", KEEP),
        "ready-from-child": ("notify", READY + "--ready-from-child", ""),
        "fails-at-term": ("notify", READY + "--term-exit=9", ""),
        "slow-at-term": ("notify", READY + "--stop-slow=5000", ""),
        "bomb-at-term": ("notify", READY + "--do-on-term=bomb", ""),
        "fills-at-term": ("notify", READY + "--do-on-term=fill-directory", ""),
        "huge-environment": ("notify", READY, f"Environment=BIG={'x' * 100000}\n"),
        "huge-arguments": ("notify", READY + "--say=" + "y" * 100000, ""),
        "long-job": ("oneshot", A, ""),
        "failing-job": ("oneshot", A + "--exit=1 --double-fork", KEEP),
        "not-there": ("notify", "/nowhere/at/all", KEEP),
        "not-executable": ("notify", "/etc/passwd", KEEP),
        "a-directory": ("simple", "/etc", KEEP),
        "no-interpreter": ("simple", "@files@/script", KEEP),
        "nowhere": ("simple", "/bin/true", "WorkingDirectory=/nowhere/at/all\n" + KEEP),
        "nobody-knows": ("simple", "/bin/true", "User=nobody-knows\n" + KEEP),
        "loses-its-directory": ("notify", READY + "--do=no-working-directory --exit=1 --after=50", "WorkingDirectory=@files@/gone\n" + KEEP),
        "loses-its-program": ("notify", "@files@/program --log=@dir@/actors/log --ready --do=no-program --exit=1 --after=50", KEEP),
    }
    return found


class Mischief(Stress):
    def text(self, chosen):
        text = "".join(f"[Component {name}]\nType=notify\nExecStart={READY}\nRestart=always\nRestartSec=1ms\nStartLimitBurst=1000\n\n" for name in GOOD)
        for name, (kind, command, lines) in chosen.items():
            text += (f"[Component {name}]\nType={kind}\nExecStart={command}\nTimeoutStartSec=800ms\nTimeoutStopSec=500ms\n"
                     f"StartupErrorPolicy=ignore\n{lines}\n")
        return text

    def daemon(self, chosen, at, uid):
        reeve = self.reeve("", "MaxParallelStarts=200\n", uid=uid, at=at)
        shutil.copy(harness.ACTOR, reeve.file("program"))
        with open(reeve.file("script"), "w") as file:
            file.write("#!/nowhere/at/all\n")
        for name in ("script", "program"):
            os.chmod(reeve.file(name), 0o755)
        os.mkdir(reeve.file("gone"))
        reeve.write({"test.module": self.text(chosen)})
        return reeve

    def answer(self, reeve):
        begin = time.monotonic()
        self.assertEqual(reeve.container("State"), "running")
        return time.monotonic() - begin

    def restart(self, reeve, name, n):
        """From the death of a good one to its next READY=1."""
        begin = harness.now_usec()
        harness.kill(reeve.get(name, "MainPid"))
        took = (reeve.wait_line("ready", name, n).usec - begin) / 1e6
        reeve.wait_state(name, "ready")
        return took

    def figures(self, chosen, at, uid):
        """The slowest of: start of a good one, its restart, an answer; in seconds."""
        reeve = self.daemon(chosen, at, uid).start(wait=False)
        for name in GOOD:
            reeve.wait_line("ready", name)
        started = max(reeve.log.last("ready", name).usec for name in GOOD) - min(line.usec for line in reeve.log.lines("start"))
        reeve.wait_ready(60 if harness.SANITIZED else 20)
        for name in chosen:
            if "lazy" in chosen[name][2]:
                reeve.ask("Start", name)
        restarts = [self.restart(reeve, name, n + 2) for n in range(3) for name in GOOD]
        answers = [self.answer(reeve) for _ in range(100)]
        return reeve, (started / 1e6, sorted(restarts)[len(restarts) // 2], max(restarts), sorted(answers)[50], max(answers))

    def come_to_rest(self, reeve, chosen):
        """Whoever floods is stopped; then the daemon has nothing to do."""
        for name in chosen:
            try:
                reeve.ask("Stop", name)
            except wire.WireError:
                pass
        reeve.wait("all of them are at rest", lambda: all(reeve.state(name) in ("inactive", "failed") for name in chosen), 15)
        self.pause(reeve, 0.3)
        used = self.processor(reeve)
        time.sleep(1)  # the measurement itself
        return self.processor(reeve) - used

    def mischief(self, chosen, uid=None):
        quiet, alone = self.figures({}, "quiet", uid)
        quiet.stop()
        since = time.monotonic()
        reeve, beside = self.figures(chosen, "loud", uid)
        words = ("start", "restart", "slowest", "answer", "slowest")
        print(f"\n{len(chosen)} misbehave: " + ", ".join(f"{word} {a * 1e3:.1f} -> {b * 1e3:.1f} ms" for word, a, b in zip(words, alone, beside)))
        self.assertLess(beside[0], 5 * (4 if harness.SANITIZED else 1))
        self.assertLess(beside[1], alone[1] + 0.5)
        self.assertLess(beside[3], 0.1 * (5 if harness.SANITIZED else 1))
        for name in GOOD:
            self.assertEqual(reeve.get(name, "NRestarts"), 3, name)
        used = self.come_to_rest(reeve, chosen)
        self.assertLess(used, 0.02 + 0.05 * harness.SANITIZED)
        fds = self.fds(reeve)
        begin = time.monotonic()
        reeve.stop()
        size = os.path.getsize(reeve.dir + "/output")
        print(f"at rest: processor {used:.0%} of a second, {fds} descriptors; stopped in {time.monotonic() - begin:.2f} s; {size >> 10} KiB said")
        # What floods the log has a megabyte a second.
        n_floods = sum(name.startswith("floods-") for name in chosen)
        self.assertLess(size, (1 + n_floods * (2 + time.monotonic() - since)) * (1 << 20))
        self.assertEqual(reeve.leftovers(), [])

    def brood(self, reeve, name):
        return [pid for pid in reeve.leftovers() if f"REEVE_COMPONENT={name}" in self.environment_of(pid)]

    def environment_of(self, pid):
        try:
            with open(f"/proc/{pid}/environ", errors="replace") as file:
                return file.read().split("\0")
        except OSError:
            return []

    def bounded(self, uid=None):
        clinging = {"deaf": "--ignore-term", "blocked": "--do=deaf", "frozen": "--stop-self=50", "double-fork": "--double-fork",
                    "session": "--setsid-child", "respawn": "--respawn --ignore-term", "many": "--fork-many=100", "bomb": "--do=bomb",
                    "group": "--do=new-group", "holder": "--do=hold-output"}
        text = "".join(f"[Component {name}]\nType=notify\nExecStart={READY}{flags}\nTimeoutStopSec=500ms\n\n" for name, flags in clinging.items())
        reeve = self.reeve(text, uid=uid, at=f"d{uid}").start()
        reeve.wait("the bomb has gone off", lambda: len(self.brood(reeve, "bomb")) >= 300)
        took = {}
        for name in clinging:
            n, begin = len(self.brood(reeve, name)), time.monotonic()
            self.assertEqual(reeve.verb("Stop", name)[0], "done")
            took[name] = time.monotonic() - begin
            self.assertEqual(self.brood(reeve, name), [], name)
            print(f"\n{name}: {n} processes gone {took[name]:.2f} s after Stop, TimeoutStopSec=500ms", end="")
        self.assertLess(max(took.values()), 1.5 if FULL and not harness.SANITIZED else 5)

    def test_stop_is_bounded(self):  # P5, P6
        self.bounded()

    @needs_root
    def test_stop_is_bounded_without_cgroups(self):  # P5, P6
        self.bounded(NOBODY)

    def chosen(self, n):
        everything = family()
        self.assertGreaterEqual(len(everything), 78)
        return everything if FULL else dict(sorted(self.chance.sample(sorted(everything.items()), n)))

    def test_mischief(self):  # P5, P6, P16-P22, §115
        self.mischief(self.chosen(24))

    @needs_root
    def test_mischief_without_cgroups(self):  # P5, P6, §115
        self.mischief(self.chosen(16), NOBODY)


if __name__ == "__main__":
    harness.main()
