# SPDX-License-Identifier: LGPL-2.1-or-later
"""The single figures: each measures the floor and reeved by turns and gives rows (what, unit, floor, reeved)."""
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

import check_scale
import shapes
from subject import MEMORY, SUBJECTS, Floor, Reeve, memory_kib, now_usec, scheduled_nsec, switches

median = statistics.median


def start_and_stop(tools, n, shape, repeats, cgroup=None):
    """Interleaved; who goes first changes with each round."""
    found = {subject: [] for subject in SUBJECTS}
    for i in range(repeats):
        for subject in SUBJECTS if i % 2 == 0 else SUBJECTS[::-1]:
            with subject(tools, n, shape, cgroup=cgroup) as run:
                run.stop()
                found[subject].append((run.start_usec / 1000, run.stop_usec / 1000, run.start_cpu_usec / 1000 / n,
                                       (run.usage.ru_utime + run.usage.ru_stime) * 1000 / n))
    tail = f"{shape} {n}{', one cgroup each' if cgroup else ''}{', plain' if tools.component == 'plain' else ''}"
    names = [(f"start {tail}", "ms"), (f"stop {tail}", "ms"), (f"CPU of the start, a component: {tail}", "ms"),
             (f"CPU of start and stop, a component: {tail}", "ms")]
    return [(name, unit, *(median(row[k] for row in found[subject]) for subject in SUBJECTS))
            for k, (name, unit) in enumerate(names)]


def order(tools, n, shape):
    """Edges that were violated."""
    rows = []
    for subject in SUBJECTS:
        with subject(tools, n, shape, "log") as run:
            run.stop()
            with open(run.log) as file:
                rows.append(shapes.violations(file.read(), run.edges))
    return [(f"order violated at the {what}: {shape} {n}", "edges", rows[0][k], rows[1][k]) for k, what in enumerate(("start", "stop"))]


def count_calls(tools, subject, n):
    with tempfile.NamedTemporaryFile("r", prefix="reeve-bench-") as output:
        os.chmod(output.name, 0o666)  # the supervisor and its tracer may be without privileges
        with subject(tools, n, "flat", prefix=["strace", "-f", "-c", "-U", "calls,name", "-o", output.name]) as run:
            run.stop()
        return sum(int(line.split()[0]) for line in output.read().splitlines()
                   if len(line.split()) == 2 and line.split()[0].isdigit() and line.split()[1] != "total")


def system_calls(tools, n):
    """What a component more costs: the difference between n and 3 n, of the supervisor and the components. Each other
    process of the machine costs reeved a call or two at its start, and there may be more or fewer the next time."""
    values = [median((count_calls(tools, subject, 3 * n) - count_calls(tools, subject, n)) / n / 2 for _ in range(3))
              for subject in SUBJECTS]
    return [(f"system calls a component ({tools.component}), start + stop", "", *values)]


def memory(tools, n):
    """Pss depends on who else has the same libraries mapped; what a process alone has written does not."""
    kib = {}
    for subject in SUBJECTS:
        for size in (10, n):
            with subject(tools, size, "flat") as run:
                kib[subject, size] = memory_kib(run.pid)
    rows = [("memory, a component (private, written)", "KiB",
             *((kib[subject, n]["Private_Dirty"] - kib[subject, 10]["Private_Dirty"]) / (n - 10) for subject in SUBJECTS))]
    return rows + [(f"memory in all at {n} ({word})", "MiB", *(kib[subject, n][word] / 1024 for subject in SUBJECTS))
                   for word in ("Private_Dirty", "Pss", "Rss")]


