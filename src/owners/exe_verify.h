/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a process runs the program that its exe link names. That link is a text: the kernel
 * writes the names that lead from our root directory to the file, or, for a file that does not lie
 * below it, from where the mount of the file begins. Any user can make such a mount, with any
 * names.
 */
#ifndef LSPORTS_OWNERS_EXE_VERIFY_H
#define LSPORTS_OWNERS_EXE_VERIFY_H
#pragma once

#include "inode.h"
#include "owners/procfs.h"

#include <lsports/lsports.h>

#define EXE_VERIFY_LINK 64
#define EXE_VERIFY_TREES 2

/* A tree of files that paths of programs begin in. */
struct exe_tree {
	struct root root;
	struct inode top;
	char mountns[EXE_VERIFY_LINK]; /* as the link reads; "" unknown */
};

/*
 * What programs are compared with, read with the first of them: our own tree and, where a sandbox
 * hides parts of that from us, the one of PID 1. Zeroed before.
 */
struct exe_verify {
	bool is_read;
	bool is_partial; /* one of the trees could not be read: nothing is elsewhere */
	unsigned tree_count;
	struct exe_tree trees[EXE_VERIFY_TREES]; /* the root of the first one is borrowed */
	char userns[EXE_VERIFY_LINK];            /* ours; "" without user namespaces */
};

void exe_verify_deinit(struct exe_verify *verify); /* takes a zeroed one too */

struct exe_verdict {
	enum lsp_exe_unverified unverified;
	bool is_name; /* " (deleted)" at the end is a part of the file's name */
};

/*
 * exe_verify_link() - on the machine itself; in a recorded tree there is no file to compare with.
 * @dir: the process or thread whose link was read.
 * @exe: the link as it reads, " (deleted)" included.
 * Return: 0; 1 when the process runs another program by now; or a negative errno when the program
 * is no longer there to be read.
 */
int exe_verify_link(struct exe_verify *verify, const struct procfs *proc, int dir, const char *exe,
		    struct exe_verdict *out);

#endif
