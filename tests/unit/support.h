/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every unit test may use: cmocka with the headers that it needs first, checks that name
 * the row of a table that failed, file trees that are removed after the test, and a transport that
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

/* --- file trees --- */

/* For cmocka_unit_test_setup_teardown(): *state is the path of an empty temporary directory. */
int tree_setup(void **state);
int tree_teardown(void **state);
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

/* *state is a snapshot that nothing was added to. */
int snapshot_setup(void **state);
int snapshot_teardown(void **state);
#define SNAPSHOT_TEST(name) cmocka_unit_test_setup_teardown(name, snapshot_setup, snapshot_teardown)

/*
 * expect_child() - @run returns 0 in a child of its own, which may leave our namespaces. CANNOT
 * means that user namespaces are missing, which is a failure too.
 */
#define CANNOT 77
void expect_child(int (*run)(void));

/* Below @tree, directories made as needed. */
void tree_write(const char *tree, const char *path, const void *bytes, size_t size);
void tree_write_text(const char *tree, const char *path, const char *text);
void tree_mkdir(const char *tree, const char *path);
void tree_link(const char *tree, const char *path, const char *target);

/* A missing file is not an error. */
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
