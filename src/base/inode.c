/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files by device and inode. A file system may belong to somebody else (FUSE), or its server may be
 * gone (NFS), and whoever asks it then waits for ever. Nothing here asks one, but for the one that
 * our own root directory lies on: without its answers no program starts at all.
 */
#include "inode.h"

#include "cleanup.h"
#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

/* No times: to know these NFS writes dirty pages back first (nfs_getattr(), fs/nfs/inode.c, 6.18).
 */
#define WANTED                                                                                     \
	(STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_INO | (unsigned)STATX_MNT_ID)

/* A rename or a mount elsewhere can disturb one lookup, hardly all of these. */
#define TRIES 8

bool inode_is_same(const struct inode *a, const struct inode *b)
{
	return a->device == b->device && a->number == b->number;
}

/*
 * AT_STATX_DONT_SYNC: nfs_getattr() and fuse_update_get_attr() (fs/fuse/dir.c) then answer from
 * what they remember, overlayfs hands the flag on to the file below (ovl_getattr(),
 * fs/overlayfs/inode.c), and the others never ask anybody. Following a link of /proc is a jump to a
 * file in memory, without a lookup (nd_jump_link(), fs/namei.c); FUSE has no hook for that
 * (d_weak_revalidate), and that of NFS asks its server about a file that was removed there.
 */
int inode_read(int dir, const char *name, struct inode *out)
{
	const uint64_t mount_root = STATX_ATTR_MOUNT_ROOT;
	int flags = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH);
	struct statx status;

	if (statx(dir, name, flags, WANTED, &status) < 0)
		return -errno;
	*out = (struct inode){
		.device = makedev(status.stx_dev_major, status.stx_dev_minor),
		.number = status.stx_ino,
		.mount = status.stx_mnt_id,
		.uid = status.stx_uid,
		.links = status.stx_nlink,
		.mode = status.stx_mode,
		.has_mount = status.stx_mask & STATX_MNT_ID,
		.is_mount_root = status.stx_attributes & status.stx_attributes_mask & mount_root,
	};
	return 0;
}

/*
 * On the machine from the cache of names alone (Linux 5.12): whatever would ask a file system or
 * wait, as an automount does, is -EAGAIN. A program that runs keeps its own path cached. The kernel
 * tells that path without symbolic links, so none is followed: the cache alone cannot when the time
 * of the link's last use would have to be written (pick_link(), fs/namei.c, 6.18).
 */
static int open_path(const struct root *root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	how.resolve |= root->is_machine ? RESOLVE_CACHED | RESOLVE_NO_SYMLINKS : RESOLVE_IN_ROOT;
	for (int i = 0; fd < 0 && i < TRIES; i++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

/*
 * Name by name, and only in directories of the file system that the root directory lies on: a
 * network file system as root forgets names, and older kernels cannot ask their cache alone. No
 * symbolic link is followed here either, and an automount point is opened without a mount (O_PATH).
 */
static int find_by_steps(const struct root *root, const char *path, struct inode *out)
{
	cleanup(cleanup_close) int at = -1;
	struct inode top;
	struct span name;
	int r = inode_read(root->fd, "", &top);

	*out = top;
	while (r >= 0 && span_next(&path, "/", &name)) {
		char text[NAME_MAX + 1];
		int next;

		if (out->device != top.device)
			return -EAGAIN;
		if (!span_copy(name, text, sizeof(text)))
			return -ENAMETOOLONG;
		next = openat(at < 0 ? root->fd : at, text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		if (at >= 0)
			close(at);
		at = next;
		r = inode_read(at, "", out);
		if (r == 0 && S_ISLNK(out->mode))
			r = -ELOOP;
	}
	return r;
}

int inode_find(const struct root *root, const char *path, struct inode *out)
{
	cleanup(cleanup_close) int fd = -1;

	while (*path == '/')
		path++;
	if (!*path)
		return inode_read(root->fd, "", out);
	fd = open_path(root, path);
	if (fd >= 0)
		return inode_read(fd, "", out);
	if (fd == -EAGAIN || fd == -EINVAL || fd == -ENOSYS)
		return find_by_steps(root, path, out);
	return fd;
}
