/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces that could not be found or entered, as gaps of the snapshot. */
#ifndef LSPORTS_COLLECT_NETNS_GAPS_H
#define LSPORTS_COLLECT_NETNS_GAPS_H
#pragma once

#include "buf.h"
#include "model/builder.h"
#include "root.h"

enum netns_step {
	NETNS_STEP_OWN,        /* which one we are in */
	NETNS_STEP_COMPARE,    /* the same, with those that were named */
	NETNS_STEP_HOME,       /* the way back to it */
	NETNS_STEP_NAMES,      /* /run/netns */
	NETNS_STEP_PROCESSES,  /* /proc, or a process or thread in it */
	NETNS_STEP_LIST_END,   /* all of these */
	NETNS_STEP_ENTER,      /* setns(2) */
	NETNS_STEP_SEARCH,     /* the descriptors of a process */
	NETNS_STEP_SEARCH_END, /* all of that */
	NETNS_STEP_DESCRIPTOR, /* one of them, which @where names */
	NETNS_STEP_MOUNTS,     /* a file of the mount namespace that @where names */
};

/*
 * netns_gaps_add() - @step failed with @error, a negative errno; what is gone is none. Failures
 * that are alike are counted.
 * @where: more words, such as which process and descriptor; NULL for none.
 * Return: 0 or -ENOMEM.
 */
int netns_gaps_add(struct lsp_snapshot *snapshot, const struct root *root, enum netns_step step,
		   int error, const char *where);

/* Why the kernel refused @step: which capability is missing, or that none is. */
void netns_gaps_append_refusal(struct buf *out, const struct root *root, enum netns_step step);

#endif
