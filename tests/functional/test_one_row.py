#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A new fact or a new protocol is one row: a private build with one more row in each table knows both
in every place where they are listed, shown, selected and completed.

Environment: SOURCE, the top of the source tree; MKSOCK.
"""

import json
import os
import shutil
import unittest

import harness

NEEDED = ("meson.build", "meson_options.txt", "src", "include", "data", "man", "completions")
# No kernel has it: the number is kept for experiments (RFC 3692).
PROTOCOL = """
	{
		.word = "news",
		.title = "NEWS",
		.number = 253,
		.socket_type = SOCK_STREAM,
		.listen_state = LSP_STATE_LISTEN,
		.listen_word = "listen",
		.proc_name = "news",
		.services_word = "news",
		.letter = 'N',
	},
"""


ACCESSOR = """
FACT_GET(digits)
{
	unsigned digits = 1;

	for (unsigned port = subject->socket.local.port; port >= 10; port /= 10)
		digits++;
	fact_set_number(out, true, digits);
}

"""
FACT = """
	{ .word = "digits", .type = LSP_FACT_NUMBER, .place = 99, .get = get_digits,
	  .help = "how many digits the port has", .values = "2 | 4-5" },
"""


def insert_row(path, array, row, accessor=""):
    """Adds a row to the array of this name, and before the array what the row refers to."""
    text = harness.read_bytes(path).decode()
    start = text.rindex("\n", 0, text.index(f" {array}[] = {{")) + 1
    end = text.index("\n};", start)
    harness.write_text(path, text[:start] + accessor + text[start:end] + "\n" + row.strip("\n") +
                       text[end:])


def build(test):
    """The path of a program with one more row in each table."""
    source, top = harness.need("SOURCE"), harness.scratch(test)
    for name in NEEDED:
        path = os.path.join(source, name)
        copy = shutil.copytree if os.path.isdir(path) else shutil.copy
        copy(path, os.path.join(top, name))
    insert_row(os.path.join(top, "src/model/protocol.c"), "protocols", PROTOCOL)
    insert_row(os.path.join(top, "src/model/socket_facts.c"), "socket_facts", FACT, ACCESSOR)
    meson, out = harness.need_tool("meson"), os.path.join(top, "build")
    options = ["--buildtype=plain", "-Dbpf=disabled", "-Dtests=disabled"]
    for words in [meson, "setup", *options, out, top], [meson, "compile", "-C", out, "lsports"]:
        result = harness.run(words, timeout=300)
        if result.status != 0:
            raise AssertionError(str(result))
    return os.path.join(out, "lsports")


class OneRow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = build(cls)
        cls.made = harness.Made("tcp,port=22", "tcp,port=443", "udp,port=8080")
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    def run_it(self, *arguments, status=0):
        result = harness.run([self.program, *arguments])
        self.assertEqual(result.status, status, str(result))
        return result

    def lines(self, *arguments):
        return self.run_it(*arguments).out.decode().splitlines()

    def complete(self, *words):
        return [line.split("\t")[0] for line in self.lines("--complete", "word", "--", *words)]


    def answer(self, *arguments):
        return json.loads(self.run_it("-J", *arguments).out)

    def named(self, what, word):
        """The line of --list about a word."""
        line, = [line for line in self.lines("--list", what) if line.split()[:1] == [word]]
        return line

    # --- the fact ---

    def test_fact_is_listed_and_completed(self):
        self.assertIn("how many digits", self.named("columns", "digits"))
        self.assertIn("2 | 4-5", self.named("keys", "digits"))
        self.assertEqual(self.complete("-o", "dig"), ["digits"])
        self.assertEqual(self.complete("--sort", "dig"), ["digits"])
        self.assertEqual(self.complete("dig"), ["digits="])

    def test_fact_is_shown(self):
        self.assertEqual(self.lines("-H", "-o", "port,digits", "--format", "raw"),
                         ["22 2", "443 3", "8080 4"])
        self.assertEqual(self.lines("-o", "digits,port", "--sort", "-digits", "--format", "csv"),
                         ["digits,port", "4,8080", "3,443", "2,22"])
        self.assertEqual([(row["port"], row["digits"]) for row in self.answer()["sockets"]],
                         [(22, 2), (443, 3), (8080, 4)])

    def test_fact_selects(self):
        for selector, ports in (("digits=2", [22]), ("digits!=2", [443, 8080]),
                                ("digits=3-", [443, 8080]), ("digits=2,4", [22, 8080])):
            with self.subTest(selector=selector):
                self.assertEqual([row["port"] for row in self.answer(selector)["sockets"]], ports)
        self.assertTrue(self.run_it("digits=x", status=2).said)

    # --- the protocol ---

    def test_protocol_is_listed_and_completed(self):
        self.assertRegex(self.named("keys", "proto"), r"\bnews\b")
        self.assertEqual(self.complete("proto=n"), ["proto=news"])
        self.assertIn("news/", self.complete("new"))

    def test_protocol_that_the_kernel_lacks_costs_a_note(self):
        answer = self.answer()
        self.assertEqual({harness.cookie_of(row) for row in answer["sockets"]},
                         {harness.cookie_of(row) for row in self.made.rows})
        self.assertEqual((answer["complete"], answer["gaps"]), (True, []))
        self.assertEqual([note for note in answer["notes"] if note.startswith("news: ")],
                         ["news: this kernel does not support it"])

    def test_protocol_selects(self):
        # Nothing can listen there, and that is an answer.
        for selector in ("NEWS/80", "news/80", "proto=news"):
            self.assertEqual(self.run_it(selector, status=1).said, [])
        self.assertEqual(len(self.answer("proto!=news")["sockets"]), 3)
        self.assertEqual(len(self.answer("proto=news,udp")["sockets"]), 1)


if __name__ == "__main__":
    harness.main(few_processes=True)
