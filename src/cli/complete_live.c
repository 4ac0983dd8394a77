/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that the machine knows: ports with what stands behind them, processes, users, units. Asks
 * for the facts of the key alone: a walk over all processes takes longer than a person wants to
 * wait for TAB, so ports do without where there are many.
 */
#include "complete.h"

#include "num.h"
#include "root.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Measured: 3,000 processes take 80 to 120 ms, 400,000 descriptors a second; these below 30 ms. */
#define CHEAP_PROCESSES 500
#define CHEAP_FILES 6000

struct found {
	char *value;
	char *description;
	size_t order; /* in which it was found */
};

struct gather {
	const struct completion *completion;
	const struct lsp_snapshot *snapshot;
	struct lsp_socket socket; /* the one that is looked at */
	const struct lsp_owner *owners;
	size_t owner_count;
	struct found *found;
	size_t count, capacity;
};

/* --- gathering --------------------------------------------------------------------------- */

/* What does not fit is gone when memory is short: completion is no promise. */
static void add(struct gather *gather, const char *value, struct buf *description)
{
	struct found *found;
	const char *part = gather->completion->word + gather->completion->place.kept;

	if (!value || strncmp(value, part, strlen(part)) != 0)
		return;
	if (gather->count == gather->capacity) {
		size_t capacity = gather->capacity ? 2 * gather->capacity : 64;

		found = reallocarray(gather->found, capacity, sizeof(*found));
		if (!found)
			return;
		gather->found = found;
		gather->capacity = capacity;
	}
	found = &gather->found[gather->count];
	*found = (struct found){.value = strdup(value), .order = gather->count};
	found->description = found->value ? buf_take_text(description) : NULL;
	if (found->description)
		gather->count++;
	else
		free(found->value);
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
	struct buf text = BUF_INIT;

	if (!gather->count)
		return;
	qsort(gather->found, gather->count, sizeof(*gather->found), compare_found);
	for (size_t i = 0, next; i < gather->count; i = next) {
		const struct found *found = &gather->found[i];

		for (next = i + 1; next < gather->count; next++)
			if (strcmp(gather->found[next].value, found->value) != 0)
				break;
		buf_reset(&text);
		buf_append_text(&text, found->description);
		if (has_count && next - i > 1)
			buf_printf(&text, " +%zu", next - i - 1);
		complete_offer(gather->completion, found->value, buf_text(&text));
	}
	buf_deinit(&text);
}

/* --- what is told beside a value ----------------------------------------------------------- */

static const char *find_service(const struct gather *gather)
{
	bool is_guess;

	return lsp_service_name(gather->snapshot, gather->socket.proto, gather->socket.local.port,
				&is_guess);
}

/* "tcp/22 ssh", of the first socket that has the value. */
static void add_socket(struct gather *gather, const char *value)
{
	struct buf text = BUF_INIT;
	const char *service = find_service(gather);

	buf_printf(&text, "%s/%u", lsp_proto_word(gather->socket.proto), gather->socket.local.port);
	if (service)
		buf_printf(&text, " %s", service);
	add(gather, value, &text);
	buf_deinit(&text);
}

/* "ssh, sshd, any": service, program or else unit or user, scope. */
static void describe_port(const struct gather *gather, struct buf *out)
{
	const struct lsp_socket *socket = &gather->socket;
	const char *service = find_service(gather);
	const char *holder = socket->unit;

	if (gather->owner_count && gather->owners[0].process->comm)
		holder = gather->owners[0].process->comm;
	else if (!holder && socket->has_uid)
		holder = lsp_user_name(gather->snapshot, socket->uid);
	if (service)
		buf_printf(out, "%s, ", service);
	if (holder)
		buf_printf(out, "%s, ", holder);
	buf_append_text(out, lsp_scope_word(lsp_scope_of(socket->family, socket->local.address)));
}

/* --- values of one socket -------------------------------------------------------------------- */

/* A name is offered to who has begun one, a number else. */
static void add_port(struct gather *gather)
{
	const struct complete_place *place = &gather->completion->place;
	const char *part = gather->completion->word + place->kept;
	struct buf text = BUF_INIT;
	char number[8];

	if (place->protos && !(place->protos & LSP_BIT(gather->socket.proto)))
		return;
	snprintf(number, sizeof(number), "%u", gather->socket.local.port);
	describe_port(gather, &text);
	add(gather, number, &text);
	buf_deinit(&text);
	if (!*part)
		return;
	buf_printf(&text, "%u, ", gather->socket.local.port);
	describe_port(gather, &text);
	add(gather, find_service(gather), &text);
	buf_deinit(&text);
}

static void add_address(struct gather *gather)
{
	char text[LSP_ADDRESS_SIZE];

	lsp_address_format(gather->socket.family, gather->socket.local.address, text);
	add_socket(gather, text);
}

static void add_interface(struct gather *gather)
{
	add_socket(gather, gather->socket.interface);
}

static void add_pid(struct gather *gather)
{
	for (size_t i = 0; i < gather->owner_count; i++) {
		const struct lsp_process *process = gather->owners[i].process;
		struct buf text = BUF_INIT;
		char number[12];

		snprintf(number, sizeof(number), "%u", process->pid);
		buf_printf(&text, "%s, %s/%u", process->comm ? process->comm : "-",
			   lsp_proto_word(gather->socket.proto), gather->socket.local.port);
		add(gather, number, &text);
		buf_deinit(&text);
	}
}

