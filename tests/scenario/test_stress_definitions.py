# SPDX-License-Identifier: LGPL-2.1-or-later
"""Module files with known faults in them, and with blind ones: the right verdict, all of it, soon, and fit to be shown."""
import json
import os
import re
import subprocess
import time
import unicodedata

import harness
from stress_kit import FULL, Stress

HERE = os.path.dirname(os.path.realpath(__file__))
RUN = "ExecStart=/bin/true"
OUTPUT_MAX, MEMORY_MAX_KIB, TIME_MAX = 1_000_000, 512 * 1024, 10
# code, lines; the finding is at the line marked @. %: a name of its own.
FAULTS = [
    ("unknown-key", f"[Component %]\n{RUN}\n@ExceStart=/bin/true"),
    ("unknown-key", f"@[Componant %]\n{RUN}"),
    ("syntax-error", f"[Component %]\n{RUN}\n@\N{CYRILLIC SMALL LETTER IE}nvironment=A=1"),
    ("invalid-value", f"[Component %]\n{RUN}\n@Type=notfiy"),
    ("invalid-value", f"[Component %]\n{RUN}\n@Nice=900"),
    ("invalid-value", f"[Component %]\n{RUN}\n@TimeoutStopSec=-1"),
    ("invalid-value", f"[Component %]\n{RUN}\n@TimeoutStartSec=5 parsecs"),
    ("invalid-value", f"[Component %]\n{RUN}\n@MemoryMax=99999999999999999999T"),
    ("invalid-value", f"[Component %]\n{RUN}\n@NoNewPrivileges=on"),
    ("invalid-value", f"[Component %]\n{RUN}\n@UMask=0999"),
    ("invalid-value", f"[Component %]\n{RUN}\n@Restart=perhaps"),
    ("invalid-value", f"[Component %]\n{RUN}\n@StartLimitBurst=1 2"),
    ("invalid-value", f"[Component %]\n{RUN}\n@SuccessExitStatus=256"),
    ("invalid-value", f"[Component %]\n{RUN}\n@StartupErrorPolicy=lenient"),
    ("invalid-value", f"[Component %]\n{RUN}\n@WorkingDirectory=not/absolute"),
    ("invalid-value", f"[Component %]\n{RUN}\n@Environment=1X=2"),
    ("invalid-value", "[Component %]\n@ExecStart=relative/path"),
    ("invalid-value", "[Component %]\n@ExecStart=/bin/echo ${nowhere}"),
    ("invalid-value", "[Component %]\n@ExecStart=/bin/echo \"never closed"),
    ("invalid-value", "[Component %]\n@ExecStart=/bin/echo \\q"),
    ("invalid-value", f"@[Component Upper-%]\n{RUN}"),
    ("invalid-value", f"@[Component \N{LATIN SMALL LETTER E WITH ACUTE}%]\n{RUN}"),
    ("duplicate-key", f"[Component %]\n{RUN}\n@ExecStart=/bin/false"),
    ("duplicate-key", f"[Component %]\n{RUN}\n@[Component %]\nNice=1"),
    ("missing-dependency", f"[Component %]\n{RUN}\n@Requires=nowhere-%"),
    ("cycle", f"[Component %]\n{RUN}\n@Requires=%"),
    ("cycle", f"[Component %]\n{RUN}\n@Requires=%-b\n[Component %-b]\n{RUN}\nAfter=%-c\n[Component %-c]\n{RUN}\nWants=%"),
    ("conflict-plain", f"[Component %]\n{RUN}\n@Provides=key-%\n[Component %-b]\n{RUN}\nProvides=key-%"),
    ("syntax-error", f"[Component %]\n{RUN}\n@garbage"),
    ("syntax-error", f"[Component %]\n{RUN}\n@=empty"),
    ("syntax-error", f"[Component %]\n{RUN}\n@[Component %"),
]


def texts_of(*folders):
    found = []
    for folder in folders:
        for path, _, files in sorted(os.walk(os.path.join(HERE, "..", "..", folder))):
            for name in sorted(files):
                if name.endswith(".module"):
                    with open(os.path.join(path, name), "rb") as file:
                        found.append(file.read())
    return found


