#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""TAB in bash, zsh and fish: the real shells, known sockets.

Environment: COMPLETIONS, the directory of the three files; FIXTURES, that of the recorded machines.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
BREAKS = "\"'@><=;|&(:"
HOSTILE = [b"$(touch lt-pwn)", b"`touch lt-pwn`", b"lt blank", b"lt\nline", b"lt'quote", b'lt"quote',
           b"lt,comma", b"lt*", b"lt;touch", b"lt\x1b[31m", b"lt\ttab", b"lt\\", b"lt\xff", b"~lt"]
FORMATS = ["table", "raw", "json", "jsonl", "csv", "rules", "prometheus", "monitoring"]
SOCKETS = [
    ("tcp,addr=127.0.0.1,port=22", b"lt-shell"), ("tcp,addr=0.0.0.0,port=8080" + harness.as_user(65534), b"lt-web"),
    ("tcp,addr=::1,port=8443", b"lt-web"), ("udp,addr=127.0.0.1,port=5353", b"lt-dns"),
    ("udp,addr=127.0.0.1,port=22", b"lt-shell"),
] + [(f"tcp,addr=127.0.0.1,port={9001 + i}", name) for i, name in enumerate(HOSTILE)]
HIGH = [str(9001 + i) for i in range(len(HOSTILE))]

# The line after "lsports ", and exactly what may follow; "*" first: at least these.
CASES = [
    ("", ["*", "22", "5353", "8080", "8443", "port=", "process=", "tcp/", "udp/"]),
    ("8", ["8080", "8443"]),
    ("80", ["8080"]),
    ("7", []),
    ("ss", ["ssh"]),
    (":8", [":8080", ":8443"]),
    ("22,84", ["22,8443"]),
    ("22,8080,8", ["22,8080,8443"]),
    ("tcp/8", ["tcp/8080", "tcp/8443"]),
    ("udp/", ["udp/22", "udp/5353", "udp/auto"]),
    ("22,udp/5", ["22,udp/5353"]),
    ("-t 5", []),
    ("-6 8", ["8443"]),
    ("proc", ["process="]),
    ("process=", ["process=lt-dns", "process=lt-shell", "process=lt-web"]),
    ("process!=lt-s", ["process!=lt-shell"]),
    ("process=lt-web,lt-d", ["process=lt-web,lt-dns"]),
    ("port=84", ["port=8443"]),
    ("address=::", ["address=::1"]),
    ("scope=l", ["scope=loopback", "scope=link"]),
    ("proto=tc", ["proto=tcp"]),
    ("state=listen,est", ["state=listen,established"]),
    ("finding=od", ["finding=odd-exe"]),
    ("owner_gap=n", ["owner_gap=none", "owner_gap=namespace"]),
    ("nothing=", []),
    ("--for", ["--format"]),
    ("--li", ["--listening", "--list"]),
    ("--format ", FORMATS),
    ("--format=j", ["--format=json", "--format=jsonl"]),
    ("-o po", ["port"]),
    ("-tno ser", ["service", "service_source"]),
    ("-o port,ino", ["port,inode"]),
    ("-o +port,ino", ["+port,inode"]),
    ("--output=port,ino", ["--output=port,inode"]),
    ("--sort -po", ["-port"]),
    ("--sort -port,-us", ["-port,-user"]),
    ("--group-by u", ["user", "unit"]),
    ("--source n", ["netlink"]),
    ("--owners=p", ["--owners=proc"]),
    ("--color=a", ["--color=auto", "--color=always"]),
    ("--color ", ["*", "auto", "always", "never", "22"]),
    ("--list ", ["columns", "keys", "formats", "findings"]),
    ("-tul", ["-tul"]),
    ("-K", []),
    ("--nonsense=", []),
    ("-- --for", []),
    ("--expected FIXTURES/rul", ["FIXTURES/rules"]),
    ("--expected=FIXTURES/rul", ["--expected=FIXTURES/rules"]),
    ("--sysroot FIXTURES/pla", ["FIXTURES/plain"]),
    ("--sysroot FIXTURES/plain unit=post", ["unit=postgresql@15-main.service"]),
    ("--sysroot FIXTURES/plain unit=postgresql@", ["unit=postgresql@15-main.service"]),
    ("--sysroot FIXTURES/plain container=0", ["container=0123456789ab"]),
]
# In a user namespace that is the uid of whoever has none there.
if harness.IS_ROOT:
    CASES += [("user=no", ["user=nobody"]), ("uid=6", ["uid=65534"])]


def expand(text):
    return text.replace("FIXTURES", harness.need("FIXTURES"))


