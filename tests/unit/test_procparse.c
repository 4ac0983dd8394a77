/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/procparse: texts of /proc/PID are parsed correctly, whatever bytes a process put there. */
#include "support.h"

#include "host/capabilities.h"
#include "owners/procparse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes on the heap with their exact size, so that a step past the end is seen. */
static char *exact(const char *text, size_t size)
{
	char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	return copy;
}

static void a_number_is_a_whole_name(void **state)
{
	static const struct {
		const char *name;
		bool is_number;
		uint32_t number;
	} rows[] = {
		{"0", true, 0},
		{"1", true, 1},
		{"4194304", true, 4194304},
		{"2147483647", true, 2147483647},
		{"2147483648", false, 0},
		{"", false, 0},
		{".", false, 0},
		{"..", false, 0},
		{"self", false, 0},
		{"1a", false, 0},
		{"0x1", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t number = 0;

		expect(procparse_number(rows[i].name, &number) == rows[i].is_number, "\"%s\"",
		       rows[i].name);
		expect(number == rows[i].number, "\"%s\" is %u", rows[i].name, number);
	}
}

static void a_link_to_a_socket_has_its_inode(void **state)
{
	static const struct {
		const char *link;
		bool is_socket;
		uint32_t inode;
	} rows[] = {
		{"socket:[1]", true, 1},
		{"socket:[4294967295]", true, 4294967295u},
		{"socket:[0]", true, 0},
		{"socket:[4294967296]", false, 0},
		{"socket:[]", false, 0},
		{"socket:[1", false, 0},
		{"socket:[1]]", false, 0},
		{"socket:[1] (deleted)", false, 0},
		{"socket:[-1]", false, 0},
		{"socket:[1a]", false, 0},
		{"socket:", false, 0},
		{"", false, 0},
		{"/socket:[1]", false, 0},
		{"/tmp/socket:[1]", false, 0},
		{"anon_inode:[io_uring]", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t size = strlen(rows[i].link);
		char *link = exact(rows[i].link, size);
		uint32_t inode = 0;

		expect(procparse_socket(link, size, &inode) == rows[i].is_socket, "\"%s\"",
		       rows[i].link);
		expect(inode == rows[i].inode, "\"%s\" is %u", rows[i].link, inode);
		free(link);
	}
}

#define STAT_TAIL                                                                                  \
	"S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 9 10 11 12 13 14 15 16 17\n"

static void stat_is_read_behind_the_last_parenthesis(void **state)
{
	static const char *const names[] = {
		"sshd",     "a)b",       "(x",
		")",        ") R 1 2 3", "a\nb",
		"\x1b[31m", "",          "1) Z 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++) {
		struct procparse_stat stat;
		char text[256];
		size_t size = (size_t)snprintf(text, sizeof(text), "812 (%s) " STAT_TAIL, names[i]);
		char *copy = exact(text, size);

		expect(procparse_stat(copy, size, &stat), "name \"%s\"", names[i]);
		expect(stat.state == 'S', "state of \"%s\" is %c", names[i], stat.state);
		expect(stat.parent == 1, "parent of \"%s\"", names[i]);
		expect(stat.flags == 4194560, "flags of \"%s\"", names[i]);
		expect(stat.started == 123456, "start of \"%s\"", names[i]);
		free(copy);
	}
}

static void stat_that_is_cut_is_refused(void **state)
{
	static const char text[] = "812 (sshd) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "
				   "123456";

	(void)state;
	/* Also refused if nothing follows the start time: its last digits could be missing. */
	for (size_t size = 0; size < sizeof(text); size++) {
		char *copy = exact(text, size);
		struct procparse_stat stat;

		expect(!procparse_stat(copy, size, &stat), "%zu bytes", size);
		free(copy);
	}
}

static void stat_of_another_form_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"812",
		")",
		") ",
		")S 1 2",
		"812 (a) S 1 1 1 1 1 x 1 1 1 1 1 1 1 1 1 1 1 1 123 ",
		"812 (a) S 1 1 1 1 1 -5 1 1 1 1 1 1 1 1 1 1 1 1 123 ",
		"812 (a) S 1 1 1 1 1 5 1 1 1 1 1 1 1 1 1 1 1 1 -123 ",
		"812 (a) S 1 1 1 1 1 5 1 1 1 1 1 1 1 1 1 1 1 1 99999999999999999999999 ",
		"812 (a) SS 1 1 1 1 1 5 1 1 1 1 1 1 1 1 1 1 1 1 1 ",
	};
	struct procparse_stat stat;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(!procparse_stat(rows[i], strlen(rows[i]), &stat), "\"%s\"", rows[i]);
}

