# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of --check share: learned services, and a new one."""

import os
import unittest

import harness

SERVICES = ["tcp,port=80", "udp,addr=::1,port=5353" + harness.as_user(12345), "tcp,addr=127.0.0.1,port=0",
            "tcp,addr=::,port=443,reuseport=2"]
NEW = "tcp,port=4444,comm=" + "nc".encode().hex()


class Checking(unittest.TestCase):
    """Learned services, in a directory of the test's own."""

    @classmethod
    def setUpClass(cls):
        harness.hide_rules()

    def setUp(self):
        self.directory = harness.scratch(self)
        self.rules = os.path.join(self.directory, "learned.rules")
        self.reported = os.path.join(self.directory, "reported")
        self.running = []
        self.addCleanup(self.end_all)
        self.made = self.make(*SERVICES)
        result = harness.lsports("--learn", self.rules)
        self.assertEqual(result.status, 0, str(result))

    def make(self, *specs):
        made = harness.Made(*specs)
        made.__enter__()
        self.running.append(made)
        return made

    def end(self, made):
        self.running.remove(made)
        made.__exit__()

    def end_all(self):
        while self.running:
            self.end(self.running[-1])

    def check(self, *arguments, status=None, rules=None, **how):
        result = harness.lsports("--check", "--expected", rules or self.rules, *arguments, **how)
        if status is not None:
            self.assertEqual(result.status, status, str(result))
        return result

    def check_silent(self, *arguments, **how):
        result = self.check(*arguments, **how)
        self.assertEqual((result.status, result.out, result.err), (0, b"", b""), str(result))

    def rule_file(self, text, name="host.rules"):
        return harness.write_text(os.path.join(self.directory, name), text)

    def lines(self, result):
        return result.out.decode().splitlines()
