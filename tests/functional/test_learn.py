#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--learn: every line that was there stays; nothing is learned from a view that may hide something,
and nothing is written where others could change it."""

import os
import shutil
import stat
import subprocess

import harness
import test_faults
from learning import OLD, SERVICES, Learning, rules_of


class Contents(Learning):
    def test_findings_of_what_is_learned_are_told(self):
        program = os.path.join(self.directory, "program")
        shutil.copy(harness.need("MKSOCK"), program)
        with harness.Made("tcp,port=8081", program=program):
            said = self.learn().said
            self.assertIn("lsports: tcp/8081 on 0.0.0.0 was learned with the finding odd-exe: the program is in "
                          "memory or below /tmp, /var/tmp or /dev/shm", said)
            # It is expected now.
            self.assertFalse([line for line in self.learn().said if "odd-exe" in line])

    def test_new_file(self):
        self.learn()
        self.assertEqual(stat.S_IMODE(os.stat(self.rules).st_mode), 0o600)
        self.assertEqual(len(rules_of(self.rules)), 3)
        self.assertTrue(harness.read_bytes(self.rules).endswith(b"\n"))
        self.assertEqual(self.leftovers(), set())
        self.check_silent()

    def test_mode_whatever_the_mask(self):
        for mask in (0, 0o777):
            with self.subTest(mask=oct(mask)):
                path = os.path.join(self.directory, f"{mask}.rules")
                # The lock is a new file as well, and must be readable for the next run.
                self.learn(path, preexec=lambda mask=mask: os.umask(mask))
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_old_lines_stay(self):
        old = self.write_old()
        os.chmod(self.rules, 0o640)
        self.learn()
        new = harness.read_bytes(self.rules)
        self.assertEqual(new[:len(old)], old)
        added = new[len(old):].decode().splitlines()
        self.assertRegex(added[0], r"^# learned 2\d\d\d-")
        self.assertEqual(len(added), 3, added)
        self.assertTrue(all("port=" not in line and "80" not in line.split()[0]
                            for line in added[1:]), added)
        self.assertEqual(stat.S_IMODE(os.stat(self.rules).st_mode), 0o600)
        self.check_silent()

    def test_nothing_new_writes_nothing(self):
        self.learn()
        before = os.stat(self.rules)
        self.learn()
        after = os.stat(self.rules)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_nothing_that_a_restart_changes(self):
        self.learn()
        text = "\n".join(rules_of(self.rules))
        for row in self.made.rows:
            for key in ("pid", "inode", "cookie"):
                self.assertNotRegex(text, rf"\b{row[key]}\b", key)
        self.assertNotRegex(text, r"\b(pid|inode|uid)=")
        for line in rules_of(self.rules):
            self.assertIn(" user=root ", line)
        self.assertIn("tcp/auto", text)
        self.assertNotIn(str(self.made.rows[2]["port"]), text)

    def test_bad_rules_are_not_built_upon(self):
        text = "tcp/80 user=root\ntcp/99999\nfoo=1\n"
        harness.write_text(self.rules, text)
        result = self.learn(status=2)
        for place in (f"{self.rules}:2", f"{self.rules}:3"):
            self.assertIn(place, result.err.decode())
        self.assertEqual(harness.read_bytes(self.rules), text.encode())

    def test_selectors_have_no_part(self):
        result = harness.lsports("--learn", self.rules, "80")
        self.assertEqual(result.status, 2, str(result))
        self.assertFalse(os.path.exists(self.rules))


class Names(Learning):
    """Whatever the name of a program, user or directory, its rule matches it and nothing else."""

    NAMES = [b"two words", b"a,b", b"a#b", b"#", b"a*", b"[ab]", b"a?", b'quo"te', b"it's",
             b"back\\", b"user=root", b"!", b"tab\there", b"line\nbreak", b"\xff\xfe",
             "\u00e4\u202e".encode(),
             b" leading", b"trailing ", b"required", b"%41", b"\\x41", b"a" * 200]

    def run_program(self, name, port):
        program = os.fsdecode(os.path.join(os.fsencode(self.directory), name))
        if not os.path.exists(program):
            shutil.copy(harness.need("MKSOCK"), program)
        made = harness.Made(f"tcp,port={port}", program=program)
        made.__enter__()
        self.addCleanup(made.__exit__)

    def test_programs(self):
        for at, name in enumerate(self.NAMES):
            self.run_program(name, 10000 + at)
        self.learn()
        self.assertEqual(len(rules_of(self.rules)), len(SERVICES) + len(self.NAMES))
        self.check_silent()
        self.learn()
        self.assertEqual(len(rules_of(self.rules)), len(SERVICES) + len(self.NAMES))

    def test_patterns_are_taken_by_the_letter(self):
        """The learned program is gone, and one whose name its pattern would fit is there."""
        for learned, other in ((b"a*", b"ab"), (b"[ab]", b"a"), (b"a?", b"ab"), (b"a,b", b"a"),
                               (b"\\x41", b"A"), (b"\xff", b"\\xff"), (b"two words", b"two")):
            with self.subTest(learned=learned, other=other):
                harness.write_text(self.rules, "")
                program = os.fsdecode(os.path.join(os.fsencode(self.directory), learned))
                shutil.copy(harness.need("MKSOCK"), program)
                with harness.Made("tcp,port=10000", program=program):
                    self.learn()
                    self.check_silent()
                program = os.fsdecode(os.path.join(os.fsencode(self.directory), other))
                shutil.copy(harness.need("MKSOCK"), program)
                with harness.Made("tcp,port=10000", program=program):
                    result = harness.lsports("--check", "--expected", self.rules)
                self.assertEqual(result.status, 1, str(result))
                self.assertIn(b":10000  ", result.out)

    @harness.needs_users()
    def test_users(self):
        names = ["Jane Doe", "a,b", "x*", "#1", "12346", "q\"", "b\\", "-", "root "]
        passwd = harness.read_bytes("/etc/passwd").decode()
        for at, name in enumerate(names):
            passwd += f"{name}:x:{20000 + at}:20000::/:/bin/false\n"
        path = harness.write_text(os.path.join(self.directory, "passwd"), passwd)
        mount = [harness.need_tool("mount"), "--bind", path, "/etc/passwd"]
        self.assertEqual(harness.run(mount).status, 0)
        self.addCleanup(harness.run, [harness.need_tool("umount"), "/etc/passwd"])
        specs = [f"tcp,port={10000 + at},uid={20000 + at}" for at in range(len(names))]
        with harness.Made(*specs):
            self.learn()
            self.check_silent()
        # Each by another of them.
        shifted = [f"tcp,port={10000 + at},uid={20000 + (at + 1) % len(names)}"
                   for at in range(len(names))]
        with harness.Made(*shifted):
            result = harness.lsports("--check", "--expected", self.rules)
        self.assertEqual(result.status, 1, str(result))
        self.assertEqual(len(result.out.splitlines()), len(names), str(result))


class Places(Learning):
    def refuse(self, path, *words, **how):
        result = self.learn(path, status=2, **how)
        text = result.err.decode().lower()
        for word in words:
            self.assertIn(word, text)
        return result

    def test_symbolic_link(self):
        target = os.path.join(self.directory, "target")
        harness.write_text(target, OLD)
        os.symlink(target, self.rules)
        self.refuse(self.rules, "symbolic link")
        self.assertEqual(harness.read_bytes(target), OLD.encode())
        self.assertTrue(os.path.islink(self.rules))

    def test_link_that_leads_nowhere(self):
        os.symlink(os.path.join(self.directory, "nowhere"), self.rules)
        self.refuse(self.rules, "symbolic link")
        self.assertFalse(os.path.exists(os.path.join(self.directory, "nowhere")))

    def test_lock_that_is_a_link(self):
        victim = harness.write_text(os.path.join(self.directory, "victim"), "text")
        os.symlink(victim, self.rules + ".lock")
        self.refuse(self.rules, ".lock")
        self.assertEqual(harness.read_bytes(victim), b"text")

    def test_directory(self):
        os.mkdir(self.rules)
        self.refuse(self.rules, "directory")
        self.assertEqual(os.listdir(self.rules), [])
        self.assertEqual(self.leftovers(), set())

    def test_missing_directory(self):
        self.refuse(os.path.join(self.directory, "no", "such", "x.rules"), "directory does not exist")

    @harness.needs_root("it makes a device")
    def test_no_regular_file(self):
        os.mkfifo(self.rules)
        self.refuse(self.rules, "regular file")
        device = os.path.join(self.directory, "null")
        os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        self.refuse(device, "regular file")
        self.assertTrue(stat.S_ISCHR(os.stat(device).st_mode))

    @harness.needs_users("its file belongs to another user")
    def test_others_could_change_it(self):
        self.write_old()
        os.chmod(self.rules, 0o666)
        self.refuse(self.rules, "others", "chmod go-w ")
        os.chmod(self.rules, 0o600)
        os.chown(self.rules, 12345, 12345)
        self.refuse(self.rules, "belongs to user 12345", "chown root: ")
        os.chown(self.rules, 0, 0)
        os.link(self.rules, self.rules + ".too")
        self.refuse(self.rules, "hard link")
        self.assertEqual(harness.read_bytes(self.rules), OLD.encode())

    @harness.needs_users("it asks as nobody")
    def test_directory_that_may_not_be_written(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        result = harness.run([*harness.AS_NOBODY, program, "--learn", self.rules])
        self.assertEqual(result.status, 2, str(result))
        self.assertIn("ermission denied", result.err.decode())
        self.assertEqual(os.listdir(self.directory), [])

    def test_read_only_file_system(self):
        self.write_old()
        mount = harness.need_tool("mount")
        self.assertEqual(harness.run([mount, "--bind", self.directory, self.directory]).status, 0)
        self.addCleanup(harness.run, [harness.need_tool("umount"), self.directory])
        self.assertEqual(harness.run([mount, "-o", "remount,bind,ro", self.directory]).status, 0)
        self.refuse(self.rules, "read-only")
        self.assertEqual(harness.read_bytes(self.rules), OLD.encode())


class Incomplete(Learning):
    def refuse(self, *words, prefix=(), program=None, directory=None):
        path = os.path.join(directory or self.directory, "learned.rules")
        result = harness.run([*prefix, program or harness.need("LSPORTS"), "--learn", path],
                             env=harness.sanitizer_environment(os.environ))
        self.assertEqual(result.status, 3, str(result))
        text = result.err.decode()
        self.assertIn("nothing learned", text)
        for word in words:
            self.assertIn(word, text)
        self.assertFalse(os.path.exists(path))
        return text

    @harness.needs_users("it asks as nobody")
    def test_nobody(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        os.chown(self.directory, 65534, 65534)
        self.refuse("CAP_SYS_PTRACE", "hidden from this user; run as root", prefix=harness.AS_NOBODY, program=program)

    @harness.needs_users("it asks as nobody")
    def test_hidden_processes(self):
        mount = harness.need_tool("mount")
        result = harness.run([mount, "-o", "remount,hidepid=2", "/proc"])
        self.assertEqual(result.status, 0, str(result))
        self.addCleanup(harness.run, [mount, "-o", "remount,hidepid=0", "/proc"])
        self.learn(os.path.join(self.directory, "root.rules"))
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        os.chown(self.directory, 65534, 65534)
        self.refuse("hidepid", "root", prefix=harness.AS_NOBODY, program=program)

    def test_descriptors_run_out(self):
        log = os.path.join(self.directory, "log")
        prefix = [harness.need_tool("strace"), "-f", "-qq", "-o", log]
        self.learn(os.path.join(self.directory, "first.rules"), prefix=[*prefix, "-e",
                   "trace=openat2"], env=harness.sanitizer_environment(os.environ))
        lines = harness.read_bytes(log).decode().splitlines()
        number = next(at + 1 for at, line in enumerate(lines) if '"fd"' in line or '"comm"' in line)
        inject = ["-e", "trace=openat2", "-e", f"inject=openat2:error=EMFILE:when={number}+"]
        self.refuse("Too many open files", prefix=[*prefix, *inject])
        self.assertIn("INJECTED", harness.read_bytes(log).decode())


class Unknown(Learning):
    """What is not known is never left out of a rule."""

    def try_learn(self, *injection, prefix=()):
        path = os.path.join(self.directory, "tried.rules")
        if os.path.exists(path):
            os.unlink(path)
        command = [*prefix, *injection, harness.need("LSPORTS"), "-v", "--learn", path]
        result = harness.run(command, env=harness.sanitizer_environment(os.environ))
        return result, rules_of(path) if os.path.exists(path) else None

    @harness.needs_root("it takes the mounts of cgroup2 away")
    def test_unit(self):
        """Without the file system of the cgroups units are those of the holders, or not known."""
        script = ('for m in $(awk \'$3 == "cgroup2" { print $2 }\' /proc/mounts); do '
                  'umount -l "$m"; done; exec "$0" "$@"')
        reference, rules = self.try_learn()
        self.assertEqual(reference.status, 0, str(reference))
        result, tried = self.try_learn(prefix=[harness.need_tool("unshare"), "--mount", "bash",
                                               "-c", script])
        if result.status == 0:
            self.assertEqual(tried, rules)
        else:
            self.assertEqual(result.status, 3, str(result))
            self.assertIn("tcp/80 on 0.0.0.0: not known: unit", result.err.decode())
            self.assertIsNone(tried)

    @harness.needs_root("its user is root")
    def test_forged_program(self):
        """A process that may have set the link of its program is named, not learned without it."""
        made = harness.Made("tcp,port=0", prefix=[harness.need_tool("unshare"), "--user",
                                                   "--map-root-user"])
        made.__enter__()
        self.addCleanup(made.__exit__)
        result, tried = self.try_learn()
        self.assertEqual(result.status, 3, str(result))
        self.assertIsNone(tried)
        self.assertRegex(result.err.decode(), r"tcp/\d+ on 0\.0\.0\.0: not known: verified program "
                                              r"of mksock\(\d+\)\n")
        self.assertRegex(result.err.decode(), r'such as "tcp/\w+ user=root", to \S+/tried\.rules, and learn again\n')
        with open(self.rules, "w", encoding="ascii") as file:
            file.write("tcp/auto scope=any user=root\n")
        self.learn()
        self.check_silent()

    def test_faults(self):
        """Every failure of what is read leads to the same rules or to none."""
        log = os.path.join(self.directory, "log")
        before = [harness.need_tool("strace"), "-f", "-qq", "-o", log, "-E",
                  "LD_PRELOAD=" + harness.need("STARTMARK")]
        reference, rules = self.try_learn(prefix=before)
        self.assertEqual(reference.status, 0, str(reference))
        self.assertEqual(len(rules), len(SERVICES))
        found, count, wrongs = test_faults.occurrences(log), 0, []
        for name in sorted({"openat", "openat2", "readlinkat", "getdents64", "read", "recvmsg",
                            "getsockopt", "name_to_handle_at", "open_by_handle_at", "newfstatat"}
                           & set(found)):
            for number in test_faults.pick(found[name]):
                for error in ("EMFILE", "EIO", "EACCES"):
                    result, tried = self.try_learn(
                        "-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={number}",
                        prefix=before)
                    count += 1
                    if tried != rules if result.status == 0 else tried:
                        wrongs.append(f"{name} #{number} {error}: {tried}, {result}")
        self.assertGreater(count, 15)
        self.assertEqual(wrongs, [])


class Several(Learning):
    def start(self, number, prefix=()):
        return [subprocess.Popen([*prefix, harness.need("LSPORTS"), "--learn", self.rules],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, preexec_fn=harness.die_with_parent)
                for _ in range(number)]

    def end(self, learners):
        for learner in learners:
            _, err = learner.communicate(timeout=harness.TIME_LIMIT)
            self.assertEqual(learner.returncode, 0, err)

    def check_whole(self, count):
        rules = rules_of(self.rules)
        self.assertEqual(len(rules), count, rules)
        self.assertEqual(len(set(rules)), count, rules)
        self.assertTrue(harness.read_bytes(self.rules).endswith(b"\n"))
        self.assertEqual(self.leftovers(), set())

    def test_eight_of_the_same(self):
        for _ in range(5):
            old = self.write_old()
            self.end(self.start(8))
            self.assertEqual(harness.read_bytes(self.rules)[:len(old)], old)
            self.check_whole(4)

    def test_eight_of_their_own(self):
        """Eight namespaces, each with a different listener."""
        old = self.write_old()
        unshare = [harness.need_tool("unshare"), "--net"]
        learners = []
        for at in range(8):
            made = harness.Made(f"tcp,port={9000 + at}", prefix=unshare)
            made.__enter__()
            self.addCleanup(made.__exit__)
            enter = [harness.need_tool("nsenter"), f"--net=/proc/{made.rows[0]['pid']}/ns/net"]
            learners += self.start(1, enter)
        self.end(learners)
        self.assertEqual(harness.read_bytes(self.rules)[:len(old)], old)
        self.check_whole(2 + 8)
        for at in range(8):
            self.assertIn(f"tcp/{9000 + at}", harness.read_bytes(self.rules).decode())


class Edited(Learning):
    """An editor takes no lock."""

    def test_changed_while_learning(self):
        self.write_old()
        log = os.path.join(self.directory, "log")
        # One call between the reading of the old file and the writing of the new one is slow.
        slow = [harness.need_tool("strace"), "-qq", "-o", log, "-e", "trace=sendto", "-e",
                "inject=sendto:delay_enter=1000000:when=1"]
        with subprocess.Popen([*slow, harness.need("LSPORTS"), "--learn", self.rules],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, preexec_fn=harness.die_with_parent,
                              env=harness.sanitizer_environment(os.environ)) as learner:
            harness.wait_for(lambda: os.path.exists(log) and harness.read_bytes(log),
                             "the slow call has begun")
            edited = OLD + "tcp/6 user=root\n"
            harness.write_text(self.rules, edited)
            _, err = learner.communicate(timeout=harness.TIME_LIMIT)
        self.assertEqual(learner.returncode, 2, err)
        self.assertIn(b"changed in the meantime", err)
        self.assertEqual(harness.read_bytes(self.rules), edited.encode())
        self.learn()
        self.assertTrue(harness.read_bytes(self.rules).startswith(edited.encode()))


if __name__ == "__main__":
    harness.main(few_processes=True)
