/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program in the kernel (descriptors.bpf.c) and what it tells of all descriptors of all
 * processes, for bpf.c that makes owners of it.
 */
#ifndef LSPORTS_OWNERS_BPF_PASS_H
#define LSPORTS_OWNERS_BPF_PASS_H
#pragma once

#include "owners/descriptors.h"

#include <lsports/lsports.h>
#include <stddef.h>

struct bpf_pass;

/*
 * bpf_pass_new() - loads the program and lets it look for sockets of the protocols and states of
 * @query. @is_beside: in a thread of its own.
 * Return: for bpf_pass_free(), NULL when memory is short.
 */
struct bpf_pass *bpf_pass_new(const struct lsp_query *query, bool is_beside);
void bpf_pass_free(struct bpf_pass *pass); /* waits; takes NULL too */

/*
 * bpf_pass_wait() - the records of the pass that was begun last.
 * @records: borrowed until the next pass, in the order of processes.
 * Return: 0, -ENOMEM, or what the kernel refused with: -ENOBUFS when it was short of memory.
 */
int bpf_pass_wait(struct bpf_pass *pass, const struct descriptor **records, size_t *count);

/*
 * bpf_pass_whole() - one pass more, once the first one was waited for: this one also tells rings,
 * and which processes were looked at. Return: likewise.
 */
int bpf_pass_whole(struct bpf_pass *pass, const struct descriptor **records, size_t *count);

#endif
