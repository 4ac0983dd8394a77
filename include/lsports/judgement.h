/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second half of the contract: which sockets are meant (selectors), which listeners are
 * expected (rules), and what is said about each (verdict and findings).
 *
 * Functions that can fail return 0 or a negative errno.
 */
#ifndef LSPORTS_JUDGEMENT_H
#define LSPORTS_JUDGEMENT_H
#pragma once

#include <lsports/lsports.h>
#include <lsports/paths.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- selectors ------------------------------------------------------------------------ */

/* Selectors that must all hold. Parsed once, const afterwards. */
struct lsp_selector;

/*
 * lsp_selector_parse() - "22", "tcp/53", "user=root", "unit!=ssh*", ... of a command line.
 * @root: where service names are read, NULL for the machine.
 * @out: owned by the caller, NULL on failure.
 * @error: on failure a line that names the text, what is wrong with it and the nearest valid word.
 *
 * Return: 0, -EINVAL for a text that makes no sense, -ENOMEM, or why @root cannot be opened.
 */
int lsp_selector_parse(const char *const *texts, size_t count, const char *root,
		       struct lsp_selector **out, struct error *error);
void lsp_selector_free(struct lsp_selector *selector);

/* enum lsp_lookup that it needs. */
unsigned lsp_selector_lookups(const struct lsp_selector *selector);

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
 * Return: LSP_UNKNOWN when a fact that decides could not be seen.
 */
enum lsp_tristate lsp_selector_match(const struct lsp_selector *selector,
				     const struct lsp_snapshot *snapshot, size_t index);

/* --- rules ----------------------------------------------------------------------------- */

struct lsp_rules;

/*
 * lsp_rules_new() - rule files, and the built-in table of usual programs. Long files may be read
 * beside what the caller does until lsp_rules_load(), and until then all that is given must live.
 * @files: NULL reads the files of LSP_RULES_DIR that end in ".rules", in the order of names, then
 *         LSP_RULES_LEARNED; either may be absent.
 * @extra: one file more, which may be absent too; NULL for none.
 * @root: NULL is the machine; @files are not below it.
 * Return: for lsp_rules_free(), NULL when memory is short.
 */
struct lsp_rules *lsp_rules_new(const char *const *files, size_t count, const char *extra,
				const char *root);

/*
 * lsp_rules_load() - all files are read when it returns.
 * @error: on failure a line for every error, "file:line: what is wrong"; empty on success.
 *
 * Return: 0, -EINVAL for a bad rule, -ENOMEM, or why a file could not be read. After a failure only
 * lsp_rules_free() may be called.
 */
int lsp_rules_load(struct lsp_rules *rules, struct error *error);
void lsp_rules_free(struct lsp_rules *rules); /* takes NULL too */

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
#define LSP_VERDICT_COUNT (LSP_VERDICT_UNJUDGED + 1)

/* The findings of the rules; after them come those of the listener itself, see model/finding.c. */
enum lsp_finding_id {
	LSP_FINDING_UNEXPECTED,
	LSP_FINDING_CHANGED,
	LSP_FINDING_MISSING,
};

/* Bytes of a set of findings: LSP_BIT() of each. */
#define LSP_FINDINGS_MAX 32

struct lsp_finding {
	unsigned id; /* below lsp_finding_count() */
	const char
		*reason;  /* a sentence for people, not escaped; NULL without LSP_LOOKUP_REASONS */
	bool is_accepted; /* the rule that matches takes it as known: no alarm, and not counted */
};

/* All of it is borrowed from the snapshot. */
struct lsp_judgement {
	enum lsp_verdict verdict;
	/* "file:line" of the rule that matched, or that comes nearest. NULL: none, or without
	 * LSP_LOOKUP_REASONS. */
	const char *rule;
	/* Of LSP_VERDICT_UNJUDGED: which facts could not be read, a sentence for people, not
	 * escaped. NULL for other verdicts. */
	const char *unknown;
	const struct lsp_finding *findings;
	size_t finding_count;
};

enum lsp_judge_flag {
	/* "unexpected" is said of every listener without a rule, not of those on low ports alone.
	 */
	LSP_JUDGE_ALL = 1u << 0,
};

/*
 * lsp_rules_need_users() - is there a rule about users for a listener of the snapshot? Then
 * LSP_LOOKUP_USERS is needed, or lsp_resolve_users().
 * Return: 1, 0 or -ENOMEM.
 */
int lsp_rules_need_users(struct lsp_rules *rules, const struct lsp_snapshot *snapshot);

/*
 * lsp_judge() - a verdict for every listener, its findings, and the rules that no listener holds.
 * Once; the snapshot is const from then on.
 * @snapshot: its query had LSP_LOOKUP_FINDINGS. With LSP_LOOKUP_REASONS what is said has reasons.
 *            A required rule is missing only where that query covers all that could hold it.
 * @rules: may be freed afterwards. Where the host has none, the built-in table is read, as far as
 * it is about the listeners.
 * @flags: enum lsp_judge_flag.
 * Return: 0 or -ENOMEM.
 */
int lsp_judge(struct lsp_snapshot *snapshot, struct lsp_rules *rules, unsigned flags);

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
size_t lsp_snapshot_unchecked(const struct lsp_snapshot *snapshot);

/* Listeners whose verdict is LSP_VERDICT_UNJUDGED. */
size_t lsp_snapshot_unjudged(const struct lsp_snapshot *snapshot);

/* Required rules that no listener holds, but one may of a protocol of which not all was read. */
size_t lsp_snapshot_unread_rules(const struct lsp_snapshot *snapshot);

const char *lsp_words_verdict(enum lsp_verdict verdict); /* "expected"; NULL for NONE */

size_t lsp_finding_count(void);
const char *lsp_finding_word(unsigned id); /* "deleted-exe" */
const char *lsp_finding_help(unsigned id); /* one line for people */
bool lsp_finding_is_alarming(unsigned id); /* it may mean an intruder */

/*
 * lsp_rule_unknown() - which facts that a rule for listener @index holds are not known, so that the
 * rule would expect more than this listener: "unit, program of nginx(812)".
 * Return: owned by the caller, "" for none; NULL when memory is short.
 */
char *lsp_rule_unknown(const struct lsp_snapshot *snapshot, size_t index);

/* So many programs stand in a rule; beyond them it names all by a digest. */
#define LSP_RULE_PROGRAMS_MAX 8

/*
 * lsp_rule_format() - the rule that expects listener @index and nothing else: what stays the same
 * when it is started again. Of a bounded length: texts that are long are named by a digest too.
 * Return: a line without its end, owned by the caller; NULL when memory is short.
 */
char *lsp_rule_format(const struct lsp_snapshot *snapshot, size_t index);

/*
 * lsp_rule_format_brief() - the same for a line of a check: what is still long is cut, and ends in
 * a digest of it. Rules that differ have texts that differ.
 */
char *lsp_rule_format_brief(const struct lsp_snapshot *snapshot, size_t index);

#ifdef __cplusplus
}
#endif

#endif
