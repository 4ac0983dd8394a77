/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of a renderer for a machine. */
#ifndef LSPORTS_TESTS_RENDERED_H
#define LSPORTS_TESTS_RENDERED_H
#pragma once

#include "machine.h"
#include "support.h"

#include "view/changes.h"
#include "view/view.h"

/* The differences that a full check finds. changes_deinit() is the caller's. */
void rendered_changes(struct changes *changes, const struct lsp_snapshot *snapshot);

/* The text that @render writes, with the changes where @view has none; owned by the caller. */
char *rendered_text(void (*render)(const struct view *, const struct lsp_snapshot *, struct sink *),
		    struct view view, const struct machine *machine);

/* How many times @text contains @part. */
size_t rendered_count(const char *text, const char *part);

#endif
