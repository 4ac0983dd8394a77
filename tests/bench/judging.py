#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What judging and selecting cost, as ratios to a plain listing of the same load.

Two questions take turns (A B A B ...); the figures are medians, a ratio is that of the second to the
first. Run as root, with the environment of bench.py.
"""

import os
import random
import statistics
import sys
import tempfile

import bench

RUNS = 10
RULES = 100000
LISTENERS = 10000


def write_rules(path):
    """As --learn writes them: other ports, users and programs, so that each has to be looked at."""
    chosen = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        for number in range(RULES):
            file.write(f"{chosen.choice(['tcp', 'udp'])}/{chosen.randrange(1, 65536)} netns=self "
                       f"family=ipv4 scope=any interface=- user=user{number % 500} "
                       f"unit=service{number % 2000}.service exe=/usr/sbin/daemon{number % 3000}\n")


def measure(pid, first, second, allowed):
    """Medians of seconds and of kilobytes of both."""
    runs = ([], [])
    for _ in range(RUNS):
        for command, figures in zip((first, second), runs):
            program = bench.Runs(command)
            program.allowed = allowed
            program.run(pid)
            figures.append((program.times[0], program.memory[0]))
    return [tuple(statistics.median(column) for column in zip(*figures)) for figures in runs]


def tell(load, what, pair):
    (seconds, kilobytes), (more_seconds, more_kilobytes) = pair
    print(f"{load:<10} {what:<44} {seconds * 1000:8.2f} ms -> {more_seconds * 1000:8.2f} ms   "
          f"time {more_seconds / seconds:.2f}, memory {more_kilobytes / kilobytes:.2f}")
    sys.stdout.flush()


def main():
    lsports = bench.need("LSPORTS")
    print(f"median of {RUNS} runs, in turn")
    with tempfile.TemporaryDirectory() as directory:
        rules = os.path.join(directory, "many.rules")
        write_rules(rules)
        with bench.Load("listeners", LISTENERS) as pid:
            tell("listeners", "lsports -> lsports with 100,000 rules",
                 measure(pid, [lsports], [lsports, "--expected", rules], (0, 1)))
            # A check reads in the surest way, as --strict does.
            tell("listeners", "lsports --strict -> --check with 100,000 rules",
                 measure(pid, [lsports, "--strict"], [lsports, "--check", "--expected", rules],
                         (0, 1)))
            tell("listeners", "lsports -n -> lsports -n tcp/7000-7009",
                 measure(pid, [lsports, "-n"], [lsports, "-n", "tcp/7000-7009"], (0, 1)))
        with bench.Load("conns") as pid:
            for selector in ("state=time-wait", "proto=udp", "tcp/7000", "port!=7000"):
                tell("conns", f"lsports -an -> lsports -an {selector}",
                     measure(pid, [lsports, "-an"], [lsports, "-an", selector], (0, 1)))


if __name__ == "__main__":
    try:
        main()
    except bench.CannotRun as error:
        sys.exit(f"judging: {error}")
