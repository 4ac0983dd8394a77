/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/references: which sockets have more references than descriptors. */
#include "support.h"

#include "owners/references.h"

/* A descriptor of a process with one thread and a table of its own, which is called by its PID. */
#define HELD(number, pid_, count)                                                                  \
	{                                                                                          \
		.of.inode = (number), .of.pid = (pid_), .of.thread = (pid_), .of.fd = 3,           \
		.references = (count), .sharers = 1, .table = (pid_)                               \
	}
#define MARK(pid_)                                                                                 \
	{                                                                                          \
		.of.pid = (pid_), .of.thread = (pid_), .of.fd = -1                                 \
	}
#define RING(pid_)                                                                                 \
	{                                                                                          \
		.of.pid = (pid_), .of.thread = (pid_), .of.fd = 7                                  \
	}

static void what_descriptors_explain_is_no_excess(void **state)
{
	static const struct {
		const char *name;
		struct counted_descriptor records[4];
		size_t count;
		uint32_t excess; /* of inode 1 */
	} rows[] = {
		{"nothing", {{.references = 0}}, 0, 0},
		{"one descriptor", {MARK(10), HELD(1, 10, 1)}, 2, 0},
		{"one in flight", {HELD(1, 10, 2)}, 1, 1},
		{"many in flight", {HELD(1, 10, 1000)}, 1, 999},
		{"two processes", {HELD(1, 10, 2), HELD(1, 11, 2)}, 2, 0},
		{"two processes and one more", {HELD(1, 10, 3), HELD(1, 11, 3)}, 2, 1},
		{"it grew meanwhile", {HELD(1, 10, 2), HELD(1, 11, 3)}, 2, 0},
		{"it shrank meanwhile", {HELD(1, 10, 3), HELD(1, 11, 2)}, 2, 0},
		{"nobody counted", {HELD(1, 10, 0)}, 1, 0},
		{"another socket", {HELD(2, 10, 9), HELD(1, 10, 1)}, 2, 0},
		/* Processes share a table: its descriptor is one. */
		{"shared table",
		 {{.of.inode = 1,
		   .of.pid = 10,
		   .of.thread = 10,
		   .of.fd = 3,
		   .references = 1,
		   .sharers = 2,
		   .table = 5},
		  {.of.inode = 1,
		   .of.pid = 11,
		   .of.thread = 11,
		   .of.fd = 3,
		   .references = 1,
		   .sharers = 2,
		   .table = 5}},
		 2,
		 0},
		/* Each thread of a table may be in a system call. */
		{"threads",
		 {{.of.inode = 1,
		   .of.pid = 10,
		   .of.thread = 10,
		   .of.fd = 3,
		   .references = 4,
		   .sharers = 3,
		   .table = 5}},
		 1,
		 0},
		{"threads and one more",
		 {{.of.inode = 1,
		   .of.pid = 10,
		   .of.thread = 10,
		   .of.fd = 3,
		   .references = 5,
		   .sharers = 3,
		   .table = 5}},
		 1,
		 1},
		{"shared table and one more",
		 {{.of.inode = 1,
		   .of.pid = 10,
		   .of.thread = 10,
		   .of.fd = 3,
		   .references = 4,
		   .sharers = 2,
		   .table = 5},
		  {.of.inode = 1,
		   .of.pid = 11,
		   .of.thread = 11,
		   .of.fd = 3,
		   .references = 4,
		   .sharers = 2,
		   .table = 5}},
		 2,
		 1},
		/* Requests of a ring hold files, wherever the ring stands in the table. */
		{"ring behind it", {HELD(1, 10, 5), RING(10)}, 2, 0},
		{"ring before it", {RING(10), HELD(1, 10, 5)}, 2, 0},
		{"ring of somebody else", {HELD(1, 10, 5), RING(11)}, 2, 4},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct intmap excess = {0};
		const uint32_t *found;

		assert_int_equal(references_compare(rows[i].records, rows[i].count, true, &excess),
				 0);
		found = intmap_find(&excess, 1);
		expect(found ? *found == rows[i].excess : !rows[i].excess, "%s: %u", rows[i].name,
		       found ? *found : 0);
		intmap_deinit(&excess);
	}
}

static void only_what_every_pass_finds_is_kept(void **state)
{
	static const struct counted_descriptor first[] = {HELD(1, 10, 2), HELD(2, 10, 3)},
					       second[] = {HELD(1, 10, 1), HELD(2, 10, 2),
							   HELD(3, 10, 2)};
	struct intmap excess = {0};

	(void)state;
	assert_int_equal(references_compare(first, ROWS(first), true, &excess), 0);
	assert_int_equal(excess.count, 2);
	assert_int_equal(references_compare(second, ROWS(second), false, &excess), 0);
	assert_int_equal(excess.count, 1);
	assert_int_equal(*intmap_find(&excess, 2), 1);
	assert_int_equal(references_compare(second, 0, false, &excess), 0);
	assert_int_equal(excess.count, 0);
	intmap_deinit(&excess);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_descriptors_explain_is_no_excess),
		cmocka_unit_test(only_what_every_pass_finds_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
