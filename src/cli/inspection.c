/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the query to a judged snapshot and the rows that selectors match. Prints nothing: what went
 * wrong is put into words for the caller.
 */
#include "inspection.h"

#include "kept.h"
#include "message.h"
#include "root.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The name of the machine, or the one in a recorded tree. */
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
 * A plain listing is shown even if rules have an error or only root may read them: what listens
 * does not depend on them.
 */
static bool is_only_listing(const struct inspection *inspection, const struct options *options)
{
	return !options->expected.count && !options->learn && !inspection->query.is_check &&
	       !(inspection->query.format->lookups & LSP_LOOKUP_FINDINGS) &&
	       !lsp_selector_has(inspection->query.selector, "finding");
}

static void begin_rules(struct inspection *inspection, const struct options *options)
{
	bool is_named = options->expected.count > 0;

	/* Where nobody asks for a verdict, rules are not read. */
	if (inspection->query.scope.lookups & LSP_LOOKUP_FINDINGS)
		inspection->rules =
			lsp_rules_new(is_named ? options->expected.data : NULL,
				      options->expected.count, options->learn, options->sysroot);
}

static int end_rules(struct inspection *inspection, const struct options *options,
		     struct error *error)
{
	struct query *query = &inspection->query;
	bool is_listing = is_only_listing(inspection, options);
	int r;

	if (!(query->scope.lookups & LSP_LOOKUP_FINDINGS))
		return 0;
	if (!inspection->rules)
		return -ENOMEM;
	r = lsp_rules_load(inspection->rules, is_listing ? &inspection->rules_error : error);
	if (r < 0) {
		lsp_rules_free(inspection->rules);
		inspection->rules = NULL;
	}
	if (r < 0 && r != -ENOMEM && is_listing) {
		error_add(&inspection->rules_error, r,
			  "listeners are not judged without these rules");
		query->scope.lookups &= ~(unsigned)LSP_LOOKUP_FINDINGS;
		query->view.is_unjudged = true;
		return 0;
	}
	if (r < 0)
		return r;
	query->view.has_rules = lsp_rules_exist(inspection->rules);
	if (query->format->lookups & LSP_LOOKUP_FINDINGS && query->view.has_rules)
		query->judge_flags |= LSP_JUDGE_ALL;
	return 0;
}

static int select_rows(struct inspection *inspection, const struct options *options)
{
	struct view *view = &inspection->query.view;
	size_t count = lsp_snapshot_count(inspection->snapshot);

	if (!options->selector_count)
		return 0;
	inspection->rows = calloc(count + 1, sizeof(*inspection->rows));
	if (!inspection->rows)
		return -ENOMEM;
	view->rows = inspection->rows;
	view->is_scope = lsp_selector_is_scope(inspection->query.selector);
	for (size_t i = 0; i < count; i++) {
		switch (lsp_selector_match(inspection->query.selector, inspection->snapshot, i)) {
		case LSP_YES:
			inspection->rows[view->row_count++] = (uint32_t)i;
			break;
		case LSP_UNKNOWN:
			inspection->unknown++;
			break;
		case LSP_NO:
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

int inspection_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot,
		       struct error *error)
{
	struct error failure = ERROR_INIT;
	const char *line;
	size_t size;
	int r = lsp_collect(query, snapshot, &failure);
	/* -EINVAL is a query that makes no sense, not a machine that cannot be read. */
	const char *before = r == -EINVAL ? "" : "nothing could be read: ";

	if (r < 0)
		error_reset(error);
	for (size_t i = 0; r < 0 && (line = error_line(&failure, i, &size)); i++)
		error_add(error, r, "%s%.*s", i ? "" : before, (int)size, line);
	error_deinit(&failure);
	return r;
}

static int collect(struct inspection *inspection, struct error *error)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	inspection->query.view.time_sec = now.tv_sec;
	inspection->query.scope.deadline = query_deadline(&inspection->query);
	return inspection_collect(&inspection->query.scope, &inspection->snapshot, error);
}

/* Is there a listener that a line would report? */
static bool has_reported(const struct lsp_snapshot *snapshot)
{
	struct lsp_judgement judgement;

	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		lsp_snapshot_judgement(snapshot, i, &judgement);
		if (judgement.verdict == LSP_VERDICT_UNEXPECTED ||
		    judgement.verdict == LSP_VERDICT_UNJUDGED)
			return true;
	}
	return false;
}

/* Names of users may come from far away: nobody is asked before a rule, or a difference that is
 * shown, needs one.
 */
static int judge(const struct inspection *inspection)
{
	struct lsp_snapshot *snapshot = inspection->snapshot;
	int r;

	if (!inspection->rules)
		return 0;
	r = lsp_rules_need_users(inspection->rules, snapshot);
	if (r > 0)
		r = lsp_resolve_users(snapshot);
	if (r >= 0)
		r = lsp_judge(snapshot, inspection->rules, inspection->query.judge_flags);
	if (r >= 0 && inspection->query.has_late_users && has_reported(snapshot))
		r = lsp_resolve_users(snapshot);
	return r;
}

