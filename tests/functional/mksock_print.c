// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes one JSON line for a socket that was made. Every string in it is either a word of this
 * program, an address, or hexadecimal, so nothing has to be escaped; a device name is that of a
 * test's own making.
 */
#include "mksock.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

static void render_endpoint(FILE *stream, const char *prefix,
			    const struct sockaddr_storage *address)
{
	char text[INET6_ADDRSTRLEN];
	const void *bytes = &((const struct sockaddr_in *)address)->sin_addr;

	if (address->ss_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)address)->sin6_addr;
	if (inet_ntop(address->ss_family, bytes, text, sizeof(text)) == NULL)
		spec_fail("inet_ntop");
	fprintf(stream, ",\"%saddress\":\"%s\",\"%sport\":%u", prefix, text, prefix,
		ntohs(((const struct sockaddr_in *)address)->sin_port));
}

static void render_owners(FILE *stream, const struct made *made, const struct made_owners *owners)
{
	size_t count = made->fd < 0 && owners->has_fd ? 0 : owners->count;
	const char *comma = "";

	fputs(",\"owners\":[", stream);
	for (size_t i = 0; i < count; i++) {
		fprintf(stream, "%s{\"pid\":%d,\"fd\":%d}", comma, (int)owners->pids[i],
			owners->has_fd ? made->fd : -1);
		comma = ",";
	}
	if (owners->decoy)
		fprintf(stream, "%s{\"pid\":%d,\"fd\":%d}", comma, (int)owners->decoy, made->fd);
	fputs("]", stream);
}

static void render_one(FILE *stream, const struct spec *spec, const struct made *made,
		       const struct made_owners *owners)
{
	static const char *const words[] = {"false", "true"};

	fprintf(stream, "{\"proto\":\"%s\",\"family\":\"%s\",\"state\":\"%s\"",
		made->is_tcp ? "tcp" : "udp", made->local.ss_family == AF_INET ? "ipv4" : "ipv6",
		made->state);
	render_endpoint(stream, "", &made->local);
	if (made->has_peer)
		render_endpoint(stream, "peer_", &made->peer);
	else
		fputs(",\"peer_address\":null,\"peer_port\":null", stream);
	fprintf(stream, ",\"v6only\":%s", made->v6only < 0 ? "null" : words[made->v6only != 0]);
	if (made->device[0] != '\0')
		fprintf(stream, ",\"interface\":\"%s\"", made->device);
	else
		fputs(",\"interface\":null", stream);
	fprintf(stream, ",\"reuseport\":%s,\"auto\":%s", words[made->reuseport != 0],
		words[made->is_auto]);
	if (made->inode != 0)
		fprintf(stream, ",\"inode\":%" PRIu64 ",\"cookie\":\"%" PRIu64 "\"", made->inode,
			made->cookie);
	else
		fputs(",\"inode\":null,\"cookie\":null", stream);
	fprintf(stream, ",\"uid\":%u,\"pid\":%d,\"fd\":%d", made->uid, (int)getpid(), made->fd);
	if (made->has_backlog)
		fprintf(stream, ",\"recv_queue\":%u,\"backlog\":%u", made->recv_queue,
			made->backlog);
	else
		fputs(",\"recv_queue\":0,\"backlog\":null", stream);
	render_owners(stream, made, owners);
	fputs(",\"comm\":", stream);
	fputs(spec->comm_length == 0 ? "null" : "\"", stream);
	for (size_t i = 0; i < spec->comm_length; i++)
		fprintf(stream, "%02x", (unsigned char)spec->comm[i]);
	fputs(spec->comm_length == 0 ? "}\n" : "\"}\n", stream);
}

void made_render(FILE *stream, const struct spec *spec, const struct made_list *list,
		 const struct made_owners *owners)
{
	for (size_t i = 0; i < list->count; i++)
		render_one(stream, spec, &list->items[i], owners);
}
