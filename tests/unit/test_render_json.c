/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_json: JSON read back, and byte by byte where it is short. */
#include "scene.h"

#include "json_read.h"

#include <string.h>

static void expect_members(const struct buf *text, const char *const rows[][2], size_t count)
{
	json_t *json = json_read(text->data, text->size);
	struct buf value = BUF_INIT;

	expect(json, "not JSON: %s", text->data);
	for (size_t i = 0; i < count; i++) {
		expect(json_describe(json, rows[i][0], &value), "no %s in %s", rows[i][0],
		       text->data);
		expect(!strcmp(value.data, rows[i][1]), "%s is %s", rows[i][0], value.data);
	}
	json_decref(json);
	buf_deinit(&value);
}

static const char *const members[][2] = {
	{"", "{9}"},
	{"schema", "1"},
	{"version", "1.0"},
	{"host", "web1"},
	{"time", "2026-01-02T03:04:05Z"},
	{"complete", "false"},
	{"gaps", "[1]"},
	{"gaps.0.what", "processes"},
	{"gaps.0.why", "run as \"root\""},
	{"gaps.0.count", "2"},
	{"notes", "[0]"},
	{"missing", "[0]"},
	{"sockets", "[6]"},
	/* an IPv4-mapped connection */
	{"sockets.1.address", "::ffff:1.2.3.4"},
	{"sockets.1.peer_address", "::ffff:5.6.7.8"},
	{"sockets.1.peer_port", "50000"},
	{"sockets.1.netns", "null"},
	{"sockets.1.v6only", "null"},
	{"sockets.1.send_queue", "4000000000"},
	{"sockets.1.backlog", "null"},
	{"sockets.1.owners", "[0]"},
	{"sockets.1.owner_gap", "unknown"},
	/* a listener of both families with two owners */
	{"sockets.0", "{31}"},
	{"sockets.0.address", "::"},
	{"sockets.0.port", "22"},
	{"sockets.0.netns", "4026531840"},
	{"sockets.0.proto", "tcp"},
	{"sockets.0.family", "ipv6"},
	{"sockets.0.state", "listen"},
	{"sockets.0.v6only", "false"},
	{"sockets.0.peer_address", "null"},
	{"sockets.0.peer_port", "null"},
	{"sockets.0.cookie", "1"},
	{"sockets.0.uid", "0"},
	{"sockets.0.user", "root"},
	{"sockets.0.recv_queue", "2"},
	{"sockets.0.backlog", "128"},
	{"sockets.0.category", "well-known"},
	{"sockets.0.service", "ssh"},
	{"sockets.0.service_source", "services"},
	{"sockets.0.scope", "any"},
	{"sockets.0.privileged", "true"},
	{"sockets.0.auto", "false"},
	{"sockets.0.cgroup", "/system.slice/ssh.service"},
	{"sockets.0.unit", "ssh.service"},
	{"sockets.0.container", "null"},
	{"sockets.0.owner_gap", "null"},
	{"sockets.0.verdict", "null"},
	{"sockets.0.rule", "null"},
	{"sockets.0.findings", "[0]"},
	{"sockets.0.owners", "[2]"},
	{"sockets.0.owners.0", "{9}"},
	{"sockets.0.owners.0.pid", "812"},
	{"sockets.0.owners.0.fd", "3"},
	{"sockets.0.owners.0.process", "sshd"},
	{"sockets.0.owners.0.exe", "/usr/sbin/sshd"},
	{"sockets.0.owners.0.exe_kind", "file"},
	{"sockets.0.owners.0.cmdline", "sshd: a b"},
	{"sockets.0.owners.0.uid", "0"},
	{"sockets.0.owners.0.user", "root"},
	{"sockets.0.owners.0.started", "2026-01-02T03:04:05Z"},
	{"sockets.0.owners.1.pid", "9000"},
	{"sockets.0.owners.1.fd", "null"},
	{"sockets.0.owners.1.exe", "null"},
	{"sockets.0.owners.1.exe_kind", "null"},
	{"sockets.0.owners.1.uid", "null"},
	{"sockets.0.owners.1.user", "null"},
	{"sockets.0.owners.1.started", "null"},
	{"sockets.2.state", "unconnected"},
	{"sockets.2.interface", "eth0"},
	{"sockets.2.scope", "private"},
	{"sockets.2.service", "null"},
	{"sockets.2.service_source", "null"},
	/* a hostile name, and a user without one */
	{"sockets.3.user", "null"},
	{"sockets.3.uid", "1000"},
	{"sockets.3.service", "hosts2-ns"},
	{"sockets.3.service_source", "shipped"},
	{"sockets.3.privileged", "false"},
	{"sockets.3.auto", "null"},
	{"sockets.3.cookie", "18446744073709551615"},
	{"sockets.3.v6only", "null"},
	{"sockets.3.owners.0.process", "\033[31m\n \xef\xbf\xbd,\""},
	{"sockets.3.owners.0.process_raw", "1b5b33316d0a20ff2c22"},
	{"sockets.3.owners.0.exe_kind", "deleted"},
	{"sockets.3.owners.0.cmdline", ""},
	{"sockets.4.v6only", "true"},
	{"sockets.4.user", "post\\gres"},
	{"sockets.4.privileged", "false"},
	{"sockets.5.state", "time-wait"},
	{"sockets.5.uid", "null"},
	{"sockets.5.inode", "null"},
	{"sockets.5.owner_gap", "kernel"},
	{"sockets.5.privileged", "null"},
};

