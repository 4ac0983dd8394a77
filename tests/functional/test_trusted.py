#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules, and what was reported, are taken from nobody else; and no file that somebody else made in
a recorded tree is waited for."""

import os
import re
import shutil
import stat
import unittest

import harness
from checking import NEW, Checking

OTHER = 1000
FIXTURES = harness.need("FIXTURES")
TREE_LIMIT = 15.0
OTHER_PROCESS = re.compile(r"/proc/(?!1/|15/)\d")


class Named(Checking):
    """Files of our own: whoever the user is, others must not be able to write them."""

    def setUp(self):
        super().setUp()
        self.new = self.make(NEW)
        # It expects everything: a check that takes it is silent.
        self.all = self.rule_file("0-\n", "all.rules")

    def refused(self, path, *words, rules=None):
        result = self.check(rules=rules or self.all, status=2)
        self.assertEqual(result.out, b"", str(result))
        self.assertIn(path + ": ", result.err.decode())
        for word in words:
            self.assertIn(word, result.err.decode())

    def test_our_own_is_taken(self):
        self.check_silent(rules=self.all)
        os.chmod(self.directory, 0o1777)
        self.check_silent(rules=self.all)

    def test_mode(self):
        for mode in (0o664, 0o646, 0o666):
            os.chmod(self.all, mode)
            self.refused(self.all, f"chmod go-w {self.all}")
        os.chmod(self.all, 0o644)
        os.chmod(self.directory, 0o777)
        self.refused(self.directory, f"chmod go-w {self.directory}")
        result = harness.lsports("--learn", self.rules)
        self.assertEqual(result.status, 2, str(result))
        self.assertIn(f"chmod go-w {self.directory}", result.err.decode())

    def test_link(self):
        link = os.path.join(self.directory, "link.rules")
        os.symlink(self.all, link)
        self.refused(link, "symbolic link", rules=link)
        # One on the way is ours, and its target is as safe.
        place = os.path.join(self.directory, "place")
        os.symlink(self.directory, place)
        self.check_silent(rules=os.path.join(place, "all.rules"))

    def test_second_name(self):
        os.link(self.all, self.all + ".too")
        self.refused(self.all, "hard link")

    def test_all_are_named(self):
        other = self.rule_file("0-\n", "other.rules")
        for path in (self.all, other):
            os.chmod(path, 0o666)
        result = self.check("--expected", other, rules=self.all, status=2)
        for path in (self.all, other):
            self.assertIn(f"chmod go-w {path}", result.err.decode())

    def test_a_listing_is_shown_without_verdicts(self):
        os.chmod(self.all, 0o666)
        result = harness.lsports("--expected", self.all, "-o", "+verdict", "4444")
        self.assertEqual(result.status, 2, str(result))
        self.assertNotIn(" expected", result.out.decode())

    def test_reported(self):
        """Whoever writes that file decides what is reported: then everything is."""
        place = os.path.join(self.directory, "state")
        os.mkdir(place)
        self.reported = os.path.join(place, "reported")
        line = self.check("--report-once", self.reported, status=1).out
        self.assertTrue(line)
        self.assertEqual(self.check("--report-once", self.reported, status=1).out, b"")
        os.remove(self.reported + ".lock")
        for path, mode, was in ((self.reported, 0o660, 0o600), (self.reported, 0o602, 0o600),
                                (place, 0o777, 0o755)):
            os.chmod(path, mode)
            result = self.check("--report-once", self.reported, status=2)
            self.assertEqual(result.out, line)
            self.assertIn(f"{path}: can be written by others", result.err.decode())
            self.assertIn(f"chmod go-w {path}", result.err.decode())
            self.assertFalse(os.path.exists(self.reported + ".lock"))
            os.chmod(path, was)

    @harness.needs_users("its files belong to several users")
    def test_of_others(self):
        self.check("--report-once", self.reported, status=1)
        for path in (self.reported, self.all):
            os.chown(path, OTHER, OTHER)
        self.refused(self.all, f"belongs to user {OTHER}", f"chown root: {self.all}")
        result = self.check("--report-once", self.reported, status=2)
        self.assertEqual(len(self.lines(result)), 1)
        self.assertIn(f"chown root: {self.reported}", result.err.decode())
        os.chown(self.all, 0, 0)
        os.chown(self.directory, OTHER, OTHER)
        self.refused(self.directory, f"belongs to user {OTHER}", self.all)

    @harness.needs_users("it asks as another user")
    def test_files_of_whoever_asks(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        home = os.path.join(self.directory, "home")
        os.mkdir(home)
        mine = harness.write_text(os.path.join(home, "mine.rules"), "0-\n")
        for path in (home, mine):
            os.chown(path, OTHER, OTHER)
        as_other = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups", program]
        for rules in (mine, self.all):
            result = harness.run([*as_other, "--check", "--expected", rules])
            self.assertIn(result.status, (0, 3), str(result))
            self.assertEqual(result.out, b"", str(result))
        result = harness.run([*as_other, "--check", "--expected", mine, "--report-once",
                              os.path.join(home, "reported")])
        self.assertIn(result.status, (0, 3), str(result))
        self.assertEqual(os.stat(os.path.join(home, "reported")).st_uid, OTHER)


@harness.needs_root("it writes where rules of the machine are")
class Machine(unittest.TestCase):
    """The rules of the machine, one of which comes from an ordinary user."""

    def setUp(self):
        harness.overlay_places(self)
        self.home = harness.scratch(self)
        self.theirs = harness.write_text(os.path.join(self.home, "x.rules"), "tcp/4444\n")
        for path in (self.home, self.theirs):
            os.chown(path, OTHER, OTHER)
        harness.write_text(os.path.join(harness.RULES_DIR, "a.rules"), "tcp/22 user=root\n")
        self.b = os.path.join(harness.RULES_DIR, "b.rules")
        made = harness.Made(f"tcp,port=4444,uid={OTHER}")
        made.__enter__()
        self.addCleanup(made.__exit__)
        self.check(1)

    def check(self, status, *named):
        result = harness.lsports("--check")
        self.assertEqual(result.status, status, str(result))
        if status == 2:
            self.assertEqual(result.out, b"")
        for text in named:
            self.assertIn(text, result.err.decode())

    def as_other(self, *command):
        return harness.run(["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups",
                            *command])

    def write_b(self):
        harness.write_text(self.b, "tcp/4444\n")
        self.check(0)

    def test_files(self):
        self.write_b()
        os.chown(self.b, OTHER, 0)
        self.check(2, f"chown root: {self.b}")
        os.chown(self.b, 0, OTHER)
        os.chmod(self.b, 0o664)
        self.check(2, f"chmod go-w {self.b}")
        os.remove(self.b)
        os.symlink(self.theirs, self.b)
        self.check(2, f"{self.b}: is a symbolic link")

    def test_directories(self):
        for path, harmless in ((harness.RULES_DIR, 0o755), (os.path.dirname(harness.RULES_DIR), 0o755)):
            os.chmod(path, 0o777)
            self.check(2, f"chmod go-w {path}")
            os.chmod(path, harmless)
            os.chown(path, OTHER, OTHER)
            self.check(2, f"{path}: belongs to user {OTHER}")
            os.chown(path, 0, 0)
            self.check(1)
        os.chmod(harness.RULES_DIR, 0o1777)
        self.check(2, f"chmod go-w {harness.RULES_DIR}")

    def test_the_directory_is_replaced(self):
        """Whoever may rename the directory puts their own in its place."""
        above = os.path.dirname(harness.RULES_DIR)
        os.chmod(above, 0o777)
        script = 'mv "$1" "$1.old" && mkdir "$1" && cp "$2" "$1/"'
        result = self.as_other("sh", "-ec", script, "sh", harness.RULES_DIR, self.theirs)
        self.assertEqual(result.status, 0, str(result))
        self.check(2, above)
        os.chmod(above, 0o755)
        self.check(2, f"{harness.RULES_DIR}: belongs to user {OTHER}")

    def test_the_directory_is_a_link(self):
        place = harness.scratch(self)
        harness.write_text(os.path.join(place, "c.rules"), "tcp/4444\n")
        shutil.rmtree(harness.RULES_DIR)
        os.symlink(place, harness.RULES_DIR)
        self.check(0)
        os.remove(harness.RULES_DIR)
        os.symlink(self.home, harness.RULES_DIR)
        self.check(2, f"{self.home}: belongs to user {OTHER}")

    def test_learned(self):
        os.symlink(self.theirs, harness.LEARNED)
        self.check(2, f"{harness.LEARNED}: is a symbolic link")
        os.remove(harness.LEARNED)
        os.chmod(harness.STATE_DIR, 0o777)
        self.as_other("cp", self.theirs, harness.LEARNED)
        self.check(2, harness.STATE_DIR)
        os.chmod(harness.STATE_DIR, 0o755)
        self.check(2, f"chown root: {harness.LEARNED}")

    def test_no_number_in_this_user_namespace(self):
        """There root's file belongs to nobody that can be named."""
        self.write_b()
        result = harness.run(["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups",
                              harness.need_tool("unshare"), "--user", "--map-root-user",
                              harness.public_copy(harness.need("LSPORTS")),
                              "--check", "--expected", self.b])
        self.assertEqual(result.status, 2, str(result))
        self.assertIn(f"{self.b}: belongs to user 65534 (in a user namespace: ",
                      result.err.decode())


