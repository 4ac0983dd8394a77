#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A process that never lets go of its own memory holds up nobody.

Whoever reads its command line or its mappings below /proc waits for the lock of its address space.
"""

import os
import subprocess
import sys
import unittest

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
HOLDER, OTHER = 6666, 4444


def start(test, script, *arguments):
    """A script beside this one that says "ready"."""
    child = subprocess.Popen([sys.executable, os.path.join(HERE, script), *arguments],
                             stdout=subprocess.PIPE, preexec_fn=harness.die_with_parent)

    def end():
        child.kill()
        child.stdout.close()
        child.wait()
    test.addClassCleanup(end)
    if child.stdout.readline() != b"ready\n":
        raise AssertionError(f"{script} did not start")
    return child


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


@harness.needs_root("it mounts a file system of its own")
class MemoryLock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = harness.scratch(cls)
        mounted = os.path.join(directory, "mounted")
        os.mkdir(mounted)
        cls.rules = os.path.join(directory, "x.rules")
        harness.write_text(cls.rules, "tcp/22 user=root\n")
        cls.learned = os.path.join(directory, "learned.rules")
        cls.addClassCleanup(subprocess.run, ["umount", "-l", mounted], check=True)
        # Cleanups run in reverse order: the server ends first, and everybody goes on.
        made = harness.Made(f"tcp,port={OTHER}")
        made.__enter__()
        cls.addClassCleanup(made.__exit__)
        server = start(cls, "silent_files.py", mounted)
        cls.holder = start(cls, "memory_lock.py", os.path.join(mounted, "silent"), str(HOLDER)).pid
        cls.addClassCleanup(server.kill)
        harness.wait_for(lambda: state_of(cls.holder) == "D", "the lock is held")

    def test_the_lock_does_hold_up_whoever_reads(self):
        with self.assertRaises(AssertionError):
            harness.run(["cat", f"/proc/{self.holder}/cmdline"], timeout=1)

    def rows(self, *arguments):
        answer = harness.lsports_json(*arguments)
        return {row["port"]: row for row in answer["sockets"]}, answer

    def test_json_names_the_process_and_has_the_others(self):
        for how in ("proc", "bpf"):
            with self.subTest(owners=how):
                rows, answer = self.rows("--owners", how)
                self.assertEqual(set(rows), {HOLDER, OTHER})
                self.assertIn(f"port={OTHER}", rows[OTHER]["owners"][0]["cmdline"])
                owner, = rows[HOLDER]["owners"]
                self.assertEqual((owner["pid"], owner["cmdline"]), (self.holder, None))
                gap, = [gap for gap in answer["gaps"] if gap["what"] == "command lines"]
                self.assertIn(f"process {self.holder} ", gap["why"])
                self.assertEqual(gap["count"], 1)

    def test_every_mode_ends_and_has_the_others(self):
        for arguments in ((), ("-e",), ("-O",), ("-a",), ("--format", "csv"), ("--strict",),
                          ("--check", "--expected", self.rules),
                          ("--check", "--expected", self.rules, "--format", "json"),
                          ("--expected", self.rules, "--format", "prometheus"),
                          ("--expected", self.rules, "--format", "monitoring")):
            with self.subTest(arguments=arguments):
                result = harness.lsports(*arguments)
                self.assertIn(str(OTHER), result.out.decode(), str(result))
        for port in (HOLDER, OTHER):
            with self.subTest(explain=port):
                result = harness.lsports("--explain", f"tcp/{port}")
                self.assertIn(str(port), result.out.decode(), str(result))

    def test_learning_ends(self):
        result = harness.lsports("--learn", self.learned)
        self.assertIn(result.status, (0, 3), str(result))


if __name__ == "__main__":
    harness.main(few_processes=True)
