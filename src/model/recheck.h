/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a later snapshot of the same machine says about sockets that have no owner: still open,
 * closed, or opened anew.
 */
#ifndef LSPORTS_MODEL_RECHECK_H
#define LSPORTS_MODEL_RECHECK_H
#pragma once

#include "array.h"
#include "intmap.h"
#include "model/builder.h"

struct recheck {
	bool keeps_closed; /* a listener that was seen stays, though it has closed */
	bool is_last;      /* owners are not looked up again, so that no socket is added */
};

struct recheck_result {
	size_t closed; /* sockets that closed before their owner was found */
	size_t added;  /* listeners of @again that need an owner */
};

/*
 * recheck_apply() - lsp_socket.still_open of the sockets of @unowned. Whatever listens in @again on
 * the port of a listener that has closed is added, in order, for it may be the same one that was
 * opened anew. A closed socket stays if it listened and recheck.keeps_closed says so, or if nothing
 * else of @snapshot stands for what still listens on its port; any other is dropped.
 * @snapshot: in order and not sealed yet. @unowned: as builder_list_unowned() gave it.
 * @again: in order too. What an incomplete one lacks has not closed, unless its port has another
 *         listener there.
 * Return: 0 or -ENOMEM.
 */
int recheck_apply(const struct recheck *recheck, struct lsp_snapshot *snapshot,
		  const struct intmap *unowned, const struct lsp_snapshot *again,
		  struct recheck_result *result);

/*
 * recheck_begin_search() - owners are about to be looked up again: the gaps so far move to @gaps.
 * recheck_end_search() - they come back. Both searches counted the same processes, so that of a gap
 * that came again the larger count is kept. @gaps is empty afterwards. Return: 0 or -ENOMEM.
 */
void recheck_begin_search(struct lsp_snapshot *snapshot, struct array *gaps);
int recheck_end_search(struct lsp_snapshot *snapshot, struct array *gaps);

#endif