static void the_uid_is_the_effective_one(void **state)
{
	static const struct {
		const char *text;
		bool is_known;
		uint32_t uid;
	} rows[] = {
		{"Name:\tsshd\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t6\t7\t8\n", true, 1001},
		{"Uid:\t0\t0\t0\t0\n", true, 0},
		{"Uid:\t0\t4294967295\t0\t0\n", true, 4294967295u},
		{"Uid:\t0\t4294967296\t0\t0\n", false, 0},
		/* the kernel writes the newline of a name as two letters */
		{"Name:\tx\\nUid:\t7\t7\t7\t7\nUid:\t1\t2\t3\t4\n", true, 2},
		{"Name:\tUid:\t7\t7\nUid:\t1\t2\t3\t4\n", true, 2},
		{"Uid:\t1\t2", false, 0},
		{"Uid:\t1\t", false, 0},
		{"Uid:\t1", false, 0},
		{"Uid:", false, 0},
		{"", false, 0},
		{"Uid:\t1 2\t3\n", false, 0},
		{"Uid:\t-1\t2\t3\n", false, 0},
		{"Gid:\t1\t2\t3\t4\n", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t size = strlen(rows[i].text);
		char *text = exact(rows[i].text, size);
		uint32_t uid = 0;

		expect(procparse_uid(text, size, &uid) == rows[i].is_known, "\"%s\"", rows[i].text);
		expect(uid == rows[i].uid, "\"%s\" is %u", rows[i].text, uid);
		free(text);
	}
}

static void boot_time_stands_on_its_line(void **state)
{
	static const char stat[] = "cpu  1 2 3\nintr 5 btime 4\nctxt 1\nbtime 1795234165\n";
	int64_t seconds = 0;

	(void)state;
	assert_true(procparse_boot_time(stat, strlen(stat), &seconds));
	assert_true(seconds == 1795234165);
	assert_false(procparse_boot_time("btime\n", 6, &seconds));
	assert_false(procparse_boot_time("btime 9223372036854775808\n", 26, &seconds));
	assert_false(procparse_boot_time("", 0, &seconds));
}

static void a_ring_holds_the_sockets_of_its_files(void **state)
{
	static const struct {
		const char *line;
		bool is_socket;
		uint32_t inode;
	} rows[] = {
		/* before the heading nothing is a file */
		{"    9: socket:[1]", false, 0},
		{"SqThread:\t-1", false, 0},
		{"UserFiles:\t3", false, 0},
		{"    0: /dev/null", false, 0},
		{"    1: socket:[7827]", true, 7827},
		{"    2: <none>", false, 0},
		{"   12: socket:[4294967295]", true, 4294967295u},
		{"123456: socket:[5]", true, 5},
		{"    3: /tmp/x\\012    4: socket:[6]", false, 0},
		{"    4: socket:[6]x", false, 0},
		{"    5: socket:[7]", true, 7},
		{"UserBufs:\t1", false, 0},
		{"    0: socket:[8]", false, 0},
		{"", false, 0},
		{"UserFiles:", false, 0},
		{"    0:socket:[9]", false, 0},
		{"    0: socket:[9]", false, 0},
		{"UserFiles:\t1", false, 0},
		{"    0: ", false, 0},
		{"    0: socket:[10]", true, 10},
	};
	enum procparse_ring section = PROCPARSE_RING_START;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t size = strlen(rows[i].line);
		char *line = exact(rows[i].line, size);
		uint32_t inode = 0;

		expect(procparse_ring_line(line, size, &section, &inode) == rows[i].is_socket,
		       "row %zu \"%s\"", i, rows[i].line);
		expect(inode == rows[i].inode, "row %zu is %u", i, inode);
		free(line);
	}
}

