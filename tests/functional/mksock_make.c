// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes the sockets of one request and asks the kernel, through the descriptor, what was made.
 * Does not know who will hold them. It never reads /proc or netlink, the sources of the program
 * under test.
 */
#include "mksock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct made *append_made(struct made_list *list, int fd, bool is_tcp, const char *state)
{
	struct made *made;

	if (list->count == list->size) {
		list->size = list->size == 0 ? 64 : list->size * 2;
		list->items = realloc(list->items, list->size * sizeof(*list->items));
		if (list->items == NULL)
			spec_fail("realloc");
	}
	made = &list->items[list->count++];
	*made = (struct made){.fd = fd, .is_tcp = is_tcp, .state = state, .v6only = -1};
	return made;
}

static socklen_t address_length(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(struct sockaddr_in6);
}

static void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		spec_fail("setsockopt");
}

static int open_bound(const struct spec *spec, bool is_tcp, unsigned offset)
{
	struct sockaddr_storage address = spec->address;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
	int fd = socket(address.ss_family, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (fd < 0)
		spec_fail("socket");
	if (spec->v6only >= 0)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, spec->v6only);
	if (spec->group > 0)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (spec->reuseaddr)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (spec->device[0] != '\0' && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, spec->device,
						  (socklen_t)strlen(spec->device) + 1) < 0)
		spec_fail("SO_BINDTODEVICE");
	if (spec->kind == SPEC_KIND_UDP_AUTO)
		return fd;
	if (v4->sin_port != 0)
		v4->sin_port = htons((uint16_t)(ntohs(v4->sin_port) + offset));
	if (bind(fd, (struct sockaddr *)&address, address_length(&address)) < 0)
		spec_fail("bind");
	return fd;
}

/* An unbound UDP socket gets its port from the kernel with the first datagram that it sends. */
static void bind_by_sending(const struct spec *spec, int fd)
{
	struct sockaddr_storage to = {.ss_family = spec->address.ss_family};

	((struct sockaddr_in *)&to)->sin_port = htons(9);
	if (to.ss_family == AF_INET)
		((struct sockaddr_in *)&to)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&to)->sin6_addr = in6addr_loopback;
	if (sendto(fd, "", 1, 0, (struct sockaddr *)&to, address_length(&to)) < 0)
		spec_fail("sendto");
}

static void read_local(int fd, struct sockaddr_storage *out)
{
	socklen_t length = sizeof(*out);

	if (getsockname(fd, (struct sockaddr *)out, &length) < 0)
		spec_fail("getsockname");
}

/* The address at which a client reaches @listener: loopback for a wildcard. */
static struct sockaddr_storage target_of(int listener)
{
	struct sockaddr_storage to;

	read_local(listener, &to);
	if (to.ss_family == AF_INET) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)&to;

		if (v4->sin_addr.s_addr == htonl(INADDR_ANY))
			v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&to;

		if (memcmp(&v6->sin6_addr, &in6addr_any, sizeof(v6->sin6_addr)) == 0)
			v6->sin6_addr = in6addr_loopback;
	}
	return to;
}

