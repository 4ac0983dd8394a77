#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""More sockets share one port than the kernel reports at once: they are listed completely as long as
an address, a device or a cgroup tells them apart, and otherwise the port is named as a gap."""

import ipaddress
import os
import socket
import unittest

import harness

PORT = 5000
FREEBIND = {socket.AF_INET: (socket.IPPROTO_IP, 15), socket.AF_INET6: (socket.IPPROTO_IPV6, 78)}
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
FAMILIES = {socket.AF_INET: ("127.1.0.0", 1 << 4), socket.AF_INET6: ("2001:db8::", 1)}


def make(proto, family, address, device=None):
    made = socket.socket(family, KINDS[proto])
    made.setsockopt(*FREEBIND[family], 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if device:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    made.bind((address, PORT))
    if proto == "tcp":
        made.listen(1)
    return made


class Crowded(unittest.TestCase):
    def make(self, *arguments, count=1, **how):
        for _ in range(count):
            self.addCleanup(make(*arguments, **how).close)

    def make_each(self, proto, family, count):
        first, step = FAMILIES[family]
        addresses = [str(ipaddress.ip_address(first) + step * i) for i in range(count)]
        for address in addresses:
            self.make(proto, family, address)
        return sorted(addresses)

    def listed(self, *arguments, status=0):
        answer = harness.lsports_json("-n", "-o", "address,cookie", *arguments, str(PORT),
                                      status=status)
        cookies = [harness.cookie_of(row) for row in answer["sockets"]]
        self.assertEqual(len(cookies), len(set(cookies)))
        return answer, sorted(harness.address_of(row["address"]) for row in answer["sockets"])

    def check(self, rule, status):
        rules = harness.write_text(os.path.join(harness.scratch(self), "host.rules"), rule + "\n")
        result = harness.lsports("--check", "--expected", rules)
        self.assertEqual(result.status, status, str(result))
        return result

    def expect_whole(self, proto, family, count):
        addresses = self.make_each(proto, family, count)
        for options in ([], ["--strict"]):
            answer, found = self.listed(*options)
            self.assertEqual(found, addresses)
            self.assertEqual(answer["gaps"], [])
        # All ports were asked for, and not only this one.
        result = self.check(f"{proto}/{PORT} user=root", 0)
        self.assertEqual((result.out, result.err), (b"", b""), str(result))
        self.doCleanups()

    def test_addresses_on_one_port(self):
        for proto in KINDS:
            for family in FAMILIES:
                for count in (300, 3000):
                    with self.subTest(proto=proto, family=family.name, count=count):
                        self.expect_whole(proto, family, count)

    def test_one_that_no_rule_expects(self):
        self.make_each("udp", socket.AF_INET, 3000)
        self.make("udp", socket.AF_INET, "127.200.0.1")
        result = self.check(f"udp/{PORT} address=127.1.0.0/16", 1)
        self.assertEqual(result.out.count(b"\n"), 1, str(result))
        self.assertIn(b"127.200.0.1", result.out)

    def test_devices_at_one_address(self):
        self.make("udp", socket.AF_INET, "0.0.0.0", count=200)
        self.make("udp", socket.AF_INET, "0.0.0.0", device="lo", count=200)
        self.assertEqual(len(self.listed("--strict")[1]), 400)

    def test_one_endpoint_is_a_gap_with_the_port(self):
        for proto in KINDS:
            with self.subTest(proto=proto):
                self.make(proto, socket.AF_INET, "0.0.0.0", count=400)
                self.make(proto, socket.AF_INET6, "::1", count=400)
                answer, found = self.listed("--strict", status=3)
                self.assertEqual(len(found), 800)
                gaps = [gap for gap in answer["gaps"] if "at once" in gap["why"]]
                self.assertEqual(len(gaps), 1, answer["gaps"])
                self.assertEqual(gaps[0]["what"], f"{proto} sockets")
                self.assertTrue(gaps[0]["why"].endswith(f"on port {PORT}"), gaps)
                result = self.check(f"{proto}/{PORT}", 3)
                self.assertEqual(result.err.decode().count(f"on port {PORT}"), 1, str(result))
                self.doCleanups()

    @harness.needs_root("it makes cgroups")
    def test_cgroups_at_one_endpoint(self):
        top = harness.find_cgroup2()
        home = open("/proc/self/cgroup", encoding="utf-8").read().rsplit("0::", 1)[1].strip()
        made = []
        for i in range(3):
            path = f"{top}{home}/lsports-test-{os.getpid()}-{i}"
            os.mkdir(path)
            self.addCleanup(os.rmdir, path)
            made.append(harness.Made(f"udp,port={PORT},reuseport=150,cgroup={path}"))
        for group in made:
            group.__enter__()
            self.addCleanup(group.__exit__)
        self.assertEqual(len(self.listed("--strict")[1]), 450)


if __name__ == "__main__":
    harness.main()
