/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that the machine has: ports with who holds them, processes, users, units. Only the facts
 * of the key are looked up: a walk over all processes takes longer than a person wants to wait for
 * TAB, so ports do without owners where there are many processes.
 */
#include "complete_live.h"

#include "array.h"
#include "root.h"

#include <lsports/judgement.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Measured: 3,000 processes take 80 to 120 ms, 400,000 descriptors a second; these below 30 ms. */
#define CHEAP_PROCESSES 500
#define CHEAP_FILES 6000

/* What the description of a port needs, without its owners. */
#define PORT_LOOKUPS ((unsigned)LSP_LOOKUP_CGROUP | LSP_LOOKUP_USERS)

struct found {
	char *value;
	char *description;
	size_t order; /* in which it was found */
};

struct gather {
	const struct completion *completion;
	const struct lsp_fact *key; /* whose values are gathered */
	struct lsp_subject subject; /* the current socket */
	struct array found;         /* struct found */
};

/* --- gathering --------------------------------------------------------------------------- */

/* When memory is short, values are missing: completion is no promise. */
static void add(struct gather *gather, const char *value, struct buf *description)
{
	struct found *found;

	if (!value || !complete_line_continues(gather->completion, value))
		return;
	found = array_add(&gather->found, sizeof(*found));
	if (!found)
		return;
	*found = (struct found){.value = strdup(value), .order = gather->found.count};
	found->description = found->value ? buf_take_text(description) : NULL;
	if (!found->description) {
		free(found->value);
		gather->found.count--;
	}
}

/* By number where there are some, then as it was found. */
static int compare_found(const void *a, const void *b)
{
	const struct found *left = a, *right = b;
	int order = strverscmp(left->value, right->value);

	return order ? order : (left->order > right->order) - (left->order < right->order);
}

static void offer_found(struct gather *gather, bool has_count)
{
	struct found *all = gather->found.data;
	size_t count = gather->found.count;
	struct buf text = BUF_INIT;

	if (!count)
		return;
	qsort(all, count, sizeof(*all), compare_found);
	for (size_t i = 0, next; i < count; i = next) {
		const struct found *found = &all[i];

		for (next = i + 1; next < count; next++)
			if (strcmp(all[next].value, found->value) != 0)
				break;
		buf_reset(&text);
		buf_append_text(&text, found->description);
		if (has_count && next - i > 1)
			buf_printf(&text, " +%zu", next - i - 1);
		complete_line_add_foreign(gather->completion, found->value, buf_text(&text));
	}
	buf_deinit(&text);
}

/* --- descriptions ---------------------------------------------------------------------------- */

static const char *find_service(const struct gather *gather)
{
	const struct lsp_subject *subject = &gather->subject;
	bool is_guess;

	return lsp_snapshot_service(subject->snapshot, subject->socket.proto,
				    subject->socket.local.port, &is_guess);
}

static const char *name_of(const struct lsp_owner *owner)
{
	const char *name = lsp_process_name(owner->process);

	return name ? name : "-";
}

/* "tcp/22 ssh", of the first socket that has the value; "sshd, tcp/22" of a number of @owner. */
static void add_value(struct gather *gather, const struct lsp_owner *owner,
		      const struct lsp_value *value, const char *text)
{
	const struct lsp_socket *socket = &gather->subject.socket;
	bool is_number = owner && value->kind == LSP_VALUE_NUMBER;
	const char *service = is_number ? NULL : find_service(gather);
	struct buf description = BUF_INIT;

	if (is_number)
		buf_printf(&description, "%s, ", name_of(owner));
	buf_printf(&description, "%s/%u", lsp_protocol_word(socket->proto), socket->local.port);
	if (service)
		buf_printf(&description, " %s", service);
	add(gather, text, &description);
	buf_deinit(&description);
}

/* A value of the key, of the socket or of @owner; words are known without the machine. */
static void add_fact(struct gather *gather, const struct lsp_owner *owner)
{
	const struct lsp_fact *fact = gather->key;
	char digits[LSP_FACT_DIGITS], address[LSP_ADDRESS_SIZE];
	struct lsp_value value;

	lsp_fact_get(fact, &gather->subject, owner, &value);
	if (value.kind == LSP_VALUE_NONE || value.kind == LSP_VALUE_LIST)
		return;
	if (value.kind == LSP_VALUE_ENDPOINT) {
		lsp_endpoint_format_address(value.endpoint, address);
		add_value(gather, owner, &value, address);
	} else {
		add_value(gather, owner, &value, lsp_fact_text(&value, digits));
	}
}

