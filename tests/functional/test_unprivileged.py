#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user without privileges sees: everything but other users' processes, which are a
gap."""

import os
import shutil
import unittest

import harness

NOBODY = 65534
UNIT = f"lsports-test-{os.getpid()}.service"
AS_NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"]


@harness.needs_root("it makes a cgroup")
class Unprivileged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = harness.public_copy(harness.need("LSPORTS"))
        cls.addClassCleanup(shutil.rmtree, os.path.dirname(cls.program))
        cls.cgroup = os.path.join(harness.find_cgroup2(), UNIT)
        os.mkdir(cls.cgroup)
        cls.addClassCleanup(os.rmdir, cls.cgroup)
        cls.made = harness.Made(
            f"tcp,port=80,cgroup={cls.cgroup}", f"udp,addr=::,port=81,cgroup={cls.cgroup}",
            f"tcp,addr=127.0.0.1,port=82,uid=1000,cgroup={cls.cgroup}",
            f"tcp,addr=::1,port=8083,uid={NOBODY},cgroup={cls.cgroup}", "tcp,port=8084",
            f"tcp,port=8085,uid={NOBODY},fork=1")
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w", encoding="ascii") as file:
            file.write("0")  # so that uid 1000 can be made to hold port 82
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    def run_as(self, switches, *arguments):
        return harness.run([harness.need_tool("setpriv"), *switches, self.program, *arguments])

    def json_as(self, switches, *arguments, status=0):
        result = self.run_as(switches, "-J", *arguments)
        self.assertEqual(result.status, status, str(result))
        answer = harness.json.loads(result.out)
        answer["stderr"] = result.said
        return answer

    def as_nobody(self, *arguments, status=0):
        return self.json_as(AS_NOBODY, *arguments, status=status)

    def test_namespaces_that_cannot_be_read_are_not_counted_as_many(self):
        """The number of unreadable processes is known, that of their namespaces is not."""
        answer = self.as_nobody("--all-netns")
        gaps = {(gap["what"], gap["why"]) for gap in answer["gaps"]}
        self.assertIn(("processes", "could not be asked for their network namespace: CAP_SYS_PTRACE "
                       "is needed"), gaps)
        self.assertNotIn("network namespaces", {what for what, _ in gaps})

    def test_every_listener_is_there(self):
        rows = harness.by_cookie(self.as_nobody()["sockets"])
        self.assertEqual(set(rows), {int(row["cookie"]) for row in self.made.rows})
        for made in self.made.rows:
            seen = rows[int(made["cookie"])]
            for field in ("proto", "state", "address", "port", "uid", "inode", "v6only"):
                self.assertEqual(seen[field], made[field], field)

    def test_unit(self):
        for row in self.as_nobody()["sockets"]:
            in_unit = row["port"] in (80, 81, 82, 8083)
            self.assertEqual(row["unit"], UNIT if in_unit else row["unit"])
            self.assertNotEqual((row["unit"], in_unit), (UNIT, False), row)
            if in_unit:
                self.assertTrue(row["cgroup"].endswith("/" + UNIT), row)

    def test_unit_in_the_table(self):
        result = self.run_as(AS_NOBODY, "-H")
        self.assertEqual(result.status, 0)
        lines = [line for line in result.out.decode().splitlines() if UNIT in line]
        self.assertEqual(len(lines), 4, result.out)

    def test_owners(self):
        made = {int(row["cookie"]): row for row in self.made.rows}
        for row in self.as_nobody()["sockets"]:
            one = made[harness.cookie_of(row)]
            if one["uid"] == NOBODY:
                self.assertEqual(harness.owners_of(row), harness.owners_of(one))
                self.assertIsNone(row["owner_gap"])
            else:
                self.assertEqual(row["owners"], [])
                self.assertEqual(row["owner_gap"], "permission")

    def test_one_gap_line(self):
        result = self.run_as(AS_NOBODY)
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(len(result.said), 1, str(result))
        for word in ("CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"):
            self.assertIn(word, result.said[0])

    def test_gaps_of_json(self):
        answer = self.as_nobody()
        self.assertFalse(answer["complete"])
        self.assertEqual(len(answer["gaps"]), 1)
        self.assertGreater(answer["gaps"][0]["count"], 0)
        self.assertEqual(len(answer["stderr"]), 1)

    def test_strict(self):
        self.assertEqual(len(self.as_nobody("--strict", status=3)["sockets"]), len(self.made.rows))

    def test_no_gap_when_no_owner_is_asked_for(self):
        result = self.run_as(AS_NOBODY, "--strict", "-o", "proto,address,port,unit")
        self.assertEqual((result.status, result.said), (0, []), str(result))

    def test_all_privileges_leave_no_gap(self):
        result = self.run_as(["--reuid=0"], "-J")
        self.assertEqual(result.status, 0, str(result))
        for row in harness.json.loads(result.out)["sockets"]:
            self.assertTrue(row["owners"], row)

    def with_capability(self, *names):
        names = ",".join("+" + name for name in names)
        return self.json_as([*AS_NOBODY, f"--inh-caps={names}", f"--ambient-caps={names}"])

    def check_one_missing(self, held, missing):
        answer = self.with_capability(held)
        text = "\n".join(answer["stderr"])
        self.assertIn("CAP_" + missing.upper(), text)
        self.assertNotIn("CAP_" + held.upper(), text)
        rows = {row["port"]: row for row in answer["sockets"]}
        self.assertEqual(rows[80]["owners"], [])
        self.assertEqual(rows[80]["owner_gap"], "permission")

    def test_ptrace_alone(self):
        self.check_one_missing("sys_ptrace", "dac_read_search")

    def test_dac_alone(self):
        self.check_one_missing("dac_read_search", "sys_ptrace")

    def test_both(self):
        answer = self.with_capability("sys_ptrace", "dac_read_search")
        self.assertEqual(answer["stderr"], [])
        for row in answer["sockets"]:
            self.assertTrue(row["owners"], row)

    def test_root_without_capabilities(self):
        """The user id alone does not decide."""
        answer = self.json_as(["--bounding-set=-all", "--inh-caps=-all", "--securebits=+noroot"])
        rows = {row["port"]: row for row in answer["sockets"]}
        self.assertEqual(rows[82]["owner_gap"], "permission")
        self.assertEqual(len(answer["stderr"]), 1)


if __name__ == "__main__":
    harness.main()
