/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program is verified when the file at its path is the one that runs, and the process could not
 * have set the link itself. Opens no program, and asks no file system for anything (inode.h).
 *
 * None of the files of /proc read here takes the lock of the address space of the process, which it
 * could hold for ever: exe is found by way of the task (get_task_exe_file(), kernel/fork.c), and so
 * are root, ns and status (fs/proc/base.c, array.c; all of Linux 6.18).
 */
#include "owners/exe_verify.h"

#include "cleanup.h"
#include "host/capabilities.h"
#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40 /* Linux 5.9 */
#endif

#define STATUS_SIZE 4096
#define PATH_SIZE (PATH_MAX + sizeof(PROCPARSE_DELETED))

/* What runs, and what is known of its path. */
struct program {
	struct inode file;
	bool has_file;
	bool is_deleted; /* the link says that the file has no name any more */
	bool is_unknown; /* it could not be found out what lies at the path */
	/* The directory of the path, in each of the trees. */
	struct inode parents[EXE_VERIFY_TREES];
	bool has_parent[EXE_VERIFY_TREES];
};

/* --- our trees -------------------------------------------------------------------------------- */

/* Return: 0, or a negative errno, with nothing in @out. */
static int read_link(int dir, const char *name, char out[EXE_VERIFY_LINK])
{
	ssize_t n = root_readlink_at(dir, name, out, EXE_VERIFY_LINK);

	if (n < 0)
		out[0] = '\0';
	return n < 0 ? (int)n : 0;
}

static bool add_tree(struct exe_verify *verify, const struct root *root, const char *mountns)
{
	struct exe_tree *tree = &verify->trees[verify->tree_count];

	*tree = (struct exe_tree){.root = *root};
	if (inode_read(root->fd, "", &tree->top) < 0)
		return false;
	memcpy(tree->mountns, mountns, EXE_VERIFY_LINK);
	verify->tree_count++;
	return true;
}

static void read_ours(struct exe_verify *verify, const struct procfs *proc)
{
	char own[EXE_VERIFY_LINK] = "", first[EXE_VERIFY_LINK] = "";
	struct root root = {.is_machine = false};

	verify->is_read = true;
	/* A kernel without such namespaces has no such links either. */
	read_link(proc->fd, "self/ns/user", verify->userns);
	read_link(proc->fd, "self/ns/mnt", own);
	read_link(proc->fd, "1/ns/mnt", first);
	verify->is_partial = !add_tree(verify, proc->root, own);
	if (!*first || strcmp(own, first) == 0)
		return;
	root.fd = openat(proc->fd, "1/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root.fd >= 0 && !add_tree(verify, &root, first)) {
		verify->is_partial = true;
		close(root.fd);
	}
}

void exe_verify_deinit(struct exe_verify *verify)
{
	for (unsigned i = 0; i < verify->tree_count; i++) {
		if (!verify->trees[i].root.is_machine)
			close(verify->trees[i].root.fd);
	}
	verify->tree_count = 0;
}

/* Does the process live in another tree of files, as in a container? Its path is one of that. */
static enum lsp_tristate is_elsewhere(const struct exe_verify *verify, int dir)
{
	struct inode top;

	if (inode_read(dir, "root", &top) < 0)
		return LSP_UNKNOWN;
	for (unsigned i = 0; i < verify->tree_count; i++) {
		if (inode_is_same(&top, &verify->trees[i].top))
			return LSP_NO;
	}
	return verify->is_partial ? LSP_UNKNOWN : LSP_YES;
}

/* --- could it have set the link? -------------------------------------------------------------- */

/* Whoever makes a user namespace has every capability in it. */
static bool is_namespace_of_root(int dir)
{
	cleanup(cleanup_close) int fd = openat(dir, "ns/user", O_RDONLY | O_CLOEXEC);
	uid_t owner;

	return fd >= 0 && ioctl(fd, NS_GET_OWNER_UID, &owner) == 0 && owner == 0;
}

/*
 * prctl(2), PR_SET_MM_MAP, sets the link to any program that can be opened. It takes one of these
 * capabilities in the process's own user namespace (prctl_set_mm_map(), kernel/sys.c, 6.18), which
 * systemd takes away from a service before that runs.
 */
static bool has_capability(const struct procfs *proc, int dir)
{
	const uint64_t any = (uint64_t)1 << CAP_SYS_ADMIN | (uint64_t)1 << CAP_CHECKPOINT_RESTORE;
	char status[STATUS_SIZE];
	ssize_t n = procfs_read(proc, dir, "status", status, sizeof(status));
	uint64_t bounding, permitted;

	return n <= 0 || !capabilities_parse(status, (size_t)n, "CapBnd:", &bounding) ||
	       !capabilities_parse(status, (size_t)n, "CapPrm:", &permitted) ||
	       (bounding | permitted) & any;
}

static enum lsp_tristate may_set_link(const struct exe_verify *verify, const struct procfs *proc,
				      int dir)
{
	char userns[EXE_VERIFY_LINK];
	int r;

	if (!*verify->userns)
		return LSP_NO;
	r = read_link(dir, "ns/user", userns);
	if (r < 0 && r != -ENOENT)
		return LSP_UNKNOWN;
	if (strcmp(verify->userns, userns) == 0)
		return LSP_NO;
	return is_namespace_of_root(dir) && !has_capability(proc, dir) ? LSP_NO : LSP_YES;
}

/* --- is it the file? -------------------------------------------------------------------------- */

/* Does the error say that there is no such file? */
static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -ENAMETOOLONG;
}

/*
 * Is the file the one at its path in one of our trees? Where we see it in none of them, the last
 * one says what is there: in ours a sandbox may have hidden it.
 */