/* Long rules are read while sockets are collected. An error in them is reported before one of the
 * latter.
 */
static int inspect_first(struct inspection *inspection, const struct options *options,
			 struct error *error)
{
	int64_t start = now_usec();
	struct error failure = ERROR_INIT;
	int r, collected;

	inspection->query.view.version = LSP_VERSION;
	inspection->query.view.host = load_host(options->sysroot, &inspection->host);
	begin_rules(inspection, options);
	collected = collect(inspection, &failure);
	r = end_rules(inspection, options, error);
	if (r >= 0 && collected < 0) {
		r = collected;
		error_deinit(error);
		*error = failure;
		failure = ERROR_INIT;
	}
	error_deinit(&failure);
	if (r >= 0)
		r = judge(inspection);
	inspection->query.view.duration_usec = now_usec() - start;
	if (r < 0) {
		lsp_snapshot_free(inspection->snapshot);
		inspection->snapshot = NULL;
	}
	return r;
}

int inspection_init(struct inspection *inspection, const struct options *options,
		    const struct target *target, struct error *error)
{
	int r;

	*inspection = (struct inspection){0};
	r = query_init(&inspection->query, options, target, error);
	if (r >= 0)
		r = inspect_first(inspection, options, error);
	/* A watch reads everything again and again. */
	if (r >= 0 && !options->watch)
		r = kept_limit_again(options, error);
	if (r >= 0)
		r = select_rows(inspection, options);
	return error_note(error, r);
}

int inspection_again(struct inspection *inspection, const struct options *options,
		     struct error *error)
{
	struct inspection old = *inspection;
	int64_t start = now_usec();
	int r;

	inspection->snapshot = NULL;
	inspection->rows = NULL;
	inspection->unknown = 0;
	inspection->query.view.rows = NULL;
	inspection->query.view.row_count = 0;
	r = collect(inspection, error);
	if (r >= 0)
		r = judge(inspection);
	if (r >= 0)
		r = select_rows(inspection, options);
	inspection->query.view.duration_usec = now_usec() - start;
	if (r < 0) {
		lsp_snapshot_free(inspection->snapshot);
		free(inspection->rows);
		*inspection = old;
		return error_note(error, r);
	}
	lsp_snapshot_free(old.snapshot);
	free(old.rows);
	return 0;
}

void inspection_deinit(struct inspection *inspection)
{
	lsp_snapshot_free(inspection->snapshot);
	lsp_rules_free(inspection->rules);
	query_deinit(&inspection->query);
	error_deinit(&inspection->rules_error);
	buf_deinit(&inspection->host);
	free(inspection->rows);
	*inspection = (struct inspection){0};
}

bool inspection_is_judged(const struct inspection *inspection)
{
	return lsp_snapshot_is_judged(inspection->snapshot) && !inspection->unknown;
}

bool inspection_is_complete(const struct inspection *inspection)
{
	return lsp_snapshot_is_complete(inspection->snapshot) && !inspection->unknown;
}

size_t inspection_find_unjudged(const struct inspection *inspection, size_t *count)
{
	const struct view *view = &inspection->query.view;
	size_t rows = lsp_snapshot_unjudged(inspection->snapshot)
			      ? view_row_count(view, inspection->snapshot)
			      : 0;
	size_t first = 0;

	*count = 0;
	for (size_t i = 0; i < rows; i++) {
		struct lsp_judgement judgement;

		lsp_snapshot_judgement(inspection->snapshot, view_row(view, i), &judgement);
		if (judgement.verdict == LSP_VERDICT_UNJUDGED && !(*count)++)
			first = view_row(view, i);
	}
	return first;
}

bool inspection_fails_strict(const struct inspection *inspection, const struct options *options)
{
	size_t unjudged;

	if (!options->is_strict)
		return false;
	inspection_find_unjudged(inspection, &unjudged);
	return unjudged || !inspection_is_complete(inspection);
}

bool inspection_has_failed(const struct inspection *inspection)
{
	int bad_rules = inspection->rules_error.number;

	/* Rules that only root may read are no failure of a listing. */
	return lsp_snapshot_is_blind(inspection->snapshot) || (bad_rules && bad_rules != -EACCES);
}

int inspection_check_blind(const struct lsp_snapshot *snapshot, struct error *error)
{
	struct buf line = BUF_INIT;
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	if (!lsp_snapshot_is_blind(snapshot))
		return 0;
	error_reset(error);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&line);
		message_describe_gap(&line, &gaps[i]);
		error_add(error, -EIO, "%s", buf_text(&line) ? line.data : gaps[i].what);
	}
	buf_deinit(&line);
	return -EIO;
}
