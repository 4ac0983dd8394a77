#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rule that asks for a program is satisfied by the file at that path, whatever namespaces the
service has and after an upgrade too, and by nothing that /proc merely calls so."""

import json
import os
import shutil
import sys
import unittest

import harness

USER = 12345
PORT = 8080

# Runs argv[2:] in a user namespace that root has made, as user argv[1] in it, without a capability; as
# systemd does for PrivateUsers=. "full" in place of "bounded" keeps the bounding set.
PRIVATE = """
import ctypes, os, sys
uid, how = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None)
go, said = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(go[1])
    os.read(go[0], 1)
    for name in ("uid", "gid"):
        with open(f"/proc/{os.getppid()}/{name}_map", "w") as file:
            file.write(f"0 0 1\\n{uid} {uid} 1\\n")
    os.write(said[1], b"1")
    os._exit(0)
if libc.unshare(0x10000000) != 0:
    sys.exit("no user namespace")
os.write(go[1], b"1")
os.close(said[1])
if os.read(said[0], 1) != b"1":
    sys.exit("no map")
os.wait()
if how == "bounded":
    for number in range(64):
        libc.prctl(24, number, 0, 0, 0)
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
os.execv(sys.argv[3], sys.argv[3:])
"""

IN_MEMORY = """
import os, sys
fd = os.memfd_create("service")
with open(sys.argv[1], "rb") as file:
    os.write(fd, file.read())
os.set_inheritable(fd, False)
os.execve(fd, sys.argv[1:], os.environ)
"""

# A copy of STRANGER at the path of the service, in another root directory with the libraries of this
# one: ROOT STRANGER SERVICE SPEC
ELSEWHERE = """
set -e
root=$1 stranger=$2 service=$3
mount -t tmpfs none "$root"
mkdir -p "$root/old" "$root${service%/*}"
for i in usr lib lib64 bin dev; do
    if [ -d "/$i" ]; then mkdir "$root/$i"; mount --rbind "/$i" "$root/$i"; fi
