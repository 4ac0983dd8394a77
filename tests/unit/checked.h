/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small machine of which everything has been said already: listeners with verdicts and findings
 * out of a table. No rule is read and nothing is judged.
 */
#ifndef LSPORTS_TESTS_CHECKED_H
#define LSPORTS_TESTS_CHECKED_H
#pragma once

#include "support.h"

#include "view/changes.h"
#include "view/view.h"

#include <lsports/judge.h>

#define CHECKED_OWN 4026531840u
#define CHECKED_BLUE 4026532001u /* "blue" below /run/netns */

/* What is 0 in .socket is filled in where 0 is no answer. */
struct checked_row {
	struct lsp_socket socket; /* with .unit */
	const char *user;         /* name of .uid */
	struct lsp_process owners[2];
	enum lsp_verdict verdict;
	const char *rule;
	struct lsp_finding findings[3]; /* up to the first without a reason */
};

#define CHECKED_TCP(number)                                                                        \
	.netns = CHECKED_OWN, .proto = LSP_PROTO_TCP, .state = LSP_STATE_LISTEN,                   \
	.local.port = (number), .has_uid = true
#define CHECKED_UDP(number)                                                                        \
	.netns = CHECKED_OWN, .proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE,                    \
	.local.port = (number), .has_uid = true
#define CHECKED_NEW .verdict = LSP_VERDICT_UNEXPECTED, .findings = {{LSP_FINDING_UNEXPECTED, "new"}}

struct checked_machine {
	const struct checked_row *rows;
	size_t count;
	const struct lsp_missing *missing;
	size_t missing_count;
	bool is_incomplete; /* something could hide */
};

/* Sealed; lsp_snapshot_free() is the caller's. Ports below 1024 are privileged. */
struct lsp_snapshot *checked_snapshot(const struct checked_machine *machine);

/* What a check of all of it finds. changes_deinit() is the caller's. */
void checked_find(struct changes *changes, const struct lsp_snapshot *snapshot);

/* What @render makes of it, with the changes where @view has none; owned by the caller. */
char *checked_render(void (*render)(const struct view *, const struct lsp_snapshot *,
				    struct sink *),
		     struct view view, const struct checked_machine *machine);

/* How many times @part stands in @text. */
size_t checked_count(const char *text, const char *part);

#endif
