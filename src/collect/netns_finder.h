/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that netns_held_search() starts, and what it reports. */
#ifndef LSPORTS_COLLECT_NETNS_FINDER_H
#define LSPORTS_COLLECT_NETNS_FINDER_H
#pragma once

#include "collect/netns_list.h"

#include <stdint.h>

enum netns_report {
	NETNS_REPORT_FOUND,      /* a namespace: its descriptor comes along */
	NETNS_REPORT_PROCESS,    /* a process could not be searched */
	NETNS_REPORT_DESCRIPTOR, /* a descriptor of one could not */
	NETNS_REPORT_MOUNT,      /* a file of its mount namespace could not */
	NETNS_REPORT_DONE,       /* everything was searched */
};

/* One message of the socket. */
struct netns_found {
	uint32_t report; /* enum netns_report */
	uint32_t pid;
	int32_t fd;    /* of that process, -1: none */
	int32_t error; /* negative errno */
	uint32_t inode;
};

/*
 * netns_finder_run() - the whole work of the process. It may never return: whoever waits for it
 * has a deadline.
 * @out: a socket of type SOCK_SEQPACKET.
 */
void netns_finder_run(const struct netns_list *list, const struct intmap *known, int out);

#endif
