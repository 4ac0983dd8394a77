#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Low ports on a machine without rules, and selectors: what they select, and what they keep the
kernel and /proc from being asked."""

import os
import re
import shutil
import struct
import subprocess
import unittest

import harness

USER = 12345
# A program below it is usual on 443.
DIRECTORY = "/opt/"
# S_GE, S_LE and S_EQ of <linux/inet_diag.h>.
INET_DIAG_PORT_CODES = {2, 3, 11}


def setUpModule():
    harness.hide_rules()


def copy_program(path, directory, name):
    target = os.path.join(directory, name)
    shutil.copy(path, target)
    os.chmod(target, 0o755)
    return target


def is_listening(port):
    def look():
        with open("/proc/self/net/tcp", encoding="ascii") as file:
            return any(re.match(rf"\s*\d+: [0-9A-F]+:{port:04X} \S+ 0A ", line) for line in file)
    return look


class Background:
    """A program that runs until the block ends."""

    def __init__(self, *command, port):
        self.command = command
        self.port = port

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                      preexec_fn=harness.die_with_parent)
        harness.wait_for(self.is_ready, f"{self.command} listens")
        return self.child.pid

    def is_ready(self):
        if self.child.poll() is not None:
            raise AssertionError(f"{self.command}: {self.child.stderr.read()}")
        return is_listening(self.port)()

    def __exit__(self, *unused):
        self.child.kill()
        self.child.wait()
        self.child.stderr.close()


class Usual(unittest.TestCase):
    def setUp(self):
        self.directory = harness.scratch(self)

    def row(self, port):
        found, = [row for row in harness.lsports_json("-t", "-4")["sockets"]
                  if row["port"] == port]
        return found, {finding["id"]: finding["reason"] for finding in found["findings"]}

    def line(self, port):
        result = harness.lsports("-H", "-t", "-4", str(port))
        self.assertEqual((result.status, result.err), (0, b""), str(result))
        text, = result.out.decode().splitlines()
        return text

    def start_sshd(self):
        """Debian's sshd, with a configuration and a key of its own."""
        sshd = harness.need_tool("sshd")
        key = os.path.join(self.directory, "key")
        result = harness.run([harness.need_tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "",
                              "-f", key])
        self.assertEqual(result.status, 0, str(result))
        config = harness.write_text(os.path.join(self.directory, "config"),
                                    f"Port 22\nHostKey {key}\nPidFile none\nUsePAM no\n")
        harness.run([harness.need_tool("mount"), "-t", "tmpfs", "tmpfs", "/run"])
        self.addCleanup(harness.run, [harness.need_tool("umount"), "/run"])
        os.mkdir("/run/sshd", 0o755)
        return Background(sshd, "-D", "-e", "-f", config, port=22)

    def test_sshd_is_usual(self):
        with self.start_sshd() as pid:
            row, findings = self.row(22)
            line = self.line(22)
            summary = harness.lsports().out.decode()
        self.assertEqual(row["owners"][0]["pid"], pid)
        self.assertEqual(row["owners"][0]["exe"], "/usr/sbin/sshd")
        self.assertEqual((row["verdict"], row["rule"], findings), ("usual", None, {}))
        self.assertNotIn("unexpected", line)
        self.assertNotIn("unexpected", summary)

    def test_it_never_passes_the_check(self):
        with self.start_sshd():
            result = harness.lsports("--check")
        self.assertEqual((result.status, result.out), (2, b""), str(result))

    def test_netcat_that_is_called_sshd(self):
        """The right name alone is not enough."""
        netcat = copy_program(harness.need_tool("ncat"), self.directory, "sshd")
        with Background(netcat, "-4", "-l", "-k", "0.0.0.0", "22", port=22) as pid:
            row, findings = self.row(22)
            line = self.line(22)
        self.assertEqual(row["owners"][0]["process"], "sshd")
        self.assertEqual(row["verdict"], "unexpected")
        self.assertRegex(findings["unexpected"],
                         rf"usual on tcp/22 is exe=/usr/\S*bin/sshd, .* or another, found exe={netcat}$")
        self.assertIn(netcat, findings["odd-exe"])
        self.assertIn(f"sshd({pid})", line)
        for word in ("unexpected", "odd-exe"):
            self.assertIn(word, line)

    def test_other_programs_on_low_ports(self):
        ports = (22, 25, 80, 81, 1023)
        with harness.Made(*(f"tcp,port={port}" for port in ports), "tcp,port=1024"):
            for port in ports:
                row, findings = self.row(port)
                self.assertEqual(row["verdict"], "unexpected", row)
                self.assertRegex(findings["unexpected"], rf"tcp/{port}\b")
                self.assertIn("unexpected", self.line(port))
            self.assertIn("no service is registered", self.row(81)[1]["unexpected"])
            row, findings = self.row(1024)
            summary = harness.lsports().out.decode().splitlines()
        self.assertIsNone(row["verdict"])
        self.assertNotIn("unexpected", findings)
        heading = next(line for line in summary if line.startswith("WELL-KNOWN"))
        self.assertIn("5 listeners, 5 unexpected", heading)

    def test_reason_names_more_programs_than_one(self):
        mksock = re.escape(harness.need("MKSOCK"))
        with harness.Made("tcp,port=80", "tcp,port=631"):
            reasons = [self.row(port)[1]["unexpected"] for port in (80, 631)]
        self.assertRegex(reasons[0], r"^usual on tcp/80 is exe=/usr/\*bin/nginx, "
                                     rf"/usr/\*bin/apache2, \S+ or another, found exe={mksock}$")
        self.assertRegex(reasons[1], r"^usual on tcp/631 is exe=/usr/\*bin/cupsd or "
                                     rf"/usr/lib/systemd/systemd, found exe={mksock}$")

    def test_where_the_kernel_lets_everybody_bind(self):
        """Privileged depends on this namespace, well-known on IANA."""
        path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        with open(path, encoding="ascii") as file:
            before = file.read()
        self.addCleanup(harness.write_text, path, before)
        harness.write_text(path, "2000")
        with harness.Made("tcp,port=1999"):
            self.assertEqual(self.row(1999)[0]["verdict"], "unexpected")