def lines():
    return ["lsports " + expand(line) for line, _ in CASES]


def blocks(out):
    """The lines of each case; an empty line ends a case."""
    found, block = [], []
    for line in out.decode("utf-8", "replace").removesuffix("\n").split("\n"):
        if line:
            block.append(line)
        else:
            found.append(block)
            block = []
    return found


def break_words(line):
    """The words of a line as bash makes them (COMP_WORDBREAKS), the one at its end last."""
    words = re.findall(rf"[{re.escape(BREAKS)}]+|[^\s{re.escape(BREAKS)}]+", line)
    return words + ([""] if line[-1] == " " else [])


class Completion(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*(f"{spec},comm={comm.hex()}" for spec, comm in SOCKETS))
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        cls.scratch = harness.scratch(cls)
        cls.completions = harness.need("COMPLETIONS")
        for path in ("bin", "user/completions", "here"):
            os.makedirs(os.path.join(cls.scratch, path))
        os.symlink(harness.need("LSPORTS"), os.path.join(cls.scratch, "bin/lsports"))
        shutil.copy(os.path.join(cls.completions, "lsports.bash"),
                    os.path.join(cls.scratch, "user/completions/lsports"))
        cls.env = {
            "PATH": f"{cls.scratch}/bin:{os.environ['PATH']}", "HOME": cls.scratch, "TERM": "dumb",
            "LC_ALL": "C.UTF-8", "BASH_COMPLETION_USER_DIR": f"{cls.scratch}/user",
            "XDG_CONFIG_HOME": cls.scratch, "XDG_DATA_HOME": cls.scratch, "COMPLETE_TYPE": "9",
        }
        cls.env |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}

    def tearDown(self):
        self.assertEqual(os.listdir(os.path.join(self.scratch, "here")), [], "a name was run")

    def feed(self, command, text, **more):
        """Blocks of what a shell prints for lines on its standard input."""
        path = harness.write_text(os.path.join(self.scratch, "input"), text)
        with open(path, encoding="utf-8") as stdin:
            result = harness.run(command, stdin=stdin, env=self.env | more, timeout=120,
                                 preexec=lambda: os.chdir(os.path.join(self.scratch, "here")))
        self.assertEqual((result.status, result.err), (0, b""), result)
        return blocks(result.out)

    def ask_bash(self, asked, kind="9"):
        text = "".join("\x1f".join([line, *break_words(line)]) + "\x1f\n" for line in asked)
        bash = harness.need_tool("bash")
        return self.feed([bash, "--norc", "--noprofile", f"{HERE}/complete_bash.sh"], text,
                         COMPLETE_TYPE=kind)

    def ask_zsh(self, asked):
        zsh = harness.need_tool("zsh")
        command = [zsh, "-f", f"{HERE}/complete_zsh.zsh", self.completions, self.scratch]
        return self.feed(command, "".join(line + "\n" for line in asked))

    def ask_fish(self, asked):
        fish = harness.need_tool("fish")
        command = [fish, "-N", f"{HERE}/complete_fish.fish", f"{self.completions}/lsports.fish"]
        return self.feed(command, "".join(line + "\n" for line in asked))

    def compare(self, found):
        """found: for each case the words that are offered."""
        self.assertGreaterEqual(len(CASES), 25)
        self.assertEqual(len(found), len(CASES))
        for (line, wanted), words in zip(CASES, found):
            wanted = [expand(word) for word in wanted]
            with self.subTest(line=line, words=words):
                if wanted[:1] == ["*"]:
                    self.assertLessEqual(set(wanted[1:]), set(words))
                else:
                    self.assertEqual(sorted(wanted), sorted(words))


