/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card of --explain: lines of a label and a sentence. */
#ifndef LSPORTS_CLI_VIEW_CARD_H
#define LSPORTS_CLI_VIEW_CARD_H
#pragma once

#include "view/explanation.h"

struct card {
	const struct explanation *explanation;
	const struct view *view;
	const struct lsp_snapshot *snapshot;
	struct buf *out;
};

/* A line is begun with its label, filled, and ended. @label: words of our own. */
void card_begin(const struct card *card, const char *label);
void card_end(const struct card *card);

/* A whole line, with nothing foreign in it. */
__attribute__((format(printf, 3, 4))) void card_print(const struct card *card, const char *label,
						      const char *format, ...);

/* card_add_listener() - all about the listener of row @at. */
void card_add_listener(const struct card *card, size_t at, const struct lsp_socket *socket);

#endif
