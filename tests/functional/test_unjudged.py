#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A listener that cannot be judged is reported as such, with the fact that could not be read."""

import errno
import json
import os

from checking import NEW, Checking
import directory
import harness

# What /proc/net does not contain: does :: take IPv4 too?
UNKNOWN = "tcp,addr=::,port=8050"
RULE = "tcp/8050 v6only=yes\n"


class Unjudged(Checking):
    def setUp(self):
        super().setUp()
        self.make(UNKNOWN)
        self.rule = self.rule_file(RULE)

    def check_proc(self, *arguments):
        return self.check("--source", "proc", "--expected", self.rule, *arguments, status=3)

    def ours(self, result):
        """The lines about the listener; of the others too it is unknown who chose their ports."""
        return [line for line in self.lines(result) if ":8050  " in line]

    def test_line(self):
        line, = self.ours(self.check_proc())
        self.assertRegex(line, r"^\? tcp \S+:8050  \S+\(\d+\)  root  .*  v6only could not be "
                               rf"read, but {self.rule}:1 asks for it$")

    def test_json(self):
        for words in (["-J"], ["--format", "jsonl"]):
            result = self.check_proc(*words)
            changes = json.loads(result.out)["changes"] if words == ["-J"] else \
                [json.loads(line) for line in self.lines(result)]
            change, = [one for one in changes if one["socket"]["port"] == 8050]
            self.assertEqual((change["change"], change["rule"]),
                             ("unjudged", f"{self.rule}:1"))
            self.assertIn("v6only could not be read", change["reason"])
            # As a rule it would expect more than this listener.
            self.assertIsNone(change["text"])
            self.assertEqual(change["socket"]["verdict"], "unjudged")

    def test_reported_once(self):
        first = self.check_proc("--report-once", self.reported)
        self.assertEqual(len(self.ours(first)), 1)
        again = self.check_proc("--report-once", self.reported)
        self.assertEqual(again.out, b"")
        self.assertNotIn("could not judge", again.err.decode())

    def test_prometheus(self):
        for words in ([], ["--check"]):
            result = harness.lsports("--source", "proc", "--expected", self.rule, "--format",
                                     "prometheus", "tcp/8050", *words)
            text = result.out.decode()
            self.assertIn("\nlsports_unjudged_listeners 1\n", text)
            self.assertIn("\nlsports_view_complete 0\n", text)
            series, = [line for line in text.splitlines()
                       if line.startswith("lsports_listener_info{")]
            self.assertIn('port="8050"', series)
            self.assertIn('verdict="unjudged"', series)


