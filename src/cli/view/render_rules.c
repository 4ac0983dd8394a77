/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners as the rules that expect them: what --learn would write, for people to edit. */
#include "scope.h"
#include "strpool.h"
#include "view/order.h"
#include "view/render.h"

#include <lsports/judge.h>

#include <errno.h>

void render_rules(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct strpool told = {0};
	struct order order;
	struct row row;

	render_fail(sink, order_init(&order, view, snapshot, false));
	for (size_t at = 0; at < order.count && !sink->error; at++) {
		cleanup(scope_free) char *rule = NULL;
		size_t size = told.bytes.size;
		uint32_t id;

		order_row(&order, at, false, &row);
		if (!lsp_is_listener(&row.socket))
			continue;
		rule = lsp_rule_format(snapshot, row.index);
		if (!rule || strpool_add(&told, rule, &id) < 0) {
			render_fail(sink, -ENOMEM);
			break;
		}
		/* Kernel-chosen ports and groups share one rule. */
		if (told.bytes.size == size)
			continue;
		buf_append_text(&sink->buf, rule);
		buf_append_char(&sink->buf, '\n');
		sink_flush_some(sink);
	}
	strpool_deinit(&told);
	order_deinit(&order);
}
