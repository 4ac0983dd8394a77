#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory is short from the k-th allocation on, or for that one alone: the whole truth, or a reason.

Environment: LSPORTS MKSOCK NOMALLOC; LSPORTS_NOMEMORY=N for about N of all k, or all; 120.
"""

import concurrent.futures
import json
import os
import sys
import unittest

import harness
from learning import rules_of

WORKERS = 2
PLACES = os.environ.get("LSPORTS_NOMEMORY", "120")
KNOWN = ["tcp,addr=127.0.0.1,port=80", "udp,addr=::1,port=82", "tcp,port=86,holder=thread",
         "tcp,port=87,holder=uring", "tcp,port=1120" + harness.as_user(65534)]
NEWS = ["tcp,port=4444", "udp,port=4445" + harness.as_user(65534)]


def listing(out, _):
    """What does not change from one run to the next."""
    answer = json.loads(out)
    return [*answer["sockets"], answer["complete"]]


def series(out, _):
    return [line for line in out.decode().splitlines() if "_seconds" not in line]


def lines(out, _):
    return out.decode().splitlines()


def learned(_, path):
    return rules_of(path) if os.path.exists(path) else None


class NoMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()
        cls.directory = harness.scratch(cls)
        cls.rules = os.path.join(cls.directory, "known.rules")
        known = harness.Made(*KNOWN)
        known.__enter__()
        cls.addClassCleanup(known.__exit__)
        result = harness.lsports("--learn", cls.rules)
        if result.status != 0:
            raise AssertionError(str(result))
        news = harness.Made(*NEWS)
        news.__enter__()
        cls.addClassCleanup(news.__exit__)

    def run_short(self, arguments, parse, how=None, count=None):
        """(result, what was answered)"""
        env = dict(os.environ, LD_PRELOAD=harness.need("NOMALLOC"))
        path = os.path.join(self.directory, f"{self._testMethodName}-{how}.rules")
        if how:
            env["NOMALLOC"] = how
        if count:
            env["NOMALLOC_COUNT"] = count
        result = harness.run([harness.need("LSPORTS"),
                              *[path if word == "NEW" else word for word in arguments]], env=env)
        answer = None
        if result.status in (0, 1) or parse is learned:
            try:
                answer = parse(result.out, path)
            except (ValueError, KeyError) as error:
                answer = f"cannot be read: {error}"
        return result, answer

    def judge(self, arguments, parse, how, wanted):
        """None, or what is wrong."""
        result, answer = self.run_short(arguments, parse, how)
        if result.status in (2, 3):
            if not result.said:
                return f"{how}: exit {result.status} without a reason"
            return f"{how}: wrote {answer}" if parse is learned and answer else None
        # A row may lack a fact that is said to be missing, a rule may not.
        is_told = parse is not learned and result.said and len(answer or ()) == len(wanted[1])
        if result.status != wanted[0] or answer != wanted[1] and not is_told:
            return f"{how}: {answer} instead of {wanted[1]}\n{result}"
        return None

    def sweep(self, *arguments, parse=lines, status=0):
        counted = os.path.join(self.directory, "count")
        result, answer = self.run_short(arguments, parse, "0", count=counted)
        self.assertEqual(result.status, status, str(result))
        self.assertTrue(answer, str(result))
        self.assertEqual(self.run_short(arguments, parse)[1], answer, "changes by itself")
        count = int(harness.read_bytes(counted))
        self.assertGreater(count, 10)
        step = 1 if PLACES == "all" else max(count // int(PLACES), 1)
        hows = [f"{number}{sign}" for number in range(1, count + 1, step) for sign in ("", "+")]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            wrongs = [wrong for wrong in
                      pool.map(lambda how: self.judge(arguments, parse, how, (status, answer)),
                               hows) if wrong]
        print(f"lsports {' '.join(arguments)}: {count} allocations, {len(hows)} runs, "
              f"{len(wrongs)} wrong", file=sys.stderr)
        self.assertEqual(wrongs, [], "\n".join(wrongs))

    def test_listing(self):
        self.sweep("-J", parse=listing)

    def test_listing_by_proc(self):
        self.sweep("-J", "--source", "proc", "--owners", "proc", parse=listing)

    def test_all_namespaces(self):
        self.sweep("-J", "--all-netns", parse=listing)

    def test_metrics(self):
        self.sweep("--format", "prometheus", "--expected", self.rules, parse=series)

    def test_check(self):
        self.sweep("--check", "--expected", self.rules, status=1)

    def test_learn(self):
        self.sweep("--learn", "NEW", parse=learned)


if __name__ == "__main__":
    harness.main(few_processes=True)
