#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--report-once: a difference is reported once, and forgotten when it ends."""

import json
import os
import shutil
import subprocess

from checking import NEW, Checking
import harness


class Once(Checking):
    def once(self, *arguments, status, **how):
        return self.check("--report-once", self.reported, *arguments, status=status, **how)

    def test_life(self):
        self.assertEqual(self.once(status=0).out, b"")
        with harness.Made(NEW):
            first = self.once(status=1)
            self.assertEqual(len(self.lines(first)), 1)
            self.assertEqual(os.stat(self.reported).st_mode & 0o777, 0o600)
            for more in ((), (), ("-o", "port"), ("-n",), ("-O",), ("-J", "-o", "port")):
                again = self.once(*more, status=1)
                if "-J" in more:
                    self.assertEqual(json.loads(again.out)["changes"], [])
                    continue
                self.assertEqual((again.out, again.err), (b"", b""), str(again))
            with harness.Made("udp,port=4445"):
                line, = self.lines(self.once(status=1))
                self.assertIn(":4445", line)
        # The first is not reported again, and forgotten when it ends.
        self.assertEqual(self.once(status=0).out, b"")
        with harness.Made(NEW):
            self.assertEqual(len(self.lines(self.once(status=1))), 1, "its return is news")
            self.assertEqual(self.once(status=1).out, b"")
            harness.lsports("--learn", self.rules)
            self.assertEqual(self.once(status=0).out, b"")

    def test_a_restart_of_the_new_one_is_not_news(self):
        with harness.Made(NEW):
            self.once(status=1)
        with harness.Made(NEW):
            self.assertEqual(self.once(status=1).out, b"")

    def test_missing_and_changed(self):
        rules = self.rule_file("tcp/99 required\ntcp/4444 user=nobody\n")
        with harness.Made(NEW):
            lines = self.lines(self.once("--expected", rules, status=1))
            self.assertEqual([line[0] for line in lines], ["~", "-"])
            self.assertEqual(self.once("--expected", rules, status=1).out, b"")

    def test_json_is_reported_once_too(self):
        with harness.Made(NEW):
            self.assertEqual(len(json.loads(self.once("-J", status=1).out)["changes"]), 1)
            self.assertEqual(json.loads(self.once("-J", status=1).out)["changes"], [])
            self.assertEqual(self.once("--format", "jsonl", status=1).out, b"")

    def test_damaged_file_is_louder(self):
        with harness.Made(NEW, "udp,port=4445"):
            reported = self.once(status=1).out
            good = harness.read_bytes(self.reported)
            self.assertEqual(self.once(status=1).out, b"")
            title = good[:good.index(b"\n") + 1]
            for text in (b"", good[:-1], good[:len(good) // 2], title + b"\0" * len(good),
                         good.replace(b"44", b"43"), title + os.urandom(400)):
                with open(self.reported, "wb") as file:
                    file.write(text)
                now = set(self.once(status=1).out.splitlines())
                self.assertTrue(now, f"nothing is reported, with {text!r}")
                self.assertTrue(now <= set(reported.splitlines()))
                self.assertEqual(harness.read_bytes(self.reported), good)
            # Whatever the file contains, a new difference is reported.
            with open(self.reported, "wb") as file:
                file.write(good * 2 + b"# note\n+ tcp/1 user=x\n")
            self.assertEqual(self.once(status=1).out, b"")

    def test_file_of_somebody_else_is_left_alone(self):
        with harness.Made(NEW):
            for text in (b"tcp/22 user=root\n", b"#!/bin/sh\n", b"\0" * 400, os.urandom(400)):
                with open(self.reported, "wb") as file:
                    file.write(text)
                result = self.once(status=2)
                self.assertIn(b"4444", result.out)
                self.assertIn("remove it, or name another file", "\n".join(result.said))
                self.assertEqual(harness.read_bytes(self.reported), text)

    def test_each_byte_cut(self):
        with harness.Made(NEW):
            reported = self.once(status=1).out
            good = harness.read_bytes(self.reported)
            for size in range(0, len(good), 7):
                with open(self.reported, "wb") as file:
                    file.write(good[:size])
                self.assertEqual(self.once(status=1).out, reported, size)

    def test_file_that_cannot_be_kept(self):
        with harness.Made(NEW):
            os.mkdir(self.reported)
            result = self.once(status=2)
            self.assertEqual(len(self.lines(result)), 1)
            self.assertIn(self.reported, result.err.decode())
            os.rmdir(self.reported)
            os.symlink("elsewhere", self.reported)
            self.assertEqual(len(self.lines(self.once(status=2))), 1)
            os.remove(self.reported)
            missing = os.path.join(self.directory, "no", "reported")
            result = self.check("--report-once", missing, status=2)
            self.assertEqual(len(self.lines(result)), 1)

    def test_not_forgotten_when_it_could_not_be_written(self):
        script = '"$LSPORTS" --check --expected "$0" --report-once "$1" > /dev/full'
        with harness.Made(NEW):
            result = harness.run(["/bin/sh", "-c", script, self.rules, self.reported])
            self.assertEqual(result.status, 2, str(result))
            self.assertEqual(len(self.lines(self.once(status=1))), 1)

    def test_overlapping_runs(self):
        command = [harness.need("LSPORTS"), "--check", "--expected", self.rules, "--report-once",
                   self.reported]
        for _ in range(5):
            with harness.Made(NEW, "udp,port=4445"):
                runs = [subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         preexec_fn=harness.die_with_parent) for _ in range(8)]
                answers = [run.communicate(timeout=harness.TIME_LIMIT) for run in runs]
            self.assertEqual([run.returncode for run in runs], [1] * 8)
            self.assertEqual([err for _, err in answers], [b""] * 8)
            lines = [line for out, _ in answers for line in out.splitlines()]
            self.assertEqual(len(lines), 2, lines)
            self.assertEqual(len(set(lines)), 2, lines)
            self.once(status=0)

    def test_incomplete_run_forgets_nothing(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        with harness.Made(NEW):
            self.once(status=1)
            result = harness.run(["/bin/sh", "-c", 'ulimit -n 6; exec "$0" "$@"',
                                  harness.need("LSPORTS"), "--check", "--expected", self.rules,
                                  "--report-once", self.reported])
            self.assertIn(result.status, (2, 3), str(result))
            self.assertEqual(self.once(status=1).out, b"")


if __name__ == "__main__":
    harness.main(few_processes=True)
