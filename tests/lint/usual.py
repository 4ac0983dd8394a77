#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: usual.py LSPORTS USUAL_RULES: lsports can read the table of usual programs; it is only about ports below
1024, names each program in both ways, and has no duplicates."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SERVICES_MIN = 40
PORT_MAX = 1023
HEADING = re.compile(r"# ([a-z0-9-]+): \S")
ITEM = re.compile(r"(?:(?:tcp|udp)/)?(\d+)(?:-(\d+))?$")
DIRECTORIES = ("/usr/", "/sbin/", "/bin/", "/opt/")
KEYS = {"exe", "unit", "user", "scope", "owner_gap"}
# Rules about a range: all well-known ports but some.
RANGE = re.compile(r"category=well-known (?:proto=udp )?port!=(\S+) ")


def ports_of(word):
    """Every (first, last) of a port selector; None when it is not one of numbers alone."""
    found = [ITEM.match(item) for item in word.split(",")]
    if not all(found):
        return None
    return [(int(item[1]), int(item[2] or item[1])) for item in found]


def check_terms(terms):
    """Errors in a rule after its ports."""
    values = {}
    for term in terms:
        key, _, value = term.partition("=")
        if key not in KEYS or not value:
            yield f"{term} is no KEY=VALUE of this table"
        elif key in values:
            yield f"{key} stands twice"
        values[key] = value.split(",")
    if not {"exe", "owner_gap"} & set(values):
        yield "neither exe= nor owner_gap="
    if values.get("owner_gap") == ["permission"] and "unit" not in values:
        yield "without unit= anything that cannot be seen is usual"
    for key in ("exe", "unit"):
        if len(values.get(key, [])) != len(set(values.get(key, []))):
            yield f"{key}= names something twice"
    for path in values.get("exe", []):
        if not path.startswith(DIRECTORIES) or ".." in path:
            yield f"{path} is not below a directory of the system"


def normal(words):
    """Equal for rules with the same meaning."""
    return tuple(sorted(",".join(sorted(word.partition("=")[2].split(","))) + word.partition("=")[0]
                        for word in words))


def check_lines(lines):
    bad, seen, groups, ports, group = [], {}, {}, set(), None
    for number, line in enumerate(lines, 1):
        heading = HEADING.match(line)
        if heading:
            group = heading[1]
            if group in groups:
                bad.append(f"{number}: group {group} stands twice")
            groups[group] = set()
        if not line or line.startswith("#"):
            continue
        spread = RANGE.match(line)
        words = ["port!=", *line[spread.end():].split()] if spread else line.split()
        where = ports_of(spread[1] if spread else words[0])
        if where is None or any(not 0 <= first <= last <= PORT_MAX for first, last in where):
            bad.append(f"{number}: {words[0]} is no number up to {PORT_MAX}")
            continue
        if group is None:
            bad.append(f"{number}: a rule without a heading")
            continue
        ports |= {first for first, last in where if first == last and not spread}
        bad += [f"{number}: {what}" for what in check_terms(words[1:])]
        groups[group] |= {"exe" if "exe=" in line else line.rpartition("owner_gap=")[2]}
        same = (spread[0] if spread else words[0], normal(words[1:]))
        if same in seen:
            bad.append(f"{number}: the same as line {seen[same]}")
        seen[same] = number
    for name, ways in groups.items():
        if ways not in ({"exe", "permission"}, {"exe", "permission", "kernel"}, {"kernel"}):
            bad.append(f"{name}: known by {', '.join(sorted(ways)) or 'nothing'}")
    for what, count in (("services", len(groups)), ("ports", len(ports))):
        if count < SERVICES_MIN:
            bad.append(f"only {count} {what}")
    print(f"{len(seen)} rules of {len(groups)} services on {len(ports)} ports")
    return bad


def main():
    program, path = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        text = file.read()
    bad = check_lines(text.split("\n"))
    with tempfile.TemporaryDirectory() as place:
        # A copy that nobody else can change, whoever owns the source tree.
        copy = os.path.join(place, "usual.rules")
        os.umask(0o022)
        shutil.copyfile(path, copy)
        # Exit 1 means that nothing matches the selector: the rules were read.
        run = subprocess.run([program, "--expected", copy, "port=1"], capture_output=True, text=True,
                             check=False, timeout=60)
    if run.returncode not in (0, 1) or f"{copy}:" in run.stderr:
        bad.append(f"lsports: exit {run.returncode}\n{run.stderr}")
    print("\n".join(bad))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
