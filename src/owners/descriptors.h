/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One descriptor that may matter, as the program in the kernel (descriptors.bpf.c) tells it to the
 * one that reads it (bpf.c). No types but those of the language: the kernel's side has no headers.
 */
#ifndef LSPORTS_OWNERS_DESCRIPTORS_H
#define LSPORTS_OWNERS_DESCRIPTORS_H
#pragma once

/* Sockets of type SOCK_STREAM that may be wanted. */
enum descriptors_streams {
	DESCRIPTORS_STREAMS_NONE,
	DESCRIPTORS_STREAMS_UNCONNECTED, /* those that may listen */
	DESCRIPTORS_STREAMS_ALL,
};

/* Host byte order; PIDs as the PID namespace of the reader numbers them. */
struct descriptor {
	unsigned int inode;       /* of the socket; 0: an io_uring, or a mark */
	unsigned int pid, thread; /* @thread is another one where the table is not the leader's */
	int fd;                   /* of a mark -1: from here on this process is looked at */
};

#endif
