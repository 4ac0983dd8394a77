#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every system call of a listing fails once with every error: right rows, or a reason.

Counting: an object with a constructor is preloaded that calls close(-4242). What stands before
that in the trace is the dynamic linker; its failures are not ours. From there on each system
call by name is made to fail at its first, second, middle and last occurrence.

Environment: LSPORTS MKSOCK STARTMARK; LSPORTS_FAULTS=first for the first occurrence alone.
"""

import collections
import concurrent.futures
import json
import os
import re
import sys
import tempfile
import unittest

import harness

ERRORS = ["EPERM", "EACCES", "ENOMEM", "EMFILE", "ENOBUFS", "EINTR", "EAGAIN", "EIO", "ENOENT"]
TIME_LIMIT = 5.0
WORKERS = 2
MARK = "close(-4242)"
# These do not return: there is nothing that could be told to fail. And the C library ends a program
# whose futex(2) answers what the kernel never does.
ENDLESS = {"exit_group", "exit", "rt_sigreturn", "futex"}
# A sanitizer maps memory for itself and looks where the stack of each thread lies, and ends the
# program when it cannot.
SANITIZER_CALLS = {"mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "sched_getaffinity"}
GONE_CALLS = {"open", "openat", "openat2", "readlink", "readlinkat"}
SPECS = ["tcp,addr=127.0.0.1,port=80", "tcp,addr=::,port=81,v6only=1", "tcp,port=81",
         "udp,addr=::1,port=82", "udp,port=83,device=lo", "tcp,port=84,reuseport=2",
         "tcp,port=85,fork=2", "tcp,port=86,holder=thread", "tcp,port=87,holder=uring",
         "tcp,port=88,holder=scm", "tcp,port=0", "udp,port=1090,uid=65534"]

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
    return harness.run(command, timeout=TIME_LIMIT,
                       env=harness.sanitizer_environment(os.environ))


def occurrences(log):
    """{system call: numbers of its occurrences that are the program's own}

    strace counts those of each thread by themselves: one number is one call in each of them, and
    what is low enough to be one of the dynamic linker cannot be meant.
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


def pick(numbers):
    """First, second, middle, last; each once."""
    if os.environ.get("LSPORTS_FAULTS") == "first":
        return numbers[:1]
    return sorted({numbers[0], numbers[min(1, len(numbers) - 1)], numbers[len(numbers) // 2],
                   numbers[-1]})


def parse_json(out):
    """The rows as a multiset, and all pairs of a row and an owner."""
    sockets = json.loads(out)["sockets"]
    rows = collections.Counter(harness.endpoint(row) for row in sockets)
    return rows, {(row["inode"], pid) for row in sockets for pid, _ in harness.owners_of(row)}


def parse_raw(out):
    """The same of lines "proto address port pid": of several owners this shows the first."""
    lines = [line.split(" ") for line in out.decode().splitlines()]
    rows = collections.Counter((line[0], line[1], line[2]) for line in lines)
    return rows, {tuple(line) for line in lines}


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = harness.Made(*SPECS)
        cls.made.__enter__()
        cls.addClassCleanup(cls.made.__exit__)

    @staticmethod
    def is_one_process_gone(fault, missing, extra):
        """What a directory or a link of /proc answers when its process has ended is ENOENT; that
        is no fault, as long as one process is missing and nothing else."""
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
        return ["-e", f"trace={fault.name}", "-e", f"inject={fault.name}:{how}:when={fault.number}"]

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

    def sweep(self, *arguments, parse):
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
        faults = [Fault(name, error, number) for name, numbers in sorted(found.items())
                  for number in pick(numbers) for error in ERRORS]
        wrongs, happened = [], 0
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            jobs = {pool.submit(self.inject, arguments, fault, reference, parse): fault
                    for fault in faults}
            for job in concurrent.futures.as_completed(jobs):
                did_happen, wrong = job.result()
                happened += did_happen
                if wrong:
                    fault = jobs[job]
                    wrongs.append(f"{fault.name} #{fault.number} {fault.error}: {wrong}")
        print(f"lsports {' '.join(arguments)}: {len(found)} system calls, {len(faults)} runs, "
              f"{happened} faults took place, {len(wrongs)} wrong", file=sys.stderr)
        if wrongs:
            self.fail("\n" + "\n".join(sorted(wrongs)))
        # Two runs see each other in /proc, so that a last occurrence may not come about.
        self.assertGreater(happened, len(faults) * 0.9)

    def test_json(self):
        self.sweep("-J", "--owners", "proc", parse=parse_json)

    def test_raw(self):
        self.sweep("-rH", "-o", "proto,address,port,pid", "--owners", "proc", parse=parse_raw)

    def test_proc(self):
        self.sweep("-J", "--source", "proc", "--owners", "proc", parse=parse_json)

    def test_bpf(self):
        self.sweep("-J", "--owners", "bpf", parse=parse_json)

    def test_bpf_in_one_thread(self):
        """Of some ports: the kernel is asked for owners when their sockets are known."""
        self.sweep("-J", "--owners", "bpf", "1-65535", parse=parse_json)


if __name__ == "__main__":
    harness.main(root=True, few_processes=True)
