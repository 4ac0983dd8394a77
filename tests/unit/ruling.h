/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules parsed from texts, and a few service names. A failure ends the program. */
#ifndef LSPORTS_TESTS_RULING_H
#define LSPORTS_TESTS_RULING_H
#pragma once

#include "judge/rules.h"
#include "select/selector_cursor.h"

/* ssh, domain, http with both protocols; shell/tcp and syslog/udp 514; odd 1/tcp and 2/udp. */
extern const struct selector_names ruling_names;

/*
 * ruling_parse_word() - selector_parse_word() with those names; the word stands in no text.
 * @error: appended to: "column N: what is wrong".
 */
int ruling_parse_word(struct selector_pool *pool, struct selector *selector, const char *at,
		      size_t size, struct buf *error);

/*
 * ruling_parse() - rule_reader_parse() of an exact copy of the bytes, which is freed afterwards.
 * @errors: appended to, each line of the error with its newline.
 */
int ruling_parse(struct rule_table *rules, const char *name, const void *text, size_t size,
		 struct buf *errors);

/* Rules of the host and of the built-in table, which must be valid. NULL is none. */
struct lsp_rules *ruling_rules(const char *host, const char *usual);

#endif
