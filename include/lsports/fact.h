/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be known about a socket, its owners and what was said about it: one row a fact. Columns,
 * selector keys, JSON members, labels and completion are made from these rows, and take every value
 * from the same accessor.
 */
#ifndef LSPORTS_FACT_H
#define LSPORTS_FACT_H
#pragma once

#include <lsports/judgement.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A socket about which facts are asked. */
struct lsp_subject {
	const struct lsp_snapshot *snapshot;
	size_t index; /* of the socket in the snapshot */
	struct lsp_socket socket;
	const struct lsp_owner *owners; /* by pid; borrowed from the snapshot */
	size_t owner_count;
};

/* lsp_subject_init() - socket @index of @snapshot with its owners. */
void lsp_subject_init(struct lsp_subject *subject, const struct lsp_snapshot *snapshot,
		      size_t index);

/* Whose it is. A fact of an owner is asked of each of them. */
enum lsp_fact_of { LSP_FACT_OF_SOCKET, LSP_FACT_OF_OWNER };

/* What its values are, and with that how they are shown, compared and written in a selector. */
enum lsp_fact_type {
	LSP_FACT_TEXT,     /* foreign bytes; a selector takes glob(7) */
	LSP_FACT_PATH,     /* the same, but a glob's * stops at a slash */
	LSP_FACT_PROCESS,  /* the name of a process, see lsp_process_name() */
	LSP_FACT_NAME,     /* of a number: the name, or else the number */
	LSP_FACT_WORD,     /* one of a few of our own */
	LSP_FACT_BOOLEAN,  /* yes, no */
	LSP_FACT_NUMBER,   /* at most 32 bits */
	LSP_FACT_ID,       /* 64 bits */
	LSP_FACT_PORT,     /* 0 to 65535 */
	LSP_FACT_ADDRESS,  /* of an endpoint, without its zone */
	LSP_FACT_TIME,     /* seconds since the epoch */
	LSP_FACT_OWNERS,   /* all owners, with the facts of each */
	LSP_FACT_FINDINGS, /* all findings, with their reasons */
	LSP_FACT_REASONS,  /* the reasons alone */
};

enum lsp_value_kind {
	LSP_VALUE_NONE,
	LSP_VALUE_TEXT,
	LSP_VALUE_NUMBER,
	LSP_VALUE_ENDPOINT,
	LSP_VALUE_LIST, /* owners, findings or reasons: who shows them asks for each */
};

/* One answer. Everything in it is borrowed from the snapshot. */
struct lsp_value {
	enum lsp_value_kind kind;
	bool is_unknown;  /* of none, or of a number that names a user: text could not be learned */
	bool is_guess;    /* the text is not this host's own word */
	bool is_state;    /* the text is a word of ours that stands where a name would: no pattern */
	const char *text; /* NULL where the kind is another, and of a number without a name */
	const char *alias; /* another name for the same, NULL for none */
	/*
	 * The number that the text names: a uid, an inode number, of a word its place among the
	 * words of the fact, of a boolean 0 or 1. Of none it is the word by which a selector calls
	 * that.
	 */
	uint64_t number;
	const struct lsp_endpoint *endpoint; /* of LSP_VALUE_ENDPOINT */
};

enum lsp_fact_flag {
	LSP_FACT_NONE_IS_DASH = 1u << 0, /* "-" in a selector says that there is none */
	LSP_FACT_LITERAL = 1u << 1,      /* its values in a selector are no globs */
	LSP_FACT_FORGEABLE = 1u << 2,    /* worth nothing to a rule where exe_unverified says so */
	LSP_FACT_BY_NUMBER = 1u << 3,    /* of a name: programs want the number */
	LSP_FACT_NO_MEMBER = 1u << 4,    /* of an owner, but no member of it */
	LSP_FACT_GAP = 1u << 6,          /* it says why there is no owner */
	LSP_FACT_ABSOLUTE = 1u << 7,     /* of a path: it begins with a slash */
	LSP_FACT_UNIT = 1u << 8,         /* a name of systemd, which has a type */
};

struct lsp_fact {
	const char *word;   /* lower case: column, key and JSON member */
	const char *member; /* its name as a member of an owner; NULL: the word */
	const char *key;    /* its name as a key; NULL: the word */
	const char *help;   /* one line for people */
	/* Form of its values in a selector, for people; "" is its words. NULL: it is no key. */
	const char *values;
	enum lsp_fact_type type;
	enum lsp_fact_of of;
	unsigned flags;   /* enum lsp_fact_flag */
	unsigned lookups; /* enum lsp_lookup that it needs */
	unsigned place;   /* order for people, ascending; that of the rows is for programs */
	/* Of LSP_FACT_WORD: its words by number, NULL behind the last. */
	const char *(*words)(unsigned number);
	/* @owner: NULL for a fact of the socket. @out is zeroed on entry: none, and known so. */
	void (*get)(const struct lsp_subject *subject, const struct lsp_owner *owner,
		    struct lsp_value *out);
};

/* The facts in the order of their rows; NULL behind the last. */
const struct lsp_fact *lsp_fact_at(size_t index);

/* The facts of one owner, as members of its JSON object are; NULL behind the last. */
const struct lsp_fact *lsp_fact_owner_at(size_t index);

/* Facts that are keys of the selector language, by place; NULL behind the last. */
const struct lsp_fact *lsp_fact_key_at(size_t index);

/* By word; NULL for none. */
const struct lsp_fact *lsp_fact_find(const char *word);

/* The key called so; NULL for none. */
const struct lsp_fact *lsp_fact_find_key(const char *key, size_t size);

/* What @fact is called as a key. */
const char *lsp_fact_key_word(const struct lsp_fact *fact);

/* Word @number of a word, a boolean or a finding; NULL behind the last, and of other types. */
const char *lsp_fact_word(const struct lsp_fact *fact, unsigned number);

/* Does it share its word with one of a smaller number? Two states of the kernel are syn-recv. */
bool lsp_fact_word_is_again(const struct lsp_fact *fact, unsigned number);

/* lsp_fact_lookups() - enum lsp_lookup that it needs: a list needs those of its members. */
unsigned lsp_fact_lookups(const struct lsp_fact *fact);

/*
 * lsp_fact_get() - the value; @owner NULL: that of the first owner, none without one. Inline: it is
 * called for every cell of a table.
 */
static inline void lsp_fact_get(const struct lsp_fact *fact, const struct lsp_subject *subject,
				const struct lsp_owner *owner, struct lsp_value *out)
{
	out->kind = LSP_VALUE_NONE;
	out->is_unknown = out->is_guess = out->is_state = false;
	out->text = out->alias = NULL;
	out->number = 0;
	if (fact->of == LSP_FACT_OF_OWNER && !owner)
		owner = subject->owner_count ? subject->owners : NULL;
	if (fact->of == LSP_FACT_OF_SOCKET || owner)
		fact->get(subject, owner, out);
}

#define LSP_FACT_DIGITS 24

/* Its text, or else the number in @digits; NULL where it has neither. Not of endpoints and lists.
 */
const char *lsp_fact_text(const struct lsp_value *value, char digits[LSP_FACT_DIGITS]);

#ifdef __cplusplus
}
#endif

#endif
