#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second socket beside or instead of a learned one is a difference of --check, which names what
differs. A service that was only restarted is not."""

import json
import os
import shutil
import unittest

import harness

USER = 12345
OTHER = 12346


class Second(unittest.TestCase):
    def setUp(self):
        self.directory = harness.scratch(self)
        self.rules = os.path.join(self.directory, "learned.rules")
        self.service = self.copy_maker("service")
        self.stranger = self.copy_maker("stranger")

    def copy_maker(self, name):
        path = os.path.join(self.directory, name)
        shutil.copy(harness.need("MKSOCK"), path)
        os.chmod(path, 0o755)
        return path

    def learn(self, *arguments):
        result = harness.lsports("--learn", self.rules, *arguments)
        self.assertEqual(result.status, 0, str(result))

    def check(self, *arguments):
        return harness.lsports("--check", "--expected", self.rules, *arguments)

    def check_silent(self, *arguments):
        result = self.check(*arguments)
        self.assertEqual((result.status, result.out, result.err), (0, b"", b""), str(result))

    def check_one(self, made, words, *arguments):
        """Exactly the new socket differs, and both outputs name the same facts."""
        result = self.check(*arguments)
        self.assertEqual(result.status, 1, str(result))
        lines = result.out.decode().splitlines()
        self.assertEqual(len(lines), 1, str(result))
        self.assertEqual(lines[0][:2], "~ ")
        for word in words:
            self.assertIn(word, lines[0])
        self.assertIn(f"{self.rules}:", lines[0])
        result = self.check("-J", *arguments)
        self.assertEqual(result.status, 1, str(result))
        change, = json.loads(result.out)["changes"]
        self.assertEqual(change["change"], "changed")
        self.assertEqual(change["socket"]["cookie"], made.rows[0]["cookie"])
        self.assertEqual(change["socket"]["inode"], made.rows[0]["inode"])
        for word in words:
            self.assertIn(word, change["reason"])
        return change

    def check_joiner(self, first, second, *words, program=None, prefix=(), arguments=()):
        with harness.Made(first, program=self.service):
            self.learn()
            self.check_silent(*arguments)
            with harness.Made(second, program=program or self.service, prefix=prefix) as made:
                change = self.check_one(made, words, *arguments)
            self.check_silent(*arguments)
        return change

    @harness.needs_users()
    def test_same_user_joins_the_group_with_another_program(self):
        change = self.check_joiner(f"tcp,port=8080,reuseport=1,uid={USER}",
                                   f"tcp,port=8080,reuseport=1,uid={USER}",
                                   f"exe={self.service}", f"found exe={self.stranger}",
                                   program=self.stranger)
        found = {finding["id"]: finding["reason"] for finding in change["socket"]["findings"]}
        self.assertIn("programs", found["mixed-group"])

    @harness.needs_users()
    def test_other_user_joins_udp_with_the_same_program(self):
        change = self.check_joiner(f"udp,port=5353,reuseaddr=1,uid={USER}",
                                   f"udp,port=5353,reuseaddr=1,uid={OTHER}",
                                   f"user={USER}", f"found user={OTHER}")
        found = {finding["id"]: finding["reason"] for finding in change["socket"]["findings"]}
        self.assertIn("users", found["mixed-group"])

    def test_specific_address_beside_the_wildcard(self):
        self.check_joiner("udp,port=5353,reuseaddr=1", "udp,port=5353,reuseaddr=1,addr=127.0.0.1",
                          "scope=any", "found scope=loopback")
        os.remove(self.rules)
        self.check_joiner("tcp,port=8080,reuseport=1", "tcp,port=8080,reuseport=1,addr=127.0.0.2",
                          "scope=any", "found scope=loopback")

    def test_other_device(self):
        command = [harness.need_tool("ip"), "link", "add", "second0", "type", "veth", "peer",
                   "second1"]
        self.assertEqual(harness.run(command).status, 0)
        self.check_joiner("tcp,port=8080,device=second0", "tcp,port=8080,device=second1",
                          "interface=second0", "found interface=second1")

    def test_other_namespace_when_asked_for(self):
        elsewhere = [harness.need_tool("unshare"), "--net"]
        with harness.Made("tcp,port=8080", program=self.service, prefix=elsewhere):
            with harness.Made("tcp,port=8080", program=self.service):
                self.learn()
                self.check_silent()
        self.check_joiner("tcp,port=8081", "tcp,port=8081", "netns=self", "found netns=",
                          prefix=elsewhere, arguments=("--all-netns",))

    def test_a_rule_without_netns_is_about_our_own_namespace(self):
        elsewhere = [harness.need_tool("unshare"), "--net"]
        harness.write_text(self.rules, "tcp/8081 user=root\n")
        with harness.Made("tcp,port=8081", program=self.service, prefix=elsewhere):
            result = self.check("--all-netns")
            self.assertEqual(result.status, 1, str(result))
            self.assertRegex(result.out, rb"^\+ tcp 0\.0\.0\.0:8081  service[^\n]*\n$")
            harness.write_text(self.rules, "tcp/8081 netns=* user=root\n")
            self.check_silent("--all-netns")

    def test_other_family_is_the_other_half_of_a_service(self):
        with harness.Made("tcp,port=8080", program=self.service):
            self.learn()
            with harness.Made("tcp,port=8080,addr=::,v6only=1", program=self.service):
                self.check_silent()

    @harness.needs_users()
    def test_stranger_on_the_other_family(self):
        self.check_joiner("tcp,port=8080", "tcp,port=8080,addr=::,v6only=1", f"exe={self.service}",
                          f"found exe={self.stranger}", program=self.stranger)
        os.remove(self.rules)
        self.check_joiner(f"tcp,port=8080,uid={USER}", f"tcp,port=8080,addr=::,v6only=1,uid={OTHER}",
                          f"user={USER}", f"found user={OTHER}")

    @harness.needs_users()
    def test_forged_program_in_the_place_of_the_service(self):
        """The same user, and /proc/PID/exe names the learned program."""
        with harness.Made(f"tcp,port=8080,uid={USER}", program=self.service):
            self.learn()
            self.check_silent()
        with harness.Made(f"tcp,port=8080,uid={USER},forge={self.service}",
                          program=self.stranger) as made:
            link = os.readlink(f"/proc/{made.rows[0]['pid']}/exe")
            self.assertEqual(link, self.service, "the forgery itself failed")
            change = self.check_one(made, [f"exe={self.service}", "forged"])
        self.assertIn("exe?", [finding["id"] for finding in change["socket"]["findings"]])
        self.assertEqual(change["socket"]["owners"][0]["exe"], self.service)

    @harness.needs_users()
    def test_forged_program_beside_the_service(self):
        self.check_joiner(f"tcp,port=8080,reuseport=1,uid={USER}",
                          f"tcp,port=8080,reuseport=1,uid={USER},forge={self.service}",
                          f"exe={self.service}", "forged", program=self.stranger)

    @harness.needs_users()
    def test_forged_program_of_another_user(self):
        with harness.Made("tcp,port=8080", program=self.service):
            self.learn()
        with harness.Made(f"tcp,port=8080,uid={USER},forge={self.service}",
                          program=self.stranger) as made:
            self.check_one(made, ["user=root", f"found user={USER}"])

    def test_started_again(self):
        specs = ["tcp,port=8080" + harness.as_user(USER), "udp,port=5353,reuseport=3", "udp-auto",
                 "tcp,addr=::1,port=0", "tcp,addr=::,port=443,fork=2"]
        with harness.Made(*specs, program=self.service) as made:
            self.learn()
            self.check_silent()
            before = made.rows
        # Other descriptors too: the first numbers after the standard ones are in use.
        taken = " ".join(f"{fd}</dev/null" for fd in range(3, 10))
        again = ["sh", "-c", f'exec "$0" "$@" {taken}']
        with harness.Made(*specs, program=self.service, prefix=again) as made:
            self.check_silent()
            for key in ("pid", "fd", "inode", "cookie"):
                self.assertFalse({row[key] for row in before} & {row[key] for row in made.rows},
                                 f"{key} is the same, so that this test shows nothing")


if __name__ == "__main__":
    harness.main(few_processes=True)
