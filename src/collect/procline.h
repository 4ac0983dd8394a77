/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of /proc/net/{tcp,tcp6,udp,udp6} (proc(5), net/ipv4/tcp_ipv4.c). Pure. */
#ifndef LSPORTS_COLLECT_PROCLINE_H
#define LSPORTS_COLLECT_PROCLINE_H
#pragma once

#include <lsports/lsports.h>

/*
 * procline_parse() - @line without its newline; need not be terminated. What the file cannot
 * tell (device, V6ONLY, backlog, cookie, cgroup, auto) stays unknown.
 * Return: 0, or -EBADMSG when it is not such a line.
 */
int procline_parse(const char *line, size_t size, unsigned proto, enum lsp_family family,
		   struct lsp_socket *socket);

#endif
