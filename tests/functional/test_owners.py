#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who holds a socket where ss, netstat and lsof find nobody."""

import json
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import threading
import unittest

import harness

NAME = "holder".encode().hex()
SLEEP = os.path.realpath(harness.need_tool("sleep"))


def shows_registered_files():
    """Before Linux 6.14 the fdinfo of an io_uring does not list the sockets that it holds."""
    major, minor = re.match(r"(\d+)\.(\d+)", platform.release()).groups()
    return (int(major), int(minor)) >= (6, 14)


# Holds a socket on port 1090 and waits for it.
WAITER = """
import select, socket, sys
made = socket.socket(socket.AF_INET, socket.SOCK_{kind})
made.bind(("0.0.0.0", 1090))
if made.type == socket.SOCK_STREAM:
    made.listen(1)
poll = select.poll()
poll.register(made, select.POLLIN)
ends = socket.socketpair()
{before}
sys.stdout.write("x")
sys.stdout.flush()
{call}
"""


def is_waiting(pid):
    """Is it in poll(2) or select(2)?"""
    with open(f"/proc/{pid}/wchan") as file:
        return "poll" in file.read()


class Cases:
    """Tests for every owner source: HOW is the value of --owners."""

    HOW = None
    LINK = None  # number of the link of a process that shows its socket

    def look(self, spec, *arguments):
        """A made row, what lsports says of it, and the whole answer."""
        with harness.Made(spec) as made:
            answer = harness.lsports_json("--owners", self.HOW, *arguments)
        rows = {row["inode"]: row for row in answer["sockets"]}
        self.assertEqual(set(rows), {row["inode"] for row in made.rows})
        for row in made.rows[1:]:
            self.assertEqual(harness.owners_of(rows[row["inode"]]), harness.owners_of(row))
        return made.rows[0], rows[made.rows[0]["inode"]], answer

    def check_held(self, spec):
        made, seen, _ = self.look(f"{spec},comm={NAME}")
        self.assertTrue(made["owners"])
        self.assertEqual(harness.owners_of(seen), harness.owners_of(made))
        self.assertIsNone(seen["owner_gap"])
        for owner in seen["owners"]:
            self.assertEqual(owner["process"], "holder")
            self.assertEqual(owner["uid"], 0)
        return seen

    def test_one_process(self):
        seen = self.check_held("tcp,port=80")
        self.assertEqual(seen["owners"][0]["exe"], os.path.realpath(harness.need("MKSOCK")))
        self.assertIn("comm=", seen["owners"][0]["cmdline"])
        self.assertIsNotNone(seen["owners"][0]["started"])

    def test_shared_by_fork(self):
        self.assertEqual(len(self.check_held("tcp,port=80,fork=40")["owners"]), 41)
        self.check_held("udp,addr=::,port=80,fork=2")

    def test_thread_with_its_own_table(self):
        self.check_held("tcp,port=81,holder=thread")
        self.check_held("udp,port=81,holder=thread,count=50")

    def test_leader_is_gone(self):
        self.check_held("tcp,port=82,holder=leader")

    def test_io_uring(self):
        if shows_registered_files():
            self.check_held("tcp,port=83,holder=uring")
            return
        made, seen, _ = self.look("tcp,port=83,holder=uring")
        self.assertEqual(len(made["owners"]), 1)
        self.assertEqual(seen["owners"], [])
        self.assertIn(seen["owner_gap"], ["unknown", "namespace"])

    def test_in_flight(self):
        made, seen, answer = self.look("tcp,port=84,holder=scm")
        self.assertEqual(made["owners"], [])
        self.assertEqual(seen["owners"], [])
        # A process of another PID namespace could hold it too, as far as can be seen here.
        self.assertIn(seen["owner_gap"], ["unknown", "namespace"])
        self.assertEqual(seen["uid"], made["uid"])
        self.assertEqual(seen["inode"], made["inode"])

    def test_all_kinds_at_once(self):
        specs = ["tcp,port=80", "tcp,port=81,holder=thread", "tcp,port=82,holder=leader",
                 "tcp,port=83,holder=uring", "tcp,port=84,holder=scm", "tcp,port=85,fork=2",
                 "tcp,port=1086" + harness.as_user(65534), "udp,port=1087" + harness.as_user(12345)]
        with harness.Made(*specs) as made:
            answer = harness.lsports_json("--owners", self.HOW)
            rows = harness.by_cookie(answer["sockets"])
        for one in made.rows:
            seen = rows.pop(int(one["cookie"]))
            if one["port"] == 83 and not shows_registered_files():
                continue
            self.assertEqual(harness.owners_of(seen), harness.owners_of(one), one)
            self.assertEqual(seen["uid"], one["uid"])
            for owner in seen["owners"]:
                self.assertEqual(owner["uid"], one["uid"])
        self.assertEqual(rows, {})

    def test_an_owner_that_is_found_first_hides_no_other(self):
        """A check asks for all owners: whoever is to be found only in the table of a thread or in
        a ring is one too, although another process holds the socket by an ordinary descriptor."""
        holders = ["thread", "leader"] + ["uring"] * shows_registered_files()
        for proto in ("tcp", "udp"):
            for holder in holders:
                with self.subTest(proto=proto, holder=holder):
                    made, seen, _ = self.look(f"{proto},port=86,holder={holder},decoy=1", "--strict")
                    self.assertEqual(len(made["owners"]), 2)
                    self.assertEqual(harness.owners_of(seen), harness.owners_of(made))

    def run_while(self, pid, injection, act):
        """The answer of a run that stands still behind the link that shows the socket of that process
        while act() is called."""
        log = os.path.join(harness.scratch(self), "log")
        command = [harness.need_tool("strace"), "-f", "-qq", "-o", log, "-P", f"/proc/{pid}", "-P",
                   f"/proc/{pid}/fd", "-e", "trace=readlinkat", "-e",
                   f"inject=readlinkat:{injection}signal=SIGSTOP:when={self.LINK}",
                   harness.need("LSPORTS"), "-J", "--owners", self.HOW]
        with subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=harness.die_with_parent,
                              env=harness.sanitizer_environment(os.environ)) as child:
            harness.wait_for(lambda: os.path.exists(log) and
                             b"stopped by SIGSTOP" in harness.read_bytes(log), "the run to stop")
            act()
            os.kill(int(harness.read_bytes(log).split()[0]), signal.SIGCONT)
            out, _ = child.communicate(timeout=harness.TIME_LIMIT)
        return json.loads(out)

    def test_a_program_that_is_executed_meanwhile(self):
        """It does not hold the socket, which was closed by that: its name is not told as an owner's."""
        code = "import os, sys; os.set_inheritable(int(sys.argv[1]), False); print(flush=True); " \
            "sys.stdin.read(); os.execvp('sleep', ['sleep', 'infinity'])"
        for injection in "", "error=EPERM:":
            with socket.create_server(("127.0.0.1", 80)) as server, subprocess.Popen(
                    [sys.executable, "-c", code, str(server.fileno())], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, pass_fds=[server.fileno()],
                    preexec_fn=harness.die_with_parent) as holder:
                def execute():
                    holder.stdin.close()
                    harness.wait_for(lambda: os.readlink(f"/proc/{holder.pid}/exe") == SLEEP, SLEEP)

                holder.stdout.readline()
                row, = self.run_while(holder.pid, injection, execute)["sockets"]
                holder.kill()
            self.assertEqual([(one["pid"], one["exe"]) for one in row["owners"]],
                             [(os.getpid(), os.readlink("/proc/self/exe"))], injection)

    def test_no_process_is_read_unless_asked(self):
        for arguments in (("--owners", "none"), ("-n",)):
            _, seen, _ = self.look("tcp,port=80", *arguments)
            self.assertEqual((seen["owners"], seen["owner_gap"]), ([], "unasked"))
        _, seen, _ = self.look("tcp,port=80", "-n", "-p")
        self.assertEqual(len(seen["owners"]), 1)

    def test_table_shows_the_first_and_how_many_more(self):
        with harness.Made(f"tcp,port=80,fork=3,comm={NAME}") as made:
            result = harness.lsports("-H", "-t", "--owners", self.HOW)
        first = min(owner["pid"] for owner in made.rows[0]["owners"])
        text = result.out.decode()
        self.assertIn(f"holder({first})", text)
        self.assertIn("+3", text)