class Recorded(unittest.TestCase):
    """A recorded tree in which one file is a FIFO that nobody writes to."""

    def setUp(self):
        self.tree = os.path.join(harness.scratch(self), "tree")
        shutil.copytree(os.path.join(FIXTURES, "plain"), self.tree, symlinks=True)
        for name in ("expected.d/a.rules", "learned.rules"):
            place = harness.RULES_DIR if "/" in name else harness.STATE_DIR
            path = os.path.join(self.tree, place[1:], os.path.basename(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            harness.write_text(path, "tcp/22\n")

    def files(self):
        for directory, _, names in os.walk(self.tree):
            for name in names:
                path = os.path.join(directory, name)
                # Every process has the same files.
                if not OTHER_PROCESS.search(path) and stat.S_ISREG(os.lstat(path).st_mode):
                    yield path

    def run_all(self, *runs):
        """With each file as a FIFO in turn: the statuses by path."""
        seen = {}
        for path in sorted(self.files()):
            os.rename(path, self.tree + ".kept")
            os.mkfifo(path)
            for words in runs:
                result = harness.lsports("--sysroot", self.tree, *words, timeout=TREE_LIMIT)
                self.assertIn(result.status, (0, 1, 2, 3), f"{path}\n{result}")
                seen[os.path.relpath(path, self.tree), words] = result
            os.rename(self.tree + ".kept", path)
        return seen

    def test_netlink(self):
        seen = self.run_all(("--check",))
        self.assertIn(seen["netlink", ("--check",)].status, (2, 3))
        for place, name in ((harness.RULES_DIR, "a.rules"), (harness.STATE_DIR, "learned.rules")):
            result = seen[os.path.join(place[1:], name), ("--check",)]
            self.assertEqual(result.status, 2, str(result))
            self.assertIn(f"{place}/{name}: Not a regular file", result.err.decode())

    def test_proc_net(self):
        words = ("--source", "proc", "-a", "--strict")
        seen = self.run_all(words)
        for name in ("tcp", "tcp6", "udp", "udp6"):
            result = seen[f"proc/net/{name}", words]
            self.assertIn(result.status, (2, 3), str(result))
            self.assertIn("Not a regular file", result.err.decode())
        for name in ("passwd", "services"):
            self.assertIn("Not a regular file", seen[f"etc/{name}", words].err.decode(), name)


if __name__ == "__main__":
    harness.main(few_processes=True)
