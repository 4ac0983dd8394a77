#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Line coverage of the parsers: builds with coverage, runs the unit and fixture tests, prints.

usage: coverage.py SOURCE_DIR
"""
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

# Every file that reads foreign bytes.
PARSERS = ["src/base/num.c", "src/base/span.c", "src/base/utf8.c", "src/collect/diag.c",
           "src/collect/netlink.c", "src/collect/procline.c", "src/host/capabilities.c",
           "src/host/container.c", "src/host/mountinfo.c", "src/host/services.c", "src/host/unit.c",
           "src/judge/rule_line.c", "src/judge/rule_reader.c", "src/owners/procparse.c",
           "src/select/selector_parse.c", "src/select/selector_text.c",
           "src/select/selector_value.c"]
WANTED = 95.0


def run(*command, cwd=None):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=cwd)


def lines_of(build, name):
    """{line: times run} of one source file, summed over all its objects."""
    counts = {}
    stem = name.replace("/", "_")
    notes = [p for p in build.rglob(f"*{stem}.gcda")]
    with tempfile.TemporaryDirectory() as out:
        for note in notes:
            run("gcov", "--json-format", str(note), cwd=out)
        for report in pathlib.Path(out).glob("*.gcov.json.gz"):
            for file in json.loads(gzip.decompress(report.read_bytes()))["files"]:
                if not file["file"].endswith(name):
                    continue
                for line in file["lines"]:
                    counts[line["line_number"]] = counts.get(line["line_number"], 0) + line["count"]
    return counts


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    low = False
    with tempfile.TemporaryDirectory() as temp:
        build = pathlib.Path(temp)
        run("meson", "setup", str(build), str(source), "-Db_coverage=true", "--buildtype=debug")
        run("meson", "test", "-C", str(build), "--suite", "unit", "--suite", "fixture")
        for name in PARSERS:
            counts = lines_of(build, name)
            ran = sum(1 for count in counts.values() if count)
            share = 100.0 * ran / len(counts) if counts else 0.0
            missed = [str(line) for line, count in sorted(counts.items()) if not count]
            print(f"{share:6.1f} %  {ran:4d} of {len(counts):4d} lines  {name}"
                  + (f"  not run: {', '.join(missed)}" if missed else ""))
            low |= share < WANTED
    print(f"wanted: {WANTED} % each: {'too low' if low else 'reached'}")
    return low


if __name__ == "__main__":
    sys.exit(main())
