/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network namespaces by setns(2). A namespace is known by its inode number; a path is opened
 * only when it is entered, and must then still lead to that inode, since a PID may have been
 * given to another process meanwhile.
 */
#include "collect/netns.h"

#include "num.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define OWN_PATH "proc/self/ns/net"
#define NAMED_DIR "run/netns"
/* nsfs links read "net:[4026531840]" (fs/nsfs.c). */
#define LINK_PREFIX "net:["

/* Inode of the namespace that @path leads to, 0 with errno set when it cannot be told. */
static uint32_t read_inode(const struct root *root, const char *path)
{
	cleanup(scope_close) int fd = root_open(root, path, O_PATH | O_NOFOLLOW);
	const char *at, *end;
	char link[64];
	struct stat st;
	uint64_t inode;
	ssize_t n;

	if (fd < 0) {
		errno = -fd;
		return 0;
	}
	n = readlinkat(fd, "", link, sizeof(link) - 1);
	/* No link: a file below run/netns on which the namespace is mounted. */
	if (n < 0 && (errno == ENOENT || errno == EINVAL))
		return fstat(fd, &st) < 0 ? 0 : (uint32_t)st.st_ino;
	if (n < 0)
		return 0;
	at = link + strlen(LINK_PREFIX);
	end = link + n;
	if ((size_t)n > strlen(LINK_PREFIX) &&
	    strncmp(link, LINK_PREFIX, strlen(LINK_PREFIX)) == 0 &&
	    num_take(&at, end, 10, UINT32_MAX, &inode))
		return (uint32_t)inode;
	errno = EINVAL;
	return 0;
}

static bool is_listed(const struct netns_list *list, uint32_t inode)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].inode == inode)
			return true;
	}
	return false;
}

static int add(struct netns_list *list, uint32_t inode, const char *path)
{
	struct netns *items;
	char *copy = NULL;

	if (list->count && is_listed(list, inode))
		return 0;
	items = realloc(list->items, (list->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	if (path && !(copy = strdup(path)))
		return -ENOMEM;
	items[list->count++] = (struct netns){inode, copy};
	return 0;
}

/* NAME, PID or PATH as ip-netns(8) takes them. */
static int add_named(struct netns_list *list, const struct root *root, const char *name,
		     struct buf *reason)
{
	char path[PATH_MAX];
	uint64_t pid;
	uint32_t inode;
	int r;

	if (*name == '/')
		snprintf(path, sizeof(path), "%s", name + 1);
	else if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		path[0] = '\0';
	else if (num_parse(name, INT32_MAX, &pid))
		snprintf(path, sizeof(path), "proc/%s/ns/net", name);
	else
		snprintf(path, sizeof(path), NAMED_DIR "/%s", name);
	errno = ENOENT;
	inode = *path ? read_inode(root, path) : 0;
	if (inode)
		return add(list, inode, path);
	r = errno == ENOENT ? -EINVAL : -errno;
	buf_printf(reason, "network namespace \"%s\": %s\n", name,
		   r == -EINVAL ? "there is none of that name, PID or path" : strerror(errno));
	return r;
}

static int add_directory(struct netns_list *list, const struct root *root)
{
	int fd = root_open(root, NAMED_DIR, O_RDONLY | O_DIRECTORY);
	cleanup(scope_closedir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		scope_close(&fd);
		return 0;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		char path[PATH_MAX];
		uint32_t inode;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), NAMED_DIR "/%s", entry->d_name);
		inode = read_inode(root, path);
		if (inode)
			r = add(list, inode, path);
	}
	return r;
}

