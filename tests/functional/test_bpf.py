#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Owners by BPF: the same as those of a walk, on every load and whatever the kernel refuses.

Environment: LSPORTS MKSOCK LOAD, the programs.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import harness

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import bench

SPECS = ["tcp,port=80", "tcp,port=81,holder=thread", "tcp,port=82,holder=leader",
         "tcp,port=83,holder=uring", "tcp,port=84,holder=scm", "tcp,port=85,fork=2",
         "tcp,port=86,holder=thread,count=20", "tcp,port=1120,uid=65534", "udp,port=1121",
         "udp,addr=::1,port=1122,fork=1", "tcp,port=1123,reuseport=3"]
ROW = "proto,address,port,peer-address,peer-port,inode,owners"
# A user without privileges, and root without the capabilities or the system call.
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
NO_BPF = ["setpriv", "--bounding-set=-bpf,-sys_admin"]
NO_PERFMON = ["setpriv", "--bounding-set=-perfmon,-sys_admin"]


def refuse(error, number):
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=bpf", "-e",
            f"inject=bpf:error={error}:when={number}"]


def in_load(pid, *arguments, prefix=()):
    """lsports in the network namespace of a load of the benchmark."""
    result = harness.run(["nsenter", "--net", f"--target={pid}", *prefix,
                          harness.need("LSPORTS"), *arguments], timeout=300)
    if result.status != 0:
        raise AssertionError(str(result))
    return result


def method(note):
    """What -v says is the last note about owners."""
    return {"by a BPF program among": "bpf", "by reading /proc of": "proc"}[
        re.fullmatch(r"lsports: owners: found (.+?) (?:all|\d+) process.*", note)[1]]


def notes(result):
    return [line for line in result.said if line.startswith("lsports: owners: ")]


