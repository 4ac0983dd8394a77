/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All rules that a host may have, as lsp_rules_load() leaves them. */
#ifndef LSPORTS_JUDGE_RULES_H
#define LSPORTS_JUDGE_RULES_H
#pragma once

#include "error.h"
#include "judge/rule_set.h"
#include "judge/usual.h"

#include <lsports/judgement.h>

#include <pthread.h>

struct lsp_rules {
	struct rule_set host; /* what the admin expects */
	struct usual usual;   /* the built-in table: counts only while host has no file */

	/* What is read; the texts are the caller's until it is. */
	const char *const *files;
	size_t file_count;
	const char *extra, *root;

	pthread_t thread; /* that reads, unless is_read */
	bool is_read;
	int result; /* of the reading */
	struct error error;
};

/*
 * rules_choose() - the rules that count on this host, for the listeners of @snapshot.
 * Return: 0 or -ENOMEM.
 */
int rules_choose(struct lsp_rules *rules, const struct lsp_snapshot *snapshot,
		 const struct rule_set **set);

#endif
