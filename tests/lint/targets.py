#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No two build targets share a name, so that `meson compile NAME` is never ambiguous, and
`meson compile lsports` builds the program.

usage: targets.py BUILD_DIR
"""
import collections
import json
import pathlib
import sys

PROGRAM = "lsports"


def main():
    build = pathlib.Path(sys.argv[1])
    targets = json.loads((build / "meson-info" / "intro-targets.json").read_text())
    bad = []
    kinds = collections.defaultdict(list)
    for target in targets:
        kinds[target["name"]].append(target["type"])
    for name, found in sorted(kinds.items()):
        if len(found) > 1:
            bad.append(f"{name}: names {len(found)} targets ({', '.join(found)})")
    if kinds[PROGRAM] != ["executable"]:
        bad.append(f"{PROGRAM}: not one executable, but {kinds[PROGRAM]}")
    print("\n".join(bad) or f"{len(targets)} targets, {len(kinds)} names")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
