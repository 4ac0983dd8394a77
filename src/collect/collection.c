/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is collected in one network namespace: fills in what the kernel does not say of a socket,
 * and leaves out what the query does not want. Reads nothing itself.
 */
#include "collect/collection.h"

#include "buf.h"
#include "cleanup.h"
#include "error.h"
#include "model/builder.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* So many ports are named in one gap. */
#define CROWDED_NAMED 10

int collection_init(struct collection *collection, const struct root *root,
		    const struct lsp_query *query, struct lsp_snapshot *snapshot, uint32_t netns)
{
	*collection = (struct collection){
		.root = root,
		.query = query,
		.snapshot = snapshot,
		.netns = netns,
	};
	int r = netlink_init(&collection->netlink, root);

	collection->netlink.deadline = query->deadline;
	return r;
}

void collection_deinit(struct collection *collection)
{
	netlink_deinit(&collection->netlink);
	intmap_deinit(&collection->interfaces);
	array_deinit(&collection->interface_names);
	array_deinit(&collection->crowded);
	strpool_deinit(&collection->texts);
}

static bool is_wanted_port(const struct lsp_query *query, uint16_t port)
{
	for (size_t i = 0; i < query->port_count; i++) {
		if (port >= query->ports[i].first && port <= query->ports[i].last)
			return true;
	}
	return query->port_count == 0;
}

/*
 * if_indextoname(3) asks a socket of a family that we have no other use for. The kernel takes any
 * socket (sock_ioctl(), net/socket.c). Return: 0 or a negative errno, -ENODEV: there is none.
 */
static int find_device(uint32_t ifindex, char name[IF_NAMESIZE])
{
	cleanup(cleanup_close) int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct ifreq request = {.ifr_ifindex = (int)ifindex};

	if (fd < 0 || ioctl(fd, SIOCGIFNAME, &request) < 0)
		return -errno;
	memcpy(name, request.ifr_name, IF_NAMESIZE);
	name[IF_NAMESIZE - 1] = '\0';
	return 0;
}

/*
 * Name of a device in our network namespace; a device that is gone has its number, as in ss(8).
 * Return: 0, -ENOMEM, or the positive errno for which nobody knows it.
 */
static int find_interface(struct collection *collection, uint32_t ifindex, const char **name)
{
	const uint32_t *known = intmap_find(&collection->interfaces, ifindex);
	const char *const *names = collection->interface_names.data;
	char text[IF_NAMESIZE];
	const char **slot;
	int r;

	if (known) {
		*name = names[*known];
		return 0;
	}
	r = collection->root->is_machine ? find_device(ifindex, text) : -ENODEV;
	if (r < 0 && r != -ENODEV)
		return -r;
	if (r < 0)
		snprintf(text, sizeof(text), "if%u", ifindex);
	r = strpool_add(&collection->texts, text, name);
	slot = r < 0 ? NULL : array_add(&collection->interface_names, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = *name;
	return intmap_put(&collection->interfaces, ifindex,
			  (uint32_t)collection->interface_names.count - 1);
}

/* A number in place of a name would be another device to a rule. */
static int add_unnamed(struct collection *collection, struct lsp_socket *socket, int error)
{
	char why[128];

	socket->local.zone = NULL;
	socket->has_interface = false;
	snprintf(why, sizeof(why), "could not be looked up: %s", error_describe(-error));
	return builder_add_gap(collection->snapshot, &(struct lsp_gap){
							     .what = "interface names",
							     .why = why,
							     .count = 1,
							     .hides = true,
							     .is_in_facts = true,
						     });
}

int collection_add(struct collection *collection, struct lsp_snapshot *snapshot,
		   struct lsp_socket *socket)
{
	int r;

	if (!is_wanted_port(collection->query, socket->local.port))
		return 0;
	socket->netns = collection->netns;
	if (!(collection->query->lookups & LSP_LOOKUP_AUTO))
		socket->is_auto = LSP_UNKNOWN;
	if (socket->local.zone_index) {
		r = find_interface(collection, socket->local.zone_index, &socket->local.zone);
		if (r > 0)
			r = add_unnamed(collection, socket, r);
		if (r < 0)
			return r;
	}
	return builder_add_socket(snapshot, socket);
}

static int add_gap(struct collection *collection, unsigned proto, struct lsp_gap gap)
{
	char what[32];

	snprintf(what, sizeof(what), "%s sockets", lsp_protocol_word(proto));
	gap.what = what;
	gap.hides = true;
	return builder_add_gap(collection->snapshot, &gap);
}

int collection_add_gap(struct collection *collection, unsigned proto, const char *why,
		       uint64_t count)
{
	return add_gap(collection, proto, (struct lsp_gap){.why = why, .count = count});
}

int collection_add_blind_gap(struct collection *collection, unsigned proto, const char *why)
{
	return add_gap(collection, proto,
		       (struct lsp_gap){.why = why, .is_blind = true, .unread = LSP_BIT(proto)});
}

int collection_add_cut_gap(struct collection *collection, unsigned proto, const char *why)
{
	return add_gap(collection, proto, (struct lsp_gap){.why = why, .unread = LSP_BIT(proto)});
}

int collection_add_late_gap(struct collection *collection, unsigned proto)
{
	if (!collection->is_late)
		return 0;
	collection->is_late = false;
	return collection_add_cut_gap(collection, proto, COLLECTION_WHY_LATE);
}

int collection_note_crowded(struct collection *collection, uint16_t port)
{
	const uint16_t *ports = collection->crowded.data;
	uint16_t *slot;

	for (size_t i = 0; i < collection->crowded.count; i++) {
		if (ports[i] == port)
			return 0;
	}
	slot = array_add(&collection->crowded, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = port;
	return 0;
}

int collection_add_crowded_gap(struct collection *collection, unsigned proto)
{
	const uint16_t *ports = collection->crowded.data;
	size_t count = collection->crowded.count;
	size_t named = count > CROWDED_NAMED ? CROWDED_NAMED : count;
	struct buf why = BUF_INIT;
	int r;

	if (!count)
		return 0;
	buf_printf(&why, "may be missing: more of them share one address than the kernel reports "
			 "at once, on port");
	for (size_t i = 0; i < named; i++)
		buf_printf(&why, "%s %" PRIu16, i ? "," : "", ports[i]);
	if (count > named)
		buf_printf(&why, " and %zu more", count - named);
	r = buf_text(&why) ? collection_add_gap(collection, proto, why.data, 0) : -ENOMEM;
	buf_deinit(&why);
	collection->crowded.count = 0;
	return r;
}