class Definitions(Stress):
    def setUp(self):
        super().setUp()
        self.setting = self.reeve({"a.module": ""})
        self.slowest, self.largest, self.longest = 0, 0, 0

    def run_check(self, *args):
        """(status, standard output, standard error, as they are)"""
        paths = [self.file("stdout"), self.file("stderr")]
        with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
            begin = time.monotonic()
            child = subprocess.Popen(self.setting.command("--check", *args), stdout=out, stderr=err, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.slowest = max(self.slowest, time.monotonic() - begin)
        self.largest = max(self.largest, usage.ru_maxrss)
        texts = []
        for path in paths:
            with open(path, "rb") as file:
                texts.append(file.read())
        return child.returncode, *texts

    def file(self, name):
        return os.path.join(self.dir, name)

    def write(self, files):
        for name in os.listdir(self.setting.modules):
            os.unlink(os.path.join(self.setting.modules, name))
        for name, data in files.items():
            with open(os.path.join(self.setting.modules, name), "wb") as file:
                file.write(data)

    def verdict(self, what):
        """What holds for every set: (is valid, findings)."""
        status, output, errors = self.run_check()
        self.assertIn(status, (0, 3), what)
        self.assertEqual(output, b"", what)
        text = errors.decode()  # UTF-8, or this is an error
        odd = [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        self.assertEqual(odd, [], what)
        self.longest = max(self.longest, len(errors))
        machine, output, _ = self.run_check("--json")
        found = json.loads(output.decode())
        self.assertEqual((machine, found["valid"]), (status, status == 0), what)
        if status == 3:
            for finding in found["findings"]:
                self.assertIn(f"[{finding['code']}]", text, what)
            self.assertRegex(text, r"(?m)^\S[^\n]*: error: ", what)
        return status == 0, found["findings"], text

    def done(self, n, what):
        print(f"\n{n} {what}: the slowest {self.slowest * 1e3:.0f} ms, the largest {self.largest / 1024:.0f} MiB, the longest output {self.longest} bytes")
        self.assertLess(self.slowest, TIME_MAX)
        if not harness.SANITIZED:
            self.assertLess(self.largest, MEMORY_MAX_KIB)
        self.assertLess(self.longest, OUTPUT_MAX)

    def plant(self, text, faults):
        """TEXT with FAULTS between its groups; (text, places of the faults)"""
        blocks = re.split(r"(?m)^(?=\[)", text)
        planted = [(block, None) for block in blocks]
        for i, (code, fault) in enumerate(faults):
            planted.insert(self.chance.randint(1, len(planted)), (fault.replace("%", f"planted-{i}") + "\n", code))
        lines, places = [], []
        for block, code in planted:
            for line in block.splitlines():
                if code and line.startswith("@"):
                    line = line[1:]
                    places.append((code, len(lines) + 1))
                lines.append(line)
        return "\n".join(lines) + "\n", places

    def base(self, i):
        """A module in which nothing is wrong."""
        names = [f"c{i}-{k}" for k in range(self.chance.randint(1, 12))]
        text = "# a module\n[Module]\nDescription=One of many\n"
        for k, name in enumerate(names):
            providers = self.chance.sample(names[:k], min(k, self.chance.randint(0, 3)))
            text += f"[Component {name}]\n{RUN}\n" + (f"Requires={' '.join(providers)}\n" if providers else "")
        return text

    def test_known_faults(self):  # P39, P40, §37, §152: every one of them is found, in its place, in one run
        n = 300 if FULL else 40
        for i in range(n):
            chosen = self.chance.sample(FAULTS, self.chance.randint(1, 5))
            text, places = self.plant(self.base(i), chosen if i % 10 else [])
            self.write({"a.module": text.encode(), "b.module": self.base(f"{i}-b").encode()})
            is_valid, findings, errors = self.verdict(text)
            self.assertEqual(is_valid, not places, text + errors)
            found = {(finding["code"], finding["line"]) for finding in findings}
            self.assertLessEqual(set(places), found, text + errors)
            if i % 20 == 1:
                self.refused(errors)
        self.done(n, "sets with known faults")

    def refused(self, errors):
        """The daemon says what check said, and starts nothing (P40)."""
        done = subprocess.run(self.setting.command("--runtime-directory", self.setting.runtime), capture_output=True, timeout=20)
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assertEqual(done.stderr.decode(), errors)

    def spoil(self, data, others):
        data = bytearray(data)
        for _ in range(self.chance.choice((1, 1, 2, 3, 8, 40))):
            at, to = sorted((self.chance.randrange(len(data) + 1), self.chance.randrange(len(data) + 1)))
            kind = self.chance.randrange(8)
            if kind == 0:
                data[at:at] = bytes([self.chance.randrange(256)])
            elif kind == 1:
                del data[at:min(to, at + 9)]
            elif kind == 2:
                data[at:at + 1] = self.chance.choice((b"\0", b"\x1b[2J", b"\xff", b"\r", b"\n", b"\\\n", b"=", b"[", b"]", b"%", b"${", b"\xc2\x9b"))
            elif kind == 3:
                other = self.chance.choice(others)
                data[at:at] = other[self.chance.randrange(len(other) + 1):][:400]
            elif kind == 4:
                data[at:at] = data[at:to][:2000] * self.chance.choice((2, 50))
            elif kind == 5:
                data[at:at] = self.chance.choice((b"9" * 40, b"a" * 5000, b" " * 3000, b"-1", b"0x7f", b"infinity", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa9"))
            elif kind == 6:
                lines = data.split(b"\n")
                self.chance.shuffle(lines)
                data = bytearray(b"\n".join(lines))
            else:
                del data[to:]
            if len(data) > 200_000:
                break
        return bytes(data)

    def test_blind_faults(self):  # P39: whatever comes of them
        originals = texts_of("docs/examples", "tests/golden")
        self.assertGreater(len(originals), 20)
        n, n_valid = 294 if FULL else 40, 0
        for i in range(n):
            files = {f"{k}.module": self.spoil(self.chance.choice(originals), originals) for k in range(self.chance.randint(1, 3))}
            self.write(files)
            n_valid += self.verdict(repr(files)[:3000])[0]
        self.done(n, f"sets with blind faults, {n_valid} of them harmless")


if __name__ == "__main__":
    harness.main()
