/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list without duplicates. Opens nothing and enters nothing. */
#include "collect/netns_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Values of netns_list.inodes. */
enum presence { PRESENCE_LOST, PRESENCE_LISTED };

void netns_list_deinit(struct netns_list *list)
{
	for (size_t i = 0; i < list->items.count; i++) {
		free(netns_list_at(list, i)->path);
		if (netns_list_at(list, i)->fd >= 0)
			close(netns_list_at(list, i)->fd);
	}
	array_deinit(&list->items);
	intmap_deinit(&list->inodes);
	intmap_deinit(&list->cookies);
	intmap_deinit(&list->mounts);
	intmap_deinit(&list->refused);
	intmap_deinit(&list->single);
	netns_list_end_finder(list);
	if (list->home >= 0)
		close(list->home);
	*list = NETNS_LIST_INIT;
}

void netns_list_end_finder(struct netns_list *list)
{
	/* It has told all that it knows, and is ending. */
	if (list->finder)
		waitpid(list->finder, NULL, 0);
	list->finder = 0;
}

bool netns_list_has(const struct netns_list *list, uint32_t inode)
{
	const uint32_t *presence = intmap_find(&list->inodes, inode);

	return presence && *presence == PRESENCE_LISTED;
}

static int add(struct netns_list *list, uint32_t inode, const char *path, int fd)
{
	struct netns *slot;
	char *copy = NULL;
	int r;

	if (path && !(copy = strdup(path)))
		return -ENOMEM;
	r = intmap_put(&list->inodes, inode, PRESENCE_LISTED);
	slot = r < 0 ? NULL : array_add(&list->items, sizeof(*slot));
	if (!slot) {
		free(copy);
		return -ENOMEM;
	}
	*slot = (struct netns){.inode = inode, .path = copy, .fd = fd};
	return 1;
}

int netns_list_add(struct netns_list *list, uint32_t inode, const char *path, int fd)
{
	int r = netns_list_has(list, inode) ? 0 : add(list, inode, path, fd);

	if (r <= 0 && fd >= 0)
		close(fd);
	return r < 0 ? r : 0;
}

size_t netns_list_forget_lost(struct netns_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->items.count; i++) {
		struct netns *netns = netns_list_at(list, i);

		if (!netns->is_lost)
			continue;
		*intmap_find(&list->inodes, netns->inode) = PRESENCE_LOST;
		netns->is_lost = false;
		count++;
	}
	return count;
}
