#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--format prometheus, as read by promtool, by the textfile collector of node_exporter, and by a
prometheus that scrapes it until the shipped alert fires.

Environment: LSPORTS MKSOCK ALERTS (the shipped file of alert rules).
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import unittest
import urllib.request

import harness

EXPORTER = "127.0.0.1:9100"
SERVER = "127.0.0.1:9090"
ALERT = "LsportsUnexpectedListener"
ALERT_LIMIT = 60.0
LAST = b"lsports_last_run_duration_seconds "
HOSTILE = [b'a"b', b"a\\b", b"line\nlsports 1", b"\xff\xfe\x80", b"{x=\"1\"} 2", b"\x1b[31m",
           b"\xe2\x80\xae", b"a\\"]


def setUpModule():
    harness.hide_rules()


def series_of(text):
    """{name and labels: value}; a duplicate series is an error."""
    found = {}
    for line in text.decode("utf-8").splitlines():
        if line.startswith("#"):
            continue
        series, _, value = line.rpartition(" ")
        if series in found:
            raise AssertionError(f"twice: {series}")
        found[series] = float(value)
    return found


class Metrics(unittest.TestCase):
    def setUp(self):
        self.directory = harness.scratch(self)
        self.file = os.path.join(self.directory, "lsports.prom")

    def write(self, *arguments, status=0, prefix=(), program=None, **how):
        result = harness.run([*prefix, program or harness.need("LSPORTS"), "--format",
                              "prometheus", "--output-file", self.file, *arguments], **how)
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(result.out, b"", str(result))
        return result

    def check_clean(self, text):
        """promtool has no complaint."""
        with subprocess.Popen([harness.need_tool("promtool"), "check", "metrics"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as child:
            said, _ = child.communicate(text, timeout=harness.TIME_LIMIT)
        self.assertEqual((child.returncode, said), (0, b""), text.decode("utf-8", "replace"))
        return series_of(text)

    def written(self):
        return self.check_clean(harness.read_bytes(self.file))


class Text(Metrics):
    def test_nothing_listens(self):
        self.write()
        series = self.written()
        self.assertEqual(series["lsports_last_run_success"], 1)
        self.assertEqual(series["lsports_view_complete"], 1)
        self.assertEqual(series["lsports_rules_present"], 0)
        self.assertLess(abs(series["lsports_last_run_timestamp_seconds"] - time.time()), 60)

    def test_every_finding_even_when_there_is_none(self):
        self.write()
        series = self.written()
        ids = [line.split()[0] for line in
               harness.lsports("--list", "findings").out.decode().splitlines()]
        self.assertGreater(len(ids), 8)
        for one in ids:
            self.assertEqual(series[f'lsports_findings{{id="{one}"}}'], 0)
        for change in ("new", "changed", "missing"):
            self.assertEqual(series[f'lsports_differences{{change="{change}"}}'], 0)

    def test_hostile_names(self):
        place = os.path.join(os.fsencode(self.directory), b'd"i\\r\xff\n')
        os.mkdir(place)
        program = os.fsdecode(os.path.join(place, b"mk\nsock"))
        shutil.copy(harness.need("MKSOCK"), program)
        specs = [f"tcp,port={100 + at},comm={name.hex()}" for at, name in enumerate(HOSTILE)]
        with harness.Made(*specs, program=program):
            self.write("--extended")
        series = self.written()
        info = [line for line in series if line.startswith("lsports_listener_info{")]
        self.assertEqual(len(info), len(HOSTILE))
        self.assertFalse(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", harness.read_bytes(self.file)))
        self.assertFalse(re.search("[\u202a-\u202e]", harness.read_bytes(self.file).decode()))

    def test_groups_and_ports_of_the_kernel_are_one_series(self):
        rules = harness.write_text(os.path.join(self.directory, "none.rules"), "")
        specs = ["tcp,port=81,reuseport=5", "udp,port=82,reuseport=3"] + \
            ["udp,port=0", "tcp,addr=127.0.0.1,port=0"] * 6 + ["tcp,port=83,fork=4"]
        with harness.Made(*specs) as made:
            self.write("--expected", rules)
        series = self.written()
        info = [line for line in series if line.startswith("lsports_listener_info{")]
        self.assertEqual(len(info), 5, info)
        self.assertEqual(sum('port="auto"' in line for line in info), 2)
        counts = sum(value for name, value in series.items()
                     if name.startswith("lsports_listeners{"))
        self.assertEqual(counts, len(made.rows))
        self.assertEqual(sum(value for name, value in series.items()
                             if name.startswith("lsports_unexpected_listeners{")), counts)
        text = "\n".join(info)
        for row in made.rows:
            for key in ("pid", "inode", "cookie"):
                self.assertNotRegex(text, rf'"{row[key]}"')
        for name in series:
            self.assertNotRegex(name, r'\b(pid|inode|cookie|time|started)="')

    def test_what_a_restart_leaves_alone(self):
        def look():
            with harness.Made("tcp,port=81", "udp,port=0"):
                self.write()
            return {name for name in self.written()}
        self.assertEqual(look(), look())

    def test_a_flood_is_counted(self):
        rules = harness.write_text(os.path.join(self.directory, "none.rules"), "")
        with harness.Made("tcp,port=20000,count=800"):
            self.write("--expected", rules)
        series = self.written()
        self.assertEqual(sum(name.startswith("lsports_listener_info{") for name in series), 20)
        self.assertEqual(series["lsports_listener_info_left_out"], 780)
        self.assertEqual(series['lsports_differences{change="new"}'], 800)

    def test_expected_ones_have_no_series(self):
        rules = os.path.join(self.directory, "learned.rules")
        with harness.Made("tcp,port=81"):
            self.assertEqual(harness.lsports("--learn", rules).status, 0)
            self.write("--expected", rules)
            series = self.written()
            self.write("--expected", rules, "--check")
            self.assertEqual(set(self.written()), set(series))
        self.assertFalse([name for name in series if name.startswith("lsports_listener_info{")])
        self.assertEqual(series["lsports_rules_present"], 1)


class File(Metrics):
    def test_mode_whatever_the_mask(self):
        for mask in (0o077, 0o777, 0):
            self.write(preexec=lambda mask=mask: os.umask(mask))
            self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o644)

    def test_no_temporary_name_is_read_by_the_collector(self):
        log = os.path.join(self.directory, "log")
        strace = [harness.need_tool("strace"), "-f", "-qq", "-o", log, "-e",
                  "trace=open,openat,openat2,creat,rename,renameat,renameat2,link,linkat"]
        self.write(prefix=strace, env=harness.sanitizer_environment(os.environ))
        lines = harness.read_bytes(log).decode().splitlines()
        made = [re.search(r'"([^"]*)"', line)[1] for line in lines if "O_CREAT" in line]
        renamed = [line for line in lines if "rename" in line]
        self.assertEqual((len(made), len(renamed)), (1, 1), lines)
        self.assertFalse(made[0].endswith(".prom"), made)
        self.assertTrue(os.path.basename(made[0]).startswith("."), made)
        self.assertIn(made[0], renamed[0])
        self.assertIn('"lsports.prom"', renamed[0])

    def test_replaced_whole(self):
        """A reader always reads one complete run."""
        self.write()
        command = [harness.need("LSPORTS"), "--format", "prometheus", "--output-file", self.file]
        seen = set()
        for _ in range(10):
            writers = [subprocess.Popen(command, preexec_fn=harness.die_with_parent)
                       for _ in range(4)]
            while any(writer.poll() is None for writer in writers):
                text = harness.read_bytes(self.file)
                self.assertTrue(text.splitlines()[-1].startswith(LAST), text[-200:])
                self.assertTrue(text.endswith(b"\n"))
                seen.add(text)
            self.assertEqual([writer.returncode for writer in writers], [0] * 4)
        self.assertGreater(len(seen), 5)
        self.assertEqual(os.listdir(self.directory), ["lsports.prom"])

    def test_disk_full(self):
        place = harness.small_disk(self, "64k")
        self.file = os.path.join(place, "lsports.prom")
        self.write()
        before = harness.read_bytes(self.file)
        with open(os.path.join(place, "filler"), "wb", buffering=0) as file:
            with self.assertRaises(OSError):
                while True:
                    file.write(b"x" * 4096)
        result = self.write(status=2)
        self.assertIn("No space left", result.err.decode())
        self.assertEqual(harness.read_bytes(self.file), before)
        self.assertEqual(set(os.listdir(place)), {"lsports.prom", "filler"})

    def check_failed(self, result):
        self.assertTrue(result.said, str(result))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o644)
        series = self.written()
        self.assertEqual(series["lsports_last_run_success"], 0)
        self.assertEqual(series["lsports_view_complete"], 0)

    def test_failed_runs_say_so(self):
        bad = harness.write_text(os.path.join(self.directory, "bad.rules"), "foo=1\n")
        for words in (("--expected", os.path.join(self.directory, "none.rules")),
                      ("--expected", bad), ("--check", "--expected", bad), ("--check",)):
            with self.subTest(words=words):
                self.write()
                self.check_failed(self.write(*words, status=2))

    def test_nothing_can_be_read(self):
        self.write()
        strace = [harness.need_tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e",
                  "inject=socket:error=EPERM"]
        env = harness.sanitizer_environment(os.environ)
        self.check_failed(self.write("--source", "netlink", status=2, prefix=strace, env=env))

    @harness.needs_users("it asks as nobody")
    def test_incomplete_is_reported(self):
        program = harness.public_copy(harness.need("LSPORTS"))
        self.addCleanup(shutil.rmtree, os.path.dirname(program))
        os.chown(self.directory, 65534, 65534)
        with harness.Made("tcp,port=81"):
            result = self.write(prefix=harness.AS_NOBODY, program=program)
        self.assertTrue(result.said)
        series = self.written()
        self.assertEqual(series["lsports_view_complete"], 0)
        self.assertEqual(series["lsports_last_run_success"], 1)


class Scraped(Metrics):
    """node_exporter and prometheus themselves, on loopback in this namespace."""

    def start(self, name, *arguments):
        log = open(os.path.join(self.directory, f"{name}.log"), "wb")
        self.addCleanup(log.close)
        child = subprocess.Popen([harness.need_tool(name), *arguments], cwd=self.directory,
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 preexec_fn=harness.die_with_parent)

        def end():
            child.kill()
            child.wait()
        self.addCleanup(end)
        return child

    def get(self, address, path, child=None):
        """None if nobody answers."""
        if child is not None and child.poll() is not None:
            log = os.path.join(self.directory, os.path.basename(child.args[0]) + ".log")
            raise AssertionError(f"{child.args} has ended: {harness.read_bytes(log)}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://{address}{path}", timeout=5) as answer:
                return answer.read()
        except OSError:
            return None

    def start_exporter(self):
        collected = os.path.join(self.directory, "collected")
        os.mkdir(collected)
        self.file = os.path.join(collected, "lsports.prom")
        exporter = self.start("prometheus-node-exporter", "--collector.disable-defaults",
                              "--collector.textfile", f"--collector.textfile.directory={collected}",
                              f"--web.listen-address={EXPORTER}")
        harness.wait_for(lambda: self.get(EXPORTER, "/metrics", exporter), "node_exporter answers")

    def start_server(self):
        # The shipped rules, but alerts fire without waiting.
        shipped = harness.read_bytes(harness.need("ALERTS")).decode()
        rules = re.sub(r"^(\s*for:).*$", r"\1 0s", shipped, flags=re.MULTILINE)
        self.assertIn(f"alert: {ALERT}", rules)
        harness.write_text(os.path.join(self.directory, "alerts.yml"), rules)
        harness.write_text(os.path.join(self.directory, "prometheus.yml"), f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["{EXPORTER}"]}}]
