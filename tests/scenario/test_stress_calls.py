# SPDX-License-Identifier: LGPL-2.1-or-later
"""The N-th call of one kind fails, made so from outside: the daemon goes on, or says what it cannot do, or does not start."""
import contextlib
import os
import shutil
import signal
import subprocess
import time
import unittest

import harness
import wire
from stress_kit import FULL, Stress, part

# Whatever the daemon and its libraries ask of the kernel; a child before its exec is of the daemon as well. Not here is what
# cannot fail (a close() closes whatever it says; brk(), waking a futex() and rt_sigprocmask() return no errors), and what is
# before main().
ERRORS = {
    "accept4": "EMFILE ENFILE ECONNABORTED", "access": "EACCES EIO", "arch_prctl": "EPERM", "bind": "EADDRINUSE ENOSPC EACCES",
    "chdir": "EACCES ENOENT", "clock_gettime": "EINVAL", "clone": "EAGAIN ENOMEM", "clone3": "EAGAIN ENOSYS",
    "close_range": "ENOSYS", "dup2": "EBUSY EINTR", "dup3": "EBUSY EMFILE", "epoll_create1": "EMFILE ENFILE",
    "epoll_ctl": "ENOMEM ENOSPC", "epoll_wait": "EINTR", "eventfd2": "EMFILE", "faccessat": "EACCES", "faccessat2": "EACCES EIO",
    "fchmod": "EPERM EIO", "fchownat": "EPERM", "fcntl": "EINVAL ENOLCK", "flock": "EINTR ENOLCK", "fstat": "ENOMEM EIO", "fsync": "EIO",
    "ftruncate": "ENOSPC EIO", "getcwd": "ENOENT", "getgid": "EPERM", "getuid": "EPERM", "getdents64": "EIO ENOENT", "getegid": "EPERM",
    "geteuid": "EPERM",
    "getpeername": "ENOBUFS", "getpriority": "EPERM", "getrandom": "EINTR EAGAIN", "getsockname": "ENOBUFS", "getsockopt": "ENOBUFS",
    "gettid": "EPERM", "getxattr": "EIO", "inotify_add_watch": "ENOSPC ENOMEM", "inotify_init1": "EMFILE", "inotify_rm_watch": "EINVAL", "ioctl": "ENOTTY EIO",
    "kill": "EPERM", "listen": "EADDRINUSE", "lseek": "EIO", "lstat": "EIO", "madvise": "ENOMEM", "mkdir": "EACCES ENOSPC",
    "mkdirat": "EACCES ENOSPC EROFS", "mmap": "ENOMEM EAGAIN", "mprotect": "ENOMEM", "munmap": "ENOMEM", "newfstatat": "EACCES EIO ENOMEM",
    "openat": "EMFILE ENFILE EACCES ENOSPC", "pidfd_open": "EMFILE ENOMEM", "pidfd_send_signal": "EPERM ENOMEM", "pipe2": "EMFILE ENFILE",
    "poll": "EINTR ENOMEM", "prctl": "EINVAL EPERM", "pread64": "EIO", "prlimit64": "EPERM", "read": "EINTR EIO EAGAIN",
    "readlink": "EIO", "readlinkat": "EACCES", "recvfrom": "EAGAIN ENOBUFS", "recvmsg": "ENOMEM ENOBUFS EINTR", "rename": "ENOSPC EIO",
    "renameat": "ENOSPC", "rmdir": "EBUSY", "rt_sigaction": "EINVAL", "sched_getaffinity": "EPERM",
    "sendmsg": "EAGAIN ENOBUFS ECONNREFUSED", "sendto": "EAGAIN ENOBUFS", "set_robust_list": "EINVAL", "setgid": "EPERM", "setgroups": "EPERM",
    "setresgid": "EPERM", "setresuid": "EAGAIN", "setpriority": "EACCES", "setsid": "EPERM", "setsockopt": "ENOBUFS EPERM",
    "sigaltstack": "ENOMEM",
    "signalfd4": "EMFILE ENOMEM", "socket": "EMFILE ENFILE ENOMEM", "socketpair": "EMFILE", "stat": "EIO", "statfs": "EIO", "statx": "EIO",
    "symlinkat": "ENOSPC", "timerfd_create": "EMFILE", "timerfd_settime": "EINVAL ECANCELED", "umask": "EPERM", "uname": "EPERM",
    "unlink": "EBUSY EIO", "unlinkat": "EBUSY EIO", "unshare": "EPERM ENOSPC", "wait4": "ECHILD EINTR", "waitid": "EINTR ECHILD",
    "write": "EAGAIN EPIPE EIO ENOSPC", "writev": "EAGAIN EPIPE",
}
SAMPLE = (("openat", "EMFILE"), ("mkdirat", "ENOSPC"), ("clone", "EAGAIN"), ("epoll_ctl", "ENOMEM"), ("sendmsg", "ENOBUFS"),
          ("waitid", "EINTR"), ("bind", "EADDRINUSE"), ("pipe2", "EMFILE"), ("read", "EIO"), ("timerfd_settime", "EINVAL"),
          ("write", "EAGAIN"))
