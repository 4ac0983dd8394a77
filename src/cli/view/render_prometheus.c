/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text format of Prometheus, for node_exporter's textfile collector. One byte that is not
 * UTF-8, one series twice or one time stamp at a sample makes it refuse the whole file, so: labels
 * are escaped, duplicate series are dropped before they are written, and samples have no time.
 */
#include "view/render_prometheus.h"

#include "array.h"
#include "hash.h"
#include "strpool.h"
#include "view/column.h"
#include "view/changes_fold.h"
#include "view/escape.h"
#include "view/order.h"

#include <errno.h>

/* Whoever may listen must not be able to fill a time series database. */
#define INFO_MAX 500

struct counts {
	uint64_t listeners[LSP_PROTOCOLS_MAX][LSP_SCOPE_COUNT][LSP_CATEGORY_COUNT];
	uint64_t unexpected[LSP_CATEGORY_COUNT];
	uint64_t findings[LSP_FINDINGS_MAX];
	size_t changes[CHANGE_COUNT];
};

/* --- counting --------------------------------------------------------------------------- */

static void count_row(struct counts *counts, const struct row *row)
{
	const struct lsp_socket *socket = &row->subject.socket;
	enum lsp_category category = lsp_port_category(socket->local.port);
	enum lsp_scope scope = lsp_endpoint_scope(&socket->local);
	struct lsp_judgement judgement;

	if (!lsp_socket_is_listener(socket))
		return;
	row_judgement(row, &judgement);
	counts->listeners[socket->proto][scope][category]++;
	counts->unexpected[category] += judgement.verdict == LSP_VERDICT_UNEXPECTED;
	for (size_t i = 0; i < judgement.finding_count; i++)
		counts->findings[judgement.findings[i].id] += !judgement.findings[i].is_accepted;
}

static int count_all(struct counts *counts, const struct view *view,
		     const struct lsp_snapshot *snapshot, const struct order *order)
{
	struct changes changes;
	struct row row;
	int r = changes_init(&changes, snapshot, view);

	memcpy(counts->changes, changes.counts, sizeof(counts->changes));
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
	for (unsigned p = 0; p < lsp_protocol_count(); p++)
		for (unsigned s = 0; s < LSP_SCOPE_COUNT; s++)
			for (unsigned c = 0; c < LSP_CATEGORY_COUNT; c++)
				buf_printf(out,
					   "lsports_listeners{protocol=\"%s\",scope=\"%s\","
					   "category=\"%s\"} %llu\n",
					   lsp_protocol_word(p), lsp_words_scope((enum lsp_scope)s),
					   lsp_words_category((enum lsp_category)c),
					   (unsigned long long)counts->listeners[p][s][c]);
	append_head(
		out, "lsports_unexpected_listeners",
		"Listeners that no rule expects; on a host without rules, those on privileged and "
		"well-known ports that are not a usual program of the port.");
	for (unsigned c = 0; c < LSP_CATEGORY_COUNT; c++)
		buf_printf(out, "lsports_unexpected_listeners{category=\"%s\"} %llu\n",
			   lsp_words_category((enum lsp_category)c),
			   (unsigned long long)counts->unexpected[c]);
	append_head(out, "lsports_findings",
		    "Findings about listeners, without those that a rule accepts; lsports --list "
		    "findings explains each id.");
	for (unsigned i = 0; i < lsp_finding_count(); i++)
		buf_printf(out, "lsports_findings{id=\"%s\"} %llu\n", lsp_finding_word(i),
			   (unsigned long long)counts->findings[i]);
	append_head(out, "lsports_differences",
		    "Differences between the listeners of this host and its rules, by kind: new, "
		    "missing, changed, and unjudged where a fact could not be read.");
	for (unsigned i = 0; i < CHANGE_COUNT; i++)
		buf_printf(out, "lsports_differences{change=\"%s\"} %zu\n",
			   changes_word((enum change_kind)i), counts->changes[i]);
	append_gauge(out, "lsports_unjudged_listeners",
		     "Listeners with a rule that asks for a fact that could not be read.",
		     counts->changes[CHANGE_UNJUDGED]);
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

/* Facts as labels. */
static const struct {
	const char *name, *fact;
} labels[] = {
	{"interface", "interface"}, {"netns", "netns"}, {"user", "user"},       {"unit", "unit"},
	{"process", "process"},     {"exe", "exe"},     {"verdict", "verdict"},
};

/* A namespace is known by its name alone: its number changes with each start. */
static const char *label_value(const struct row *row, const char *word,
			       char digits[LSP_FACT_DIGITS])
{
	struct lsp_value value;

	if (strcmp(word, "netns") != 0)
		return row_text(row, word, digits);
	lsp_fact_get(lsp_fact_find(word), &row->subject, NULL, &value);
	return value.text;
}

/* Nothing that a restart changes: no PID, inode, cookie, time, and no port that the kernel chose.
 */
static void append_info(struct buf *out, const struct row *row)
{
	const struct lsp_socket *socket = &row->subject.socket;
	char address[LSP_ADDRESS_SIZE];

	lsp_endpoint_format_address(&socket->local, address);
	buf_printf(out, "lsports_listener_info{protocol=\"%s\",address=\"%s\",",
		   lsp_protocol_word(socket->proto), address);
	if (socket->is_auto == LSP_YES)
		buf_append_text(out, "port=\"auto\"");
	else
		buf_printf(out, "port=\"%u\"", socket->local.port);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		char digits[LSP_FACT_DIGITS];

		buf_append_char(out, ',');
		append_label(out, labels[i].name, label_value(row, labels[i].fact, digits));
	}
	buf_append_text(out, "} 1\n");
}

/* --- which listeners have a series ------------------------------------------------------- */

