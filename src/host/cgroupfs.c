/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup2 tree: finds directories by the id of their cgroup, by file handle where the
 * privileges allow it, otherwise by reading the tree. Needs no privilege. A cgroup that has ended
 * while a socket of it lives is another answer than one that lies outside what is mounted.
 */
#include "host/cgroupfs.h"

#include "buf.h"
#include "deadline.h"
#include "dirscan.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS, include/linux/exportfs.h */
#define ROOT_ID 1          /* of the root of the whole hierarchy, fs/kernfs/mount.c */
#define LINK_SIZE (PATH_MAX + 16)

struct tree {
	const struct cgroup_mount *mount;
	char point[LINK_SIZE]; /* the mount point as links to descriptors show it */
	struct intmap *ids;    /* id -> enum cgroupfs_state */
	size_t left;           /* ids that are still looked for */
	bool is_partial;       /* a directory could not be read */
	int error;             /* the last failure: negative errno */
	int64_t deadline;
	cgroupfs_found found;
	void *data;
};

/* What is gone hides nothing. */
static void note(struct tree *tree, int error)
{
	if (error == -ENOENT || error == -ENODEV)
		return;
	tree->is_partial = true;
	tree->error = error;
}

static bool has_time(struct tree *tree)
{
	if (!deadline_is_over(tree->deadline))
		return true;
	note(tree, -ETIME);
	return false;
}

/* --- an id that was found -------------------------------------------------------------------- */

static bool is_wanted(const struct tree *tree, uint64_t id)
{
	const uint32_t *value = intmap_find(tree->ids, id);

	return value && *value == CGROUPFS_WANTED;
}

static void set_state(struct tree *tree, uint64_t id, enum cgroupfs_state state)
{
	*intmap_find(tree->ids, id) = state;
	tree->left--;
}

/* @path: below the mount point, "" or "/a/b". */
static int report(struct tree *tree, uint64_t id, const char *path)
{
	struct buf whole = BUF_INIT;
	int r;

	set_state(tree, id, CGROUPFS_FOUND);
	buf_append(&whole, tree->mount->prefix.data, tree->mount->prefix.size);
	buf_append_text(&whole, path);
	if (!whole.size && !whole.error)
		buf_append_char(&whole, '/');
	r = buf_text(&whole) ? tree->found(tree->data, id, buf_text(&whole)) : -ENOMEM;
	buf_deinit(&whole);
	return r;
}

/* --- by file handle -------------------------------------------------------------------------- */

/* What /proc/self/fd says about a descriptor of ours; its length or a negative errno. */
static ssize_t read_fd_link(const struct tree *tree, int fd, char *out, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/self/fd/%d", fd);
	return root_readlink_at(tree->mount->root->fd, path, out, size);
}