static bool is_at(const struct exe_verify *verify, const char *path, struct program *program)
{
	struct inode found;

	for (unsigned i = 0; i < verify->tree_count; i++) {
		int r = inode_find(&verify->trees[i].root, path, &found);

		if (r == 0 && program->has_file && inode_is_same(&found, &program->file))
			return true;
		program->is_unknown = r < 0 && !is_absent(r);
	}
	return false;
}

static void find_parents(const struct exe_verify *verify, struct span path, struct program *program)
{
	char text[PATH_SIZE], *slash;

	if (!span_copy(path, text, sizeof(text)))
		return;
	slash = strrchr(text, '/');
	if (!slash)
		return;
	*slash = '\0';
	for (unsigned i = 0; i < verify->tree_count; i++)
		program->has_parent[i] =
			inode_find(&verify->trees[i].root, text, &program->parents[i]) == 0;
}

/*
 * Does the mount of the file lie below the top of one of our trees? Then the kernel wrote the path
 * from there. The mount of the top itself may reach further up, where our tree is a part of it.
 */
static bool is_in_our_trees(const struct exe_verify *verify, const struct program *program)
{
	const struct inode *file = &program->file;

	for (unsigned i = 0; program->has_file && file->has_mount && i < verify->tree_count; i++) {
		const struct inode *top = &verify->trees[i].top;
		bool is = program->has_parent[i] && file->mount == program->parents[i].mount;

		if (file->mount == top->mount)
			is = top->is_mount_root;
		if (is)
			return true;
	}
	return false;
}

/* Only root can have put it where it was. */
static bool is_of_root(const struct inode *file)
{
	return file->uid == 0 && !(file->mode & (S_IWGRP | S_IWOTH));
}

/*
 * A file without a name, as the upgrade of a package leaves it to a service that goes on in a mount
 * namespace of its own, which only root can have made. In ours the mount would be one of ours.
 */
static bool is_left_to_service(const struct exe_verify *verify, int dir,
			       const struct program *program)
{
	char mountns[EXE_VERIFY_LINK];
	bool is_on_device = false;

	if (!program->has_file || !is_of_root(&program->file))
		return false;
	read_link(dir, "ns/mnt", mountns);
	for (unsigned i = 0; i < verify->tree_count; i++) {
		if (program->file.has_mount && strcmp(mountns, verify->trees[i].mountns) == 0)
			return false;
		is_on_device |= program->has_parent[i] &&
				program->file.device == program->parents[i].device;
	}
	return is_on_device;
}

/* Of a file that is not found at its path. */
static enum lsp_exe_unverified verify_unfound(const struct exe_verify *verify, int dir,
					      const struct program *program)
{
	const struct inode *file = &program->file;
	bool is_ours = is_in_our_trees(verify, program);
	enum lsp_tristate elsewhere;

	/*
	 * Who runs a file that merely has " (deleted)" in its name can rename it while it is being
	 * looked for, but it has a name then.
	 */
	if (is_ours && (!program->is_deleted || file->links == 0 || is_of_root(file)))
		return LSP_EXE_VERIFIED;
	elsewhere = is_elsewhere(verify, dir);
	if (elsewhere == LSP_YES)
		return LSP_EXE_UNVERIFIED_ELSEWHERE;
	if (!is_ours && program->is_deleted && is_left_to_service(verify, dir, program))
		return LSP_EXE_VERIFIED;
	return program->is_unknown || !program->has_file || elsewhere == LSP_UNKNOWN
		       ? LSP_EXE_UNVERIFIED_UNKNOWN
		       : LSP_EXE_UNVERIFIED_FILE;
}

/* Return: as exe_verify_link(). */
static int verify_file(const struct exe_verify *verify, int dir, const char *exe,
		       struct exe_verdict *out)
{
	struct span path = {exe, strlen(exe)};
	struct program program = {.is_deleted = span_strip_suffix(&path, PROCPARSE_DELETED)};
	int r = inode_read(dir, "exe", &program.file);
	char again[PATH_SIZE];

	if (r == -ENOENT || r == -ESRCH)
		return r;
	program.has_file = r == 0;
	if (is_at(verify, exe, &program)) {
		out->is_name = program.is_deleted;
		return 0;
	}
	find_parents(verify, path, &program);
	out->unverified = verify_unfound(verify, dir, &program);
	/* A process that executed another program meanwhile was compared with the wrong path. */
	r = (int)root_readlink_at(dir, "exe", again, sizeof(again));
	return r < 0 ? r : strcmp(again, exe) != 0;
}

int exe_verify_link(struct exe_verify *verify, const struct procfs *proc, int dir, const char *exe,
		    struct exe_verdict *out)
{
	enum lsp_tristate may_set;

	*out = (struct exe_verdict){LSP_EXE_VERIFIED, false};
	if (!verify->is_read)
		read_ours(verify, proc);
	may_set = may_set_link(verify, proc, dir);
	if (may_set == LSP_UNKNOWN)
		out->unverified = LSP_EXE_UNVERIFIED_UNKNOWN;
	else if (may_set == LSP_YES)
		out->unverified = is_elsewhere(verify, dir) == LSP_YES
					  ? LSP_EXE_UNVERIFIED_ELSEWHERE
					  : LSP_EXE_UNVERIFIED_USERNS;
	/* A program in memory has no path that it could be compared with, and claims none. */
	else if (strncmp(exe, PROCPARSE_MEMFD, sizeof(PROCPARSE_MEMFD) - 1) != 0)
		return verify_file(verify, dir, exe, out);
	return 0;
}
