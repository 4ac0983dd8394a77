/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Narrow dumps. The first look is wide and tells how many sockets stand on which ports; it is
 * the answer when it fits one datagram. Otherwise it is only the plan by which ranges are
 * asked for, and a range that does not fit is split until it does.
 */
#include "collect/sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A repeated dump is worth it only while the fault may pass. */
#define TRIES 3

/*
 * Of the 32 KiB that a datagram has, half must stay empty: one that is full and followed by
 * an empty end cannot be told from one that was cut. A range is planned with some room in that
 * half.
 */
#define BATCH_MAX 16384
#define BATCH_PLANNED 12288
/* A single port cannot be split: there it only matters that one more message would have fit. */
#define BATCH_PORT_MAX 30720
/* More than a message with all attributes takes. */
#define MESSAGE_MAX 512

struct target {
	struct collection *collection;
	struct lsp_snapshot *snapshot;
};

static int add_socket(const struct lsp_socket *socket, uint32_t ifindex, void *data)
{
	struct target *target = data;
	struct lsp_socket copy = *socket;

	return collection_add(target->collection, target->snapshot, &copy, ifindex);
}

static bool may_pass(int error)
{
	return error != -ENOENT && error != -EOPNOTSUPP && error != -EPERM && error != -EACCES &&
	       error != -EINVAL && error != -EPROTONOSUPPORT;
}

/* One dump, repeated a few times when it fails or is interrupted; the last may still be either. */
static int try_dump(struct collection *collection, const struct diag_request *request,
		    struct lsp_snapshot *snapshot, struct dump_result *result)
{
	struct target target = {collection, snapshot};
	size_t mark = snapshot_mark(snapshot);
	int r = -EIO;

	for (int i = 0; i < TRIES; i++) {
		snapshot_rollback(snapshot, mark);
		r = netlink_dump(&collection->netlink, request, add_socket, &target, result);
		if (r < 0 ? !may_pass(r) : !result->was_interrupted)
			return r;
	}
	return r;
}

int sweep_wide(struct collection *collection, const struct diag_request *request,
	       struct lsp_snapshot *snapshot, struct dump_result *result)
{
	int r = try_dump(collection, request, snapshot, result);

	if (r < 0 || !result->was_interrupted)
		return r;
	return collection_add_gap(collection, request->proto,
				  "the kernel changed its table during each of several dumps", 0);
}

/*
 * Did the whole reply fit one datagram, with room left? When memory is short the kernel makes the
 * datagram a page (NLMSG_GOODSIZE) instead of 32 KiB: one that ends just below is taken for cut.
 */
static bool has_room(const struct dump_result *result, size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (result->batches > 1 || result->was_interrupted || result->largest > max)
		return false;
	return result->largest + MESSAGE_MAX < page - MESSAGE_MAX || result->largest > page;
}

/* Ranges that are still to be asked for; the one on top first. */
struct plan {
	struct lsp_port_range *ranges;
	size_t count, capacity;
};

static int plan_push(struct plan *plan, unsigned first, unsigned last)
{
	if (plan->count == plan->capacity) {
		size_t capacity = plan->capacity ? plan->capacity * 2 : 64;
		struct lsp_port_range *ranges = realloc(plan->ranges, capacity * sizeof(*ranges));

		if (!ranges)
			return -ENOMEM;
		plan->ranges = ranges;
		plan->capacity = capacity;
	}
	plan->ranges[plan->count++] = (struct lsp_port_range){(uint16_t)first, (uint16_t)last};
	return 0;
}