static void add_process(struct gather *gather)
{
	for (size_t i = 0; i < gather->owner_count; i++)
		add_socket(gather, gather->owners[i].process->comm);
}

static void add_exe(struct gather *gather)
{
	for (size_t i = 0; i < gather->owner_count; i++)
		add_socket(gather, gather->owners[i].process->exe);
}

static void add_number(struct gather *gather, uint32_t number)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", number);
	add_socket(gather, text);
}

static void add_uid(struct gather *gather)
{
	if (gather->socket.has_uid)
		add_number(gather, gather->socket.uid);
}

static void add_user(struct gather *gather)
{
	const char *name =
		gather->socket.has_uid ? lsp_user_name(gather->snapshot, gather->socket.uid) : NULL;

	if (name)
		add_socket(gather, name);
	else
		add_uid(gather);
}

static void add_unit(struct gather *gather)
{
	add_socket(gather, gather->socket.unit);
}

static void add_container(struct gather *gather)
{
	add_socket(gather, gather->socket.container);
}

static void add_inode(struct gather *gather)
{
	if (gather->socket.inode)
		add_number(gather, gather->socket.inode);
}

static const struct live {
	const char *key;
	unsigned facts;
	void (*add)(struct gather *gather);
} lives[] = {
	{"port", LSP_FACT_CGROUP | LSP_FACT_USERS, add_port},
	{"address", 0, add_address},
	{"interface", 0, add_interface},
	{"pid", LSP_FACT_OWNERS, add_pid},
	{"process", LSP_FACT_OWNERS, add_process},
	{"exe", LSP_FACT_OWNERS | LSP_FACT_EXE, add_exe},
	{"user", LSP_FACT_USERS, add_user},
	{"uid", 0, add_uid},
	{"unit", LSP_FACT_CGROUP, add_unit},
	{"container", LSP_FACT_CGROUP, add_container},
	{"inode", 0, add_inode},
};

static const struct live *find_live(const char *key)
{
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		if (strcmp(lives[i].key, key) == 0)
			return &lives[i];
	return NULL;
}

bool complete_is_live(const char *key)
{
	return find_live(key) != NULL;
}

/* --- the look -----------------------------------------------------------------------------------
 */

/* How many open files the kernel counts; 0 where that is not told, as in a recorded tree. */
static uint64_t read_open_files(const struct root *root)
{
	struct buf text = BUF_INIT;
	const char *cursor;
	uint64_t count = 0;

	if (root_read(root, "proc/sys/fs/file-nr", &text, 256) == 0) {
		cursor = text.data;
		num_take(&cursor, cursor + text.size, 10, UINT64_MAX, &count);
	}
	buf_deinit(&text);
	return count;
}

/* The link count of /proc is that of all processes, and a few. */
static bool is_walk_cheap(const char *sysroot)
{
	struct root root;
	struct stat stat;
	bool is_cheap;

	if (root_init(&root, sysroot) < 0)
		return false;
	is_cheap = fstatat(root.fd, "proc", &stat, 0) == 0 && stat.st_nlink <= CHEAP_PROCESSES &&
		   read_open_files(&root) <= CHEAP_FILES;
	root_deinit(&root);
	return is_cheap;
}

static void gather_all(struct gather *gather, const struct live *live)
{
	size_t count = lsp_snapshot_count(gather->snapshot);

	for (size_t i = 0; i < count; i++) {
		lsp_snapshot_socket(gather->snapshot, i, &gather->socket);
		gather->owner_count = 0;
		gather->owners = lsp_snapshot_owners(gather->snapshot, &gather->socket,
						     &gather->owner_count);
		live->add(gather);
	}
}

static void gather_free(struct gather *gather)
{
	for (size_t i = 0; i < gather->count; i++) {
		free(gather->found[i].value);
		free(gather->found[i].description);
	}
	free(gather->found);
}

void complete_offer_live(const struct completion *completion, const struct options *options)
{
	const bool is_key = completion->place.kind == COMPLETE_KIND_KEY;
	const struct live *live =
		find_live(is_key ? lsp_key_at(completion->place.key)->word : "port");
	struct gather gather = {.completion = completion};
	struct lsp_query query = {
		.protos = options->protos ? options->protos : LSP_BIT(LSP_PROTO_COUNT) - 1,
		.families = options->families ? options->families : LSP_BIT(LSP_FAMILY_COUNT) - 1,
		.listeners = true,
		.facts = live->facts | LSP_FACT_SERVICES,
		.source = (enum lsp_source)options->source,
		.owners = (enum lsp_owners)options->owners,
		.netns = options->netns.items,
		.netns_count = options->netns.count,
		.all_netns = options->has_all_netns,
		.root = options->sysroot,
	};
	struct lsp_snapshot *snapshot;
	char *reason = NULL;

	if (!is_key && is_walk_cheap(options->sysroot))
		query.facts |= LSP_FACT_OWNERS;
	if (lsp_collect(&query, &snapshot, &reason) == 0) {
		gather.snapshot = snapshot;
		gather_all(&gather, live);
		offer_found(&gather, is_key);
		gather_free(&gather);
		lsp_snapshot_free(snapshot);
	}
	free(reason);
}
