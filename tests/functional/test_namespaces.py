#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--all-netns finds a listener whatever keeps its network namespace alive, or says what it misses.

Environment: LSPORTS MKSOCK STARTMARK.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import harness
import test_faults

# Each makes a namespace in which 127.0.0.1:PORT listens, and says so with a line.
PRELUDE = """
import ctypes, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUSER, NEWNET = 0x20000, 0x10000000, 0x40000000
def unshare(flags):
    if libc.unshare(flags): sys.exit("unshare: " + os.strerror(ctypes.get_errno()))
def listen():
    s = socket.socket(); s.bind(("0.0.0.0", 9001)); s.listen(); return s
def ready():
    print("ready", flush=True); sys.stdin.read()
"""
HOLDERS = {
    # Nobody is in it, and it has no name: the socket was sent by a process that ended.
    "socket": """
a, b = socket.socketpair()
if os.fork() == 0:
    unshare(NEWNET); s = listen(); socket.send_fds(b, [b"x"], [s.fileno()]); os._exit(0)
b.close(); fds = socket.recv_fds(a, 1, 1)[1]; os.wait(); ready()
""",
    "socket of a user's namespace": """
a, b = socket.socketpair()
if os.fork() == 0:
    unshare(NEWUSER | NEWNET); s = listen(); socket.send_fds(b, [b"x"], [s.fileno()]); os._exit(0)
b.close(); fds = socket.recv_fds(a, 1, 1)[1]; os.wait(); ready()
""",
    "socket of a thread's own table": """
a, b = socket.socketpair()
go = threading.Event()
def hold():
    unshare(0x400)
    global fds
    fds = socket.recv_fds(a, 1, 1)[1]; go.set(); threading.Event().wait()
if os.fork() == 0:
    unshare(NEWNET); s = listen(); socket.send_fds(b, [b"x"], [s.fileno()]); os._exit(0)
threading.Thread(target=hold, daemon=True).start(); go.wait(); os.wait(); ready()
""",
    "thread": """
go = threading.Event()
def serve():
    unshare(NEWNET); s = listen(); go.set(); threading.Event().wait()
threading.Thread(target=serve, daemon=True).start(); go.wait(); ready()
""",
    # The namespace is left again; its file stays open, and so does the socket.
    "descriptor of the namespace": """
home = os.open("/proc/self/ns/net", os.O_RDONLY)
unshare(NEWNET); s = listen(); there = os.open("/proc/self/ns/net", os.O_RDONLY)
libc.setns(home, NEWNET); ready()
""",
    # Mounted where only this process sees it.
    "mount of another mount namespace": """
unshare(NEWNS)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
place = sys.argv[1]
open(place, "w").close()
libc.mount(b"none", b"/", None, 0x44000, None)
unshare(NEWNET)
if libc.mount(b"/proc/self/ns/net", place.encode(), None, 0x1000, None): sys.exit("mount")
libc.setns(home, NEWNET); ready()
""",
}


class Holder:
    """A process that keeps a namespace alive for as long as the with block runs."""

    def __init__(self, code, *words):
        self.command = [sys.executable, "-I", "-c", PRELUDE + code, *words]

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      preexec_fn=harness.die_with_parent)
        if self.child.stdout.readline() != b"ready\n":
            raise AssertionError(f"no namespace: {self.command[-1]}")
        return self

    def __exit__(self, *unused):
        self.child.kill()
        self.child.communicate()


def listed(*arguments):
    return harness.lsports("-rH", "--strict", "-o", "port,netns", *arguments)


class Kept(unittest.TestCase):
    def check(self, kind):
        with Holder(HOLDERS[kind]):
            result = listed("--all-netns")
            rows = [line.split(" ") for line in result.out.decode().splitlines()]
            self.assertEqual((result.status, [row[0] for row in rows]), (0, ["9001"]), str(result))
            self.assertRegex(rows[0][1], r"^\d+$")
        result = listed("--all-netns")
        self.assertNotIn(b"9001", result.out)

    def test_by_a_socket(self):
        self.check("socket")

    def test_by_a_socket_of_a_users_namespace(self):
        self.check("socket of a user's namespace")

    def test_by_a_socket_in_the_table_of_a_thread(self):
        self.check("socket of a thread's own table")

    def test_by_a_thread(self):
        self.check("thread")

    def test_by_a_descriptor_of_the_namespace(self):
        self.check("descriptor of the namespace")

    def test_by_a_mount_that_another_mount_namespace_has(self):
        """Nothing listens there; that it was entered is seen in a trace."""
        place = os.path.join(harness.scratch(self), "netns")
        with Holder(HOLDERS["mount of another mount namespace"], place) as holder:
            with open(f"/proc/{holder.child.pid}/mountinfo", encoding="utf-8") as file:
                inode = [line.split()[3] for line in file if " - nsfs " in line and place in line]
            self.assertEqual(len(inode), 1)
            with tempfile.NamedTemporaryFile() as log:
                result = harness.run(
                    [harness.need_tool("strace"), "-f", "-qq", "-y", "-e", "trace=setns", "-o",
                     log.name, harness.need("LSPORTS"), "-rH", "--all-netns"],
                    env=harness.sanitizer_environment(os.environ))
                self.assertIn(result.status, (0, 1), str(result))
                self.assertRegex(harness.read_bytes(log.name).decode(),
                                 rf"setns\(\d+<({re.escape(place)}|{re.escape(inode[0])})>")

    def test_by_a_socket_without_the_right_to_ask_it(self):
        """Then it is a gap with process and descriptor."""
        command = [harness.need_tool("setpriv"), "--bounding-set", "-net_admin", "--inh-caps",
                   "-net_admin", harness.need("LSPORTS"), "--all-netns", "--strict"]
        with Holder(HOLDERS["socket"]) as holder:
            result = harness.run(command)
            self.assertEqual(result.status, 3, str(result))
            self.assertRegex("\n".join(result.said),
                             rf"descriptor \d+ of PID {holder.child.pid}\): CAP_NET_ADMIN is needed")
        # A socket of a namespace that was entered needs no such right.
        with harness.Made("tcp,port=9002"):
            self.assertEqual(harness.run(command).status, 0)


