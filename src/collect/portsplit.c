/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the sockets of one port are split. A reply that was cut shows by which addresses, devices and
 * cgroups; each split has a part for those that it did not show, so that all parts together are
 * what was asked for. No part is asked for twice: each split leaves fewer to choose from.
 */
#include "collect/portsplit.h"

#include "collect/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS_SIZE sizeof(((struct lsp_endpoint *)0)->address)

/* What a reply that was cut showed. */
struct seen {
	size_t count;
	uint8_t *addresses;          /* owned: ADDRESS_SIZE each, ascending */
	uint64_t *devices, *cgroups; /* owned: ascending, each once */
	size_t device_count, cgroup_count;
	bool has_cgroups; /* all of them */
};

struct split {
	struct collection *collection;
	struct lsp_snapshot *snapshot;
	size_t per_part; /* so many sockets fit one datagram */
};

static int ask(const struct split *split, const struct diag_request *request);

/* --- what was seen --------------------------------------------------------------------------- */

static int compare_addresses(const void *a, const void *b)
{
	return memcmp(a, b, ADDRESS_SIZE);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

/* Return: how many different ones there are; they stand first. */
static size_t sort_numbers(uint64_t *numbers, size_t count)
{
	size_t kept = 0;

	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < count; i++) {
		if (!i || numbers[i] != numbers[kept - 1])
			numbers[kept++] = numbers[i];
	}
	return kept;
}

static void seen_deinit(struct seen *seen)
{
	free(seen->addresses);
	free(seen->devices);
	free(seen->cgroups);
}

static int seen_init(struct seen *seen, const struct lsp_snapshot *snapshot, size_t mark)
{
	size_t count = builder_mark(snapshot) - mark;

	*seen = (struct seen){
		.count = count,
		.addresses = calloc(count + 1, ADDRESS_SIZE),
		.devices = calloc(count + 1, sizeof(*seen->devices)),
		.cgroups = calloc(count + 1, sizeof(*seen->cgroups)),
		.has_cgroups = true,
	};
	if (!seen->addresses || !seen->devices || !seen->cgroups)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;

		builder_peek(snapshot, mark + i, &socket);
		memcpy(seen->addresses + i * ADDRESS_SIZE, socket.local.address, ADDRESS_SIZE);
		seen->devices[i] = socket.local.zone_index;
		seen->cgroups[i] = socket.cgroup_id;
		seen->has_cgroups &= socket.has_cgroup;
	}
	qsort(seen->addresses, count, ADDRESS_SIZE, compare_addresses);
	seen->device_count = sort_numbers(seen->devices, count);
	seen->cgroup_count = sort_numbers(seen->cgroups, count);
	return 0;
}

/* --- by address ------------------------------------------------------------------------------ */

/* How many of the first @max bits two addresses have in common. */
static uint8_t common_bits(const uint8_t *a, const uint8_t *b, size_t max)
{
	size_t bits = 0;

	while (bits < max && !((a[bits / 8] ^ b[bits / 8]) & 0x80u >> bits % 8))
		bits++;
	return (uint8_t)bits;
}

static struct endpoint_prefix prefix_of(const struct diag_request *request, const uint8_t *address,
					uint8_t bits)
{
	struct endpoint_prefix prefix = {.bits = bits, .family = (uint8_t)request->family};

	memcpy(prefix.bytes, address, sizeof(prefix.bytes));
	return prefix;
}

/* @addresses: ascending, those of @request that were seen. */
static int ask_addresses(const struct split *split, const struct diag_request *request,
			 const uint8_t *addresses, size_t count)
{
	const uint8_t *last = addresses + (count - 1) * ADDRESS_SIZE;
	uint8_t all = (uint8_t)(8 * endpoint_size(request->family)), common;
	struct diag_request part = *request;
	size_t low = 0;
	int r = 0;

	if (count <= split->per_part)
		return ask(split, request);
	common = common_bits(addresses, last, all);
	if (common > request->inside.bits) {
		part.outside = prefix_of(request, addresses, common);
		r = ask(split, &part);
		part.outside = request->outside;
		part.inside = prefix_of(request, addresses, common);
	}
	if (r < 0 || common == all)
		return r < 0 ? r : ask(split, &part);
	/* Those behind it have the next bit set. */
	while (common_bits(addresses, addresses + low * ADDRESS_SIZE, all) > common)
		low++;
	part.inside = prefix_of(request, addresses, (uint8_t)(common + 1));
	r = ask_addresses(split, &part, addresses, low);
	part.inside = prefix_of(request, last, (uint8_t)(common + 1));
	return r < 0 ? r : ask_addresses(split, &part, addresses + low * ADDRESS_SIZE, count - low);
}

/* --- by a value ------------------------------------------------------------------------------ */