def restart(tools, n, repeats):
    """From our kill(2) to the first instruction of the one after it; and of that one at once again."""
    first, again = {}, {}
    for subject in SUBJECTS:
        with subject(tools, n, "flat", "mark") as run:
            pairs = []
            while len(run.marks) < n:  # some may still be on their way
                run.wait_mark()
            for pid, _ in run.marks[:repeats]:
                usec = []
                for _ in range(2):
                    begin = now_usec()
                    os.kill(pid, signal.SIGKILL)
                    pid, at = run.wait_mark()
                    usec.append(at - begin)
                pairs.append(usec)
                time.sleep(0.01)
            first[subject], again[subject] = (median(pair[k] for pair in pairs) / 1000 for k in (0, 1))
    return [(f"kill -9 to the next one's main() at {n}", "ms", *(first[subject] for subject in SUBJECTS)),
            ("the same again at once", "ms", *(again[subject] for subject in SUBJECTS))]


def timed(command):
    """Wall-clock ms of a program that says something into nothing."""
    actions = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)]
    begin = time.monotonic_ns()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    return (time.monotonic_ns() - begin) / 1e6, os.waitstatus_to_exitcode(status)


def status(tools, n, repeats):
    """All against the same question to the floor. The last asks nobody: it is what loading and leaving cost."""
    with Floor(tools, n, "flat") as floor, Reeve(tools, n, "flat") as reeve:
        whole = reeve.status_command()
        commands = {"": floor.status_command(), "status of one component from the shell": whole,
                    "the same, exit status only (-q)": [*whole, "-q"], "reevectl --version": [whole[0], "--version"]}
        found = {what: [] for what in commands}
        for _ in range(repeats):
            for what, command in commands.items():
                msec, code = timed(command)
                assert code == 0, command
                found[what].append(msec)
    return [(what, "ms", median(found[""]), median(found[what])) for what in commands if what]


def dbus_call(tools, repeats):
    """All on one processor: where the two ends land otherwise is most of what is measured."""
    peers, found, cpu = tools.path("peers"), [[], []], {min(os.sched_getaffinity(0))}
    with Reeve(tools, 10, "flat") as reeve:
        os.sched_setaffinity(reeve.pid, cpu)
        path = reeve.dir + "/peers"
        server = subprocess.Popen([peers, "serve", path])
        try:
            os.sched_setaffinity(server.pid, cpu)
            while not os.path.exists(path):
                time.sleep(0.001)
            for _ in range(5):
                for k, address in enumerate((path, reeve.dir + "/run/bus")):
                    done = subprocess.run([peers, "call", address, str(repeats)], check=True, capture_output=True,
                                          preexec_fn=lambda: os.sched_setaffinity(0, cpu))
                    found[k].append(float(done.stdout))
        finally:
            server.kill()
            server.wait()
    return [("D-Bus call on the private socket", "µs", median(found[0]), median(found[1]))]


def check(tools, n, repeats):
    directory, found = tempfile.mkdtemp(prefix="reeve-bench-", dir=MEMORY), [[], []]
    try:
        table = shapes.needs(n, shapes.layered(n))
        check_scale.write([check_scale.requires(f"c{i}", names) for i, names in enumerate(table)], directory)
        files = [os.path.join(directory, name) for name in sorted(os.listdir(directory))]
        commands = [tools.path("keyfile"), *files], [tools.reeved, "--check", "--modules", directory]
        for _ in range(repeats):
            for k, command in enumerate(commands):
                msec, code = timed(command)
                assert code == 0, command
                found[k].append(msec)
    finally:
        shutil.rmtree(directory)
    return [(f"check of {n} definitions (GKeyFile reading them)", "ms", median(found[0]), median(found[1]))]


def idle(tools, n, seconds):
    rows = []
    for subject in SUBJECTS:
        with subject(tools, n, "flat") as run:
            time.sleep(0.5)
            before = scheduled_nsec(run.pid), switches(run.pid)
            time.sleep(seconds)
            rows.append(((scheduled_nsec(run.pid) - before[0]) / 1e6 / seconds, switches(run.pid) - before[1]))
    return [(f"idle CPU at {n}", "ms/s", rows[0][0], rows[1][0]), (f"wake-ups in {seconds} s", "", rows[0][1], rows[1][1])]
