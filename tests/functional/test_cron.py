#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped line run by a real cron: no mail while nothing changes, one mail with one
line when a listener appears, and none as long as it stays.

Debian's cron runs in namespaces of the test, its clock some times faster; its mails go to a
stand-in for sendmail.

Environment: LSPORTS MKSOCK CRONTAB (the shipped file of /etc/cron.d).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import harness

FASTER = 20
MINUTE = 60 / FASTER
LIMIT = 4 * MINUTE + 20
SENDMAIL = """#!/bin/sh
cat > {mails}/part.$$ && mv {mails}/part.$$ {mails}/$$
"""
# What cron starts: the program itself, and a line with its status when it is done.
WRAPPER = """#!/bin/sh
{program} "$@"
status=$?
grep -E '^(CapBnd|NoNewPrivs):' /proc/self/status > {privileges}
echo $status >> {runs}
exit $status
"""


@harness.needs_root("it puts programs in the place of those of the machine")
class Cron(unittest.TestCase):
    def setUp(self):
        harness.hide_rules()
        self.directory = harness.scratch(self)
        self.mails = os.path.join(self.directory, "mails")
        self.runs = harness.write_text(os.path.join(self.directory, "runs"), "")
        self.privileges = os.path.join(self.directory, "privileges")
        os.mkdir(self.mails)
        # faketime keeps its clock in shared memory, by PID, and leaves it there.
        shipped = harness.read_bytes(harness.need("CRONTAB")).decode()
        started = re.search(r"^\S.* root .* (/\S+/lsports) ", shipped, re.MULTILINE)[1]
        harness.overlay_places(self, "/dev/shm", "/etc", "/run", "/usr", "/var/spool",
                               harness.find_top(started))
        self.install(shipped, started)

    def script(self, path, text):
        harness.write_text(path, text)
        os.chmod(path, 0o755)

    def install(self, shipped, started):
        program = os.path.join(self.directory, "lsports")
        shutil.copy(harness.need("LSPORTS"), program)
        self.script("/usr/sbin/sendmail", SENDMAIL.format(mails=self.mails))
        os.makedirs(os.path.dirname(started), exist_ok=True)
        self.script(started, WRAPPER.format(program=program, runs=self.runs,
                                             privileges=self.privileges))
        for path in ("/etc/cron.d", "/var/spool/cron"):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs("/etc/cron.d")
        os.makedirs("/var/spool/cron/crontabs")
        os.chmod(harness.STATE_DIR, 0o700)
        harness.write_text("/etc/crontab", "")
        every_minute, count = re.subn(r"^(?:[\d*/,-]+[ \t]+){5}(?=root\s)", "* * * * * ", shipped,
                                      flags=re.MULTILINE)
        self.assertEqual(count, 1, shipped)
        self.assertIn("--report-once", every_minute)
        harness.write_text("/etc/cron.d/lsports", every_minute)
        os.chmod("/etc/cron.d/lsports", 0o644)

    def start_cron(self):
        log = open(os.path.join(self.directory, "log"), "wb")
        self.addCleanup(log.close)
        child = subprocess.Popen([harness.need_tool("faketime"), "-f", f"+0 x{FASTER}",
                                  harness.need_tool("cron"), "-f"], stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=log, start_new_session=True,
                                 preexec_fn=harness.die_with_parent)

        def end():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.addCleanup(end)
        return child

    def statuses(self):
        return harness.read_bytes(self.runs).decode().split()

    @staticmethod
    def children_of(pid):
        """Processes that live; those that have ended may be reaped later."""
        children = harness.read_bytes(f"/proc/{pid}/task/{pid}/children").split()
        alive = []
        for child in map(int, children):
            try:
                state = harness.read_bytes(f"/proc/{child}/stat").rpartition(b") ")[2][:1]
            except OSError:
                continue
            if state != b"Z":
                alive.append(child)
        return alive

    def wait_for_runs(self, cron, more):
        """The statuses of the next runs; cron starts one per minute."""
        wanted = len(self.statuses()) + more

        def are_done():
            if cron.poll() is not None:
                raise AssertionError(
                    f"cron: {harness.read_bytes(os.path.join(self.directory, 'log'))}")
            return len(self.statuses()) >= wanted
        harness.wait_for(are_done, f"{more} runs of cron's", LIMIT)
        # faketime starts cron, whose children mail when their run has ended, and end then.
        child, = self.children_of(cron.pid)
        harness.wait_for(lambda: not self.children_of(child), "the mail", LIMIT)
        return self.statuses()[wanted - more:]

    def mail_texts(self):
        texts = [harness.read_bytes(os.path.join(self.mails, name)).decode()
                 for name in sorted(os.listdir(self.mails)) if not name.startswith("part.")]
        return [text.replace("\r", "").partition("\n\n")[::2] for text in texts]

    def test_from_install_to_the_first_mail(self):
        start = time.monotonic()
        service = harness.Made("tcp,port=80", "udp,port=0")
        service.__enter__()
        self.addCleanup(service.__exit__)
        result = harness.lsports("--learn", harness.LEARNED)
        self.assertEqual(result.status, 0, str(result))
        cron = self.start_cron()
        self.assertEqual(set(self.wait_for_runs(cron, 2)), {"0"})
        self.assertEqual(self.mail_texts(), [], "a mail though nothing changed")
        # CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE, as in the units
        self.assertEqual(harness.read_bytes(self.privileges).decode().split(),
                         ["CapBnd:", f"{1 << 2 | 1 << 19:016x}", "NoNewPrivs:", "1"])
        with harness.Made("tcp,port=4444,comm=" + "nc".encode().hex()) as made:
            # A run that began before may still end first.
            self.assertEqual(self.wait_for_runs(cron, 2)[-1], "1")
            mail, = self.mail_texts()
            self.assertEqual(set(self.wait_for_runs(cron, 2)), {"1"})
            self.assertEqual(self.mail_texts(), [mail], "told more than once")
        head, body = mail
        line, = body.strip("\n").split("\n")
        self.assertRegex(line, rf"^\+ tcp 0\.0\.0\.0:4444  nc\({made.rows[0]['pid']}\)  root  ")
        self.assertRegex(head, r"(?m)^Subject: .*lsports")
        self.assertEqual(self.wait_for_runs(cron, 2)[-1], "0")
        self.assertEqual(len(self.mail_texts()), 1, "a mail when all is well again")
        print(f"{len(self.statuses())} runs of cron's in {time.monotonic() - start:.0f} s: "
              f"{' '.join(self.statuses())}", file=sys.stderr)


if __name__ == "__main__":
    harness.main(few_processes=True)