class Program(Completion):
    """--complete word by itself."""

    def ask(self, *words, **how):
        result = harness.lsports("--complete", "word", "--", *words, **how)
        self.assertEqual((result.status, result.err), (0, b""), result)
        return [tuple(line.split("\t")) for line in result.out.decode().splitlines()]

    def test_values_of_owners(self):
        rows = {str(pid) for row in self.made.rows for pid, _ in harness.owners_of(row)}
        self.assertEqual({value for value, _ in self.ask("pid=")}, {f"pid={pid}" for pid in rows})
        self.assertEqual({value for value, _ in self.ask("exe=")}, {"exe=" + harness.need("MKSOCK")})

    def test_descriptions(self):
        fixture = expand("FIXTURES/plain")
        found = dict(self.ask("--sysroot", fixture, ""))
        self.assertEqual(found["22"], "ssh, sshd, any")
        self.assertEqual(found["5432"], "postgresql, postgres, loopback")
        self.assertEqual(dict(self.ask("--sysroot", fixture, "ss")), {"ssh": "22, ssh, sshd, any"})
        self.assertEqual(dict(self.ask("process=lt-w")), {"process=lt-web": "tcp/8080 http-alt +1"})

    def test_names_of_files(self):
        tree = os.path.join(self.scratch, "tree")
        for name in ("web", "db", "a b", "$(touch lt-pwn)"):
            os.makedirs(os.path.join(tree, "run/netns", name))
        self.assertEqual({value for value, _ in self.ask("--sysroot", tree, "-N", "")}, {"web", "db"})
        self.assertEqual({value for value, _ in self.ask("--sysroot", tree, "netns=")},
                         {"netns=self", "netns=web", "netns=db"})
        self.assertEqual(self.ask("-N", "/proc/"), [("", "FILE")])
        self.assertEqual(self.ask("--expected", f"{harness.STATE_DIR}/l"),
                         [(harness.LEARNED, "what --learn has learned"), ("", "FILE")])
        self.assertEqual(self.ask("--sysroot="), [("", "DIR")])

    def test_no_process_is_read_for_a_user(self):
        trace = os.path.join(self.scratch, "trace")
        for word, walks in (("user=", False), ("address=", False), ("process=", True)):
            harness.run([harness.need_tool("strace"), "-f", "-e", "trace=bpf,readlinkat", "-o",
                         trace, harness.need("LSPORTS"), "--complete", "word", "--", word],
                        env=harness.sanitizer_environment(os.environ))
            seen = re.search(rb'readlinkat\(\d+, "\d+"|\bbpf\(',
                             harness.read_bytes(trace)) is not None
            self.assertEqual(seen, walks, word)

    def test_nothing_is_said_of_an_error(self):
        for words in (("--sysroot", "/nonexistent", ""), ("-N", "nonexistent", "8"), ("--bad", "x", "8"),
                      ("--sysroot", "/nonexistent", "netns="), ("a\tb",), ("a\nb",), ("\xff",), ("=",),
                      ("!=",), (",",), ("--=",), ("-",), ("--sort", ",,,-"), ("-o", "+,")):
            for line in self.ask(*words):
                self.assertEqual(len(line), 2, words)
        self.assertEqual(self.ask("--sysroot", "/nonexistent", "8"), [])

    def test_hostile_names(self):
        found = self.ask("--sysroot", expand("FIXTURES/hostile"), "process=")
        self.assertGreater(len(found), 2)
        for key in ("process=", "user=", "exe=", "interface=", "unit=", ""):
            for value, description in self.ask("--sysroot", expand("FIXTURES/hostile"), key):
                self.assertRegex(value, r"^[A-Za-z0-9_.+:@%/=-]+$")
                self.assertRegex(description, r"^[^\x00-\x1f\x7f]*$")


class Bash(Completion):
    def words(self, line, block):
        """A candidate stands for what is behind the last break: with what is before it."""
        last = line.rsplit(" ", 1)[1]
        kept = last[:len(last) - len(re.split(rf"[{re.escape(BREAKS)}]", last)[-1])]
        return [kept + found[2:] for found in block if found.startswith("= ")]

    def test_cases(self):
        found = self.ask_bash(lines())
        self.compare([self.words(line, block) for line, block in zip(lines(), found)])

    def test_blank(self):
        asked = ["lsports proc", "lsports tc", "lsports 80"]
        for line, block, is_open in zip(asked, self.ask_bash(asked), (True, True, False)):
            self.assertEqual("compopt -o nospace" in block, is_open, line)

    def test_descriptions(self):
        line = expand("lsports --sysroot FIXTURES/plain 5")
        found, formats = self.ask_bash([line, "lsports --format=j"], kind="63")
        self.assertIn("= 5432   (postgresql, postgres, loopback)", found)
        self.assertEqual(formats[0][:9], "= json   ")

    def test_readline(self):
        """What an interactive bash has on its line after TAB."""
        cases = [
            ("lsports 80", "lsports 8080 "), ("lsports proc", "lsports process="),
            ("lsports process=lt-s", "lsports process=lt-shell "),
            ("lsports process=lt-web,lt-d", "lsports process=lt-web,lt-dns "),
            ("lsports address=::", "lsports address=::1 "), ("lsports :80", "lsports :8080 "),
            ("lsports --format=mon", "lsports --format=monitoring "),
            ("lsports -o +port,ino", "lsports -o +port,inode "), ("lsports process=", "lsports process=lt-"),
            ("lsports finding=exe", "lsports finding=exe\\? "),
            (expand("lsports --expected=FIXTURES/rul"), expand("lsports --expected=FIXTURES/rules/")),
            (expand("lsports --sysroot FIXTURES/plain unit=postgresql@"),
             expand("lsports --sysroot FIXTURES/plain unit=postgresql@15-main.service ")),
        ]
        terminal = Terminal(self)
        for typed, wanted in cases:
            with self.subTest(typed=typed):
                self.assertEqual(terminal.complete(typed), wanted)


