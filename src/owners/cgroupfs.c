/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup2 tree: finds directories by the id of their cgroup, by file handle where the
 * privileges allow, else by reading the tree. Needs no privilege, and says nothing about a
 * cgroup that is gone or lies outside of what is mounted.
 */
#include "owners/cgroupfs.h"

#include "buf.h"
#include "num.h"
#include "owners/dirscan.h"
#include "owners/mountinfo.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_FILE (16u << 20)
#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS, include/linux/exportfs.h */
#define LINK_SIZE (PATH_MAX + 16)

struct tree {
	const struct root *root;
	int fd;            /* owned: the mount point */
	struct buf prefix; /* path of the mounted directory in the hierarchy: "" for all of it */
	char point[LINK_SIZE]; /* the mount point as links to descriptors show it */
	struct intmap *ids;    /* id -> 1 when there is nothing more to look for */
	size_t left;           /* ids with value 0 */
	int error;             /* the last failure that is no answer: negative errno */
	cgroupfs_found found;
	void *data;
};

/* --- the mount ------------------------------------------------------------------------------- */

/* Absent, gone or not ours to read is an answer: the names stay unknown. */
static void note(struct tree *tree, int error)
{
	if (error != -ENOENT && error != -ENODEV && error != -EACCES && error != -EPERM &&
	    error != -ENOTDIR && error != -EXDEV && error != -ENAMETOOLONG)
		tree->error = error;
}

static int open_mount(struct tree *tree, const struct mountinfo *mount)
{
	cleanup(scope_close) int fd = -1;
	const char *path = mount->point + strspn(mount->point, "/");
	struct statfs status;

	if (strcmp(mount->type, "cgroup2") != 0)
		return -ENOENT;
	fd = root_open(tree->root, *path ? path : ".", O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		note(tree, fd);
		return fd;
	}
	/* Another file system may be mounted over it. */
	if (tree->root->is_machine &&
	    (fstatfs(fd, &status) < 0 || status.f_type != CGROUP2_SUPER_MAGIC))
		return -ENOENT;
	return take_fd(&fd);
}

/* Opens the mount that shows most: the whole hierarchy, else the first. */
static int open_tree(struct tree *tree)
{
	struct buf text = BUF_INIT;
	struct mountinfo mount;
	char *cursor;
	int r = root_read(tree->root, "proc/self/mountinfo", &text, MAX_FILE);

	if (r == 0 && !buf_text(&text))
		r = -ENOMEM;
	if (r < 0) {
		note(tree, r);
		buf_deinit(&text);
		return r;
	}
	cursor = text.data;
	while (mountinfo_parse(&cursor, &mount)) {
		bool is_whole = strcmp(mount.root, "/") == 0;
		int fd;

		if (tree->fd >= 0 && !is_whole)
			continue;
		fd = open_mount(tree, &mount);
		if (fd < 0)
			continue;
		if (tree->fd >= 0)
			close(tree->fd);
		tree->fd = fd;
		buf_reset(&tree->prefix);
		/* "/.." stands for directories above the cgroup namespace: no path from here. */
		if (!is_whole && strncmp(mount.root, "/..", 3) != 0)
			buf_append_text(&tree->prefix, mount.root);
		if (is_whole)
			break;
	}
	/* Below ip netns exec /sys is another one. */
	if (tree->fd < 0)
		note(tree, -ENODEV);
	buf_deinit(&text);
	return tree->fd < 0 ? -ENOENT : tree->prefix.error;
}

/* --- one answer ------------------------------------------------------------------------------ */

static bool is_wanted(const struct tree *tree, uint64_t id)
{
	const uint32_t *value = intmap_find(tree->ids, id);

	return value && !*value;
}

static void settle(struct tree *tree, uint64_t id)
{
	*intmap_find(tree->ids, id) = 1;
	tree->left--;
}

/* @path: below the mount point, "" or "/a/b". */
static int tell(struct tree *tree, uint64_t id, const char *path)
{
	struct buf whole = BUF_INIT;
	int r;

	settle(tree, id);
	buf_append(&whole, tree->prefix.data, tree->prefix.size);
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
	return root_readlink_at(tree->root->fd, path, out, size);
}