struct infos {
	const struct view *view;
	const struct order *order;
	struct strpool seen; /* digests of series: a group of sockets has one */
	struct array rows;   /* struct fold_row: listeners that are not as they should be */
	struct array others; /* size_t: the others, with --extended */
};

/* Return: 1 when a series like this was not seen before. */
static int see(struct infos *infos, const struct row *row, struct buf *line)
{
	char digest[HASH_DIGEST_SIZE];

	buf_reset(line);
	append_info(line, row);
	hash_digest(line->data, line->size, digest);
	return line->error ? line->error : strpool_insert(&infos->seen, digest, sizeof(digest));
}

static int add_info(struct infos *infos, size_t at, struct buf *line)
{
	struct lsp_judgement judgement;
	struct fold_row *fold;
	struct row row;
	size_t *other;
	bool is_due;
	int r;

	order_row(infos->order, at, false, &row);
	row_judgement(&row, &judgement);
	is_due = judgement.verdict == LSP_VERDICT_UNEXPECTED ||
		 judgement.verdict == LSP_VERDICT_UNJUDGED;
	if (!lsp_socket_is_listener(&row.subject.socket) ||
	    (!is_due && !infos->view->is_everything))
		return 0;
	lsp_subject_init(&row.subject, row.subject.snapshot, row.subject.index);
	r = see(infos, &row, line);
	if (r <= 0)
		return r;
	if (!is_due) {
		other = array_add(&infos->others, sizeof(*other));
		if (other)
			*other = at;
		return other ? 0 : -ENOMEM;
	}
	fold = array_add(&infos->rows, sizeof(*fold));
	if (!fold)
		return -ENOMEM;
	changes_fold_init_row(fold, row.subject.snapshot, row.subject.index,
			      judgement.verdict == LSP_VERDICT_UNEXPECTED);
	fold->index = at;
	return 0;
}

static void write_info(struct buf *out, const struct infos *infos, size_t at)
{
	struct row row;

	order_row(infos->order, at, false, &row);
	lsp_subject_init(&row.subject, row.subject.snapshot, row.subject.index);
	append_info(out, &row);
}

static uint64_t write_infos(struct buf *out, const struct infos *infos)
{
	const struct fold_row *rows = infos->rows.data;
	const size_t *others = infos->others.data;
	size_t shown = 0;

	for (size_t i = 0; i < infos->rows.count; i++) {
		if (!rows[i].is_shown)
			continue;
		write_info(out, infos, rows[i].index);
		shown++;
	}
	for (size_t i = 0; i < infos->others.count && shown < INFO_MAX; i++, shown++)
		write_info(out, infos, others[i]);
	return infos->rows.count + infos->others.count - shown;
}

/* Listeners that are not as they should be; with --extended all. A group has one series. */
static int append_infos(struct buf *out, const struct view *view, const struct order *order)
{
	struct infos infos = {.view = view, .order = order};
	struct buf line = BUF_INIT;
	int r = 0;

	append_head(out, "lsports_listener_info",
		    "1 for each listener that no rule expects, or that could not be judged; of "
		    "sockets that differ in no label there is one.");
	for (size_t at = 0; r >= 0 && at < order->count; at++)
		r = add_info(&infos, at, &line);
	if (r >= 0)
		r = fold_rows(infos.rows.data, infos.rows.count, INFO_MAX, NULL);
	if (r >= 0)
		append_gauge(out, "lsports_listener_info_left_out",
			     "Listeners without a series of lsports_listener_info, because there "
			     "are too many.",
			     write_infos(out, &infos));
	strpool_deinit(&infos.seen);
	array_deinit(&infos.rows);
	array_deinit(&infos.others);
	buf_deinit(&line);
	return r;
}

static void append_run(const struct view *view, bool is_success, bool is_complete, struct buf *out)
{
	append_head(out, "lsports_build_info", "1, with the version of lsports as a label.");
	buf_append_text(out, "lsports_build_info{");
	append_label(out, "version", view->version);
	buf_append_text(out, "} 1\n");
	append_gauge(out, "lsports_rules_present", "1 when the host has rules of its own.",
		     view->has_rules);
	append_gauge(
		out, "lsports_view_complete",
		"1 when nothing could hide from the run that wrote this, and it could judge all.",
		is_complete);
	append_gauge(out, "lsports_last_run_success",
		     "1 when the listeners could be read and judged.", is_success);
	append_gauge(out, "lsports_last_run_timestamp_seconds", "Unix time of the last run.",
		     (uint64_t)view->time_sec);
	append_head(out, "lsports_last_run_duration_seconds",
		    "Duration of the last run in seconds.");
	buf_printf(out, "lsports_last_run_duration_seconds %lld.%06lld\n",
		   (long long)view->duration_usec / 1000000,
		   (long long)view->duration_usec % 1000000);
}

void render_prometheus(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	struct counts counts = {0};
	struct order order;
	bool is_complete = view->has_rules ? lsp_snapshot_is_judged(snapshot)
					   : lsp_snapshot_is_complete(snapshot);
	int r = order_init(&order, view, snapshot, false);

	if (r >= 0)
		r = count_all(&counts, view, snapshot, &order);
	append_counts(&sink->buf, &counts);
	if (r >= 0)
		r = append_infos(&sink->buf, view, &order);
	append_run(view, !lsp_snapshot_is_blind(snapshot),
		   is_complete && !counts.changes[CHANGE_UNJUDGED], &sink->buf);
	render_fail(sink, r);
	order_deinit(&order);
}

/* A scrape must not see counts of a run that could not count. */
void render_prometheus_failure(const struct view *view, const struct error *error,
			       struct sink *sink)
{
	(void)error;
	append_run(view, false, false, &sink->buf);
}
