#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A program opens its listener again and again, the next socket before the last one is closed: every
run reports its port, though no owner of a socket can be found while it is open.

Environment: LSPORTS REOPEN; LSPORTS_FLAPPING is the number of runs of each kind (3), and
LSPORTS_DESCRIPTORS how many other descriptors there are (24000).
"""

import itertools
import json
import os
import subprocess
import sys
import unittest

import harness

RUNS = int(os.environ.get("LSPORTS_FLAPPING", "3"))
DESCRIPTORS = int(os.environ.get("LSPORTS_DESCRIPTORS", "24000"))
HOLDERS = 12
PORT = 31337
PROTOS = ("tcp", "udp")
MICROSECONDS = (0, 1000, 3000, 400000)


def helper(*arguments, prefix=()):
    """A process of reopen.c, that ends with the test."""
    child = subprocess.Popen([*prefix, harness.need("REOPEN"), *map(str, arguments)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             preexec_fn=harness.die_with_parent)
    if child.stdout.readline() != b"ready\n":
        raise AssertionError(f"did not start: {arguments}")
    return child


def end(child):
    child.stdin.close()
    child.stdout.close()
    if child.wait(timeout=30) != 0:
        raise AssertionError(f"failed: {child.args}")


class Flapping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()
        cls.directory = harness.scratch(cls)
        cls.rules = harness.write_text(os.path.join(cls.directory, "x.rules"), "tcp/22 user=root\n")
        for _ in range(HOLDERS):
            cls.addClassCleanup(end, helper("hold", DESCRIPTORS // HOLDERS))

    def reopening(self, proto, microseconds, prefix=()):
        child = helper(proto, PORT, microseconds, prefix=prefix)
        self.addCleanup(end, child)
        return child

    def rows(self, *arguments, status=(0,)):
        answer = harness.lsports_json(*arguments, status=status)
        return [row for row in answer["sockets"] if row["port"] == PORT]

    def changed_rows(self, *arguments):
        answer = harness.lsports_json("--check", "--expected", self.rules, *arguments,
                                      status=(1, 3))
        return [change["socket"] for change in answer["changes"]]

    def check_row(self, row):
        """What the kernel reports is there, and an owner or the finding that says why not."""
        self.assertEqual((row["port"], row["uid"]), (PORT, 0), row)
        found = {finding["id"] for finding in row["findings"]}
        self.assertIn("unexpected", found, row)
        self.assertEqual("flapping" in found, row["owner_gap"] == "closed", row)
        self.assertTrue(row["owners"] or "flapping" in found, row)

    def count_silent(self, proto, *arguments):
        silent = 0
        for _ in range(RUNS):
            result = harness.lsports("--check", "--expected", self.rules, *arguments)
            lines = result.out.decode().splitlines()
            # An ordinary user cannot read every process that may hold what has closed.
            silent += result.status not in (1, 3) or \
                not any(line.startswith(f"+ {proto} ") and f":{PORT} " in line for line in lines)
        return silent

    def test_each_check_reports_it(self):
        silent = {}
        for proto, life, owners in itertools.product(PROTOS, MICROSECONDS, ("proc", "bpf")):
            child = helper(proto, PORT, life)
            try:
                silent[proto, life, owners] = self.count_silent(proto, "--owners", owners)
            finally:
                end(child)
        print(f"{RUNS * len(silent)} runs, {sum(silent.values())} silent", file=sys.stderr)
        self.assertFalse(sum(silent.values()), silent)

    def test_rows_of_a_check(self):
        for proto in PROTOS:
            child = helper(proto, PORT, 0)
            rows = self.changed_rows()
            end(child)
            self.assertTrue(rows)
            for row in rows:
                self.check_row(row)
            self.assertIn("closed", [row["owner_gap"] for row in rows])
            # Each of them is another socket, and there are never many.
            self.assertEqual(len({row["cookie"] for row in rows}), len(rows))
            self.assertLess(len(rows), 20)

    def test_a_slow_one_is_caught(self):
        """One that lives for a while is seen with its owner in one of a few searches."""
        child = self.reopening("tcp", 400000)
        pids = {owner["pid"] for _ in range(5) for row in self.changed_rows()
                for owner in row["owners"]}
        self.assertEqual(pids, {child.pid})

    def test_plain_listing(self):
        for proto in PROTOS:
            child = helper(proto, PORT, 0)
            for _ in range(RUNS):
                result = harness.lsports("-H", "-o", "proto,port,owner_gap,findings")
                self.assertEqual(result.status, 0, str(result))
                lines = [line.split() for line in result.out.decode().splitlines()]
                self.assertTrue([line for line in lines if line[:2] == [proto, str(PORT)]],
                                str(result))
            end(child)

    def test_strict_listing_and_metrics(self):
        self.reopening("udp", 1000)
        self.assertTrue(self.rows("--strict", status=(0, 3)))
        result = harness.lsports("--format", "prometheus", "--expected", self.rules)
        text = result.out.decode()
        self.assertRegex(text, r'(?m)^lsports_findings\{id="flapping"\} [1-9]')
        result = harness.lsports("--format", "monitoring", "--expected", self.rules)
        self.assertIn(f"{PORT}", result.out.decode(), str(result))

    def test_source_proc(self):
        """Through /proc/net there are no cookies, and what is missing may have been missed."""
        for proto in PROTOS:
            child = helper(proto, PORT, 0)
            rows = self.changed_rows("--source", "proc")
            self.assertTrue(rows)
            for row in rows:
                self.check_row(row)
            self.assertTrue(self.rows("--source", "proc"))
            end(child)

    def test_other_namespace(self):
        elsewhere = [harness.need_tool("unshare"), "--net"]
        self.reopening("tcp", 1000, prefix=elsewhere)
        rows = self.changed_rows("--all-netns")
        self.assertTrue(rows)
        self.assertNotIn(os.stat("/proc/self/ns/net").st_ino, {row["netns"] for row in rows})
        self.assertTrue(self.rows("--all-netns", status=(0, 3)))

    def test_card(self):
        self.reopening("tcp", 0)
        result = harness.lsports("--explain", str(PORT))
        self.assertEqual(result.status, 0, str(result))
        text = result.out.decode()
        self.assertIn(f"0.0.0.0:{PORT} ", text)
        self.assertIn("closed before its owner was found", text)

    def test_nothing_is_learned_of_it(self):
        learned = os.path.join(self.directory, "learned.rules")
        self.reopening("tcp", 0)
        with harness.Made("tcp,port=80"):
            result = harness.lsports("--learn", learned)
        self.assertIn(result.status, (0, 3), str(result))
        if result.status == 3:
            # A process that cannot be read may hold it: then nothing is learned at all.
            self.assertIn("nothing learned", result.err.decode())
            self.assertFalse(os.path.exists(learned))
            return
        self.assertIn(f"not learned: tcp/{PORT} on 0.0.0.0", result.err.decode())
        text = harness.read_bytes(learned).decode()
        self.assertIn("tcp/80 ", text)
        self.assertNotIn(str(PORT), text)

    def test_watch(self):
        """A watch goes on, and shows the port."""
        self.reopening("tcp", 1000)
        command = [harness.need_tool("timeout"), str(harness.TIME_LIMIT), harness.need("LSPORTS"),
                   "--watch=0.2", "--format", "jsonl"]
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              preexec_fn=harness.die_with_parent) as child:
            events = [json.loads(child.stdout.readline()) for _ in range(5)]
            child.terminate()
        self.assertEqual({event["socket"]["port"] for event in events}, {PORT}, events)

    def test_queries_are_not_listed(self):
        """What is closed for good is left out of a plain listing, and never shown as flapping."""
        with subprocess.Popen([harness.need("CHURN"), "race", "200"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, preexec_fn=harness.die_with_parent) as churn:
            self.assertEqual(churn.stdout.readline(), b"ready\n")
            gaps = [row["owner_gap"] for _ in range(5)
                    for row in harness.lsports_json()["sockets"]]
            churn.stdin.close()
            churn.stdout.read()
        self.assertNotIn("closed", gaps)


if __name__ == "__main__":
    harness.main()