@harness.needs_root("it unmounts the tree of cgroups")
class UnknownUnit(Checking):
    """Units cannot be read, and a socket in a message has no owner whose unit it could be."""

    UNOWNED = "tcp,port=8050,holder=scm"

    def blind(self, *arguments, status):
        script = 'umount -l "$0" && exec "$@"'
        result = harness.run([harness.need_tool("unshare"), "--mount", "--propagation", "private",
                              "/bin/sh", "-c", script, harness.find_cgroup2(),
                              harness.need("LSPORTS"), "--expected", self.rules, *arguments])
        self.assertEqual(result.status, status, str(result))
        return result

    def rule(self, text):
        self.rules = self.rule_file("80,443,5353,32768- user=root,12345\n" + text)

    def test_only_unjudged(self):
        self.rule("8050 user=games unit=web.service\n8050 unit=web.service\n")
        self.assertEqual(self.blind("--check", status=0).out, b"")
        with harness.Made(self.UNOWNED):
            line, = self.lines(self.blind("--check", status=3))
            self.assertRegex(line, rf"^\? tcp 0\.0\.0\.0:8050  .*  unit could not be read, but "
                                   rf"{self.rules}:3 asks for it$")
            for words in (["-J"], ["--format", "jsonl"], ["--format", "prometheus"],
                          ["--format", "monitoring"]):
                result = self.blind("--check", *words, status=3)
                self.assertIn("8050", result.out.decode())
                self.assertRegex(result.err.decode(), "could not judge tcp/8050: unit could not")

    def test_a_difference_too(self):
        self.rule("8050 unit=web.service\n")
        with harness.Made(self.UNOWNED, NEW):
            lines = self.lines(self.blind("--check", status=3))
            self.assertEqual([line[:2] for line in lines], ["+ ", "? "])
            result = self.blind("--format", "monitoring", status=3)
            self.assertRegex(result.out.decode(), "^LSPORTS UNKNOWN - .* unjudged=1;")

    def test_a_rule_that_does_not_ask_for_it(self):
        self.rule("8050 user=root\n")
        with harness.Made(self.UNOWNED):
            result = self.blind("--check", status=0)
            self.assertEqual((result.out, result.err), (b"", b""))

    def test_reported_once_and_the_status_stays(self):
        self.rule("8050 unit=web.service\n")
        with harness.Made(self.UNOWNED):
            once = ["--check", "--report-once", self.reported]
            self.assertEqual(len(self.lines(self.blind(*once, status=3))), 1)
            self.assertEqual(self.blind(*once, status=3).out, b"")
        self.blind(*once, status=0)
        with harness.Made(self.UNOWNED):
            self.assertEqual(len(self.lines(self.blind(*once, status=3))), 1, "it is news again")

    def test_strict(self):
        self.rule("8050 unit=web.service\n")
        self.blind("--strict", status=0)
        with harness.Made(self.UNOWNED):
            for words in ([], ["--explain", "8050"], ["-J"]):
                result = self.blind("--strict", *words, status=3)
                self.assertIn("could not judge tcp/8050: unit could not be read",
                              result.err.decode())
            # What is not asked for needs no verdict.
            self.blind("--strict", "-o", "port", status=0)
            self.blind(status=0)

    def test_metrics(self):
        self.rule("8050 unit=web.service\n")
        for count, complete in ((0, 1), (1, 0)):
            with harness.Made(*[self.UNOWNED] * count, "udp,port=443"):
                text = self.blind("--format", "prometheus", status=0).out.decode()
            self.assertIn(f"\nlsports_unjudged_listeners {count}\n", text)
            self.assertIn(f"\nlsports_view_complete {complete}\n", text)
            self.assertEqual(text.count("\nlsports_listener_info{"), count)


@harness.needs_users("a user without a name")
class UnknownUser(Checking):
    """Nothing is hidden, but a directory that is silent does not tell the name of one user."""

    UID = 4711
    NAMELESS = f"tcp,port=8050,uid={UID}"

    def setUp(self):
        super().setUp()
        self.place = harness.scratch(self)
        directory.install(self.place, self.addCleanup)
        self.rules = self.rule_file("80,443,5353,32768-\n8050 user=alice\n")

    def ask(self, *arguments, status, rules=True):
        env = directory.environment(self.place, f"unavailable {errno.ETIMEDOUT}", self.UID)
        rules = ["--expected", self.rules] if rules else []
        result = harness.lsports(*rules, *arguments, env=env)
        self.assertEqual(result.status, status, str(result))
        return result

    def test_alone(self):
        with harness.Made(self.NAMELESS):
            result = self.ask("--check", status=3)
            line, = self.lines(result)
            self.assertRegex(line, r"^\? tcp 0\.0\.0\.0:8050  .*  user could not be read, but "
                                   rf"{self.rules}:2 asks for it$")
            result = self.ask("--format", "monitoring", status=3)
            self.assertRegex(result.out.decode(), "^LSPORTS UNKNOWN - 1 difference: unjudged ")

    def test_beside_a_difference(self):
        with harness.Made(self.NAMELESS, NEW):
            lines = self.lines(self.ask("--check", status=1))
            self.assertEqual([line[:2] for line in lines], ["+ ", "? "])
            result = self.ask("--format", "monitoring", status=1)
            self.assertRegex(result.out.decode(), "^LSPORTS WARNING - 2 differences: .* new=1;"
                                                  ".* unjudged=1;")

    def test_strict(self):
        with harness.Made(self.NAMELESS):
            for words in ([], ["-J"], ["8050"]):
                result = self.ask("--strict", *words, status=3)
                self.assertIn("could not judge tcp/8050: user could not be read",
                              result.err.decode())
            # What is not selected needs no verdict.
            self.ask("--strict", "80", status=0)
            self.ask("--strict", "port!=8050", status=0)

    def test_metrics(self):
        for count in (1, 0):
            with harness.Made(*[self.NAMELESS] * count, "udp,port=443"):
                text = self.ask("--format", "prometheus", status=0).out.decode()
            self.assertIn(f"\nlsports_unjudged_listeners {count}\n", text)
            self.assertIn(f"\nlsports_view_complete {1 - count}\n", text)

    def test_not_learned(self):
        learned = os.path.join(self.directory, "new.rules")
        with harness.Made(self.NAMELESS):
            result = self.ask("--learn", learned, status=3, rules=False)
            self.assertIn("tcp/8050 on 0.0.0.0: not known: user", result.err.decode())
            self.assertFalse(os.path.exists(learned))


