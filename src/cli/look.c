/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the question to a judged snapshot and the rows that are meant. Prints nothing: what went
 * wrong is put into words for who asked.
 */
#include "look.h"

#include "message.h"
#include "root.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int refuse(struct buf *messages, char *text)
{
	if (!text)
		return -ENOMEM;
	message_format_line(messages, text);
	free(text);
	return -EINVAL;
}

/* The name of the machine that is looked at: of a recorded tree, the one that stands in it. */
static const char *load_host(const char *sysroot, struct buf *out)
{
	struct root root;
	int r;

	if (!sysroot) {
		if (buf_reserve(out, HOST_NAME_MAX + 1) < 0 ||
		    gethostname(out->data, HOST_NAME_MAX + 1) < 0)
			return NULL;
		return out->data;
	}
	r = root_init(&root, sysroot);
	if (r == 0)
		r = root_read(&root, "proc/sys/kernel/hostname", out, HOST_NAME_MAX + 1);
	root_deinit(&root);
	if (r < 0 || !buf_text(out))
		return NULL;
	out->data[strcspn(out->data, "\n")] = '\0';
	return out->data;
}

/*
 * Rules that only root may read, or that have an error, are no reason to show nothing at all: what
 * listens does not depend on them.
 */
static bool is_only_listing(const struct look *look, const struct options *options)
{
	return !options->expected.count && !options->learn && !look->query.is_check &&
	       !(look->query.format->facts & LSP_FACT_FINDINGS) &&
	       !lsp_selector_has(look->query.selector, "finding");
}

static void begin_rules(struct look *look, const struct options *options)
{
	bool is_named = options->expected.count > 0;

	/* Rules cost nothing where nobody asks for a verdict. */
	if (look->query.scope.facts & LSP_FACT_FINDINGS)
		look->loading =
			lsp_rules_begin(is_named ? options->expected.items : NULL,
					options->expected.count, options->learn, options->sysroot);
}

static int end_rules(struct look *look, const struct options *options, struct buf *messages)
{
	struct query *query = &look->query;
	char *reason = NULL;
	int r;

	if (!(query->scope.facts & LSP_FACT_FINDINGS))
		return 0;
	r = lsp_rules_end(look->loading, &look->rules, &reason);
	look->loading = NULL;
	if (r < 0 && reason)
		message_format_lines(messages, reason);
	free(reason);
	if (r < 0 && r != -ENOMEM && is_only_listing(look, options)) {
		message_format_line(messages, "without these rules nothing is judged");
		query->scope.facts &= ~(unsigned)LSP_FACT_FINDINGS;
		query->view.is_unjudged = true;
		look->has_bad_rules = r != -EACCES;
		return 0;
	}
	if (r < 0)
		return r;
	query->scope.rules = look->rules;
	query->view.has_rules = lsp_rules_exist(look->rules);
	if (query->format->facts & LSP_FACT_FINDINGS && query->view.has_rules)
		query->scope.judges_all = true;
	return 0;
}

static int select_rows(struct look *look, const struct options *options)
{
	struct view *view = &look->query.view;
	size_t count = lsp_snapshot_count(look->snapshot);

	if (!options->selector_count)
		return 0;
	look->rows = calloc(count + 1, sizeof(*look->rows));
	if (!look->rows)
		return -ENOMEM;
	view->rows = look->rows;
	view->is_scope = lsp_selector_is_scope(look->query.selector);
	for (size_t i = 0; i < count; i++) {
		switch (lsp_selector_match(look->query.selector, look->snapshot, i)) {
		case LSP_KNOWN_YES:
			look->rows[view->row_count++] = (uint32_t)i;
			break;
		case LSP_KNOWN_NOT:
			look->unknown++;
			break;
		case LSP_KNOWN_NO:
			break;
		}
	}
	return 0;
}

static int64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int collect(struct look *look, struct buf *messages)
{
	struct timespec now;
	char *reason = NULL;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	look->query.view.time_sec = now.tv_sec;
	r = lsp_collect(&look->query.scope, &look->snapshot, &reason);
	if (r < 0)
		message_format_failure(messages, r, reason);
	free(reason);
	return r;
}

static int judge(const struct look *look)
{
	return look->rules ? lsp_judge(&look->query.scope, look->snapshot) : 0;
}

/* Rules are read while sockets are collected. What is wrong with them comes first. */
static int look_first(struct look *look, const struct options *options, struct buf *messages)
{
	int64_t start = now_usec();
	struct buf failure = BUF_INIT;
	int r, collected;

	look->query.view.version = LSP_VERSION;
	look->query.view.host = load_host(options->sysroot, &look->host);
	begin_rules(look, options);
	collected = collect(look, &failure);
	r = end_rules(look, options, messages);
	if (r >= 0) {
		r = collected;
		buf_append(messages, failure.data, failure.size);
	}
	buf_deinit(&failure);
	if (r >= 0)
		r = judge(look);
	look->query.view.duration_usec = now_usec() - start;
	if (r < 0) {
		lsp_snapshot_free(look->snapshot);
		look->snapshot = NULL;
	}
	return r;
}

int look_init(struct look *look, const struct options *options, const struct query_output *output,
	      struct buf *messages)
{
	char *message = NULL;
	int r;

	*look = (struct look){0};
	r = query_init(&look->query, options, output, &message);
	if (r < 0)
		r = refuse(messages, message);
	else
		r = look_first(look, options, messages);
	if (r >= 0)
		r = select_rows(look, options);
	/* A failure that found no words is one of memory. */
	if (r < 0 && !messages->size)
		messages->error = -ENOMEM;
	return r;
}

int look_again(struct look *look, const struct options *options, struct buf *messages)
{
	struct look old = *look;
	int64_t start = now_usec();
	int r;

	look->snapshot = NULL;
	look->rows = NULL;
	look->unknown = 0;
	look->query.view.rows = NULL;
	look->query.view.row_count = 0;
	r = collect(look, messages);
	if (r >= 0)
		r = judge(look);
	if (r >= 0)
		r = select_rows(look, options);
	look->query.view.duration_usec = now_usec() - start;
	if (r < 0) {
		lsp_snapshot_free(look->snapshot);
		free(look->rows);
		*look = old;
		if (!messages->size)
			messages->error = -ENOMEM;
		return r;
	}
	lsp_snapshot_free(old.snapshot);
	free(old.rows);
	return 0;
}

void look_deinit(struct look *look)
{
	lsp_snapshot_free(look->snapshot);
	lsp_rules_free(look->rules);
	query_deinit(&look->query);
	buf_deinit(&look->host);
	free(look->rows);
	*look = (struct look){0};
}

bool look_is_incomplete(const struct look *look)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(look->snapshot, &count);

	for (size_t i = 0; i < count; i++)
		if (gaps[i].hides)
			return true;
	return false;
}

bool look_has_failed(const struct look *look)
{
	return look_is_blind(look->snapshot) || look->has_bad_rules;
}

bool look_is_blind(const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++)
		if (gaps[i].is_blind)
			return true;
	return false;
}
