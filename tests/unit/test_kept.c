/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli/kept: each run keeps what it needs, and gives up the rest in two stages. What a child has
 * left is compared with what it had: without privileges it is nothing.
 */
#include "support.h"

#include "kept.h"
#include "privileges.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWNERS (PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH))
#define BPF (PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON))
#define NETNS (PRIVILEGE(CAP_SYS_ADMIN) | PRIVILEGE(CAP_NET_ADMIN))

struct left {
	uint64_t had, first, then;
	char text[256];
};

static struct left limit(const struct options *options)
{
	struct error error = ERROR_INIT;
	struct left left = {0};
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct buf text = BUF_INIT;

		if (privileges_held(&left.had) < 0 || kept_limit(options, &error) < 0 ||
		    privileges_held(&left.first) < 0 || kept_limit_again(options, &error) < 0 ||
		    privileges_held(&left.then) < 0)
			_exit(1);
		kept_format(&text);
		strncpy(left.text, buf_text(&text) ? text.data : "", sizeof(left.text) - 1);
		_exit(write(ends[1], &left, sizeof(left)) != sizeof(left));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &left, sizeof(left)), sizeof(left));
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return left;
}

static void each_run_keeps_what_it_needs(void **state)
{
	static const struct {
		const char *what;
		struct options options;
		uint64_t first, then;
	} rows[] = {
		{"owners by the kernel", {.owners = LSP_OWNERS_BPF}, OWNERS | BPF, OWNERS},
		{"owners by a walk", {.owners = LSP_OWNERS_PROC}, OWNERS, OWNERS},
		{"all namespaces",
		 {.owners = LSP_OWNERS_PROC, .has_all_netns = true},
		 OWNERS | NETNS,
		 OWNERS},
		{"an output file",
		 {.owners = LSP_OWNERS_PROC, .output_file = "x"},
		 OWNERS | PRIVILEGE(CAP_DAC_OVERRIDE),
		 OWNERS | PRIVILEGE(CAP_DAC_OVERRIDE)},
		{"a recorded tree", {.sysroot = "x", .owners = LSP_OWNERS_BPF}, OWNERS, OWNERS},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct left left = limit(&rows[i].options);
		uint64_t first = rows[i].first;

		/* One capability stands for both where they are not held. */
		if (first & BPF && (left.had & BPF) != BPF)
			first = OWNERS | PRIVILEGE(CAP_SYS_ADMIN);
		expect(left.first == (left.had & first), "%s: first %#llx", rows[i].what,
		       (unsigned long long)left.first);
		expect(left.then == (left.had & rows[i].then), "%s: then %#llx", rows[i].what,
		       (unsigned long long)left.then);
	}
}

static void what_is_left_has_a_name(void **state)
{
	struct options options = {.owners = LSP_OWNERS_PROC};
	struct left left = limit(&options);

	(void)state;
	assert_string_equal(left.text,
			    !left.then ? "capabilities: none"
			    : left.then == OWNERS
				    ? "capabilities: kept CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH"
			    : left.then == PRIVILEGE(CAP_SYS_PTRACE)
				    ? "capabilities: kept CAP_SYS_PTRACE"
				    : "capabilities: kept CAP_DAC_READ_SEARCH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_run_keeps_what_it_needs),
		cmocka_unit_test(what_is_left_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
