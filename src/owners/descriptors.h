/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors that may matter, as the program in the kernel (descriptors.bpf.c) reports them to
 * whoever reads them (bpf_pass.c). Only types of the language: the kernel's side has no headers.
 */
#ifndef LSPORTS_OWNERS_DESCRIPTORS_H
#define LSPORTS_OWNERS_DESCRIPTORS_H
#pragma once

/* Host byte order; PIDs as the PID namespace of the reader numbers them. */
struct descriptor {
	unsigned int inode;       /* of the socket; 0: an io_uring, or a mark */
	unsigned int pid, thread; /* @thread is not @pid where the table is not the leader's */
	int fd;                   /* of a mark -1: from here on the kernel reads this process */
};

/* Reported in its place where references are asked for; those of a socket, else 0. */
struct counted_descriptor {
	struct descriptor of;
	/* To its open file, without the reporter's own and those of poll(2); 0: unknown. */
	unsigned int references;
	unsigned int sharers;     /* threads and processes that use the table of descriptors */
	unsigned long long table; /* tells tables apart, and means nothing else */
};

#endif
