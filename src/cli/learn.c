/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --learn: decides whether a view may be learned from; nothing is learned from one that is
 * incomplete, or of a listener whose rule would expect more than it. How rules are added to the
 * file is decided by learned_file.c.
 */
#include "learn.h"

#include "inspection.h"
#include "learned_file.h"
#include "cleanup.h"
#include "message.h"
#include "span.h"

#include <lsports/judgement.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Whoever makes many of them must not bury the rest. */
#define REFUSED_MAX 20

/* Names the listeners of which nobody can say whose they are. */
static void add_unlearned(const struct lsp_snapshot *snapshot, struct buf *messages)
{
	char address[LSP_ADDRESS_SIZE];

	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_judgement judgement;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		lsp_snapshot_judgement(snapshot, i, &judgement);
		if (socket.still_open != LSP_NO || judgement.verdict == LSP_VERDICT_EXPECTED)
			continue;
		lsp_endpoint_format_address(&socket.local, address);
		message_add(messages,
			    "not learned: %s/%u on %s, which closed before its owner was found",
			    lsp_protocol_word(socket.proto), socket.local.port, address);
	}
}

/* Listeners whose rule would expect more than them. */
struct unlearned {
	size_t count, first; /* the index of one of them */
};

/* A line for each of them. Return: 0 or -ENOMEM. */
static int find_unknown(const struct lsp_snapshot *snapshot, struct unlearned *out,
			struct buf *messages)
{
	*out = (struct unlearned){0};

	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		cleanup(cleanup_free) char *unknown = NULL;
		char address[LSP_ADDRESS_SIZE];
		struct lsp_judgement judgement;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		lsp_snapshot_judgement(snapshot, i, &judgement);
		/* No rule is written for one that closed. */
		if (!lsp_socket_is_listener(&socket) || socket.still_open == LSP_NO ||
		    judgement.verdict == LSP_VERDICT_EXPECTED)
			continue;
		unknown = lsp_rule_unknown(snapshot, i);
		if (!unknown)
			return -ENOMEM;
		if (!*unknown)
			continue;
		if (!out->count)
			out->first = i;
		if (out->count++ >= REFUSED_MAX)
			continue;
		lsp_endpoint_format_address(&socket.local, address);
		message_add(messages, "%s/%u on %s: not known: %s", lsp_protocol_word(socket.proto),
			    socket.local.port, address, unknown);
	}
	if (out->count > REFUSED_MAX)
		message_add(messages, "and %zu more", out->count - REFUSED_MAX);
	return 0;
}

/* "tcp/8080 user=root": nothing of it is unknown, and every shell and rule file takes it as it is.
 */
static void append_example(struct buf *out, const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;
	const char *user;

	lsp_snapshot_socket(snapshot, index, &socket);
	buf_printf(out, "%s/", lsp_protocol_word(socket.proto));
	if (socket.is_auto == LSP_YES)
		buf_append_text(out, "auto");
	else
		buf_printf(out, "%u", socket.local.port);
	user = socket.has_uid ? lsp_snapshot_user(snapshot, socket.uid) : NULL;
	if (user && isalpha((unsigned char)*user) && !user[strspn(user, SPAN_ALPHANUMERIC "-_")])
		buf_printf(out, " user=%s", user);
	else if (socket.has_uid)
		buf_printf(out, " uid=%u", socket.uid);
}

static int refuse_unknown(const struct lsp_snapshot *snapshot, const struct options *options,
			  const struct unlearned *unlearned, struct error *error)
{
	struct buf text = BUF_INIT;

	/* A recorded machine hides nothing from one user alone. */
	if (geteuid() != 0 && !options->sysroot) {
		buf_printf(&text,
			   "nothing learned: %zu listener%s facts that are hidden from this "
			   "user; run as root",
			   unlearned->count, unlearned->count == 1 ? " has" : "s have");
		return error_take(error, -EIO, &text);
	}
	buf_append_text(&text, "nothing learned: a rule without what is not known would expect "
			       "more than its listener; add a rule by hand that does not ask for "
			       "it, such as \"");
	append_example(&text, snapshot, unlearned->first);
	buf_printf(&text, "\", to %s, and learn again", options->learn);
	return error_take(error, -EIO, &text);
}

