#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of accounts come from a directory: no answer is neither "no such user" nor a number, nobody
waits for it, and it is not asked where no name is needed."""

import errno
import os
import shutil
import subprocess
import time
import unittest

import directory
import harness

PORT = 7101
SOCKET = f"tcp,addr=127.0.0.1,port={PORT}"

# What a directory may do instead of answering.
SILENT = [
    f"unavailable {errno.ETIMEDOUT}", f"unavailable {errno.ECONNREFUSED}", f"unavailable {errno.ENOENT}",
    "unavailable 0", f"again {errno.EAGAIN}", "again 0", "hang", "crash", "exit",
]


class Directory(unittest.TestCase):
    """The passwd file has no account with our uid, a directory may have."""

    @classmethod
    def setUpClass(cls):
        harness.hide_rules()
        cls.scratch = harness.scratch(cls)
        cls.uid = os.geteuid()
        directory.install(cls.scratch, cls.addClassCleanup, "games:x:5:60:games:/:/bin/sh\n")
        cls.made = harness.Made(SOCKET)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    @classmethod
    def cover(cls, path, text):
        directory.cover(cls.scratch, cls.addClassCleanup, path, text)

    def setUp(self):
        self.directory = harness.scratch(self)
        self.log = os.path.join(self.directory, "log")
        self.rules = os.path.join(self.directory, "host.rules")

    def run_with(self, mode, *arguments):
        env = directory.environment(self.scratch, mode, self.uid, self.log)
        return harness.lsports(*arguments, env=env)

    def check(self, mode, rule, *arguments):
        harness.write_text(self.rules, rule + "\n")
        return self.run_with(mode, "--check", "--expected", self.rules, *arguments, str(PORT))

    def user(self, mode):
        result = self.run_with(mode, "-r", "-H", "-o", "user", str(PORT))
        self.assertEqual(result.status, 0, str(result))
        return result.out.decode().strip()

    def has_asked(self):
        return os.path.exists(self.log)

    def check_unknown(self, mode):
        with self.subTest(mode=mode, rule="a name"):
            result = self.check(mode, f"tcp/{PORT} user=alice")
            self.assertEqual(result.status, 3, str(result))
            self.assertRegex(result.out.decode(), rf"\A\? tcp 127\.0\.0\.1:{PORT}  [^\n]*user[^\n]*\n\Z")
            self.assertNotIn("found", result.out.decode())
            self.assertIn("could not look up 1 user name: ", result.err.decode())
            self.assertIn(f"(UID {self.uid})", result.err.decode())
        with self.subTest(mode=mode, rule="not a name"):
            self.assertEqual(self.check(mode, f"tcp/{PORT} user!=alice").status, 3)
        with self.subTest(mode=mode, rule="the number"):
            self.assertEqual(self.check(mode, f"tcp/{PORT} user={self.uid}").status, 0)
        with self.subTest(mode=mode, what="a selector"):
            result = self.run_with(mode, "--strict", "user=alice")
            self.assertEqual((result.status, result.out), (3, b""), str(result))
        with self.subTest(mode=mode, what="cells"):
            self.assertEqual(self.user(mode), f"{self.uid}?")

    def test_it_is_asked_without_capabilities(self):
        """Its modules are programs of others."""
        self.assertEqual(self.user("unprivileged"), "alice")

    # --- answers ---

    def test_a_name_is_shown_and_matched(self):
        self.assertEqual(self.user(""), "alice")
        self.assertEqual(self.check("", f"tcp/{PORT} user=alice").status, 0)
        self.assertEqual(self.run_with("", "--strict", "user=alice").status, 0)

    def test_no_such_account_is_an_answer(self):
        self.assertEqual(self.user("none"), str(self.uid))
        result = self.check("none", f"tcp/{PORT} user=alice")
        self.assertEqual(result.status, 1, str(result))
        self.assertIn(f"found user={self.uid}", result.out.decode())
        self.assertEqual(self.run_with("none", "--strict", "user=alice").status, 1)

    def test_a_service_that_prints_does_not_reach_our_output(self):
        result = self.run_with("print", "-r", "-H", "-o", "user", str(PORT))
        self.assertEqual((result.status, result.out, result.err), (0, b"alice\n", b""), str(result))

    def test_no_process_is_left_behind(self):
        """In a container nobody may wait for it."""
        harness.adopt_orphans()
        for mode in "", "none", "hang", "crash":
            for how in [], ["-n"], ["--all-netns"]:
                result = self.run_with(mode, *how, str(PORT))
                self.assertEqual(result.status, 0, str(result))
                time.sleep(0.05)
                # We have a child, the one that made the socket.
                self.assertEqual(os.waitpid(-1, os.WNOHANG), (0, 0), f"{mode} {how}")

    # --- no answer ---

    def test_no_answer_is_unknown(self):
        for mode in SILENT:
            self.check_unknown(mode)

    def test_no_answer_of_the_first_of_two_is_unknown(self):
        for line in "passwd: lsportstest files", "passwd:lsportstest [UNAVAIL=continue] files # last":
            self.cover("/etc/nsswitch.conf", line + "\n")
            for mode in SILENT[:6]:
                self.check_unknown(mode)

    def test_json_says_unknown_and_keeps_the_number(self):
        answer = self.run_with(SILENT[0], "-J", str(PORT))
        row = harness.json.loads(answer.out)["sockets"][0]
        self.assertEqual((row["user"], row["uid"]), (None, self.uid))
        self.assertEqual((row["owners"][0]["user"], row["owners"][0]["uid"]), (None, self.uid))
        gaps = harness.json.loads(answer.out)["gaps"]
        self.assertEqual([gap["count"] for gap in gaps if gap["what"] == "user names"], [1])

    def test_a_service_that_is_not_installed_is_passed_over(self):
        self.cover("/etc/nsswitch.conf", "passwd: files lsportsabsent lsportstest\n")
        self.assertEqual(self.user("none"), str(self.uid))
        self.assertEqual(self.user(""), "alice")

    # --- nobody needs a name ---

    def test_nothing_is_asked_where_no_name_is_needed(self):
        for arguments in ["-n"], ["-n", "-a"], ["-o", "port,uid"], [f"uid={self.uid}", "-n"]:
            result = self.run_with("hang", *arguments)
            self.assertEqual(result.status, 0, str(result))
            self.assertFalse(self.has_asked(), str(result))
        for rule in f"tcp/{PORT} uid={self.uid}", f"tcp/{PORT}\ntcp/1 user=alice":
            for how in [], ["--format", "prometheus"], ["-J"]:
                result = self.check("hang", rule, *how)
                self.assertEqual(result.status, 0, str(result))
                self.assertFalse(self.has_asked(), str(result))

    def test_a_difference_shows_a_name(self):
        result = self.check("", f"tcp/{PORT + 1} uid={self.uid}")
        self.assertEqual(result.status, 1, str(result))
        self.assertIn("  alice  ", result.out.decode())
        result = self.check("hang", f"tcp/{PORT + 1} uid={self.uid}")
        self.assertEqual(result.status, 1, str(result))
        self.assertIn(f"  {self.uid}?  ", result.out.decode())


if __name__ == "__main__":
    harness.main()
