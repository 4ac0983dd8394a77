/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/fdtable: sockets and rings of a table are listed, and what cannot be read. */
#include "support.h"

#include "owners/fdtable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void sockets_and_rings_are_listed(void **state)
{
	static const struct {
		const char *name, *target; /* NULL: no link */
		const char *expected;      /* NULL: passed over */
	} rows[] = {
		{"0", "/dev/null", NULL},
		{"3", "socket:[7]", "socket 7"},
		{"4", "socket:[4294967295]", "socket 4294967295"},
		{"5", "socket:[4294967296]", NULL},
		{"6", "anon_inode:[io_uring]", "ring"},
		{"7", "anon_inode:[eventpoll]", NULL},
		{"8", "anon_inode:[io_urinx]", NULL},
		{"9", "pipe:[7]", NULL},
		{"x", "socket:[8]", "socket 8"},
		{"10", NULL, "unreadable 22"},
	};
	struct fdtable_entry entry;
	static struct fdtable table;
	bool is_seen[ROWS(rows)] = {false};
	struct procfs proc;
	struct root root;

	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[64];

		snprintf(path, sizeof(path), "proc/10/fd/%s", rows[i].name);
		if (rows[i].target)
			tree_link(*state, path, rows[i].target);
		else
			tree_write_text(*state, path, "no link");
	}
	assert_int_equal(EINVAL, 22);
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	assert_int_equal(fdtable_open(&table, &proc, proc.fd, "11/fd"), -ENOENT);
	assert_int_equal(fdtable_open(&table, &proc, proc.fd, "10/fd"), 0);
	while (fdtable_next(&table, &entry) > 0) {
		char text[32] = "ring";
		size_t row = 0;

		while (row < ROWS(rows) && strcmp(rows[row].name, entry.name) != 0)
			row++;
		assert_true(row < ROWS(rows));
		if (entry.kind == FDTABLE_SOCKET)
			snprintf(text, sizeof(text), "socket %u", entry.inode);
		else if (entry.kind == FDTABLE_UNREADABLE)
			snprintf(text, sizeof(text), "unreadable %d", entry.error);
		expect(rows[row].expected && strcmp(rows[row].expected, text) == 0, "%s: %s",
		       entry.name, text);
		is_seen[row] = true;
	}
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(is_seen[i] == (rows[i].expected != NULL), "%s is listed", rows[i].name);
	fdtable_close(&table);
	procfs_close(&proc);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(sockets_and_rings_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