/* Why nothing is learned: 0 there is no reason, or a negative errno. */
static int find_refusal(const struct lsp_snapshot *snapshot, const struct options *options,
			struct error *error, struct buf *messages)
{
	struct unlearned unlearned;
	int r = find_unknown(snapshot, &unlearned, messages);

	if (r < 0)
		return error_note(error, r);
	if (lsp_snapshot_is_blind(snapshot) || !lsp_snapshot_lacks_facts_alone(snapshot))
		return error_set(error, -EIO,
				 "nothing learned: the view is incomplete, so every later check "
				 "would report what is hidden now");
	if (unlearned.count)
		return refuse_unknown(snapshot, options, &unlearned, error);
	return 0;
}

/* A finding of a listener that was learned, other than that no rule expected it. */
static const struct lsp_finding *find_doubt(const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_judgement judgement;

	lsp_snapshot_judgement(snapshot, index, &judgement);
	for (size_t i = 0; judgement.verdict != LSP_VERDICT_EXPECTED && i < judgement.finding_count;
	     i++) {
		const struct lsp_finding *finding = &judgement.findings[i];

		if (finding->id != LSP_FINDING_UNEXPECTED && finding->id != LSP_FINDING_CHANGED)
			return finding;
	}
	return NULL;
}

/* What was learned and still deserves a look. */
static void add_doubts(const struct lsp_snapshot *snapshot, struct buf *messages)
{
	size_t count = 0;

	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		const struct lsp_finding *doubt = find_doubt(snapshot, i);
		char address[LSP_ADDRESS_SIZE];
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (!doubt || socket.still_open == LSP_NO || count++ >= REFUSED_MAX)
			continue;
		lsp_endpoint_format_address(&socket.local, address);
		message_add(messages, "%s/%u on %s was learned with the finding %s: %s",
			    lsp_protocol_word(socket.proto), socket.local.port, address,
			    lsp_finding_word(doubt->id), lsp_finding_help(doubt->id));
	}
	if (count > REFUSED_MAX)
		message_add(messages, "and %zu more", count - REFUSED_MAX);
}

static enum status learn(struct inspection *inspection, const struct options *options,
			 struct learned_file *file, struct error *error, struct buf *messages)
{
	const struct lsp_snapshot *snapshot = inspection->snapshot;
	int r = find_refusal(snapshot, options, error, messages);
	size_t added;

	if (r < 0) {
		message_format_gaps(messages, snapshot, false);
		if (options->is_verbose)
			message_format_notes(messages, snapshot);
		return r == -ENOMEM ? STATUS_FAILED : STATUS_INCOMPLETE;
	}
	if (learned_file_commit(file, snapshot, inspection->query.view.time_sec, &added, error) < 0)
		return STATUS_FAILED;
	add_unlearned(snapshot, messages);
	add_doubts(snapshot, messages);
	message_add(messages, "%s: learned %zu rule%s", file->path, added, added == 1 ? "" : "s");
	return STATUS_SHOWN;
}

bool learn_is_asked(const struct options *options)
{
	return options->learn;
}

enum status learn_run(const struct options *options, const struct target *target,
		      struct buf *messages)
{
	struct learned_file file = LEARNED_FILE_INIT;
	struct inspection inspection = {0};
	struct error error = ERROR_INIT;
	enum status status = STATUS_FAILED;

	if (learned_file_open(&file, options->learn, &error) >= 0 &&
	    inspection_init(&inspection, options, target, &error) >= 0)
		status = learn(&inspection, options, &file, &error, messages);
	message_add_error(messages, &error);
	inspection_deinit(&inspection);
	learned_file_deinit(&file);
	error_deinit(&error);
	return status;
}
