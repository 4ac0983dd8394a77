#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--check with an incomplete view or damaged rules: it never hides a difference.

Environment: LSPORTS MKSOCK; LSPORTS_STEP=N damages each N-th byte alone (1).
"""

import json
import os
import re
import shutil
import time

from checking import NEW, Checking
import harness

STEP = int(os.environ.get("LSPORTS_STEP", "1"))


class Incomplete(Checking):
    def setUp(self):
        super().setUp()
        self.program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(self.program))
        os.chmod(self.rules, 0o644)

    def as_nobody(self, *arguments, status=3):
        result = harness.run([*harness.AS_NOBODY, self.program, *arguments])
        self.assertEqual(result.status, status, str(result))
        return result

    def check_as_nobody(self, *arguments):
        return self.as_nobody("--check", "--expected", self.rules, *arguments)

    @harness.needs_users("it asks as nobody")
    def test_nothing_found(self):
        result = self.check_as_nobody()
        # Of each listener the program is unknown.
        self.assertEqual({line[0] for line in self.lines(result)}, {"?"}, str(result))
        self.assertEqual(len(self.lines(result)), len(self.made.rows))
        for line in self.lines(result):
            self.assertIn(f"exe of its owner could not be read (permission), but {self.rules}:",
                          line)
        text = result.err.decode()
        for word in ("could not judge ", "CAP_SYS_PTRACE", "root"):
            self.assertIn(word, text)

    @harness.needs_users("it asks as nobody")
    def test_what_was_found_is_printed(self):
        with harness.Made(NEW):
            result = self.check_as_nobody()
            answer = json.loads(self.check_as_nobody("-J").out)
        line, = [line for line in self.lines(result) if line[0] != "?"]
        self.assertEqual(line[:2], "+ ")
        self.assertIn(":4444", line)
        self.assertFalse(answer["complete"])
        self.assertTrue(answer["gaps"])
        self.assertEqual([one["socket"]["port"] for one in answer["changes"]
                          if one["change"] != "unjudged"], [4444])

    @harness.needs_users("it asks as nobody")
    def test_never_unexpected(self):
        self.make("tcp,port=22", "udp,port=53")
        rules = self.rule_file(f"22 exe=/usr/sbin/sshd\n53,80,443,1024- user=root,12345 "
                               f"exe={harness.need('MKSOCK')}\n")
        result = self.as_nobody("-J", "--expected", rules, status=0)
        rows = json.loads(result.out)["sockets"]
        self.assertEqual(len(rows), 7)
        for row in rows:
            self.assertEqual(row["verdict"], "unjudged", row)
            self.assertEqual(row["owner_gap"], "permission", row)
            ids = {finding["id"] for finding in row["findings"]}
            self.assertFalse(ids & {"unexpected", "changed", "no-owner"}, row)

    @harness.needs_users("it asks as nobody")
    def test_a_fact_that_is_seen_still_counts(self):
        """A different user is reported, even if other facts are unknown: no verdict depends on them."""
        rules = self.rule_file("80 user=nobody exe=/usr/sbin/nginx\n443,1024-\n")
        result = self.as_nobody("--check", "--expected", rules, status=1)
        line, = self.lines(result)
        self.assertIn("user=nobody", line)

    def test_no_descriptors(self):
        """The limit leaves no descriptor for reading processes."""
        command = ["/bin/sh", "-c", 'ulimit -n 6; exec "$LSPORTS" --check --expected "$0"',
                   self.rules]
        result = harness.run(command)
        self.assertIn(result.status, (2, 3), str(result))
        self.assertTrue(result.said)

    def test_protocol_refused(self):
        strace = [harness.need_tool("strace"), "-f", "-qq", "-o", "/dev/null"]
        env = harness.sanitizer_environment(os.environ)
        for words in (["-e", "inject=socket:error=EPERM"],
                      ["-e", "inject=recvmsg:error=ENOBUFS"]):
            result = harness.run([*strace, *words, harness.need("LSPORTS"), "--check",
                                  "--expected", self.rules], env=env)
            self.assertIn(result.status, (2, 3), str(result))
            self.assertTrue(result.said, str(result))


# Of /proc only the file remains from which a sanitizer reads its options.
NO_PROC = ("mount -t tmpfs tmpfs /proc && mkdir /proc/self && "
           "printf 'ASAN_OPTIONS=detect_leaks=0\\0' > /proc/self/environ")
ONE_CAPABILITY = "setpriv --reuid=65534 --regid=65534 --clear-groups " \
    "--inh-caps=+{0} --ambient-caps=+{0}"
STRACE = "strace -f -qq -o /dev/null"


class Blind(Checking):
    """Views that may hide something: --check never calls them as expected, --learn learns nothing,
    and the metrics say that they are not complete."""

    # Commands in a mount namespace of its own, and the prefix of the program.
    CASES = {
        "nobody": ("true", "setpriv --reuid=65534 --regid=65534 --clear-groups"),
        "hidden processes": ("mount -t proc -o hidepid=2 proc /proc",
                             "setpriv --reuid=65534 --regid=65534 --clear-groups"),
        "no /proc": (NO_PROC, ""),
        "CAP_SYS_PTRACE alone": ("true", ONE_CAPABILITY.format("sys_ptrace")),
        "CAP_DAC_READ_SEARCH alone": ("true", ONE_CAPABILITY.format("dac_read_search")),
        "five descriptors": ("ulimit -n 5", ""),
        "six descriptors": ("ulimit -n 6", ""),
        "seven descriptors": ("ulimit -n 7", ""),
        "no socket": ("true", f"{STRACE} -e inject=socket:error=EPERM"),
        "no answer": ("true", f"{STRACE} -e inject=recvmsg:error=ENOBUFS"),
        # The first call only tests whether the system call exists.
        "no process": ("true", f"{STRACE} -e inject=openat2:error=EACCES:when=2+"),
        "no link": ("true", f"{STRACE} -e inject=readlinkat:error=EACCES:when=20+"),
        "PID namespace": ("true", "unshare --pid --fork --mount-proc"),
    }

    def setUp(self):
        super().setUp()
        self.program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(self.program))
        os.chmod(self.rules, 0o644)
        if harness.HAS_USERS:
            os.chown(self.directory, 65534, 65534)

    def run_case(self, name, *arguments):
        prepare, start = self.CASES[name]
        script = f'{prepare} && exec {start} "$0" "$@"'
        if name == "no link":
            # Whoever asks the kernel reads a link of each owner, and believes it without.
            arguments += ("--owners", "proc")
        return harness.run([harness.need_tool("unshare"), "--mount", "--propagation", "private",
                            "/bin/sh", "-c", script, self.program, *arguments],
                           env=harness.sanitizer_environment(os.environ))

    def test_each(self):
        for name in self.CASES:
            learned = os.path.join(self.directory, "new.rules")
            metrics = os.path.join(self.directory, "x.prom")
            with self.subTest(case=name):
                if "--reuid" in self.CASES[name][1] and not harness.HAS_USERS:
                    self.skipTest("needs root or subordinate users: it asks as nobody")
                result = self.run_case(name, "--check", "--expected", self.rules)
                self.assertIn(result.status, (2, 3), str(result))
                self.assertTrue(result.said, str(result))
                self.assertNotIn("out of memory", result.err.decode())
                result = self.run_case(name, "--learn", learned)
                self.assertIn(result.status, (2, 3), str(result))
                self.assertTrue(result.said, str(result))
                self.assertFalse(os.path.exists(learned))
                result = self.run_case(name, "--expected", self.rules, "--format", "prometheus",
                                       "--output-file", metrics)
                self.assertIn(result.status, (0, 2), str(result))
                if os.path.exists(metrics):
                    text = harness.read_bytes(metrics).decode()
                    self.assertIn("\nlsports_view_complete 0\n", text)
                    self.assertIn("\nlsports_last_run_success "
                                  f"{1 if result.status == 0 else 0}\n", text)
                    os.remove(metrics)
                else:
                    self.assertEqual(result.status, 2, str(result))


class Damaged(Checking):
    """A truncated, reordered or damaged rule file never hides a difference."""

    def setUp(self):
        super().setUp()
        self.good = harness.read_bytes(self.rules)
        self.make(NEW)
        self.damaged = os.path.join(self.directory, "damaged.rules")

    def with_bytes(self, text):
        """The reported ports; None if the file is refused."""
        with open(self.damaged, "wb") as file:
            file.write(text)
        result = self.check(rules=self.damaged)
        self.assertIn(result.status, (1, 2), f"{text!r}\n{result}")
        if result.status == 2:
            self.assertIn(f"{self.damaged}:", result.err.decode())
            self.assertEqual(result.out, b"")
            return None
        ports = [int(re.search(r":(\d+)  ", line)[1]) for line in self.lines(result)]
        self.assertIn(4444, ports, f"{text!r}\n{result}")
        return ports

    def test_cut_at_each_byte(self):
        refused = 0
        for size in range(0, len(self.good), STEP):
            ports = self.with_bytes(self.good[:size])
            refused += ports is None
            self.assertEqual(ports is None, not (size == 0 or self.good[size - 1:size] == b"\n"),
                             self.good[:size])
        self.assertGreater(refused, len(self.good) // STEP - 10)

    def test_each_byte_hit(self):
        for at in range(0, len(self.good), STEP):
            for bit in (at % 8, 7):
                text = bytearray(self.good)
                text[at] ^= 1 << bit
                self.with_bytes(bytes(text))

    def test_lines_twice_and_in_another_order(self):
        lines = self.good.splitlines(keepends=True)
        for text in (self.good * 2, b"".join(reversed(lines)), b"".join(sorted(lines)),
                     self.good + b"\n\n   \n" + lines[-1], b"# x\n" + self.good):
            self.assertEqual(self.with_bytes(text), [4444])

    def test_line_left_out(self):
        lines = self.good.splitlines(keepends=True)
        for at, line in enumerate(lines):
            ports = self.with_bytes(b"".join(lines[:at] + lines[at + 1:]))
            self.assertGreaterEqual(len(ports), 1 if line.startswith(b"#") else 2)

    def test_other_text(self):
        for text in (b"\xef\xbb\xbf" + self.good, self.good.replace(b"\n", b"\r\n"),
                     self.good.replace(b"\n", b"\r"), self.good.replace(b" ", b"\xc2\xa0"),
                     b"\0" + self.good, self.good + b"\0\n", self.good + b"tcp/0x115c\n",
                     self.good + b"tcp/-1\n", self.good + b"0-99999999999\n",
                     self.good + b"tcp/65536\n", self.good + b"port=\n"):
            ports = self.with_bytes(text)
            self.assertTrue(ports is None or 4444 in ports, text)

    def test_huge_files(self):
        with open(self.damaged, "wb") as file:
            file.truncate(100 << 20)
        start = time.monotonic()
        result = self.check(rules=self.damaged, status=2)
        self.assertIn("64 MiB", result.err.decode())
        with open(self.damaged, "wb") as file:
            file.write(b"tcp/80 user=" + b"x" * (8 << 20) + b"\n")
        self.assertIn(self.check(rules=self.damaged).status, (1, 2))
        self.assertLess(time.monotonic() - start, harness.TIME_LIMIT)


if __name__ == "__main__":
    harness.main(few_processes=True)
