# SPDX-License-Identifier: GPL-2.0-or-later
"""What functional tests share: a namespace of their own, helpers that make known sockets, runs of
lsports with a time limit, and comparisons of both.

A test that lacks a program fails and says so. An ordinary user runs the tests in a user namespace;
what needs more than that is skipped with its reason: needs_root() and needs_users(). As root nothing
is skipped.

Environment: LSPORTS the program, MKSOCK the socket maker, RULES_DIR and STATE_DIR where the program
was configured to have its rules and its state; single tests name more.
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

# Rules of ours that others may write are refused.
os.umask(0o022)
TIME_LIMIT = 30.0
NAMESPACE_MARK = "LSPORTS_TEST_NAMESPACE"
ROOT_MARK = "LSPORTS_TEST_ROOT"
SKIPPED = 77  # for meson
PR_SET_CHILD_SUBREAPER = 36
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


def has_other_users():
    """Does our user namespace have more users than one? That of root has all."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return sum(int(line.split()[2]) for line in file) > 1


# Root outside of any namespace of the test.
IS_ROOT = os.environ.get(ROOT_MARK, str(int(os.geteuid() == 0))) == "1"
HAS_USERS = IS_ROOT or has_other_users()


def needs_root(why):
    """For a test, or a class of them, that a user namespace does not allow."""
    return unittest.skipUnless(IS_ROOT, f"needs root: {why}")


def needs_users(why="it has sockets of several users"):
    """For a test that changes to another user. A user namespace has one user, or, where newuidmap
    is installed and /etc/subuid has a line for us, many."""
    return unittest.skipUnless(HAS_USERS, f"needs root or subordinate users: {why}")


def as_user(uid):
    """What is added to a socket of mksock's where it is of no importance whose it is."""
    return f",uid={uid}" if HAS_USERS else ""


AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def die_with_parent():
    """For preexec_fn: no helper outlives the test, nor ignores what whoever started it ignores."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def adopt_orphans():
    """What a child of ours leaves behind becomes a child of ours."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def user_namespace():
    """Switches of unshare(1) for an ordinary user."""
    many = ["--map-root-user", "--map-auto"]
    if subprocess.run([need_tool("unshare"), *many, "true"], stderr=subprocess.DEVNULL,
                      check=False).returncode == 0:
        return many
    return ["--map-root-user"]


def enter_namespace(few_processes=False):
    """Restart this script inside network and mount namespaces of its own.

    few_processes adds a PID namespace: then no other process of the machine is looked at, and
    every run makes the same system calls.
    """
    here = os.readlink("/proc/self/ns/net")
    if os.environ.get(NAMESPACE_MARK, here) != here:
        subprocess.run([need_tool("ip"), "link", "set", "lo", "up"], check=True)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        return
    command = [need_tool("unshare"), "--net", "--mount", "--propagation", "private"]
    if few_processes:
        command += ["--pid", "--fork", "--mount-proc", "--kill-child"]
    if not IS_ROOT:
        command += user_namespace()
    os.environ[NAMESPACE_MARK] = here
    os.environ[ROOT_MARK] = str(int(IS_ROOT))
    sys.stdout.flush()
    if few_processes:
        # The first process of the namespace is a shell, which waits for what others leave behind.
        command += [need_tool("sh"), "-c", '"$@" & wait $!', "sh"]
    os.execv(command[0], command + [sys.executable] + sys.argv)


RULES_DIR, STATE_DIR = need("RULES_DIR"), need("STATE_DIR")
LEARNED = os.path.join(STATE_DIR, "learned.rules")


def hide_rules():
    """Hides the rules of the machine in this mount namespace."""
    for path in (os.path.dirname(RULES_DIR), STATE_DIR):
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
    """Until the test ends, writes below these directories stay in memory."""
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


def small_disk(test, size):
    """An empty file system in memory of limited size."""
    place = os.path.join(scratch(test), "disk")
    os.mkdir(place)
    subprocess.run([need_tool("mount"), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place],
                   check=True)
    test.addCleanup(subprocess.run, [need_tool("umount"), place], check=True)
    return place


def find_top(path):
    """The directory above path that is there; a test may not write to the root itself."""
    top = os.path.dirname(path)
    while not os.path.isdir(top):
        top = os.path.dirname(top)
    if top == "/":
        raise AssertionError(f"{path}: nothing above it can be overlaid")
    return top


def overlay_places(test, *others):
    """The directories of rules and state, both empty, in this mount namespace alone, and overlays of
    other directories."""
    tops = {find_top(os.path.dirname(RULES_DIR)), find_top(STATE_DIR), *others}
    overlay(test, *sorted(top for top in tops
                          if not any(top.startswith(other + "/") for other in tops)))
    for path in (os.path.dirname(RULES_DIR), STATE_DIR):
        shutil.rmtree(path, ignore_errors=True)
    for path in (RULES_DIR, STATE_DIR):
        os.makedirs(path)


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
    """Leak detection does not work under ptrace, nor ASan after a preloaded object."""
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


# What an io_uring or a message holds the kernel closes some time after the process has ended.
LATE_HOLDERS = ("uring", "hidden-ring", "scm")


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
        if any(f"holder={how}" in spec for spec in self.command for how in LATE_HOLDERS):
            self.wait_until_gone()

    def wait_until_gone(self):
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
    """One spelling of an address for all programs."""
    return str(ipaddress.ip_address(text))


def cookie_of(row):
    return None if row.get("cookie") is None else int(row["cookie"], 0)


def by_cookie(rows):
    """Rows by cookie; a duplicate or missing cookie is an error."""
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
    """Owners as {(pid, fd)}; fd is -1 where JSON has null."""
    return {(owner["pid"], -1 if owner["fd"] is None else owner["fd"]) for owner in row["owners"]}


def scratch(test):
    """A directory that any user may enter, until the test (or its class) ends."""
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
    """A copy that any user may execute, since the build tree may be private."""
    directory = tempfile.mkdtemp(prefix="lsports-test-")
    os.chmod(directory, 0o755)
    copy = os.path.join(directory, os.path.basename(path))
    shutil.copy(path, copy)
    os.chmod(copy, 0o755)
    return copy


class Counted(unittest.TextTestResult):
    """Counts what passed: a script that only skipped is itself skipped."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main(few_processes=False):
    """Entry of every test script."""
    enter_namespace(few_processes=few_processes)
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Counted)
    result = unittest.main(testRunner=runner, exit=False).result
    if not result.wasSuccessful() or not result.testsRun:
        sys.exit(1)
    if result.skipped and not result.passed:
        print(f"SKIP: {sys.argv[0]}: {result.skipped[0][1]}")
        sys.exit(SKIPPED)
