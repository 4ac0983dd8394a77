#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What others do costs a bounded amount of memory, disk and text."""

import os
import shutil
import subprocess
import sys

from checking import Checking
import harness

LISTENERS, HOLDERS = 60, 60
NAME = "\1" * 240  # each byte of it is escaped as four

# Many listeners, each of which is held by many programs with long paths.
HOLD = f"""
import os, socket, sys
all = []
for i in range({LISTENERS}):
    s = socket.socket()
    s.bind(("127.0.0.1", 20000 + i))
    s.listen()
    s.set_inheritable(True)
    all.append(s)
first, children = None, []
code = open(sys.argv[1], "rb").read()
size = len(os.getcwd())
while size + 2 * 241 < 4000:
    os.mkdir({NAME!r})
    os.chdir({NAME!r})
    size += 241
for i in range({HOLDERS}):
    name = {NAME[6:]!r} + "%06d" % i
    if first:
        os.link(first, name)
    else:
        first = name
        with open(name, "wb") as f:
            f.write(code)
        os.chmod(name, 0o755)
    children.append(os.posix_spawn("./" + name, ["sleep", "600"], os.environ))
print(*children, flush=True)
sys.stdin.read()
"""


# One listener with many descriptors in each of some processes.
COPY = """
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 20000))
s.listen()
for _ in range(PROCESSES - 1):
    if os.fork() == 0:
        break
for _ in range(DESCRIPTORS):
    os.dup(s.fileno())
os.write(1, b"r")
sys.stdin.read()
"""


class Bounds(Checking):
    def copy(self, processes, descriptors):
        """Ends when what is returned is called."""
        code = COPY.replace("PROCESSES", str(processes)).replace("DESCRIPTORS", str(descriptors))
        child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, preexec_fn=harness.die_with_parent)
        for _ in range(processes):
            self.assertEqual(child.stdout.read(1), b"r")
        return child.communicate

    def hold(self):
        place = os.path.join(self.directory, "deep")
        os.mkdir(place)
        child = subprocess.Popen([sys.executable, "-c", HOLD, shutil.which("sleep")], cwd=place,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 preexec_fn=harness.die_with_parent)
        self.children = children = [int(word) for word in child.stdout.readline().split()]

        def end():
            for pid in children:
                os.kill(pid, 9)
            child.communicate()
        self.addCleanup(end)
        self.assertEqual(len(children), HOLDERS)
        link = os.path.join("/proc", str(children[-1]), "exe")
        harness.wait_for(lambda: len(os.readlink(link)) > 3500, "the last one runs its program")

    def measured(self, *arguments):
        """The most memory that a check with news uses, in kB."""
        result = harness.run([harness.need("MEASURE"), str(os.getpid()), "60",
                              harness.need("LSPORTS"), "--check", "--expected", self.rules,
                              *arguments])
        self.assertEqual(result.status, 0, str(result))
        _, memory, status = result.out.split()
        self.assertEqual(int(status), 1)
        return int(memory)

    def assert_memory(self, used, limit):
        """A sanitizer has memory of its own."""
        if b"__asan_init" not in harness.read_bytes(harness.need("LSPORTS")):
            self.assertLess(used, limit)

    def test_programs_with_long_paths(self):
        self.hold()
        for _ in range(2):
            self.assert_memory(self.measured("--report-once", self.reported), 60_000)
            self.assertLess(os.stat(self.reported).st_size, 300_000)
        # It was read again, so that nothing is reported twice.
        result = self.check("--report-once", self.reported, status=1)
        self.assertEqual((result.out, result.err), (b"", b""))

    def test_descriptors_of_one_socket(self):
        """A process is one owner, however many descriptors it has of a socket."""
        memory = []
        for descriptors in (1, 15_000):
            end = self.copy(10, descriptors)
            self.addCleanup(end)
            memory.append(self.measured("--owners", "proc"))
            end()
        self.assert_memory(memory[1], memory[0] + 2000)

    def test_learned_programs_with_long_paths(self):
        """Rules name what is long, and who is one of many, by a digest; they mean all of them."""
        self.hold()
        learned = os.path.join(self.directory, "new.rules")
        result = harness.lsports("--learn", learned)
        self.assertEqual(result.status, 0, str(result))
        self.assertLess(os.stat(learned).st_size, 300_000)
        result = harness.lsports("--format", "rules")
        self.assertLess(len(result.out), 300_000)
        text = harness.read_bytes(learned).decode()
        self.assertGreaterEqual(text.count(",...#"), LISTENERS)
        self.assertLessEqual(max(line.count(",") for line in text.splitlines()), 8)
        self.assertEqual(set(result.out.decode().splitlines()) - set(text.splitlines()), set())
        self.check_silent(rules=learned)
        # One program less, which no rule names.
        os.kill(self.children[-1], 9)
        link = os.path.join("/proc", str(self.children[-1]), "exe")
        harness.wait_for(lambda: not os.path.exists(link), "it has ended")
        result = self.check(rules=learned, status=1)
        self.assertTrue(all(line.startswith("~ ") for line in self.lines(result)[:-1]), str(result))

    def test_another_program_is_another_difference(self):
        """A digest stands for what is too long, and changes with it."""
        place = os.path.join(self.directory, *["x" * 200] * 3)
        os.makedirs(place)
        for name, news in (("a", 1), ("a", 0), ("b", 1)):
            program = os.path.join(place, name)
            shutil.copy(harness.need("MKSOCK"), program)
            with harness.Made("tcp,port=4444", program=program):
                result = self.check("--report-once", self.reported, status=1)
            self.assertEqual(len(self.lines(result)), news, f"{name}\n{result}")

    def test_words_are_not_repeated_whole(self):
        word = "x" * 100_000
        big = self.rule_file(f"tcp/80 {'y' * (8 << 20)}\n", "big.rules")
        for words in (["--expected", big, "--check"], [word], [f"{word}=1"], [f"user={word}"],
                      [f"port={word}"], ["--format", word], ["--explain", word],
                      ["--sort", word], ["-o", word], ["--watch=" + word], ["-N", word],
                      ["--group-by", word], ["--expected", word, "--check"], ["--" + word],
                      ["--sysroot", word], ["--output-file", word]):
            result = harness.lsports(*words)
            name = [one[:40] for one in words]
            self.assertIn(result.status, (1, 2), name)
            self.assertLess(len(result.err), 2000, name)
            self.assertIn("bytes left out", result.err.decode(), name)


if __name__ == "__main__":
    harness.main(few_processes=True)
