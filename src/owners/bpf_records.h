/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program in the kernel reported, as owners. */
#ifndef LSPORTS_OWNERS_BPF_RECORDS_H
#define LSPORTS_OWNERS_BPF_RECORDS_H
#pragma once

#include "owners/bpf_pass.h"
#include "owners/walk.h"

/*
 * bpf_records_add() - the owners among the records of the pass that was begun. Processes that the
 * kernel read go into walk->checked. Return: 0 or -ENOMEM.
 */
int bpf_records_add(struct walk *walk, const struct bpf_pass_records *records);

#endif
