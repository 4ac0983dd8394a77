# SPDX-License-Identifier: GPL-2.0-or-later
"""What every functional test stands on: a namespace of its own, helpers that make known
sockets, one run of lsports with a time limit, and the comparison of both.

A test that cannot run fails and says why; none is skipped.

Environment: LSPORTS the program, MKSOCK the socket maker; single tests name more.
"""

import ctypes
import ipaddress
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TIME_LIMIT = 30.0
NAMESPACE_MARK = "LSPORTS_TEST_NAMESPACE"
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def need(name):
    """The value of a variable without which a test cannot run."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{sys.argv[0]}: FAIL: environment variable {name} is not set")
    return os.path.abspath(value)


def need_tool(name):
    """The path of a program that a test calls."""
    path = shutil.which(name)
    if path is None:
        sys.exit(f"{sys.argv[0]}: FAIL: the program '{name}' is not installed")
    return path


AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def die_with_parent():
    """For preexec_fn: no helper outlives the test, nor ignores what whoever started it ignores."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def enter_namespace(root=False, few_processes=False):
    """Restart this script inside network and mount namespaces of its own.

    few_processes adds a PID namespace: then no other process of the machine is looked at, and
    every run makes the same system calls. With root=True a user namespace will not do: the test
    needs real privileges.
    """
    here = os.readlink("/proc/self/ns/net")
    if os.environ.get(NAMESPACE_MARK, here) != here:
        subprocess.run([need_tool("ip"), "link", "set", "lo", "up"], check=True)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        return
    if root and os.geteuid() != 0:
        sys.exit(f"{sys.argv[0]}: FAIL: this test must be run as root")
    command = [need_tool("unshare"), "--net", "--mount", "--propagation", "private"]
    if few_processes:
        command += ["--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    os.environ[NAMESPACE_MARK] = here
    sys.stdout.flush()
    os.execv(command[0], command + [sys.executable] + sys.argv)


def hide_rules():
    """No rules of the machine count in this mount namespace."""
    for path in ("/etc/lsports", "/var/lib/lsports"):
        if os.path.isdir(path):
            subprocess.run([need_tool("mount"), "-t", "tmpfs", "tmpfs", path], check=True)


def find_cgroup2():
    """Where the cgroup v2 tree is mounted."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            left, _, right = line.partition(" - ")
            if right.split()[0] == "cgroup2":
                return left.split()[4]
    raise AssertionError("no cgroup2 mount in /proc/self/mountinfo: units cannot be shown")


def overlay(test, *paths):
    """Whatever is written below these directories until the test ends stays in memory."""
    disk = os.path.join(scratch(test), "disk")
    os.mkdir(disk)
    mounts = [(disk, ["-t", "tmpfs", "tmpfs"])]
    for path in paths:
        parts = {name: f"{disk}{path}/{name}" for name in ("upper", "work")}
        options = f"lowerdir={path},upperdir={parts['upper']},workdir={parts['work']}"
        mounts.append((path, ["-t", "overlay", "-o", options, "overlay"]))
    for path, words in mounts:
        if path != disk:
            os.makedirs(f"{disk}{path}/upper")
            os.makedirs(f"{disk}{path}/work")
        subprocess.run([need_tool("mount"), *words, path], check=True)
        test.addCleanup(subprocess.run, [need_tool("umount"), "-l", path], check=True)


class Result:
    """One run of a program: exit status, bytes of both streams."""

    def __init__(self, status, out, err, command):
        self.status = status
        self.out = out
        self.err = err
        self.command = command

    def __str__(self):
        return (f"{' '.join(map(str, self.command))}: exit {self.status}\n"
                f"stdout: {self.out[:2000]!r}\nstderr: {self.err[:2000]!r}")

    @property
    def said(self):
        """Lines on standard error."""
        return [line for line in self.err.decode("utf-8", "replace").splitlines() if line]


def sanitizer_environment(env):
    """Leak detection cannot run below ptrace, nor ASan be second to a preloaded object."""
    env = dict(env)
    options = env.get("ASAN_OPTIONS", "")
    env["ASAN_OPTIONS"] = (options + ":" if options else "") + \
        "detect_leaks=0:verify_asan_link_order=0"
    return env


def run(command, *, timeout=TIME_LIMIT, env=None, preexec=None, stdin=subprocess.DEVNULL):
    """Run a command; raises AssertionError when it takes longer than the time limit."""

    def prepare():
        die_with_parent()
        if preexec is not None:
            preexec()

    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=env, preexec_fn=prepare) as child:
        try:
            out, err = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise AssertionError(f"not done in {timeout} s: {command}") from None
    return Result(child.returncode, out, err, command)


def lsports(*arguments, **how):
    return run([need("LSPORTS"), *arguments], **how)


def lsports_json(*arguments, status=0, **how):
    """The parsed object of one -J run, whose exit status must be `status`."""
    result = lsports("-J", *arguments, **how)
    wanted = status if isinstance(status, tuple) else (status,)
    if result.status not in wanted:
        raise AssertionError(f"exit {result.status}, not {wanted}\n{result}")
    answer = json.loads(result.out.decode("utf-8"))
    answer["stderr"] = result.said
    return answer


def inodes_of_proc():
    """Inodes of all sockets in this network namespace."""
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        with open(f"/proc/self/net/{name}", encoding="ascii") as file:
            found |= {line.split()[9] for line in file.readlines()[1:]}
    return found


class Made:
    """Sockets held by a helper process for as long as the with block runs."""

    def __init__(self, *specs, program=None, prefix=()):
        self.command = [*prefix, program or need("MKSOCK"), *specs]
        self.rows = []

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        for line in self.child.stdout:
            row = json.loads(line)
            if "ready" in row:
                return self
            self.rows.append(row)
        self.__exit__()
        raise AssertionError(f"sockets could not be made: {self.command}")

    def __exit__(self, *unused):
        self.child.stdin.close()
        try:
            self.child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise
        finally:
            self.child.stdout.close()
        if any("holder=uring" in spec for spec in self.command):
            self.wait_until_gone()

    def wait_until_gone(self):
        """The kernel closes what an io_uring holds some time after its process has ended."""
        wanted = {str(row["inode"]) for row in self.rows}
        for _ in range(1000):
            if not wanted & inodes_of_proc():
                return
            time.sleep(0.01)
        raise AssertionError(f"sockets are still there: {self.command}")


def is_listener(row):
    return row["state"] in ("listen", "unconnected")


def endpoint(row):
    """(proto, address, port), the key that ss, netstat and lsports share."""
    return row["proto"], address_of(row["address"]), row["port"]


def address_of(text):
    """One spelling for an address, whatever the program wrote."""
    return str(ipaddress.ip_address(text))


def cookie_of(row):
    return None if row.get("cookie") is None else int(row["cookie"], 0)


def by_cookie(rows):
    """Rows by cookie; a cookie twice, or none at all, is an error of its own."""
    found = {}
    for row in rows:
        cookie = cookie_of(row)
        if cookie is None:
            raise AssertionError(f"no cookie: {row}")
        if cookie in found:
            raise AssertionError(f"the same socket twice: {row} and {found[cookie]}")
        found[cookie] = row
    return found


def owners_of(row):
    """Owners as {(pid, fd)}; a descriptor that is none is None in JSON."""
    return {(owner["pid"], -1 if owner["fd"] is None else owner["fd"]) for owner in row["owners"]}


def scratch(test):
    """A directory that any user may enter, for the time of a test (or of its class)."""
    directory = tempfile.mkdtemp(prefix="lsports-test-")
    os.chmod(directory, 0o755)
    add = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    add(shutil.rmtree, directory)
    return directory


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def wait_for(condition, what, limit=TIME_LIMIT):
    """The first true answer of condition()."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {limit} s: {what}")


def public_copy(path):
    """A copy that any user may execute, for a tree that only its owner may enter."""
    directory = tempfile.mkdtemp(prefix="lsports-test-")
    os.chmod(directory, 0o755)
    copy = os.path.join(directory, os.path.basename(path))
    shutil.copy(path, copy)
    os.chmod(copy, 0o755)
    return copy


def main(root=False, few_processes=False):
    """Entry of every test script."""
    enter_namespace(root=root, few_processes=few_processes)
    unittest.main(verbosity=2)