class HiddenOwner(Checking):
    """In a PID namespace of its own a check sees no process of those that it judges."""

    def hidden(self, *arguments, status):
        result = harness.run([harness.need_tool("unshare"), "--pid", "--fork", "--mount-proc",
                              harness.need("LSPORTS"), *arguments])
        self.assertEqual(result.status, status, str(result))
        return result

    def hidden_check(self, text, *arguments, status):
        rules = self.rule_file(text)
        return self.hidden("--check", "--expected", rules, *arguments, status=status)

    OTHERS = "443,5353,32768-\n"

    def test_a_rule_that_does_not_ask_for_it(self):
        for rule in ("80", "80 user=root", "80 owner_gap=namespace", "80 exe=/x\n80"):
            result = self.hidden_check(self.OTHERS + rule + "\n", status=0)
            self.assertEqual((result.out, result.err), (b"", b""), rule)
        result = self.hidden_check(self.OTHERS + "80\n", "-v", status=0)
        self.assertIn("outside this PID namespace cannot be seen", result.err.decode())
        result = self.hidden_check(self.OTHERS + "80\n", "--format", "monitoring", status=0)
        self.assertRegex(result.out.decode(), "^LSPORTS OK - ")
        result = self.hidden_check(self.OTHERS + "80\n", "--format", "prometheus", status=0)
        self.assertIn("\nlsports_view_complete 1\n", result.out.decode())

    def test_a_rule_that_does(self):
        for rule in ("80 exe=/usr/sbin/nginx", "80 process!=nginx", "80 owner_gap=kernel",
                     "80 owner_gap!=none", "80 pid=1-"):
            result = self.hidden_check(self.OTHERS + rule + "\n", status=3)
            line, = self.lines(result)
            self.assertRegex(line, r"^\? tcp 0\.0\.0\.0:80  ", rule)
            self.assertIn("outside this PID namespace cannot be seen", result.err.decode())
        result = self.hidden_check(self.OTHERS + "80 exe=/x\n", "--format", "prometheus", status=3)
        self.assertIn("\nlsports_view_complete 0\n", result.out.decode())

    def test_a_difference(self):
        result = self.hidden_check(self.OTHERS + "80 user=games\n", status=1)
        self.assertEqual([line[:2] for line in self.lines(result)], ["~ "])

    def test_learned_with_a_rule_by_hand(self):
        """Nobody can say who holds them: a rule that does not ask for it is the way on."""
        learned = os.path.join(self.directory, "new.rules")
        result = self.hidden("--learn", learned, status=3)
        self.assertIn("tcp/80 on 0.0.0.0: not known: owner (namespace)", result.err.decode())
        self.assertIn("add a rule by hand", result.err.decode())
        self.assertFalse(os.path.exists(learned))
        harness.write_text(learned, "80 user=root\n" + self.OTHERS)
        os.chmod(learned, 0o600)
        self.hidden("--learn", learned, status=0)
        self.assertEqual(harness.read_bytes(learned).decode(), "80 user=root\n" + self.OTHERS)


if __name__ == "__main__":
    harness.main(few_processes=True)
