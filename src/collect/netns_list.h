/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network namespaces that are looked into, each once, in the order in which they were found. */
#ifndef LSPORTS_COLLECT_NETNS_LIST_H
#define LSPORTS_COLLECT_NETNS_LIST_H
#pragma once

#include "array.h"
#include "intmap.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How one is entered: by a path, by a descriptor of it, or not at all since we are in it. */
struct netns {
	uint32_t inode; /* of the namespace, 0 unknown */
	char *path;     /* relative to the root, or NULL */
	int fd;         /* -1: none */
	bool is_lost;   /* it led nowhere when it was to be entered */
};

struct netns_list {
	struct array items;    /* struct netns */
	struct intmap inodes;  /* of those that need not be found again */
	struct intmap cookies; /* of those that were entered */
	struct intmap mounts;  /* inode of a mount namespace -> PID of a process in it */
	uint32_t own;          /* the one that we are in, 0: unknown */
	size_t named;          /* the snapshot has so many of them, with their names */
	struct intmap single;  /* PIDs of processes without other threads, a moment ago */
	struct intmap refused; /* PIDs and TIDs that the kernel did not let us ask */
	int64_t deadline;      /* of the run, 0: none */
	pid_t finder;          /* a child that has to be waited for, 0: none */
	int home; /* descriptor of the one that we started in, -1 while it is not needed */
};

#define NETNS_LIST_INIT ((struct netns_list){.home = -1})

void netns_list_deinit(struct netns_list *list); /* takes NETNS_LIST_INIT too */

static inline struct netns *netns_list_at(const struct netns_list *list, size_t index)
{
	return (struct netns *)list->items.data + index;
}

/* netns_list_end_finder() - waits for it. */
void netns_list_end_finder(struct netns_list *list);

bool netns_list_has(const struct netns_list *list, uint32_t inode);

/*
 * netns_list_add() - unless it is there. @path: copied, may be NULL. @fd: taken, also on failure.
 * Return: 0 or -ENOMEM.
 */
int netns_list_add(struct netns_list *list, uint32_t inode, const char *path, int fd);

/* netns_list_forget_lost() - what is found again is another item. Return: how many were lost. */
size_t netns_list_forget_lost(struct netns_list *list);

#endif
