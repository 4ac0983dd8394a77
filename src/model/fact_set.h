/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How accessors of facts are written, and how they answer. */
#ifndef LSPORTS_MODEL_FACT_SET_H
#define LSPORTS_MODEL_FACT_SET_H
#pragma once

#include <lsports/fact.h>

/* What accessors get and what they set; few of them need all of it. */
#define FACT_GET(name)                                                                             \
	static void get_##name(const struct lsp_subject *subject __attribute__((unused)),          \
			       const struct lsp_owner *owner __attribute__((unused)),              \
			       struct lsp_value *out)

/* NULL: there is none. */
static inline void fact_set_text(struct lsp_value *out, const char *text)
{
	out->kind = text ? LSP_VALUE_TEXT : LSP_VALUE_NONE;
	out->text = text;
}

/* NULL: there is none where @is_known, and else it is unknown. */
static inline void fact_set_known_text(struct lsp_value *out, bool is_known, const char *text)
{
	fact_set_text(out, text);
	out->is_unknown = !text && !is_known;
}

static inline void fact_set_number(struct lsp_value *out, bool is_known, uint64_t number)
{
	out->kind = is_known ? LSP_VALUE_NUMBER : LSP_VALUE_NONE;
	out->number = number;
	out->is_unknown = !is_known;
}

/* A name without text: there is none where it is not unknown. The number is known all the same. */
static inline void fact_set_user(struct lsp_value *out, const struct lsp_snapshot *snapshot,
				 uint32_t uid)
{
	fact_set_number(out, true, uid);
	out->text = lsp_snapshot_user(snapshot, uid);
	out->is_unknown = lsp_snapshot_is_user_unknown(snapshot, uid);
}

static inline void fact_set_boolean(struct lsp_value *out, enum lsp_tristate value)
{
	fact_set_number(out, value != LSP_UNKNOWN, value == LSP_YES);
}

/* @word is that of @number. */
static inline void fact_set_word(struct lsp_value *out, const char *word, unsigned number)
{
	fact_set_text(out, word);
	out->number = number;
}

#endif
