#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every system call of a listing fails once with every error: right rows, or a reason. Those of
--learn, --check and metrics too: the same rules and differences, or something that says why not.

Counting: an object with a constructor is preloaded that calls close(-4242). What stands before
that in the trace is the dynamic linker; its failures are not ours. From there on each system
call by name is made to fail at its first, second, middle and last occurrence.

Environment: LSPORTS MKSOCK STARTMARK; LSPORTS_FAULTS=first for the first occurrence alone. But for
the whole of --json with both sources of owners it is a sample, one error for each occurrence;
LSPORTS_FAULTS=all tries all.
"""

import collections
import concurrent.futures
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest

import harness

ERRORS = ["EPERM", "EACCES", "ENOMEM", "EMFILE", "ENOBUFS", "EINTR", "EAGAIN", "EIO", "ENOENT"]
WORKERS = 2
MARK = "close(-4242)"
# These do not return, so they cannot fail. And the C library aborts if futex(2) returns an error
# that the kernel never returns.
ENDLESS = {"exit_group", "exit", "rt_sigreturn", "futex"}
# A sanitizer maps memory for itself and looks where the stack of each thread lies, and ends the
# program when it cannot.
SANITIZER_CALLS = {"mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "sched_getaffinity"}
# A list of descriptors, and the fdinfo of one, say ENOENT too (fs/proc/fd.c).
GONE_CALLS = {"open", "openat", "openat2", "readlink", "readlinkat", "statx", "getdents64", "read"}
SPECS = ["tcp,addr=127.0.0.1,port=80", "tcp,addr=::,port=81,v6only=1", "tcp,port=81",
         "udp,addr=::1,port=82", "udp,port=83,device=lo", "tcp,port=84,reuseport=2",
         "tcp,port=85,fork=2", "tcp,port=86,holder=thread", "tcp,port=87,holder=uring",
         "tcp,port=88,holder=scm", "tcp,port=0", "udp,port=1090" + harness.as_user(65534)]

Fault = collections.namedtuple("Fault", "name error number")


def trace_lines(path):
    """(thread, what it did)"""
    with open(path, encoding="utf-8", errors="replace") as file:
        return [line.split(None, 1) for line in file]


def name_of(line):
    found = re.match(r"([a-z_0-9]+)\(", line)
    return found[1] if found else None


def strace(arguments, log, *injection):
    command = [harness.need_tool("strace"), "-f", "-qq", "-o", log, "-E",
               "LD_PRELOAD=" + harness.need("STARTMARK"), *injection, harness.need("LSPORTS"),
               *arguments]
    return harness.run(command, timeout=harness.TIME_LIMIT,
                       env=harness.sanitizer_environment(os.environ))


def occurrences(log):
    """{system call: numbers of its occurrences that are the program's own}

    strace counts those of each thread by themselves: a number means one call in each thread, so
    numbers that the dynamic linker uses are left out.
    """
    counts = collections.Counter()
    found = collections.defaultdict(set)
    linker = None
    for thread, line in trace_lines(log):
        name = name_of(line)
        if name is None:
            continue
        counts[thread, name] += 1
        if linker is None and line.startswith(MARK):
            linker = {name: count for (_, name), count in counts.items()}
        elif linker is not None and name not in ENDLESS and \
                counts[thread, name] > linker.get(name, 0):
            found[name].add(counts[thread, name])
    return {name: sorted(numbers) for name, numbers in found.items()}


def is_sanitized():
    with open(harness.need("LSPORTS"), "rb") as file:
        return b"__asan_init" in file.read()


def pick(numbers, most=4):
    """All if they are at most so many, otherwise first, second, middle, last; each once."""
    if os.environ.get("LSPORTS_FAULTS") == "first":
        return numbers[:1]
    if len(numbers) <= most or os.environ.get("LSPORTS_FAULTS") == "all":
        return numbers
    return sorted({numbers[0], numbers[min(1, len(numbers) - 1)], numbers[len(numbers) // 2],
                   numbers[-1]})


def everything(found):
    return [Fault(name, error, number) for name, numbers in sorted(found.items())
            for number in pick(numbers) for error in ERRORS]


def in_turn(places, errors):
    """One error for each place; LSPORTS_FAULTS=all: each."""
    is_all = os.environ.get("LSPORTS_FAULTS") == "all"
    return [Fault(name, error, number) for at, (name, number) in enumerate(places)
            for error in (errors if is_all else [errors[at % len(errors)]])]


def sample(found):
    return in_turn([(name, number) for name, numbers in sorted(found.items())
                    for number in pick(numbers)], ERRORS)


def refusals(found):
    """Each descriptor and directory is refused once."""
    return [Fault(name, "EPERM", number) for name in ("openat2", "readlinkat")
            for number in pick(found[name], len(found[name]))]


def parse_json(out):
    """The rows as a multiset, and all pairs of a row and an owner."""
    sockets = json.loads(out)["sockets"]
    rows = collections.Counter(harness.endpoint(row) for row in sockets)
    return rows, {(row["inode"], pid) for row in sockets for pid, _ in harness.owners_of(row)}


def parse_raw(out):
    """The same of lines "proto address port pid": of several owners this shows the first. The name of
    a device behind an address is a fact that a fault may take."""
    lines = [re.sub(r"%\S+", "", line).split(" ") for line in out.decode().splitlines()]
    rows = collections.Counter((line[0], line[1], line[2]) for line in lines)
    return rows, {tuple(line) for line in lines}


def try_all(test, what, faults, inject):
    """@inject: fault -> (did it happen, what is wrong)"""
    wrongs, happened = [], 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        jobs = {pool.submit(inject, fault): fault for fault in faults}
        for job in concurrent.futures.as_completed(jobs):
            did_happen, wrong = job.result()
            happened += did_happen
            if wrong:
                fault = jobs[job]
                wrongs.append(f"{fault.name} #{fault.number} {fault.error}: {wrong}")
    print(f"{what}: {len({fault.name for fault in faults})} system calls, {len(faults)} runs, "
          f"{happened} faults took place, {len(wrongs)} wrong", file=sys.stderr)
    if wrongs:
        test.fail("\n" + "\n".join(sorted(wrongs)))
    # Two runs see each other in /proc, so that a last occurrence may not come about.
    test.assertGreater(happened, len(faults) * 0.9)


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*SPECS)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    @staticmethod
    def is_one_process_gone(fault, missing, extra):
        """What /proc has of a process answers ENOENT if the process has ended; that is correct as long as
        only one process is missing."""
        return fault.error == "ENOENT" and fault.name in GONE_CALLS and \
            len({pid for *_, pid in missing}) == 1 and len(extra) <= len(missing)

    def judge(self, fault, result, reference, parse):
        """None, or what is wrong with the answer to a fault."""
        if result.status < 0:
            return f"killed by signal {-result.status}"
        if result.status in (2, 3):
            return None if result.said else f"exit {result.status} without a reason"
        if result.status != 0:
            return f"exit {result.status}"
        try:
            rows, owners = parse(result.out)
        except (ValueError, KeyError, IndexError) as error:
            return f"exit 0 and the answer cannot be read: {error}"
        wanted_rows, wanted_owners = parse(reference.out)
        if rows != wanted_rows:
            missing = wanted_rows - rows
            return f"exit 0, missing {list(missing)}, extra {list(rows - wanted_rows)}"
        missing, extra = wanted_owners - owners, owners - wanted_owners
        if (missing or extra) and not set(result.said) - set(reference.said) and \
                not self.is_one_process_gone(fault, missing, extra):
            return f"exit 0, no line says that owners are missing: {missing}, extra: {extra}"
        return None

    @staticmethod
    def words_for(fault):
        # brk(2) has no error: where it fails it returns an address below the one asked for.
        how = "retval=0" if fault.name == "brk" else f"error={fault.error}"
        return ["--seccomp-bpf", "-e", f"trace={fault.name}", "-e", f"inject={fault.name}:{how}:when={fault.number}"]

    def inject(self, arguments, fault, reference, parse):
        """(did it happen, what is wrong)"""
        with tempfile.NamedTemporaryFile() as log:
            try:
                result = strace(arguments, log.name, *self.words_for(fault))
            except AssertionError as error:
                return True, str(error)
            did_happen = any("(INJECTED)" in line for _, line in trace_lines(log.name))
        wrong = self.judge(fault, result, reference, parse)
        return did_happen, f"{wrong}; {result}" if wrong else None

    def sweep(self, *arguments, parse, plan=everything):
        """@plan: {system call: numbers} -> faults"""
        with tempfile.NamedTemporaryFile() as log:
            reference = strace(arguments, log.name)
            self.assertEqual(reference.status, 0, str(reference))
            found = occurrences(log.name)
        self.assertIn("openat", set(found) | {"openat" if "openat2" in found else None})
        self.assertIn("write", found, "no mark in the trace, or nothing was written")
        for name in SANITIZER_CALLS if is_sanitized() else ():
            found.pop(name, None)
        rows, _ = parse(reference.out)
        self.assertEqual(sum(rows.values()), len(self.made.rows))
        try_all(self, f"lsports {' '.join(arguments)}", plan(found),
                lambda fault: self.inject(arguments, fault, reference, parse))

    def test_json(self):
        self.sweep("-J", "--owners", "proc", parse=parse_json)

    def test_refusals(self):
        self.sweep("-J", "--owners", "proc", parse=parse_json, plan=refusals)

    def test_raw(self):
        self.sweep("-rH", "-o", "proto,address,port,pid", "--owners", "proc", parse=parse_raw,
                   plan=sample)

    def test_proc(self):
        self.sweep("-J", "--source", "proc", "--owners", "proc", parse=parse_json, plan=sample)

    def test_bpf(self):
        self.sweep("-J", "--owners", "bpf", parse=parse_json)

    def test_bpf_in_one_thread(self):
        """Of some ports: the kernel is asked for owners when their sockets are known."""
        self.sweep("-J", "--owners", "bpf", "1-65535", parse=parse_json, plan=sample)


class Judging(unittest.TestCase):
    """A fault makes nothing pass: neither now, nor by a rule that is wider than it would be."""

    ERRORS = ["EPERM", "EACCES", "ENOMEM", "EMFILE", "ENFILE", "EIO", "EINTR", "EAGAIN", "ENOSPC"]
    # More than the one that is expected holds the last of them.
    SPECS = ["tcp,addr=127.0.0.1,port=80", "tcp,addr=::,port=81,v6only=1", "udp,port=83,device=lo",
             "tcp,port=84,reuseport=2", "tcp,port=85,fork=2", "tcp,port=86,holder=thread",
             "tcp,port=87,holder=uring", "tcp,port=0", "udp,port=1090" + harness.as_user(65534)]
    SHARED = 89
    EXPECTED = ("80 user=root exe={0}\n"
                "81,84,85,86,87 exe={0}\n"
                "1090 exe=/nowhere\n"
                "89 exe={1}\n"
                "99 required\n"
                "32768- user=root exe={0}\n")
    # 83 is new.
    DIFFERENCES = {"~ 1090", "~ 89", "+ 83", "- 99"}

    @classmethod
    def setUpClass(cls):
        cls.directory = harness.scratch(cls)
        cls.made = harness.Made(*cls.SPECS)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)
        shared = socket.create_server(("127.0.0.1", cls.SHARED))
        cls.addClassCleanup(shared.close)
        holder = subprocess.Popen(["sleep", "infinity"], pass_fds=[shared.fileno()],
                                  preexec_fn=harness.die_with_parent)
        cls.addClassCleanup(holder.wait)
        cls.addClassCleanup(holder.kill)
        cls.holder = f"/proc/{holder.pid}/fd"

    def faults(self, found):
        return in_turn([(name, number) for name, numbers in sorted(found.items())
                        for number in sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})],
                       self.ERRORS)

    def inject(self, run, judge, fault):
        """(did it happen, what is wrong)"""
        with tempfile.TemporaryDirectory(dir=self.directory) as place:
            log = os.path.join(place, "log")
            try:
                result, answer = run(place, log, *Faults.words_for(fault))
            except AssertionError as error:
                return True, str(error)
            did_happen = any("(INJECTED)" in line for _, line in trace_lines(log))
        wrong = f"killed by signal {-result.status}" if result.status < 0 else \
            f"exit {result.status} without a reason" if result.status in (2, 3) and not result.said \
            else judge(result, answer)
        return did_happen, f"{wrong}; {result}" if wrong else None

    def sweep(self, what, run, judge):
        """@run: (place, log, injection...) -> result and answer; @judge: what is wrong with them."""
        with tempfile.TemporaryDirectory(dir=self.directory) as place:
            log = os.path.join(place, "log")
            result, answer = run(place, log)
            self.assertIsNone(judge(result, answer), str(result))
            found = occurrences(log)
        for name in SANITIZER_CALLS if is_sanitized() else ():
            found.pop(name, None)
        try_all(self, f"lsports {what}", self.faults(found),
                lambda fault: self.inject(run, judge, fault))

    def learn(self, *words):
        rules = []

        def run(place, log, *injection):
            path = os.path.join(place, "learned.rules")
            result = strace(["--learn", path, *words], log, *injection)
            if not os.path.exists(path):
                return result, None
            lines = harness.read_bytes(path).decode().splitlines()
            return result, [line for line in lines if not line.startswith("#")]

        def judge(result, answer):
            rules[:] = rules or answer
            if result.status == 0 and answer != rules:
                return f"exit 0, learned {answer}"
            # What was written is whole, even if it is not known to be on the disk.
            if answer is not None and answer != rules:
                return f"exit {result.status}, learned {answer}"
            return None

        self.sweep(f"--learn FILE {' '.join(words)}", run, judge)
        self.assertGreater(len(rules), 8)

    def test_one_of_two_owners_is_refused_once(self):
        """It is asked again: the second owner runs another program than the rule names."""
        rules = harness.write_text(os.path.join(self.directory, "shared.rules"),
                                   "80-88,90- user=root,nobody\n89 exe=" +
                                   os.path.realpath("/proc/self/exe") + "\n")
        log = os.path.join(self.directory, "log")
        for how in [], ["-P", self.holder, "-e", "trace=readlinkat", "-e",
                        "inject=readlinkat:error=EACCES:when=1"]:
            result = strace(["--check", "--expected", rules, "--owners", "proc"], log, *how)
            self.assertEqual(any("(INJECTED)" in line for _, line in trace_lines(log)), bool(how))
            self.assertEqual(result.status, 1, str(result))
            self.assertRegex(result.out.decode(), r"\A~ tcp 127\.0\.0\.1:89  [^\n]*\n\Z")

    def expected(self):
        rules = harness.write_text(os.path.join(self.directory, "host.rules"), self.EXPECTED.format(
            os.path.realpath(harness.need("MKSOCK")), os.path.realpath("/proc/self/exe")))
        return ["--expected", rules]

    def test_metrics(self):
        """Every series is as it was, or the exit status or a series says why not."""
        whole, rules = set(), self.expected()

        def run(_, log, *injection):
            result = strace(["--format", "prometheus", "--owners", "proc", *rules], log, *injection)
            return result, {line for line in result.out.decode().splitlines()
                            if line[:1] != "#" and "_seconds" not in line}

        def judge(result, answer):
            if not whole:
                whole.update(answer)
                return None if "lsports_view_complete 1" in answer else "it is not complete"
            if result.status in (2, 3) or "lsports_view_complete 0" in answer:
                return None
            # A label that nothing is judged by may be empty, with a reason.
            wrong = {line for line in answer ^ whole
                     if not result.said or not line.startswith("lsports_listener_info{")}
            return f"exit {result.status} with {wrong}" if wrong or result.status else None

        self.sweep("--format prometheus", run, judge)
        self.assertGreater(len(whole), 50)

    def check(self, *words):
        rules = self.expected()

        def run(_, log, *injection):
            result = strace(["--check", *rules, *words], log, *injection)
            lines = result.out.decode().splitlines()
            return result, {re.sub(r"^(.) (?:\S+ \S*:|)(\d+) .*", r"\1 \2", line) for line in lines}

        def judge(result, answer):
            if result.status in (2, 3):
                return None
            missing = {line for line in self.DIFFERENCES - answer if "?" + line[1:] not in answer}
            if result.status != 1 or missing:
                return f"exit {result.status} without {missing}"
            wrong = {line for line in answer - self.DIFFERENCES if line[0] != "?"}
            return f"exit 1 with {wrong}" if wrong else None

        self.sweep(f"--check {' '.join(words)}", run, judge)

    def test_learn(self):
        self.learn("--owners", "proc")

    @harness.needs_root("no owner is found by BPF without")
    def test_learn_bpf(self):
        self.learn("--owners", "bpf")

    def test_check(self):
        self.check("--owners", "proc")

    @harness.needs_root("no owner is found by BPF without")
    def test_check_bpf(self):
        self.check("--owners", "bpf")


if __name__ == "__main__":
    harness.main(few_processes=True)
