/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel can select by itself. */
#ifndef LSPORTS_SELECT_SELECTOR_SCOPE_H
#define LSPORTS_SELECT_SELECTOR_SCOPE_H
#pragma once

#include "select/selector_pool.h"

/* selector_scope_narrow() - protocols, families and states that cannot hold go from the query. */
void selector_scope_narrow(const struct selector_pool *pool, const struct selector *selector,
			   struct lsp_query *query);

/*
 * selector_scope_list_ports() - the ranges of local ports that can hold; none is all.
 * @ports: owned by the caller. Return: 0 or -ENOMEM.
 */
int selector_scope_list_ports(const struct selector_pool *pool, const struct selector *selector,
			      struct lsp_port_range **ports, size_t *count);

/* selector_scope_protos() - the protocols that can hold: LSP_BIT() of each. */
unsigned selector_scope_protos(const struct selector_pool *pool, const struct selector *selector);

/* Does a query ask for every listener that can hold, whatever else it asks for? */
bool selector_scope_is_covered(const struct selector_pool *pool, const struct selector *selector,
			       const struct lsp_query *query);

#endif
