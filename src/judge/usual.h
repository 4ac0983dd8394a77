/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is special about the built-in table of usual programs. */
#ifndef LSPORTS_JUDGE_USUAL_H
#define LSPORTS_JUDGE_USUAL_H
#pragma once

#include "judge/rule_set.h"

/*
 * As much of the table as was needed: to read all of it takes longer than to list an idle machine.
 * Zeroed it is the built-in one, and empty.
 */
struct usual {
	const char *const *texts; /* in place of the built-in ones; each is of whole lines */
	size_t text_count;
	struct rule_set set;                   /* the rules about @ports */
	uint64_t ports[(UINT16_MAX + 1) / 64]; /* a bit each */
};

void usual_deinit(struct usual *usual);

/*
 * usual_load() - have the rules about every port on which the snapshot has a socket.
 * Return: 0 or -ENOMEM; then the table has no rule.
 */
int usual_load(struct usual *usual, const struct lsp_snapshot *snapshot);

/*
 * usual_is_guarded() - can only the system open such a socket: is the port privileged there, or the
 * socket's user a system user? Any user can start a usual program with code of their own in it.
 */
enum lsp_tristate usual_is_guarded(const struct lsp_subject *subject);

/* usual_append_unknown() - the facts that usual_is_guarded() lacks. Return: how many. */
size_t usual_append_unknown(struct buf *out, const struct lsp_subject *subject);

/*
 * usual_append_programs() - "exe=/usr/sbin/nginx, /usr/sbin/apache2 or another": programs that the
 * table names for the port of the socket, as it writes them.
 */
void usual_append_programs(struct buf *out, const struct rule_index *index,
			   const struct lsp_socket *socket);

#endif