static int open_by_id(const struct tree *tree, uint64_t id)
{
	/* struct file_handle, whose bytes are a flexible array */
	struct {
		unsigned bytes;
		int type;
		uint64_t id;
	} handle = {sizeof(id), HANDLE_KERNFS, id};
	int fd = open_by_handle_at(tree->mount->fd, (struct file_handle *)(void *)&handle,
				   O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * -ESTALE says that there is no such cgroup, or, to whoever may open handles below this mount
 * alone, that it is not below it (fs/fhandle.c). The root is always there.
 */
static bool is_everything_below(const struct tree *tree)
{
	cleanup(cleanup_close) int fd = open_by_id(tree, ROOT_ID);

	return fd >= 0;
}

static int find_by_handle(struct tree *tree, uint64_t id, bool *is_refused)
{
	cleanup(cleanup_close) int fd = open_by_id(tree, id);
	size_t point = strlen(tree->point);
	char link[LINK_SIZE];
	struct stat status;
	ssize_t n;

	if (fd == -ESTALE) {
		set_state(tree, id, is_everything_below(tree) ? CGROUPFS_ENDED : CGROUPFS_OUTSIDE);
		return 0;
	}
	if (fd < 0) {
		*is_refused = fd == -EPERM || fd == -EOPNOTSUPP || fd == -ENOSYS;
		return 0;
	}
	n = read_fd_link(tree, fd, link, sizeof(link));
	/* " (deleted)" behind the path: gone since, or part of the name; reading the tree decides.
	 */
	if (n < 0 || fstat(fd, &status) < 0 || !S_ISDIR(status.st_mode) || status.st_ino != id ||
	    (n > 10 && strcmp(link + n - 10, " (deleted)") == 0))
		return 0;
	/* The path of a cgroup outside what is mounted here means nothing. */
	if (strncmp(link, tree->point, point) != 0 || (link[point] && link[point] != '/')) {
		set_state(tree, id, CGROUPFS_OUTSIDE);
		return 0;
	}
	return report(tree, id, link + point);
}

static int find_by_handles(struct tree *tree)
{
	bool is_refused = false;
	int r = 0;

	if (read_fd_link(tree, tree->mount->fd, tree->point, sizeof(tree->point)) < 0)
		return 0;
	for (size_t i = 0; r >= 0 && !is_refused && i < tree->ids->capacity; i++) {
		const struct intmap_slot *slot = &tree->ids->slots[i];

		if (slot->is_used && slot->value == CGROUPFS_WANTED && has_time(tree))
			r = find_by_handle(tree, slot->key, &is_refused);
	}
	return r;
}

/* --- by reading the tree --------------------------------------------------------------------- */

/* Directories still to be read: terminated texts "/a/b" in a row. */
struct queue {
	struct buf paths;
	struct dirscan scan;
};

/* In a recorded tree the number of an inode means nothing: there the id is in a file. */
static uint64_t id_of(const struct tree *tree, int dir, const struct dirscan_entry *entry)
{
	char path[NAME_MAX + 16];
	uint64_t id;

	if (tree->mount->root->is_machine)
		return entry->inode;
	snprintf(path, sizeof(path), "%s/cgroup.id", entry->name);
	return root_read_numbers_at(dir, path, UINT64_MAX, &id, 1) < 0 ? 0 : id;
}

static bool may_be_cgroup(const struct dirscan_entry *entry)
{
	return (entry->type == DT_DIR || entry->type == DT_UNKNOWN) &&
	       strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0;
}

/* The subdirectories of @dir, whose path is at offset @parent of the queue. */
static int read_level(struct tree *tree, struct queue *queue, size_t parent, int dir)
{
	struct dirscan_entry entry;
	int more = 0, r = 0;

	dirscan_begin(&queue->scan, dir);
	while (tree->left && r >= 0 && has_time(tree) &&
	       (more = dirscan_next(&queue->scan, &entry)) > 0) {
		size_t child = queue->paths.size;
		uint64_t id;

		if (!may_be_cgroup(&entry))
			continue;
		if (buf_reserve(&queue->paths, child - parent + strlen(entry.name) + 2) < 0)
			return -ENOMEM;
		buf_append_text(&queue->paths, queue->paths.data + parent);
		buf_append_char(&queue->paths, '/');
		buf_append(&queue->paths, entry.name, strlen(entry.name) + 1);
		id = id_of(tree, dir, &entry);
		if (id && is_wanted(tree, id))
			r = report(tree, id, queue->paths.data + child);
	}
	if (more < 0)
		note(tree, more);
	return r;
}

static int read_tree(struct tree *tree)
{
	struct queue *queue = calloc(1, sizeof(*queue));
	struct dirscan_how how = dirscan_probe(tree->mount->root, tree->mount->fd);
	size_t at = 0;
	int r = 0;

	if (!queue)
		return -ENOMEM;
	buf_append(&queue->paths, "", 1);
	r = queue->paths.error;
	while (r >= 0 && tree->left && at < queue->paths.size && has_time(tree)) {
		const char *path = queue->paths.data + at;
		int dir = dirscan_open(&how, tree->mount->fd, *path ? path + 1 : ".",
				       O_RDONLY | O_DIRECTORY);
		size_t next = at + strlen(path) + 1;

		if (dir >= 0) {
			r = read_level(tree, queue, at, dir);
			close(dir);
		} else {
			note(tree, dir);
		}
		at = next;
	}
	buf_deinit(&queue->paths);
	free(queue);
	return r;
}

/* Nothing was left out: what was not there has ended. */
static void end_all(struct tree *tree)
{
	for (size_t i = 0; i < tree->ids->capacity; i++) {
		const struct intmap_slot *slot = &tree->ids->slots[i];

		if (slot->is_used && slot->value == CGROUPFS_WANTED)
			set_state(tree, slot->key, CGROUPFS_ENDED);
	}
}

int cgroupfs_find(const struct cgroup_mount *mount, struct intmap *ids, int64_t deadline,
		  cgroupfs_found found, void *data, int *failure)
{
	struct tree tree = {
		.mount = mount,
		.ids = ids,
		.deadline = deadline,
		.found = found,
		.data = data,
	};
	struct dirscan_entry top = {.name = "."};
	struct stat status;
	int r = 0;

	tree.left = ids->count;
	if (fstat(mount->fd, &status) == 0) {
		top.inode = status.st_ino;
		top.inode = id_of(&tree, mount->fd, &top);
		if (is_wanted(&tree, top.inode))
			r = report(&tree, top.inode, "");
	}
	if (r >= 0 && tree.left && mount->root->is_machine)
		r = find_by_handles(&tree);
	if (r >= 0 && tree.left)
		r = read_tree(&tree);
	if (r >= 0 && tree.left && !tree.is_partial && top.inode == ROOT_ID)
		end_all(&tree);
	*failure = tree.error;
	return r;
}