class Names(unittest.TestCase):
    def setUp(self):
        subprocess.run([harness.need_tool("mount"), "-t", "tmpfs", "tmpfs", "/run"], check=True)
        self.addCleanup(subprocess.run, [harness.need_tool("umount"), "-l", "/run"], check=True)

    def add(self, name, port):
        subprocess.run([harness.need_tool("ip"), "netns", "add", name], check=True)
        self.addCleanup(subprocess.run, [harness.need_tool("ip"), "netns", "del", name], check=True)
        made = harness.Made(f"tcp,port={port}",
                            prefix=[harness.need_tool("nsenter"), f"--net=/run/netns/{name}"])
        made.__enter__()
        self.addCleanup(made.__exit__)

    @harness.needs_root("it makes names of network namespaces")
    def test_a_name_comes_before_a_pid_and_our_own_word(self):
        for port, name in ((8001, "1"), (8002, "self"), (8003, "3")):
            self.add(name, port)
            self.assertEqual(listed("-N", name).out.split()[0], str(port).encode())

    @harness.needs_root("it makes names of network namespaces")
    def test_self_is_our_own_alone(self):
        self.add("self", 8022)
        with harness.Made("tcp,port=8022"):
            rows = sorted(listed("--all-netns", "8022").out.split(b"\n")[:-1])
            self.assertEqual(rows, [b"8022 /run/netns/self", b"8022 self"])
            self.assertEqual(listed("--all-netns", "8022", "netns=self").out, b"8022 self\n")
            self.assertEqual(listed("--all-netns", "8022", "netns=/run/netns/self").out,
                             b"8022 /run/netns/self\n")

    @harness.needs_root("it makes names of network namespaces")
    def test_a_file_that_was_left_behind_is_no_namespace(self):
        self.add("web", 8080)
        harness.write_text("/run/netns/stale", "")
        result = listed("--all-netns", "8080")
        self.assertEqual((result.status, result.out, result.said), (0, b"8080 web\n", []))


class Faults(unittest.TestCase):
    """Each failure of what finds the namespace is a gap, or has no effect."""

    CALLS = {"openat", "openat2", "readlinkat", "getdents64", "setns", "socketpair", "recvmsg",
             "sendmsg", "clone", "clone3", "fork", "pidfd_open", "pidfd_getfd", "ioctl", "fstatfs",
             "getsockopt", "newfstatat", "close_range", "dup2"}
    ERRORS = ("EMFILE", "EIO", "EPERM")

    def sweep(self, kind):
        arguments = ("-rH", "--all-netns", "--strict", "-o", "port")
        wrongs, count = [], 0
        with Holder(HOLDERS[kind]), tempfile.NamedTemporaryFile() as log:
            reference = test_faults.strace(arguments, log.name)
            self.assertEqual((reference.status, b"9001" in reference.out), (0, True), str(reference))
            found = test_faults.occurrences(log.name)
            for name in sorted(self.CALLS & set(found)):
                for number in test_faults.pick(found[name], len(found[name])):
                    for error in self.ERRORS:
                        fault = test_faults.Fault(name, error, number)
                        result = test_faults.strace(arguments, log.name,
                                                    *test_faults.Faults.words_for(fault))
                        count += 1
                        if result.status == 0 and b"9001" not in result.out or \
                                result.status not in (0, 1, 2, 3):
                            wrongs.append(f"{name} #{number} {error}: {result}")
        print(f"{kind}: {count} faults, {len(wrongs)} wrong", file=sys.stderr)
        self.assertGreater(count, 20)
        self.assertEqual(wrongs, [])

    def test_of_a_thread(self):
        self.sweep("thread")

    def test_of_a_socket(self):
        self.sweep("socket")


if __name__ == "__main__":
    harness.main(few_processes=True)
