#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Units and containers: names that users give to cgroups, cgroups that end, and views without them."""

import contextlib
import json
import os
import subprocess
import sys
import unittest

import harness

USER = 64321
MANAGER = f"user-{USER}.slice/user@{USER}.service"
BEHIND = f"user@{USER}.service"
ID = "0123456789abcdef" * 4
TOP = f"lsports_test_{os.getpid()}.slice"

# Enters the cgroup `first` as root, becomes `uid`, and does what a service or an attacker does.
SERVER = """
import os, socket, sys
top, first, uid, where, port, rest = sys.argv[1:7]
def enter(name):
    with open(os.path.join(top, name, "cgroup.procs"), "w") as file:
        file.write("0")
enter(first)
os.setgroups([])
os.setresgid(int(uid), int(uid), int(uid))
os.setresuid(int(uid), int(uid), int(uid))
if where != first:
    os.makedirs(os.path.join(top, where), exist_ok=True)
    enter(where)
made = socket.socket()
made.bind(("0.0.0.0", int(port)))
made.listen()
if rest in ("leave", "split"):
    enter(first)
    os.rmdir(os.path.join(top, where))
if rest == "split" and os.fork() == 0:
    other = os.path.join(os.path.dirname(first), "other.service")
    os.makedirs(os.path.join(top, other))
    enter(other)
    os.write(1, b"ready\\n")
    sys.stdin.read()
    os._exit(0)
if rest != "split":
    os.write(1, b"ready\\n")
sys.stdin.read()
"""


def facts(*arguments, prefix=(), program=None):
    """Port -> (unit, container), and the whole answer."""
    result = harness.run([*prefix, program or harness.need("LSPORTS"), "-J", *arguments])
    if result.status != 0:
        raise AssertionError(str(result))
    answer = json.loads(result.out)
    return {row["port"]: (row["unit"], row["container"]) for row in answer["sockets"]}, answer


def hidden(mount):
    """What a command begins with, to run without the cgroup tree, as below ip netns exec."""
    return ["unshare", "-m", "sh", "-c", f"mount -t tmpfs none {mount} && exec \"$@\"", "sh"]


@contextlib.contextmanager
def server(first, port, *, uid=0, where=None, rest="stay"):
    command = [sys.executable, "-I", "-c", SERVER, os.path.join(harness.find_cgroup2(), TOP), first,
               str(uid), where or first, str(port), rest]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          preexec_fn=harness.die_with_parent) as child:
        if child.stdout.readline() != b"ready\n":
            raise AssertionError(f"did not start: {command}")
        try:
            yield
        finally:
            child.stdin.close()


