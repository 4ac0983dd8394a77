#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run may do and what it gives up; and that rights of the program file are not lent to whoever
starts it for reading other people's files."""

import json
import os
import shutil
import stat
import struct
import subprocess
import unittest

import harness

USER = 1001
DAC_OVERRIDE, DAC_READ_SEARCH, NET_BIND_SERVICE, NET_ADMIN, SYS_PTRACE, SYS_ADMIN = 1, 2, 10, 12, 19, 21
KEPT = 1 << DAC_READ_SEARCH | 1 << SYS_PTRACE
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
WITHOUT = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
SECRETS = {"text": "alpha-Quokka bravo-Wombat\ncharlie=Numbat\nexe=/Bilby user=Dingo\ntcp/22 Potoroo\n",
           "rules": "tcp/5000 unit=Kowari.service\ntcp/5001 process=Thylacine required\n"}
WORDS = ("Quokka", "Wombat", "Numbat", "Bilby", "Dingo", "Potoroo", "Kowari", "Thylacine", "47081")
# One that root must not be told, and one that it cannot use.
SOCKET_LINE = ("   0: 00000000:B7E9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1234"
               "        0 7007 1 0 100 0 0 10 0\n")


class Kept(unittest.TestCase):
    def kept(self, *words, prefix=()):
        result = harness.run([*prefix, harness.need("LSPORTS"), "--verbose", *words])
        lines = [line for line in result.said if "capabilities: " in line]
        self.assertEqual(len(lines), 1, str(result))
        return lines[0].partition("capabilities: ")[2]

    def test_kept_to_the_end(self):
        both = "kept CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH"
        for words in ([], ["--owners", "proc"], ["--owners", "none"], ["--all-netns"]):
            self.assertEqual(self.kept(*words), both, words)
        output = os.path.join(harness.scratch(self), "list")
        self.assertEqual(self.kept("--output-file", output), both + ", CAP_DAC_OVERRIDE")

    def test_nothing_to_keep(self):
        self.assertEqual(self.kept(prefix=WITHOUT), "none")

    def test_status_of_a_run(self):
        """What the kernel says of a watch, which goes on."""
        for words, more in (([], 0), (["--all-netns"], 1 << SYS_ADMIN | 1 << NET_ADMIN)):
            command = [harness.need("LSPORTS"), "--watch", "--format", "jsonl", "--owners", "proc",
                       *words]
            with harness.Made("tcp,port=80"), \
                    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     preexec_fn=harness.die_with_parent) as watch:
                try:
                    self.assertEqual(json.loads(watch.stdout.readline())["event"], "present")
                    text = harness.read_bytes(f"/proc/{watch.pid}/status").decode()
                finally:
                    watch.kill()
            status = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
            for name in ("CapPrm", "CapEff"):
                self.assertEqual(int(status[name], 16), KEPT | more, name)
            self.assertEqual(int(status["CapInh"], 16), 0)
            self.assertEqual(status["NoNewPrivs"], "1")

    def test_files_are_read_with_the_rights_of_the_user(self):
        path = harness.write_text(os.path.join(harness.scratch(self), "x.rules"), "0-\n")
        self.assertEqual(harness.lsports("--check", "--expected", path).status, 0)
        os.chmod(path, 0)
        result = harness.lsports("--check", "--expected", path)
        self.assertEqual(result.status, 2, str(result))
        self.assertIn("Permission denied", result.err.decode())

    def test_what_still_works(self):
        with harness.Made("tcp,port=8080"):
            answer = harness.lsports("--explain", "81")
            self.assertEqual(answer.status, 1, str(answer))
            self.assertNotIn("sudo", answer.out.decode() + answer.err.decode())
            answer = harness.lsports_json("--owners", "bpf", "--all-netns", status=0) \
                if harness.IS_ROOT else harness.lsports_json("--all-netns", status=0)
            self.assertTrue([row for row in answer["sockets"] if row["port"] == 8080][0]["owners"])

    @harness.needs_users("its directory belongs to another user")
    def test_output_in_the_directory_of_a_service(self):
        place = harness.scratch(self)
        os.chown(place, USER, USER)
        path = os.path.join(place, "lsports.prom")
        for _ in range(2):
            result = harness.lsports("--format", "prometheus", "--output-file", path)
            self.assertEqual((result.status, result.err), (0, b""), str(result))
        self.assertTrue(os.path.getsize(path))

    @harness.needs_users("its socket belongs to another user")
    def test_root_without_capabilities(self):
        with harness.Made(f"tcp,port=8080,uid={USER}"):
            for words in ([], ["--explain", "8080"]):
                result = harness.run([*WITHOUT, harness.need("LSPORTS"), *words])
                self.assertEqual(result.status, 0, str(result))
                text = result.out.decode() + result.err.decode()
                self.assertIn("8080", text)
                self.assertNotIn("sudo", text)
                self.assertNotIn("run as root", text)
                self.assertNotIn("setcap", text)
                self.assertIn("CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are needed, which root lacks",
                              result.err.decode())


