#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--check: its exit status, its lines, its formats."""

import json
import os
import re
import shutil

from checking import NEW, SERVICES, Checking
import harness


class Status(Checking):
    def test_as_expected(self):
        self.check_silent()

    def test_new(self):
        with harness.Made(NEW) as made:
            result = self.check(status=1)
        self.assertEqual(result.err, b"")
        line, = self.lines(result)
        pid = made.rows[0]["pid"]
        self.assertRegex(line, rf"^\+ tcp 0\.0\.0\.0:4444  nc\({pid}\)  root  \S+  /\S+/mksock"
                               r"  since \d{4}-\d\d-\d\d \d\d:\d\d$")
        self.check_silent()

    def test_started_again_in_another_order(self):
        self.end(self.made)
        made = self.make(*reversed(SERVICES))
        self.check_silent()
        for key in ("pid", "inode", "cookie"):
            self.assertFalse({row[key] for row in made.rows} &
                             {row[key] for row in self.made.rows}, key)

    def test_no_rules(self):
        result = harness.lsports("--check")
        self.assertEqual((result.status, result.out), (2, b""), str(result))
        self.assertIn("--learn", result.err.decode())
        self.assertFalse(os.path.exists(harness.LEARNED))

    def test_rules_that_expect_nothing(self):
        """An empty rule file is different from no rule file."""
        result = self.check(status=1, rules=self.rule_file(""))
        self.assertEqual(len(self.lines(result)), 5, str(result))

    def test_rules_that_are_missing(self):
        result = self.check(status=2, rules=os.path.join(self.directory, "none.rules"))
        self.assertEqual(result.out, b"")
        self.assertIn("none.rules: No such file", result.err.decode())

    @harness.needs_users("it asks as nobody")
    def test_rules_that_nobody_may_read(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        command = [*harness.AS_NOBODY, program, "--check", "--expected", self.rules]
        result = harness.run(command)
        self.assertEqual((result.status, result.out), (2, b""), str(result))
        self.assertIn(f"{self.rules}: Permission denied", result.err.decode())

    def test_rules_that_are_no_file(self):
        for make in (os.mkdir, os.mkfifo):
            path = os.path.join(self.directory, make.__name__)
            make(path)
            result = self.check(status=2, rules=path)
            self.assertEqual(result.out, b"")
            self.assertIn(path, result.err.decode())

    def test_every_bad_rule_at_once(self):
        first = self.rule_file("tcp/80 user=root\ntcp/99999\n\n# note\nfoo=1\n", "a.rules")
        second = self.rule_file("tcp/22 usr=root\naddress=1.2.3\ntcp/80 user=root", "b.rules")
        result = self.check("--expected", second, status=2, rules=first)
        self.assertEqual(result.out, b"")
        for place in (f"{first}:2: ", f"{first}:5: ", f"{second}:1: ", f"{second}:2: ",
                      f"{second}:3: "):
            self.assertEqual(result.err.decode().count(place), 1, f"{place}\n{result}")
        self.assertEqual(len(result.said), 5, str(result))
        self.assertIn("user", next(line for line in result.said if f"{second}:1" in line))

    def test_bytes_that_are_no_text(self):
        for text in (b"tcp/80 user=root\xff\n", b"tcp/80\0\n", b"tcp/80 user=ro"):
            with self.subTest(text=text):
                path = os.path.join(self.directory, "bytes.rules")
                with open(path, "wb") as file:
                    file.write(text)
                result = self.check(status=2, rules=path)
                self.assertIn(f"{path}:1: ", result.err.decode())

    def test_selectors_narrow_the_check(self):
        with harness.Made(NEW):
            self.assertEqual(self.check("80").out, b"")
            result = self.check("4444", status=1)
        self.assertEqual(len(self.lines(result)), 1)

    def test_what_is_required_and_not_asked_for(self):
        """A required rule that an unselected listener may satisfy is counted, not reported."""
        path = self.rule_file("tcp/25 required\nudp/123 user=root required\n0-\n")
        both = ["- tcp/25 required", "- udp/123 user=root required"]
        for words, reported, unasked in (
                ([], both, 0), (["-t"], both[:1], 1), (["-u"], both[1:], 1), (["-4"], [], 2),
                (["25"], both[:1], 1), (["20-130"], both, 0), (["tcp/25"], both[:1], 1),
                (["proto=tcp", "25-"], both[:1], 1), (["123"], both[1:], 1), (["80"], [], 2),
                (["scope=any"], [], 2), (["25", "user=root"], [], 2)):
            with self.subTest(words=words):
                result = self.check(*words, status=int(bool(reported)), rules=path)
                self.assertEqual([re.sub(r"  \(.*", "", line) for line in self.lines(result)],
                                 reported)
                said = "\n".join(result.said)
                if unasked:
                    self.assertIn("1 required rule was not checked: a listener" if unasked == 1
                                  else f"{unasked} required rules were not checked: listeners", said)
                else:
                    self.assertEqual(said, "")

    def test_a_plugin_always_has_a_line(self):
        bad = self.rule_file("tcp/99999\nfoo=1|2\n", "bad.rules")
        result = self.check("--format", "monitoring", status=3, rules=bad)
        line, = self.lines(result)
        self.assertRegex(line, rf'^LSPORTS UNKNOWN - {bad}:1: "tcp/99999": .* \(and 1 more\)$')
        self.assertEqual(len(result.said), 2)
        result = self.check("--format", "monitoring", status=3, rules=bad + ".none")
        self.assertRegex(result.out.decode(), r"^LSPORTS UNKNOWN - .*: No such file[^|]*\n$")

    @harness.needs_root("it writes where rules of the machine are")
    def test_what_listens_does_not_depend_on_rules(self):
        """An error in a rule file is reported, and listeners are still shown."""
        harness.overlay_places(self)
        path = harness.write_text(os.path.join(harness.RULES_DIR, "a.rules"), "tcp/99999\n")
        for words in ([], ["-J"], ["--explain", "80"]):
            result = harness.lsports(*words)
            self.assertEqual(result.status, 2, str(result))
            self.assertIn("80", result.out.decode())
            self.assertIn(f"{path}:1: ", result.err.decode())
            self.assertIn("are not judged", result.err.decode())
        for words in (["--check"], ["--format", "prometheus"], ["finding=unexpected"]):
            result = harness.lsports(*words)
            self.assertEqual(result.status, 2, str(result))
            self.assertNotIn("are not judged", result.err.decode())

    def test_the_answer_cannot_be_written(self):
        script = '"$LSPORTS" --check --expected "$0" > /dev/full'
        with harness.Made(NEW):
            result = harness.run(["/bin/sh", "-c", script, self.rules])
        self.assertEqual(result.status, 2, str(result))
        self.assertIn("No space left", result.err.decode())


class Cron(Checking):
    """No terminal, no locale, no PATH, nothing on standard input."""

    def bare(self, *redirections):
        script = f'exec env -i "$LSPORTS" --check --expected "$0" {" ".join(redirections)}'
        return harness.run(["/bin/sh", "-c", script, self.rules])

    def test_empty_environment(self):
        for redirections in ((), ("<&-",), ("<&-", "2>&-")):
            with self.subTest(redirections=redirections):
                result = self.bare(*redirections)
                self.assertEqual((result.status, result.out, result.err), (0, b"", b""),
                                 str(result))
                with harness.Made(NEW):
                    wanted = self.check(status=1)
                    result = self.bare(*redirections)
                self.assertEqual((result.status, result.out, result.err),
                                 (1, wanted.out, wanted.err), str(result))

    def test_locale_and_width_change_nothing(self):
        with harness.Made(NEW):
            wanted = self.check(status=1).out
            for name, value in (("LC_ALL", "tr_TR.UTF-8"), ("COLUMNS", "20"), ("TERM", "dumb"),
                                ("LANG", "de_DE.UTF-8")):
                result = self.check(status=1, env={**os.environ, name: value})
                self.assertEqual(result.out, wanted, name)

    def test_order_is_stable(self):
        made = self.make(*(f"{proto},addr={address},port={port}"
                           for port in (4444, 81, 20000) for proto in ("udp", "tcp")
                           for address in ("::1", "127.0.0.1")))
        first = self.check(status=1).out
        self.assertEqual(len(first.splitlines()), len(made.rows))
        ports = [int(re.search(r":(\d+)  ", line)[1]) for line in first.decode().splitlines()]
        self.assertEqual(ports, sorted(ports))
        for _ in range(5):
            self.assertEqual(self.check(status=1).out, first)


class Differences(Checking):
    def test_required(self):
        rules = self.rule_file("tcp/99 user=root required # the old one\n")
        result = self.check("--expected", rules, status=1)
        self.assertEqual(self.lines(result),
                         [f"- tcp/99 user=root required  ({rules}:1)"])
        with harness.Made("tcp,port=99"):
            self.check_silent("--expected", rules)
        change, = json.loads(self.check("-J", "--expected", rules).out)["changes"]
        self.assertEqual((change["change"], change["rule"], change["socket"]),
                         ("missing", f"{rules}:1", None))

    def test_gone_without_required(self):
        """Rules allow listeners; they do not require them."""
        self.check_silent("--expected", self.rule_file("tcp/98,99\n"))

    def test_changed_names_the_nearest_rule(self):
        rules = self.rule_file("# web\n"
                               "tcp/4444 user=nobody exe=/usr/sbin/nginx scope=loopback\n"
                               "tcp/4444 user=nobody\n"
                               "udp/4444 user=root\n")
        with harness.Made(NEW):
            result = self.check("--expected", rules, status=1)
        line, = self.lines(result)
        self.assertEqual(line[:2], "~ ")
        self.assertIn(f"tcp/4444 is expected with user=nobody ({rules}:3), found user=root", line)

    def test_several_terms_differ(self):
        rules = self.rule_file("tcp/4444 user=nobody exe=/usr/sbin/nginx scope=loopback\n")
        with harness.Made(NEW):
            line, = self.lines(self.check("--expected", rules, status=1))
        for word in ("user=nobody", "exe=/usr/sbin/nginx", "scope=loopback", f"({rules}:1)",
                     "root", "/mksock", "any"):
            self.assertIn(word, line)

    def test_every_owner_must_fit(self):
        stranger = os.path.join(self.directory, "stranger")
        shutil.copy(harness.need("MKSOCK"), stranger)
        rules = self.rule_file(f"tcp/4444 exe={harness.need('MKSOCK')}\n")
        self.make("tcp,port=4444,reuseport=1")
        self.check_silent("--expected", rules)
        with harness.Made("tcp,port=4444,reuseport=1", program=stranger):
            line, = self.lines(self.check("--expected", rules, status=1))
        self.assertIn(f"found exe={stranger}", line)

    def test_hostile_names(self):
        name = b"a\n+ x\x1b[2J\xff"
        with harness.Made(f"tcp,port=4444,comm={name.hex()}"):
            result = self.check(status=1)
            change, = json.loads(self.check("-J", status=1).out.decode("utf-8"))["changes"]
        self.assertEqual(len(self.lines(result)), 1)
        self.assertFalse(re.search(rb"[\x00-\x09\x0b-\x1f\x7f-\xff]", result.out), str(result))
        self.assertEqual(change["socket"]["port"], 4444)

    def test_a_flood_has_an_end(self):
        """60,000 listeners must not flood the mail: privileged ports come first, and the rest is
        counted. Programs get them all."""
        with harness.Made("tcp,port=20000,count=1500", "tcp,port=25"):
            result = self.check(status=1)
            lines = self.lines(result)
            everything = json.loads(self.check("-J", status=1).out)["changes"]
            once = [self.lines(self.check("--report-once", self.reported, status=1))
                    for _ in range(2)]
        self.assertEqual(len(lines), 21, str(result))
        self.assertIn(":25  ", lines[0])
        self.assertRegex(lines[-1], r"^\.\.\. and 1481 more of user root, unit \S+, "
                                    r"program /\S+/mksock$")
        self.assertEqual(len(everything), 1501)
        # What was counted was reported.
        self.assertEqual(once, [lines, []])

    @harness.needs_users()
    def test_nobody_buries_another(self):
        """One user has many listeners, with many programs, and another one has one."""
        many = [harness.Made(f"tcp,port={2000 + 100 * at},count=100,uid=12345",
                             program=self.copy(f"p{at}")) for at in range(30)]
        for made in many:
            made.__enter__()
            self.running.append(made)
        self.make("tcp,port=60998,uid=12346")
        lines = self.lines(self.check(status=1))
        self.assertTrue([line for line in lines if ":60998  " in line], lines)
        self.assertLess(len(lines), 200)
        counted = sum(int(line.split()[2]) for line in lines if line.startswith("... and "))
        self.assertEqual(counted + sum(line[0] == "+" for line in lines), 3001)
        text = self.check("--format", "monitoring").out.decode()
        self.assertIn(" tcp/60998 ", text)
        text = self.check("--format", "prometheus", status=1).out.decode()
        self.assertRegex(text, '\nlsports_listener_info{.*port="60998",')
        shown = text.count("\nlsports_listener_info{")
        self.assertLess(shown, 200)
        self.assertIn(f"\nlsports_listener_info_left_out {3001 - shown}\n", text)

    def copy(self, name):
        path = os.path.join(self.directory, name)
        shutil.copy(harness.need("MKSOCK"), path)
        return path


class Formats(Checking):
    def test_json(self):
        answer = json.loads(self.check("-J", status=0).out)
        self.assertEqual((answer["schema"], answer["complete"], answer["changes"]), (1, True, []))
        with harness.Made(NEW) as made:
            answer = json.loads(self.check("--format", "json", status=1).out)
        change, = answer["changes"]
        self.assertEqual(change["change"], "new")
        self.assertEqual(change["socket"]["inode"], made.rows[0]["inode"])
        self.assertEqual(change["socket"]["verdict"], "unexpected")
        self.assertIn("unexpected", [one["id"] for one in change["socket"]["findings"]])

    def test_jsonl(self):
        self.assertEqual(self.check("--format", "jsonl", status=0).out, b"")
        with harness.Made(NEW, "udp,port=81"):
            result = self.check("--format", "jsonl", status=1)
        rows = [json.loads(line) for line in self.lines(result)]
        self.assertEqual([row["socket"]["port"] for row in rows], [81, 4444])

    def test_formats_that_have_no_differences(self):
        for name in ("csv", "raw", "rules"):
            result = self.check("--format", name, status=2)
            self.assertIn(name, result.err.decode())

    def monitoring(self, status, word, *arguments, **how):
        result = self.check("--format", "monitoring", *arguments, status=status, **how)
        line, = self.lines(result)
        self.assertRegex(line, rf"^LSPORTS {word} - [^|]+ \| \S+=\d+;.*$")
        for item in line.split(" | ")[1].split(" "):
            self.assertRegex(item, r"^[a-z]+=\d+;\d*;\d*;0$")
        return result

    def test_monitoring(self):
        self.assertEqual(self.monitoring(0, "OK").err, b"")
        with harness.Made(NEW):
            self.assertEqual(self.monitoring(1, "WARNING").err, b"")
        with harness.Made("tcp,port=81,comm=" + b"a|b\n".hex()):
            result = self.monitoring(2, "CRITICAL")
            self.assertEqual(result.err, b"")
            self.assertIn("tcp/81", result.out.decode())

    def test_monitoring_stays_red(self):
        """A reported difference still counts for the state."""
        with harness.Made(NEW):
            for _ in range(2):
                result = self.monitoring(1, "WARNING", "--report-once", self.reported)
                self.assertIn(" new=1;", result.out.decode())

    def test_prometheus(self):
        with harness.Made(NEW):
            result = self.check("--format", "prometheus", status=1)
        self.assertEqual(result.err, b"")
        self.assertIn(b'\nlsports_differences{change="new"} 1\n', result.out)
        self.check("--format", "prometheus", status=0)

    @harness.needs_users("it asks as nobody")
    def test_monitoring_unknown(self):
        result = self.check("--format", "monitoring", status=3,
                            rules=os.path.join(self.directory, "none"))
        self.assertTrue(result.said)
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        os.chmod(self.rules, 0o644)
        result = harness.run([*harness.AS_NOBODY, program, "--check", "--expected", self.rules,
                              "--format", "monitoring"])
        self.assertEqual(result.status, 3, str(result))
        self.assertTrue(result.out.startswith(b"LSPORTS UNKNOWN - "), str(result))


@harness.needs_root("it writes where rules of the machine are")
class Defaults(Checking):
    """The directories of the host, made in this test's mount namespace alone."""

    def setUp(self):
        super().setUp()
        harness.overlay_places(self)

    def default_check(self, status):
        result = harness.lsports("--check")
        self.assertEqual(result.status, status, str(result))
        return result

    def test_learned(self):
        self.default_check(2)
        result = harness.lsports("--learn", harness.LEARNED)
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(self.default_check(0).out, b"")
        with harness.Made(NEW):
            self.assertEqual(len(self.lines(self.default_check(1))), 1)
            harness.write_text(f"{harness.RULES_DIR}/nc.rules", "tcp/4444 user=root\n")
            self.assertEqual(self.default_check(0).out, b"")
            os.rename(f"{harness.RULES_DIR}/nc.rules", f"{harness.RULES_DIR}/nc.rules~")
            self.default_check(1)
        harness.write_text(f"{harness.RULES_DIR}/bad.rules", "tcp/4444 usr=root\n")
        self.assertIn(f"{harness.RULES_DIR}/bad.rules:1: ", self.default_check(2).err.decode())

    def test_rules_of_the_host_and_what_is_learned(self):
        """A rule written by hand is not learned again."""
        harness.write_text(f"{harness.RULES_DIR}/web.rules", "tcp/80,443\n")
        result = harness.lsports("--learn", harness.LEARNED)
        self.assertEqual(result.status, 0, str(result))
        learned = [line.split()[0] for line in harness.read_bytes(harness.LEARNED).decode().splitlines()]
        self.assertNotIn("tcp/80", learned)
        self.assertNotIn("tcp/443", learned)
        self.assertIn("udp/5353", learned)
        self.default_check(0)


if __name__ == "__main__":
    harness.main(few_processes=True)
