# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of --learn share: three listeners, and old rules that cover one of them."""

import os
import re
import unittest

import harness

SERVICES = ["tcp,port=80", "udp,addr=::1,port=5353", "tcp,addr=127.0.0.1,port=0"]
OLD = ("# web\t of this host, by hand\n"
       "\n"
       "   tcp/80   family=ipv4    scope=any   # the front end\n"
       "udp/514    user=root\n"
       "#no blank behind the sign\n")
LEARNED_AT = re.compile(rb"^# learned \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", re.MULTILINE)


def without_time(text):
    return LEARNED_AT.sub(b"# learned then\n", text)


def rules_of(path):
    lines = harness.read_bytes(path).decode().splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


class Learning(unittest.TestCase):
    """A directory, three listeners, a file of old rules that covers one of them."""

    def setUp(self):
        self.directory = harness.scratch(self)
        self.rules = os.path.join(self.directory, "learned.rules")
        self.made = harness.Made(*SERVICES)
        self.made.__enter__()
        self.addCleanup(self.made.__exit__)

    def write_old(self):
        with open(self.rules, "wb") as file:
            file.write(OLD.encode())
        return OLD.encode()

    def learn(self, path=None, status=0, prefix=(), **how):
        command = [*prefix, harness.need("LSPORTS"), "--learn", path or self.rules]
        result = harness.run(command, **how)
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(result.out, b"", str(result))
        self.assertTrue(result.said, str(result))
        return result

    def check_silent(self):
        result = harness.lsports("--check", "--expected", self.rules)
        self.assertEqual((result.status, result.out, result.err), (0, b"", b""), str(result))

    def leftovers(self):
        """Files besides the rules and their lock."""
        return set(os.listdir(self.directory)) - {"learned.rules", "learned.rules.lock"}
