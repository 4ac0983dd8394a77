/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sock_diag protocol as bytes (sock_diag(7), include/uapi/linux/inet_diag.h). Pure. */
#ifndef LSPORTS_COLLECT_DIAG_H
#define LSPORTS_COLLECT_DIAG_H
#pragma once

#include <linux/netlink.h>
#include <lsports/lsports.h>

struct diag_request {
	enum lsp_proto proto;
	enum lsp_family family;
	uint32_t states;             /* LSP_BIT(enum lsp_state) */
	struct lsp_port_range ports; /* local ports; 0-65535 asks without bytecode */
	bool only_auto;              /* only sockets whose port the kernel chose */
	bool is_padded;              /* messages longer by two attributes, for their length alone */
};

#define DIAG_REQUEST_SIZE 128

/* diag_format_request() - a dump request. Return: its length. */
size_t diag_format_request(const struct diag_request *request, uint32_t seq,
			   uint8_t out[DIAG_REQUEST_SIZE]);

/* diag_format_noop() - a message that does nothing and is acknowledged. Return: its length. */
size_t diag_format_noop(uint32_t seq, uint8_t out[DIAG_REQUEST_SIZE]);

/*
 * diag_parse_socket() - one SOCK_DIAG_BY_FAMILY message of a dump.
 * @header: complete, as mnl_nlmsg_ok() says.
 * @ifindex: bound device, 0 for none; socket->interface is left NULL.
 * Attributes that are not known are passed over, as the kernel adds new ones.
 *
 * Return: 0, or -EBADMSG for lengths, a family or a state that cannot be.
 */
int diag_parse_socket(const struct nlmsghdr *header, enum lsp_proto proto,
		      struct lsp_socket *socket, uint32_t *ifindex);

#endif