static int connect_client(const struct sockaddr_storage *to, bool is_tcp)
{
	int fd = socket(to->ss_family, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (fd < 0)
		spec_fail("socket");
	if (connect(fd, (const struct sockaddr *)to, address_length(to)) < 0)
		spec_fail("connect");
	return fd;
}

static void append_connected(struct made_list *list, int fd, bool is_tcp, bool is_auto)
{
	struct made *made = append_made(list, fd, is_tcp, "established");
	socklen_t length = sizeof(made->peer);

	made->has_peer = true;
	made->is_auto = is_auto;
	if (getpeername(fd, (struct sockaddr *)&made->peer, &length) < 0)
		spec_fail("getpeername");
}

static void make_pairs(const struct spec *spec, struct made_list *list, int listener)
{
	struct sockaddr_storage to = target_of(listener);

	for (unsigned i = 0; i < spec->pairs; i++) {
		int client = connect_client(&to, true);
		int server = accept(listener, NULL, NULL);

		if (server < 0)
			spec_fail("accept");
		append_connected(list, client, true, true);
		append_connected(list, server, true, false);
	}
}

/*
 * The kernel takes one connection more than the backlog. The server halves that nobody accepted
 * are sockets too: they have no descriptor and no inode.
 */
static void fill_queue(const struct spec *spec, struct made_list *list, int listener)
{
	struct sockaddr_storage to = target_of(listener);

	for (int i = 0; i <= spec->backlog; i++) {
		int client = connect_client(&to, true);
		struct made *server;

		append_connected(list, client, true, true);
		server = append_made(list, -1, true, "established");
		server->has_peer = true;
		server->local = to;
		read_local(client, &server->peer);
		memcpy(server->device, spec->device, sizeof(server->device));
	}
}

static void read_queue(struct made *made)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);

	/* tcp_get_info(): of a listener, unacked is the queue and sacked its limit. */
	if (getsockopt(made->fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		spec_fail("TCP_INFO");
	made->recv_queue = info.tcpi_unacked;
	made->backlog = info.tcpi_sacked;
	made->has_backlog = true;
}

static void create_one(const struct spec *spec, struct made_list *list, unsigned offset)
{
	bool is_tcp = spec->kind == SPEC_KIND_TCP || spec->kind == SPEC_KIND_TCP_BOUND ||
		      spec->kind == SPEC_KIND_TCP_PAIR;
	bool is_auto = ((const struct sockaddr_in *)&spec->address)->sin_port == 0;
	int fd = open_bound(spec, is_tcp, offset);

	switch (spec->kind) {
	case SPEC_KIND_TCP:
	case SPEC_KIND_TCP_PAIR:
		if (listen(fd, spec->backlog) < 0)
			spec_fail("listen");
		append_made(list, fd, true, "listen")->is_auto = is_auto;
		if (spec->kind == SPEC_KIND_TCP_PAIR)
			make_pairs(spec, list, fd);
		if (spec->full)
			fill_queue(spec, list, fd);
		break;
	case SPEC_KIND_TCP_BOUND:
		append_made(list, fd, true, "bound")->is_auto = is_auto;
		break;
	case SPEC_KIND_UDP_AUTO:
		bind_by_sending(spec, fd);
		append_made(list, fd, false, "unconnected")->is_auto = true;
		break;
	case SPEC_KIND_UDP:
		append_made(list, fd, false, "unconnected")->is_auto = is_auto;
		break;
	case SPEC_KIND_UDP_CONNECTED: {
		struct sockaddr_storage to = target_of(fd);

		/* Connected to itself, so that no second socket is needed. */
		if (connect(fd, (struct sockaddr *)&to, address_length(&to)) < 0)
			spec_fail("connect");
		append_connected(list, fd, false, is_auto);
		break;
	}
	}
}

void made_create(const struct spec *spec, struct made_list *list)
{
	for (unsigned i = 0; i < spec->count; i++)
		for (unsigned k = 0; k < (spec->group == 0 ? 1 : spec->group); k++)
			create_one(spec, list, i);
}

static void read_facts(struct made *made)
{
	struct stat status;
	socklen_t length = sizeof(made->cookie);

	if (fstat(made->fd, &status) < 0)
		spec_fail("fstat");
	made->inode = status.st_ino;
	made->uid = status.st_uid;
	if (getsockopt(made->fd, SOL_SOCKET, SO_COOKIE, &made->cookie, &length) < 0)
		spec_fail("SO_COOKIE");
	read_local(made->fd, &made->local);
	if (made->local.ss_family == AF_INET6) {
		length = sizeof(made->v6only);
		if (getsockopt(made->fd, IPPROTO_IPV6, IPV6_V6ONLY, &made->v6only, &length) < 0)
			spec_fail("IPV6_V6ONLY");
	}
	length = sizeof(made->reuseport);
	if (getsockopt(made->fd, SOL_SOCKET, SO_REUSEPORT, &made->reuseport, &length) < 0)
		spec_fail("SO_REUSEPORT");
	length = sizeof(made->device);
	if (getsockopt(made->fd, SOL_SOCKET, SO_BINDTODEVICE, made->device, &length) < 0)
		spec_fail("SO_BINDTODEVICE");
	if (strcmp(made->state, "listen") == 0)
		read_queue(made);
}

void made_read_facts(struct made_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].fd >= 0)
			read_facts(&list->items[i]);
		else
			list->items[i].uid = geteuid();
}
