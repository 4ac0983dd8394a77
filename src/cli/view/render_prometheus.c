/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text format of Prometheus, for node_exporter's textfile collector. One byte that is not
 * UTF-8, one series twice or one time stamp at a sample makes it refuse the whole file, so: labels
 * are escaped, series are told apart before they are written, and samples have no time.
 */
#include "strpool.h"
#include "view/cells.h"
#include "view/changes.h"
#include "view/escape.h"
#include "view/order.h"
#include "view/render.h"

#include <errno.h>
#include <stdio.h>

/* Whoever may listen must not be able to fill a time series database. */
#define INFO_MAX 500

struct counts {
	uint64_t listeners[LSP_PROTO_COUNT][LSP_SCOPE_COUNT][LSP_CATEGORY_COUNT];
	uint64_t unexpected[LSP_CATEGORY_COUNT];
	uint64_t findings[LSP_FINDING_COUNT];
	uint64_t changes[CHANGE_COUNT];
};

/* --- counting --------------------------------------------------------------------------- */

static void count_row(struct counts *counts, const struct row *row)
{
	const struct lsp_socket *socket = &row->socket;
	enum lsp_category category = lsp_category_of(socket->local.port);
	enum lsp_scope scope = lsp_scope_of(socket->family, socket->local.address);
	struct lsp_judgement judgement;

	if (!lsp_is_listener(socket))
		return;
	lsp_snapshot_judgement(row->snapshot, row->index, &judgement);
	counts->listeners[socket->proto][scope][category]++;
	counts->unexpected[category] += judgement.verdict == LSP_VERDICT_UNEXPECTED;
	for (size_t i = 0; i < judgement.finding_count; i++)
		counts->findings[judgement.findings[i].id]++;
}

static int count_all(struct counts *counts, const struct view *view,
		     const struct lsp_snapshot *snapshot, const struct order *order)
{
	struct changes changes;
	struct row row;
	int r = changes_init(&changes, snapshot, view);

	for (size_t i = 0; i < changes.count; i++)
		counts->changes[changes.items[i].kind]++;
	counts->findings[LSP_FINDING_MISSING] = counts->changes[CHANGE_MISSING];
	changes_deinit(&changes);
	for (size_t at = 0; at < order->count; at++) {
		order_row(order, at, false, &row);
		count_row(counts, &row);
	}
	return r;
}

/* --- writing ---------------------------------------------------------------------------- */

static void append_head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void append_gauge(struct buf *out, const char *name, const char *help, uint64_t value)
{
	append_head(out, name, help);
	buf_printf(out, "%s %llu\n", name, (unsigned long long)value);
}

static void append_counts(struct buf *out, const struct counts *counts)
{
	append_head(out, "lsports_listeners",
		    "Sockets that listen, by protocol, scope of the "
		    "address and category of the port.");
	for (unsigned p = 0; p < LSP_PROTO_COUNT; p++)
		for (unsigned s = 0; s < LSP_SCOPE_COUNT; s++)
			for (unsigned c = 0; c < LSP_CATEGORY_COUNT; c++)
				buf_printf(out,
					   "lsports_listeners{protocol=\"%s\",scope=\"%s\","
					   "category=\"%s\"} %llu\n",
					   lsp_proto_word((enum lsp_proto)p),
					   lsp_scope_word((enum lsp_scope)s),
					   lsp_category_word((enum lsp_category)c),
					   (unsigned long long)counts->listeners[p][s][c]);
	append_head(out, "lsports_unexpected_listeners",
		    "Listeners that no rule expects; without rules: low ports without their usual "
		    "program.");
	for (unsigned c = 0; c < LSP_CATEGORY_COUNT; c++)
		buf_printf(out, "lsports_unexpected_listeners{category=\"%s\"} %llu\n",
			   lsp_category_word((enum lsp_category)c),
			   (unsigned long long)counts->unexpected[c]);
	append_head(out, "lsports_findings", "Findings by id: see lsports --list findings.");
	for (unsigned i = 0; i < LSP_FINDING_COUNT; i++)
		buf_printf(out, "lsports_findings{id=\"%s\"} %llu\n",
			   lsp_finding_word((enum lsp_finding_id)i),
			   (unsigned long long)counts->findings[i]);
	append_head(out, "lsports_changes", "Differences between listeners and rules.");
	for (unsigned i = 0; i < CHANGE_COUNT; i++)
		buf_printf(out, "lsports_changes{change=\"%s\"} %llu\n",
			   change_word((enum change_kind)i),
			   (unsigned long long)counts->changes[i]);
}

/* Of the label: backslash and quote; other bytes are made printable before. */
static void append_label(struct buf *out, const char *name, const char *value)
{
	struct buf text = BUF_INIT;

	if (value)
		escape_text(&text, value, strlen(value));
	buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\\' || text.data[i] == '"')
			buf_append_char(out, '\\');
		buf_append_char(out, text.data[i]);
	}
	buf_append_char(out, '"');
	if (text.error)
		out->error = text.error;
	buf_deinit(&text);
}

