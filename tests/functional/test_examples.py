#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of the EXAMPLES of both manual pages runs, and ends as the pages say.

Environment: LSPORTS MKSOCK, and MANUALS, the directory of the pages.
"""

import os
import re
import subprocess
import tempfile
import unittest

import harness

NOW = os.path.join(harness.STATE_DIR, "now.json")
# Exit statuses of the commands, in a namespace where ports 80 and 8080 are listened on and have
# connections. Watching commands are ended after a while: 124 is the status of timeout(1).
ENDS = {
    "lsports": 0,
    "lsports 8080": 0,
    "lsports --explain 8080": 0,
    "lsports -tulpn": 0,
    "lsports -o +exe,cmdline": 0,
    "lsports -n -t --connected 80,443": 0,
    "lsports -J | jq '.sockets[] | select(.scope != \"loopback\")'": 0,
    "lsports scope=any user!=root": 0,
    "lsports --watch 1-1023": 124,
    "lsports --watch=0.5 --format jsonl 1-1023 | jq -c '[.event, .socket.port, .socket.owners[0].exe]'": 124,
    f"lsports --learn {harness.LEARNED}": 0,
    f"lsports --check --report-once {harness.STATE_DIR}/reported": 0,
    f"lsports --strict -J --output-file {NOW}": 0,
    "lsports --format rules": 0,
    "lsports --check --expected web.rules": 1,
}


def commands_of(page):
    text = harness.read_bytes(os.path.join(os.environ["MANUALS"], page)).decode()
    section = re.search(r"^\.Sh EXAMPLES$(.*?)(?=^\.Sh |\Z)", text, re.M | re.S)[1]
    for line in re.findall(r"^\.Dl (.*)$", section, re.M):
        yield line.replace(r"\(dq", '"').replace(r"\e", "\\")


@harness.needs_root("it writes where rules of the machine are")
class Examples(unittest.TestCase):
    def setUp(self):
        made = harness.Made("tcp-pair,addr=127.0.0.1,port=80,pairs=2", "tcp,port=8080,uid=65534")
        made.__enter__()
        self.addCleanup(made.__exit__)
        harness.hide_rules()
        harness.overlay_places(self)
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        harness.write_text(os.path.join(self.directory.name, "web.rules"),
                           "tcp/22      exe=/usr/sbin/sshd user=root\n"
                           "tcp/80,443  exe=/usr/sbin/nginx scope=any\n")

    def run_command(self, command, limit):
        path = os.path.dirname(harness.need("LSPORTS")) + ":" + os.environ["PATH"]
        # The status of a pipeline is that of the command.
        return subprocess.run(["timeout", "--kill-after=5", limit, "bash", "-o", "pipefail", "-c",
                               command], cwd=self.directory.name, env={**os.environ, "PATH": path},
                              capture_output=True, check=False)

    def test_each(self):
        seen = []
        for page in ("lsports.8", "lsports.rules.5"):
            for command in commands_of(page):
                with self.subTest(page=page, command=command):
                    seen.append(command)
                    self.assertIn(command, ENDS, "an example that nobody has tried")
                    limit = "3" if "--watch" in command else "20"
                    result = self.run_command(command, limit)
                    self.assertEqual(result.returncode, ENDS[command], result)
        self.assertEqual(sorted(seen), sorted(ENDS), "an example that is gone")
        self.assertTrue(os.path.exists(NOW))


if __name__ == "__main__":
    harness.main(few_processes=True)