class ByProc(Cases, unittest.TestCase):
    HOW = "proc"
    LINK = 4  # standard input, output and error come first


@harness.needs_root("it loads a program into the kernel")
class ByBpf(Cases, unittest.TestCase):
    HOW = "bpf"
    LINK = 1

    def findings(self, spec):
        """Of the first socket of what was made: [(id, reason)], of a whole view."""
        _, seen, _ = self.look(f"{spec},comm={NAME}", "--strict")
        return [(one["id"], one["reason"]) for one in seen["findings"]]

    def test_what_no_owner_holds_is_reported_although_there_is_an_owner(self):
        """A message in flight, and a ring that only a thread knows, beside an ordinary descriptor."""
        for proto in ("tcp", "udp"):
            for holder in ("scm", "hidden-ring"):
                with self.subTest(proto=proto, holder=holder):
                    found = dict(self.findings(f"{proto},port=1087,holder={holder},decoy=1"))
                    self.assertIn("held-elsewhere", found)
                    self.assertIn("1 more reference to", found["held-elsewhere"])

    def test_usual_holders_hold_nothing_elsewhere(self):
        for spec in ("tcp,port=1088", "tcp,port=1088,fork=3", "udp,port=1088,fork=1",
                     "tcp,port=1088,holder=thread", "tcp,port=1088,holder=thread,decoy=1",
                     "tcp,port=1088,holder=leader", "tcp,port=1088,holder=uring",
                     "tcp,port=1088,holder=uring,decoy=1"):
            with self.subTest(spec=spec):
                self.assertNotIn("held-elsewhere", dict(self.findings(spec)))

    def test_threads_that_wait_in_accept_hold_nothing_elsewhere(self):
        with socket.create_server(("0.0.0.0", 1089)) as server:
            for _ in range(5):
                threading.Thread(target=server.accept, daemon=True).start()
            answer = harness.lsports_json("--owners", self.HOW, "--strict", "tcp/1089")
            for _ in range(5):
                socket.create_connection(("127.0.0.1", 1089)).close()
        self.assertEqual(len(answer["sockets"]), 1)
        ids = [one["id"] for one in answer["sockets"][0]["findings"]]
        self.assertNotIn("held-elsewhere", ids)

    def test_who_waits_in_poll_holds_nothing_elsewhere(self):
        for kind in ("STREAM", "DGRAM"):
            for call in ("select.select([made, made], [], [])", "poll.poll()"):
                with self.subTest(kind=kind, call=call):
                    self.assertNotIn("held-elsewhere", self.find_waiting(kind, "", call))

    def test_what_is_in_flight_does_not_hide_behind_poll(self):
        flight = "socket.send_fds(ends[0], [b'x'], [made.fileno()])"
        for kind in ("STREAM", "DGRAM"):
            with self.subTest(kind=kind):
                self.assertIn("held-elsewhere", self.find_waiting(kind, flight, "poll.poll()"))

    def find_waiting(self, kind, before, call):
        """{id: reason} of a socket whose owner waits for it."""
        script = WAITER.format(kind=kind, before=before, call=call)
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE,
                                 preexec_fn=harness.die_with_parent)
        try:
            self.assertEqual(child.stdout.read(1), b"x")
            harness.wait_for(lambda: is_waiting(child.pid), "it waits")
            answer = harness.lsports_json("--owners", self.HOW, "--strict", "port=1090")
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        row, = answer["sockets"]
        self.assertEqual([owner["pid"] for owner in row["owners"]], [child.pid])
        return {one["id"]: one["reason"] for one in row["findings"]}


if __name__ == "__main__":
    harness.main(few_processes=True)
