/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One dump that is worth its answer: repeated while its fault may pass, and measured. What is asked
 * for, and what follows from an answer that was cut, others decide.
 */
#include "collect/dump.h"

#include <errno.h>
#include <unistd.h>

/* A repeated dump is worth it only while the fault may pass. */
#define TRIES 3

/* More than a message with all attributes takes. */
#define MESSAGE_MAX 512

struct target {
	struct collection *collection;
	struct lsp_snapshot *snapshot;
};

static int add_socket(const struct lsp_socket *socket, void *data)
{
	struct target *target = data;
	struct lsp_socket copy = *socket;

	return collection_add(target->collection, target->snapshot, &copy);
}

bool dump_may_pass(int error)
{
	return error != -ENOENT && error != -EOPNOTSUPP && error != -EPERM && error != -EACCES &&
	       error != -EINVAL && error != -EPROTONOSUPPORT;
}

int dump_try(struct collection *collection, const struct diag_request *request,
	     struct lsp_snapshot *snapshot, struct dump_result *result)
{
	struct target target = {collection, snapshot};
	size_t mark = builder_mark(snapshot);
	int r = -EIO;

	for (int i = 0; i < TRIES; i++) {
		builder_rollback(snapshot, mark);
		r = netlink_dump(&collection->netlink, request, add_socket, &target, result);
		if (r == -ETIME) {
			collection->is_late = true;
			*result = (struct dump_result){0};
			return 0;
		}
		if (r < 0 ? !dump_may_pass(r) : !result->was_interrupted)
			return r;
	}
	return r;
}

int dump_wide(struct collection *collection, const struct diag_request *request,
	      struct lsp_snapshot *snapshot, struct dump_result *result)
{
	int r = dump_try(collection, request, snapshot, result);

	if (r < 0 || !result->was_interrupted)
		return r;
	return collection_add_gap(collection, request->proto,
				  "may be missing: the kernel changed its table during each "
				  "of several dumps",
				  0);
}

/*
 * When memory is short the kernel makes the datagram a page (NLMSG_GOODSIZE) instead of 32 KiB: one
 * that ends just below is taken for cut.
 */
bool dump_has_room(const struct dump_result *result, size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (result->batches > 1 || result->was_interrupted || result->largest > max)
		return false;
	return result->largest + MESSAGE_MAX < page - MESSAGE_MAX || result->largest > page;
}
