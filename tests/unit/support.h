/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every unit test may lean on: cmocka with the headers that it needs first, checks that tell
 * which row of a table failed, file trees that are gone after the test, and a transport that
 * answers from a list of datagrams.
 */
#ifndef LSPORTS_TESTS_SUPPORT_H
#define LSPORTS_TESTS_SUPPORT_H
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "collect/diag.h"
#include "collect/transport.h"
#include "root.h"

#include <stdbool.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* A check inside a loop: the text says which row and what it was. */
#define expect(condition, ...)                                                                     \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg(__VA_ARGS__);                                                     \
	} while (0)

/*
 * hash_twin() - 24 bytes with the hash_bytes() of @of, the first eight of which are @first and the
 * next ones the same: a step of the hash can be undone. All in the byte order of this machine.
 */
void hash_twin(const uint64_t of[3], uint64_t first, uint64_t out[3]);

/* --- file trees --- */

/* For cmocka_unit_test_setup_teardown(): *state is the path of an empty temporary directory. */
int tree_setup(void **state);
int tree_teardown(void **state);
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

/*
 * expect_child() - @run returns 0 in a child of its own, which may leave our namespaces. CANNOT
 * says that user namespaces are missing: that is a failure too, they are needed here.
 */
#define CANNOT 77
void expect_child(int (*run)(void));

/* Below @tree, directories made as needed. */
void tree_write(const char *tree, const char *path, const void *bytes, size_t size);
void tree_write_text(const char *tree, const char *path, const char *text);
void tree_mkdir(const char *tree, const char *path);
void tree_link(const char *tree, const char *path, const char *target);

/* One that is not there is no failure. */
void tree_remove(const char *tree, const char *path);

/* The whole file, owned by the caller, terminated. */
char *tree_read_text(const char *tree, const char *path);

/* Entries of a directory, "." and ".." aside. */
size_t tree_count(const char *tree, const char *path);

/* --- a transport that follows a script --- */

struct datagram {
	const void *bytes;
	ssize_t size; /* negative: receive fails with it */
};

#define SCRIPT_ASKED_MAX 8

/*
 * Lives on the test's stack. Requests are kept, datagrams are handed out in order whoever asks,
 * and behind the last one receive says -EAGAIN.
 */
struct script {
	struct transport transport;
	const struct datagram *datagrams;
	size_t count, next;
	int send_error; /* what send returns */
	uint8_t asked[SCRIPT_ASKED_MAX][DIAG_REQUEST_SIZE];
	size_t asked_size[SCRIPT_ASKED_MAX];
	size_t asked_count;
	unsigned frees;
};

void script_init(struct script *script, const struct datagram *datagrams, size_t count);

#endif
