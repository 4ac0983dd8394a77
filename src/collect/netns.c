/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network namespaces by setns(2). A namespace is known by its inode number; a path is opened
 * only when it is entered, and must then still lead to that inode, since a PID may have been
 * given to another process meanwhile.
 */
#include "collect/netns.h"

#include "cleanup.h"
#include "collect/netns_gaps.h"
#include "collect/netns_held.h"
#include "collect/netns_link.h"
#include "collect/netns_search.h"
#include "dirscan.h"
#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14 */
#endif
/* The word for our own namespace, which a file below run/netns may have for its name. */
#define OWN_WORD "self"
/* Numbers of namespaces begin here (PROC_DYNAMIC_FIRST, fs/proc/generic.c). */
#define FIRST_INODE UINT64_C(0xf0000000)

/* --- which ones ------------------------------------------------------------------------------ */

static bool is_plain_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/*
 * NAME, PID or PATH as ip-netns(8) takes them: a name may look like a PID, or like our own word for
 * our own namespace. Return: as netns_link_find().
 */
static int find_named(const struct root *root, const char *name, char path[PATH_MAX],
		      uint32_t *inode)
{
	uint64_t pid;
	int r;

	if (*name == '/') {
		snprintf(path, PATH_MAX, "%s", name + 1);
		return netns_link_find(root, path, inode);
	}
	if (!is_plain_name(name))
		return -ENOENT;
	snprintf(path, PATH_MAX, NETNS_SEARCH_NAMED "/%s", name);
	r = netns_link_find(root, path, inode);
	if (r != -ENOENT && r != -EINVAL)
		return r;
	if (strcmp(name, OWN_WORD) == 0)
		snprintf(path, PATH_MAX, NETNS_LINK_OWN);
	else if (num_parse(name, INT32_MAX, &pid))
		snprintf(path, PATH_MAX, "proc/%s/ns/net", name);
	else
		return r;
	return netns_link_find(root, path, inode);
}

static int refuse_named(const struct root *root, const char *name, const char *path, int r,
			struct error *error)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "network namespace \"%s\": ", name);
	/* The link of a process is followed by whoever may trace it. */
	if ((r == -EACCES || r == -EPERM) && strncmp(path, "proc/", 5) == 0)
		netns_gaps_append_refusal(&text, root, NETNS_STEP_PROCESSES);
	else
		buf_append_text(&text, error_describe(r));
	return error_take(error, r, &text);
}

static int add_named(struct netns_list *list, const struct root *root, const char *name,
		     struct error *error)
{
	char path[PATH_MAX];
	uint32_t inode;
	int r = find_named(root, name, path, &inode);

	if (r >= 0)
		return netns_list_add(list, inode, path, -1);
	if (r == -EINVAL)
		return error_set(error, r, "\"%s\" is not a network namespace", name);
	if (r == -ENOENT || r == -ESRCH || r == -ENOTDIR)
		return error_set(
			error, -EINVAL,
			"network namespace \"%s\": there is none of that name, PID or path", name);
	return refuse_named(root, name, path, r, error);
}

/* --- what they are called --------------------------------------------------------------------- */

/* What is said of a namespace must never mean another one: our own, or one by its number. */
static bool is_ambiguous(const char *name)
{
	uint64_t number;

	return strcmp(name, OWN_WORD) == 0 ||
	       (num_parse(name, UINT64_MAX, &number) && number >= FIRST_INODE);
}

/* Of several names the first by the alphabet: the same one each time. */
static int find_name(const struct netns_list *list, const struct root *root, char **names,
		     const char *name)
{
	char path[PATH_MAX];
	uint32_t inode;
	int r;

	snprintf(path, sizeof(path), NETNS_SEARCH_NAMED "/%s", name);
	r = netns_link_find(root, path, &inode);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	for (size_t i = list->named; i < list->items.count; i++) {
		if (netns_list_at(list, i)->inode != inode ||
		    (names[i] && strcmp(names[i], name) < 0))
			continue;
		free(names[i]);
		names[i] = strdup(name);
		if (!names[i])
			return -ENOMEM;
	}
	return 0;
}

static int find_names(const struct netns_list *list, const struct root *root, char **names)
{
	cleanup(cleanup_close) int fd = root_open(root, NETNS_SEARCH_NAMED, O_RDONLY | O_DIRECTORY);
	struct dirscan_entry entry;
	struct dirscan scan;
	int r = fd, more;

	if (fd < 0)
		return r;
	dirscan_begin(&scan, fd);
	while ((more = dirscan_next(&scan, &entry)) > 0 && r >= 0) {
		if (entry.name[0] != '.')
			r = find_name(list, root, names, entry.name);
		r = r == -ENOENT ? 0 : r;
	}
	return r < 0 ? r : more;
}

static int add_name(struct lsp_snapshot *snapshot, uint32_t inode, const char *name, bool is_own)
{
	char path[PATH_MAX];

	if (name && !is_own && is_ambiguous(name)) {
		snprintf(path, sizeof(path), "/" NETNS_SEARCH_NAMED "/%s", name);
		name = path;
	}
	/* Our own is "self" whatever name it has. */
	return builder_add_netns(snapshot, inode, is_own ? NULL : name, is_own);
}