/* Nothing that a restart changes: no PID, inode, cookie, time, and no port that the kernel chose.
 */
static void append_info(struct buf *out, const struct row *row, enum lsp_verdict verdict)
{
	const struct lsp_socket *socket = &row->socket;
	const struct lsp_process *process = row->owner_count ? row->owners[0].process : NULL;
	char address[LSP_ADDRESS_SIZE], uid[12] = "";
	const char *user = socket->has_uid ? lsp_user_name(row->snapshot, socket->uid) : NULL;
	const char *verdict_text = lsp_verdict_word(verdict);

	lsp_address_format(socket->family, socket->local.address, address);
	if (socket->has_uid)
		snprintf(uid, sizeof(uid), "%u", socket->uid);
	buf_printf(out, "lsports_listener_info{protocol=\"%s\",address=\"%s\",",
		   lsp_proto_word(socket->proto), address);
	if (socket->is_auto == LSP_KNOWN_YES)
		buf_append_text(out, "port=\"auto\",");
	else
		buf_printf(out, "port=\"%u\",", socket->local.port);
	append_label(out, "interface", socket->interface);
	buf_append_char(out, ',');
	append_label(out, "netns", lsp_netns_name(row->snapshot, socket->netns));
	buf_append_char(out, ',');
	append_label(out, "user", user ? user : uid);
	buf_append_char(out, ',');
	append_label(out, "unit", socket->unit);
	buf_append_char(out, ',');
	append_label(out, "process", process ? process->comm : NULL);
	buf_append_char(out, ',');
	append_label(out, "exe", process ? process->exe : NULL);
	buf_printf(out, ",verdict=\"%s\"} 1\n", verdict_text ? verdict_text : "");
}

/* Listeners that are not as they should be; with --extended all. A group has one series. */
static int append_infos(struct buf *out, const struct view *view, const struct order *order)
{
	struct strpool told = {0};
	struct buf line = BUF_INIT;
	struct row row;
	uint64_t count = 0, left_out = 0;
	int r = 0;

	append_head(out, "lsports_listener_info", "Listeners that are not expected.");
	for (size_t at = 0; r >= 0 && at < order->count; at++) {
		size_t size = told.bytes.size;
		struct lsp_judgement judgement;
		uint32_t id;

		order_row(order, at, false, &row);
		lsp_snapshot_judgement(row.snapshot, row.index, &judgement);
		if (!lsp_is_listener(&row.socket) ||
		    (!view->is_everything && judgement.verdict != LSP_VERDICT_UNEXPECTED))
			continue;
		row.owners = lsp_snapshot_owners(row.snapshot, &row.socket, &row.owner_count);
		buf_reset(&line);
		append_info(&line, &row, judgement.verdict);
		r = buf_text(&line) ? strpool_add(&told, line.data, &id) : -ENOMEM;
		if (r < 0 || told.bytes.size == size)
			continue;
		if (count++ < INFO_MAX)
			buf_append(out, line.data, line.size);
		else
			left_out++;
	}
	append_gauge(out, "lsports_listener_info_left_out",
		     "Series of lsports_listener_info beyond the first 500.", left_out);
	strpool_deinit(&told);
	buf_deinit(&line);
	return r;
}

void prometheus_format_run(const struct view *view, bool is_success, bool is_complete,
			   struct buf *out)
{
	append_gauge(out, "lsports_rules_present", "1 when the host has rules of its own.",
		     view->has_rules);
	append_gauge(out, "lsports_view_complete",
		     "1 when nothing could hide from the run that wrote this.", is_complete);
	append_gauge(out, "lsports_last_run_success",
		     "1 when the listeners could be read and judged.", is_success);
	append_gauge(out, "lsports_last_run_timestamp_seconds", "When that was, Unix time.",
		     (uint64_t)view->time_sec);
	append_head(out, "lsports_last_run_duration_seconds", "How long it took.");
	buf_printf(out, "lsports_last_run_duration_seconds %lld.%06lld\n",
		   (long long)view->duration_usec / 1000000,
		   (long long)view->duration_usec % 1000000);
}

void render_prometheus(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	struct counts counts = {0};
	size_t gap_count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &gap_count);
	bool is_complete = true, is_blind = false;
	struct order order;
	int r = order_init(&order, view, snapshot, false);

	if (r >= 0)
		r = count_all(&counts, view, snapshot, &order);
	append_counts(&sink->buf, &counts);
	if (r >= 0)
		r = append_infos(&sink->buf, view, &order);
	for (size_t i = 0; i < gap_count; i++) {
		is_complete &= !gaps[i].hides;
		is_blind |= gaps[i].is_blind;
	}
	prometheus_format_run(view, !is_blind, is_complete, &sink->buf);
	render_fail(sink, r);
	order_deinit(&order);
}

/* Who scrapes sees no counts of a run that could not count. */
void render_prometheus_failure(const struct view *view, const struct buf *messages,
			       struct sink *sink)
{
	(void)messages;
	prometheus_format_run(view, false, false, &sink->buf);
}