static int add_processes(struct netns_list *list, const struct root *root,
			 struct lsp_snapshot *snapshot)
{
	int fd = root_open(root, "proc", O_RDONLY | O_DIRECTORY);
	cleanup(scope_closedir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct lsp_gap gap = {
		.what = "processes",
		.why = "their network namespace could not be read: CAP_SYS_PTRACE is needed",
		.hides = true,
	};
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		gap.what = "network namespaces";
		gap.why = "/proc could not be read";
		scope_close(&fd);
		return snapshot_add_gap(snapshot, &gap);
	}
	while (r >= 0 && (entry = readdir(dir))) {
		char path[64];
		uint64_t pid;
		uint32_t inode;

		if (!num_parse(entry->d_name, INT32_MAX, &pid))
			continue;
		snprintf(path, sizeof(path), "proc/%u/ns/net", (unsigned)pid);
		inode = read_inode(root, path);
		if (inode)
			r = add(list, inode, path);
		else
			gap.count += errno == EACCES || errno == EPERM;
	}
	return r < 0 || !gap.count ? r : snapshot_add_gap(snapshot, &gap);
}

/* The names of @list's namespaces that have one, NULL for the others. */
static int find_names(const struct netns_list *list, const struct root *root, char **names)
{
	int fd = root_open(root, NAMED_DIR, O_RDONLY | O_DIRECTORY);
	cleanup(scope_closedir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		scope_close(&fd);
		return 0;
	}
	while ((entry = readdir(dir))) {
		char path[PATH_MAX];
		uint32_t inode;
		size_t i = 0;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), NAMED_DIR "/%s", entry->d_name);
		inode = read_inode(root, path);
		while (i < list->count && list->items[i].inode != inode)
			i++;
		/* Of several names the first by the alphabet: the same one in each look. */
		if (!inode || i == list->count || (names[i] && strcmp(names[i], entry->d_name) < 0))
			continue;
		free(names[i]);
		names[i] = strdup(entry->d_name);
		if (!names[i])
			return -ENOMEM;
	}
	return 0;
}

/* What each namespace is called. Our own is "here" whatever name it has. */
static int tell_names(const struct netns_list *list, const struct root *root,
		      struct lsp_snapshot *snapshot)
{
	static const char prefix[] = NAMED_DIR "/";
	uint32_t own = read_inode(root, OWN_PATH);
	char **names = calloc(list->count ? list->count : 1, sizeof(*names));
	int r = names ? find_names(list, root, names) : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < list->count; i++) {
		const struct netns *netns = &list->items[i];
		bool is_own = netns->inode == own;
		const char *name = names[i];

		/* A directory that may be searched, but not listed. */
		if (!name && netns->path && strncmp(netns->path, prefix, sizeof(prefix) - 1) == 0)
			name = netns->path + sizeof(prefix) - 1;
		r = snapshot_add_netns(snapshot, netns->inode, is_own ? NULL : name, is_own);
	}
	for (size_t i = 0; names && i < list->count; i++)
		free(names[i]);
	free(names);
	return r;
}

int netns_list_load(struct netns_list *list, const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot, struct buf *reason)
{
	bool is_own = !query->netns_count || query->all_netns;
	int r = 0;

	*list = (struct netns_list){.home = -1};
	if (is_own)
		r = add(list, read_inode(root, OWN_PATH), NULL);
	for (size_t i = 0; r >= 0 && i < query->netns_count; i++)
		r = add_named(list, root, query->netns[i], reason);
	if (r >= 0 && query->all_netns)
		r = add_directory(list, root);
	if (r >= 0 && query->all_netns)
		r = add_processes(list, root, snapshot);
	if (r >= 0)
		r = tell_names(list, root, snapshot);
	if (r < 0 || (is_own && list->count == 1))
		return r;
	list->home = root_open(root, OWN_PATH, O_RDONLY);
	if (list->home >= 0)
		return 0;
	buf_printf(reason, "our own network namespace: %s\n", strerror(-list->home));
	return list->home;
}

void netns_list_deinit(struct netns_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	if (list->home > 0)
		close(list->home);
	*list = (struct netns_list){.home = -1};
}

int netns_enter(const struct netns *netns, const struct root *root)
{
	cleanup(scope_close) int fd = -1;
	struct stat st;

	if (!netns->path)
		return 0;
	fd = root_open(root, netns->path, O_RDONLY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint32_t)st.st_ino != netns->inode)
		return -ESRCH;
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

int netns_leave(const struct netns_list *list)
{
	if (list->home < 0)
		return 0;
	return setns(list->home, CLONE_NEWNET) < 0 ? -errno : 0;
}