@harness.needs_root("it makes cgroups")
class Units(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.hide_rules()

    def setUp(self):
        self.mount = harness.find_cgroup2()
        self.top = os.path.join(self.mount, TOP)
        os.mkdir(self.top)
        self.addCleanup(self.remove)
        self.running = contextlib.ExitStack()
        self.addCleanup(self.running.close)
        self.rules = os.path.join(harness.scratch(self), "host.rules")

    def remove(self):
        for path, _, _ in os.walk(self.top, topdown=False):
            os.rmdir(path)

    def make(self, path, uid=0, mode=0o755):
        """A cgroup; a directory that is a user's is his with the files by which he moves processes."""
        whole = os.path.join(self.top, path)
        os.makedirs(whole, exist_ok=True)
        for name in ("", "cgroup.procs"):
            os.chown(os.path.join(whole, name), uid, uid)
        os.chmod(whole, mode)

    def start(self, *arguments, **how):
        self.running.enter_context(server(*arguments, **how))

    def stop(self):
        self.running.close()

    def check(self, *rules):
        with open(self.rules, "w", encoding="utf-8") as file:
            file.write("".join(rule + "\n" for rule in rules))
        result = harness.lsports("--check", "--expected", self.rules)
        return result.status, result.out.decode(), str(result)

    def check_all(self, rules, ports):
        """With all of the rules each port is a difference."""
        status, out, said = self.check(*rules)
        self.assertEqual(status, 1, said)
        for port in ports:
            self.assertRegex(out, rf"(?m)^[+~] tcp 0\.0\.0\.0:{port} ", said)

    # --- names ---------------------------------------------------------------------------------

    def test_names_below_a_manager(self):
        self.make(MANAGER, USER)
        self.make(MANAGER + "/init.scope", USER)
        wanted = {}
        for port, (name, unit, container) in enumerate((
                ("ssh.service", "ssh.service", None),
                ("_ssh.service", "ssh.service", None),
                ("app.slice/ssh.service", "ssh.service", None),
                ("system.slice/ssh.service", "ssh.service", None),
                ("user@0.service/ssh.service", "user@0.service", None),
                (f"user@{USER}.service/ssh.service", f"user@{USER}.service", None),
                ("ssh.service/other.service", "ssh.service", None),
                (f"docker-{ID}.scope", f"docker-{ID}.scope", f"{USER}/{ID[:12]}"),
                (f"docker/{ID}", None, f"{USER}/{ID[:12]}"),
                ("lxc.payload.web", None, f"{USER}/web"),
                ("lxc/web", None, f"{USER}/web"),
                (r"x\x2fssh.service", r"x\x2fssh.service", None)), 8000):
            where = os.path.join(MANAGER, name)
            self.start(MANAGER + "/init.scope", port, uid=USER, where=where)
            wanted[port] = (f"{BEHIND}/{unit}" if unit else BEHIND, container)
        found, _ = facts()
        self.assertEqual(found, wanted)
        self.check_all(["unit=ssh.service", "unit=ssh*", "unit=s*.service,x*.service,*.scope", "unit=user@0.service",
                        f"container={ID[:12]}", "container=web", "container=0*,w*"], wanted)
        status, _, said = self.check(f"unit={BEHIND},{BEHIND}/* user={USER}")
        self.assertEqual(status, 0, said)

    def test_the_same_names_of_the_system(self):
        self.make("system.slice/ssh.service")
        self.make(f"system.slice/docker-{ID}.scope")
        self.make("lxc.payload.web/system.slice/ssh.service")
        self.start("system.slice/ssh.service", 8000, uid=USER)
        self.start(f"system.slice/docker-{ID}.scope", 8001, uid=USER)
        self.start("lxc.payload.web/system.slice/ssh.service", 8002, uid=USER)
        found, _ = facts()
        self.assertEqual(found, {8000: ("ssh.service", None), 8001: (f"docker-{ID}.scope", ID[:12]),
                                 8002: ("web/ssh.service", "web")})
        status, _, said = self.check("unit=ssh.service port=8000", f"container={ID[:12]} port=8001",
                                     "container=web port=8002")
        self.assertEqual(status, 0, said)
        status, out, said = self.check("unit=ssh.service", "port=8001")
        self.assertEqual((status, len(out.splitlines())), (1, 1), said)

    def test_directory_that_a_user_may_write_to(self):
        for number, (uid, mode) in enumerate(((USER, 0o755), (0, 0o757), (USER, 0o700))):
            self.make(f"part{number}", uid, mode)
            self.make(f"part{number}/first", USER)
        os.chown(os.path.join(self.top, "part1", "cgroup.procs"), USER, USER)
        for number in range(3):
            for count, name in enumerate(("ssh.service", f"docker-{ID}.scope", "lxc.payload.web",
                                          "user@0.service/ssh.service")):
                self.start(f"part{number}/first", 8000 + number * 10 + count, uid=USER,
                           where=f"part{number}/{name}")
        found, _ = facts()
        self.assertEqual(set(found.values()), {(TOP, None)}, found)
        self.assertEqual(len(found), 12)
        self.check_all(["unit=ssh.service", "unit=*.service,*.scope,*/*", "container=*"], found)

    def test_group_may_write(self):
        self.make("part", 0, 0o755)
        self.make("part/ssh.service")
        self.start("part/ssh.service", 8000)
        self.assertEqual(facts()[0], {8000: ("ssh.service", None)})
        os.chown(os.path.join(self.top, "part"), 0, USER)
        self.assertEqual(facts()[0], {8000: ("ssh.service", None)})
        os.chmod(os.path.join(self.top, "part"), 0o775)
        self.assertEqual(facts()[0], {8000: (TOP, None)})

    # --- cgroups that have ended -----------------------------------------------------------------

    def open_and_leave(self, rest="leave"):
        self.make(MANAGER, USER)
        self.make(MANAGER + "/init.scope", USER)
        self.start(MANAGER + "/init.scope", 8050, uid=USER, where=MANAGER + "/app@1.service", rest=rest)

    def test_ended_and_held_in_another_unit(self):
        self.open_and_leave()
        for source in ("proc", "auto"):
            found, answer = facts("--owners", source)
            self.assertEqual(found, {8050: (BEHIND + "/init.scope", None)})
            self.assertEqual(answer["gaps"], [])
        self.assertIsNone(answer["sockets"][0]["cgroup"])
        # Nobody has to ask for the owners.
        result = harness.lsports("-r", "-H", "-o", "unit", "port=8050")
        self.assertEqual(result.out.decode(), BEHIND + "/init.scope\n", str(result))
        self.check_all(["unit=app@*.service port=8000-8099", "unit=*app@1.service",
                        f"unit={BEHIND}/app@1.service", "unit=ended", "unit=-"], [8050])
        status, _, said = self.check(f"unit={BEHIND}/init.scope user={USER}")
        self.assertEqual(status, 0, said)

    def test_ended_and_nobody_known(self):
        self.open_and_leave()
        found, answer = facts("--owners", "none")
        self.assertEqual(found, {8050: ("ended", None)})
        self.assertEqual(answer["gaps"], [])

    def test_ended_and_held_in_two_units(self):
        self.open_and_leave("split")
        found, answer = facts()
        self.assertEqual(found, {8050: ("ended", None)})
        self.assertEqual((len(answer["sockets"][0]["owners"]), answer["gaps"]), (2, []))
        self.check_all(["unit=app@*.service", f"unit={BEHIND}/init.scope",
                        f"unit={BEHIND}/other.service", "unit=-", "unit=e*"], [8050])
        for unit in ("ended", f"{BEHIND}/*,ended", "*"):
            status, _, said = self.check(f"unit={unit} user={USER}")
            self.assertEqual(status, 0, said)

    def test_ended_as_an_ordinary_user_sees_it(self):
        self.open_and_leave()
        found, answer = facts(prefix=harness.AS_NOBODY, program=harness.public_copy(harness.need("LSPORTS")))
        self.assertEqual(found, {8050: ("ended", None)})
        self.assertNotIn("units", [gap["what"] for gap in answer["gaps"]])

    def test_those_who_hold_a_socket_need_no_tree(self):
        self.make("ssh.service")
        self.start("ssh.service", 8000)
        found, answer = facts(prefix=hidden(self.mount))
        self.assertEqual(found, {8000: ("ssh.service", None)})
        self.assertEqual(answer["gaps"], [])

    def test_outside_of_a_cgroup_namespace(self):
        """What lies outside has not ended."""
        self.make("ssh.service")
        self.make("inside")
        self.start("ssh.service", 8000)
        inside = ["sh", "-c", f"echo 0 >{self.top}/inside/cgroup.procs && exec \"$@\"", "sh",
                  "unshare", "-C", "-m", "sh", "-c",
                  f"umount -l {self.mount} && mount -t cgroup2 none {self.mount} && exec \"$@\"", "sh"]
        found, answer = facts(prefix=inside)
        self.assertEqual(found, {8000: (None, None)})
        self.assertFalse(answer["complete"])
        self.assertEqual([(gap["what"], gap["count"]) for gap in answer["gaps"]], [("units", 1)])
        found, answer = facts(prefix=[*inside, *harness.AS_NOBODY],
                              program=harness.public_copy(harness.need("LSPORTS")))
        self.assertEqual(found, {8000: (None, None)})


class WithoutTree(unittest.TestCase):
    def test_units_are_a_gap_where_they_are_asked_for(self):
        prefix = hidden(harness.find_cgroup2())
        with harness.Made("tcp,port=8000"):
            found, answer = facts("--owners", "none", prefix=prefix)
            self.assertEqual(found, {8000: (None, None)})
            self.assertFalse(answer["complete"])
            self.assertEqual([(gap["what"], gap["count"]) for gap in answer["gaps"]], [("units", 1)])
            strict = [*prefix, harness.need("LSPORTS"), "--strict", "--owners", "none"]
            result = harness.run(strict)
            self.assertEqual(result.status, 3, str(result))
            self.assertIn(b"could not look up 1 unit: no cgroup v2 file system is mounted here",
                          result.err)
            result = harness.run([*strict, "-o", "port"])
            self.assertEqual((result.status, result.err), (0, b""), str(result))


if __name__ == "__main__":
    harness.main(few_processes=True)