/* @set: of @request, which is asked for with each of the values, and with none of them. */
static int ask_values(const struct split *split, const struct diag_request *request,
		      struct diag_set *set, const uint64_t *values, size_t count)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++) {
		*set = (struct diag_set){.values = &values[i], .count = 1};
		r = ask(split, request);
	}
	*set = (struct diag_set){.values = values, .count = count, .is_other = true};
	return r < 0 ? r : ask(split, request);
}

/* By what a reply that was cut can be split. */
enum split_by { SPLIT_BY_ADDRESS, SPLIT_BY_DEVICE, SPLIT_BY_CGROUP, SPLIT_BY_NOTHING };

/*
 * One value is enough to split by: a reply that was cut may have passed over a socket that differs.
 */
static bool is_splittable(const struct diag_set *set, size_t count)
{
	return !set->count && count && count <= DIAG_VALUES_MAX;
}

static enum split_by choose(const struct diag_request *request, const struct seen *seen)
{
	if (seen->count < 2)
		return SPLIT_BY_NOTHING;
	/* Those of the addresses that were not seen are no longer split by address. */
	if (!request->outside.bits && request->inside.bits < 8 * endpoint_size(request->family))
		return SPLIT_BY_ADDRESS;
	if (is_splittable(&request->devices, seen->device_count))
		return SPLIT_BY_DEVICE;
	if (seen->has_cgroups && is_splittable(&request->cgroups, seen->cgroup_count))
		return SPLIT_BY_CGROUP;
	return SPLIT_BY_NOTHING;
}

static int ask_parts(const struct split *split, const struct diag_request *request,
		     const struct seen *seen, enum split_by by)
{
	struct diag_request part = *request;

	switch (by) {
	case SPLIT_BY_ADDRESS:
		return ask_addresses(split, request, seen->addresses, seen->count);
	case SPLIT_BY_DEVICE:
		return ask_values(split, &part, &part.devices, seen->devices, seen->device_count);
	case SPLIT_BY_CGROUP:
		return ask_values(split, &part, &part.cgroups, seen->cgroups, seen->cgroup_count);
	case SPLIT_BY_NOTHING:
		break;
	}
	return 0;
}

/* --- one part -------------------------------------------------------------------------------- */

/*
 * A reply that looks cut at a page is asked for once more with longer messages: if the kernel has
 * the memory, it ends far after the page.
 */
static int dump(const struct split *split, const struct diag_request *request,
		struct dump_result *result)
{
	size_t mark = builder_mark(split->snapshot);
	struct diag_request padded = *request;
	int r = dump_wide(split->collection, request, split->snapshot, result);

	if (r < 0 || result->batches != 1 || dump_has_room(result, DUMP_MAX_OF_PORT) ||
	    result->largest > (size_t)sysconf(_SC_PAGESIZE))
		return r;
	builder_rollback(split->snapshot, mark);
	padded.is_padded = true;
	return dump_wide(split->collection, &padded, split->snapshot, result);
}

/* What was seen since @mark is not the whole. It stays where it cannot be split. */
static int split_reply(const struct split *split, const struct diag_request *request,
		       const struct seen *seen, size_t mark)
{
	enum split_by by = choose(request, seen);
	struct dump_result again;
	int r = 0;

	if (by != SPLIT_BY_NOTHING) {
		builder_rollback(split->snapshot, mark);
		r = ask_parts(split, request, seen, by);
		if (r != -EINVAL)
			return r;
		/* This kernel cannot be asked like that. */
		builder_rollback(split->snapshot, mark);
		r = dump_wide(split->collection, request, split->snapshot, &again);
	}
	return r < 0 ? r : collection_note_crowded(split->collection, request->ports.first);
}

static int ask(const struct split *split, const struct diag_request *request)
{
	size_t mark = builder_mark(split->snapshot);
	struct split parts = *split;
	struct dump_result result;
	struct seen seen;
	int r = dump(split, request, &result);

	/* An interruption is a gap already, and so is the end of the time. */
	if (r < 0 || result.was_interrupted || dump_has_room(&result, DUMP_MAX_OF_PORT))
		return r;
	r = seen_init(&seen, split->snapshot, mark);
	if (r >= 0) {
		parts.per_part = DUMP_MAX * seen.count / (result.batches * result.largest + 1);
		/* However short the messages, there are two parts. */
		if (parts.per_part > seen.count / 2)
			parts.per_part = seen.count / 2;
		r = split_reply(&parts, request, &seen, mark);
	}
	seen_deinit(&seen);
	return r;
}

int portsplit_ask(struct collection *collection, const struct diag_request *request,
		  struct lsp_snapshot *snapshot)
{
	const struct split split = {.collection = collection, .snapshot = snapshot};

	return ask(&split, request);
}
