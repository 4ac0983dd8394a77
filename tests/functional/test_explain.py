#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--explain on ten kinds of port, made for the purpose: the card and the object show what
was made, and agree with a bind of our own."""

import json
import os
import re
import socket
import subprocess
import unittest

import harness

SYSCTL = "/proc/sys/net/ipv4/"
HOSTILE = "\x1b[31m\nLISTENS"


def explain(port, *arguments, status=0, **how):
    return harness.lsports_json("--explain", str(port), *arguments, status=status, **how)


def card(port, *arguments, status=0, **how):
    result = harness.lsports("--explain", str(port), *arguments, **how)
    if result.status != status:
        raise AssertionError(f"exit {result.status}, not {status}\n{result}")
    return result.out.decode("utf-8")


CARDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cards")
# What differs in every run.
VARIES = [(re.compile(pattern, re.MULTILINE), word) for pattern, word in (
    (r"^( +parents +).*$", r"\1PARENTS"),
    (r"^( +command +).*$", r"\1COMMAND"),
    # The build directory of the helper may be suspicious, or not.
    (r"^  finding +odd-exe: .*\n", ""),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME"),
    (r"/\S*/mksock\b", "MKSOCK"),
    (r"mksock\(\d+\)", "mksock(PID)"),
    (r"pid=\d+ +", "pid=PID  "))]


def pids_of(row):
    return {owner["pid"] for owner in row["owners"]}


def proto_of(answer, word):
    found, = [item for item in answer["protocols"] if item["proto"] == word]
    return found


class Port(unittest.TestCase):
    def set_sysctl(self, name, value):
        old = harness.read_bytes(SYSCTL + name).decode()
        harness.write_text(SYSCTL + name, value)
        self.addCleanup(harness.write_text, SYSCTL + name, old)

    def assert_golden(self, name, text):
        """The whole card. LSPORTS_GOLDEN_UPDATE=1 writes it."""
        for pattern, word in VARIES:
            text = pattern.sub(word, text)
        path = os.path.join(CARDS, name)
        if os.environ.get("LSPORTS_GOLDEN_UPDATE"):
            harness.write_text(path, text)
        self.maxDiff = None
        self.assertEqual(text, harness.read_bytes(path).decode())

    def assert_listeners(self, answer, made):
        """The sockets that were made, and their owners."""
        for word in {row["proto"] for row in made.rows}:
            rows = [row for row in made.rows if row["proto"] == word]
            found = harness.by_cookie(proto_of(answer, word)["listeners"])
            self.assertEqual(set(found), {harness.cookie_of(row) for row in rows})
            for row in rows:
                owners = found[harness.cookie_of(row)]["owners"]
                self.assertEqual({owner["pid"] for owner in owners}, pids_of(row))

    def assert_free(self, port, word):
        kind = socket.SOCK_DGRAM if word == "udp" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as one:
            one.bind(("0.0.0.0", port))


class Kinds(Port):
    def test_well_known_used(self):
        with harness.Made("tcp,port=22") as made:
            answer = explain(22)
            text = card("ssh")
        self.assert_listeners(answer, made)
        self.assertEqual((answer["category"], answer["privileged"], answer["listening"]),
                         ("well-known", True, True))
        self.assertEqual(answer["unprivileged_port_start"], 1024)
        found = proto_of(answer, "tcp")
        self.assertEqual((found["service"], found["bind"]), ("ssh", None))
        owner, = found["listeners"][0]["owners"]
        self.assertIn("tcp,port=22", owner["cmdline"])
        self.assertIn(os.getpid(), [parent["pid"] for parent in owner["parents"]])
        for words in ("PORT 22\n", "TCP 22  ssh\n", "yes: net.ipv4.ip_unprivileged_port_start is 1024",
                      f"({made.rows[0]['pid']})", "0.0.0.0:22  scope any",
                      "accept queue  0 of 128", "verdict "):
            self.assertIn(words, text)

    def test_well_known_unused(self):
        answer = explain("tcp/23", status=1)
        found = proto_of(answer, "tcp")
        self.assertEqual((found["listeners"], found["states"]), ([], {}))
        self.assertEqual((found["bind"]["possible"], found["bind"]["tried"]), ("yes", True))
        self.assert_free(23, "tcp")
        text = card("tcp/23", status=1)
        self.assertIn("listens       nobody", text)
        self.assertIn("bind          yes", text)

    def test_registered(self):
        with harness.Made("tcp,port=8080,addr=127.0.0.1") as made:
            answer = explain("tcp/8080")
            text = card(8080)
        self.assert_listeners(answer, made)
        self.assertEqual((answer["category"], answer["privileged"], answer["ephemeral"]),
                         ("registered", False, False))
        self.assertIn("scope loopback: this machine alone reaches it", text)
        self.assertEqual([item["proto"] for item in answer["protocols"]], ["tcp"])

    def test_ephemeral(self):
        with harness.Made("tcp,port=45000") as made:
            answer = explain(45000)
            text = card(45000)
        self.assert_listeners(answer, made)
        self.assertEqual((answer["ephemeral"], answer["reserved"], answer["local_range"]),
                         (True, False, [32768, 60999]))
        self.assertIn("so the kernel may take it for a client", text)
        findings = proto_of(answer, "tcp")["listeners"][0]["findings"]
        self.assertIn("in-ephemeral-range", [finding["id"] for finding in findings])
        self.assertIn("finding       in-ephemeral-range: ", text)
        self.assert_golden("ephemeral", text)

    def test_reserved(self):
        self.set_sysctl("ip_local_reserved_ports", "45000,70-80")
        answer = explain(45000, status=1)
        self.assertEqual((answer["reserved"], answer["in_local_range"], answer["ephemeral"]),
                         (True, True, False))
        self.assertIn("but it is reserved", card(45000, status=1))
        self.assert_golden("reserved", card(45000, status=1))
        self.assertEqual([explain(port, status=1)["reserved"] for port in (69, 70, 80, 81)],
                         [False, True, True, False])

    @harness.needs_users("it asks as nobody")
    def test_privileged_for_nobody(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        nobody = [*harness.AS_NOBODY, program]
        result = harness.run([*nobody, "-J", "--explain", "tcp/81"])
        self.assertEqual(result.status, 1, str(result))
        bind = proto_of(json.loads(result.out), "tcp")["bind"]
        self.assertEqual((bind["possible"], bind["tried"]), ("no", False))
        self.assertIn("CAP_NET_BIND_SERVICE", bind["reason"])
        result = harness.run([*nobody, "--explain", "tcp/81"])
        self.assert_golden("nobody", result.out.decode())
        self.set_sysctl("ip_unprivileged_port_start", "80")
        result = harness.run([*nobody, "-J", "--explain", "tcp/81"])
        answer = json.loads(result.out)
        self.assertEqual((answer["privileged"], answer["unprivileged_port_start"]), (False, 80))
        bind = proto_of(answer, "tcp")["bind"]
        self.assertEqual((bind["possible"], bind["tried"]), ("yes", True))

    def test_udp(self):
        with harness.Made("udp,port=53,addr=::1") as made:
            answer = explain("53")
            text = card("udp/53")
        self.assert_listeners(answer, made)
        self.assertEqual(proto_of(answer, "udp")["listeners"][0]["state"], "unconnected")
        self.assertEqual(proto_of(answer, "tcp")["bind"]["possible"], "yes")
        self.assertIn("listens       [::1]:53  scope loopback", text)
        self.assertNotIn("TCP 53", text)

    def test_shared_by_fork(self):
        with harness.Made("tcp,port=8080,fork=3") as made:
            answer = explain("tcp/8080")
            text = card("tcp/8080")
        self.assert_listeners(answer, made)
        pids = pids_of(made.rows[0])
        self.assertEqual(len(pids), 4)
        for pid in pids:
            self.assertIn(f"owner         {os.path.basename(harness.need('MKSOCK'))[:15]}({pid})", text)

    def test_reuseport_group(self):
        with harness.Made("tcp,port=8080,reuseport=3") as made:
            answer = explain("tcp/8080")
            text = card("tcp/8080")
        self.assert_listeners(answer, made)
        self.assertEqual(text.count("  listens       0.0.0.0:8080"), 3)
        self.assertEqual(text.count("  as above\n"), 2)

    @harness.needs_root("it makes a cgroup")
    def test_socket_activated_unit(self):
        """Made in the cgroup of a socket unit, whoever holds it."""
        unit = os.path.join(harness.find_cgroup2(), "system.slice", "explain-test.socket")
        os.makedirs(unit)
        self.addCleanup(os.rmdir, unit)
        with harness.Made(f"tcp,port=631,cgroup={unit}") as made:
            answer = explain("tcp/631")
            text = card("tcp/631")
        self.assert_listeners(answer, made)
        self.assertEqual(proto_of(answer, "tcp")["listeners"][0]["unit"], "explain-test.socket")
        self.assertIn("unit          explain-test.socket\n", text)
        self.assertIn("  systemctl status explain-test.socket  its unit\n", text)
        self.assert_golden("socket-unit", text)

    def make_time_wait(self, port, count):
        with socket.socket() as server:
            server.bind(("127.0.0.1", port))
            server.listen()
            for _ in range(count):
                with socket.create_connection(("127.0.0.1", port)) as client:
                    server.accept()[0].close()
                    self.assertEqual(client.recv(1), b"")

    def test_time_wait_only(self):
        self.make_time_wait(7070, 3)
        answer = explain("tcp/7070", status=1)
        found = proto_of(answer, "tcp")
        self.assertEqual((found["states"], found["peer_count"]), ({"time-wait": 3}, 1))
        self.assertEqual(found["peers"], [{"address": "127.0.0.1", "connections": 3}])
        self.assertEqual((found["bind"]["possible"], found["bind"]["tried"]), ("no", True))
        with self.assertRaises(OSError):
            self.assert_free(7070, "tcp")
        text = card("tcp/7070", status=1)
        self.assertIn("held by       3 sockets: 3 time-wait\n", text)
        self.assertIn("SO_REUSEADDR", text)


class Holders(Port):
    def test_bound_without_listening(self):
        with harness.Made("tcp-bound,port=7071") as made:
            found = proto_of(explain("tcp/7071", status=1), "tcp")
            text = card("tcp/7071", status=1)
        self.assertEqual(found["states"], {"bound": 1})
        self.assertEqual([holder["pid"] for holder in found["holders"]],
                         [made.rows[0]["pid"]])
        self.assertEqual(found["bind"]["possible"], "no")
        self.assertIn("another socket holds the port on IPv4 (1 bound)", text)
        self.assertIn(f"({made.rows[0]['pid']})  1 socket  ", text)

    def test_connections_and_peers(self):
        with harness.Made("tcp-pair,port=7072,addr=127.0.0.1,pairs=4"):
            found = proto_of(explain("tcp/7072"), "tcp")
        self.assertEqual(found["states"], {"established": 4})
        self.assertEqual(found["peers"], [{"address": "127.0.0.1", "connections": 4}])

    def test_nothing_is_left_behind(self):
        before = harness.inodes_of_proc()
        for _ in range(3):
            explain(7073, status=1)
        self.assertEqual(harness.inodes_of_proc(), before)
        self.assert_free(7073, "tcp")

    def test_hostile_names(self):
        name = HOSTILE.encode().hex()
        with harness.Made(f"tcp,port=7074,comm={name}"):
            answer = explain("tcp/7074")
            text = card("tcp/7074")
        owner, = proto_of(answer, "tcp")["listeners"][0]["owners"]
        self.assertEqual(owner["process"], HOSTILE)
        self.assertNotIn("\x1b", text)
        self.assertIn(r"\x1b[31m\x0aLISTENS", text)


class Usage(unittest.TestCase):
    def test_what_is_no_port_is_named_with_the_way_out(self):
        for word in ("0", "99999", "80,443", "22-23", "tcp/auto", "nosuch", "foo=1", "pid=1", "port!=1"):
            result = harness.lsports("--explain", word)
            self.assertEqual((result.status, result.out), (2, b""), str(result))
            line, = result.said
            self.assertIn("--explain", line)
            self.assertIn(word, line)
            self.assertIn("one port, as in 22, tcp/22 or ssh", line)

    def test_what_has_no_part_in_it(self):
        for words in (["--check"], ["--learn", "/nowhere"], ["-a"], ["-n"], ["-o", "port"],
                      ["--format", "csv"], ["--all-netns"], ["80"]):
            result = harness.lsports("--explain", "22", *words)
            self.assertEqual((result.status, result.out), (2, b""), str(result))
            self.assertEqual(len(result.said), 1, str(result))

    def test_a_write_that_fails(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([harness.need("LSPORTS"), "--explain", "22"], stdout=full,
                                  stderr=subprocess.PIPE, check=False, timeout=harness.TIME_LIMIT)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"cannot write standard output", done.stderr)

    def test_another_namespace_takes_no_bind(self):
        answer = explain("tcp/7075", "-N", str(os.getpid()), status=1)
        self.assertEqual(proto_of(answer, "tcp")["bind"]["possible"], "unknown")
        self.assertEqual(answer["netns"], os.stat("/proc/self/ns/net").st_ino)


if __name__ == "__main__":
    harness.main()
