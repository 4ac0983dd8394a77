#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: examples.py LSPORTS SOURCE: no rule that people may copy has process=NAME or unit=NAME@* without
user=, since any user may call his process so, and the instances of a unit may run as any user.

The table of usual programs is left out: it never makes a listener pass a check."""
import glob
import re
import subprocess
import sys

FILES = ("README.md", "SECURITY.md", "NEWS.md", "CONTRIBUTING.md", "man/*.in", "data/*.in", "data/*.yml",
         "src/cli/*.c", "include/lsports/*.h")
# A value, and not the place of one: process=NAME, process=<TAB>, "process= matches".
LOOSE = re.compile(r"(?:^|[\s\"'`(])(process=(?!NAME\b)[^\s\"'`<,;)]+|unit=[^\s\"'`)]*@\*[^\s\"'`)]*)")
USER = re.compile(r"\b(?:user|uid)=")
# A filter shows, and lets nothing pass; .Li is a word within a sentence.
NO_RULE = re.compile(r"\blsports (?!--learn|--check)|^\.Li ")


def find(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        found = LOOSE.search(line)
        if found and not USER.search(line) and not NO_RULE.search(line):
            yield f"{name}:{number}: {found[1]} without user="


def main():
    lsports, source = sys.argv[1:]
    names = sorted(name for pattern in FILES for name in glob.glob(f"{source}/{pattern}"))
    texts = {name: open(name, encoding="utf-8").read() for name in names}
    texts["--help"] = subprocess.run([lsports, "--help"], capture_output=True, text=True, check=True).stdout
    for line, wanted in (("udp/auto process=chronyd", 1), ("unit=app@*.service port=80", 1),
                         ("tcp/25 process=master user=root", 0), ("(for example process=NAME)", 0),
                         ("lsports process=nginx", 0), ("`process=` matches both", 0)):
        if len(list(find("", line))) != wanted:
            sys.exit(f"this test does not see what is wrong with: {line}")
    bad = [error for name, text in texts.items() for error in find(name.removeprefix(source + "/"), text)]
    print("\n".join(bad) or f"{len(texts)} texts")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