/* The namespaces that came since the last time. */
static int add_names(struct netns_list *list, const struct root *root,
		     struct lsp_snapshot *snapshot)
{
	static const char prefix[] = NETNS_SEARCH_NAMED "/";
	char **names = calloc(list->items.count + 1, sizeof(*names));
	int r = names ? find_names(list, root, names) : -ENOMEM;

	/* A rule that names a namespace cannot be judged, nor be learned, without its name. */
	if (r < 0 && r != -ENOMEM && r != -ENOENT)
		r = netns_gaps_add(snapshot, root, NETNS_STEP_NAMES, r, NULL);
	else if (r == -ENOENT)
		r = 0;
	for (size_t i = list->named; r >= 0 && i < list->items.count; i++) {
		const struct netns *netns = netns_list_at(list, i);
		const char *name = names[i];

		/* A directory that may be searched, but not listed. */
		if (!name && netns->path && strncmp(netns->path, prefix, sizeof(prefix) - 1) == 0)
			name = netns->path + sizeof(prefix) - 1;
		r = add_name(snapshot, netns->inode, name, list->own && netns->inode == list->own);
	}
	for (size_t i = 0; names && i < list->items.count; i++)
		free(names[i]);
	free(names);
	list->named = list->items.count;
	return r;
}

/* --- all of it -------------------------------------------------------------------------------- */

/*
 * Which one we are in. Where that is not known no other can be told from it.
 * Return: 0, -ENOMEM, or 1 when it is not known.
 */
static int find_own(struct netns_list *list, const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot)
{
	enum netns_step step = query->all_netns ? NETNS_STEP_OWN : NETNS_STEP_COMPARE;
	int r = netns_link_find(root, NETNS_LINK_OWN, &list->own), added = 0;

	if (r >= 0)
		return 0;
	list->own = 0;
	if (query->all_netns || query->netns_count)
		added = netns_gaps_add(snapshot, root, step, r == -ENOENT ? -EIO : r, NULL);
	return added < 0 ? added : 1;
}

/*
 * Of the namespace that we are in: sockets of it need not be asked for theirs. Where it is missing
 * they are.
 */
static void add_cookie(struct netns_list *list)
{
	cleanup(cleanup_close) int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 &&
	    !intmap_find(&list->cookies, cookie))
		intmap_put(&list->cookies, cookie, 0);
}

static int load(struct netns_list *list, const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot, struct error *error)
{
	int r = find_own(list, root, query, snapshot);
	bool is_all = query->all_netns && r == 0;

	if (r >= 0 && (!query->netns_count || query->all_netns))
		r = netns_list_add(list, list->own, NULL, -1);
	for (size_t i = 0; r >= 0 && i < query->netns_count; i++)
		r = add_named(list, root, query->netns[i], error);
	if (r >= 0 && is_all)
		r = netns_search(list, root, snapshot);
	return r < 0 ? r : add_names(list, root, snapshot);
}

int netns_load(struct netns_list *list, const struct root *root, const struct lsp_query *query,
	       struct lsp_snapshot *snapshot, struct error *error)
{
	bool has_own = !query->netns_count || query->all_netns;
	int r;

	*list = NETNS_LIST_INIT;
	list->deadline = query->deadline;
	r = load(list, root, query, snapshot, error);
	if (r < 0 || (has_own && list->items.count == 1 && !query->all_netns))
		return r;
	list->home = root_open(root, NETNS_LINK_OWN, O_RDONLY);
	if (list->home >= 0) {
		add_cookie(list);
		return 0;
	}
	if (!has_own || list->items.count > 1)
		return error_set_errno(error, list->home, "our own network namespace");
	/* There is nowhere to go, and without a way back no other one can be searched for. */
	return root->is_machine && list->own
		       ? netns_gaps_add(snapshot, root, NETNS_STEP_HOME,
					list->home == -ENOENT ? -EIO : list->home, NULL)
		       : 0;
}

int netns_load_more(struct netns_list *list, const struct root *root, const struct intmap *known,
		    struct lsp_snapshot *snapshot)
{
	bool has_lost;
	int r;

	/* There is no way back. */
	if (list->home < 0)
		return 1;
	has_lost = netns_list_forget_lost(list) > 0;
	r = has_lost ? netns_search(list, root, snapshot)
		     : netns_held_search(list, root, known, snapshot);
	if (r >= 0)
		r = add_names(list, root, snapshot);
	return r < 0 ? r : !has_lost;
}

int netns_enter(struct netns_list *list, size_t index, const struct root *root)
{
	struct netns *netns = netns_list_at(list, index);
	cleanup(cleanup_close) int opened = -1;
	int fd = netns->fd;
	struct stat st;

	if (!netns->path && fd < 0)
		return 0;
	if (netns->path)
		fd = opened = root_open(root, netns->path, O_RDONLY);
	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint32_t)st.st_ino != netns->inode)
		return -ESRCH;
	if (setns(fd, CLONE_NEWNET) < 0)
		return -errno;
	add_cookie(list);
	return 0;
}

int netns_leave(const struct netns_list *list)
{
	if (list->home < 0)
		return 0;
	return setns(list->home, CLONE_NEWNET) < 0 ? -errno : 0;
}
