#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The cost of one more socket or descriptor as their number grows: growth.py [--svg FILE].

The figures are medians of consecutive runs, less that of a
machine with nothing but twenty listeners, divided by the number of items. Run as root, with the
environment of bench.py.
"""

import argparse
import statistics
import sys
from xml.sax.saxutils import escape

import bench

RUNS = 10
SOCKETS = [10000, 50000, 100000, 200000]
DESCRIPTORS = [50000, 100000, 200000, 400000, 800000]
# Title, load, its sizes, the question.
SERIES = [
    ("sockets: -tan", "conns", SOCKETS, ["-tan"]),
    ("sockets: -tan --json", "conns", SOCKETS, ["-tan", "--json"]),
    ("sockets and owners: -tanp", "conns", SOCKETS, ["-tanp"]),
    ("descriptors: -tlnp", "fds", DESCRIPTORS, ["-tlnp"]),
    ("descriptors: -tlnp --owners proc", "fds", DESCRIPTORS, ["-tlnp", "--owners", "proc"]),
]
WIDTH, HEIGHT, MARGIN = 640, 320, 56
COLOURS = ["#58a6ff", "#3fb950", "#d29922", "#f85149", "#a371f7"]


def time_of(pid, question, runs):
    program = bench.Runs([bench.need("LSPORTS"), *question])
    for _ in range(runs):
        program.run(pid)
    return statistics.median(program.times)


def measure(runs):
    """{title: [(items, seconds an item)]}"""
    with bench.Load("idle") as pid:
        floors = {title: time_of(pid, question, runs) for title, _, _, question in SERIES}
    costs = {title: [] for title in floors}
    for load in ("conns", "fds"):
        mine = [one for one in SERIES if one[1] == load]
        for size in mine[0][2]:
            with bench.Load(load, size) as pid:
                for title, _, _, question in mine:
                    seconds = time_of(pid, question, runs) - floors[title]
                    costs[title].append((size, seconds / size))
    return costs


def print_costs(costs):
    for title, points in costs.items():
        first = points[0][1]
        for size, cost in points:
            print(f"{title:<34} {size:>7} items {cost * 1e6:8.3f} us an item   "
                  f"{cost / first:.2f} of the smallest")
        sys.stdout.flush()


def draw(costs):
    """Cost of an item over the number of items, as an SVG."""
    highest = max(cost for points in costs.values() for _, cost in points) * 1e6
    largest = max(size for points in costs.values() for size, _ in points)

    def place(size, cost):
        x = MARGIN + (WIDTH - 2 * MARGIN) * size / largest
        return f"{x:.1f},{HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * cost * 1e6 / highest:.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 20 * len(costs)}" '
             'font-family="monospace" font-size="12" fill="#8b949e">',
             f'<path d="M{MARGIN},{MARGIN} V{HEIGHT - MARGIN} H{WIDTH - MARGIN}" fill="none" stroke="#8b949e"/>',
             f'<text x="{MARGIN}" y="{MARGIN - 12}">{highest:.2f} microseconds an item</text>',
             f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - MARGIN + 18}" text-anchor="end">{largest:,} items</text>']
    for number, (title, points) in enumerate(costs.items()):
        line = " ".join(place(size, cost) for size, cost in points)
        colour = COLOURS[number]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{MARGIN}" y="{HEIGHT + 20 * number}" fill="{colour}">{escape(title)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each question ({RUNS})")
    parser.add_argument("--svg", metavar="FILE", help="draw them")
    arguments = parser.parse_args()
    try:
        costs = measure(arguments.runs)
    except bench.CannotRun as error:
        sys.exit(f"growth: {error}")
    print_costs(costs)
    if arguments.svg:
        with open(arguments.svg, "w", encoding="utf-8") as file:
            file.write(draw(costs))


if __name__ == "__main__":
    main()
