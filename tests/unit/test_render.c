/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_table, view/render_raw: output byte by byte, and every order of rows. */
#include "scene.h"

#include <string.h>

/* Expected texts stand as they are shown. */
/* clang-format off */

static void test_table(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "table" },
"WELL-KNOWN  0-1023  3 listeners\n"
"  PROTO  ADDRESS        PORT  SERVICE     SCOPE     PROCESS                    USER          UNIT         FINDINGS\n"
"  tcp    *                22  ssh         any       sshd(812)+1                root          ssh.service  -\n"
"  udp    10.0.0.5%eth0    68  -           private   -                          root          -            -\n"
"  tcp    0.0.0.0          81  hosts2-ns?  any       \\x1b[31m\\x0a \\xff,\"(4242)  1000          -            -\n"
"REGISTERED  1024-49151  1 listener\n"
"  tcp    ::1            5432  -           loopback  -                          post\\x5cgres  -            -\n" },
		{ { .scene = SCENE_ALL, .format = "table",
		    .columns = "proto,state,send_queue,address,port,peer_address,peer_port,v6only",
		    .is_terminal = true },
"WELL-KNOWN  0-1023  4 sockets\n"
"  PROTO  STATE            SEND-Q  ADDRESS           PORT  PEER-ADDRESS    PEER-PORT  V6ONLY\n"
"  tcp    listen                0  *                   22  -                       -  no\n"
"  tcp    established  4000000000  ::ffff:1.2.3.4      22  ::ffff:5.6.7.8      50000  -\n"
"  udp    unconnected           0  10.0.0.5%eth0       68  -                       -  -\n"
"  tcp    listen                0  0.0.0.0             81  -                       -  -\n"
"REGISTERED  1024-49151  1 socket\n"
"  tcp    listen                0  ::1               5432  -                       -  yes\n"
"DYNAMIC  49152-65535  1 socket\n"
"  tcp    time-wait             0  192.168.100.200  60000  1.1.1.1               443  -\n"
"6 sockets\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_terminal(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "table", .columns = "proto,port,user", .sort = "-port",
		    .is_terminal = true, .has_color = true },
"\033[1mWELL-KNOWN  0-1023  3 listeners\033[0m\n"
"\033[2m  PROTO  PORT  USER\033[0m\n"
"  tcp      81  1000\n"
"  udp      68  root\n"
"  tcp      22  root\n"
"\033[1mREGISTERED  1024-49151  1 listener\033[0m\n"
"  tcp    5432  post\\x5cgres\n"
"4 listeners\n" },
		{ { .scene = SCENE_EMPTY, .format = "table" },
"" },
		/* everything that may be cut is cut, but no mark */
		{ { .format = "table", .width = 91 },
"WELL-KNOWN  0-1023  3 listeners\n"
"  PROTO  ADDRESS        PORT  SERVICE   SCOPE     PROCESS      USER      UNIT      FINDINGS\n"
"  tcp    *                22  ssh       any       sshd(812)+1  root      ssh.ser\342\200\246  -\n"
"  udp    10.0.0.5%eth0    68  -         private   -            root      -         -\n"
"  tcp    0.0.0.0          81  hosts2\342\200\246?  any       \\x1b\342\200\246(4242)  1000      -         -\n"
"REGISTERED  1024-49151  1 listener\n"
"  tcp    ::1            5432  -         loopback  -            post\342\200\246     -         -\n" },
		/* nothing is cut if lines would wrap anyway */
		{ { .format = "table", .width = 90 },
"WELL-KNOWN  0-1023  3 listeners\n"
"  PROTO  ADDRESS        PORT  SERVICE     SCOPE     PROCESS                    USER          UNIT         FINDINGS\n"
"  tcp    *                22  ssh         any       sshd(812)+1                root          ssh.service  -\n"
"  udp    10.0.0.5%eth0    68  -           private   -                          root          -            -\n"
"  tcp    0.0.0.0          81  hosts2-ns?  any       \\x1b[31m\\x0a \\xff,\"(4242)  1000          -            -\n"
"REGISTERED  1024-49151  1 listener\n"
"  tcp    ::1            5432  -           loopback  -                          post\\x5cgres  -            -\n" },
		{ { .format = "table", .columns = "address,exe,owners", .width = 45 },
"WELL-KNOWN  0-1023  3 listeners\n"
"  ADDRESS        EXE             OWNERS\n"
"  *              /usr/sbin/sshd  sshd(812,fd\342\200\246\n"
"  10.0.0.5%eth0  -               -\n"
"  0.0.0.0        /tm\342\200\246 (deleted)  \\x1b[31m\342\200\246\n"
"REGISTERED  1024-49151  1 listener\n"
"  ::1            -               -\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_no_header(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "table", .columns = "port,owners", .has_no_header = true,
		    .is_terminal = true },
