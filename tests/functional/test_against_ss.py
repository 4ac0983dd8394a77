#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""In a quiet namespace with thousands of connections the list equals that of ss."""

import collections
import unittest

import harness

SPECS = [
    "tcp,addr=127.0.0.1,port=80", "tcp,addr=::,port=82", "tcp,addr=::,port=83,v6only=1",
    "tcp,port=83", "tcp,addr=::1,port=84", "udp,port=81", "udp,addr=::,port=82",
    "udp,addr=::,port=83,v6only=1", "udp,addr=::1,port=84", "tcp,port=90,device=lo",
    "udp,port=90,device=lo", "tcp,addr=::,port=91,device=lo", "tcp,addr=::ffff:127.0.0.1,port=85",
    "tcp,port=100,reuseport=9", "udp,port=100,reuseport=9", "udp-auto", "udp-auto,addr=::",
    "tcp,port=120,backlog=2,full=1", "udp-connected,addr=127.0.0.1,port=202",
    "udp-connected,addr=::1,port=203", "tcp-pair,addr=127.0.0.2,port=300,pairs=4000",
    "tcp-pair,addr=::1,port=301,pairs=2000", "tcp,addr=127.0.0.3,port=12000,count=500",
]


def parse_endpoint(text):
    """ "[::]%lo:90", "*:82", "127.0.0.1%lo:80" -> (address, port)"""
    address, _, port = text.rpartition(":")
    address = address.replace("[", "").replace("]", "").partition("%")[0]
    return harness.address_of("::" if address == "*" else address), int(port)


def ask_ss(letters):
    """How often ss lists each (proto, address, port)."""
    result = harness.run([harness.need_tool("ss"), letters])
    if result.status != 0:
        raise AssertionError(str(result))
    counts = collections.Counter()
    for line in result.out.decode().splitlines():
        words = line.split()
        if not ("t" in letters and "u" in letters):
            # Asked for one protocol, ss leaves its column out.
            words.insert(0, "tcp" if "t" in letters else "udp")
        counts[(words[0], *parse_endpoint(words[4]))] += 1
    return counts


def ask_lsports(*arguments):
    # ss 6.1 has no word for a TCP socket that is only bound, and leaves it out.
    return collections.Counter(harness.endpoint(row)
                               for row in harness.lsports_json(*arguments)["sockets"]
                               if row["state"] != "bound")


class AgainstSs(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*SPECS)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    def compare(self, letters, *arguments, at_least):
        theirs = ask_ss(letters)
        ours = ask_lsports(*arguments)
        self.assertGreaterEqual(sum(theirs.values()), at_least)
        self.assertEqual(ours - theirs, collections.Counter(), f"only lsports: {arguments}")
        self.assertEqual(theirs - ours, collections.Counter(), f"only ss {letters}")

    def test_listeners(self):
        self.compare("-tulnH", "-tuln", at_least=500)

    def test_listeners_of_proc(self):
        self.compare("-tulnH", "-tuln", "--source", "proc", at_least=500)

    def test_listeners_strict(self):
        self.compare("-tulnH", "-tuln", "--strict", at_least=500)

    def test_all(self):
        self.compare("-tuanH", "-tuan", at_least=12500)

    def test_all_of_proc(self):
        self.compare("-tuanH", "-tuan", "--source", "proc", at_least=12500)

    def test_one_protocol(self):
        self.compare("-tanH", "-tan", at_least=12500)
        self.compare("-uanH", "-uan", at_least=18)


if __name__ == "__main__":
    harness.main()
