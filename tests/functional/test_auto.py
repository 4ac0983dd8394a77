#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports that the kernel chose because the program said which one: IP_LOCAL_PORT_RANGE, Linux 6.3."""

import contextlib
import os
import platform
import re
import subprocess
import sys
import unittest

import harness

ALICE, MALLORY = 64321, 64322

SERVER = """
import os, socket, struct, sys
IP_LOCAL_PORT_RANGE = 51  # include/uapi/linux/in.h
uid, kind, first, last = map(int, sys.argv[1:])
if uid:
    os.setresuid(uid, uid, uid)
made = socket.socket(socket.AF_INET, kind)
if last:
    made.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE,
                    struct.pack("=I", last << 16 | first))
made.bind(("0.0.0.0", 0))
if kind == socket.SOCK_STREAM:
    made.listen()
os.write(1, b"%d\\n" % made.getsockname()[1])
sys.stdin.read()
"""


@contextlib.contextmanager
def server(uid, kind, first=0, last=0):
    """The port that the kernel chose in the range."""
    command = [sys.executable, "-I", "-c", SERVER, *map(str, (uid, kind, first, last))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          preexec_fn=harness.die_with_parent) as child:
        line = child.stdout.readline()
        if not line:
            raise AssertionError(f"did not start: {command}")
        try:
            yield int(line)
        finally:
            child.stdin.close()


def has_port_range():
    major, minor = re.match(r"(\d+)\.(\d+)", platform.release()).groups()
    return (int(major), int(minor)) >= (6, 3)


@unittest.skipUnless(has_port_range(), "needs Linux 6.3: it sets IP_LOCAL_PORT_RANGE")
class Auto(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()

    def setUp(self):
        self.rules = os.path.join(harness.scratch(self), "learned.rules")

    def check(self):
        result = harness.lsports("--check", "--expected", self.rules)
        return result.status, result.out.decode(), str(result)

    def test_the_kernel_says_that_it_chose(self):
        for kind in (1, 2):
            with server(0, kind, 45678, 45678) as port:
                self.assertEqual(port, 45678)
                rows = harness.lsports_json(str(port))["sockets"]
                self.assertEqual([row["auto"] for row in rows], [True])

    @harness.needs_users()
    def test_learned_rules_hold_the_user(self):
        for kind, proto in ((1, "tcp"), (2, "udp")):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.rules)
            with server(ALICE, kind):
                result = harness.lsports("--learn", self.rules)
                self.assertEqual(result.status, 0, str(result))
            with open(self.rules, encoding="utf-8") as file:
                rule = [line for line in file if line.startswith(proto)]
            self.assertEqual(len(rule), 1, rule)
            for term in (f"{proto}/auto ", f" user={ALICE} ", " unit=", " exe=/"):
                self.assertIn(term, rule[0])
            with server(MALLORY, kind, 45678, 45678):
                status, out, said = self.check()
                self.assertEqual(status, 1, said)
                self.assertRegex(out, rf"(?m)^[+~] {proto} 0\.0\.0\.0:45678 .* {MALLORY} ")
            # What the manual says that such a rule lets through.
            with server(ALICE, kind, 45678, 45678):
                status, _, said = self.check()
                self.assertEqual(status, 0, said)


if __name__ == "__main__":
    harness.main(few_processes=True)
