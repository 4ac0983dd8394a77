#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every option, column, format, key and finding that the program knows stands in the man page, and no other."""
import pathlib
import re
import sys

from answers import compare_words, first_words, run


def section(page, name):
    found = re.search(rf'^\.Sh {name}$(.*?)(?=^\.Sh |\Z)', page, re.M | re.S)
    return found[1] if found else ""


def compare(what, known, found, bad):
    compare_words(what, known, found, bad, "not in the man page",
                  "in the man page, but the program does not know it")


def main():
    program, page_path = sys.argv[1], pathlib.Path(sys.argv[2])
    page = page_path.read_text()
    bad = []
    usage = run(program, "--help")
    options = re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", usage)
    for line in usage.splitlines():
        if len(line) > 80:
            bad.append(f"--help: more than 80 columns: {line}")
    documented = ["--" + word.replace("\\-", "-")
                  for word in re.findall(r"Fl -([a-z][a-z0-9\\-]+)", section(page, "OPTIONS"))]
    compare("option", options, documented, bad)
    columns = first_words(run(program, "--list", "columns"))
    compare("column", columns, re.findall(r"^\.It Li ([a-z0-9_]+)", section(page, "OUTPUT COLUMNS"), re.M), bad)
    formats = first_words(run(program, "--list", "formats"))
    compare("format", formats, re.findall(r"^\.It Li ([a-z]+)", section(page, "OUTPUT FORMATS"), re.M), bad)
    keys = [word for line in section(page, "SELECTORS").splitlines() if line.startswith(".It Cm ")
            for word in re.findall(r"[a-z0-9_]+", line[len(".It Cm "):])]
    compare("key", first_words(run(program, "--list", "keys")), keys, bad)
    compare("finding", first_words(run(program, "--list", "findings")),
            re.findall(r"^\.It Li ([a-z?-]+)", section(page, "FINDINGS"), re.M), bad)
    print("\n".join(bad) or f"{len(set(options))} options, {len(columns)} columns, {len(formats)} formats")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
