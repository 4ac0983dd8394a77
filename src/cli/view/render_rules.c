/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners as the rules that expect them: what --learn would write, for people to edit. */
#include "view/render_rules.h"

#include "cleanup.h"
#include "strpool.h"
#include "view/order.h"

#include <lsports/judgement.h>

#include <errno.h>

void render_rules(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct strpool seen = {0};
	struct order order;
	struct row row;

	render_fail(sink, order_init(&order, view, snapshot, false));
	for (size_t at = 0; at < order.count && !sink->error; at++) {
		cleanup(cleanup_free) char *rule = NULL;
		int is_new;

		order_row(&order, at, false, &row);
		if (!lsp_socket_is_listener(&row.subject.socket))
			continue;
		rule = lsp_rule_format(snapshot, row.subject.index);
		is_new = rule ? strpool_insert(&seen, rule, strlen(rule)) : -ENOMEM;
		if (is_new < 0)
			render_fail(sink, is_new);
		/* Kernel-chosen ports and groups share one rule. */
		if (is_new <= 0)
			continue;
		buf_append_text(&sink->buf, rule);
		buf_append_char(&sink->buf, '\n');
		sink_flush_some(sink);
	}
	strpool_deinit(&seen);
	order_deinit(&order);
}
