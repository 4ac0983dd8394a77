/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Duplicates and order in the table of sockets. */
#ifndef LSPORTS_MODEL_SOCKET_ORDER_H
#define LSPORTS_MODEL_SOCKET_ORDER_H
#pragma once

#include "model/socket_table.h"

/* A socket by its cookie: before Linux 5.8 two namespaces may have the same. */
struct socket_mark {
	uint64_t cookie;
	uint32_t netns;
};

/*
 * socket_order_dedup() - keep one of each identity: cookie, else inode, in one netns.
 * @autos: the sockets whose port the kernel chose; sorted in place.
 * Return: 0 or -ENOMEM.
 */
int socket_order_dedup(struct socket_table *table, struct socket_mark *autos, size_t auto_count);

/* socket_order_sort() - the order of lsp_snapshot_count()'s comment. Return: 0 or -ENOMEM. */
int socket_order_sort(struct socket_table *table);

/*
 * socket_order_same_local_endpoint() - whether two sockets have one local address and port, on one
 * device of one network namespace.
 */
bool socket_order_same_local_endpoint(const struct socket_table *table, size_t a, size_t b);

#endif