static void a_name_loses_one_newline(void **state)
{
	static const struct {
		const char *text, *comm;
	} rows[] = {
		{"sshd\n", "sshd"},
		{"sshd", "sshd"},
		{"a\n\n", "a\n"},
		{"\n", ""},
		{"", ""},
		{"a)b\n", "a)b"},
		{"               \n", "               "},
		{"\xff\x1b[2J\n", "\xff\x1b[2J"},
		{"a\tb\n", "a\tb"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[64];

		memcpy(text, rows[i].text, strlen(rows[i].text));
		procparse_comm(text, strlen(rows[i].text));
		expect(strcmp(text, rows[i].comm) == 0, "row %zu is \"%s\"", i, text);
	}
}

static void arguments_are_joined_by_blanks(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *cmdline;
	} rows[] = {
		{"/usr/sbin/sshd\0-D\0", 18, "/usr/sbin/sshd -D"},
		{"a", 1, "a"},
		{"", 0, ""},
		{"\0\0\0\0", 4, ""},
		{"a\0\0b\0", 5, "a  b"},
		{"nginx: worker          \0\0\0", 26, "nginx: worker"},
		{"\0a", 2, " a"},
		{"\x1b]0;x\x07\0", 7, "\x1b]0;x\x07"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[64];
		size_t size;

		memcpy(text, rows[i].bytes, rows[i].size);
		size = procparse_cmdline(text, rows[i].size);
		expect(strcmp(text, rows[i].cmdline) == 0, "row %zu is \"%s\"", i, text);
		expect(size == strlen(text), "row %zu has %zu", i, size);
	}
}

static void a_program_is_a_file_deleted_or_in_memory(void **state)
{
	static const struct {
		const char *target, *exe;
		enum lsp_exe_kind kind;
	} rows[] = {
		{"/usr/sbin/sshd", "/usr/sbin/sshd", LSP_EXE_KIND_FILE},
		{"/usr/sbin/sshd (deleted)", "/usr/sbin/sshd", LSP_EXE_KIND_DELETED},
		{"/x (deleted) (deleted)", "/x (deleted)", LSP_EXE_KIND_DELETED},
		{"/memfd:x (deleted)", "/memfd:x", LSP_EXE_KIND_MEMFD},
		{"/memfd: (deleted)", "/memfd:", LSP_EXE_KIND_MEMFD},
		{"/x(deleted)", "/x(deleted)", LSP_EXE_KIND_FILE},
		{" (deleted)", " (deleted)", LSP_EXE_KIND_FILE},
		{"/a (deleted)b", "/a (deleted)b", LSP_EXE_KIND_FILE},
		{"/home/memfd:x", "/home/memfd:x", LSP_EXE_KIND_FILE},
		{"(unreachable)/bin/x", "(unreachable)/bin/x", LSP_EXE_KIND_FILE},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char target[64];

		snprintf(target, sizeof(target), "%s", rows[i].target);
		expect(procparse_exe(target) == rows[i].kind, "kind of \"%s\"", rows[i].target);
		expect(strcmp(target, rows[i].exe) == 0, "\"%s\" is \"%s\"", rows[i].target,
		       target);
	}
}

/* A fixed sequence, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Under a sanitizer this shows that no parser reads outside its input. */
static void bytes_at_random_are_survived(void **state)
{
	static const char letters[] =
		"0123456789 \t\n():[]socketUid:CapEff:btime UserFiles:\\-/\xff";
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		size_t size = next_random(&seed) % 64;
		char *text = malloc(size + 1);
		struct procparse_stat stat;
		uint64_t wide;
		int64_t seconds;
		uint32_t number;
		enum procparse_ring section = i & 1 ? PROCPARSE_RING_FILES : PROCPARSE_RING_START;

		assert_non_null(text);
		for (size_t j = 0; j < size; j++)
			text[j] = letters[next_random(&seed) % (sizeof(letters) - 1)];
		procparse_stat(text, size, &stat);
		procparse_uid(text, size, &number);
		capabilities_parse(text, size, "CapBnd:", &wide);
		procparse_boot_time(text, size, &seconds);
		procparse_socket(text, size, &number);
		procparse_ring_line(text, size, &section, &number);
		text[size] = '\0';
		procparse_comm(text, size);
		assert_true(strlen(text) <= size);
		assert_true(procparse_cmdline(text, strlen(text)) <= size);
		procparse_exe(text);
		procparse_number(text, &number);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_a_whole_name),
		cmocka_unit_test(a_link_to_a_socket_has_its_inode),
		cmocka_unit_test(stat_is_read_behind_the_last_parenthesis),
		cmocka_unit_test(stat_that_is_cut_is_refused),
		cmocka_unit_test(stat_of_another_form_is_refused),
		cmocka_unit_test(the_uid_is_the_effective_one),
		cmocka_unit_test(boot_time_stands_on_its_line),
		cmocka_unit_test(a_ring_holds_the_sockets_of_its_files),
		cmocka_unit_test(a_name_loses_one_newline),
		cmocka_unit_test(arguments_are_joined_by_blanks),
		cmocka_unit_test(a_program_is_a_file_deleted_or_in_memory),
		cmocka_unit_test(bytes_at_random_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
