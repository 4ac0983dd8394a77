/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sock_diag protocol as bytes (sock_diag(7), include/uapi/linux/inet_diag.h). Pure. */
#ifndef LSPORTS_COLLECT_DIAG_H
#define LSPORTS_COLLECT_DIAG_H
#pragma once

#include "model/endpoint.h"

#include <linux/netlink.h>
#include <lsports/lsports.h>

/* Beyond so many values of one kind a request is not split by them. */
#define DIAG_VALUES_MAX 1000

/* Those that have one of these values, or with @is_other all the others. Empty: every one. */
struct diag_set {
	const uint64_t *values; /* borrowed */
	size_t count;           /* at most DIAG_VALUES_MAX; one, unless @is_other */
	bool is_other;
};

struct diag_request {
	unsigned proto;
	enum lsp_family family;
	uint32_t states;             /* LSP_BIT(enum lsp_state) */
	struct lsp_port_range ports; /* local ports; 0-65535 asks without bytecode */
	bool only_auto;              /* only sockets whose port the kernel chose */
	/* Only where they have bits: local addresses that have the first and lack the second. */
	struct endpoint_prefix inside, outside;
	/* What an older kernel does not know is -EINVAL. */
	struct diag_set devices; /* numbers of bound devices */
	struct diag_set cgroups; /* ids; Linux 5.8 */
	bool is_padded;          /* messages longer by two attributes, for their length alone */
};

#define DIAG_REQUEST_SIZE 32768

/* diag_format_request() - a dump request. Return: its length. */
size_t diag_format_request(const struct diag_request *request, uint32_t seq,
			   uint8_t out[DIAG_REQUEST_SIZE]);

/* diag_format_noop() - a message that does nothing and is acknowledged. Return: its length. */
size_t diag_format_noop(uint32_t seq, uint8_t out[DIAG_REQUEST_SIZE]);

/*
 * diag_parse_socket() - one SOCK_DIAG_BY_FAMILY message of a dump.
 * @header: complete, as mnl_nlmsg_ok() says.
 * The name of the bound device, socket->local.zone, is left NULL; its number is filled in.
 * Attributes that are not known are passed over, as the kernel adds new ones.
 *
 * Return: 0, or -EBADMSG for lengths, a family or a state that cannot be.
 */
int diag_parse_socket(const struct nlmsghdr *header, unsigned proto, struct lsp_socket *socket);

#endif
