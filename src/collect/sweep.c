/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Narrow dumps. The first dump is wide and shows how many sockets each port has; it is
 * the answer when it fits one datagram. Otherwise it is only the plan by which ranges are
 * asked for, and a range that does not fit is split until it does.
 */
#include "collect/sweep.h"

#include "array.h"
#include "collect/dump.h"
#include "collect/portsplit.h"
#include "deadline.h"

#include <errno.h>
#include <stdlib.h>

/* A range is planned with some room in the half of a datagram that it may fill. */
#define RANGE_PLANNED 12288

/* A million sockets take half of it. */
#define LATE_NSEC INT64_C(1000000000)

/* @plan: struct lsp_port_range that are still to be asked for; the last one first. */
static int plan_push(struct array *plan, unsigned first, unsigned last)
{
	struct lsp_port_range *range = array_add(plan, sizeof(*range));

	if (!range)
		return -ENOMEM;
	*range = (struct lsp_port_range){(uint16_t)first, (uint16_t)last};
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

	*count = builder_mark(seen) - mark;
	*out = ports = calloc(*count + 1, sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	for (size_t i = 0; i < *count; i++) {
		struct lsp_socket socket;

		builder_peek(seen, mark + i, &socket);
		ports[i] = socket.local.port;
	}
	qsort(ports, *count, sizeof(*ports), compare_ports);
	return 0;
}

/* Cuts the request's ports so that each range has no more sockets than fit, by what was seen. */
static int plan_ranges(struct array *plan, const struct diag_request *request,
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

static int ask_range(struct collection *collection, const struct diag_request *request,
		     struct array *plan, struct lsp_snapshot *snapshot)
{
	struct lsp_port_range range = ((const struct lsp_port_range *)plan->data)[--plan->count];
	struct diag_request narrow = *request;
	size_t mark = builder_mark(snapshot);
	struct dump_result result;
	unsigned middle;
	int r;

	narrow.ports = range;
	if (range.first == range.last)
		return portsplit_ask(collection, &narrow, snapshot);
	r = dump_wide(collection, &narrow, snapshot, &result);
	if (r < 0 || result.was_interrupted || dump_has_room(&result, DUMP_MAX))
		return r;
	builder_rollback(snapshot, mark);
	middle = range.first + (range.last - range.first) / 2u;
	r = plan_push(plan, range.first, middle);
	return r < 0 ? r : plan_push(plan, middle + 1, range.last);
}

/*
 * The deadline came between the ranges. What the first dump showed is not kept: one more shows it,
 * and doubles go.
 */
static int ask_late(struct collection *collection, const struct diag_request *request,
		    struct lsp_snapshot *snapshot)
{
	struct netlink *netlink = &collection->netlink;
	int64_t deadline = netlink->deadline;
	struct dump_result result;
	int r;

	netlink->deadline = deadline_in(LATE_NSEC);
	r = dump_wide(collection, request, snapshot, &result);
	netlink->deadline = deadline;
	return r;
}

int sweep_listeners(struct collection *collection, const struct diag_request *request,
		    struct lsp_snapshot *snapshot)
{
	size_t mark = builder_mark(snapshot), count, message;
	struct dump_result result;
	struct array plan = ARRAY_INIT;
	int r;

	r = dump_try(collection, request, snapshot, &result);
	if (r < 0 ? !dump_may_pass(r) || r == -ENOMEM : dump_has_room(&result, DUMP_MAX))
		return r;
	/* From here on it is only a plan: neither its failure nor its interruption is one of the
	 * look. */
	count = builder_mark(snapshot) - mark;
	if (r >= 0 && count > SWEEP_WIDE_ABOVE && !collection->query->strict &&
	    !result.was_interrupted)
		return builder_add_note(collection->snapshot, "%s %s: wide dump of %zu sockets",
					lsp_protocol_word(request->proto),
					lsp_endpoint_family_word(request->family), count);
	message = count ? result.batches * result.largest / count + 1 : 1;
	r = plan_ranges(&plan, request, snapshot, mark, RANGE_PLANNED / message + 1);
	builder_rollback(snapshot, mark);
	while (r >= 0 && plan.count && !collection->is_late)
		r = ask_range(collection, request, &plan, snapshot);
	array_deinit(&plan);
	return r < 0 || !collection->is_late ? r : ask_late(collection, request, snapshot);
}
