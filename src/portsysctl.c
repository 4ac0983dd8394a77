/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which ports need a privilege and which ones the kernel hands out by itself: text of the sysctls
 * into the snapshot. Enters no namespace, and takes no default for what it cannot read.
 */
#include "portsysctl.h"

#include "model/snapshot.h"
#include "num.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY "proc/sys/net/ipv4/"
#define PORT_MAX (PORTSYSCTL_COUNT - 1)
#define NUMBERS_MAX 64
/* Every second port is reserved: 32768 of them, five digits and a comma each. */
#define LIST_MAX (256u << 10)

/* --- pure ---------------------------------------------------------------------------------- */

static bool parse_start(const char *text, size_t size, uint32_t *out)
{
	const char *end = text + size;
	uint64_t start;

	if (!num_take(&text, end, 10, PORTSYSCTL_COUNT, &start))
		return false;
	*out = (uint32_t)start;
	return text == end || (end - text == 1 && *text == '\n');
}

bool portsysctl_parse_range(const char *text, size_t size, struct lsp_port_range *out)
{
	const char *end = text + size;
	uint64_t first, last;

	if (!num_take(&text, end, 10, PORT_MAX, &first) || text == end ||
	    (*text != '\t' && *text != ' '))
		return false;
	while (text < end && (*text == '\t' || *text == ' '))
		text++;
	if (!num_take(&text, end, 10, PORT_MAX, &last) || last < first)
		return false;
	*out = (struct lsp_port_range){(uint16_t)first, (uint16_t)last};
	return text == end || (end - text == 1 && *text == '\n');
}

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

		if (!num_take(&text, end, 10, PORT_MAX, &first))
			return false;
		last = first;
		if (text < end && *text == '-') {
			text++;
			if (!num_take(&text, end, 10, PORT_MAX, &last) || last < first)
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

static int load_start(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot,
		      struct buf *text)
{
	int r = root_read(root, DIRECTORY "ip_unprivileged_port_start", text, NUMBERS_MAX);
	uint32_t start;

	if (r < 0 || !text->size || !parse_start(text->data, text->size, &start))
		return r;
	return snapshot_set_unprivileged_start(snapshot, netns, start);
}

/* @range NULL: it could not be read. */
static int tell_lists(const struct lsp_port_range *range, const struct buf *list, uint32_t netns,
		      struct lsp_snapshot *snapshot)
{
	static const struct lsp_port_range all = {0, PORT_MAX};
	struct lsp_port_range *ranges = calloc(PORTSYSCTL_COUNT / 2 + 1, sizeof(*ranges));
	bool *reserved = calloc(PORTSYSCTL_COUNT, sizeof(*reserved));
	int r = ranges && reserved ? 0 : -ENOMEM;

	if (r >= 0 && portsysctl_parse_ports(list->size ? list->data : "", list->size, reserved)) {
		if (range)
			r = snapshot_set_ephemeral(snapshot, netns, ranges,
						   list_ports(range, reserved, false, ranges));
		if (r >= 0)
			r = snapshot_set_reserved(snapshot, netns, ranges,
						  list_ports(&all, reserved, true, ranges));
	}
	free(ranges);
	free(reserved);
	return r;
}

static int load_lists(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot,
		      struct buf *text)
{
	int r = root_read(root, DIRECTORY "ip_local_port_range", text, NUMBERS_MAX);
	struct lsp_port_range range;
	bool has_range =
		r >= 0 && text->size && portsysctl_parse_range(text->data, text->size, &range);

	if (r == -ENOMEM)
		return r;
	if (has_range)
		r = snapshot_set_local_range(snapshot, netns, &range);
	if (r == -ENOMEM)
		return r;
	/* The kernel tells the list to one read: what does not fit is gone (kernel/sysctl.c). */
	buf_reset(text);
	r = buf_reserve(text, LIST_MAX);
	if (r >= 0)
		r = root_read(root, DIRECTORY "ip_local_reserved_ports", text, LIST_MAX);
	return r < 0 ? r : tell_lists(has_range ? &range : NULL, text, netns, snapshot);
}

int portsysctl_load(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot)
{
	struct buf text = BUF_INIT;
	int r = load_start(root, netns, snapshot, &text);

	if (r != -ENOMEM)
		r = load_lists(root, netns, snapshot, &text);
	buf_deinit(&text);
	return r == -ENOMEM ? r : 0;
}
