#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of socket, 3,000 more, both sources: exactly those, once each, field by field."""

import unittest

import harness

LISTENERS = [
    "tcp,addr=127.0.0.1,port=80", "tcp,addr=0.0.0.0,port=81", "tcp,addr=127.0.0.5,port=80",
    "tcp,addr=::,port=82,v6only=0", "tcp,addr=::,port=83,v6only=1", "tcp,addr=::1,port=84",
    "tcp,addr=0.0.0.0,port=83", "tcp,addr=::ffff:127.0.0.1,port=85,v6only=0",
    "udp,addr=127.0.0.1,port=80", "udp,addr=0.0.0.0,port=81", "udp,addr=::,port=82,v6only=0",
    "udp,addr=::,port=83,v6only=1", "udp,addr=::1,port=84",
    "tcp,addr=0.0.0.0,port=90,device=lo", "udp,addr=0.0.0.0,port=90,device=lo",
    "tcp,addr=::,port=91,device=lo", "udp,addr=::,port=91,device=lo,v6only=1",
    "tcp,addr=127.0.0.1,port=100,reuseport=20", "udp,addr=127.0.0.1,port=100,reuseport=20",
    "tcp,addr=::1,port=101,reuseport=5", "udp,addr=::1,port=101,reuseport=5",
    "tcp,addr=127.0.0.1,port=110,fork=3", "udp,addr=::1,port=110,fork=3",
    "tcp,port=0,count=4", "udp,port=0,count=4", "tcp,addr=::1,port=0", "udp,addr=::,port=0",
    "udp-auto", "udp-auto,addr=::", "tcp,port=40123", "udp,port=40124",
    "tcp,addr=127.0.0.1,port=120,backlog=1,full=1", "tcp,addr=::1,port=121,backlog=4,full=1",
    "tcp,addr=127.0.0.1,port=122,backlog=7",
]
MANY = ["tcp,addr=127.0.0.1,port=10000,count=800", "tcp,addr=::1,port=11000,count=700",
        "udp,addr=127.0.0.1,port=12000,count=800", "udp,addr=::1,port=13000,count=700"]
OTHERS = ["tcp-pair,addr=127.0.0.1,port=200,pairs=50", "tcp-pair,addr=::1,port=201,pairs=50",
          "udp-connected,addr=127.0.0.1,port=202", "udp-connected,addr=::1,port=203",
          "tcp-bound,port=204", "tcp-bound,addr=::1,port=205"]

# Fields of both sources, and fields that /proc/net does not have.
COMMON = ["proto", "family", "state", "address", "port", "inode", "uid", "recv_queue"]
NETLINK_ONLY = ["v6only", "interface", "backlog", "auto"]
NULL_IN_PROC = NETLINK_ONLY + ["cookie", "cgroup", "unit", "container"]