static int open_by_id(const struct tree *tree, uint64_t id)
{
	/* struct file_handle, whose bytes are a flexible array */
	struct {
		unsigned bytes;
		int type;
		uint64_t id;
	} handle = {sizeof(id), HANDLE_KERNFS, id};
	int fd = open_by_handle_at(tree->fd, (struct file_handle *)(void *)&handle,
				   O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int find_by_handle(struct tree *tree, uint64_t id, bool *is_refused)
{
	cleanup(scope_close) int fd = open_by_id(tree, id);
	size_t point = strlen(tree->point);
	char link[LINK_SIZE];
	struct stat status;
	ssize_t n;

	if (fd == -ESTALE) {
		settle(tree, id);
		return 0;
	}
	if (fd < 0) {
		*is_refused = fd == -EPERM || fd == -EOPNOTSUPP || fd == -ENOSYS;
		return 0;
	}
	n = read_fd_link(tree, fd, link, sizeof(link));
	/* " (deleted)" behind the path: gone since, or really called so, which the tree tells. */
	if (n < 0 || fstat(fd, &status) < 0 || !S_ISDIR(status.st_mode) || status.st_ino != id ||
	    (n > 10 && strcmp(link + n - 10, " (deleted)") == 0))
		return 0;
	/* One outside of what is mounted here has a path that means nothing. */
	if (strncmp(link, tree->point, point) != 0 || (link[point] && link[point] != '/'))
		return 0;
	return tell(tree, id, link + point);
}

static int find_by_handles(struct tree *tree)
{
	bool is_refused = false;
	int r = 0;

	if (read_fd_link(tree, tree->fd, tree->point, sizeof(tree->point)) < 0)
		return 0;
	for (size_t i = 0; r >= 0 && !is_refused && i < tree->ids->capacity; i++) {
		const struct intmap_slot *slot = &tree->ids->slots[i];

		if (slot->is_used && !slot->value)
			r = find_by_handle(tree, slot->key, &is_refused);
	}
	return r;
}

/* --- by reading the tree --------------------------------------------------------------------- */

/* Directories still to be read: texts "/a/b" one behind the other, terminated. */
struct queue {
	struct buf paths;
	struct dirscan scan;
};

/* The number of an inode in a recorded tree says nothing: there it stands in a file. */
static uint64_t id_of(const struct tree *tree, int dir, const struct dirscan_entry *entry)
{
	struct buf text = BUF_INIT;
	char path[NAME_MAX + 16];
	uint64_t id = 0;

	if (tree->root->is_machine)
		return entry->inode;
	snprintf(path, sizeof(path), "%s/cgroup.id", entry->name);
	if (root_read_at(dir, path, &text, 64) == 0 && buf_text(&text)) {
		text.data[strcspn(text.data, "\n")] = '\0';
		if (!num_parse(text.data, UINT64_MAX, &id))
			id = 0;
	}
	buf_deinit(&text);
	return id;
}

static bool may_be_cgroup(const struct dirscan_entry *entry)
{
	return (entry->type == DT_DIR || entry->type == DT_UNKNOWN) &&
	       strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0;
}

/* The directories in the one at offset @parent of the queue. */
static int read_level(struct tree *tree, struct queue *queue, size_t parent, int dir)
{
	struct dirscan_entry entry;
	int more = 0, r = 0;

	dirscan_begin(&queue->scan, dir);
	while (tree->left && r >= 0 && (more = dirscan_next(&queue->scan, &entry)) > 0) {
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
			r = tell(tree, id, queue->paths.data + child);
	}
	if (more < 0)
		note(tree, more);
	return r;
}

static int read_tree(struct tree *tree)
{
	struct queue *queue = calloc(1, sizeof(*queue));
	struct dirscan_how how = dirscan_probe(tree->root, tree->fd);
	size_t at = 0;
	int r = 0;

	if (!queue)
		return -ENOMEM;
	buf_append(&queue->paths, "", 1);
	r = queue->paths.error;
	while (r >= 0 && tree->left && at < queue->paths.size) {
		const char *path = queue->paths.data + at;
		int dir = dirscan_open(&how, tree->fd, *path ? path + 1 : ".",
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

int cgroupfs_find(const struct root *root, struct intmap *ids, cgroupfs_found found, void *data,
		  int *failure)
{
	struct tree tree = {.root = root, .fd = -1, .ids = ids, .found = found, .data = data};
	struct dirscan_entry top = {.name = "."};
	struct stat status;
	uint32_t *none = intmap_find(ids, 0);
	int r = 0;

	*failure = 0;
	/* 0 is no id of a cgroup. */
	if (none)
		*none = 1;
	tree.left = ids->count - (none ? 1 : 0);
	if (!tree.left || open_tree(&tree) < 0)
		goto out;
	if (fstat(tree.fd, &status) == 0) {
		top.inode = status.st_ino;
		top.inode = id_of(&tree, tree.fd, &top);
		if (is_wanted(&tree, top.inode))
			r = tell(&tree, top.inode, "");
	}
	if (r >= 0 && tree.left && root->is_machine)
		r = find_by_handles(&tree);
	if (r >= 0 && tree.left)
		r = read_tree(&tree);
out:
	if (tree.left)
		*failure = tree.error;
	buf_deinit(&tree.prefix);
	if (tree.fd >= 0)
		close(tree.fd);
	return r;
}
