#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A process chooses its own name, any bytes but NUL: the row is there, the terminal untouched."""

import csv
import io
import json
import re
import sys
import tempfile
import unittest

import harness

NAMES = [
    b"a)b", b"(x", b")", b") R 1 (", b"a\x1b[31mred", b"\x1b]0;title\x07", b"line\nbreak", b"\n",
    b"tab\there", b"\r\x08\x7f\x01", b" " * 15, b" x ", b"two  blanks", b"\xff\xfe\x80",
    b"cut\xe2\x82", b"\x9bC1", b"\xc2\x9bC1", b"\xe2\x80\xaeevil\xe2\x80\xac",
    b"\xe2\x81\xa6iso\xe2\x81\xa9", b"\xe2\x80\x8bzero", b"\\x1b", b"\\", b'quo"te', b"com,ma",
    b"=1+1", b"-", b"'", b"\xef\xbf\xbd", b"\xc3\xa9t\xc3\xa9", b"\xe4\xb8\xad\xe6\x96\x87",
    b"\xed\xa0\x80", b"\xc0\x80", b"null", b"+1",
]
FIRST_PORT = 2000

# Characters that reorder a row or hide a part of it (Unicode Bidi_Control, zero width, C1).
BAD_CHARACTERS = re.compile("[\x80-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069"
                            "\ufeff]")


def unescape(text):
    """The bytes behind a cell of a text format."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text)


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        specs = [f"tcp,addr=127.0.0.1,port={FIRST_PORT + i},comm={name.hex()}"
                 for i, name in enumerate(NAMES)]
        cls.made = harness.Made(*specs)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.pids = {row["port"]: row["pid"] for row in cls.made.rows}

    def test_the_kernel_took_the_names(self):
        for i, name in enumerate(NAMES):
            with open(f"/proc/{self.pids[FIRST_PORT + i]}/comm", "rb") as file:
                self.assertEqual(file.read(), name[:15] + b"\n")

    def check_bytes(self, out):
        self.assertEqual([byte for byte in out if byte < 0x20 and byte != 0x0a], [])
        self.assertNotIn(0x7f, out)
        text = out.decode("utf-8")  # strict: raises on anything that is not UTF-8
        self.assertIsNone(BAD_CHARACTERS.search(text), BAD_CHARACTERS.search(text))

    def run_ok(self, *arguments):
        result = harness.lsports(*arguments)
        self.assertEqual(result.status, 0, str(result))
        return result.out

    def test_table(self):
        for arguments in (("-t",), ("-te",), ("-tO",), ("-t", "--group-by", "process"),
                          ("-t", "--color", "never", "--sort", "process")):
            out = self.run_ok(*arguments)
            self.check_bytes(out)
            for i, name in enumerate(NAMES):
                port = FIRST_PORT + i
                rows = [line for line in out.split(b"\n")
                        if re.search(rb"127\.0\.0\.1\s+%d\s" % port, line)]
                self.assertEqual(len(rows), 1, f"port {port} of {name!r} in {out!r}")

    def test_table_has_a_line_for_each(self):
        out = self.run_ok("-tH")
        self.assertEqual(len(out.splitlines()), len(NAMES), out)

    def test_table_shows_the_name(self):
        lines = self.run_ok("-tH", "-o", "port,process").splitlines()
        for i, line in enumerate(lines):
            port, cell = line.strip().split(None, 1)
            self.assertEqual(int(port), FIRST_PORT + i)
            cell = cell.removesuffix(b"(%d)" % self.pids[FIRST_PORT + i])
            self.assertEqual(unescape(cell), NAMES[i])

    def test_raw(self):
        out = self.run_ok("-trH", "-o", "port,process,address")
        self.check_bytes(out)
        lines = out.splitlines()
        self.assertEqual(len(lines), len(NAMES))
        for i, line in enumerate(lines):
            port, process, address = line.split(b" ")
            self.assertEqual((int(port), address), (FIRST_PORT + i, b"127.0.0.1"))
            process = process.removesuffix(b"(%d)" % self.pids[FIRST_PORT + i])
            self.assertEqual(unescape(process), NAMES[i])

    def test_csv(self):
        out = self.run_ok("-t", "--format", "csv", "-o", "port,process,address")
        self.check_bytes(out)
        rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
        self.assertEqual(len(rows), len(NAMES))
        for i, row in enumerate(rows):
            self.assertEqual(int(row["port"]), FIRST_PORT + i)
            self.assertEqual(row["address"], "127.0.0.1")
            self.assertEqual(unescape(row["process"].encode()), NAMES[i])

    def bytes_of(self, owner):
        """The name's bytes: a name that is not UTF-8 has all of them in hexadecimal beside it."""
        if "process_raw" in owner:
            return bytes.fromhex(owner["process_raw"])
        return owner["process"].encode()

    def check_json_rows(self, rows):
        self.assertEqual([row["port"] for row in rows],
                         [FIRST_PORT + i for i in range(len(NAMES))])
        for name, row in zip(NAMES, rows):
            self.assertEqual(len(row["owners"]), 1)
            self.assertEqual(self.bytes_of(row["owners"][0]), name)

    def test_json(self):
        out = self.run_ok("-tJ")
        self.check_bytes(out)
        self.check_json_rows(json.loads(out)["sockets"])

    def test_json_lines(self):
        out = self.run_ok("-t", "--format", "jsonl")
        self.check_bytes(out)
        self.check_json_rows([json.loads(line) for line in out.splitlines()
                              if "port" in json.loads(line)])

    def test_json_tool(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.run_ok("-tJ"))
            file.flush()
            result = harness.run([sys.executable, "-m", "json.tool", file.name])
        self.assertEqual((result.status, result.err), (0, b""))

    def test_name_is_no_selector(self):
        """A name that looks like a row does not add one to what a port selects."""
        rows = harness.lsports_json(str(FIRST_PORT))["sockets"]
        self.assertEqual(len(rows), 1)


if __name__ == "__main__":
    harness.main()
