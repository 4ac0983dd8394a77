/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of ports, one a network namespace, each as ascending ranges. */
#ifndef LSPORTS_MODEL_PORTRANGES_H
#define LSPORTS_MODEL_PORTRANGES_H
#pragma once

#include "array.h"
#include "intmap.h"

#include <lsports/lsports.h>

/* Zeroed it is empty. */
struct portranges {
	struct intmap by_netns; /* index in parts */
	struct array parts;     /* which of the ranges */
	struct array ranges;    /* struct lsp_port_range */
};

void portranges_deinit(struct portranges *set);

/* portranges_set() - @ranges ascend; none at all is an answer too. Return: 0 or -ENOMEM. */
int portranges_set(struct portranges *set, uint32_t netns, const struct lsp_port_range *ranges,
		   size_t count);

/* Return: LSP_UNKNOWN for a namespace that was never told. */
enum lsp_tristate portranges_has(const struct portranges *set, uint32_t netns, uint16_t port);

#endif
