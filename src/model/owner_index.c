/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts owners by inode and finds them again. Inodes come from the kernel, and anybody can choose
 * which of them belong to sockets, so the worst case is a binary search.
 */
#include "model/owner_index.h"

#include "radix.h"

#include <errno.h>
#include <stdlib.h>

#define OWNERS_A_BUCKET 4

/* What compare() needs of the processes is their PID. */
struct group {
	struct lsp_process *const *processes;
	struct owner_found *owners;
	size_t size;
};

/* Of one inode: by PID, then in the order of processes; -1, no descriptor, is last. */
static int compare(const void *a, const void *b, void *data)
{
	struct lsp_process *const *processes = data;
	const struct owner_found *x = a, *y = b;
	uint32_t x_pid = processes[x->process]->pid, y_pid = processes[y->process]->pid;

	if (x_pid != y_pid)
		return x_pid < y_pid ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return ((uint32_t)x->fd > (uint32_t)y->fd) - ((uint32_t)x->fd < (uint32_t)y->fd);
}

/* @order: for the caller to free; owners of one inode stand together. */
static int order_by_inode(const struct owner_found *found, size_t count, struct radix_item **order)
{
	*order = malloc(count * sizeof(**order));
	if (!*order)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		(*order)[i] = (struct radix_item){found[i].inode, (uint32_t)i};
	return radix_sort(*order, count);
}

/* The owners of one inode; changes their order in the group. */
static void add_group(struct owner_index *index, const struct group *group, size_t count)
{
	const struct owner_found *owners = group->owners;

	if (count > 1)
		qsort_r(group->owners, count, sizeof(*group->owners), compare,
			(void *)(uintptr_t)group->processes);
	for (size_t i = 0; i < count; i++) {
		if (i && owners[i].process == owners[i - 1].process)
			continue;
		index->inodes[index->count] = owners[i].inode;
		index->owners[index->count++] = (struct lsp_owner){
			.process = group->processes[owners[i].process],
			.fd = owners[i].fd,
		};
	}
}

static int add_groups(struct owner_index *index, const struct owner_found *found, size_t count,
		      const struct radix_item *order, struct lsp_process *const *processes)
{
	struct group group = {.processes = processes};

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && order[end].key == order[i].key; end++)
			;
		if (end - i > group.size) {
			free(group.owners);
			group.size = 2 * (end - i);
			group.owners = malloc(group.size * sizeof(*group.owners));
			if (!group.owners)
				return -ENOMEM;
		}
		for (size_t at = i; at < end; at++)
			group.owners[at - i] = found[order[at].value];
		add_group(index, &group, end - i);
	}
	free(group.owners);
	return 0;
}

/* Inodes of sockets count up: a few of their high bits tell nearly where one stands. */
static size_t bucket_of(const struct owner_index *index, uint32_t inode)
{
	return (uint64_t)(inode - index->inodes[0]) >> index->shift;
}

static int make_buckets(struct owner_index *index)
{
	const uint32_t *inodes = index->inodes;
	size_t count = index->count, bucket = 0;

	while (bucket_of(index, inodes[count - 1]) > count / OWNERS_A_BUCKET)
		index->shift++;
	index->buckets = bucket_of(index, inodes[count - 1]) + 1;
	index->starts = malloc((index->buckets + 1) * sizeof(uint32_t));
	if (!index->starts)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		while (bucket <= bucket_of(index, inodes[i]))
			index->starts[bucket++] = (uint32_t)i;
	}
	index->starts[bucket] = (uint32_t)count;
	return 0;
}

int owner_index_init(struct owner_index *index, const struct owner_found *found, size_t count,
		     struct lsp_process *const *processes)
{
	struct radix_item *order = NULL;
	int r;

	*index = (struct owner_index){0};
	if (!count)
		return 0;
	r = order_by_inode(found, count, &order);
	index->owners = calloc(count, sizeof(*index->owners));
	index->inodes = calloc(count, sizeof(*index->inodes));
	if (!index->owners || !index->inodes)
		r = -ENOMEM;
	if (r >= 0)
		r = add_groups(index, found, count, order, processes);
	free(order);
	return r < 0 ? r : make_buckets(index);
}

void owner_index_deinit(struct owner_index *index)
{
	free(index->owners);
	free(index->inodes);
	free(index->starts);
	*index = (struct owner_index){0};
}

/* The first owner of @inode, or where it would stand. */
static size_t find_first(const struct owner_index *index, uint32_t inode)
{
	size_t bucket = bucket_of(index, inode), low, high;

	if (inode < index->inodes[0] || bucket >= index->buckets)
		return index->count;
	low = index->starts[bucket];
	high = index->starts[bucket + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->inodes[middle] < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct lsp_owner *owner_index_find(const struct owner_index *index, uint32_t inode,
					 size_t *count)
{
	size_t first, end;

	*count = 0;
	if (!inode || !index->count)
		return NULL;
	first = end = find_first(index, inode);
	while (end < index->count && index->inodes[end] == inode)
		end++;
	*count = end - first;
	return *count ? &index->owners[first] : NULL;
}
