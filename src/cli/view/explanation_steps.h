/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that tell more about an explained port. */
#ifndef LSPORTS_CLI_VIEW_EXPLANATION_STEPS_H
#define LSPORTS_CLI_VIEW_EXPLANATION_STEPS_H
#pragma once

#include "view/explanation.h"

#include "buf.h"

/* A command that helps on; safe to be typed as it stands. */
struct explanation_step {
	struct buf command;
	const char *help;
};

#define EXPLANATION_STEPS 8

/*
 * explanation_steps_list() - what to type next. @steps: for explanation_steps_deinit().
 * Return: how many.
 */
size_t explanation_steps_list(const struct explanation *explanation, const struct view *view,
			      const struct lsp_snapshot *snapshot,
			      struct explanation_step steps[EXPLANATION_STEPS]);
void explanation_steps_deinit(struct explanation_step steps[EXPLANATION_STEPS], size_t count);

#endif
