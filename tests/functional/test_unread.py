#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A protocol that cannot be read: what was read is judged, what was not is named, and no rule is said
to be missing that a listener of that protocol could satisfy."""

import json
import os
import unittest

import harness

TITLE = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LINE = ("   0: 00000000:{:04X} 00000000:0000 {} 00000000:00000000 00:00000000 00000000     0        0 "
        "{} 2 0000000000000000 0\n")
RULES = """tcp/80
tcp/81 required
udp/53 required
53 proto=tcp,udp required
"""
JUDGED = "judged 2 listeners; not judged: the udp listeners that could not be read, and 2 required rules " \
    "that they could satisfy"


class Unread(unittest.TestCase):
    """A recorded machine whose kernel has TCP and UDP, but no table of UDP."""

    def setUp(self):
        self.root = harness.scratch(self)
        net = os.path.join(self.root, "proc/net")
        os.makedirs(net)
        self.net = net
        write = harness.write_text
        write(os.path.join(net, "protocols"), "protocol  size\nTCP 1\nUDP 1\n")
        write(os.path.join(net, "tcp"), TITLE + LINE.format(80, "0A", 5) + LINE.format(82, "0A", 6))
        self.rules = write(os.path.join(self.root, "host.rules"), RULES)

    def check(self, *arguments, status=2):
        result = harness.lsports("--sysroot", self.root, "--check", "--expected", self.rules,
                                 *arguments)
        self.assertEqual(result.status, status, str(result))
        self.assertIn(JUDGED, "\n".join(result.said), str(result))
        self.assertTrue(any("could not read udp sockets" in line for line in result.said), result)
        return result.out.decode()

    def test_lines(self):
        lines = self.check().splitlines()
        self.assertEqual([line[:2] for line in lines], ["+ ", "- "], lines)
        self.assertIn(":82", lines[0])
        self.assertIn("tcp/81", lines[1])

    def test_json(self):
        answer = json.loads(self.check("-J"))
        self.assertEqual(answer["unread"], ["udp"])
        self.assertEqual([one["change"] for one in answer["changes"]], ["new", "missing"])
        self.assertFalse(answer["complete"])

    def test_json_lines(self):
        lines = self.check("--format", "jsonl").splitlines()
        self.assertEqual([json.loads(line)["change"] for line in lines], ["new", "missing"])

    def test_monitoring(self):
        # The plugin's own statuses: what was found below port 1024 is critical.
        text = self.check("--format", "monitoring")
        self.assertTrue(text.startswith("LSPORTS CRITICAL - udp not read and not judged; "
                                        "2 differences:"), text)
        harness.write_text(self.rules, RULES.replace("tcp/80\ntcp/81 required", "tcp/80,82"))
        text = self.check("--format", "monitoring", status=3)
        self.assertTrue(text.startswith("LSPORTS UNKNOWN - udp not read and not judged; "
                                        "2 listeners, all expected"), text)

    def test_metrics(self):
        result = harness.lsports("--sysroot", self.root, "--format", "prometheus", "--expected",
                                 self.rules)
        text = result.out.decode()
        for line in ('lsports_differences{change="missing"} 1', "lsports_last_run_success 0",
                     "lsports_view_complete 0"):
            self.assertIn(line + "\n", text)

    def test_nothing_is_missing_where_all_was_read(self):
        harness.write_text(os.path.join(self.net, "udp"), TITLE)
        result = harness.lsports("--sysroot", self.root, "--check", "-J", "--expected", self.rules)
        answer = json.loads(result.out)
        self.assertEqual(answer["unread"], [])
        self.assertEqual([one["change"] for one in answer["changes"]],
                         ["new", "missing", "missing", "missing"], str(result))
        self.assertNotIn("not judged", result.err.decode())


if __name__ == "__main__":
    harness.main()
