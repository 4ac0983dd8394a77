/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk of /proc for the processes that hold wanted sockets; private to the files of
 * owner_source_proc.
 *
 * Functions that return int: 0, or -ENOMEM when the snapshot cannot grow. What the kernel
 * refuses is counted in the walk and never ends it.
 */
#ifndef LSPORTS_OWNERS_PROCWALK_H
#define LSPORTS_OWNERS_PROCWALK_H
#pragma once

#include "intmap.h"
#include "owners/dirscan.h"
#include "root.h"

#include <lsports/lsports.h>
#include <sys/types.h>

#define PROCWALK_ERRORS 8

/* The first looks at processes alone, the second also at threads and rings. */
enum procwalk_pass { PROCWALK_FIRST = 1, PROCWALK_SECOND = 2 };

/* How many processes failed with one error. */
struct procwalk_error {
	int error; /* positive errno, 0: unused */
	uint64_t count;
};

struct procwalk {
	const struct root *root;
	const struct lsp_query *query;
	struct lsp_snapshot *snapshot;
	struct dirscan_how how;
	int proc; /* owned: the directory, -1 before procwalk_open() */

	struct intmap seen; /* PIDs of processes that somebody else looked at */

	/* inode -> the pass that found its first owner, 0 for none yet */
	struct intmap wanted;
	size_t unowned; /* inodes without owner */
	enum procwalk_pass pass;

	uint64_t processes;  /* seen by this pass */
	bool is_asked;       /* the kernel told them: those that have descriptors */
	uint32_t refused;    /* PID of one that the kernel refused, 0 for none */
	uint64_t unreadable; /* of this pass: the kernel refused */
	uint64_t masked;     /* of this pass: something is mounted over them */
	uint64_t ended;      /* of all passes: gone while they were read */
	struct procwalk_error errors[PROCWALK_ERRORS];  /* of this pass */
	struct procwalk_error earlier[PROCWALK_ERRORS]; /* of the pass before */
	bool has_first;                                 /* PID 1 can be seen */

	bool is_own_proc; /* its PIDs are those of our own namespace: kcmp(2) and BPF know them */
	bool shows_paths; /* fdinfo of a ring names files by path (Linux 6.14) */
	bool is_boot_time_read, has_boot_time;
	int64_t boot_time; /* seconds since the epoch */

	struct dirscan pids, threads, descriptors;
	char text[4096 + 64]; /* a fact that is being read */
	char lines[4096 * 4]; /* fdinfo of a ring */
};

/* One process, from the opening of its directory to its end. */
struct procwalk_process {
	uint32_t pid;
	int dir;       /* /proc/PID: all else is opened below it, so a reused PID is an error */
	bool is_added; /* the snapshot knows it as @index */
	uint32_t index;
	bool is_gone, is_refused, is_masked; /* it, or a part of it */
	int error;                           /* the last other failure, positive errno */
};

/*
 * procwalk_new() - with the inodes that are wanted; opens nothing yet.
 * @out: for procwalk_free(), on failure too.
 */
int procwalk_new(const struct root *root, const struct lsp_query *query,
		 struct lsp_snapshot *snapshot, struct procwalk **out);
void procwalk_free(struct procwalk *walk);

/* procwalk_open() - Return: 0, or why /proc cannot be opened. */
int procwalk_open(struct procwalk *walk);

/* procwalk_begin() - a pass, with nothing seen in it so far. */
void procwalk_begin(struct procwalk *walk, enum procwalk_pass pass);

/* procwalk_run() - the pass that was begun, over all processes but those in walk->seen. */
int procwalk_run(struct procwalk *walk);

/* procwalk_count() - what could not be seen of a process that was left. */
void procwalk_count(struct procwalk *walk, const struct procwalk_process *process);

/* --- the parts of one process, in procwalk.c --- */

/* procwalk_table() - the table of descriptors of @dir: a process or one of its threads. */
int procwalk_table(struct procwalk *walk, struct procwalk_process *process, int dir);

/* procwalk_wants() - whether an owner of @inode is news to this pass. */
bool procwalk_wants(const struct procwalk *walk, uint32_t inode);

/*
 * procwalk_own() - the process holds @inode: told to the snapshot if that is wanted.
 * Return: 0, -ENOMEM, or 1 when the process turned out to be gone.
 */
int procwalk_own(struct procwalk *walk, struct procwalk_process *process, int dir, uint32_t inode,
		 int32_t fd);

/*
 * Keep what a failed call says about a process; @error is positive.
 * procwalk_refuse: of a call that the kernel may refuse to us.
 * procwalk_fail: of one that it does not refuse once the file is open, or never.
 */
void procwalk_refuse(struct procwalk_process *process, int error);
void procwalk_fail(struct procwalk_process *process, int error);

/* procwalk_read() - the first @size - 1 bytes of a file, terminated. Return: length or -errno. */
ssize_t procwalk_read(const struct procwalk *walk, int dir, const char *name, char *out,
		      size_t size);

/* --- in prefilter.c --- */

/*
 * prefilter_run() - fills walk->seen with processes that hold nothing wanted.
 * Return: 0 or -ENOMEM.
 */
int prefilter_run(struct procwalk *walk);

/* --- in threads.c --- */

/* threads_find() - every thread but the leader, whose table is another one. */
int threads_find(struct procwalk *walk, struct procwalk_process *process);

/* --- in iouring.c --- */

/* iouring_shows_paths() - whether fdinfo of this kernel can be believed. */
bool iouring_shows_paths(const struct root *root);

/*
 * iouring_find() - sockets registered with the ring that is descriptor @name of @dir.
 * Return: as procwalk_own().
 */
int iouring_find(struct procwalk *walk, struct procwalk_process *process, int dir,
		 const char *name);

/* --- in procfacts.c --- */

/*
 * procfacts_add() - what the query asks about a process, into the snapshot.
 * @dir: process->dir, or the thread that holds the socket: it lives when the leader is dead.
 * Return: 0, -ENOMEM, or 1 when the process is gone.
 */
int procfacts_add(struct procwalk *walk, struct procwalk_process *process, int dir);

/* procfacts_is_idle() - a kernel thread or a zombie: its leader holds nothing. */
bool procfacts_is_idle(struct procwalk *walk, const struct procwalk_process *process);

/* --- in parents.c --- */

/* parents_add() - who started the process, and who started that one. Return: 0 or -ENOMEM. */
int parents_add(struct procwalk *walk, const struct procwalk_process *process);

/* --- in exedoubt.c --- */

/*
 * exedoubt_find() - whether the exe link of a process can be believed.
 * @dir: the process or thread whose link was read.
 * @exe: the link as it reads, " (deleted)" included.
 * @doubt: NONE also where the files that tell are missing or cannot be read.
 * Return: 0 or -ENOMEM.
 */
int exedoubt_find(const struct procwalk *walk, int dir, const char *exe, enum lsp_exe_doubt *doubt);

/* --- in procgaps.c --- */

/* procgaps_capabilities() - our effective ones (capabilities(7)), a bit each; 0 if unreadable. */
uint64_t procgaps_capabilities(const struct root *root);

/* procgaps_tell() - what the walk could not see: gaps and notes of the snapshot. */
int procgaps_tell(struct procwalk *walk);

#endif
