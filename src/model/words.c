/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the contract for our enums, one table each. */
#include <lsports/judgement.h>

static const char *const category_words[LSP_CATEGORY_COUNT] = {
	[LSP_CATEGORY_WELL_KNOWN] = "well-known",
	[LSP_CATEGORY_REGISTERED] = "registered",
	[LSP_CATEGORY_DYNAMIC] = "dynamic",
};

static const char *const scope_words[LSP_SCOPE_COUNT] = {
	[LSP_SCOPE_LOOPBACK] = "loopback", [LSP_SCOPE_LINK] = "link",
	[LSP_SCOPE_PRIVATE] = "private",   [LSP_SCOPE_PUBLIC] = "public",
	[LSP_SCOPE_ANY] = "any",
};

static const char *const owner_gap_words[LSP_OWNER_GAP_COUNT] = {
	[LSP_OWNER_GAP_NONE] = NULL,
	[LSP_OWNER_GAP_UNASKED] = "unasked",
	[LSP_OWNER_GAP_PERMISSION] = "permission",
	[LSP_OWNER_GAP_KERNEL] = "kernel",
	[LSP_OWNER_GAP_NAMESPACE] = "namespace",
	[LSP_OWNER_GAP_TIMEOUT] = "timeout",
	[LSP_OWNER_GAP_UNKNOWN] = "unknown",
	[LSP_OWNER_GAP_CLOSED] = "closed",
};

static const char *const verdict_words[LSP_VERDICT_COUNT] = {
	[LSP_VERDICT_EXPECTED] = "expected",
	[LSP_VERDICT_USUAL] = "usual",
	[LSP_VERDICT_UNEXPECTED] = "unexpected",
	[LSP_VERDICT_UNJUDGED] = "unjudged",
};

const char *lsp_words_category(enum lsp_category category)
{
	return category_words[category];
}

const char *lsp_words_scope(enum lsp_scope scope)
{
	return scope_words[scope];
}

const char *lsp_words_verdict(enum lsp_verdict verdict)
{
	return verdict_words[verdict];
}

const char *lsp_words_owner_gap(enum lsp_owner_gap gap)
{
	return owner_gap_words[gap];
}