class Everybody(unittest.TestCase):
    """A usual program on its port, in a namespace where every user may open it."""

    def setUp(self):
        mount = harness.need_tool("mount")
        result = harness.run([mount, "-t", "tmpfs", "-o", "mode=755", "tmpfs", DIRECTORY])
        self.assertEqual(result.status, 0, str(result))
        self.addCleanup(harness.run, [harness.need_tool("umount"), DIRECTORY])
        os.mkdir(f"{DIRECTORY}AdGuardHome")
        self.program = copy_program(harness.need("MKSOCK"), f"{DIRECTORY}AdGuardHome",
                                    "AdGuardHome")
        self.path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        with open(self.path, encoding="ascii") as file:
            self.addCleanup(harness.write_text, self.path, file.read())

    def verdict(self, user, start):
        """The verdict about 443, and why it is unexpected."""
        harness.write_text(self.path, "0")
        spec = f"tcp,port=443,uid={user}" if user else "tcp,port=443"
        with harness.Made(spec, program=self.program):
            harness.write_text(self.path, str(start))
            row, = harness.lsports_json("443")["sockets"]
        self.assertEqual((row["uid"], row["owners"][0]["exe"]), (user, self.program))
        reasons = {found["id"]: found["reason"] for found in row["findings"]}
        return row["verdict"], reasons.get("unexpected")

    def test_root(self):
        for start in (0, 443, 444, 1024):
            self.assertEqual(self.verdict(0, start), ("usual", None), f"from {start}")

    @harness.needs_users("it has sockets of several users")
    def test_users(self):
        reason = ("usual on tcp/443 is a system user, because any user can open this port, found "
                  "uid={}")
        for user, start, is_usual in ((999, 0, True), (1000, 444, True), (1000, 443, False),
                                      (1000, 0, False), (USER, 0, False)):
            with self.subTest(user=user, start=start):
                wanted = ("usual", None) if is_usual else ("unexpected", reason.format(user))
                self.assertEqual(self.verdict(user, start), wanted)