class Terminal:
    """An interactive bash; \\C-g prints the current line and empties it."""

    def __init__(self, test):
        script = ("source /usr/share/bash-completion/bash_completion; PS1= PS2=\n"
                  "told() { printf '<<%s>>' \"$READLINE_LINE\" >&3; READLINE_LINE=; }\n"
                  "bind -x '\"\\C-g\": told'; bind 'set bell-style none'; printf '<<ready>>' >&3\n")
        path = harness.write_text(os.path.join(test.scratch, "bashrc"), script)
        self.pipe, writer = os.pipe()
        self.terminal, side = pty.openpty()

        def prepare():
            harness.die_with_parent()
            os.dup2(writer, 3)
            os.chdir(os.path.join(test.scratch, "here"))

        self.child = subprocess.Popen([harness.need_tool("bash"), "--noprofile", "--rcfile", path, "-i"],
                                      stdin=side, stdout=side, stderr=side, env=test.env,
                                      preexec_fn=prepare, pass_fds=(3,), start_new_session=True)
        os.close(side)
        os.close(writer)
        test.addCleanup(self.close)
        self.read()

    def close(self):
        self.child.kill()
        self.child.wait()
        os.close(self.terminal)
        os.close(self.pipe)

    def read(self):
        """The next text from \\C-g; the rest of the screen is ignored."""
        told, end = b"", time.monotonic() + harness.TIME_LIMIT
        while not told.endswith(b">>"):
            ready, _, _ = select.select([self.pipe, self.terminal], [], [], end - time.monotonic())
            if not ready:
                raise AssertionError(f"bash does not answer: {told}")
            if self.terminal in ready:
                os.read(self.terminal, 65536)
            if self.pipe in ready:
                told += os.read(self.pipe, 4096)
        return told[2:-2].decode()

    def complete(self, line):
        os.write(self.terminal, line.encode() + b"\t\x07")
        return self.read()


class Zsh(Completion):
    def test_cases(self):
        found = self.ask_zsh(lines())
        words = []
        for (line, wanted), block in zip(CASES, found):
            offered = [row[2:].split("\t")[0].replace("\\!", "!") for row in block
                       if row.startswith("= ")]
            # Of files compadd gets names alone: they count as they are inserted.
            if "FIXTURES" in "".join(wanted):
                offered = [block[-1].rsplit(" ", 1)[1].rstrip("/")]
            words.append(offered)
        self.compare(words)

    def test_inserted(self):
        cases = [
            ("lsports 80", "lsports 8080 "), ("lsports proc", "lsports process="),
            ("lsports process=lt-s", "lsports process=lt-shell "), ("lsports tc", "lsports tcp/"),
            ("lsports address=::", "lsports address=::1 "), ("lsports finding=exe", "lsports finding=exe\\? "),
            ("lsports -o +port,ino", "lsports -o +port,inode "), ("lsports process=", "lsports process=lt-"),
        ]
        found = self.ask_zsh([typed for typed, _ in cases])
        self.assertEqual([block[-1][2:] for block in found], [wanted for _, wanted in cases])

    def test_descriptions(self):
        found, = self.ask_zsh([expand("lsports --sysroot FIXTURES/plain 5")])
        self.assertIn("= 5432\t5432   -- postgresql, postgres, loopback", found)


class Fish(Completion):
    def test_cases(self):
        found = self.ask_fish(lines())
        self.compare([[row[2:].split("\t")[0].rstrip("/") if "FIXTURES" in line else
                       row[2:].split("\t")[0] for row in block]
                      for (line, _), block in zip(CASES, found)])

    def test_descriptions(self):
        found, options = self.ask_fish([expand("lsports --sysroot FIXTURES/plain 543"), "lsports --for"])
        self.assertEqual(found, ["= 5432\tpostgresql, postgres, loopback"])
        self.assertTrue(options[0].startswith("= --format\ttable (default)"), options)


del Completion  # it has no cases of its own

if __name__ == "__main__":
    harness.main(few_processes=True)
