/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --watch writes where it does not draw: a line for each socket that came, went or changed. */
#ifndef LSPORTS_CLI_VIEW_EVENT_H
#define LSPORTS_CLI_VIEW_EVENT_H
#pragma once

#include "view/view.h"

enum event_style {
	EVENT_LISTENER, /* in the words of --check */
	EVENT_CELLS,    /* the columns that were asked for */
	EVENT_JSON,
};

/*
 * event_render() - one line. @sign: '+' new, '~' changed, '-' gone, ' ' there when the watch began.
 */
void event_render(const struct view *view, enum event_style style, char sign,
		  const struct lsp_snapshot *snapshot, size_t index, struct sink *sink);

/* Two sockets, each in its snapshot. */
struct event_pair {
	const struct lsp_snapshot *snapshots[2];
	size_t indices[2];
};

/* Would their events read the same? Lengths of queues do not count. */
bool event_equal(const struct view *view, enum event_style style, const struct event_pair *pair,
		 struct buf scratch[2]);

#endif
