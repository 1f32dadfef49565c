#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a libFuzzer dictionary of all sections, keys and words that reeved knows: for -dict= of fuzz_ini, fuzz_module.
Usage: dictionary.py REEVED > module.dict"""
import json
import subprocess
import sys

OTHERS = ["${", "}", "$$", "${env:", "${self.", "\\\n", "\"", "'", ":", "*", "infinity", "yes", "no", "=\n", "#", ";"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    words = set(OTHERS)
    for section in json.loads(subprocess.run([sys.argv[1], "--schema=json"], stdout=subprocess.PIPE, check=True).stdout):
        words.add("[" + section["section"] + (" a]" if "argument" in section else "]"))
        for key in section["keys"]:
            words.add(key["name"] + "=")
            words.update(key.get("words", []))
            words.update([key["default"]] if "default" in key else [])
    for word in sorted(words):
        print('"' + "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\x{b:02x}" for b in word.encode()) + '"')
    return 0 if len(words) > 100 else "too few words: has the schema another form now?"


if __name__ == "__main__":
    sys.exit(main())
