/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors against a socket. Pure. */
#ifndef LSPORTS_SELECT_SELECTOR_MATCH_H
#define LSPORTS_SELECT_SELECTOR_MATCH_H
#pragma once

#include "select/selector_pool.h"

enum selector_use {
	SELECTOR_FILTER,
	SELECTOR_RULE,           /* what is said about an owner must hold for each of them */
	SELECTOR_CONTAINER_RULE, /* the rule names containers: paths are those of their trees too */
};

/* Does it hold? LSP_UNKNOWN when a fact that decides could not be seen. */
enum lsp_tristate selector_match(const struct selector_pool *pool, const struct selector *selector,
				 const struct lsp_subject *subject, enum selector_use use);
enum lsp_tristate selector_match_term(const struct selector_pool *pool,
				      const struct selector_term *term,
				      const struct lsp_subject *subject, enum selector_use use);

#endif