static int compare_ports(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Ascending ports of what was seen, one for each socket. */
static int list_ports(const struct lsp_snapshot *seen, size_t mark, uint16_t **out, size_t *count)
{
	uint16_t *ports;

	*count = snapshot_mark(seen) - mark;
	*out = ports = calloc(*count + 1, sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	for (size_t i = 0; i < *count; i++) {
		struct lsp_socket socket;

		snapshot_peek(seen, mark + i, &socket);
		ports[i] = socket.local.port;
	}
	qsort(ports, *count, sizeof(*ports), compare_ports);
	return 0;
}

/* Cuts the request's ports so that each range has no more sockets than fit, by what was seen. */
static int plan_ranges(struct plan *plan, const struct diag_request *request,
		       const struct lsp_snapshot *seen, size_t mark, size_t per_range)
{
	unsigned first = request->ports.first, last = request->ports.last, start = first;
	uint16_t *ports;
	size_t count, sum = 0, end;
	int r = list_ports(seen, mark, &ports, &count);

	for (size_t i = 0; r >= 0 && i < count; i = end) {
		for (end = i; end < count && ports[end] == ports[i];)
			end++;
		if (ports[i] < first || ports[i] > last)
			continue;
		if (ports[i] > start && sum + (end - i) > per_range) {
			r = plan_push(plan, start, ports[i] - 1u);
			start = ports[i];
			sum = 0;
		}
		sum += end - i;
	}
	free(ports);
	return r < 0 ? r : plan_push(plan, start, last);
}

/*
 * One port cannot be split. A reply that looks cut at a page is asked for once more with longer
 * messages: if the kernel has the memory, it ends far behind the page.
 */
static int ask_port(struct collection *collection, struct diag_request *request,
		    struct lsp_snapshot *snapshot)
{
	size_t mark = snapshot_mark(snapshot);
	struct dump_result result;
	int r = sweep_wide(collection, request, snapshot, &result);

	if (r >= 0 && result.batches == 1 && !has_room(&result, BATCH_PORT_MAX) &&
	    result.largest <= (size_t)sysconf(_SC_PAGESIZE)) {
		snapshot_rollback(snapshot, mark);
		request->is_padded = true;
		r = sweep_wide(collection, request, snapshot, &result);
	}
	/* An interruption is a gap already. */
	if (r < 0 || result.was_interrupted || has_room(&result, BATCH_PORT_MAX))
		return r;
	return collection_add_gap(collection, request->proto,
				  "more sockets share one port than the kernel tells at once", 0);
}

static int ask_range(struct collection *collection, const struct diag_request *request,
		     struct plan *plan, struct lsp_snapshot *snapshot)
{
	struct lsp_port_range range = plan->ranges[--plan->count];
	struct diag_request narrow = *request;
	size_t mark = snapshot_mark(snapshot);
	struct dump_result result;
	unsigned middle;
	int r;

	narrow.ports = range;
	if (range.first == range.last)
		return ask_port(collection, &narrow, snapshot);
	r = sweep_wide(collection, &narrow, snapshot, &result);
	if (r < 0 || result.was_interrupted || has_room(&result, BATCH_MAX))
		return r;
	snapshot_rollback(snapshot, mark);
	middle = range.first + (range.last - range.first) / 2u;
	r = plan_push(plan, range.first, middle);
	return r < 0 ? r : plan_push(plan, middle + 1, range.last);
}

int sweep_listeners(struct collection *collection, const struct diag_request *request,
		    struct lsp_snapshot *snapshot)
{
	size_t mark = snapshot_mark(snapshot), count, message;
	struct dump_result result;
	struct plan plan = {0};
	int r;

	r = try_dump(collection, request, snapshot, &result);
	if (r < 0 ? !may_pass(r) || r == -ENOMEM : has_room(&result, BATCH_MAX))
		return r;
	/* From here on it is only a plan: neither its failure nor its interruption is one of the
	 * look. */
	count = snapshot_mark(snapshot) - mark;
	if (r >= 0 && count > SWEEP_WIDE_ABOVE && !collection->query->strict &&
	    !result.was_interrupted)
		return snapshot_add_note(collection->snapshot, "%s %s: wide dump of %zu sockets",
					 lsp_proto_word(request->proto),
					 lsp_family_word(request->family), count);
	message = count ? result.batches * result.largest / count + 1 : 1;
	r = plan_ranges(&plan, request, snapshot, mark, BATCH_PLANNED / message + 1);
	snapshot_rollback(snapshot, mark);
	while (r >= 0 && plan.count)
		r = ask_range(collection, request, &plan, snapshot);
	free(plan.ranges);
	return r;
}
