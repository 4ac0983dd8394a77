#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exit status and messages: an error never looks like "no listeners"."""

import os
import resource
import stat
import tempfile
import unittest

import harness

SHELL = "/bin/sh"
# Of /proc only the file with the options of a sanitizer remains: leaks cannot be detected
# without /proc, and it would end the program with an error of its own.
MASK_PROC = """mount -t tmpfs tmpfs /proc && mkdir /proc/self &&
    printf 'ASAN_OPTIONS=detect_leaks=0\\0' > /proc/self/environ && """


def shell(script, **how):
    """A shell script that runs "$LSPORTS", for redirections."""
    return harness.run([SHELL, "-c", script], **how)


class Exit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made("tcp,port=22", "tcp,addr=::1,port=8080", "udp,port=53",
                                "tcp-pair,addr=127.0.0.1,port=500,pairs=3")
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.strace = harness.need_tool("strace")

    def check_error(self, result, *words):
        self.assertEqual(result.status, 2, str(result))
        self.assertTrue(result.said, str(result))
        for word in words:
            self.assertIn(word.lower(), result.err.decode().lower(), str(result))

    # --- where the answer goes ---

    def test_full_device(self):
        for letters in ("", "-J", "-r", "-a", "--format jsonl", "--format csv", "--help",
                        "--version", "--list columns"):
            with self.subTest(letters=letters):
                result = shell(f'"$LSPORTS" {letters} > /dev/full')
                self.check_error(result, "no space left")

    def test_closed_output(self):
        self.check_error(shell('"$LSPORTS" >&-'))
        self.check_error(shell('"$LSPORTS" -J >&-'))

    def test_full_device_twice(self):
        self.assertEqual(shell('"$LSPORTS" >/dev/full 2>/dev/full').status, 2)

    def test_closed_input_and_error(self):
        wanted = harness.lsports("-J", "-o", "proto,address,port").out
        for closed in ("<&-", "2>&-", "<&- 2>&-"):
            result = shell(f'"$LSPORTS" -J -o proto,address,port {closed}')
            self.assertEqual(result.status, 0, str(result))
            self.assertEqual(len(result.out), len(wanted))

    def test_closed_pipe(self):
        """If the reader goes away, the program ends silently, as other tools do."""
        result = shell('{ "$LSPORTS" --help; echo $? >&2; } | true')
        self.assertNotIn(b"Segmentation", result.err)
        # sh reports 141 for SIGPIPE; 0 when everything fitted the pipe before it closed
        self.assertIn(result.err.split()[-1], (b"0", b"2", b"141"), str(result))

    def test_no_descriptor_at_all(self):
        self.assertEqual(shell('"$LSPORTS" <&- >&- 2>&-').status, 2)

    # --- a file that is replaced ---

    def check_refused(self, directory, name, kind):
        """The existing file is refused with a message, and neither it nor its directory changes."""
        path = os.path.join(directory, name)
        before = os.lstat(path)
        result = harness.lsports("-J", "--output-file", path)
        self.check_error(result, path, kind, "only a regular file can be replaced")
        self.assertEqual((result.out, len(result.said)), (b"", 1), str(result))
        after = os.lstat(path)
        self.assertEqual((after.st_ino, after.st_mode, after.st_rdev, after.st_mtime_ns),
                         (before.st_ino, before.st_mode, before.st_rdev, before.st_mtime_ns))

    @harness.needs_root("it makes devices")
    def test_output_file_is_no_file(self):
        with tempfile.TemporaryDirectory(prefix="lsports-test-") as directory:
            target = os.path.join(directory, "target")
            with open(target, "wb") as file:
                file.write(b"untouched")
            # Devices of our own, with the numbers of no driver: those of the machine are not named.
            os.mknod(os.path.join(directory, "char"), 0o600 | stat.S_IFCHR, os.makedev(511, 1))
            os.mknod(os.path.join(directory, "block"), 0o600 | stat.S_IFBLK, os.makedev(511, 1))
            os.mkfifo(os.path.join(directory, "fifo"))
            os.symlink("target", os.path.join(directory, "link"))
            os.symlink("absent", os.path.join(directory, "dangling"))
            os.mkdir(os.path.join(directory, "dir"))
            names = sorted(os.listdir(directory))
            for name, kind in (("char", "a character device"), ("block", "a block device"),
                               ("fifo", "a FIFO"), ("link", "a symbolic link"),
                               ("dangling", "a symbolic link"), ("dir", "a directory")):
                with self.subTest(name=name):
                    self.check_refused(directory, name, kind)
            self.assertEqual(sorted(os.listdir(directory)), names)
            with open(target, "rb") as file:
                self.assertEqual(file.read(), b"untouched")

    def test_output_file(self):
        wanted = harness.lsports("-r").out
        with tempfile.TemporaryDirectory(prefix="lsports-test-") as directory:
            path = os.path.join(directory, "now")
            for _ in range(2):
                result = harness.lsports("-r", "--output-file", path)
                self.assertEqual((result.status, result.out, result.err), (0, b"", b""))
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), wanted)
                self.assertEqual(stat.S_IMODE(os.lstat(path).st_mode), 0o644)
            self.assertEqual(os.listdir(directory), ["now"])
        result = harness.lsports("-r", "--output-file", "-")
        self.assertEqual((result.status, result.out), (0, wanted))

    # --- what is asked ---

    def test_unknown_option(self):
        self.check_error(harness.lsports("--lisening"), "--lisening", "--listening")
        self.check_error(harness.lsports("--procesess"), "--processes")
        self.check_error(harness.lsports("--fromat=json"), "--format")

    def test_unknown_words(self):
        self.check_error(harness.lsports("--format", "jsno"), "jsno", "json")
        self.check_error(harness.lsports("--source", "prok"), "prok", "proc")
        self.check_error(harness.lsports("-o", "prot"), "prot", "proto")
        self.check_error(harness.lsports("--sort", "prt"), "prt", "port")
        self.check_error(harness.lsports("--group-by", "usr"), "usr", "user")

    def test_bad_ports(self):
        for text in ("99999", "90-80", "foo=1", "port=", "-1-", "80,", "0x16", "1-2-3", "65536",
                     "", " ", "80-x", ":", "22;23"):
            with self.subTest(text=text):
                self.check_error(harness.lsports("--", text), text)
        # Digits, but not ours.
        self.check_error(harness.lsports("--", "\u0662\u0662"))

    def test_bad_port_is_escaped(self):
        result = harness.lsports("--", "\x1b[31m9")
        self.check_error(result)
        self.assertNotIn(0x1b, result.err)

    def test_nothing_on_that_port(self):
        result = harness.lsports("4242")
        self.assertEqual(result.status, 1, str(result))
        self.assertEqual(harness.lsports("22").status, 0)
        self.assertEqual(harness.lsports("22", "4242").status, 0)

    def test_reserved_letters(self):
        for letter in "KEZmwxs":
            with self.subTest(letter=letter):
                result = harness.lsports("-" + letter)
                self.check_error(result, "-" + letter)
                self.assertEqual(result.out, b"")

    def test_help_and_version(self):
        for option in ("-h", "--help", "-V", "--version"):
            result = harness.lsports(option)
            self.assertEqual((result.status, result.err), (0, b""))
            self.assertIn(b"lsports", result.out)

    # --- habits of other tools ---

    def ports_of(self, *arguments):
        return sorted((row["proto"], row["port"])
                      for row in harness.lsports_json(*arguments)["sockets"])

    def test_habits_list_listeners(self):
        self.assertEqual(self.ports_of(),
                         [("tcp", 22), ("tcp", 500), ("tcp", 8080), ("udp", 53)])
        for letters in ("-tulpn", "-plunt", "-tulpen", "-tuln", "-nlp", "-lntup"):
            with self.subTest(letters=letters):
                self.assertEqual(self.ports_of(letters), self.ports_of())
                result = harness.lsports(letters)
                self.assertEqual(result.status, 0)
                self.assertGreater(len(result.out.splitlines()), 4)

    def test_habits_without_header(self):
        result = harness.lsports("-Htln")
        self.assertEqual(result.status, 0, str(result))
        lines = result.out.decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["tcp"] * 3, lines)
        self.assertEqual(harness.lsports("-tln", "--no-header").out, result.out)
        self.assertEqual(harness.lsports("-tln", "--noheadings").out, result.out)

    def test_habits_of_all(self):
        wanted = self.ports_of("-ta")
        self.assertEqual(len(wanted), 3 + 6)
        for letters in ("-tanp", "-plant", "-ant", "-tna"):
            with self.subTest(letters=letters):
                self.assertEqual(self.ports_of(letters),
                                 wanted if "t" in letters else self.ports_of("-a"))

    def test_habit_of_lsof(self):
        self.assertEqual(self.ports_of("-nPi", ":8080"), [("tcp", 8080)])

    def test_netstat_ano(self):
        result = harness.lsports("-ano")
        self.check_error(result, "-o", "column")

    # --- what cannot be read ---

    def check_sources(self, *options, mask_proc, refuse_netlink):
        script = 'exec "$@"'
        command = ["-c", script, "sh", harness.need("LSPORTS"), *options]
        if mask_proc:
            command[1] = MASK_PROC + script
        command = ["unshare", "--mount", SHELL, *command]
        if refuse_netlink:
            command = [self.strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=socket",
                       "-e", "inject=socket:error=EPERM", *command]
        return harness.run(command, env=harness.sanitizer_environment(os.environ))

    def test_no_netlink_and_no_proc(self):
        for options in ((), ("-J",), ("-t", "-n"), ("-u", "-r")):
            with self.subTest(options=options):
                result = self.check_sources(*options, mask_proc=True, refuse_netlink=True)
                self.check_error(result, "netlink", "proc", "operation not permitted",
                                 "no such file")
                self.assertEqual(result.out, b"")

    def test_no_netlink(self):
        result = self.check_sources("-J", mask_proc=False, refuse_netlink=True)
        self.assertEqual(result.status, 0, str(result))
        answer = harness.json.loads(result.out)
        self.assertEqual(sorted((row["proto"], row["port"]) for row in answer["sockets"]),
                         self.ports_of())
        self.assertTrue(result.said, "a fallback is announced")
        self.assertTrue(answer["gaps"])

    def test_no_netlink_and_no_fallback_allowed(self):
        result = self.check_sources("--source", "netlink", mask_proc=False, refuse_netlink=True)
        self.check_error(result, "netlink", "operation not permitted")

    def test_no_netlink_strict(self):
        result = self.check_sources("--strict", mask_proc=False, refuse_netlink=True)
        self.assertEqual(result.status, 3, str(result))
        self.assertTrue(result.said)

    def test_no_proc(self):
        result = self.check_sources("-J", mask_proc=True, refuse_netlink=False)
        self.assertEqual(result.status, 0, str(result))
        answer = harness.json.loads(result.out)
        self.assertEqual(sorted((row["proto"], row["port"]) for row in answer["sockets"]),
                         self.ports_of())
        self.assertTrue(result.said, "owners could not be looked up")
        for row in answer["sockets"]:
            self.assertEqual(row["owners"], [])
            # No process was seen, so nothing is known about the owner, and it must not be said
            # that the kernel does.
            self.assertIn(row["owner_gap"], ("permission", "unknown", "namespace", "unasked"))

    def test_no_proc_and_only_proc_allowed(self):
        result = self.check_sources("--source", "proc", mask_proc=True, refuse_netlink=False)
        self.check_error(result, "proc", "no such file")

    def test_few_descriptors(self):
        wanted = self.ports_of()
        # Below five the dynamic linker itself may find no descriptor for the libraries.
        for limit in range(5, 12):
            with self.subTest(limit=limit):
                result = harness.lsports("-J", preexec=lambda: resource.setrlimit(
                    resource.RLIMIT_NOFILE, (limit, limit)))
                if result.status == 0:
                    rows = harness.json.loads(result.out)["sockets"]
                    self.assertEqual(sorted((row["proto"], row["port"]) for row in rows), wanted)
                    if not all(row["owners"] for row in rows):
                        self.assertTrue(result.said, str(result))
                else:
                    self.assertIn(result.status, (2, 3), str(result))
                    self.assertTrue(result.said, str(result))
                if limit >= 10:
                    self.assertEqual((result.status, result.said), (0, []), str(result))

    # --- twice the same ---

    def test_same_bytes_twice(self):
        for arguments in ((), ("-e",), ("-r",), ("-a",), ("-tulpn",), ("--format", "csv"),
                          ("--format", "jsonl"), ("--group-by", "process")):
            with self.subTest(arguments=arguments):
                first, second = harness.lsports(*arguments), harness.lsports(*arguments)
                self.assertEqual((first.status, first.out), (second.status, second.out))
                self.assertTrue(first.out)

    def test_bare_environment(self):
        wanted = harness.lsports()
        bare = harness.lsports(env={name: value for name, value in os.environ.items()
                                    if name in ("LSPORTS", "ASAN_OPTIONS")})
        self.assertEqual((bare.status, bare.out), (wanted.status, wanted.out))


if __name__ == "__main__":
    harness.main(few_processes=True)
