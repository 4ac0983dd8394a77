/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/exedoubt: an exe link that names what does not run is doubted, and no other one. */
#include "proctree.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OURS "user:[4026531837]"
#define MAPPING(rights, path) "55e0c000-55e0f000 " rights " 00002000 fe:01 1234     " path "\n"
#define LIBRARY MAPPING("r-xp", "/usr/lib/libc.so.6") "7ffc-7ffd rw-p 00000000 00:00 0 [stack]\n"

static enum lsp_exe_doubt doubt_with(const char *tree, unsigned facts)
{
	static const uint32_t inode = 1;
	struct lsp_snapshot *snapshot = proctree_find(tree, facts, &inode, 1);
	enum lsp_exe_doubt doubt = proctree_owners(snapshot, 0, 1)->process->exe_doubt;

	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
	return doubt;
}

static enum lsp_exe_doubt doubt_of(const char *tree)
{
	return doubt_with(tree, LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_DOUBT);
}

/* --- recorded processes --------------------------------------------------------------------- */

static void a_program_is_doubted_by_namespace_and_mappings(void **state)
{
	/* NULL: there is no such file. */
	static const struct {
		const char *ours, *theirs, *exe, *maps;
		enum lsp_exe_doubt expected;
	} rows[] = {
		{OURS, OURS, "/bin/x", MAPPING("r-xp", "/bin/x") LIBRARY, LSP_EXE_DOUBT_NONE},
		{OURS, OURS, "/bin/x", LIBRARY MAPPING("--xs", "/bin/x"), LSP_EXE_DOUBT_NONE},
		{OURS, OURS, "/bin/x", LIBRARY, LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/bin/x", "", LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/bin/x", MAPPING("r--p", "/bin/x") LIBRARY, LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/bin/x", MAPPING("r-xp", "/bin/xx") LIBRARY, LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/bin/x", MAPPING("r-xp", "/bin/x (deleted)"), LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/bin/x (deleted)", MAPPING("r-xp", "/bin/x (deleted)"),
		 LSP_EXE_DOUBT_NONE},
		{OURS, OURS, "/bin/x (deleted)", MAPPING("r-xp", "/bin/x"), LSP_EXE_DOUBT_UNMAPPED},
		{OURS, OURS, "/memfd:x (deleted)", MAPPING("r-xp", "/memfd:x (deleted)"),
		 LSP_EXE_DOUBT_NONE},
		{OURS, OURS, "/a\nb c", MAPPING("r-xp", "/a\\012b c"), LSP_EXE_DOUBT_NONE},
		{OURS, OURS, NULL, LIBRARY, LSP_EXE_DOUBT_NONE},
		{OURS, OURS, "/bin/x", NULL, LSP_EXE_DOUBT_NONE},
		/* Without its newline the last line may have been cut. */
		{OURS, OURS, "/bin/x", LIBRARY "55e0c000-55e0f000 r-xp 00", LSP_EXE_DOUBT_NONE},
		{OURS, "user:[1]", "/bin/x", LIBRARY, LSP_EXE_DOUBT_USERNS},
		{OURS, "user:[1]", "/bin/x", MAPPING("r-xp", "/bin/x"), LSP_EXE_DOUBT_USERNS},
		{OURS, "user:[1]", "/bin/x", NULL, LSP_EXE_DOUBT_USERNS},
		{OURS, "user:[1]", NULL, NULL, LSP_EXE_DOUBT_NONE},
		{OURS, NULL, "/bin/x", LIBRARY, LSP_EXE_DOUBT_NONE},
		{NULL, OURS, "/bin/x", LIBRARY, LSP_EXE_DOUBT_NONE},
		{NULL, NULL, "/bin/x", LIBRARY, LSP_EXE_DOUBT_NONE},
	};
	const char *tree = *state;

	proctree_process(tree, 10, "x\n", 3, "socket:[1]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum lsp_exe_doubt doubt;

		tree_remove(tree, "proc/self/ns/user");
		tree_remove(tree, "proc/10/ns/user");
		tree_remove(tree, "proc/10/exe");
		tree_remove(tree, "proc/10/maps");
		if (rows[i].ours)
			tree_link(tree, "proc/self/ns/user", rows[i].ours);
		if (rows[i].theirs)
			tree_link(tree, "proc/10/ns/user", rows[i].theirs);
		if (rows[i].exe)
			tree_link(tree, "proc/10/exe", rows[i].exe);
		if (rows[i].maps)
			tree_write_text(tree, "proc/10/maps", rows[i].maps);
		doubt = doubt_of(tree);
		expect(doubt == rows[i].expected, "row %zu: %d", i, doubt);
	}
}