""")
        server = self.start("prometheus", "--config.file=prometheus.yml",
                            "--storage.tsdb.path=tsdb", f"--web.listen-address={SERVER}")
        harness.wait_for(lambda: self.get(SERVER, "/-/ready", server), "prometheus is ready")

    def alerts(self):
        answer = self.get(SERVER, "/api/v1/alerts")
        alerts = json.loads(answer)["data"]["alerts"] if answer else []
        return {alert["labels"]["alertname"]: alert for alert in alerts
                if alert["state"] == "firing"}

    def evaluated(self):
        """When the rules were evaluated last, as a text; "" where nobody answers."""
        answer = self.get(SERVER, "/api/v1/rules")
        groups = json.loads(answer)["data"]["groups"] if answer else []
        return min((group["lastEvaluation"] for group in groups), default="")

    def test_collector_takes_the_file(self):
        self.start_exporter()
        program = os.fsdecode(os.path.join(os.fsencode(self.directory), b'p"\\\xff'))
        shutil.copy(harness.need("MKSOCK"), program)
        specs = [f"tcp,port={100 + at},reuseport=2,comm={name.hex()}"
                 for at, name in enumerate(HOSTILE)]
        with harness.Made(*specs, program=program):
            self.write()
        text = self.get(EXPORTER, "/metrics").decode("utf-8")
        self.assertIn("\nnode_textfile_scrape_error 0\n", text)
        self.assertEqual(text.count("\nlsports_listener_info{"), len(HOSTILE))
        self.assertIn("\nlsports_last_run_success 1\n", text)

    def test_alert_fires(self):
        start = time.monotonic()
        rules = os.path.join(self.directory, "learned.rules")
        self.assertEqual(harness.lsports("--learn", rules).status, 0)
        self.start_exporter()
        self.start_server()
        # The monitoring listens too: by now it is expected.
        self.assertEqual(harness.lsports("--learn", rules).status, 0)
        self.write("--expected", rules)
        harness.wait_for(lambda: b'"result":[{' in (self.get(SERVER, "/api/v1/query?query="
                         "lsports_last_run_success==1") or b""), "a first scrape")
        scraped = self.evaluated()
        harness.wait_for(lambda: self.evaluated() not in ("", scraped), "the rules are evaluated")
        self.assertNotIn(ALERT, self.alerts())
        with harness.Made("tcp,port=81"):
            self.write("--expected", rules)
            alert = harness.wait_for(lambda: self.alerts().get(ALERT), f"{ALERT} fires",
                                     ALERT_LIMIT)
            print(f"the alert fires after {time.monotonic() - start:.1f} s: {alert['labels']} "
                  f"{alert['annotations']}", file=sys.stderr)
        self.assertTrue(alert["annotations"])
        self.assertNotIn("<no value>", json.dumps(alert))
        self.write("--expected", rules)
        harness.wait_for(lambda: ALERT not in self.alerts(), f"{ALERT} ends", ALERT_LIMIT)


if __name__ == "__main__":
    harness.main(few_processes=True)
