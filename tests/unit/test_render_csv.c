/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_csv: CSV, read back by a reader of its own. */
#include "scene.h"

#include <string.h>

/* Reads one cell as RFC 4180 has it; *at moves behind the comma or the line end. */
static bool read_csv_cell(const char **at, struct buf *out)
{
	buf_reset(out);
	if (**at == '"') {
		for (++*at; **at != '"' || (*at)[1] == '"'; ++*at) {
			assert_int_not_equal(**at, '\0');
			*at += **at == '"';
			buf_append_char(out, **at);
		}
		++*at;
	} else {
		for (; **at && !strchr(",\n", **at); ++*at) {
			assert_int_not_equal(**at, '"');
			buf_append_char(out, **at);
		}
	}
	assert_non_null(buf_text(out));
	expect(**at == ',' || **at == '\n', "text behind a cell: %s", *at);
	return *(*at)++ == '\n';
}

static void test_csv(void **state)
{
	static const struct scene_view inspection = {
		.scene = SCENE_ALL,
		.format = "csv",
		.columns = "port,peer_port,process,v6only,user,cmdline,owners"};
	static const char *const expected[][7] = {
		{"port", "peer_port", "process", "v6only", "user", "cmdline", "owners"},
		{"22", "", "sshd", "false", "root", "sshd: a b", ""},
		{"22", "50000", "", "", "root", "", ""},
		{"68", "", "", "", "root", "", ""},
		{"81", "", "\\x1b[31m\\x0a \\xff,\"", "", "", "", ""},
		{"5432", "", "", "true", "post\\x5cgres", "", ""},
		{"60000", "443", "", "", "", "", ""},
	};
	struct buf cell = BUF_INIT;
	struct sink sink;
	const char *at;

	(void)state;
	scene_render(&inspection, &sink);
	at = sink.buf.data;
	for (size_t i = 0; i < ROWS(expected); i++)
		for (size_t j = 0; j < 7; j++) {
			assert_int_equal(read_csv_cell(&at, &cell), j == 6);
			assert_string_equal(cell.data, expected[i][j]);
		}
	assert_int_equal(*at, '\0');
	/* unknown is an empty cell, an empty text is "" */
	assert_non_null(strstr(sink.buf.data, "\",,,\"\",\n"));
	buf_deinit(&cell);
	sink_deinit(&sink);
}

/* Values are those of JSON, without marks for people. */
static void test_default_columns(void **state)
{
	static const struct golden rows[] = {
		{{.format = "csv"},
		 "proto,address,port,v6only,service,scope,process,pid,user,uid,unit,findings\n"
		 "tcp,::,22,false,ssh,any,sshd,812,root,0,ssh.service,\n"
		 "udp,10.0.0.5,68,,,private,,,root,0,,\n"
		 "tcp,0.0.0.0,81,,hosts2-ns,any,\"\\x1b[31m\\x0a \\xff,\"\"\",4242,,1000,,\n"
		 "tcp,::1,5432,true,,loopback,,,post\\x5cgres,26,,\n"},
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_default_columns),
	};

	return cmocka_run_group_tests_name("render_csv", tests, NULL, NULL);
}
