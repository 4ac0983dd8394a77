/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the selector language: one row each. Parsing, matching, --list keys and completion
 * follow from the row.
 */
#ifndef LSPORTS_JUDGE_KEY_H
#define LSPORTS_JUDGE_KEY_H
#pragma once

#include <lsports/judge.h>

/* In the order of keys[]. */
enum key_id {
	KEY_PORT,
	KEY_PROTO,
	KEY_FAMILY,
	KEY_ADDRESS,
	KEY_V6ONLY,
	KEY_SCOPE,
	KEY_CATEGORY,
	KEY_INTERFACE,
	KEY_STATE,
	KEY_AUTO,
	KEY_PID,
	KEY_PROCESS,
	KEY_EXE,
	KEY_USER,
	KEY_UID,
	KEY_UNIT,
	KEY_CONTAINER,
	KEY_NETNS,
	KEY_INODE,
	KEY_OWNER_GAP,
	KEY_FINDING,
};
#define KEY_COUNT 21

/* What stands behind "=". */
enum key_kind {
	KEY_KIND_PORTS,    /* 22, 8000-8999, ssh, tcp/22, auto */
	KEY_KIND_PREFIXES, /* 10.0.0.0/8 */
	KEY_KIND_WORDS,    /* one of a few */
	KEY_KIND_NUMBERS,  /* 1000, 1000-1999 */
	KEY_KIND_TEXTS,    /* as it is */
	KEY_KIND_GLOBS,    /* glob(7) */
	KEY_KIND_PATHS,    /* glob(7) whose * stops at a slash */
};

/* A socket while selectors are matched against it. */
struct key_subject {
	const struct lsp_snapshot *snapshot;
	struct lsp_socket socket;
	const struct lsp_owner *owners; /* borrowed */
	size_t owner_count;
	enum lsp_owner_gap owner_gap;
	bool is_rule;      /* of a rule: what is said about an owner must hold for each of them */
	unsigned findings; /* LSP_BIT(enum lsp_finding_id) */
	char digits[12];   /* a number that was asked for as text */
};

struct key {
	struct lsp_key shown;
	enum key_kind kind;
	unsigned facts;   /* enum lsp_fact */
	bool is_of_owner; /* asked of each owner */
	bool has_none;    /* its value "-" says that there is none */

	/* KEY_KIND_WORDS: the words by number, NULL behind the last one; and those of a socket. */
	const char *(*word)(unsigned number);
	enum lsp_known (*words)(const struct key_subject *subject, unsigned *bits);

	/* KEY_KIND_NUMBERS. @owner is NULL unless is_of_owner. */
	enum lsp_known (*number)(const struct key_subject *subject, const struct lsp_owner *owner,
				 uint64_t *number);

	/* Texts of every kind. Return: LSP_KNOWN_NO when there is none; *text is borrowed. */
	enum lsp_known (*text)(struct key_subject *subject, const struct lsp_owner *owner,
			       const char **text);
};

extern const struct key keys[KEY_COUNT];

/* The key called so, KEY_COUNT for none. */
enum key_id key_find(const char *word, size_t size);

/* key_subject_init() - socket @index. Its findings are for the caller to fill in. */
void key_subject_init(struct key_subject *subject, const struct lsp_snapshot *snapshot,
		      size_t index);

#endif
