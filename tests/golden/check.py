#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what lsports prints about every recorded machine with the golden files beside this
script, byte for byte, and with what the machine was made of: check.py [--update].

Every machine has its rules in fixtures/rules, so that nothing here follows from the shipped table
of usual programs, which grows.

Environment: LSPORTS is the program; RULES_DIR and STATE_DIR are the directories that it was
configured with, which are written as those below /usr's prefix. With --update the files are rewritten instead; read the
difference before it is kept, since a golden file must be right and not only stable.
"""

import argparse
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import made

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(os.path.dirname(HERE), "fixtures")
PLACE = tempfile.TemporaryDirectory(prefix="lsports-golden-")
TIME_LIMIT = 60

# Name of the golden file behind the scene's -> arguments, expected exit status.
EVERY_SCENE = {
    "table": ([], 0),
    "raw": (["--format", "raw"], 0),
    "json": (["--format", "json"], 0),
    "jsonl": (["--format", "jsonl"], 0),
    "csv": (["--format", "csv"], 0),
    "all": (["-a"], 0),
    "all.csv": (["-a", "--output-all", "--format", "csv"], 0),
    "rules": (["--format", "rules"], 0),
    "prometheus": (["--format", "prometheus"], 0),
}
ONE_SCENE = {
    "plain": {
        "ports": (["22", "8000-8999"], 0),
        "no-port": (["1"], 1),
        "proc": (["--source", "proc"], 0),
        "tulpn": (["-tulpn"], 0),
        "numeric.json": (["-npJ"], 0),
        "extended": (["-e", "--group-by", "none", "--sort", "-port,proto"], 0),
        "explain-22": (["--explain", "ssh"], 0),
        "explain-80": (["--explain", "tcp/80"], 0),
        "explain-80.json": (["--explain", "tcp/80", "-J"], 0),
        "explain-443": (["--explain", "443"], 0),
        "explain-514": (["--explain", "udp/514"], 0),
        "explain-8080": (["--explain", "8080"], 0),
        "explain-unused": (["--explain", "25"], 1),
        "explain-unused.json": (["--explain", "25", "-J"], 1),
    },
    "connections": {
        "connected": (["--connected", "-t4", "--group-by", "none"], 0),
        "all.json": (["-aJ"], 0),
        "explain-7000": (["--explain", "7000"], 0),
        "explain-7000.json": (["--explain", "7000", "-J"], 0),
        "explain-time-wait": (["--explain", "tcp/55298"], 1),
    },
    "hostile": {
        "extended": (["-O", "--group-by", "user"], 0),
        "explain-3000": (["--explain", "tcp/3000"], 0),
        "explain-3000.json": (["--explain", "tcp/3000", "-J"], 0),
    },
}
# Exit status of --strict, whose messages are compared.
STRICT_STATUS = {"plain": 0, "hostile": 3, "connections": 0, "procfs": 3, "empty": 0}
# Exit status of --check, and of the monitoring plugin.
CHECK_STATUS = {"plain": 1, "hostile": 3, "connections": 0, "procfs": 3, "empty": 1}
MONITORING_STATUS = {"plain": 2, "hostile": 3, "connections": 0, "procfs": 3, "empty": 1}

NOT_GOLDEN = {"check.py", "made.py", "__pycache__"}

# Where the program looks for rules -> what the golden files name.
CONFIGURED = {"RULES_DIR": b"/etc/lsports/expected.d", "STATE_DIR": b"/var/lib/lsports"}

# Members and samples that depend on this run, not on the recorded machine.
RUN_MEMBERS = re.compile(rb'"(version|time)":\s*"[^"]*"')
RUN_SAMPLES = re.compile(rb"^(lsports_last_run_(?:timestamp|duration)_seconds) [0-9.]+$", re.M)


def fill_place():
    """The recorded machines, and their rules as files that nobody else can change, whoever owns the
    source tree."""
    os.umask(0o022)
    for name in os.listdir(FIXTURES):
        source, target = os.path.join(FIXTURES, name), os.path.join(PLACE.name, name)
        if name == "rules":
            os.mkdir(target)
            for file in os.listdir(source):
                shutil.copyfile(os.path.join(source, file), os.path.join(target, file))
        else:
            os.symlink(source, target)


def run(program, scene, arguments):
    # Nothing of the caller's environment can change an answer; a sanitizer's options may stay.
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    # Rule files are shown under the names that were given.
    return subprocess.run([program, "--sysroot", scene, *arguments], cwd=PLACE.name,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**kept, "TZ": "UTC0"},
                          timeout=TIME_LIMIT, check=False)


def scene_runs(scene):
    """Golden file's name behind the scene's, arguments, expected exit status, is it stderr."""
    for name, (arguments, status) in {**EVERY_SCENE, **ONE_SCENE.get(scene, {})}.items():
        yield name, arguments, status, False
    yield "messages", ["--strict", "--verbose"], STRICT_STATUS[scene], True
    yield "check", ["--check"], CHECK_STATUS[scene], False
    yield "check.messages", ["--check"], CHECK_STATUS[scene], True
    yield "check.jsonl", ["--check", "--format", "jsonl"], CHECK_STATUS[scene], False
    yield "monitoring", ["--format", "monitoring"], MONITORING_STATUS[scene], False


def answers(program):
    """Every golden file's name with what the program says, and what is wrong with its status."""
    for scene in STRICT_STATUS:
        for name, arguments, status, is_message in scene_runs(scene):
            result = run(program, scene, ["--expected", f"rules/{scene}.rules", *arguments])
            text = RUN_MEMBERS.sub(rb'"\1":"-"', result.stderr if is_message else result.stdout)
            text = RUN_SAMPLES.sub(rb"\1 -", text)
            yield f"{scene}.{name}", text, describe(result, status)
    # Its programs are in no system directory, so none is usual.
    result = run(program, "plain", ["-o", "proto,port,verdict,findings"])
    yield "plain.no-rules", result.stdout, describe(result, 0)
    result = run(program, "plain", ["--check"])
    text = result.stderr
    for name, usual in CONFIGURED.items():
        text = text.replace(os.fsencode(os.environ[name]), usual)
    yield "plain.no-rules.messages", text, describe(result, 2)