MODULE = """
[Module]
StartupErrorPolicy=warn
[Component a]
Type=notify
ExecStart=@actor@ --ready
Restart=always
RestartSec=10ms
TimeoutStartSec=3
TimeoutStopSec=1
[Component b]
ExecStart=/bin/sh -c 'echo a line; exec @actor@ --ready'
Restart=always
RestartSec=10ms
StandardOutput=console
TimeoutStopSec=1
LimitNOFILE=100
[Component c]
Type=notify
ExecStart=@actor@ --ready --status=well --polite-child
Environment=A=1
Requires=a b
Restart=always
RestartSec=10ms
TimeoutStartSec=3
TimeoutStopSec=1
"""
NAMES = "abc"


def numbers(n_before, n):
    """Each of the first twelve that are ours, and of the rest every sixth part more."""
    at, chosen = n_before, []
    while at < n:
        at += max(1, (at - n_before) // 6 if at - n_before >= 12 else 1)
        chosen.append(min(at, n))
    return chosen


@unittest.skipUnless(shutil.which("strace"), "no strace")
class Calls(Stress):
    def setUp(self):
        super().setUp()
        if harness.SANITIZED:
            self.skipTest("a sanitizer has calls of its own")
        words = ["strace", "-D", "-qq", "-o", "/dev/null", "-e", "inject=getppid:error=EPERM:when=1", "true"]
        if subprocess.run(words, capture_output=True).returncode != 0:
            self.skipTest("strace cannot trace here")

    def traced(self, at, *options):
        """A daemon whose tracer is no parent of it, and lets go of a component at its exec."""
        reeve = self.reeve(MODULE, at=at, foreground=True)
        plain, trace = reeve.command, os.path.join(self.dir, at + ".trace")
        reeve.command = lambda *args: ["strace", "-D", "-f", "-b", "execve", "-qq", "-o", trace, *options, *plain(*args)]
        return reeve, trace

    def processor(self, reeve):
        try:
            return super().processor(reeve)
        except (FileNotFoundError, ProcessLookupError):
            return 0

    def until(self, reeve, predicate, seconds):
        """True, or False when it did not come in time, or when the daemon ended first."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if predicate():
                    return True
                if reeve.process.poll() is not None:
                    return False
                reeve.connect(2)
            except (OSError, wire.WireError, AssertionError):
                reeve.disconnect()
            time.sleep(harness.STEP)
        return False

    def are_ready(self, reeve):
        return reeve.bus and all(reeve.state(name) == "ready" and harness.is_alive(reeve.get(name, "MainPid")) for name in NAMES)

    def ask_all(self, reeve):
        """What an administrator does once the cause has gone."""
        try:
            for name in NAMES if reeve.bus else "":
                reeve.ask("Start", name)
        except (OSError, wire.WireError):
            reeve.disconnect()

    def live(self, reeve):
        """From the start to before the stop; a word for how it went."""
        if not self.until(reeve, lambda: reeve.superior.has("READY"), 9):
            if reeve.process.poll() is None:
                return "hangs: no READY=1"
            return "refuses" if reeve.process.returncode > 0 else f"ended with {reeve.process.returncode} at its start"
        how = "goes on"
        if not self.until(reeve, lambda: self.are_ready(reeve), 4):
            how = "degrades"
        elif reeve.bus:
            try:
                harness.kill(reeve.get("b", "MainPid"))
                reeve.ask("Restart", "a")
            except (OSError, wire.WireError):
                how = "degrades"
            if not self.until(reeve, lambda: self.are_ready(reeve), 4):
                how = "degrades"
        if reeve.process.poll() is not None:
            return f"ended with {reeve.process.returncode} while it ran"
        if how == "degrades":
            self.ask_all(reeve)
            if self.until(reeve, lambda: self.are_ready(reeve), 4):
                how = "goes on when asked to"
        used = self.processor(reeve)
        self.until(reeve, lambda: False, 0.2)
        used = self.processor(reeve) - used
        return f"spins: {used:.2f} s in 0.2" if used > 0.15 else how

    def left_of(self, reeve):
        """Names of processes; the tracer ends a little after who it traced."""
        end = time.monotonic() + 5
        while True:
            names = [harness.status_of(pid).get("Name", "strace") for pid in reeve.leftovers()]
            if set(names) != {"strace"} or time.monotonic() > end:
                return names
            time.sleep(harness.STEP)

    def judge(self, call, error, n):
        """(how it went, what is wrong with that or None)"""
        name = f"{call}-{error}-{n}"
        reeve, trace = self.traced(name, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={n}")
        wrong, injected = None, []
        try:
            reeve.start(wait=False)
            how = self.live(reeve)
            if how.split()[0] in ("hangs:", "ended", "spins:"):
                wrong = how
            if reeve.process.poll() is None:
                reeve.disconnect()
                reeve.terminate()
                try:
                    status = reeve.process.wait(12)
                except subprocess.TimeoutExpired:
                    status, wrong = None, wrong or "does not end"
                if status:
                    wrong = wrong or f"ended with {status} after SIGTERM"
            if how in ("refuses", "degrades") and not reeve.text().strip():
                wrong = wrong or f"{how} without a word"
            left = self.left_of(reeve)
            if left:
                wrong = wrong or f"left {left}"
            with open(trace, errors="replace") as file:
                injected = [line.rstrip() for line in file if "INJECTED" in line]
            if any("EPOLL_CTL_DEL" in line for line in injected):
                how, wrong = "cannot be", None  # to take away needs nothing, and the library relies on that
            if wrong:
                wrong += "\n        " + "\n        ".join(injected[:3] + reeve.text()[-900:].split("\n"))
        finally:
            reeve.clean_up()
            self.daemons.remove(reeve)
        return how, wrong

    def counts(self):
        """{call: (how many of it come before main(), how many the busiest process makes)}"""
        reeve, trace = self.traced("counts")
        reeve.start(wait=False)
        self.assertEqual(self.live(reeve), "goes on")
        reeve.stop()
        n, loading = {}, None
        with open(trace, errors="replace") as file:
            for line in file:
                pid, _, rest = line.partition(" ")
                call = rest.strip().partition("(")[0]
                if loading is None and "SIG_BLOCK" in rest:  # the first act of main()
                    loading = {name: count for (_, name), count in n.items()}
                if call.isidentifier():
                    n[pid, call] = n.get((pid, call), 0) + 1
        return {call: (loading.get(call, 0), max(n[key] for key in n if key[1] == call)) for _, call in n}

    def cases(self, counts):
        if not FULL:
            return sorted({(call, error, self.chance.randint(counts[call][0] + 1, counts[call][1])) for call, error in SAMPLE * 2
                           if call in counts})
        return part([(call, error, n) for call in sorted(counts) for error in ERRORS.get(call, "").split() for n in numbers(*counts[call])])

    def test_nth_call_fails(self):  # P28, P29
        signal.alarm(0 if FULL else 50)
        counts = self.counts()
        unknown = sorted(set(counts) - set(ERRORS))
        tally, problems = {}, []
        for case in self.cases(counts):
            how, wrong = self.judge(*case)
            tally[how if not wrong else "wrong"] = tally.get(how if not wrong else "wrong", 0) + 1
            if wrong:
                problems.append(f"{case}: {wrong}")
                if FULL:
                    print(problems[-1], flush=True)
        print(f"\n{len(set(counts) & set(ERRORS))} calls, {sum(tally.values())} failures: {tally}; not tried: {unknown}")
        self.assertEqual(problems, [])

    def members(self, reeve):
        """{component: how many processes of it there are}, whoever started them."""
        n = {}
        for pid in reeve.leftovers():
            try:
                with open(f"/proc/{pid}/environ", errors="replace") as file:
                    name = file.read().partition("REEVE_COMPONENT=")[2].partition("\0")[0]
            except OSError:
                continue
            n[name] = n.get(name, 0) + 1
        n.pop("", None)
        return n

    def kill_at(self, call, n):
        """The daemon is killed there; the next one has everything once."""
        reeve, _ = self.traced(f"{call}-{n}", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}")
        reeve.start(wait=False)
        self.live(reeve)
        reeve.disconnect()
        if reeve.process.poll() is None:
            reeve.terminate()  # at a call of its end, or never
            reeve.process.wait(12)
        del reeve.command
        reeve.output.close()
        reeve.superior.messages.clear()
        reeve.start()
        reeve.wait("everything is up", lambda: self.are_ready(reeve))
        reeve.wait("each once, with its one child", lambda: self.members(reeve) == {"a": 1, "b": 1, "c": 2})
        reeve.stop()
        self.assertEqual(self.left_of(reeve), [], (call, n))
        reeve.clean_up()
        self.daemons.remove(reeve)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    def test_killed_at_nth_call(self):  # P10, P11
        signal.alarm(0 if FULL else 50)
        harness.adopt_orphans()
        counts = self.counts()
        calls = [call for call in sorted(counts) if call in ERRORS and counts[call][0] < counts[call][1]]
        if not FULL:
            calls = self.chance.sample(calls, 3)
        cases = sorted({(call, self.chance.randint(counts[call][0] + 1, counts[call][1])) for call in calls for _ in range(4 if FULL else 1)})
        for case in cases:
            self.kill_at(*case)
        print(f"\nkilled at {len(cases)} calls of {len(calls)} kinds: the next daemon had everything once")


if __name__ == "__main__":
    harness.main()