static void make_doubtful(const char *tree)
{
	proctree_process(tree, 10, "x\n", 3, "socket:[1]");
	tree_link(tree, "proc/self/ns/user", OURS);
	tree_link(tree, "proc/10/ns/user", OURS);
	tree_link(tree, "proc/10/exe", "/bin/x");
	tree_write_text(tree, "proc/10/maps", LIBRARY);
}

static void nothing_is_looked_at_without_being_asked(void **state)
{
	static const struct {
		unsigned facts;
		enum lsp_exe_doubt expected;
	} rows[] = {
		{LSP_FACT_OWNERS, LSP_EXE_DOUBT_NONE},
		{LSP_FACT_OWNERS | LSP_FACT_EXE, LSP_EXE_DOUBT_NONE},
		{LSP_FACT_OWNERS | LSP_FACT_DOUBT, LSP_EXE_DOUBT_NONE},
		{ALL_FACTS & ~(unsigned)LSP_FACT_DOUBT, LSP_EXE_DOUBT_NONE},
		{LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_DOUBT, LSP_EXE_DOUBT_UNMAPPED},
		{ALL_FACTS, LSP_EXE_DOUBT_UNMAPPED},
	};

	make_doubtful(*state);
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(doubt_with(*state, rows[i].facts) == rows[i].expected, "row %zu", i);
}

static void mappings_that_fail_to_be_read_are_no_doubt(void **state)
{
	make_doubtful(*state);
	assert_int_equal(doubt_of(*state), LSP_EXE_DOUBT_UNMAPPED);
	tree_remove(*state, "proc/10/maps");
	tree_mkdir(*state, "proc/10/maps");
	assert_int_equal(doubt_of(*state), LSP_EXE_DOUBT_NONE);
}

/* @size bytes of other mappings, then @last. */
static void write_maps(const char *tree, size_t size, const char *last)
{
	static const char line[] = MAPPING("r-xp", "/usr/lib/libc.so.6");
	struct buf text = BUF_INIT;

	while (text.size + sizeof(line) - 1 <= size)
		buf_append(&text, line, sizeof(line) - 1);
	while (text.size < size)
		buf_append_char(&text, '\n');
	buf_append_text(&text, last);
	tree_write(tree, "proc/10/maps", text.data, text.size);
	buf_deinit(&text);
}

static void many_mappings_are_read_up_to_a_limit(void **state)
{
	static const char there[] = MAPPING("r-xp", "/bin/x");
	const size_t limit = 256u << 10, size = sizeof(there) - 1;
	const struct {
		size_t before;
		const char *last;
		enum lsp_exe_doubt expected;
	} rows[] = {
		{4096 - 20, there, LSP_EXE_DOUBT_NONE}, /* across two reads */
		{200000, there, LSP_EXE_DOUBT_NONE},
		{200000, "", LSP_EXE_DOUBT_UNMAPPED},
		{limit - size, there, LSP_EXE_DOUBT_NONE},
		{limit - 1, "", LSP_EXE_DOUBT_UNMAPPED},
		/* Behind the limit it could stand. */
		{limit, "", LSP_EXE_DOUBT_NONE},
		{limit, there, LSP_EXE_DOUBT_NONE},
		{4 * limit, "", LSP_EXE_DOUBT_NONE},
	};

	make_doubtful(*state);
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum lsp_exe_doubt doubt;

		write_maps(*state, rows[i].before, rows[i].last);
		doubt = doubt_of(*state);
		expect(doubt == rows[i].expected, "row %zu: %d", i, doubt);
	}
}

