// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sweep tcp|udp ADDRESS PORT[,PORT] SOCKETS COUNT [plain|strict]: COUNT listings in one process,
 * each of which must find SOCKETS listeners on ADDRESS and these ports, and no cookie twice. Prints
 * "sweeps N lost L doubled D"; exits 1 if a listing lost or doubled something. Uses only the
 * contract.
 */
#include "../unit/protocols.h"
#include "error.h"

#include <lsports/lsports.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
	struct lsp_query query;
	enum lsp_family family;
	uint8_t address[16];
	struct lsp_port_range *ports;
	size_t port_count;
	size_t sockets;
};

struct count {
	unsigned long sweeps, lost, doubled;
};

static int compare_cookies(const void *a, const void *b)
{
	uint64_t one, other;

	memcpy(&one, a, sizeof(one));
	memcpy(&other, b, sizeof(other));
	return (one > other) - (one < other);
}

static bool is_wanted(const struct wanted *wanted, const struct lsp_socket *socket)
{
	if (socket->local.family != wanted->family ||
	    memcmp(socket->local.address, wanted->address, sizeof(wanted->address)) != 0)
		return false;
	for (size_t i = 0; i < wanted->port_count; i++)
		if (socket->local.port >= wanted->ports[i].first &&
		    socket->local.port <= wanted->ports[i].last)
			return true;
	return false;
}

static int check_snapshot(const struct wanted *wanted, const struct lsp_snapshot *snapshot,
			  struct count *count)
{
	size_t total = lsp_snapshot_count(snapshot);
	uint64_t *cookies = calloc(total + 1, sizeof(*cookies));
	size_t found = 0;

	if (cookies == NULL)
		return -1;
	for (size_t i = 0; i < total; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		found += is_wanted(wanted, &socket);
		cookies[i] = socket.cookie;
	}
	qsort(cookies, total, sizeof(*cookies), compare_cookies);
	for (size_t i = 1; i < total; i++)
		count->doubled += cookies[i] == cookies[i - 1];
	free(cookies);
	count->lost += found < wanted->sockets;
	count->sweeps++;
	return 0;
}

static int sweep_once(const struct wanted *wanted, struct count *count)
{
	struct lsp_snapshot *snapshot = NULL;
	struct error error = ERROR_INIT;
	int r = lsp_collect(&wanted->query, &snapshot, &error);

	if (r < 0)
		fprintf(stderr, "sweep: %s\n", error_text(&error));
	else
		r = check_snapshot(wanted, snapshot, count);
	lsp_snapshot_free(snapshot);
	error_deinit(&error);
	return r;
}

/* "22,80": each alone. */
static int parse_ports(const char *text, struct wanted *out)
{
	char *end;

	do {
		unsigned long port = strtoul(text, &end, 10);

		if (end == text || port > UINT16_MAX)
			return -1;
		out->ports = reallocarray(out->ports, out->port_count + 1, sizeof(*out->ports));
		if (!out->ports)
			return -1;
		out->ports[out->port_count++] =
			(struct lsp_port_range){(uint16_t)port, (uint16_t)port};
		text = end + 1;
	} while (*end == ',');
	return *end ? -1 : 0;
}

static int parse_words(char **words, bool is_strict, struct wanted *out)
{
	unsigned proto = strcmp(words[0], "udp") == 0 ? LSP_PROTO_UDP : LSP_PROTO_TCP;

	*out = (struct wanted){.sockets = strtoul(words[3], NULL, 10)};
	if (parse_ports(words[2], out) < 0)
		return -1;
	if (inet_pton(AF_INET, words[1], out->address) == 1)
		out->family = LSP_FAMILY_IPV4;
	else if (inet_pton(AF_INET6, words[1], out->address) == 1)
		out->family = LSP_FAMILY_IPV6;
	else
		return -1;
	out->query.protos = LSP_BIT(proto);
	out->query.families = LSP_BIT(out->family);
	out->query.listeners = true;
	out->query.source = LSP_SOURCE_NETLINK;
	out->query.strict = is_strict;
	return 0;
}

int main(int argc, char **argv)
{
	struct count count = {0};
	struct wanted wanted;
	bool is_strict = argc == 7 && strcmp(argv[6], "strict") == 0;

	if ((argc != 6 && argc != 7) || parse_words(argv + 1, is_strict, &wanted) < 0) {
		fputs("usage: sweep tcp|udp ADDRESS PORT[,PORT] SOCKETS COUNT [plain|strict]\n",
		      stderr);
		return 2;
	}
	for (unsigned long n = strtoul(argv[5], NULL, 10); n > 0; n--)
		if (sweep_once(&wanted, &count) < 0)
			return 2;
	free(wanted.ports);
	printf("sweeps %lu lost %lu doubled %lu\n", count.sweeps, count.lost, count.doubled);
	return count.lost > 0 || count.doubled > 0;
}
