/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --learn FILE: rules for the listeners that no rule covers. */
#ifndef LSPORTS_CLI_LEARN_H
#define LSPORTS_CLI_LEARN_H
#pragma once

#include "buf.h"

#include <lsports/judge.h>

/* A rule file that only one process at a time learns into. */
struct learn {
	const char *path; /* borrowed */
	int lock;         /* -1: none */
	struct buf old;   /* its bytes, empty when there is no such file */
	unsigned wait_seconds;
};

/* Who learns at the same time is waited for, but not for ever. */
#define LEARN_INIT ((struct learn){.lock = -1, .wait_seconds = 20})

/*
 * learn_open() - the lock, and the file as it is. Before the rules are loaded. @learn: LEARN_INIT.
 * @message: on failure why, with the way out; owned by the caller, NULL when memory is short.
 * Return: 0 or a negative errno.
 */
int learn_open(struct learn *learn, const char *path, char **message);

/*
 * learn_commit() - the file with a line more for each listener that is not expected; nothing that
 * was in it is changed. Without anything new it is left alone, or made when there was none or an
 * empty one. A file that somebody else changed meanwhile is an error.
 * @added: how many lines.
 * @now: seconds since the epoch, for a comment.
 * Return and @message: as learn_open(); then the old file is untouched.
 */
int learn_commit(struct learn *learn, const struct lsp_snapshot *snapshot, int64_t now,
		 size_t *added, char **message);

void learn_deinit(struct learn *learn); /* takes LEARN_INIT too */

#endif
