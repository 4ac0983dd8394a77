/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A filter of system calls for this process and its children (seccomp(2)). The calls that it lets
 * through stand in filter_calls.c; any other ends the process by SIGSYS, so that a gap in the list
 * is never mistaken for an answer.
 */
#ifndef LSPORTS_BASE_FILTER_H
#define LSPORTS_BASE_FILTER_H
#pragma once

#include <stdbool.h>

/* What only some runs may do beside everything else. */
enum filter_right {
	FILTER_NAMESPACES = 1u << 0, /* enter network namespaces, and search for them */
	FILTER_BPF = 1u << 1,        /* bpf(2) */
	FILTER_BIND = 1u << 2,       /* bind an Internet socket; without it, netlink alone */
};

#define FILTER_RIGHTS 8u /* sets of them */

/* filter_is_built() - whether this build has the filter. One with sanitizers has none. */
bool filter_is_built(void);

/*
 * filter_install() - for good, for the calling thread and all that it makes. Needs no_new_privs,
 * or CAP_SYS_ADMIN. @rights: enum filter_right.
 * Return: 0; -EOPNOTSUPP: the build or the kernel has no filters, and nothing is restricted;
 * another negative errno.
 */
int filter_install(unsigned rights);

/* filter_is_installed() - whether a filter, this one or another, restricts the calling thread. */
bool filter_is_installed(void);

#endif
