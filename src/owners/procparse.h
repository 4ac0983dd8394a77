/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of /proc/PID as bytes in hand. Each function takes any bytes at all: processes choose some
 * of them. Nothing is read here.
 */
#ifndef LSPORTS_OWNERS_PROCPARSE_H
#define LSPORTS_OWNERS_PROCPARSE_H
#pragma once

#include <lsports/lsports.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* procparse_number() - a whole name of digits, as of a PID or a descriptor; at most INT32_MAX. */
bool procparse_number(const char *name, uint32_t *out);

/* procparse_socket() - "socket:[N]", whole. */
bool procparse_socket(const char *link, size_t size, uint32_t *inode);

/* /proc/PID/stat */
struct procparse_stat {
	char state;       /* 'R', 'S', ... */
	uint64_t parent;  /* PID, 0: none, or of another PID namespace */
	uint64_t flags;   /* PF_* */
	uint64_t started; /* clock ticks after boot */
};

bool procparse_stat(const char *text, size_t size, struct procparse_stat *out);

/* Line "Uid:" of /proc/PID/status: the effective uid. */
bool procparse_uid(const char *text, size_t size, uint32_t *uid);

/* procparse_boot_time() - "btime" of /proc/stat: seconds since the epoch. */
bool procparse_boot_time(const char *text, size_t size, int64_t *seconds);

/*
 * procparse_ring_line() - one line of the fdinfo of an io_uring, without its newline.
 * @section: PROCPARSE_RING_START before the first line; kept by the caller from line to line.
 * Return: true when the line says that the ring holds the socket @inode.
 */
enum procparse_ring { PROCPARSE_RING_START, PROCPARSE_RING_FILES, PROCPARSE_RING_REST };
bool procparse_ring_line(const char *line, size_t size, enum procparse_ring *section,
			 uint32_t *inode);

/*
 * These change a text in place and terminate it; @text has room for size + 1 bytes.
 * comm: without the one newline that the kernel appends.
 * cmdline: arguments joined by blanks. Return: its length, 0 when there is none.
 */
void procparse_comm(char *text, size_t size);
size_t procparse_cmdline(char *text, size_t size);

/* What the kernel appends to the link of a file without a name, and how that of memfd begins. */
#define PROCPARSE_DELETED " (deleted)"
#define PROCPARSE_MEMFD "/memfd:"

/*
 * procparse_exe() - removes the kernel's " (deleted)" from a terminated link target. A file whose
 * own name ends so reads alike.
 */
enum lsp_exe_kind procparse_exe(char *target);

#endif