class Sockets(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*LISTENERS, *MANY, *OTHERS)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.listeners = {row["inode"]: row for row in cls.made.rows if harness.is_listener(row)}

    def check_fields(self, made, seen, fields):
        for field in fields:
            wanted, got = made[field], seen[field]
            if field == "address":
                got = harness.address_of(got)
                wanted = harness.address_of(wanted)
            self.assertEqual(got, wanted, f"{field} of {made} is {seen}")

    def rows_by_inode(self, rows):
        found = {}
        for row in rows:
            self.assertNotIn(row["inode"], found, f"twice: {row}")
            found[row["inode"]] = row
        return found

    def check_listeners(self, source):
        answer = harness.lsports_json("--listening", "--source", source)
        rows = self.rows_by_inode(answer["sockets"])
        self.assertEqual(set(rows), set(self.listeners), f"--source {source}")
        for inode, made in self.listeners.items():
            self.check_fields(made, rows[inode], COMMON)
            self.assertEqual(harness.owners_of(rows[inode]), harness.owners_of(made), made)
            self.assertIsNone(rows[inode]["peer_port"], made)
            self.assertIsNone(rows[inode]["peer_address"], made)
        return answer, rows

    def test_there_are_enough(self):
        self.assertGreater(len(self.listeners), 3050)

    def test_netlink(self):
        answer, rows = self.check_listeners("netlink")
        harness.by_cookie(answer["sockets"])
        for inode, made in self.listeners.items():
            self.check_fields(made, rows[inode], NETLINK_ONLY)
            self.assertEqual(harness.cookie_of(rows[inode]), int(made["cookie"]), made)

    def test_proc(self):
        answer, rows = self.check_listeners("proc")
        for inode, row in rows.items():
            for field in NULL_IN_PROC:
                self.assertIsNone(row[field], f"{field} of {row}")
        self.assertTrue(answer["gaps"], "an incomplete source is a gap")
        self.assertTrue(answer["stderr"])

    @staticmethod
    def findings_of_proc(row):
        """Findings that do not need backlog and auto, which /proc does not have."""
        return [finding for finding in row["findings"]
                if finding["id"] not in ("queue-full", "in-ephemeral-range")]

    def test_sources_agree(self):
        rows = [self.rows_by_inode(harness.lsports_json("--source", source)["sockets"])
                for source in ("netlink", "proc")]
        self.assertEqual(set(rows[0]), set(rows[1]))
        for inode, by_netlink in rows[0].items():
            for field, told in rows[1][inode].items():
                if field == "findings":
                    self.assertEqual(told, self.findings_of_proc(by_netlink))
                elif field == "scope" and by_netlink["interface"] == "lo":
                    # The address alone says more than that, never less.
                    self.assertIn(told, ("loopback", "any"))
                elif told is not None:
                    self.assertEqual(told, by_netlink[field], f"{field} of {by_netlink}")

    def test_strict_is_the_same(self):
        plain = harness.lsports_json("--listening", "--source", "netlink")
        strict = harness.lsports_json("--listening", "--source", "netlink", "--strict")
        self.assertEqual(plain["sockets"], strict["sockets"])
        self.assertTrue(strict["complete"])

    def connected(self):
        """Made rows that have a peer, as {(proto, address, port, peer, peer port): row}."""
        return {self.connection(row): row for row in self.made.rows if row["peer_port"]}

    def connection(self, row):
        return (*harness.endpoint(row), harness.address_of(row["peer_address"]), row["peer_port"])

    def test_connected(self):
        for source in ("netlink", "proc"):
            answer = harness.lsports_json("--connected", "--source", source)
            rows = {}
            for row in answer["sockets"]:
                if row["state"] == "bound":
                    continue
                self.assertNotIn(self.connection(row), rows, f"twice: {row}")
                rows[self.connection(row)] = row
            made = self.connected()
            self.assertEqual(set(rows), set(made), f"--source {source}")
            for key, row in rows.items():
                self.assertEqual(row["state"], "established", row)
                self.assertEqual(row["inode"] or None, made[key]["inode"], row)
                self.assertEqual(harness.owners_of(row), harness.owners_of(made[key]), row)

    def test_all_is_both(self):
        rows = [harness.by_cookie(harness.lsports_json(option, "--source", "netlink")["sockets"])
                for option in ("--all", "--listening", "--connected")]
        self.assertFalse(set(rows[1]) & set(rows[2]), "a listener that is connected")
        self.assertEqual(set(rows[0]), set(rows[1]) | set(rows[2]))

    def test_bound_is_no_listener(self):
        ports = {row["port"] for row in harness.lsports_json("--listening")["sockets"]}
        self.assertFalse(ports & {204, 205})

    def test_narrowed(self):
        """Each option shows the corresponding part of the sockets that the helper made."""
        choices = {
            ("-t",): lambda row: row["proto"] == "tcp",
            ("-u",): lambda row: row["proto"] == "udp",
            ("-4",): lambda row: row["family"] == "ipv4",
            ("-6",): lambda row: row["family"] == "ipv6",
            ("-t", "-6"): lambda row: (row["proto"], row["family"]) == ("tcp", "ipv6"),
            ("80",): lambda row: row["port"] == 80,
            (":80", "100,110"): lambda row: row["port"] in (80, 100, 110),
            ("10000-10009", "82"): lambda row: 10000 <= row["port"] < 10010 or row["port"] == 82,
            ("32768-", "-u"): lambda row: row["port"] >= 32768 and row["proto"] == "udp",
        }
        for arguments, is_wanted in choices.items():
            with self.subTest(arguments=arguments):
                rows = self.rows_by_inode(harness.lsports_json(*arguments)["sockets"])
                wanted = {inode for inode, row in self.listeners.items() if is_wanted(row)}
                self.assertTrue(wanted)
                self.assertEqual(set(rows), wanted)


if __name__ == "__main__":
    harness.main()