done
cp "$stranger" "$root$service"
shift 2
cd "$root"
pivot_root . old
exec "$@"
"""


class Program(unittest.TestCase):
    def setUp(self):
        self.directory = harness.scratch(self)
        self.service = self.copy_maker("service")
        self.stranger = self.copy_maker("stranger")
        self.rules = harness.write_text(os.path.join(self.directory, "host.rules"),
                                        f"tcp/{PORT} exe={self.service}\n")
        self.spec = f"tcp,port={PORT}"

    def copy_maker(self, name):
        path = os.path.join(self.directory, name)
        shutil.copy(harness.need("MKSOCK"), path)
        os.chmod(path, 0o755)
        return path

    def upgrade(self):
        """As a package manager does: a new file takes the name."""
        os.rename(self.copy_maker("service.new"), self.service)

    def link_of(self, made):
        return os.readlink(f"/proc/{made.rows[0]['pid']}/exe")

    def check_satisfied(self):
        result = harness.lsports("--check", "--expected", self.rules)
        self.assertEqual((result.status, result.out, result.err), (0, b"", b""), str(result))
        row, = harness.lsports_json("--expected", self.rules)["sockets"]
        self.assertEqual(row["verdict"], "expected")
        self.assertNotIn("exe?", [finding["id"] for finding in row["findings"]])

    def check_changed(self, word):
        """It does not satisfy the rule. Return: its findings, with their reasons."""
        result = harness.lsports("--check", "-J", "--expected", self.rules)
        self.assertEqual(result.status, 1, str(result))
        change, = json.loads(result.out)["changes"]
        self.assertEqual(change["change"], "changed")
        self.assertIn(f"exe={self.service}", change["reason"])
        self.assertIn(word, change["reason"])
        return {finding["id"]: finding["reason"] for finding in change["socket"]["findings"]}

    # --- the file at that path ------------------------------------------------------------------

    def test_service(self):
        with harness.Made(self.spec, program=self.service):
            self.check_satisfied()
        with harness.Made(self.spec, program=self.stranger):
            self.check_changed(f"found exe={self.stranger}")

    def test_service_behind_symbolic_links(self):
        """The kernel shows the path without them, and so do rules."""
        os.mkdir(os.path.join(self.directory, "usr"))
        os.rename(self.service, os.path.join(self.directory, "usr", "service"))
        os.symlink("usr", os.path.join(self.directory, "sbin"))
        os.symlink("usr/service", self.service)
        link = os.path.join(self.directory, "sbin", "service")
        harness.write_text(self.rules,
                           f"tcp/{PORT} exe={os.path.join(self.directory, 'usr', 'service')}\n")
        for path in (link, self.service):
            with harness.Made(self.spec, program=path):
                self.check_satisfied()

    def test_upgrade(self):
        """The service that goes on is the same one, and so is the one that was restarted."""
        with harness.Made(self.spec, program=self.service) as made:
            self.upgrade()
            self.assertTrue(self.link_of(made).endswith(" (deleted)"))
            self.check_satisfied()
            os.unlink(self.service)
            self.check_satisfied()
        self.copy_maker("service")
        with harness.Made(self.spec, program=self.service):
            self.check_satisfied()

    def test_service_with_mounts_of_its_own(self):
        own = [harness.need_tool("unshare"), "--mount", "--propagation", "slave"]
        with harness.Made(self.spec, program=self.service, prefix=own):
            self.check_satisfied()
            self.upgrade()
            self.check_satisfied()

    def test_service_on_overlayfs(self):
        parts = {name: os.path.join(self.directory, name) for name in ("lower", "disk", "merged")}
        for path in parts.values():
            os.mkdir(path)
        shutil.copy(self.service, parts["lower"])
        mount, umount = harness.need_tool("mount"), harness.need_tool("umount")
        harness.run([mount, "-t", "tmpfs", "tmpfs", parts["disk"]])
        self.addCleanup(harness.run, [umount, "-l", parts["disk"]])
        for name in ("upper", "work"):
            os.mkdir(os.path.join(parts["disk"], name))
        result = harness.run([mount, "-t", "overlay", "overlay", "-o",
                              f"lowerdir={parts['lower']},upperdir={parts['disk']}/upper,"
                              f"workdir={parts['disk']}/work", parts["merged"]])
        self.assertEqual(result.status, 0, str(result))
        self.addCleanup(harness.run, [umount, "-l", parts["merged"]])
        self.service = os.path.join(parts["merged"], "service")
        harness.write_text(self.rules, f"tcp/{PORT} exe={self.service}\n")
        with harness.Made(self.spec, program=self.service):
            self.check_satisfied()
            os.chmod(self.service, 0o711)  # which copies it up
            self.check_satisfied()
            os.rename(self.copy_maker("merged/service.new"), self.service)
            self.check_satisfied()
        with harness.Made(self.spec, program=self.service):
            self.check_satisfied()
            os.unlink(self.service)
            self.check_satisfied()

    def test_checked_from_a_sandbox(self):
        """As the shipped unit is: it has another /tmp than the service, and /home is hidden."""
        rules = os.path.join(harness.scratch(self), "host.rules")
        shutil.copy(self.rules, rules)
        command = [harness.need_tool("unshare"), "--mount", "--propagation", "private", "sh", "-c",
                   'mount -t tmpfs none "$0" && exec "$@"', self.directory, harness.need("LSPORTS"),
                   "--check", "--expected", rules]
        with harness.Made(self.spec, program=self.service):
            result = harness.run(command)
            self.assertEqual((result.status, result.out), (0, b""), str(result))
            self.upgrade()
            result = harness.run(command)
            self.assertEqual((result.status, result.out), (0, b""), str(result))
        with self.detached():
            result = harness.run(command)
            self.assertEqual(result.status, 1, str(result))
            self.assertIn(b"a program that may be forged", result.out)

    def test_main_thread_has_exited(self):
        with harness.Made(f"{self.spec},holder=leader", program=self.service):
            self.check_satisfied()

    # --- what /proc only calls so ---------------------------------------------------------------

    def detached(self, *options, path=None):
        prefix = [harness.need("DETACH"), *options, path or self.service]
        if harness.HAS_USERS:
            prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *prefix]
        return harness.Made(self.spec, program=self.stranger, prefix=prefix)

    def own_directory(self):
        path = os.path.join(self.directory, "own")
        os.mkdir(path)
        if harness.HAS_USERS:
            os.chown(path, USER, USER)
        return path

    def test_file_of_a_detached_mount(self):
        with self.detached() as made:
            self.assertEqual(self.link_of(made), self.service, "the forgery itself failed")
            findings = self.check_changed("a program that may be forged")
            self.assertIn(f"runs another file than {self.service}", findings["exe?"])
            os.unlink(self.service)
            self.assertIn("exe?", self.check_changed("a program that may be forged"))

    def test_file_of_a_detached_mount_on_the_same_file_system(self):
        with self.detached("-b", self.own_directory()) as made:
            self.assertEqual(self.link_of(made), self.service, "the forgery itself failed")
            self.assertIn("exe?", self.check_changed("a program that may be forged"))

    def check_deleted(self, made):
        self.assertEqual(self.link_of(made), self.service + " (deleted)", "the forgery failed")
        self.assertIn("runs a deleted file",
                      self.check_changed("a program that may be forged")["exe?"])

    def test_deleted_file(self):
        with self.detached("-d") as made:
            self.check_deleted(made)

    def test_deleted_file_on_the_same_file_system(self):
        with self.detached("-d", "-b", self.own_directory()) as made:
            self.check_deleted(made)

    def test_name_that_ends_like_that_of_a_deleted_file(self):
        with self.detached(path=self.service + " (deleted)") as made:
            self.check_deleted(made)
        with self.detached("-b", self.own_directory(), path=self.service + " (deleted)") as made:
            self.check_deleted(made)

    def test_such_a_name_at_its_own_path(self):
        """It is no forgery, and no program of the shorter name either."""
        path = self.copy_maker("service (deleted)")
        with harness.Made(self.spec, program=path):
            findings = self.check_changed(f"found exe={path}")
            self.assertNotIn("exe?", findings)
            self.assertNotIn("deleted-exe", findings)

    def test_mount_over_the_service_in_a_user_namespace(self):
        over = [harness.need_tool("unshare"), "--user", "--map-root-user", "--mount", "sh", "-c",
                f'mount --bind "{self.stranger}" "$0" && exec "$0" "$@"']
        with harness.Made(self.spec, program=self.service, prefix=over) as made:
            self.assertEqual(self.link_of(made), self.service, "the forgery itself failed")
            findings = self.check_changed("a program that may be forged")
        self.assertIn("another user namespace", findings["exe?"])

    def test_other_root_directory(self):
        """As in a container: it is another program, and nothing is wrong with it."""
        root = os.path.join(self.directory, "root")
        os.mkdir(root)
        prefix = [harness.need_tool("unshare"), "--mount", "--propagation", "private", "sh", "-c",
                  ELSEWHERE, "sh", root, self.stranger]
        with harness.Made(self.spec, program=self.service, prefix=prefix) as made:
            self.assertEqual(self.link_of(made), self.service)
            findings = self.check_changed("a program that is not of this file tree")
            self.assertNotIn("exe?", findings)

    def test_program_in_memory(self):
        with harness.Made(self.spec, program=self.service,
                          prefix=[sys.executable, "-c", IN_MEMORY]):
            findings = self.check_changed("found exe=/memfd:service")
            self.assertIn("odd-exe", findings)

    # --- user namespaces that root makes --------------------------------------------------------

    def private(self, how):
        return harness.Made(self.spec, program=self.service,
                            prefix=[sys.executable, "-c", PRIVATE, str(USER), how])

    @harness.needs_root("it makes a user namespace with two users")
    def test_private_users(self):
        with self.private("bounded") as made:
            self.assertNotEqual(os.readlink(f"/proc/{made.rows[0]['pid']}/ns/user"),
                                os.readlink("/proc/self/ns/user"))
            self.check_satisfied()
            self.upgrade()
            self.check_satisfied()

    @harness.needs_root("it makes a user namespace with two users")
    def test_private_users_with_capabilities(self):
        with self.private("full"):
            self.assertIn("another user namespace",
                          self.check_changed("a program that may be forged")["exe?"])


if __name__ == "__main__":
    harness.main(few_processes=True)
