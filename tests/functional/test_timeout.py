#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A run ends at its deadline with what is known: the listeners are shown and judged, and what could not
be read is a gap. Some processes hold many descriptors, and each step of the walk over them is held up."""

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
import unittest

import harness

PROCESSES = 10
DESCRIPTORS = 20000  # of each: some 15 reads of its directory
LIMIT = 2  # seconds; an eighth of them for one process
# Of an ordinary process two reads, or four where it refuses: less than its time.
SLOWLY = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getdents64",
          "-e", "inject=getdents64:delay_enter=40000")
PORT = 7001
HOLDER = """
import os, signal, socket, sys
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    while True:
        os.dup(made.fileno())
except OSError:
    pass
sys.stdout.write("x")
sys.stdout.flush()
signal.pause()
"""


def begin_holder():
    harness.die_with_parent()
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


class Timeout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()
        # Several processors could read them all in time.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        cls.listener = socket.socket()
        cls.listener.bind(("127.0.0.1", PORT))
        cls.listener.listen(1)
        cls.addClassCleanup(cls.listener.close)
        cls.rules = harness.write_text(os.path.join(harness.scratch(cls), "host.rules"),
                                       f"tcp/{PORT} exe=/usr/bin/no-such-program\n")
        cls.holders = []
        for _ in range(PROCESSES):
            child = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE,
                                     preexec_fn=begin_holder)
            cls.holders.append(child)
            cls.addClassCleanup(cls.end, child)
        for child in cls.holders:
            if child.stdout.read(1) != b"x":
                raise AssertionError("a holder did not start")

    @staticmethod
    def end(child):
        child.kill()
        child.wait()
        child.stdout.close()

    def run_lsports(self, *arguments, status):
        start = time.monotonic()
        result = harness.run([*SLOWLY, harness.need("LSPORTS"), "--owners", "proc", "--timeout", str(LIMIT),
                              *arguments], env=harness.sanitizer_environment(os.environ))
        # A bound for a busy machine, not a measurement.
        self.assertLess(time.monotonic() - start, 15, str(result))
        self.assertEqual(result.status, status, str(result))
        return result

    def test_listing(self):
        """Listeners are there, and nobody is said to hold them in vain."""
        result = self.run_lsports("-J", "--strict", status=3)
        answer = json.loads(result.out)
        row, = [row for row in answer["sockets"] if row["port"] == PORT]
        whats = [gap["what"] for gap in answer["gaps"]
                 if "time limit" in gap["why"] or "could not all be read in time" in gap["why"]]
        self.assertTrue(whats, answer["gaps"])
        self.assertNotIn("no-owner", [finding["id"] for finding in row["findings"] or []])
        pids = {int(pid) for gap in answer["gaps"] for pid in re.findall(r"process (\d+)", gap["why"])}
        self.assertTrue(pids and pids <= {child.pid for child in self.holders}, answer["gaps"])
        if not row["owners"]:
            self.assertEqual(row["owner_gap"], "timeout")

    def test_check(self):
        """Once for owners that were seen, once where no time was left for them."""
        result = self.run_lsports("--check", "--expected", self.rules, status=3)
        text = "\n".join(result.said)
        self.assertTrue("the time limit was reached" in text or "could not all be read" in text,
                        str(result))

    def test_learn(self):
        path = os.path.join(harness.scratch(self), "learned.rules")
        self.run_lsports("--learn", path, status=3)
        self.assertFalse(os.path.exists(path))

    def test_without_limit_all_is_read(self):
        answer = harness.lsports_json("--owners", "proc", timeout=300)
        row, = [row for row in answer["sockets"] if row["port"] == PORT]
        self.assertEqual([owner["pid"] for owner in row["owners"]], [os.getpid()])
        self.assertFalse([gap for gap in answer["gaps"] if "time" in gap["why"]])

    def test_bad_values(self):
        for value in ("0", "-1", "1e9", "86401", "1.5", "soon", ""):
            result = harness.lsports("--timeout", value)
            self.assertEqual((result.status, result.out), (2, b""), value)
            self.assertIn("--timeout", result.err.decode())


if __name__ == "__main__":
    harness.main(few_processes=True)
