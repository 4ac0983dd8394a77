#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings that a rule accepts: they are told, and raise no alarm."""

import os
import shutil
import unittest

import harness

PORT = 1080
RED, YELLOW = "\033[31m", "\033[33m"


class Accepted(unittest.TestCase):
    """A program below /tmp, and two users that share a port."""

    SHARED = [f"udp,port=5353,reuseaddr=1{harness.as_user(uid)}" for uid in (65534, 12345)]

    @classmethod
    def setUpClass(cls):
        harness.hide_rules()

    def setUp(self):
        self.directory = harness.scratch(self)
        self.rules = os.path.join(self.directory, "host.rules")
        program = os.path.join(self.directory, "program")
        shutil.copy(harness.need("MKSOCK"), program)
        made = harness.Made(f"tcp,port={PORT}", program=program)
        made.__enter__()
        self.addCleanup(made.__exit__)
        self.program = program

    def run_with(self, rules, *arguments, status=0):
        harness.write_text(self.rules, rules)
        result = harness.lsports(*arguments, "--expected", self.rules)
        self.assertEqual(result.status, status, str(result))
        return result.out.decode()

    def count(self, rules, finding):
        text = self.run_with(rules, "--format", "prometheus")
        line, = [line for line in text.splitlines()
                 if line.startswith(f'lsports_findings{{id="{finding}"}} ')]
        return int(line.split()[-1])

    def test_no_alarm(self):
        rule = f"tcp/{PORT} exe={self.program}"
        for accept, colour, number in ("", RED, 1), (" accept=odd-exe", None, 0):
            rules = f"{rule}{accept}\n"
            table = self.run_with(rules, "-t", "--color=always")
            self.assertEqual([one for one in (RED, YELLOW) if one in table],
                             [colour] if colour else [], table)
            self.assertEqual("odd-exe(accepted)" in table, not number, table)
            self.assertEqual(self.count(rules, "odd-exe"), number)
            self.assertEqual(self.run_with(rules, "--check"), "")
            self.run_with(rules, "finding=odd-exe", status=0 if number else 1)

    def test_it_is_told(self):
        rules = f"tcp/{PORT} exe={self.program} accept=queue-full,odd-exe required\n"
        self.assertEqual(self.run_with(rules, "-trH", "-o", "port,findings"),
                         f"{PORT} odd-exe(accepted)\n")
        self.assertIn("odd-exe (accepted): ", self.run_with(rules, "--explain", f"tcp/{PORT}"))
        row, = harness.lsports_json("-t", "--expected", self.rules)["sockets"]
        self.assertEqual([(one["id"], one["accepted"]) for one in row["findings"]],
                         [("odd-exe", True)])

    def test_of_the_rule_that_matches(self):
        other = f"tcp/{PORT} exe=/usr/sbin/other accept=odd-exe\n"
        self.assertEqual(self.count(other + "1-\n", "odd-exe"), 1)
        text = self.run_with(other, "--check", status=1)
        self.assertIn("~ tcp 0.0.0.0:1080", text)

    @harness.needs_users()
    def test_a_port_that_two_users_share(self):
        with harness.Made(*self.SHARED):
            rule = "1-\n"
            self.assertEqual(self.count(rule, "mixed-group"), 2)
            self.assertEqual(self.count("udp/5353 user=nobody accept=mixed-group\n1-\n",
                                        "mixed-group"), 1)
            self.assertEqual(self.count("udp/5353 accept=mixed-group\n1-\n", "mixed-group"), 0)

    def test_what_cannot_be_accepted(self):
        for word, hint in ("odd-ex", "nearest: odd-exe"), ("changed", "about the listener itself"):
            harness.write_text(self.rules, f"tcp/{PORT} accept={word}\n")
            result = harness.lsports("--check", "--expected", self.rules)
            self.assertEqual(result.status, 2, str(result))
            self.assertIn(f'host.rules:1: "accept={word}": column 17: ', result.err.decode())
            self.assertIn(hint, result.err.decode())


if __name__ == "__main__":
    harness.main(few_processes=True)