"  22  sshd(812,fd=3),sshd(9000)\n"
"  68  -\n"
"  81  \\x1b[31m\\x0a \\xff,\"(4242,fd=4)\n"
"5432  -\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_groups(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "table", .columns = "port,comm,exe,cmdline", .grouping = "user" },
"1000  1 listener\n"
"  PORT  COMM                 EXE               CMDLINE\n"
"    81  \\x1b[31m\\x0a \\xff,\"  /tmp/x (deleted)  -\n"
"post\\x5cgres  1 listener\n"
"  5432  -                    -                 -\n"
"root  2 listeners\n"
"    22  sshd                 /usr/sbin/sshd    sshd: a b\n"
"    68  -                    -                 -\n" },
		{ { .format = "table", .columns = "port,address", .sort = "-user,port",
		    .grouping = "none" },
"PORT  ADDRESS\n"
"  22  *\n"
"  68  10.0.0.5%eth0\n"
"5432  ::1\n"
"  81  0.0.0.0\n" },
		{ { .scene = SCENE_ALL, .format = "table", .columns = "port,process",
		    .sort = "port", .grouping = "process" },
"\\x1b[31m\\x0a \\xff,\"  1 socket\n"
"   PORT  PROCESS\n"
"     81  \\x1b[31m\\x0a \\xff,\"(4242)\n"
"sshd  1 socket\n"
"     22  sshd(812)+1\n"
"-  4 sockets\n"
"     22  -\n"
"     68  -\n"
"   5432  -\n"
"  60000  -\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

/* The zone belongs to the address; for programs the interface has its own column. */
static void test_zones(void **state)
{
	static const struct golden rows[] = {
		{ { .scene = SCENE_NETNS, .format = "table",
		    .columns = "address,port,peer_address", .sort = "-port", .grouping = "none" },
"ADDRESS          PORT  PEER-ADDRESS\n"
"ff02::1%eth0      602  -\n"
"fd00::3%eth0      601  -\n"
"fe80::3           600  -\n"
"fe80::1%eth0      547  fe80::2%eth0\n"
"fe80::1%e\\x1bh0   546  -\n"
"0.0.0.0            22  -\n"
"0.0.0.0            22  -\n"
"0.0.0.0            22  -\n"
"0.0.0.0            22  -\n" },
		{ { .scene = SCENE_NETNS, .format = "csv", .columns = "address,interface,port",
		    .sort = "-port", .has_no_header = true },
"ff02::1,eth0,602\n"
"fd00::3,eth0,601\n"
"fe80::3,,600\n"
"fe80::1,eth0,547\n"
"fe80::1,e\\x1bh0,546\n"
"0.0.0.0,,22\n"
"0.0.0.0,,22\n"
"0.0.0.0,,22\n"
"0.0.0.0,,22\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_netns(void **state)
{
	static const struct golden rows[] = {
		{ { .scene = SCENE_NETNS, .format = "table", .columns = "port,netns",
		    .grouping = "netns" },
"b\\x1blue  1 socket\n"
"  PORT  NETNS\n"
"    22  b\\x1blue\n"
"self  6 sockets\n"
"    22  self\n"
"   546  self\n"
"   547  self\n"
"   600  self\n"
"   601  self\n"
"   602  self\n"
"4026531842  1 socket\n"
"    22  4026531842\n"
"-  1 socket\n"
"    22  -\n" },
		/* a number is never cut */
		{ { .scene = SCENE_NETNS, .format = "table", .columns = "netns,port",
		    .grouping = "none", .sort = "-netns,port", .width = 14 },
"NETNS       PORT\n"
"4026531842    22\n"
"self          22\n"
"self         546\n"
"self         547\n"
"self         600\n"
"self         601\n"
"self         602\n"
"b\\x1blue      22\n"
"-             22\n" },
		{ { .scene = SCENE_NETNS, .format = "csv", .columns = "netns,port",
		    .grouping = "netns", .has_no_header = true },
"4026531841,22\n"
"4026531840,22\n"
"4026531840,546\n"
"4026531840,547\n"
"4026531840,600\n"
"4026531840,601\n"
"4026531840,602\n"
"4026531842,22\n"
",22\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_raw(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "raw" },
"PROTO ADDRESS PORT SERVICE SCOPE PROCESS USER UNIT FINDINGS\n"
"tcp * 22 ssh any sshd(812)+1 root ssh.service -\n"
"udp 10.0.0.5%eth0 68 - private - root - -\n"
"tcp 0.0.0.0 81 hosts2-ns? any \\x1b[31m\\x0a\\x20\\xff,\"(4242) 1000 - -\n"
"tcp ::1 5432 - loopback - post\\x5cgres - -\n" },
		{ { .scene = SCENE_ALL, .format = "raw",
		    .columns = "port,peer_port,comm,user,cmdline,exe_kind,auto",
		    .sort = "-peer_port", .has_no_header = true },
"22 50000 - root - - -\n"
"60000 443 - - - - -\n"
"22 - sshd root sshd:\\x20a\\x20b file no\n"
"68 - - root - - -\n"
"81 - \\x1b[31m\\x0a\\x20\\xff,\" 1000 - deleted -\n"
"5432 - - post\\x5cgres - - -\n" },
		{ { .scene = SCENE_EMPTY, .format = "raw", .columns = "port" },
"PORT\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

static void test_order(void **state)
{
	static const struct golden rows[] = {
		{ { .format = "table", .columns = "cookie,started,address", .sort = "-cookie",
		    .grouping = "none" },
"              COOKIE  STARTED               ADDRESS\n"
"18446744073709551615  -                     0.0.0.0\n"
"                   4  -                     ::1\n"
"                   3  -                     10.0.0.5%eth0\n"
"                   1  2026-01-02T03:04:05Z  *\n" },
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "address",
		    .sort = "address", .has_no_header = true },
"0.0.0.0\n"
"10.0.0.5%eth0\n"
"192.168.100.200\n"
"*\n"
"::1\n"
"::ffff:1.2.3.4\n" },
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "peer_address",
		    .sort = "-peer_address", .has_no_header = true },
"::ffff:5.6.7.8\n"
"1.1.1.1\n"
"-\n"
"-\n"
"-\n"
"-\n" },
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "scope,port",
		    .sort = "-scope,-port", .has_no_header = true },
"any 81\n"
"any 22\n"
"public 22\n"
"private 60000\n"
"private 68\n"
"loopback 5432\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

/* Unknown values stand last in either direction. */
static void test_order_of_unknown(void **state)
{
	static const struct golden rows[] = {
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "user",
		    .sort = "user", .has_no_header = true },
"1000\n"
"post\\x5cgres\n"
"root\n"
"root\n"
"root\n"
"-\n" },
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "process",
		    .sort = "-process", .has_no_header = true },
"sshd(812)+1\n"
"\\x1b[31m\\x0a\\x20\\xff,\"(4242)\n"
"-\n"
"-\n"
"-\n"
"-\n" },
		{ { .scene = SCENE_ALL, .format = "raw", .columns = "v6only",
		    .sort = "v6only", .has_no_header = true },
"no\n"
"yes\n"
"-\n"
"-\n"
"-\n"
"-\n" },
	};

	(void)state;
	scene_expect(rows, ROWS(rows));
}

/* clang-format on */

/* No line ends in a blank or contains a control byte, whatever the last column is. */
static void test_every_column(void **state)
{
	struct column column;

	(void)state;
	for (size_t i = 0; column_at(i, &column); i++) {
		for (size_t j = 0; j < formats_count; j++) {
			const struct scene_view inspection = {
				.scene = SCENE_ALL,
				.format = formats[j].word,
				.columns = column.fact->word,
				.grouping = "user",
			};
			struct sink sink;

			if (formats[j].is_check)
				continue;
			scene_render(&inspection, &sink);
			assert_null(strstr(sink.buf.data, " \n"));
			assert_null(strchr(sink.buf.data, '\033'));
			assert_null(strchr(sink.buf.data, '\xff'));
			sink_deinit(&sink);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_no_header),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_netns),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_unknown),
		cmocka_unit_test(test_every_column),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
