#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A process is called by the name that a person knows, in filters, in rules and in the table."""

import os
import shutil
import unittest

import harness

LONG = "a-name-of-more-than-fifteen-bytes"
RENAMED = b"MainThread"


class ProcessNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = harness.scratch(cls)
        for name, spec in ((LONG, "tcp,addr=127.0.0.1,port=9100"),
                           ("server", f"tcp,addr=127.0.0.1,port=3000,comm={RENAMED.hex()}")):
            program = shutil.copy(harness.need("MKSOCK"), os.path.join(directory, name))
            made = harness.Made(spec, program=program)
            made.__enter__()
            cls.addClassCleanup(made.__exit__)

    def ports(self, *arguments, status=0):
        return [row["port"] for row in harness.lsports_json(*arguments, status=status)["sockets"]]

    def test_filter(self):
        for name in (LONG, LONG[:15], "*-bytes"):
            self.assertEqual(self.ports(f"process={name}"), [9100], name)
            self.assertEqual(self.ports(f"process!={name}"), [3000], name)
        for name in (RENAMED.decode(), "server"):
            self.assertEqual(self.ports(f"process={name}"), [3000], name)
            self.assertEqual(self.ports(f"process!={name}"), [9100], name)
        self.assertEqual(self.ports(f"process={LONG}-more", status=1), [])

    def check(self, rule):
        path = harness.write_text(os.path.join(harness.scratch(self), "rules"), rule + "\n")
        return harness.lsports("--check", "--expected", path, "9100").status

    def test_rule(self):
        self.assertEqual(self.check(f"tcp/9100 process={LONG}"), 0)
        self.assertEqual(self.check(f"tcp/9100 process!={LONG}"), 1)
        self.assertEqual(self.check("tcp/9100 process!=another"), 0)

    def test_shown(self):
        out = harness.lsports("-r", "-o", "port,process,comm").out.decode()
        self.assertRegex(out, rf"(?m)^9100 {LONG}\(\d+\) {LONG[:15]}$")
        self.assertRegex(out, r"(?m)^3000 MainThread\(\d+\) MainThread$")
        rows = harness.lsports_json("-t")["sockets"]
        self.assertEqual([row["owners"][0]["process"] for row in rows], ["MainThread", LONG])


if __name__ == "__main__":
    harness.main()
