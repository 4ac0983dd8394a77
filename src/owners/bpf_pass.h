/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program in the kernel (descriptors.bpf.c): loaded, run over all descriptors of all processes,
 * and what it reports.
 */
#ifndef LSPORTS_OWNERS_BPF_PASS_H
#define LSPORTS_OWNERS_BPF_PASS_H
#pragma once

#include "owners/descriptors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_pass;

/* What a run reported, in the order of processes. */
struct bpf_pass_records {
	const char *bytes;  /* borrowed until the next run */
	size_t count, size; /* bytes of each: a struct counted_descriptor or a struct descriptor */
};

static inline const struct descriptor *bpf_pass_record(const struct bpf_pass_records *records,
						       size_t index)
{
	return (const void *)(records->bytes + index * records->size);
}

/*
 * bpf_pass_new() - loads the program and runs it for the first time.
 * @types: of sockets of IPv4 and IPv6 that it reports: 1 << SOCK_STREAM, 1 << SOCK_DGRAM, ...
 * @only_unconnected: of streams only those that may listen.
 * @is_whole: it also reports rings, each process that it reads, and references.
 * @deadline: at which it ends with what it has, 0: none.
 * @is_aside: in a thread of its own; the caller goes on.
 * Return: for bpf_pass_free(), NULL when memory is short.
 */
struct bpf_pass *bpf_pass_new(unsigned types, bool only_unconnected, bool is_whole,
			      int64_t deadline, bool is_aside);
void bpf_pass_free(struct bpf_pass *pass); /* waits; takes NULL too */

/*
 * bpf_pass_wait() - the records of the last run, once it is done.
 * Return: 0, -ENOMEM, or the error of the kernel: -ENOBUFS when the kernel was short of memory.
 */
int bpf_pass_wait(struct bpf_pass *pass, struct bpf_pass_records *records);

/*
 * bpf_pass_run_whole() - runs the program once more, after bpf_pass_wait(), now as if @is_whole,
 * but with references only if they were reported before. Return: likewise.
 */
int bpf_pass_run_whole(struct bpf_pass *pass, struct bpf_pass_records *records);

/* bpf_pass_was_cut() - did the last run end at the deadline? After bpf_pass_wait(). */
bool bpf_pass_was_cut(const struct bpf_pass *pass);

#endif
