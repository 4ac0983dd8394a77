#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every mode of the program runs under its filter of system calls, which is there before anything
is read, and what a mode needs is let through."""

import os
import pty
import re
import subprocess
import unittest

import harness

INSTALLED = re.compile(r"prctl\(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, .*\) = 0$")
# Calls that bring bytes of others; getcwd(2) and what the linker does come before.
READS = ("openat(", "openat2(", "open(", "readlinkat(", "readlink(", "socket(")
BEGIN = "prctl(PR_SET_NO_NEW_PRIVS"


def is_built():
    return "seccomp: built in" in harness.lsports("-V").out.decode()


class Confinement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()
        cls.made = harness.Made("tcp,port=8080", "udp,port=8081", "tcp,addr=::1,port=8082")
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.is_built = is_built()

    def setUp(self):
        self.directory = harness.scratch(self)
        self.rules = harness.write_text(os.path.join(self.directory, "x.rules"),
                                        "tcp/8080\nudp/8081 user=root\ntcp/8082\n")

    def path(self, name):
        return os.path.join(self.directory, name)

    def modes(self):
        """(words, exit statuses of a run that did what it was asked)"""
        listing = [["-tln"], ["-tulpn"], ["-J"], ["-a"], ["-r"], ["--format", "csv"],
                   ["--format", "prometheus"], ["--format", "rules"], ["-O"],
                   ["--owners", "proc", "-J"], ["--owners", "bpf", "-J"], ["--source", "proc"],
                   ["--all-netns"], ["--all-netns", "--owners", "proc", "-J"],
                   ["-N", "/proc/self/ns/net"], ["--strict"], ["user=root"], ["-n", "8080"],
                   ["-o", "proto,port,cmdline"], ["--output-file", self.path("list")],
                   ["--learn", self.path("learned")], ["-V"], ["--help"], ["--list", "keys"],
                   ["--complete", "word", "--", "--owners", ""], ["--complete", "word", "--", "user="],
                   ["--complete", "word", "--", "--all-netns", "netns="], ["--explain", "8080"]]
        return [(words, (0,)) for words in listing] + [
            (["--explain", "81"], (1,)),
            (["--check", "--expected", self.rules], (0,)),
            (["--check", "--expected", self.rules, "--report-once", self.path("state")], (0,)),
            (["--format", "monitoring", "--expected", self.rules], (0,)),
        ]

    def trace(self, words):
        log = self.path("trace")
        # Of the main thread: every other one comes after the filter.
        result = harness.run([harness.need_tool("strace"), "-qq", "-o", log,
                              harness.need("LSPORTS"), *words],
                             env=harness.sanitizer_environment(os.environ))
        return result, harness.read_bytes(log).decode("utf-8", "replace").splitlines()

    def test_every_mode(self):
        for words, statuses in self.modes():
            with self.subTest(words=words):
                result = harness.lsports(*words)
                refused = ("--owners" in words and "bpf" in words) or not harness.IS_ROOT
                self.assertIn(result.status, (*statuses, 2, 3) if refused else statuses,
                              str(result))
                self.assertNotEqual(result.status, -31, "a system call is missing in the list")
                result, lines = self.trace(words)
                self.assertGreaterEqual(result.status, 0, str(result))
                start = next(i for i, line in enumerate(lines) if line.startswith(BEGIN))
                first = next((i for i, line in enumerate(lines) if i > start and
                              line.startswith(READS)), len(lines))
                installed = [i for i, line in enumerate(lines) if INSTALLED.match(line)]
                self.assertEqual(len(installed), 1 if self.is_built else 0, lines[start:first])
                for place in installed:
                    self.assertLess(place, first, lines[start:first + 1])
                self.assertFalse([line for line in lines if "-- SIGSYS" in line or "by SIGSYS" in line], lines[-5:])

    def test_it_is_reported(self):
        wanted = "only the system calls that lsports needs are allowed" if self.is_built else \
            "no filter: built without it"
        for words in (["-v"], ["-tlnv"], ["-v", "--check", "--expected", self.rules]):
            result = harness.lsports(*words)
            lines = [line for line in result.said if line.startswith("lsports: seccomp: ")]
            self.assertEqual(lines, ["lsports: seccomp: " + wanted], str(result))

    def status_of(self, pid):
        text = harness.read_bytes(f"/proc/{pid}/status").decode()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def check_watch(self, watch):
        wanted = ("2", "1") if self.is_built else ("0", "0")
        status = self.status_of(watch.pid)
        outer = self.status_of(os.getpid())
        if outer["Seccomp"] == "0":
            self.assertEqual((status["Seccomp"], status["Seccomp_filters"]), wanted)
        self.assertEqual(status["NoNewPrivs"], "1")

    def test_watch(self):
        command = [harness.need("LSPORTS"), "--watch=0.1", "--format", "jsonl"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              preexec_fn=harness.die_with_parent) as watch:
            try:
                self.assertIn(b"present", watch.stdout.readline())
                self.check_watch(watch)
                with harness.Made("tcp,port=8090"):
                    line = watch.stdout.readline()
                    while b"8090" not in line:
                        self.assertTrue(line)
                        line = watch.stdout.readline()
            finally:
                watch.terminate()
        self.assertNotEqual(watch.returncode, -31)

    def test_watch_on_a_terminal(self):
        """Its calls to the terminal, and the way back when it is ended."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        with subprocess.Popen([harness.need("LSPORTS"), "--watch=0.1"], stdin=theirs, stdout=theirs,
                              stderr=theirs, env={**os.environ, "TERM": "xterm"},
                              preexec_fn=harness.die_with_parent) as watch:
            os.close(theirs)
            seen = b""
            while b"8080" not in seen:
                part = os.read(ours, 65536)
                self.assertTrue(part)
                seen += part
            self.check_watch(watch)
            os.write(ours, b"q")
            seen = b"x"
            while seen:
                try:
                    seen = os.read(ours, 65536)
                except OSError:  # EIO: the other end is closed
                    break
        self.assertEqual(watch.returncode, 0)


if __name__ == "__main__":
    harness.main(few_processes=True)
