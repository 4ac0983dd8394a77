#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Aimed churn: a listener that never closes is listed every time, whatever its neighbours do.

The kernel resumes a dump of several datagrams by hash bucket and ordinal. The stable listeners
lie in the bucket of a port on which thousands of sockets are opened and closed in reverse, so
that a resumed dump passes over them (see the self-check, which shows that it does).

Environment:
  LSPORTS MKSOCK CHURN    programs
  SLOWRECV                object that is preloaded for the slowed reader
  LSPORTS_SWEEPS          looks for each protocol and family (200)
  LSPORTS_SWEEPS_SLOWED   the same with the slowed reader (a tenth of it)
  LSPORTS_SWEEP_CMD       a command that makes {count} looks by itself and prints "sweeps N lost
                          L doubled D", for example
                          "sweep {proto} {address} {ports} {sockets} {count} strict"; without it
                          every look is a run of LSPORTS
"""

import os
import re
import shlex
import subprocess
import sys
import unittest

import harness

PORT = 20000
# Ports that differ by a multiple of the size of a table share a bucket in it. Sizes are powers of
# two, 16384 on most machines; half of the port space is a multiple of every size but the largest.
STABLE_PORT = PORT + 32768
SWEEPS = int(os.environ.get("LSPORTS_SWEEPS", "200"))
SLOWED = int(os.environ.get("LSPORTS_SWEEPS_SLOWED", str(max(SWEEPS // 10, 1))))
COLUMNS = "proto,address,port,cookie"


class Shape:
    """The stable listeners, and the sockets that come and go before them in their bucket."""

    def __init__(self, proto, stable, churn, ports=(STABLE_PORT,), group=1):
        self.proto = proto
        self.address = stable
        self.churn = [proto, churn, str(PORT)]
        self.ports = ",".join(map(str, ports))
        self.specs = [f"{proto},addr={stable},port={port}" +
                      (f",reuseport={group}" if group > 1 else "") for port in ports]

    def filler(self):
        """So many listeners that a plain listing no longer splits its dumps."""
        address = "127.0.0.1" if "." in self.address else "::1"
        return f"{self.proto},addr={address},port=4096,count=6000"


# IPv6 sockets of TCP that share a port go to the end of their bucket, behind the stable ones. But
# 0.0.0.0 and :: are in one bucket: what comes and goes is IPv4 then, and there must be so many
# stable ones that a datagram ends among them.
SHAPES = [Shape("tcp", "127.0.0.1", "127.0.0.1"), Shape("udp", "127.0.0.1", "127.0.0.1"),
          Shape("tcp", "::", "0.0.0.0", (STABLE_PORT, PORT + 16384, PORT - 16384), 200),
          Shape("udp", "::1", "::1")]


class Churn:
    """COUNT sockets on PORT that come and go for as long as the with block runs."""

    def __init__(self, shape, count):
        self.command = [harness.need("CHURN"), "loop", *shape.churn, str(count)]

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE,
                                      preexec_fn=harness.die_with_parent)
        if self.child.stdout.readline() != b"ready\n":
            raise AssertionError(f"did not start: {self.command}")
        return self

    def __exit__(self, *unused):
        self.child.stdin.close()
        rounds = self.child.stdout.read()
        self.child.stdout.close()
        if self.child.wait(timeout=60) != 0:
            raise AssertionError(f"the churn ended too early: {rounds}")
        self.rounds = int(rounds.split()[1])


class Tally:
    def __init__(self):
        self.sweeps = self.lost = self.doubled = 0

    def __str__(self):
        return f"sweeps {self.sweeps} lost {self.lost} doubled {self.doubled}"

    def look(self, proto, stable, env, *options):
        """One run of the program."""
        result = harness.lsports("-J", "-n", "-o", COLUMNS, "-t" if proto == "tcp" else "-u",
                                 *options, env=env)
        # 3: that many sockets at one endpoint do not fit one datagram, which is a gap.
        if result.status != 0 and not (result.status == 3 and result.said):
            raise AssertionError(str(result))
        cookies = [harness.cookie_of(row)
                   for row in harness.json.loads(result.out)["sockets"]]
        self.sweeps += 1
        self.doubled += len(cookies) - len(set(cookies))
        self.lost += not stable <= set(cookies)

    def add(self, text):
        """The counts of a program that made many looks by itself."""
        found = re.search(r"sweeps (\d+) lost (\d+) doubled (\d+)", text)
        if found is None:
            raise AssertionError(f"no figures in {text!r}")
        self.sweeps += int(found[1])
        self.lost += int(found[2])
        self.doubled += int(found[3])


def slowed_environment():
    env = harness.sanitizer_environment(os.environ)
    env["LD_PRELOAD"] = harness.need("SLOWRECV")
    return env


def sweep(shape, stable, count, env, *options):
    """`count` looks for the cookies in `stable`."""
    tally = Tally()
    command = os.environ.get("LSPORTS_SWEEP_CMD")
    if command and "--strict" in options:
        words = shlex.split(command.format(proto=shape.proto, address=shape.address,
                                           ports=shape.ports, sockets=len(stable), count=count))
        # Below strace or an emulator a look may take a second.
        result = harness.run(words, env=env, timeout=60 + count)
        if result.status not in (0, 1):
            raise AssertionError(str(result))
        tally.add(result.out.decode())
    else:
        for _ in range(count):
            tally.look(shape.proto, stable, env, *options)
    if tally.sweeps != count:
        raise AssertionError(f"{tally}, not {count} sweeps")
    return tally


class AimedChurn(unittest.TestCase):
    def under_churn(self, shape, sockets, count, env, *options, more=()):
        # The stable ones come first: new sockets are put before them in their bucket.
        with harness.Made(*shape.specs, *more) as made:
            stable = {int(row["cookie"]) for row in made.rows
                      if str(row["port"]) in shape.ports.split(",")}
            with Churn(shape, sockets) as churn:
                tally = sweep(shape, stable, count, env, *options)
        if churn.rounds < 2:
            raise AssertionError("nothing was opened and closed during the sweeps")
        print(f"{shape.proto} {shape.address} {sockets} sockets {' '.join(options) or 'plain'}"
              f"{' slowed' if env else ''}: {tally}, {churn.rounds} rounds", file=sys.stderr)
        return tally

    def check(self, sockets, count, env, *options):
        for shape in SHAPES:
            with self.subTest(shape=shape.specs):
                tally = self.under_churn(shape, sockets, count, env, *options)
                self.assertEqual((tally.lost, tally.doubled), (0, 0), str(tally))

    def test_strict(self):
        self.check(2000, SWEEPS, None, "--strict")

    def test_strict_slowed(self):
        self.check(2000, SLOWED, slowed_environment(), "--strict")

    def test_plain(self):
        """A plain listing is as sure as a strict one up to a thousand listeners."""
        self.check(1000, max(SWEEPS // 4, 1), None)

    def test_plain_slowed(self):
        self.check(1000, max(SLOWED // 2, 1), slowed_environment())

    def test_one_port(self):
        """More sockets come and go at one address than fit a datagram: that is a gap, but the one at
        another address is not lost."""
        tally = Tally()
        shape = Shape("udp", "127.0.0.2", "127.0.0.1", (PORT,))
        with harness.Made("udp,addr=127.0.0.2,port=%d" % PORT) as made:
            with Churn(shape, 2000):
                for _ in range(max(SLOWED // 2, 1)):
                    tally.look("udp", {int(made.rows[0]["cookie"])}, slowed_environment(),
                               "--strict")
        self.assertEqual((tally.lost, tally.doubled), (0, 0), str(tally))

    def test_self_check(self):
        """With so many listeners a plain listing uses the wide dump, and this test sees it lose."""
        for shape in SHAPES:
            with self.subTest(shape=shape.specs):
                tally = self.under_churn(shape, 2000, 40, slowed_environment(),
                                         more=[shape.filler()])
                self.assertGreater(tally.lost, 0, "the churn does no harm: it is no test")
                self.assertEqual(tally.doubled, 0, str(tally))


if __name__ == "__main__":
    harness.main(few_processes=True)