/* "ssh, sshd, any": service, program or else unit or user, scope. */
static void describe_port(const struct gather *gather, struct buf *out)
{
	const struct lsp_subject *subject = &gather->subject;
	const struct lsp_socket *socket = &subject->socket;
	const char *service = find_service(gather);
	const char *holder = socket->unit;

	if (subject->owner_count && lsp_process_name(subject->owners[0].process))
		holder = lsp_process_name(subject->owners[0].process);
	else if (!holder && socket->has_uid)
		holder = lsp_snapshot_user(subject->snapshot, socket->uid);
	if (service)
		buf_printf(out, "%s, ", service);
	if (holder)
		buf_printf(out, "%s, ", holder);
	buf_append_text(out, lsp_words_scope(lsp_endpoint_scope(&socket->local)));
}

/* Once a name is begun, names are offered too. */
static void add_port(struct gather *gather)
{
	const struct complete_context *context = &gather->completion->context;
	const char *part = gather->completion->word + context->kept;
	const struct lsp_socket *socket = &gather->subject.socket;
	struct buf text = BUF_INIT;
	char number[8];

	if (context->protos && !(context->protos & LSP_BIT(socket->proto)))
		return;
	snprintf(number, sizeof(number), "%u", socket->local.port);
	describe_port(gather, &text);
	add(gather, number, &text);
	buf_deinit(&text);
	if (!*part)
		return;
	buf_printf(&text, "%u, ", socket->local.port);
	describe_port(gather, &text);
	add(gather, find_service(gather), &text);
	buf_deinit(&text);
}

/* --- the inspection -------------------------------------------------------------------------- */

/* The link count of /proc is that of all processes, and a few. */
static bool is_walk_cheap(const char *sysroot)
{
	/* Open files of the whole machine, free ones, their limit: proc_sys_fs(5). */
	uint64_t files[3];
	struct root root;
	struct stat stat;
	bool is_cheap;

	if (root_init(&root, sysroot) < 0)
		return false;
	/* A recorded tree has no such file: nothing there is slow. */
	if (root_read_numbers(&root, "proc/sys/fs/file-nr", UINT64_MAX, files, 3) < 0)
		files[0] = 0;
	is_cheap = fstatat(root.fd, "proc", &stat, 0) == 0 && stat.st_nlink <= CHEAP_PROCESSES &&
		   files[0] <= CHEAP_FILES;
	root_deinit(&root);
	return is_cheap;
}

static void gather_all(struct gather *gather, const struct lsp_snapshot *snapshot)
{
	size_t count = lsp_snapshot_count(snapshot);

	for (size_t i = 0; i < count; i++) {
		lsp_subject_init(&gather->subject, snapshot, i);
		if (gather->key->type == LSP_FACT_PORT)
			add_port(gather);
		else if (gather->key->of == LSP_FACT_OF_SOCKET)
			add_fact(gather, NULL);
		for (size_t o = 0;
		     gather->key->of == LSP_FACT_OF_OWNER && o < gather->subject.owner_count; o++)
			add_fact(gather, &gather->subject.owners[o]);
	}
}

static void gather_free(struct gather *gather)
{
	struct found *found = gather->found.data;

	for (size_t i = 0; i < gather->found.count; i++) {
		free(found[i].value);
		free(found[i].description);
	}
	array_deinit(&gather->found);
}

void complete_live_add(const struct completion *completion, const struct options *options)
{
	const bool is_key = completion->context.kind == COMPLETE_CONTEXT_KEY;
	struct gather gather = {
		.completion = completion,
		.key = is_key ? completion->context.key : lsp_fact_find("port"),
	};
	struct lsp_query query = {
		.protos = options->protos ? options->protos : lsp_protocol_all(),
		.families = options->families ? options->families : LSP_BIT(LSP_FAMILY_COUNT) - 1,
		.listeners = true,
		.lookups = (is_key ? lsp_fact_lookups(gather.key) : PORT_LOOKUPS) |
			   LSP_LOOKUP_SERVICES,
		.source = (enum lsp_source)options->source,
		.owners = (enum lsp_owners)options->owners,
		.netns = options->netns.data,
		.netns_count = options->netns.count,
		.all_netns = options->has_all_netns,
		.root = options->sysroot,
		.names = completion->names,
	};
	struct lsp_snapshot *snapshot;

	if (!is_key && is_walk_cheap(options->sysroot))
		query.lookups |= LSP_LOOKUP_OWNERS;
	if (lsp_collect(&query, &snapshot, NULL) == 0) {
		gather_all(&gather, snapshot);
		offer_found(&gather, is_key);
		gather_free(&gather);
		lsp_snapshot_free(snapshot);
	}
}
