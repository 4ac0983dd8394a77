#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP-Lite is a protocol of its own, with ports of its own; a kernel without it hides nothing."""

import errno
import os
import socket
import unittest

import harness

UDPLITE = 136  # IPPROTO_UDPLITE, RFC 3828
PORT = 4001


def make(family, address):
    made = socket.socket(family, socket.SOCK_DGRAM, UDPLITE)
    made.bind((address, PORT))
    return made


class UdpLite(unittest.TestCase):
    def setUp(self):
        self.sockets = []
        try:
            self.sockets = [make(socket.AF_INET, "127.0.0.1"), make(socket.AF_INET6, "::1")]
        except OSError as error:
            if error.errno != errno.EPROTONOSUPPORT:
                raise
        for made in self.sockets:
            self.addCleanup(made.close)

    def rows(self, *arguments, status=0):
        answer = harness.lsports_json(*arguments, status=status)
        return answer, [row for row in answer["sockets"] if row["proto"] == "udplite"]

    def test_it_is_listed_by_default_by_both_sources(self):
        for source in ("netlink", "proc"):
            answer, rows = self.rows("--source", source)
            self.assertEqual(sorted(row["address"] for row in rows),
                             ["127.0.0.1", "::1"] if self.sockets else [], source)
            for row in rows:
                self.assertEqual((row["port"], row["state"]), (PORT, "unconnected"), source)
                self.assertEqual([owner["pid"] for owner in row["owners"]], [os.getpid()], source)
            note = "udplite: this kernel does not support it"
            self.assertEqual(note in answer["notes"], not self.sockets, answer["notes"])
            # Not supported is not hidden.
            self.assertFalse([gap for gap in answer["gaps"] if "udplite" in gap["what"]
                              and "could not" in gap["why"]], answer["gaps"])

    def test_it_is_not_udp(self):
        for arguments in (["-u"], ["-t"]):
            self.assertEqual(self.rows(*arguments)[1], [], arguments)
        for selector in ("proto=udp", "udp/4001"):
            self.assertEqual(self.rows(selector, status=1)[1], [], selector)
        status = 0 if self.sockets else 1
        for selector in ("proto=udplite", "udplite/4001", "4001"):
            rows = self.rows(selector, status=status)[1]
            self.assertEqual(len(rows), len(self.sockets), selector)
        self.assertEqual(len(self.rows("--udplite")[1]), len(self.sockets))

    def test_the_card_tells_it_where_there_is_something_to_tell(self):
        card = harness.lsports("--explain", str(PORT)).out
        self.assertEqual(b"UDP-Lite 4001" in card, bool(self.sockets), card)
        self.assertNotIn(b"UDP-Lite", harness.lsports("--explain", "4002").out)


if __name__ == "__main__":
    harness.main()