/* A leader that ended has neither program nor mappings. */
static void a_thread_is_asked_when_its_leader_ended(void **state)
{
	static const struct {
		const char *maps;
		enum lsp_exe_doubt expected;
	} rows[] = {
		{LIBRARY, LSP_EXE_DOUBT_UNMAPPED},
		{MAPPING("r-xp", "/bin/live"), LSP_EXE_DOUBT_NONE},
	};
	const char *tree = *state;

	tree_link(tree, "proc/self/ns/user", OURS);
	proctree_add(tree, 10, "dead\n", "comm");
	proctree_add(tree, 10, "", "maps");
	tree_link(tree, "proc/10/ns/user", OURS);
	tree_mkdir(tree, "proc/10/fd");
	proctree_link(tree, 10, "task/11/fd", 4, "socket:[1]");
	tree_link(tree, "proc/10/task/11/exe", "/bin/live");
	tree_link(tree, "proc/10/task/11/ns/user", OURS);
	for (size_t i = 0; i < ROWS(rows); i++) {
		proctree_add(tree, 10, rows[i].maps, "task/11/maps");
		expect(doubt_of(tree) == rows[i].expected, "row %zu", i);
	}
}

/* --- for real: a child of ours that holds a socket ------------------------------------------ */

/* The code of this program moves to anonymous memory, at the same addresses. */
static bool leave_program(void)
{
	char own[4096], line[8192], rights[5], path[4096];
	FILE *maps = fopen("/proc/self/maps", "re");
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
	unsigned long first, end;
	bool is_moved = false;

	if (!maps || n < 0)
		return false;
	own[n] = '\0';
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %4095s", &first, &end, rights, path) != 4)
			continue;
		if (rights[2] == 'x' && strcmp(path, own) == 0) {
			is_moved = true;
			break;
		}
	}
	fclose(maps);
	if (is_moved) {
		size_t size = end - first;
		/* Addresses come as text. */
		void *code = (void *)(uintptr_t)first;
		void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);

		if (copy == MAP_FAILED)
			return false;
		memcpy(copy, code, size);
		if (mprotect(copy, size, PROT_READ | PROT_EXEC) < 0)
			return false;
		is_moved = mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, code) == code;
	}
	return is_moved;
}

static bool stay(void)
{
	return true;
}

static bool enter_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

/* The doubt about a child that holds a socket and did @prepare; -1 when it could not. */
static int doubt_of_child(bool (*prepare)(void))
{
	int ready[2], held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), doubt = -1;
	struct stat status;
	char byte = 0;
	pid_t child;

	assert_true(held >= 0);
	assert_int_equal(fstat(held, &status), 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		byte = prepare();
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	assert_true(child > 0);
	close(held);
	if (read(ready[0], &byte, 1) == 1 && byte) {
		const uint32_t inode = (uint32_t)status.st_ino;
		struct lsp_snapshot *snapshot = proctree_find(NULL, ALL_FACTS, &inode, 1);
		const struct lsp_process *process = proctree_owners(snapshot, 0, 1)->process;

		assert_int_equal(process->pid, child);
		assert_non_null(process->exe);
		doubt = (int)process->exe_doubt;
		lsp_snapshot_free(snapshot);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	return doubt;
}

static void a_real_process_is_believed(void **state)
{
	(void)state;
	assert_int_equal(doubt_of_child(stay), LSP_EXE_DOUBT_NONE);
}

static void a_real_process_that_left_its_program_is_doubted(void **state)
{
	(void)state;
	assert_int_equal(doubt_of_child(leave_program), LSP_EXE_DOUBT_UNMAPPED);
}

static void a_real_process_of_another_user_namespace_is_doubted(void **state)
{
	int doubt = doubt_of_child(enter_namespace);

	(void)state;
	assert_int_equal(doubt, LSP_EXE_DOUBT_USERNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_program_is_doubted_by_namespace_and_mappings),
		TREE_TEST(nothing_is_looked_at_without_being_asked),
		TREE_TEST(mappings_that_fail_to_be_read_are_no_doubt),
		TREE_TEST(many_mappings_are_read_up_to_a_limit),
		TREE_TEST(a_thread_is_asked_when_its_leader_ended),
		cmocka_unit_test(a_real_process_is_believed),
		cmocka_unit_test(a_real_process_that_left_its_program_is_doubted),
		cmocka_unit_test(a_real_process_of_another_user_namespace_is_doubted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
