/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule file of --learn: locked, read, and replaced whole. */
#ifndef LSPORTS_CLI_LEARNED_FILE_H
#define LSPORTS_CLI_LEARNED_FILE_H
#pragma once

#include "buf.h"
#include "error.h"

#include <lsports/judgement.h>

/* A rule file that only one process at a time learns into. */
struct learned_file {
	const char *path; /* borrowed */
	int lock;         /* -1: none */
	struct buf old;   /* its bytes, empty when there is no such file */
	unsigned wait_seconds;
};

/* Runs that overlap wait for each other, but not forever. */
#define LEARNED_FILE_INIT ((struct learned_file){.lock = -1, .wait_seconds = 20})

/*
 * learned_file_open() - the lock, and the file as it is. Before the rules are loaded. @learn:
 * LEARNED_FILE_INIT.
 * @error: why, with the way out.
 * Return: 0 or a negative errno.
 */
int learned_file_open(struct learned_file *file, const char *path, struct error *error);

/*
 * learned_file_commit() - the file with a line more for each listener that is not expected and did
 * not close before its owner was found; nothing that was in it is changed. Without anything new it is left alone, or made when there was none or
 * an empty one. A file that somebody else changed meanwhile is an error.
 * @added: how many lines.
 * @now: seconds since the epoch, for a comment.
 * Return and @error: as learned_file_open(); then the old file is untouched.
 */
int learned_file_commit(struct learned_file *file, const struct lsp_snapshot *snapshot, int64_t now,
			size_t *added, struct error *error);

void learned_file_deinit(struct learned_file *file); /* takes LEARNED_FILE_INIT too */

#endif
