#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: a screen that is redrawn and restored, and events, one per line.

WATCH_SECONDS: how long listeners come and go at least; 200 of them always do.
"""

import collections
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
import unittest

import harness

TICK = 0.2
ENTER = b"\x1b[?1049h"
LEAVE = b"\x1b[?1049l"
HOSTILE = b"\x1b[2Jevil\xff\n".hex()
SEQUENCE = re.compile(rb"\x1b\[(\??)([0-9;]*)([A-Za-z])|\r\n|\r|\n|[^\x1b\r\n]+")


def wait_until_begun(child):
    """The first look is done: what is made now is news."""
    path = f"/proc/{child.pid}/wchan"
    harness.wait_for(lambda: b"poll" in harness.read_bytes(path), "the first look")


class Events:
    """A watch that writes into a pipe; its lines are read as they come."""

    def __init__(self, *arguments, **how):
        self.child = subprocess.Popen(
            [harness.need("LSPORTS"), f"--watch={TICK}", *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=harness.die_with_parent,
            **how)
        self.lines = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.child.stdout:
            self.lines.append(line)

    def objects(self):
        return [json.loads(line) for line in list(self.lines)]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.child.terminate()
        self.child.wait(timeout=harness.TIME_LIMIT)
        self.reader.join()
        self.child.stdout.close()
        self.err = self.child.stderr.read()
        self.child.stderr.close()


class Screen:
    """A watch on a pseudo terminal, and its screen."""

    def __init__(self, *arguments, lines=20, columns=100, term="xterm", interval=TICK):
        self.ours, theirs = pty.openpty()
        self.resize(lines, columns)
        self.before = termios.tcgetattr(theirs)
        self.keep = theirs
        self.bytes = b""

        def prepare():
            harness.die_with_parent()
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        env = dict(os.environ, TERM=term)
        env.pop("COLUMNS", None)
        self.child = subprocess.Popen(
            [harness.need("LSPORTS"), f"--watch={interval}", *arguments], stdin=theirs,
            stdout=theirs, stderr=theirs, env=env, preexec_fn=prepare)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while True:
            try:
                got = os.read(self.ours, 65536)
            except OSError:
                return
            if not got:
                return
            self.bytes += got

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        os.close(self.keep)
        self.reader.join()
        os.close(self.ours)

    def resize(self, lines, columns):
        self.columns = columns
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys):
        os.write(self.ours, keys)

    def rows(self):
        """The lines of the screen, as a terminal would show them that does not wrap."""
        rows = collections.defaultdict(str)
        at = column = 0
        for found in SEQUENCE.finditer(self.bytes[self.bytes.rfind(ENTER):]):
            text = found[0]
            if found[3] == b"H":
                at = 0
                column = 0
            elif found[3] == b"J":
                for row in [row for row in rows if row > at or found[2] == b"2"]:
                    del rows[row]
                rows[at] = rows[at][:column]
            elif found[3] == b"K":
                rows[at] = rows[at][:column]
            elif text == b"\r\n":
                at += 1
                column = 0
            elif text == b"\r":
                column = 0
            elif not found[3]:
                text = text.decode("utf-8")
                rows[at] = rows[at][:column] + text + rows[at][column + len(text):]
                # After the last cell the cursor stays on it.
                column = min(column + len(text), self.columns - 1)
        while rows and not rows[max(rows)]:
            del rows[max(rows)]
        return [rows[at] for at in range(max(rows, default=-1) + 1)]

    def wait_for_row(self, *words):
        def find():
            for row in self.rows():
                if all(word in row for word in words):
                    return row
            return None

        try:
            return harness.wait_for(find, f"a row with {words}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.rows()}") from None

    def wait_for_no_row(self, word):
        harness.wait_for(lambda: not any(word in row for row in self.rows()), f"no {word}")

    def end(self):
        """The exit status, once the child has ended and the bytes are here."""
        status = self.child.wait(timeout=harness.TIME_LIMIT)
        harness.wait_for(lambda: self.bytes.rfind(LEAVE) > self.bytes.rfind(ENTER),
                         "the way back to the first screen")
        return status


class Drawn(unittest.TestCase):
    def check_restored(self, screen):
        self.assertEqual(termios.tcgetattr(screen.keep), screen.before)
        self.assertEqual(screen.bytes.count(ENTER), screen.bytes.count(LEAVE))
        tail = screen.bytes[screen.bytes.rfind(ENTER):]
        for on, off in ((b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?7l", b"\x1b[?7h")):
            self.assertIn(on, tail)
            self.assertGreater(tail.rfind(off), tail.rfind(on))

    def test_table_and_signs(self):
        with harness.Made("tcp,port=22"), Screen() as screen:
            row = screen.wait_for_row("tcp", "0.0.0.0", " 22 ", "mksock(")
            self.assertTrue(row.startswith("  tcp"), row)
            with harness.Made("tcp,port=8080"):
                row = screen.wait_for_row("8080", "mksock(")
                self.assertTrue(row.startswith("+ tcp"), row)
                screen.wait_for_row("REGISTERED", "1 listener")
                harness.wait_for(
                    lambda: screen.wait_for_row("8080").startswith("  tcp"), "the sign to go")
            harness.wait_for(lambda: screen.wait_for_row("8080").startswith("- tcp"), "a -")
            screen.wait_for_row("REGISTERED", "0 listeners")
            screen.wait_for_no_row("8080")
            screen.press(b"q")
            self.assertEqual(screen.end(), 0)
            self.check_restored(screen)

    def test_height_and_resize(self):
        with harness.Made(*[f"tcp,port={port}" for port in range(2000, 2050)]), \
                Screen(lines=12) as screen:
            screen.wait_for_row("50 listeners")
            row = screen.wait_for_row("... and")
            shown = [row for row in screen.rows() if " tcp " in f" {row}"]
            self.assertEqual(row, f"... and {50 - len(shown)} more")
            self.assertLessEqual(len(screen.rows()), 12)
            self.assertGreaterEqual(len(screen.rows()), 11)
            screen.resize(60, 90)
            screen.wait_for_row("2049")
            screen.wait_for_no_row("... and")
            screen.resize(5, 90)
            harness.wait_for(lambda: len(screen.rows()) <= 5, "five lines")
            screen.wait_for_row("... and 50 more")
            screen.resize(1, 10)
            harness.wait_for(lambda: len(screen.rows()) <= 1, "one line")
            screen.press(b"q")
            self.assertEqual(screen.end(), 0)

    def test_width(self):
        with harness.Made("tcp,port=22"), Screen("-o", "proto,port,cmdline", columns=40) as screen:
            row = screen.wait_for_row(" 22 ")
            self.assertEqual((len(row), row[-1]), (40, "\u2026"))
            screen.resize(20, 30)
            harness.wait_for(lambda: len(screen.wait_for_row(" 22 ")) <= 30, "thirty columns")
            screen.press(b"Q")
            self.assertEqual(screen.end(), 0)

    def test_ways_to_end(self):
        for how, status in (("q", 0), ("\x03", 0), (signal.SIGINT, 0),
                            (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP),
                            (signal.SIGQUIT, -signal.SIGQUIT)):
            with self.subTest(how=how), harness.Made("tcp,port=22"), Screen() as screen:
                screen.wait_for_row(" 22 ")
                self.assertNotEqual(termios.tcgetattr(screen.keep), screen.before)
                if isinstance(how, str):
                    screen.press(how.encode())
                else:
                    screen.child.send_signal(how)
                self.assertEqual(screen.end(), status)
                self.check_restored(screen)

    def test_error_exit(self):
        """If its namespace is gone, the watch restores the screen and ends with a message."""
        subprocess.run([harness.need_tool("mount"), "-t", "tmpfs", "tmpfs", "/run"], check=True)
        self.addCleanup(subprocess.run, [harness.need_tool("umount"), "-l", "/run"], check=True)
        subprocess.run([harness.need_tool("ip"), "netns", "add", "away"], check=True)
        with Screen("-N", "away") as screen:
            screen.wait_for_row("nothing is listening in away")
            subprocess.run([harness.need_tool("ip"), "netns", "del", "away"], check=True)
            self.assertEqual(screen.end(), 2)
            self.check_restored(screen)
            self.assertIn(b"away", screen.bytes[screen.bytes.rfind(LEAVE):])

    def test_stop_and_continue(self):
        """The screen is restored for the shell, as far as a session without a shell can check."""
        with harness.Made("tcp,port=22"), Screen() as screen:
            screen.wait_for_row(" 22 ")
            screen.child.send_signal(signal.SIGSTOP)
            os.waitpid(screen.child.pid, os.WUNTRACED)
            termios.tcsetattr(screen.keep, termios.TCSANOW, screen.before)
            drawn = screen.bytes.count(ENTER)
            screen.child.send_signal(signal.SIGCONT)
            harness.wait_for(lambda: screen.bytes.count(ENTER) > drawn, "the screen again")
            screen.wait_for_row(" 22 ")
            screen.press(b"q")
            self.assertEqual(screen.end(), 0)
            self.check_restored(screen)

    def test_suspend_key(self):
        """Ctrl-Z below a shell with job control, and fg."""
        script = ("set -m; \"$LSPORTS\" --watch=0.2 & wait $! 2>/dev/null; fg >/dev/null; "
                  "stty -a | head -c 4000 >/dev/null; echo stopped=$?; fg; echo ended=$?")
        screen = Screen.__new__(Screen)
        screen.ours, screen.keep = pty.openpty()
        screen.resize(20, 100)
        screen.before = termios.tcgetattr(screen.keep)
        screen.bytes = b""

        def prepare():
            harness.die_with_parent()
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        screen.child = subprocess.Popen(
            [harness.need_tool("bash"), "--norc", "-c", script], stdin=screen.keep,
            stdout=screen.keep, stderr=screen.keep, env=dict(os.environ, TERM="xterm"),
            preexec_fn=prepare)
        screen.reader = threading.Thread(target=screen.read)
        screen.reader.start()
        with harness.Made("tcp,port=22"), screen:
            screen.wait_for_row(" 22 ")
            screen.press(b"\x1a")
            harness.wait_for(lambda: b"stopped=" in screen.bytes, "the shell")
            self.assertGreater(screen.bytes.find(b"stopped="), screen.bytes.find(LEAVE))
            entered = screen.bytes.count(ENTER)
            harness.wait_for(lambda: screen.bytes.count(ENTER) >= 2, f"fg after {entered}")
            screen.wait_for_row(" 22 ")
            screen.press(b"q")
            harness.wait_for(lambda: b"ended=0" in screen.bytes, "the end")
            self.check_restored(screen)

    def test_hostile_names(self):
        with harness.Made(f"tcp,port=22,comm={HOSTILE}"), Screen(columns=150) as screen:
            screen.wait_for_row("\\x1b[2Jevil")
            self.assertNotIn(b"\x1b[2Jevil", screen.bytes)
            self.assertNotIn(b"\xff", screen.bytes)
            screen.press(b"q")
            self.assertEqual(screen.end(), 0)

    def test_dumb_terminal(self):
        with Screen(term="dumb") as screen:
            wait_until_begun(screen.child)
            with harness.Made("tcp,port=22"):
                harness.wait_for(lambda: b"+ tcp 0.0.0.0:22  mksock(" in screen.bytes, "a line")
            self.assertNotIn(b"\x1b", screen.bytes)


class Lines(unittest.TestCase):
    def test_lines(self):
        with harness.Made("tcp,port=22"), Events() as events:
            wait_until_begun(events.child)
            with harness.Made("tcp,addr=::1,port=8080", "udp,port=53"):
                harness.wait_for(lambda: len(events.lines) == 2, "two lines")
            harness.wait_for(lambda: len(events.lines) == 4, "four lines")
            time.sleep(3 * TICK)
        text = b"".join(events.lines).decode()
        for sign in "+-":
            self.assertRegex(text, rf"(?m)^\{sign} udp 0\.0\.0\.0:53  mksock\(\d+\)  root  ")
            self.assertRegex(text, rf"(?m)^\{sign} tcp \[::1\]:8080  mksock\(\d+\)  root  ")
        self.assertEqual(len(events.lines), 4, text)
        self.assertEqual(events.err, b"")

    def test_each_poll_has_the_time_limit_for_itself(self):
        with Events("--timeout", "1") as events:
            wait_until_begun(events.child)
            time.sleep(1.5)
            with harness.Made("tcp,port=22"):
                harness.wait_for(lambda: len(events.lines) == 1, "a line")
            harness.wait_for(lambda: len(events.lines) == 2, "another")
        self.assertEqual([line[:10] for line in events.lines], [b"+ tcp 0.0.", b"- tcp 0.0."])
        self.assertEqual(events.err, b"")

    def test_objects(self):
        with harness.Made("tcp,port=22") as first, \
                Events("--format", "jsonl", "tcp/22,80") as events:
            harness.wait_for(lambda: events.lines, "what is there")
            with harness.Made("tcp,port=80", "tcp,port=81") as made:
                harness.wait_for(lambda: len(events.lines) == 2, "an event")
            harness.wait_for(lambda: len(events.lines) == 3, "another")
        told = [(event["event"], event["socket"]["port"]) for event in events.objects()]
        self.assertEqual(told, [("present", 22), ("new", 80), ("gone", 80)])
        cookies = [harness.cookie_of(event["socket"]) for event in events.objects()]
        wanted = [harness.cookie_of(row) for row in (first.rows[0], made.rows[0], made.rows[0])]
        self.assertEqual(cookies, wanted)
        for event in events.objects():
            self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertEqual(event["socket"]["owners"][0]["process"], "mksock")

    def test_columns(self):
        with Events("-o", "proto,port,process") as events:
            wait_until_begun(events.child)
            with harness.Made("udp,port=53"):
                harness.wait_for(lambda: events.lines, "an event")
        self.assertRegex(events.lines[0].decode(), r"^\+ udp  53  mksock\(\d+\)$")

    def test_changed_owner(self):
        """A child that inherits a listener and outlives its parent is the new owner of the same socket."""
        script = ("import os, socket, time\n"
                  "s = socket.create_server(('127.0.0.1', 4444)); time.sleep(0.1)\n"
                  "if os.fork(): os._exit(0)\n"
                  "time.sleep(20)\n")
        with Events("--format", "jsonl", "-o", "port,pid") as events:
            wait_until_begun(events.child)
            with harness.Made("tcp,port=1"):
                child = subprocess.Popen(["setsid", "python3", "-c", script],
                                         preexec_fn=harness.die_with_parent)
                harness.wait_for(
                    lambda: any(e["socket"]["port"] == 4444 for e in events.objects()), "it")
                child.wait()
            # Closing it makes everything be read again.
            with harness.Made("tcp,port=2"):
                harness.wait_for(lambda: any(e["socket"]["port"] == 2 for e in events.objects()),
                                 "the second listener")
            about = [e for e in events.objects() if e["socket"]["port"] == 4444]
        self.assertEqual(about[0]["event"], "new")
        self.assertNotEqual(about[-1]["socket"]["pid"], child.pid)
        os.kill(about[-1]["socket"]["pid"], signal.SIGKILL)
        # Its socket may outlive the signal, and would be there when the next test looks.
        harness.wait_for(lambda: harness.lsports("4444").status == 1, "the end of the listener")
        if about[0]["socket"]["pid"] == child.pid:
            self.assertEqual([e["event"] for e in about], ["new", "changed"])
        else:
            self.assertEqual([e["event"] for e in about], ["new"])

    def test_hostile_names(self):
        with Events() as text, Events("--format", "jsonl") as objects:
            wait_until_begun(text.child)
            wait_until_begun(objects.child)
            with harness.Made(f"tcp,port=22,comm={HOSTILE}"):
                harness.wait_for(lambda: text.lines and objects.lines, "events")
        self.assertIn(rb"\x1b[2Jevil\xff\x0a", text.lines[0])
        self.assertNotIn(b"\x1b", text.lines[0])
        owner = objects.objects()[0]["socket"]["owners"][0]
        self.assertEqual(bytes.fromhex(owner["process_raw"]), bytes.fromhex(HOSTILE))

    def test_closed_pipe(self):
        """If nobody reads, it ends at once, even if nothing changes."""
        for restores in (True, False):
            with self.subTest(default=restores):
                ours, theirs = os.pipe()
                child = subprocess.Popen(
                    [harness.need("LSPORTS"), "--watch=60"], stdout=theirs,
                    stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                    restore_signals=restores, preexec_fn=harness.die_with_parent)
                os.close(theirs)
                wait_until_begun(child)
                os.close(ours)
                status = child.wait(timeout=harness.TIME_LIMIT)
                said = child.stderr.read()
                child.stderr.close()
                if restores:
                    self.assertEqual((status, said), (-signal.SIGPIPE, b""))
                else:
                    self.assertEqual(status, 2)
                    self.assertIn(b"Broken pipe", said)

    def test_full_device(self):
        with harness.Made("tcp,port=22"):
            result = harness.run(["/bin/sh", "-c", '"$LSPORTS" --watch --format jsonl >/dev/full'])
        self.assertEqual(result.status, 2, str(result))
        self.assertIn(b"No space left", result.err)

    def test_no_walk_without_news(self):
        """If nothing changed, no process is read."""
        trace = os.path.join(harness.scratch(self), "trace")
        strace = harness.need_tool("strace")
        with harness.Made(*[f"tcp,port={port}" for port in range(2000, 2020)]):
            child = subprocess.Popen(
                [strace, "-o", trace, harness.need("LSPORTS"), "--watch=0.1"],
                stdout=subprocess.PIPE, env=harness.sanitizer_environment(os.environ),
                preexec_fn=harness.die_with_parent)
            with child:
                harness.wait_for(lambda: os.path.exists(trace) and
                                 harness.read_bytes(trace).count(b"poll([{fd=1") > 10, "ten ticks")
                child.terminate()
        looks = harness.read_bytes(trace).split(b"poll([{fd=1")
        self.assertRegex(looks[0], rb'openat2\(\d+, "comm"')
        for look in looks[1:-1]:
            self.assertNotRegex(look, rb'readlinkat\(\d+, "\d+"|\bbpf\(')
            self.assertNotRegex(look, rb'openat2?\(\d+, "(proc/)?\d+')
            self.assertLess(look.count(b"\n"), 100)

    def test_churn(self):
        """200 listeners that come and go: one + and one - for each of them."""
        seconds = float(os.environ.get("WATCH_SECONDS", "0"))
        made, seen = [], 0
        with Events("--format", "jsonl", "-o", "cookie,port") as events:
            wait_until_begun(events.child)
            end = time.monotonic() + seconds
            while time.monotonic() < end or len(made) < 200:
                ports = [f"tcp,port={2000 + i}" for i in range(10)]
                ports += [f"udp,port={2000 + i}" for i in range(10)]
                with harness.Made(*ports) as sockets:
                    made += [harness.cookie_of(row) for row in sockets.rows]
                    seen += 20
                    harness.wait_for(lambda: sum(b'"new"' in line for line in events.lines) >= seen,
                                     f"{seen} new ones")
            harness.wait_for(lambda: sum(b'"gone"' in line for line in events.lines) >= seen,
                             f"{seen} gone ones")
            time.sleep(3 * TICK)
        told = collections.defaultdict(list)
        for event in events.objects():
            told[harness.cookie_of(event["socket"])].append(event["event"])
        self.assertEqual(set(made) - set(told), set())
        self.assertGreaterEqual(len(made), 200)
        # Sockets that the helper had only for a moment come and go too.
        for cookie, words in told.items():
            self.assertEqual(words, ["new", "gone"], cookie)


class Refused(unittest.TestCase):
    def test_usage(self):
        for arguments, word in ((["--watch=0"], b"0.1"), (["--watch=x"], b'"x"'),
                                (["--watch=1e3"], b'"1e3"'), (["--watch=86401"], b"86400"),
                                (["--watch=0.01"], b"0.1"), (["--watch=-1"], b"0.1"),
                                (["--watch=1."], b"0.1"), (["--watch="], b"needs SECONDS"),
                                (["--watch", "--check"], b"--check"),
                                (["--watch", "--learn", "/nowhere/x"], b"--learn"),
                                (["--watch", "--output-file", "/nowhere/x"], b"--output-file"),
                                (["--watch", "-J"], b"json"),
                                (["--watch", "--format", "csv"], b"csv"),
                                (["--watch", "--format", "monitoring"], b"monitoring")):
            with self.subTest(arguments=arguments):
                result = harness.lsports(*arguments)
                self.assertEqual(result.status, 2, str(result))
                self.assertIn(word, result.err, str(result))
                self.assertEqual(result.out, b"")


if __name__ == "__main__":
    harness.main()
