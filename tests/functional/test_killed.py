#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--learn, killed or failing at each call on the way: the file is the old one or the new one."""

import collections
import os
import re
import sys

import harness
from learning import OLD, Learning, without_time


class Killed(Learning):
    """strace ends a learner before each system call that it makes with the lock in hand, so that
    every state between two calls is seen."""

    def strace(self, *injection):
        # Of a named source: which one is chosen depends on how much else runs on the machine, and
        # the calls that are made depend on it.
        log = os.path.join(self.directory, "..", os.path.basename(self.directory) + ".log")
        self.addCleanup(lambda: os.path.exists(log) and os.remove(log))
        # On one processor no second thread takes a part of the calls.
        result = harness.run([harness.need_tool("strace"), "-qq", "-o", log, *injection,
                              harness.need("LSPORTS"), "--owners", "proc", "--learn", self.rules],
                             env=harness.sanitizer_environment(os.environ),
                             preexec=lambda: os.sched_setaffinity(
                                 0, {min(os.sched_getaffinity(0))}))
        return result, harness.read_bytes(log).decode("utf-8", "replace").splitlines()

    @staticmethod
    def calls_of(lines):
        """(name, number of its occurrence, line) of each call that is made."""
        counts = collections.Counter()
        for line in lines:
            name = re.match(r"([a-z_0-9]+)\(", line)
            if name:
                counts[name[1]] += 1
                yield name[1], counts[name[1]], line

    def reference(self):
        """Old bytes, new bytes, and the calls with the lock in hand."""
        runs = []
        for _ in range(3):
            old = self.write_old()
            result, lines = self.strace()
            self.assertEqual(result.status, 0, str(result))
            runs.append(list(self.calls_of(lines)))
        # A run that looks for an owner a second time makes calls that the others do not make.
        calls = min(runs, key=len)
        first = next(at for at, call in enumerate(calls) if "F_OFD_SETLK" in call[2])
        return old, harness.read_bytes(self.rules), calls[first + 1:]

    def clean(self):
        for name in self.leftovers():
            os.remove(os.path.join(self.directory, name))

    def test_at_each_call(self):
        old, new, calls = self.reference()
        ends = collections.Counter()
        self.assertGreater(len(calls), 50)
        for name, number, line in calls:
            self.write_old()
            result, lines = self.strace("-e", f"trace={name}", "-e",
                                        f"inject={name}:signal=KILL:when={number}")
            with self.subTest(call=line):
                now = harness.read_bytes(self.rules)
                self.assertIn(without_time(now), (old, without_time(new)))
                # One call more or less is made when another process begins or ends meanwhile.
                ends[("killed" if result.status in (-9, 137) else "not killed",
                      "old" if now == old else "new")] += 1
                self.learn()
                self.assertEqual(without_time(harness.read_bytes(self.rules)), without_time(new))
            self.clean()
        self.check_silent()
        print(f"{len(calls)} calls: {dict(ends)}", file=sys.stderr)
        self.assertGreater(ends["killed", "old"], 0.9 * len(calls) - ends["killed", "new"])
        self.assertGreater(ends["killed", "new"], 0)

    def test_check_after_each_state_of_the_directory(self):
        """The calls that touch the directory; --check at once, before anybody learns again."""
        old, new, calls = self.reference()
        first = next(at for at, call in enumerate(calls) if "O_EXCL" in call[2])
        for name, number, line in calls[first:first + 8]:
            self.write_old()
            result, _ = self.strace("-e", f"trace={name}", "-e",
                                    f"inject={name}:signal=KILL:when={number}")
            with self.subTest(call=line):
                self.assertIn(result.status, (-9, 137))
                is_old = harness.read_bytes(self.rules) == old
                check = harness.lsports("--check", "--expected", self.rules)
                self.assertEqual(check.status, 1 if is_old else 0, str(check))
                self.assertEqual(len(check.out.splitlines()), 2 if is_old else 0, str(check))

    def test_errors_on_the_way(self):
        old, new, calls = self.reference()
        first = next(at for at, call in enumerate(calls) if "O_EXCL" in call[2])
        last = max(at for at, call in enumerate(calls) if call[0] == "fsync")
        renamed = next(at for at, call in enumerate(calls) if call[0].startswith("rename"))
        names = {call[0] for call in calls[first:last + 1]}
        self.assertTrue({"write", "fsync", "close", "openat"} <= names, names)
        for at in range(first, last + 1):
            name, number, line = calls[at]
            for error in ("ENOSPC", "EIO", "EDQUOT"):
                self.write_old()
                result, lines = self.strace("-e", f"trace={name}", "-e",
                                            f"inject={name}:error={error}:when={number}")
                with self.subTest(call=line, error=error):
                    self.assertIn("(INJECTED)", "\n".join(lines))
                    self.assertEqual(result.status, 2, str(result))
                    self.assertTrue(result.said, str(result))
                    now = harness.read_bytes(self.rules)
                    wanted = old if at <= renamed else new
                    self.assertEqual(without_time(now), without_time(wanted))
                    self.assertEqual(self.leftovers(), set())
                self.clean()

    def test_short_writes(self):
        _, new, calls = self.reference()
        first = next(at for at, call in enumerate(calls) if "O_EXCL" in call[2])
        number = next(call[1] for call in calls[first:] if call[0] == "write")
        self.write_old()
        # A write of zero bytes that reports success.
        result, _ = self.strace("-e", "trace=write", "-e", f"inject=write:retval=0:when={number}")
        self.assertEqual(result.status, 2, str(result))
        self.assertEqual(harness.read_bytes(self.rules), OLD.encode())
        self.write_old()
        result, _ = self.strace("-e", "trace=write", "-e",
                                f"inject=write:error=EINTR:when={number}")
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(without_time(harness.read_bytes(self.rules)), without_time(new))


class Full(Learning):
    def test_disk_full(self):
        place = harness.small_disk(self, "64k")
        path = harness.write_text(os.path.join(place, "learned.rules"), OLD)
        filler = os.path.join(place, "filler")
        with open(filler, "wb", buffering=0) as file:
            with self.assertRaises(OSError):
                while True:
                    file.write(b"x" * 4096)
        result = self.learn(path, status=2)
        self.assertIn("No space left", result.err.decode())
        self.assertEqual(harness.read_bytes(path), OLD.encode())
        self.assertEqual(set(os.listdir(place)),
                         {"learned.rules", "learned.rules.lock", "filler"})
        os.remove(filler)
        self.learn(path)
        self.assertTrue(harness.read_bytes(path).startswith(OLD.encode()))


if __name__ == "__main__":
    harness.main(few_processes=True)