@harness.needs_root("it makes a cgroup")
class Selectors(unittest.TestCase):
    """Every row once, each selected by another fact."""

    @classmethod
    def setUpClass(cls):
        cls.directory = harness.scratch(cls)
        cls.program = harness.public_copy(harness.need("LSPORTS"))
        cls.addClassCleanup(shutil.rmtree, os.path.dirname(cls.program))
        cls.unit = f"lsports-usual-{os.getpid()}.service"
        cls.cgroup = os.path.join(harness.find_cgroup2(), cls.unit)
        os.mkdir(cls.cgroup)
        cls.addClassCleanup(os.rmdir, cls.cgroup)
        other = copy_program(harness.need("MKSOCK"), cls.directory, "other-program")
        cls.sets = [
            harness.Made("tcp,port=80", f"udp,addr=::1,port=5353,uid={USER}",
                         f"tcp,addr=127.0.0.1,port=8080,cgroup={cls.cgroup}",
                         "tcp,addr=::ffff:127.0.0.2,port=9090", "tcp,addr=::,port=443,v6only=1",
                         "tcp-pair,addr=127.0.0.1,port=500,pairs=2",
                         "udp,addr=127.0.0.3,port=6000,device=lo,uid=65534"),
            harness.Made("tcp,port=81,comm=" + "odd name".encode().hex(), program=other),
        ]
        cls.other = other
        for made in cls.sets:
            made.__enter__()
            cls.addClassCleanup(made.__exit__)

    def ports(self, *arguments, status=0, said=()):
        result = harness.lsports("-J", *arguments)
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(len(result.said), len(said), str(result))
        for words, line in zip(said, result.said):
            self.assertIn(words, line)
        return sorted(row["port"] for row in harness.json.loads(result.out)["sockets"])

    ALL = [80, 81, 443, 500, 5353, 6000, 8080, 9090]

    def test_what_they_choose(self):
        mksock = harness.need("MKSOCK")
        table = [
            ([], self.ALL),
            (["process=mksock"], [80, 443, 500, 5353, 6000, 8080, 9090]),
            (["process=odd*"], [81]),
            (["process!=mksock"], [81]),
            ([f"exe={self.other}"], [81]),
            ([f"exe={os.path.dirname(mksock)}/*"], [80, 443, 500, 5353, 6000, 8080, 9090]),
            ([f"user={USER}"], [5353]),
            ([f"uid={USER},0", "udp/1-"], [5353]),
            (["user=root"], [80, 81, 443, 500, 8080, 9090]),
            (["user!=root"], [5353, 6000]),
            ([f"unit={self.unit}"], [8080]),
            (["unit=lsports-usual-*"], [8080]),
            (["unit!=lsports-usual-*", "8080"], None),
            (["unit=-", "8080"], None),
            (["scope=any"], [80, 81, 443]),
            (["scope=loopback"], [500, 5353, 6000, 8080, 9090]),
            (["scope!=any,loopback"], None),
            (["address=127.0.0.0/8"], [500, 6000, 8080, 9090]),
            (["address=127.0.0.1"], [500, 8080]),
            (["address=::1"], [5353]),
            (["address!=127.0.0.0/8"], [80, 81, 443, 5353]),
            (["category=well-known"], [80, 81, 443, 500]),
            (["interface=lo"], [6000]),
            (["interface=*", "80"], None),
            (["80,443"], [80, 443]),
            (["80-443"], [80, 81, 443]),
            (["8000-"], [8080, 9090]),
            (["http"], [80]),
            (["tcp/5353"], None),
            (["udp/5353"], [5353]),
            (["port!=80-500"], [5353, 6000, 8080, 9090]),
            (["proto=udp"], [5353, 6000]),
            (["-u"], [5353, 6000]),
            (["-6", "tcp/1-"], [443, 9090]),
            (["80", "443", "process=mksock"], [80, 443]),
            (["80", "process=odd*"], None),
            (["finding=unexpected"], [80, 81, 443, 500]),
            (["finding=odd-exe", "81"], [81]),
            (["pid=" + str(self.sets[1].rows[0]["pid"])], [81]),
            (["inode=" + str(self.sets[1].rows[0]["inode"])], [81]),
        ]
        for words, wanted in table:
            with self.subTest(selectors=words):
                self.assertEqual(self.ports(*words, status=1 if wanted is None else 0),
                                 wanted or [])

    def test_without_a_unit(self):
        """Every process but the test's own; the other processes belong to the machine."""
        found = self.ports("unit=-", status=(0 if self.ports_without_unit() else 1))
        self.assertEqual(found, self.ports_without_unit())
        self.assertNotIn(8080, found)

    def ports_without_unit(self):
        rows = harness.lsports_json()["sockets"]
        return sorted(row["port"] for row in rows if row["unit"] is None)

    def test_mistakes(self):
        for text, words in (("99999", ["99999"]), ("90-80", ["90-80"]), ("foo=1", ["foo"]),
                            ("port=", ["port="]), ("address=1.2.3", ["1.2.3"]),
                            ("usr=root", ["usr", "user"]), ("scope=lopback", ["loopback"]),
                            ("state=estab", ["established"]), ("htpp", ["http"])):
            with self.subTest(text=text):
                result = harness.lsports(text)
                self.assertEqual((result.status, result.out), (2, b""), str(result))
                for word in words:
                    self.assertIn(word, result.err.decode())

    def test_what_nobody_cannot_know(self):
        def as_nobody(*words):
            return harness.run([*harness.AS_NOBODY, self.program, "-J", *words])
        result = as_nobody("process=mksock")
        self.assertEqual(result.status, 0, str(result))
        rows = harness.json.loads(result.out)["sockets"]
        self.assertEqual([row["port"] for row in rows], [6000])
        self.assertTrue(any("7 more sockets may match" in line for line in result.said), str(result))
        result = as_nobody("process=mksock", "--strict")
        self.assertEqual(result.status, 3, str(result))
        result = as_nobody("process!=mksock")
        self.assertEqual(result.status, 1, str(result))
        self.assertTrue(any("7 more sockets may match" in line for line in result.said), str(result))
        # Another term decides, so hidden facts do not matter.
        result = as_nobody("process=mksock", f"user={USER + 1}")
        self.assertEqual(result.status, 1, str(result))
        self.assertFalse(any("may match" in line for line in result.said), str(result))

    # --- what is asked for -------------------------------------------------------------------

    def trace(self, calls, *arguments, status=0):
        log = os.path.join(self.directory, "log")
        result = harness.run([harness.need_tool("strace"), "-f", "-qq", "-s", "4096", "-e",
                              *f"trace={calls}".split(), "-o", log,
                              harness.need("LSPORTS"), *arguments],
                             env=harness.sanitizer_environment(os.environ))
        self.assertEqual(result.status, status, str(result))
        return result, harness.read_bytes(log).decode("utf-8", "replace").splitlines()

    def requests(self, *arguments):
        _, lines = self.trace("sendto", *arguments)
        lines = [line for line in lines if "SOCK_DIAG_BY_FAMILY" in line]
        self.assertTrue(lines)
        return lines

    def test_states_reach_the_kernel(self):
        for words, wanted in ((["state=established"], {"1<<TCP_ESTABLISHED"}),
                              (["state=listen"], {"1<<TCP_LISTEN"}),
                              (["state=listen,established"],
                               {"1<<TCP_ESTABLISHED", "1<<TCP_LISTEN"})):
            with self.subTest(words=words):
                lines = self.requests("-n", *words, "-o", "proto,address,port")
                states = {state for line in lines if "IPPROTO_TCP" in line
                          for state in re.search(r"idiag_states=([^,]*)", line)[1].split("|")}
                self.assertEqual(states, wanted)
        rows = harness.lsports_json("state=established")["sockets"]
        self.assertEqual(len(rows), 4)
        self.assertEqual({row["state"] for row in rows}, {"established"})

    def test_protocols_and_families_reach_the_kernel(self):
        keys = harness.lsports("--list", "keys").out.decode()
        every = set(re.search(r"^proto .*\((.*)\)$", keys, re.MULTILINE)[1].upper().split(" | "))
        for words, protos, families in (
                (["proto=udp"], {"IPPROTO_UDP"}, {"AF_INET", "AF_INET6"}),
                (["tcp/80"], {"IPPROTO_TCP"}, {"AF_INET", "AF_INET6"}),
                (["family=ipv4"], {f"IPPROTO_{word}" for word in every}, {"AF_INET"}),
                (["tcp/80", "family=ipv4"], {"IPPROTO_TCP"}, {"AF_INET"})):
            with self.subTest(words=words):
                lines = self.requests("-n", *words)
                self.assertEqual({re.search(r"sdiag_protocol=(\w+)", line)[1] for line in lines},
                                 protos)
                self.assertEqual({re.search(r"sdiag_family=(\w+)", line)[1] for line in lines},
                                 families)

    def bytecodes(self, *arguments):
        """The filter program of each request: (code, no) of its operations, as sent."""
        _, lines = self.trace("sendto -e write=all", *arguments)
        messages = []
        for line in lines:
            dump = re.match(r"(?:\d+ +)?\s*\| ([0-9a-f]{5})  ((?:[0-9a-f]{2}  ?)+)", line)
            if dump and dump[1] == "00000":
                messages.append(b"")
            if dump:
                messages[-1] += bytes.fromhex(dump[2])
        for message in messages:
            # nlmsghdr 16, inet_diag_req_v2 56, nlattr 4; type 20 is SOCK_DIAG_BY_FAMILY.
            if len(message) >= 72 and struct.unpack_from("=H", message, 4)[0] == 20:
                yield [(code, no) for code, _, no in struct.iter_unpack("=BBH", message[76:])]

    def test_ports_reach_the_kernel(self):
        for words, wanted in ((["80"], {80}), (["80,443"], {80, 443}), (["http"], {80}),
                              (["tcp/80-443"], {80, 443}), (["8000-"], {8000})):
            with self.subTest(words=words):
                programs = list(self.bytecodes("-n", *words))
                self.assertTrue(programs)
                asked = set()
                for program in programs:
                    self.assertTrue(program, "a request for every port")
                    # The operand of a comparison stands in the operation behind it.
                    asked |= {after[1] for (code, _), after in zip(program, program[1:])
                              if code in INET_DIAG_PORT_CODES}
                self.assertTrue(wanted <= asked, f"{asked}")

    def test_no_process_is_opened_for_facts_of_sockets(self):
        for words in (["80"], ["scope=any"], ["address=127.0.0.0/8"], ["user=root"],
                      ["unit=-x*"], ["category=well-known"], ["auto=no"], ["tcp/80", "user=0"]):
            with self.subTest(words=words):
                status = harness.lsports("-n", *words).status
                _, lines = self.trace("openat,openat2,open,readlink,readlinkat", "-n", *words,
                                      status=status)
                opened = [line for line in lines if re.search(r'"(/?proc/)?\d+(/|")', line)]
                self.assertEqual(opened, [])
        # A query for a process does open them, so the pattern is right.
        _, lines = self.trace("openat,openat2,open", "-n", "process=mksock")
        self.assertTrue([line for line in lines if re.search(r'"(/?proc/)?\d+(/|")', line)])


if __name__ == "__main__":
    harness.main(few_processes=True)
