/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump into a snapshot, and whether its reply is one that nothing can be missing from. */
#ifndef LSPORTS_COLLECT_DUMP_H
#define LSPORTS_COLLECT_DUMP_H
#pragma once

#include "collect/collection.h"

/*
 * Of the 32 KiB that a datagram has, half must stay empty: one that is full and followed by
 * an empty end looks like one that was cut.
 */
#define DUMP_MAX 16384
/* Where little is left to split by it only matters that one more message would have fit. */
#define DUMP_MAX_OF_PORT 30720

/* dump_may_pass() - is @error one that a repeated dump may not meet again? */
bool dump_may_pass(int error);

/*
 * dump_try() - one dump into @snapshot, repeated a few times when it fails or is interrupted; the
 * last may still be either. At the deadline of the run collection->is_late is set, and what came
 * before it passes for the whole answer. Return: 0 or a negative errno.
 */
int dump_try(struct collection *collection, const struct diag_request *request,
	     struct lsp_snapshot *snapshot, struct dump_result *result);

/* dump_wide() - likewise, and one that is interrupted each time is a gap. */
int dump_wide(struct collection *collection, const struct diag_request *request,
	      struct lsp_snapshot *snapshot, struct dump_result *result);

/* dump_has_room() - did the whole reply fit one datagram of @max bytes, with room left? */
bool dump_has_room(const struct dump_result *result, size_t max);

#endif
