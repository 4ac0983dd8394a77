/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A deep copy of a query. The caller of lsp_collect() may drop port ranges, names of namespaces and
 * the root as soon as it returns; who judges, compares or saves the snapshot later still needs
 * them.
 */
#include "model/query_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_ports(struct lsp_query *to, const struct lsp_query *from)
{
	struct lsp_port_range *ports;

	if (!from->port_count)
		return 0;
	ports = calloc(from->port_count, sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	memcpy(ports, from->ports, from->port_count * sizeof(*ports));
	to->ports = ports;
	to->port_count = from->port_count;
	return 0;
}

static int copy_netns(struct lsp_query *to, const struct lsp_query *from)
{
	const char **names;

	if (!from->netns_count)
		return 0;
	names = calloc(from->netns_count, sizeof(*names));
	if (!names)
		return -ENOMEM;
	to->netns = names;
	while (to->netns_count < from->netns_count) {
		char *name = strdup(from->netns[to->netns_count]);

		if (!name)
			return -ENOMEM;
		names[to->netns_count++] = name;
	}
	return 0;
}

static int copy_root(struct lsp_query *to, const struct lsp_query *from)
{
	if (!from->root)
		return 0;
	to->root = strdup(from->root);
	return to->root ? 0 : -ENOMEM;
}

int query_copy_init(struct query_copy *copy, const struct lsp_query *query)
{
	struct lsp_query *to = &copy->query;
	int r;

	*to = *query;
	to->ports = NULL;
	to->netns = NULL;
	to->root = NULL;
	to->port_count = to->netns_count = 0;
	r = copy_ports(to, query);
	if (r >= 0)
		r = copy_netns(to, query);
	if (r >= 0)
		r = copy_root(to, query);
	if (r < 0)
		query_copy_deinit(copy);
	return r;
}

/* What the copy owns is const for its readers only. */
static void free_owned(const void *owned)
{
	free((void *)(uintptr_t)owned);
}

void query_copy_deinit(struct query_copy *copy)
{
	struct lsp_query *query = &copy->query;

	for (size_t i = 0; i < query->netns_count; i++)
		free_owned(query->netns[i]);
	free_owned(query->netns);
	free_owned(query->ports);
	free_owned(query->root);
	*copy = (struct query_copy){0};
}
