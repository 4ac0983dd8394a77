/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts and findings, kept beside the sockets of a sealed snapshot: filled once, by the judge,
 * and const from then on. Says nothing about a socket by itself.
 */
#include "model/snapshot_data.h"

#include <errno.h>
#include <stdlib.h>

void judged_deinit(struct judged *judged)
{
	strpool_deinit(&judged->strings);
	free(judged->sockets);
	free(judged->findings);
	free(judged->finding_texts);
	free(judged->missing);
	free(judged->missing_texts);
	*judged = (struct judged){0};
}

/* --- fill ------------------------------------------------------------------------------- */

/* Of one socket, made with the first that is judged. */
static struct judged_socket *find_socket(struct lsp_snapshot *snapshot, size_t index)
{
	struct judged *judged = &snapshot->judged;

	if (!judged->sockets)
		judged->sockets = calloc(snapshot->sockets.count, sizeof(*judged->sockets));
	return judged->sockets ? &judged->sockets[index] : NULL;
}

int snapshot_set_verdict(struct lsp_snapshot *snapshot, size_t index, enum lsp_verdict verdict,
			 const char *rule)
{
	struct judged_socket *socket = find_socket(snapshot, index);

	if (!socket)
		return -ENOMEM;
	socket->verdict = (uint8_t)verdict;
	return strpool_add(&snapshot->judged.strings, rule, &socket->rule);
}

static size_t more_than(size_t capacity)
{
	return capacity ? capacity * 2 : 16;
}

static int make_room_for_finding(struct judged *judged)
{
	size_t capacity = more_than(judged->finding_capacity);
	struct lsp_finding *findings;
	struct judged_text *texts;

	if (judged->finding_count < judged->finding_capacity)
		return 0;
	findings = reallocarray(judged->findings, capacity, sizeof(*findings));
	if (!findings)
		return -ENOMEM;
	judged->findings = findings;
	texts = reallocarray(judged->finding_texts, capacity, sizeof(*texts));
	if (!texts)
		return -ENOMEM;
	judged->finding_texts = texts;
	judged->finding_capacity = capacity;
	return 0;
}

int snapshot_add_finding(struct lsp_snapshot *snapshot, size_t index, enum lsp_finding_id id,
			 const char *reason)
{
	struct judged *judged = &snapshot->judged;
	struct judged_socket *socket = find_socket(snapshot, index);
	int r = socket ? make_room_for_finding(judged) : -ENOMEM;

	if (r < 0)
		return r;
	if (!socket->finding_count)
		socket->first_finding = (uint32_t)judged->finding_count;
	judged->findings[judged->finding_count] = (struct lsp_finding){.id = id};
	judged->finding_texts[judged->finding_count] = (struct judged_text){0};
	r = strpool_add(&judged->strings, reason,
			&judged->finding_texts[judged->finding_count].reason);
	if (r < 0)
		return r;
	judged->finding_count++;
	socket->finding_count++;
	return 0;
}

static int make_room_for_missing(struct judged *judged)
{
	size_t capacity = more_than(judged->missing_capacity);
	struct lsp_missing *missing;
	struct judged_text *texts;

	if (judged->missing_count < judged->missing_capacity)
		return 0;
	missing = reallocarray(judged->missing, capacity, sizeof(*missing));
	if (!missing)
		return -ENOMEM;
	judged->missing = missing;
	texts = reallocarray(judged->missing_texts, capacity, sizeof(*texts));
	if (!texts)
		return -ENOMEM;
	judged->missing_texts = texts;
	judged->missing_capacity = capacity;
	return 0;
}

int snapshot_add_missing(struct lsp_snapshot *snapshot, const struct lsp_missing *missing)
{
	struct judged *judged = &snapshot->judged;
	int r = make_room_for_missing(judged);
	struct judged_text *texts;

	if (r < 0)
		return r;
	texts = &judged->missing_texts[judged->missing_count];
	r = strpool_add(&judged->strings, missing->rule, &texts->rule);
	if (r >= 0)
		r = strpool_add(&judged->strings, missing->text, &texts->text);
	if (r >= 0)
		r = strpool_add(&judged->strings, missing->reason, &texts->reason);
	if (r >= 0)
		judged->missing_count++;
	return r;
}

void snapshot_count_unasked(struct lsp_snapshot *snapshot)
{
	snapshot->judged.unasked++;
}

int snapshot_seal_judgement(struct lsp_snapshot *snapshot)
{
	struct judged *judged = &snapshot->judged;

	/* No string is added from here on, so pointers into the pool stay. */
	for (size_t i = 0; i < judged->finding_count; i++)
		judged->findings[i].reason =
			strpool_find(&judged->strings, judged->finding_texts[i].reason);
	for (size_t i = 0; i < judged->missing_count; i++) {
		const struct judged_text *texts = &judged->missing_texts[i];

		judged->missing[i] = (struct lsp_missing){
			.rule = strpool_find(&judged->strings, texts->rule),
			.text = strpool_find(&judged->strings, texts->text),
			.reason = strpool_find(&judged->strings, texts->reason),
		};
	}
	return 0;
}

/* --- read ------------------------------------------------------------------------------- */

uint32_t lsp_netns_at(const struct lsp_snapshot *snapshot, size_t index)
{
	const uint32_t *netns = snapshot->netns.data;

	return index < snapshot->netns.count ? netns[index] : 0;
}

bool snapshot_is_one_place(const struct lsp_snapshot *snapshot, size_t a, size_t b)
{
	return socket_table_is_one_place(&snapshot->sockets, &snapshot->strings, a, b);
}

bool snapshot_is_masked(const struct lsp_snapshot *snapshot)
{
	return snapshot->walk.is_masked;
}

void lsp_snapshot_judgement(const struct lsp_snapshot *snapshot, size_t index,
			    struct lsp_judgement *out)
{
	const struct judged *judged = &snapshot->judged;
	const struct judged_socket *socket;

	*out = (struct lsp_judgement){0};
	if (!judged->sockets)
		return;
	socket = &judged->sockets[index];
	out->verdict = (enum lsp_verdict)socket->verdict;
	out->rule = strpool_find(&judged->strings, socket->rule);
	out->finding_count = socket->finding_count;
	if (socket->finding_count)
		out->findings = &judged->findings[socket->first_finding];
}

const struct lsp_missing *lsp_snapshot_missing(const struct lsp_snapshot *snapshot, size_t *count)
{
	*count = snapshot->judged.missing_count;
	return snapshot->judged.missing;
}

size_t lsp_snapshot_unasked(const struct lsp_snapshot *snapshot)
{
	return snapshot->judged.unasked;
}