@harness.needs_root("it loads a program into the kernel")
class Bpf(unittest.TestCase):
    def look(self, how, *prefix, selectors=()):
        """One run with -v, whose answer is complete or says what is missing."""
        result = harness.run([*prefix, harness.need("LSPORTS"), "-J", "-v", "--owners", how,
                              *selectors],
                             env=harness.sanitizer_environment(os.environ))
        self.assertEqual(result.status, 0, str(result))
        answer = harness.json.loads(result.out)
        said = [line for line in result.said if line.startswith("lsports: owners: ")]
        self.assertEqual(said, ["lsports: " + note for note in answer["notes"]
                                if note.startswith("owners: ")])
        rows = harness.by_cookie(answer["sockets"])
        return {cookie: harness.owners_of(row) for cookie, row in rows.items()}, said

    def test_every_holder(self):
        with harness.Made(*SPECS):
            by_bpf, said = self.look("bpf")
            by_proc, _ = self.look("proc")
        self.assertEqual(by_bpf, by_proc)
        self.assertEqual(len(by_bpf), 32)
        self.assertEqual(method(said[-1]), "bpf")

    def check_load(self, name, least, *question):
        words = [*question, "-n", "-v", "--format", "jsonl", "-o", ROW, "--owners"]
        with bench.Load(name) as pid:
            answers = {how: in_load(pid, *words, how) for how in ("bpf", "proc", "auto")}
            # The walk takes as many threads as there are processors for us.
            one = in_load(pid, *words, "proc", prefix=["taskset", "1"])
        rows = answers["bpf"].out.splitlines()
        self.assertGreaterEqual(len(rows), least)
        self.assertEqual([row for row in rows if b'"owners":[]' in row], [])
        self.assertEqual(answers["bpf"].out, answers["proc"].out)
        self.assertEqual(one.out, answers["proc"].out)
        self.assertEqual(answers["auto"].out, answers["proc"].out)
        for how in ("bpf", "proc"):
            self.assertEqual(method(notes(answers[how])[-1]), how)
        return method(notes(answers["auto"])[-1])

    def test_idle(self):
        self.check_load("idle", 20, "-tul")

    def test_many_descriptors(self):
        self.assertEqual(self.check_load("fds", 20, "-tul"), "bpf")

    def test_many_processes(self):
        self.assertEqual(self.check_load("procs", 20, "-tul"), "bpf")

    def test_many_listeners(self):
        self.assertEqual(self.check_load("listeners", 15000, "-tul"), "bpf")

    def test_many_connections(self):
        self.assertEqual(self.check_load("conns", 200000, "-tua"), "bpf")

    def test_refused(self):
        """Where the kernel refuses, the walk is used, and the reason is reported."""
        with harness.Made(*SPECS), bench.Load("procs"):
            wanted, _ = self.look("proc")
            for prefix in (NO_BPF, NO_PERFMON):
                seen, said = self.look("auto", *prefix)
                self.assertEqual(seen, wanted)
                self.assertRegex("\n".join(said), r"cannot use bpf: .*CAP_BPF and CAP_PERFMON")
                self.assertEqual(method(said[-1]), "proc")

    def count_refusals(self, wanted, selectors):
        """Each call of bpf(2) fails; some are made by the kernel, among them those for BTF."""
        failures = 0
        for error in ("ENOSYS", "EINVAL", "ENOMEM"):
            for number in range(1, 20):
                seen, said = self.look("auto", *refuse(error, number), selectors=selectors)
                self.assertEqual(seen, wanted, (error, number))
                if method(said[-1]) == "bpf":
                    break
                self.assertRegex("\n".join(said), r"owners: cannot use bpf: \w+")
                failures += 1
        return failures

    def test_each_call_fails(self):
        with harness.Made(*SPECS), bench.Load("procs"):
            wanted, _ = self.look("proc")
            # A map and its values, two programs, a link, an iterator; and one more behind the first
            # pass, which strace counts as the first of its thread.
            self.assertEqual(self.count_refusals(wanted, ()), 3 * 6)
            # Of some ports all is done in one thread.
            self.assertEqual(self.count_refusals(wanted, ["1-65535"]), 3 * 7)

    def test_a_socket_made_meanwhile(self):
        """The first pass runs while sockets are read; a second pass finds what was too new for it."""
        with tempfile.NamedTemporaryFile("r") as log:
            # The first message opens the way, the second one asks for listeners.
            run = subprocess.Popen(
                ["strace", "-f", "-qq", "-o", log.name, "-e", "trace=sendto,bpf,exit",
                 "-e", "inject=sendto:delay_enter=1500000:when=2", harness.need("LSPORTS"), "-J",
                 "--owners", "bpf"], stdout=subprocess.PIPE,
                env=harness.sanitizer_environment(os.environ),
                preexec_fn=harness.die_with_parent)

            def count(call):
                log.seek(0)
                return log.read().count(call)

            harness.wait_for(lambda: count(" exit(") == 1, "the first pass is made")
            with harness.Made("tcp,port=80"):
                out, _ = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 0)
            self.assertEqual(count("bpf(BPF_ITER_CREATE"), 2)
        rows = harness.json.loads(out)["sockets"]
        self.assertEqual([(row["port"], len(row["owners"])) for row in rows], [(80, 1)])

    def test_nothing_to_find(self):
        """If nothing listens on the ports, the kernel is not asked for owners."""
        with harness.Made("tcp,port=80"), tempfile.NamedTemporaryFile("r") as log:
            for port, calls in ("81", 0), ("80", 6):
                result = harness.run(["strace", "-f", "-qq", "-o", log.name, "-e", "trace=bpf",
                                      harness.need("LSPORTS"), "--owners", "bpf", port],
                                     env=harness.sanitizer_environment(os.environ))
                self.assertEqual(result.status, int(port == "81"), str(result))
                self.assertEqual(len(re.findall(r"\bbpf\(", log.read())), calls)
                log.seek(0)

    def test_nobody(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(harness.shutil.rmtree, os.path.dirname(program))
        with harness.Made(*SPECS), bench.Load("procs"):
            result = harness.run([*NOBODY, program, "-J", "-v"])
        self.assertEqual(result.status, 0, str(result))
        self.assertRegex("\n".join(notes(result)), r"cannot use bpf: Operation not permitted")
        rows = harness.json.loads(result.out)["sockets"]
        self.assertTrue(any(row["uid"] == 65534 and row["owners"] for row in rows))

    def test_forced_and_refused(self):
        """--owners bpf alone reports that no process was inspected."""
        with harness.Made("tcp,port=80"):
            result = harness.run([*NO_BPF, harness.need("LSPORTS"), "--owners", "bpf", "--strict"])
        self.assertEqual(result.status, 3, str(result))
        self.assertRegex("\n".join(result.said), r"could not look up owners: bpf: ")

    def test_a_pid_that_is_another_process_by_now(self):
        """Facts are those of the process that holds the socket, or unknown."""
        with harness.Made("tcp,port=80,fork=20"):
            for number in range(1, 12):
                result = harness.run(
                    ["strace", "-f", "-qq", "-o", "/dev/null", "-P", "fd", "-e", "trace=readlinkat",
                     "-e", f"inject=readlinkat:error=ENOENT:when={number}",
                     harness.need("LSPORTS"), "-J", "--owners", "bpf"],
                    env=harness.sanitizer_environment(os.environ))
                self.assertEqual(result.status, 0, str(result))
                for row in harness.json.loads(result.out)["sockets"]:
                    self.assertTrue(all(owner["process"] for owner in row["owners"]), row)

    def test_no_program_stays_in_the_kernel(self):
        def programs():
            out = harness.run(["bpftool", "prog", "show"]).out.decode()
            return re.findall(r"name list_descriptor", out)

        with harness.Made("tcp,port=80"):
            self.look("bpf")
            self.look("bpf")
        harness.wait_for(lambda: not programs(), "the programs are gone")


if __name__ == "__main__":
    for tool in ("setpriv", "strace", "nsenter", "bpftool", "taskset"):
        harness.need_tool(tool)
    harness.main(few_processes=True)
