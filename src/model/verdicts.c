/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts and findings, kept beside the sockets of a sealed snapshot: filled once, by the judge,
 * and const from then on. Says nothing about a socket by itself.
 */
#include "model/verdicts.h"

#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>

/* Of one socket, made with the first that is judged. */
static struct snapshot_verdict *find_socket(struct lsp_snapshot *snapshot, size_t index)
{
	struct snapshot_verdicts *verdicts = &snapshot->verdicts;

	if (!verdicts->sockets)
		verdicts->sockets =
			calloc(socket_table_count(&snapshot->sockets), sizeof(*verdicts->sockets));
	return verdicts->sockets ? &verdicts->sockets[index] : NULL;
}

int verdicts_set(struct lsp_snapshot *snapshot, size_t index, enum lsp_verdict verdict,
		 const char *rule, const char *unknown)
{
	struct snapshot_verdict *socket = find_socket(snapshot, index);
	int r;

	if (!socket)
		return -ENOMEM;
	socket->verdict = (uint8_t)verdict;
	snapshot->verdicts.unjudged += verdict == LSP_VERDICT_UNJUDGED;
	r = strpool_add(&snapshot->strings, rule, &socket->rule);
	return r < 0 ? r : strpool_add(&snapshot->strings, unknown, &socket->unknown);
}

int verdicts_add_finding(struct lsp_snapshot *snapshot, size_t index,
			 const struct lsp_finding *finding)
{
	struct array *findings = &snapshot->verdicts.findings;
	struct snapshot_verdict *socket = find_socket(snapshot, index);
	struct lsp_finding *copy = socket ? array_add(findings, sizeof(*copy)) : NULL;

	if (!copy)
		return -ENOMEM;
	if (!socket->finding_count++)
		socket->first_finding = (uint32_t)findings->count - 1;
	*copy = *finding;
	return strpool_add(&snapshot->strings, finding->reason, &copy->reason);
}

int verdicts_add_missing(struct lsp_snapshot *snapshot, const struct lsp_missing *missing)
{
	struct lsp_missing *copy = array_add(&snapshot->verdicts.missing, sizeof(*copy));
	int r;

	if (!copy)
		return -ENOMEM;
	*copy = (struct lsp_missing){0};
	r = strpool_add(&snapshot->strings, missing->rule, &copy->rule);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, missing->text, &copy->text);
	return r < 0 ? r : strpool_add(&snapshot->strings, missing->reason, &copy->reason);
}

void verdicts_count_unchecked(struct lsp_snapshot *snapshot)
{
	snapshot->verdicts.unchecked++;
}

void verdicts_count_unread(struct lsp_snapshot *snapshot)
{
	snapshot->verdicts.unread++;
}
