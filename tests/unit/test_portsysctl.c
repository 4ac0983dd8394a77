/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/portsysctl: the port sysctls, and nothing from a truncated text. */
#include "support.h"

#include "model/builder.h"
#include "host/portsysctl.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRECTORY "proc/sys/net/ipv4/"
#define RANGE DIRECTORY "ip_local_port_range"
#define RESERVED DIRECTORY "ip_local_reserved_ports"

/* --- pure ----------------------------------------------------------------------------------- */

static void a_list_of_ports_is_whole_or_none(void **state)
{
	static const struct {
		const char *text;
		bool is_list;
		struct lsp_port_range has[3];
		size_t count;
	} rows[] = {
		{"", true, {{0, 0}}, 0},
		{"\n", true, {{0, 0}}, 0},
		{"8080\n", true, {{8080, 8080}}, 1},
		{"8080,9148-9150\n", true, {{8080, 8080}, {9148, 9150}}, 2},
		{"0,65535\n", true, {{0, 0}, {65535, 65535}}, 2},
		{"0-65535\n", true, {{0, 65535}}, 1},
		{"9-10,1-2,2-4\n", true, {{1, 4}, {9, 10}}, 2},
		/* The kernel ends with a newline: these are truncated. */
		{"8080,9148-9150", false, {{0, 0}}, 0},
		{"8080,914", false, {{0, 0}}, 0},
		{"8080,", false, {{0, 0}}, 0},
		{"8080,\n", false, {{0, 0}}, 0},
		{",8080\n", false, {{0, 0}}, 0},
		{"8080,,9090\n", false, {{0, 0}}, 0},
		{"8080-\n", false, {{0, 0}}, 0},
		{"-8080\n", false, {{0, 0}}, 0},
		{"9150-9148\n", false, {{0, 0}}, 0},
		{"65536\n", false, {{0, 0}}, 0},
		{"1-65536\n", false, {{0, 0}}, 0},
		{"8080 9090\n", false, {{0, 0}}, 0},
		{"8080\n9090\n", false, {{0, 0}}, 0},
		{"x\n", false, {{0, 0}}, 0},
	};
	static bool has[PORTSYSCTL_COUNT];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t size = strlen(rows[i].text);
		char *exact = malloc(size ? size : 1);
		bool is_list;

		assert_non_null(exact);
		memcpy(exact, rows[i].text, size);
		memset(has, 0, sizeof(has));
		is_list = portsysctl_parse_ports(exact, size, has);
		free(exact);
		expect(is_list == rows[i].is_list, "\"%s\"", rows[i].text);
		for (unsigned port = 0; is_list && port < PORTSYSCTL_COUNT; port++) {
			bool expected = false;

			for (size_t j = 0; j < rows[i].count; j++)
				expected |=
					port >= rows[i].has[j].first && port <= rows[i].has[j].last;
			expect(has[port] == expected, "\"%s\": %u", rows[i].text, port);
		}
	}
}

/* --- reading -------------------------------------------------------------------------------- */

static struct lsp_snapshot *load(const char *tree)
{
	struct lsp_snapshot *snapshot;
	struct root root;

	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(portsysctl_load(&root, 7, snapshot), 0);
	root_deinit(&root);
	return snapshot;
}

static enum lsp_tristate is_ephemeral(const struct lsp_snapshot *snapshot, unsigned port)
{
	return lsp_snapshot_is_ephemeral(
		snapshot, &(struct lsp_socket){.netns = 7, .local.port = (uint16_t)port});
}