static void test_json(void **state)
{
	static const struct scene_view inspection = {.scene = SCENE_ALL, .format = "json"};
	struct sink sink;

	(void)state;
	scene_render(&inspection, &sink);
	expect_members(&sink.buf, members, ROWS(members));
	assert_null(memchr(sink.buf.data, '\033', sink.buf.size));
	sink_deinit(&sink);
}

static void test_json_some(void **state)
{
	static const struct golden rows[] = {
		{{.scene = SCENE_EMPTY, .format = "json"},
		 "{\"schema\":1,\"version\":\"1.0\",\"host\":\"web1\",\"time\":"
		 "\"2026-01-02T03:04:05Z\",\"complete\":true,\"gaps\":[],\"notes\":[],\"missing\":["
		 "],"
		 "\"sockets\":[]}\n"},
		{{.scene = SCENE_EMPTY, .format = "jsonl"}, ""},
		{{.format = "json", .columns = "port,comm", .sort = "-port"},
		 "{\"schema\":1,\"version\":\"1.0\",\"host\":\"web1\",\"time\":"
		 "\"2026-01-02T03:04:05Z\",\"complete\":false,\"gaps\":[{\"what\":\"processes\","
		 "\"why\":\"run as "
		 "\\\"root\\\"\",\"count\":2}],\"notes\":[],\"missing\":[],\"sockets\":[\n"
		 "{\"port\":5432,\"comm\":null},\n"
		 "{\"port\":81,\"comm\":\"\\u001b[31m\\u000a \\ufffd,\\\"\","
		 "\"comm_raw\":\"1b5b33316d0a20ff2c22\"},\n"
		 "{\"port\":68,\"comm\":null},\n"
		 "{\"port\":22,\"comm\":\"sshd\"}\n]}\n"},
		{{.format = "jsonl", .columns = "port,process,exe,started"},
		 "{\"port\":22,\"process\":\"sshd\",\"exe\":\"/usr/sbin/sshd\","
		 "\"started\":\"2026-01-02T03:04:05Z\"}\n"
		 "{\"port\":68,\"process\":null,\"exe\":null,\"started\":null}\n"
		 "{\"port\":81,\"process\":\"\\u001b[31m\\u000a \\ufffd,\\\"\","
		 "\"process_raw\":\"1b5b33316d0a20ff2c22\",\"exe\":\"/tmp/x\",\"started\":null}\n"
		 "{\"port\":5432,\"process\":null,\"exe\":null,\"started\":null}\n"},
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_some),
	};

	return cmocka_run_group_tests_name("render_json", tests, NULL, NULL);
}
