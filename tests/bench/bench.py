#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lsports beside ss, netstat and lsof: the same question on the same load, time and memory.

The programs take turns (A B C D A B C D ...), so that other work on the machine affects all of them
alike. The figures are medians; a ratio is that of lsports to the other,
below 1 is less. Run as root: a load makes a network namespace and owners need privileges.

Besides, of lsports alone: the walk of /proc in place of the program in the kernel, other formats,
and the floor, which is what the kernel takes for the answer when nobody reads it.

Environment: LSPORTS LOAD MEASURE FLOOR, the programs.
"""

import argparse
import ctypes
import datetime
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys

LOADS = ["idle", "fds", "procs", "listeners", "conns"]
LSOF_LISTEN = ["lsof", "-nP", "-iTCP", "-sTCP:LISTEN"]
# What each question is to lsof; the others have the same letters.
QUESTIONS = {
    "-tln": LSOF_LISTEN,
    "-tlnp": LSOF_LISTEN,
    "-tulpn": LSOF_LISTEN + ["-iUDP"],
    "-tan": ["lsof", "-nP", "-iTCP"],
    "-tanp": ["lsof", "-nP", "-iTCP"],
}
PEERS = ["ss", "netstat", "lsof"]
LOAD_NAMES = {"idle": "idle", "fds": "200 processes with 2,000 descriptors",
              "procs": "3,000 processes", "listeners": "15,000 listeners",
              "conns": "100,000 connections (200,000 sockets)"}
SLOW = 20.0   # seconds: slower programs run only once
LIMIT = 60    # seconds: slower programs are killed, and the figure is a lower bound
PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """A program could not run, so the benchmark fails."""


def need(name):
    value = os.environ.get(name)
    if not value or not os.access(value, os.X_OK):
        raise CannotRun(f"environment variable {name} names no program: {value!r}")
    return os.path.abspath(value)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Load:
    """A load that exists for as long as the with block runs."""

    def __init__(self, name, *count):
        self.name = name
        self.count = map(str, count)

    def __enter__(self):
        self.child = subprocess.Popen([need("LOAD"), self.name, *self.count], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        if self.child.stdout.readline() != b"ready\n":
            raise CannotRun(f"load {self.name} could not be made")
        return self.child.pid

    def __exit__(self, *unused):
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()


class Runs:
    """All runs of one program on one question."""

    def __init__(self, command):
        self.command = command
        # lsof exits 1 when a process ended while it looked.
        self.allowed = (0, 1) if command[0] == "lsof" else (0,)
        self.times = []
        self.memory = []
        self.is_slow = False
        self.is_killed = False

    def run(self, pid):
        result = subprocess.run([need("MEASURE"), str(pid), str(LIMIT), *self.command],
                                stdout=subprocess.PIPE, check=False)
        words = result.stdout.split()
        if result.returncode != 0 or len(words) != 3:
            raise CannotRun(f"could not be measured: {self.command}")
        status = int(words[2])
        self.is_killed = status == -signal.SIGALRM
        if status not in self.allowed and not self.is_killed:
            raise CannotRun(f"exit {status}: {' '.join(self.command)}")
        self.times.append(float(words[0]))
        self.memory.append(int(words[1]))
        self.is_slow = self.times[-1] > SLOW

    def figures(self):
        return {"command": self.command, "runs": len(self.times), "killed": self.is_killed,
                "slow": self.is_slow, "seconds": statistics.median(self.times),
                "kilobytes": statistics.median(self.memory), "all_seconds": self.times}


def commands_of(question):
    lsports = [need("LSPORTS"), question]
    commands = {"lsports": lsports, "ss": ["ss", question], "netstat": ["netstat", question],
                "lsof": QUESTIONS[question]}
    if "p" in question:
        commands["walk"] = [*lsports, "--owners", "proc"]
        commands["floor"] = [need("FLOOR"), "descriptors"]
    elif "a" in question:
        commands["raw"] = [*lsports, "--raw"]
        commands["json"] = [*lsports, "--json"]
        commands["floor"] = [need("FLOOR"), "dump"]
    return commands


def measure(load, question, pid, runs):
    """{program: figures}, all programs in turn."""
    programs = {name: Runs(command) for name, command in commands_of(question).items()}
    for number in range(runs):
        for name, program in programs.items():
            # On 200,000 sockets these two take minutes, and a second run would show nothing new.
            is_once = program.is_slow or (load == "conns" and name in ("netstat", "lsof"))
            if number == 0 or not is_once:
                program.run(pid)
    return {name: program.figures() for name, program in programs.items()}


def format_ratio(ours, theirs, key, is_bound):
    if not theirs[key]:
        return "-"
    return ("<" if is_bound else "") + f"{ours[key] / theirs[key]:.3f}"


def print_figures(load, question, figures):
    ours = figures["lsports"]
    print(f"{load:<10} {question:<7} {'lsports':<8} {ours['seconds'] * 1000:>10.2f} ms "
          f"{ours['kilobytes'] / 1024:>8.1f} MiB")
    for name in PEERS:
        theirs = figures[name]
        marks = [] if theirs["runs"] == ours["runs"] else [f"{theirs['runs']} run"]
        if theirs["killed"]:
            marks.append(f"killed after {LIMIT} s")
        print(f"{load:<10} {question:<7} {name:<8} {theirs['seconds'] * 1000:>10.2f} ms "
              f"{theirs['kilobytes'] / 1024:>8.1f} MiB   lsports/{name}: "
              f"time {format_ratio(ours, theirs, 'seconds', theirs['killed'])}, "
              f"memory {format_ratio(ours, theirs, 'kilobytes', False)}"
              f"{'   (' + ', '.join(marks) + ')' if marks else ''}")
    for name in [name for name in figures if name not in ("lsports", *PEERS)]:
        variant = figures[name]
        print(f"{load:<10} {question:<7} {name:<8} {variant['seconds'] * 1000:>10.2f} ms "
              f"{variant['kilobytes'] / 1024:>8.1f} MiB   {name}/ss: time "
              f"{format_ratio(variant, figures['ss'], 'seconds', False)}, lsports/{name}: time "
              f"{format_ratio(ours, variant, 'seconds', False)}")
    sys.stdout.flush()


def format_cell(figures, name):
    """The ratios to all peers; two digits that count."""
    cells = []
    for peer in PEERS:
        ratio = figures[name]["seconds"] / figures[peer]["seconds"]
        cells.append(("<" if figures[peer]["killed"] else "") +
                     (f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.2g}"))
    return " / ".join(cells)


def columns_of(answer):
    """(title, question, program) of the questions about every load."""
    columns = []
    for question in QUESTIONS:
        if all(question in load for load in answer["loads"].values()):
            columns.append((f"`{question}`", question, "lsports"))
    if any(question == "-tlnp" for _, question, _ in columns):
        columns.append(("`-tlnp --owners proc`", "-tlnp", "walk"))
    return columns


def print_markdown(answer, file):
    columns = columns_of(answer)
    memory = sorted(load[question]["lsports"]["kilobytes"] / load[question]["ss"]["kilobytes"]
                    for load in answer["loads"].values() for question in load)
    is_killed = any(figures["killed"] for load in answer["loads"].values()
                    for question in load.values() for figures in question.values())
    print("Time of lsports as a part of that of ss / netstat / lsof on the same question and load, median "
          f"of {answer['runs']}\nruns in turn; Linux {answer['kernel'].split('-')[0]}, {answer['cpus']} processors, "
          f"{answer['date']}." +
          (f" `<`: the other program was ended after {LIMIT} seconds." if is_killed else "") + "\n",
          file=file)
    print("| load | " + " | ".join(title for title, _, _ in columns) + " |", file=file)
    print("| --- " * (len(columns) + 1) + "|", file=file)
    for load, figures in answer["loads"].items():
        print(f"| {LOAD_NAMES[load]} | " +
              " | ".join(format_cell(figures[question], program)
                         for _, question, program in columns) + " |", file=file)
    print(f"\nPeak memory is {memory[0]:.2f} to {memory[-1]:.2f} of that of ss.", file=file)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="of each program (10)")
    parser.add_argument("--loads", default=",".join(LOADS), help=",".join(LOADS))
    # An argument that begins with a dash needs "=": --questions=-tln,-tan
    parser.add_argument("--questions", default=",".join(QUESTIONS), help=",".join(QUESTIONS))
    parser.add_argument("--json", metavar="FILE", help="all figures as JSON")
    parser.add_argument("--markdown", metavar="FILE", help="the table of the README")
    arguments = parser.parse_args()
    arguments.loads = arguments.loads.split(",")
    arguments.questions = arguments.questions.split(",")
    for word in set(arguments.loads) - set(LOADS):
        parser.error(f"no load is called '{word}'")
    for word in set(arguments.questions) - set(QUESTIONS):
        parser.error(f"no question is '{word}'")
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    return arguments


def run_all(arguments):
    for name in PEERS:
        if shutil.which(name) is None:
            raise CannotRun(f"the program '{name}' is not installed")
    if os.geteuid() != 0:
        raise CannotRun("must be run as root")
    answer = {"kernel": platform.release(), "cpus": os.cpu_count(), "runs": arguments.runs,
              "date": datetime.date.today().isoformat(), "loads": {}}
    print(f"Linux {platform.release()}, {os.cpu_count()} cpus, median of {arguments.runs} runs, "
          "in turn")
    for load in arguments.loads:
        with Load(load) as pid:
            for question in arguments.questions:
                figures = measure(load, question, pid, arguments.runs)
                answer["loads"].setdefault(load, {})[question] = figures
                print_figures(load, question, figures)
    return answer


def main():
    arguments = parse_arguments()
    try:
        answer = run_all(arguments)
    except CannotRun as error:
        sys.exit(f"bench: {error}")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(answer, file, indent=1)
    if arguments.markdown:
        with open(arguments.markdown, "w", encoding="utf-8") as file:
            print_markdown(answer, file)


if __name__ == "__main__":
    main()
