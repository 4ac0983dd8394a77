/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second half of the contract: which sockets are meant (selectors), which listeners are
 * expected (rules), and what is said about each (verdict and findings).
 *
 * Functions that can fail return 0 or a negative errno.
 */
#ifndef LSPORTS_JUDGE_H
#define LSPORTS_JUDGE_H
#pragma once

#include <lsports/lsports.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- selectors ------------------------------------------------------------------------ */

/* A key of the selector language. */
struct lsp_key {
	const char *word;   /* "port" */
	const char *values; /* form of its values, for people */
	const char *help;
};

/* The keys in order; NULL behind the last one. */
const struct lsp_key *lsp_key_at(size_t index);

/* Word @number of those that key @index takes; NULL behind the last one, and where it takes others.
 */
const char *lsp_key_word(size_t index, unsigned number);

/* Selectors that must all hold. Parsed once, const afterwards. */
struct lsp_selector;

/*
 * lsp_selector_parse() - "22", "tcp/53", "user=root", "unit!=ssh*", ... of a command line.
 * @root: where service names are read, NULL for the machine.
 * @out: owned by the caller, NULL on failure.
 * @reason: on -EINVAL a message that names the text, what is wrong with it, the column and the
 *          nearest valid word; not escaped. Owned by the caller, NULL when memory is short.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int lsp_selector_parse(const char *const *texts, size_t count, const char *root,
		       struct lsp_selector **out, char **reason);
void lsp_selector_free(struct lsp_selector *selector);

/* enum lsp_fact that it needs. */
unsigned lsp_selector_facts(const struct lsp_selector *selector);

/* Does it say what @key must be? "state!=listen" does not. */
bool lsp_selector_has(const struct lsp_selector *selector, const char *key);

/* Does it say nothing but ports, protocols and families, which lsp_selector_narrow() asks for? */
bool lsp_selector_is_scope(const struct lsp_selector *selector);

/*
 * lsp_selector_narrow() - whatever the kernel can leave out by itself with the same answer is taken
 * out of @query: protocols, families, states and ports. @query borrows from @selector.
 */
void lsp_selector_narrow(const struct lsp_selector *selector, struct lsp_query *query);

/*
 * lsp_selector_match() - does socket @index hold? A term about owners holds if one owner fits.
 * Return: LSP_KNOWN_NOT when a fact that decides could not be seen.
 */
enum lsp_known lsp_selector_match(const struct lsp_selector *selector,
				  const struct lsp_snapshot *snapshot, size_t index);

/* --- rules ----------------------------------------------------------------------------- */

struct lsp_rules;

#define LSP_RULES_DIR "/etc/lsports/expected.d"
#define LSP_RULES_LEARNED "/var/lib/lsports/learned.rules"

/*
 * lsp_rules_begin() - rule files, and the built-in table of usual programs, read in a thread beside
 * what the caller does until lsp_rules_end(); until then all that is given must live.
 * @files: NULL reads the files of LSP_RULES_DIR that end in ".rules", in the order of names, then
 *         LSP_RULES_LEARNED; either may be absent.
 * @extra: one file more, which may be absent too; NULL for none.
 * @root: NULL is the machine; @files are not below it.
 * Return: for lsp_rules_end(), NULL when memory is short.
 */
struct lsp_rules_loading;
struct lsp_rules_loading *lsp_rules_begin(const char *const *files, size_t count, const char *extra,
					  const char *root);

/*
 * lsp_rules_end() - waits, and frees @loading, which may be NULL.
 * @out: owned by the caller, NULL on failure.
 * @reason: on failure every error, "file:line: what is wrong" a line; owned by the caller, NULL
 *          when memory is short.
 *
 * Return: 0, -EINVAL for a bad rule, -ENOMEM, or why a file could not be read.
 */
int lsp_rules_end(struct lsp_rules_loading *loading, struct lsp_rules **out, char **reason);
void lsp_rules_free(struct lsp_rules *rules);

/* Has the host rules? An empty file expects nothing, which is a rule too; the table is none. */
bool lsp_rules_exist(const struct lsp_rules *rules);

/* --- what is said about a listener ------------------------------------------------------- */

enum lsp_verdict {
	LSP_VERDICT_NONE,       /* no listener, or nobody asked */
	LSP_VERDICT_EXPECTED,   /* a rule matches */
	LSP_VERDICT_USUAL,      /* the host has no rules, and the built-in table matches */
	LSP_VERDICT_UNEXPECTED, /* no rule matches */
	LSP_VERDICT_UNJUDGED,   /* a rule asks for a fact that could not be seen */
};
#define LSP_VERDICT_COUNT 5

enum lsp_finding_id {
	LSP_FINDING_UNEXPECTED,
	LSP_FINDING_CHANGED,
	LSP_FINDING_MISSING,
	LSP_FINDING_DELETED_EXE,
	LSP_FINDING_ODD_EXE,
	LSP_FINDING_NO_OWNER,
	LSP_FINDING_QUEUE_FULL,
	LSP_FINDING_IN_EPHEMERAL_RANGE,
	LSP_FINDING_MIXED_GROUP,
	LSP_FINDING_MASKED,
	LSP_FINDING_EXE_DOUBT, /* "exe?" */
};
#define LSP_FINDING_COUNT 11

struct lsp_finding {
	enum lsp_finding_id id;
	const char *reason; /* a sentence for people, not escaped; NULL without LSP_FACT_REASONS */
};

/* All of it is borrowed from the snapshot. */
struct lsp_judgement {
	enum lsp_verdict verdict;
	/* "file:line" of the rule that matched, or that comes nearest. NULL: none, or without
	 * LSP_FACT_REASONS. */
	const char *rule;
	const struct lsp_finding *findings;
	size_t finding_count;
};

/*
 * lsp_judge() - a verdict for every listener, its findings, and the rules that no listener holds.
 * Once; the snapshot is const from then on.
 * @query: the one of lsp_collect(), which had LSP_FACT_FINDINGS, and now with rules.
 * Return: 0 or -ENOMEM.
 */
int lsp_judge(const struct lsp_query *query, struct lsp_snapshot *snapshot);

/* About socket @index. Before lsp_judge() the verdict is LSP_VERDICT_NONE. */
void lsp_snapshot_judgement(const struct lsp_snapshot *snapshot, size_t index,
			    struct lsp_judgement *out);

/* A required rule that no listener holds. Borrowed from the snapshot. */
struct lsp_missing {
	const char *rule; /* "file:line" */
	const char *text; /* the rule as it stands there */
	const char *reason;
};
const struct lsp_missing *lsp_snapshot_missing(const struct lsp_snapshot *snapshot, size_t *count);

/* Required rules that a listener may hold which the query did not ask for. */
size_t lsp_snapshot_unasked(const struct lsp_snapshot *snapshot);

const char *lsp_verdict_word(enum lsp_verdict verdict); /* "expected"; NULL for NONE */
const char *lsp_finding_word(enum lsp_finding_id id);   /* "deleted-exe" */
const char *lsp_finding_help(enum lsp_finding_id id);   /* one line for people */

/*
 * lsp_rule_format() - the rule that expects listener @index and nothing else: what stays the same
 * when it is started again.
 * Return: a line without its end, owned by the caller; NULL when memory is short.
 */
char *lsp_rule_format(const struct lsp_snapshot *snapshot, size_t index);

#ifdef __cplusplus
}
#endif

#endif
