/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was said about the sockets of a snapshot; a part of struct lsp_snapshot. */
#ifndef LSPORTS_MODEL_JUDGED_H
#define LSPORTS_MODEL_JUDGED_H
#pragma once

#include "strpool.h"

#include <lsports/judge.h>

struct judged_socket {
	uint8_t verdict;        /* enum lsp_verdict */
	uint8_t finding_count;  /* at most LSP_FINDING_COUNT: each id once */
	uint32_t first_finding; /* in findings */
	uint32_t rule;          /* string id */
};

struct judged_text {
	uint32_t reason, rule, text; /* string ids; a finding has the first alone */
};

/* Texts have a pool of their own: pointers into the snapshot's are out already. */
struct judged {
	struct strpool strings;
	struct judged_socket *sockets; /* one a socket; NULL: nothing was judged */
	struct lsp_finding *findings;  /* reasons are set when sealed */
	struct judged_text *finding_texts;
	size_t finding_count, finding_capacity;
	struct lsp_missing *missing; /* texts are set when sealed */
	struct judged_text *missing_texts;
	size_t missing_count, missing_capacity;
	size_t unasked; /* required rules of which it cannot be told */
};

void judged_deinit(struct judged *judged); /* takes a zeroed one too */

#endif
