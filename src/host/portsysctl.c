/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which ports need a privilege and which ones the kernel hands out by itself: text of the sysctls
 * into the snapshot. Enters no namespace, and takes no default for what it cannot read.
 */
#include "host/portsysctl.h"

#include "model/builder.h"
#include "num.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY "proc/sys/net/ipv4/"
#define PORT_MAX (PORTSYSCTL_COUNT - 1)
/* Every second port is reserved: 32768 of them, five digits and a comma each. */
#define LIST_MAX (256u << 10)
#define LIST_USUAL 4096 /* read first: the kernel clears as much memory as is asked for */

/* --- pure ---------------------------------------------------------------------------------- */

bool portsysctl_parse_ports(const char *text, size_t size, bool has[PORTSYSCTL_COUNT])
{
	const char *end = text + size;

	if (!size)
		return true;
	/* The kernel writes what fits, and the newline when all of it did. */
	if (*--end != '\n')
		return false;
	while (text < end) {
		uint64_t first, last;

		if (!num_scan(&text, end, 10, PORT_MAX, &first))
			return false;
		last = first;
		if (text < end && *text == '-') {
			text++;
			if (!num_scan(&text, end, 10, PORT_MAX, &last) || last < first)
				return false;
		}
		for (; first <= last; first++)
			has[first] = true;
		if (text == end)
			return true;
		if (*text++ != ',' || text == end)
			return false;
	}
	return true;
}

/* Ports of @range that are reserved, or are not, ascending. @out has room for half of all. */
static size_t list_ports(const struct lsp_port_range *range, const bool reserved[PORTSYSCTL_COUNT],
			 bool is_wanted, struct lsp_port_range *out)
{
	const bool *at = &reserved[range->first], *end = &reserved[range->last + 1];
	size_t count = 0;

	while ((at = memchr(at, is_wanted, (size_t)(end - at)))) {
		const bool *other = memchr(at, !is_wanted, (size_t)(end - at));

		if (!other)
			other = end;
		out[count++] = (struct lsp_port_range){(uint16_t)(at - reserved),
						       (uint16_t)(other - reserved - 1)};
		at = other;
	}
	return count;
}

/* --- reading ------------------------------------------------------------------------------- */

static int load_start(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot)
{
	uint64_t start;
	int r = root_read_numbers(root, DIRECTORY "ip_unprivileged_port_start", PORTSYSCTL_COUNT,
				  &start, 1);

	return r < 0 ? 0 : builder_set_unprivileged_start(snapshot, netns, (uint32_t)start);
}

static int load_range(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot,
		      struct lsp_port_range *range, bool *is_known)
{
	uint64_t ports[2];
	int r = root_read_numbers(root, DIRECTORY "ip_local_port_range", PORT_MAX, ports, 2);

	*is_known = r == 0 && ports[0] <= ports[1];
	if (!*is_known)
		return 0;
	*range = (struct lsp_port_range){(uint16_t)ports[0], (uint16_t)ports[1]};
	return builder_set_local_range(snapshot, netns, range);
}

/* @range NULL: it could not be read. */
static int add_lists(const struct lsp_port_range *range, const struct buf *list, uint32_t netns,
		     struct lsp_snapshot *snapshot)
{
	static const struct lsp_port_range all = {0, PORT_MAX};
	struct lsp_port_range *ranges = calloc(PORTSYSCTL_COUNT / 2 + 1, sizeof(*ranges));
	bool *reserved = calloc(PORTSYSCTL_COUNT, sizeof(*reserved));
	int r = ranges && reserved ? 0 : -ENOMEM;

	if (r >= 0 && portsysctl_parse_ports(list->size ? list->data : "", list->size, reserved)) {
		if (range)
			r = builder_set_ephemeral(snapshot, netns, ranges,
						  list_ports(range, reserved, false, ranges));
		if (r >= 0)
			r = builder_set_reserved(snapshot, netns, ranges,
						 list_ports(&all, reserved, true, ranges));
	}
	free(ranges);
	free(reserved);
	return r;
}

/* Nothing is reserved: nearly every host has it so, and is spared two tables of all ports. */
static int add_range(const struct lsp_port_range *range, uint32_t netns,
		     struct lsp_snapshot *snapshot)
{
	int r = range ? builder_set_ephemeral(snapshot, netns, range, 1) : 0;

	return r < 0 ? r : builder_set_reserved(snapshot, netns, NULL, 0);
}

/*
 * The kernel gives the list to a single read: what does not fit is lost (proc_do_large_bitmap() in
 * kernel/sysctl.c). A text that fills all of a short read is read again.
 */
static int read_list(const struct root *root, struct buf *out)
{
	size_t size, wanted = LIST_USUAL;
	int r;

	do {
		r = buf_reserve(out, wanted);
		size = out->capacity;
		if (r >= 0)
			r = root_read(root, DIRECTORY "ip_local_reserved_ports", out, LIST_MAX);
		wanted = LIST_MAX;
	} while (r >= 0 && out->size >= size && size < LIST_MAX);
	return r;
}

static int load_lists(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot)
{
	struct buf text = BUF_INIT;
	struct lsp_port_range range;
	bool has_range;
	int r = load_range(root, netns, snapshot, &range, &has_range);

	if (r >= 0)
		r = read_list(root, &text);
	if (r >= 0 && (!text.size || text.data[0] == '\n'))
		r = add_range(has_range ? &range : NULL, netns, snapshot);
	else if (r >= 0)
		r = add_lists(has_range ? &range : NULL, &text, netns, snapshot);
	buf_deinit(&text);
	return r;
}

int portsysctl_load(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot)
{
	int r = load_start(root, netns, snapshot);

	if (r >= 0)
		r = load_lists(root, netns, snapshot);
	return r == -ENOMEM ? r : 0;
}