@harness.needs_root("it gives rights to a program file")
class Lent(unittest.TestCase):
    """The program file has rights that whoever starts it does not have."""

    def setUp(self):
        harness.hide_rules()
        self.directory = harness.scratch(self)
        self.mine = os.path.join(self.directory, "mine")
        os.mkdir(self.mine)
        self.program = os.path.join(self.directory, "lent")
        shutil.copy(harness.need("LSPORTS"), self.program)
        for name, text in SECRETS.items():
            for path in (os.path.join(self.directory, name),
                         os.path.join(self.mine, "learned-" + name)):
                harness.write_text(path, text)
                os.chmod(path, 0o600)
        path = harness.write_text(os.path.join(self.mine, "reported"), SECRETS["rules"])
        os.chmod(path, 0o600)
        self.make_tree()
        os.chown(self.mine, USER, USER)
        self.own = harness.write_text(os.path.join(self.mine, "own.rules"), "tcp/80\n")
        os.chown(self.own, USER, USER)
        made = harness.Made("tcp,port=80")
        made.__enter__()
        self.addCleanup(made.__exit__)

    def make_tree(self):
        self.tree = os.path.join(self.directory, "tree")
        os.makedirs(os.path.join(self.tree, "proc/net"))
        os.mkdir(os.path.join(self.tree, "etc"))
        title = harness.read_bytes("/proc/net/tcp").decode().split("\n", 1)[0] + "\n"
        for name in ("tcp", "tcp6", "udp", "udp6"):
            harness.write_text(os.path.join(self.tree, "proc/net", name),
                               title + (SOCKET_LINE if name == "tcp" else ""))
        harness.write_text(os.path.join(self.tree, "etc/passwd"), "Dingo:x:1234:1234::/:/bin/sh\n")
        harness.write_text(os.path.join(self.tree, "etc/services"), "Quokka 47081/tcp\n")
        os.chmod(self.tree, 0o700)

    def capable(self, *capabilities):
        bits = sum(1 << number for number in capabilities)
        # struct vfs_cap_data, revision 2, effective: include/uapi/linux/capability.h
        value = struct.pack("<5I", 0x02000001, bits & 0xffffffff, 0, bits >> 32, 0)
        os.setxattr(self.program, "security.capability", value)

    def set_user_id(self):
        os.chmod(self.program, stat.S_ISUID | 0o755)

    def run_as_user(self, *words):
        return harness.run([*AS_USER, self.program, *words])

    def check_all(self):
        answer = json.loads(self.run_as_user("-J").out)
        row, = [row for row in answer["sockets"] if row["port"] == 80]
        self.assertTrue(row["owners"], "the rights have no effect")
        self.assertIn(self.run_as_user("--check", "--expected", self.own).status, (0, 3))
        place = {name: os.path.join(self.directory, name) for name in SECRETS}
        for words in (["--check", "--expected", place["text"]], ["--expected", place["text"]],
                      ["--check", "--expected", place["rules"]],
                      ["--expected", place["rules"], "-o", "port,reason,rule"],
                      ["--learn", os.path.join(self.mine, "learned-text")],
                      ["--learn", os.path.join(self.mine, "learned-rules")],
                      ["--check", "--expected", self.own, "--report-once",
                       os.path.join(self.mine, "reported")],
                      ["--sysroot", self.tree], ["--sysroot", self.tree, "-aJ"]):
            result = self.run_as_user(*words)
            text = result.out.decode() + result.err.decode()
            for word in WORDS:
                self.assertNotIn(word, text, str(result))
        for name in os.listdir(self.mine):
            path = os.path.join(self.mine, name)
            if os.stat(path).st_uid == USER:
                for word in WORDS:
                    self.assertNotIn(word, harness.read_bytes(path).decode(), path)

    def test_capabilities(self):
        self.capable(SYS_PTRACE, DAC_READ_SEARCH)
        self.check_all()

    def test_many_capabilities(self):
        self.capable(DAC_OVERRIDE, DAC_READ_SEARCH, NET_BIND_SERVICE, SYS_PTRACE, SYS_ADMIN)
        self.check_all()
        closed = os.path.join(self.directory, "closed")
        os.mkdir(closed, 0o700)
        result = self.run_as_user("--output-file", os.path.join(closed, "list"))
        self.assertEqual(result.status, 2, str(result))
        self.assertEqual(os.listdir(closed), [])

    def test_set_user_id(self):
        self.set_user_id()
        self.check_all()
        path = os.path.join(self.mine, "list")
        self.assertEqual(self.run_as_user("--output-file", path).status, 0)
        self.assertEqual(os.stat(path).st_uid, USER)

    def test_errors_show_no_text(self):
        self.capable(SYS_PTRACE, DAC_READ_SEARCH)
        os.chown(os.path.join(self.directory, "text"), USER, USER)
        result = self.run_as_user("--check", "--expected", os.path.join(self.directory, "text"))
        self.assertEqual(result.status, 2, str(result))
        self.assertEqual(len(result.said), 4, str(result))
        for word in WORDS:
            self.assertNotIn(word, result.err.decode())


if __name__ == "__main__":
    harness.main(few_processes=True)