static void a_range_is_two_numbers(void **state)
{
	static const struct {
		const char *text;
		bool is_range;
		uint16_t first, last;
	} rows[] = {
		{"32768\t60999\n", true, 32768, 60999},
		{"32768\t60999", true, 32768, 60999},
		{"1 65535\n", true, 1, 65535},
		{"0\t0\n", true, 0, 0},
		{"1024 \t 1024\n", true, 1024, 1024},
		{"60999\t32768\n", false, 0, 0},
		{"32768\t65536\n", false, 0, 0},
		{"65536\t65537\n", false, 0, 0},
		{"32768\n60999\n", false, 0, 0},
		{"32768\t\n", false, 0, 0},
		{"32768\t", false, 0, 0},
		{"32768", false, 0, 0},
		{"\t60999\n", false, 0, 0},
		{"32768\t60999\t\n", false, 0, 0},
		{"32768\t60999\n\n", false, 0, 0},
		{"32768-60999\n", false, 0, 0},
		{"-1\t60999\n", false, 0, 0},
		{"\n", false, 0, 0},
		{"", false, 0, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_port_policy policy;
		struct lsp_snapshot *snapshot;

		tree_write_text(*state, RANGE, rows[i].text);
		snapshot = load(*state);
		lsp_snapshot_port_policy(snapshot, 7, 1, &policy);
		expect(policy.has_range == rows[i].is_range, "\"%s\"", rows[i].text);
		expect(!rows[i].is_range || (policy.range.first == rows[i].first &&
					     policy.range.last == rows[i].last),
		       "\"%s\": %u-%u", rows[i].text, policy.range.first, policy.range.last);
		lsp_snapshot_free(snapshot);
	}
}

static void ephemeral_is_inside_of_the_range_and_not_reserved(void **state)
{
	static const struct {
		const char *range, *reserved; /* NULL: no file */
		uint16_t yes[4], no[4];
		bool is_known;
	} rows[] = {
		{"32768\t60999\n", "\n", {32768, 40000, 50000, 60999}, {0, 32767, 61000, 65535}, 1},
		{"32768\t60999\n", "", {32768, 40000, 50000, 60999}, {0, 32767, 61000, 65535}, 1},
		{"10\t20\n", "9-10,13,15-16,20-30\n", {11, 12, 14, 17}, {10, 13, 15, 20}, 1},
		{"10\t20\n", "1-11,19-65535\n", {12, 13, 17, 18}, {10, 11, 19, 20}, 1},
		{"0\t65535\n", "1-65534\n", {0, 65535, 0, 65535}, {1, 2, 65533, 65534}, 1},
		{"10\t20\n", "8080", {0}, {0}, 0},
		{"10\t20\n", "8", {0}, {0}, 0},
		{"10\t20\n", NULL, {0}, {0}, 0},
		{NULL, "\n", {0}, {0}, 0},
		{"x\n", "\n", {0}, {0}, 0},
		{"", "\n", {0}, {0}, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot;

		tree_remove(*state, RANGE);
		tree_remove(*state, RESERVED);
		if (rows[i].range)
			tree_write_text(*state, RANGE, rows[i].range);
		if (rows[i].reserved)
			tree_write_text(*state, RESERVED, rows[i].reserved);
		snapshot = load(*state);
		for (size_t j = 0; j < 4; j++) {
			enum lsp_tristate yes = rows[i].is_known ? LSP_YES : LSP_UNKNOWN;
			enum lsp_tristate no = rows[i].is_known ? LSP_NO : LSP_UNKNOWN;

			expect(is_ephemeral(snapshot, rows[i].yes[j]) == yes, "row %zu: %u", i,
			       rows[i].yes[j]);
			expect(is_ephemeral(snapshot, rows[i].no[j]) == no, "row %zu: %u", i,
			       rows[i].no[j]);
		}
		lsp_snapshot_free(snapshot);
	}
}

static void a_range_that_is_reserved_whole_has_no_ephemeral_port(void **state)
{
	struct lsp_snapshot *snapshot;

	tree_write_text(*state, RANGE, "10\t20\n");
	tree_write_text(*state, RESERVED, "5-30\n");
	snapshot = load(*state);
	for (unsigned port = 0; port < PORTSYSCTL_COUNT; port++)
		expect(is_ephemeral(snapshot, port) == LSP_NO, "%u", port);
	lsp_snapshot_free(snapshot);
}

/* A sysctl that cannot be read does not affect the others. */
static void each_sysctl_is_read_by_itself(void **state)
{
	const struct lsp_socket ssh = {.netns = 7, .local.port = 22};
	struct lsp_snapshot *snapshot;

	tree_write_text(*state, RANGE, "10\t20\n");
	tree_write_text(*state, RESERVED, "\n");
	snapshot = load(*state);
	assert_int_equal(lsp_snapshot_is_privileged(snapshot, &ssh), LSP_UNKNOWN);
	assert_int_equal(is_ephemeral(snapshot, 10), LSP_YES);
	lsp_snapshot_free(snapshot);
	tree_write_text(*state, DIRECTORY "ip_unprivileged_port_start", "1024\n");
	tree_remove(*state, RANGE);
	snapshot = load(*state);
	assert_int_equal(lsp_snapshot_is_privileged(snapshot, &ssh), LSP_YES);
	assert_int_equal(is_ephemeral(snapshot, 10), LSP_UNKNOWN);
	lsp_snapshot_free(snapshot);
}

static void too_large_a_file_is_unknown(void **state)
{
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < 100000; i++)
		buf_append_text(&text, "1,1,");
	buf_append_text(&text, "1\n");
	tree_write_text(*state, RANGE, "10\t20\n");
	tree_write(*state, RESERVED, text.data, text.size);
	snapshot = load(*state);
	assert_int_equal(is_ephemeral(snapshot, 10), LSP_UNKNOWN);
	lsp_snapshot_free(snapshot);
	buf_deinit(&text);
}

static void a_list_is_kept_without_a_range_too(void **state)
{
	struct lsp_port_policy policy;
	struct lsp_snapshot *snapshot;

	tree_write_text(*state, RESERVED, "0,80-81,65535\n");
	snapshot = load(*state);
	lsp_snapshot_port_policy(snapshot, 7, 81, &policy);
	assert_false(policy.has_range);
	assert_int_equal(policy.is_reserved, LSP_YES);
	lsp_snapshot_port_policy(snapshot, 7, 65535, &policy);
	assert_int_equal(policy.is_reserved, LSP_YES);
	lsp_snapshot_port_policy(snapshot, 7, 82, &policy);
	assert_int_equal(policy.is_reserved, LSP_NO);
	lsp_snapshot_free(snapshot);
	tree_write_text(*state, RANGE, "10\t20\n");
	snapshot = load(*state);
	lsp_snapshot_port_policy(snapshot, 7, 82, &policy);
	assert_true(policy.has_range);
	assert_int_equal(policy.range.last, 20);
	lsp_snapshot_free(snapshot);
}

/* --- for real: a network namespace of our own ------------------------------------------------- */

/* Every second port up to the last: 188 kB of text. The kernel takes less than a page a write. */
static bool reserve_every_second(void)
{
	int fd = open("/" RESERVED, O_WRONLY | O_CLOEXEC);
	struct buf text = BUF_INIT;
	size_t done = 0;

	for (unsigned port = 1; port < PORTSYSCTL_COUNT; port += 2)
		buf_printf(&text, "%u%s", port, port == 65535 ? "\n" : ",");
	while (fd >= 0 && done < text.size) {
		ssize_t n = write(fd, text.data + done, text.size - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	fd = done == text.size;
	buf_deinit(&text);
	return fd;
}

static int with_a_long_list(void)
{
	struct lsp_snapshot *snapshot = NULL;
	struct root root;
	int r = 0;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return CANNOT;
	if (!reserve_every_second())
		return 1;
	if (root_init(&root, NULL) < 0 || builder_new(&snapshot) < 0 ||
	    portsysctl_load(&root, 7, snapshot) < 0)
		return 2;
	/* A new namespace has the kernel's own range. */
	for (unsigned port = 0; port < PORTSYSCTL_COUNT; port++) {
		bool is_inside = port >= 32768 && port <= 60999 && port % 2 == 0;

		if (is_ephemeral(snapshot, port) != (is_inside ? LSP_YES : LSP_NO))
			r = 3;
	}
	lsp_snapshot_free(snapshot);
	root_deinit(&root);
	return r;
}

static void a_long_list_of_the_kernel_is_read_whole(void **state)
{
	(void)state;
	expect_child(with_a_long_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_ports_is_whole_or_none),
		TREE_TEST(a_range_is_two_numbers),
		TREE_TEST(ephemeral_is_inside_of_the_range_and_not_reserved),
		TREE_TEST(a_range_that_is_reserved_whole_has_no_ephemeral_port),
		TREE_TEST(each_sysctl_is_read_by_itself),
		TREE_TEST(too_large_a_file_is_unknown),
		TREE_TEST(a_list_is_kept_without_a_range_too),
		cmocka_unit_test(a_long_list_of_the_kernel_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