def describe(result, status):
    if result.returncode == status:
        return ""
    return (f"exit status {result.returncode}, expected {status}: {' '.join(result.args)}\n"
            f"{result.stderr.decode(errors='backslashreplace')}")


def print_difference(name, expected, found):
    def lines(data):
        return data.decode(errors="backslashreplace").splitlines(keepends=True)

    for line in difflib.unified_diff(lines(expected), lines(found), f"golden/{name}", "found"):
        print(line if line.endswith("\n") else f"{line}\n\\ no newline at the end\n", end="")


def check_one(name, found, update):
    path = os.path.join(HERE, name)
    if update:
        with open(path, "wb") as file:
            file.write(found)
        return True
    try:
        with open(path, "rb") as file:
            expected = file.read()
    except FileNotFoundError:
        print(f"golden/{name}: there is no such file")
        return False
    if found != expected:
        print_difference(name, expected, found)
    return found == expected


def check_made(program):
    """The number of scenes that are not shown as they were made."""
    bad = 0
    for scene in STRICT_STATUS:
        answer = json.loads(run(program, scene, ["-aJ"]).stdout)
        complaints = list(made.check(os.path.join(FIXTURES, scene), answer))
        for complaint in complaints:
            print(f"{scene}: {complaint}")
        bad += bool(complaints)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="rewrite the golden files")
    update = parser.parse_args().update
    for name in ("LSPORTS", *CONFIGURED):
        if name not in os.environ:
            sys.exit(f"check.py: environment variable {name} is not set")
    if sys.byteorder != "little":
        sys.exit("check.py: FAIL: the recordings are those of a little-endian kernel")
    program = os.path.abspath(os.environ["LSPORTS"])
    fill_place()
    seen, bad = set(), check_made(program)
    for name, text, complaint in answers(program):
        seen.add(name)
        if complaint:
            print(f"{name}: {complaint}", end="")
        if not check_one(name, text, update) or complaint:
            bad += 1
    for name in sorted(set(os.listdir(HERE)) - seen - NOT_GOLDEN):
        print(f"golden/{name}: nobody compares it")
        bad += 1
    print(f"{len(seen)} golden files, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
