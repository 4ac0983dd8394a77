#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes start, listen and end 500 times a second while lsports runs, and it is stopped too.

Environment: LSPORTS MKSOCK CHURN; LSPORTS_RACES is the number of runs (200).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import harness

RUNS = int(os.environ.get("LSPORTS_RACES", "200"))
RATE = 500
STABLE = ["tcp,addr=127.0.0.1,port=80", "tcp,addr=::,port=81", "udp,port=82",
          "udp,addr=::1,port=83", "tcp,port=84,reuseport=3", "tcp,port=85,fork=2",
          "tcp,port=86,holder=thread"]


class Race(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*STABLE)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.stable = {int(row["cookie"]): row for row in cls.made.rows}

    def setUp(self):
        self.begin = time.monotonic()
        self.churn = subprocess.Popen([harness.need("CHURN"), "race", str(RATE)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      preexec_fn=harness.die_with_parent)
        self.addCleanup(self.end_churn)
        self.assertEqual(self.churn.stdout.readline(), b"ready\n")

    def end_churn(self):
        self.churn.stdin.close()
        said = self.churn.stdout.read().decode()
        self.churn.stdout.close()
        self.assertEqual(self.churn.wait(timeout=30), 0)
        _, started, _, seconds = said.split()
        rate = int(started) / float(seconds)
        print(f"{started} processes, {rate:.0f} a second", file=sys.stderr)
        self.assertGreater(rate, RATE / 5, "the race did not take place")

    def check_rows(self, out):
        rows = harness.by_cookie(json.loads(out)["sockets"])
        for cookie, made in self.stable.items():
            self.assertIn(cookie, rows, f"lost: {made}")
            seen = rows[cookie]
            self.assertEqual(harness.owners_of(seen), harness.owners_of(made), made)
        for row in rows.values():
            self.assertTrue(row["owners"] or row["owner_gap"], row)

    def check_run(self, *arguments, status=(0,)):
        result = harness.lsports("-J", *arguments, timeout=harness.TIME_LIMIT)
        self.assertIn(result.status, status, str(result))
        self.check_rows(result.out)

    def test_runs(self):
        for _ in range(RUNS):
            self.check_run()

    def test_strict_runs(self):
        for _ in range(RUNS // 4):
            self.check_run("--strict", status=(0, 3))

    def test_table(self):
        for _ in range(RUNS // 4):
            result = harness.lsports("-H", timeout=harness.TIME_LIMIT)
            self.assertEqual(result.status, 0, str(result))
            for port in (80, 81, 82, 83, 85):
                lines = [line for line in result.out.decode().splitlines()
                         if line.split()[2] == str(port)]
                self.assertEqual(len(lines), 1, f"port {port} in {result.out!r}")

    def test_stopped_and_continued(self):
        dice = random.Random(1)
        for _ in range(RUNS // 4):
            with subprocess.Popen([harness.need("LSPORTS"), "-J"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE,
                                  preexec_fn=harness.die_with_parent) as child:
                # At any moment of a run: its start, the dump, the walk, the printing.
                for _ in range(3):
                    time.sleep(dice.random() * 0.004)
                    child.send_signal(signal.SIGSTOP)
                    time.sleep(0.02)
                    child.send_signal(signal.SIGCONT)
                try:
                    out, err = child.communicate(timeout=harness.TIME_LIMIT)
                except subprocess.TimeoutExpired:
                    child.kill()
                    raise AssertionError("hung after SIGCONT") from None
            self.assertEqual(child.returncode, 0, err)
            self.check_rows(out)


if __name__ == "__main__":
    harness.main(few_processes=True)
