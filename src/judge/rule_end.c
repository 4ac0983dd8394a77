/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words behind the selectors of a rule. Selects nothing. */
#include "judge/rule_end.h"

#include "select/selector_value.h"

#define REQUIRED "required"
#define ACCEPT "accept"

const char *const rule_end_words[] = {REQUIRED, ACCEPT, NULL};

/* What only rules decide is no property of a listener that a rule expects. */
static uint32_t of_rules(void)
{
	return LSP_BIT(LSP_FINDING_UNEXPECTED) | LSP_BIT(LSP_FINDING_CHANGED) |
	       LSP_BIT(LSP_FINDING_MISSING);
}

static int parse_finding(struct rule *rule, struct selector_cursor *cursor)
{
	const char *start = cursor->at;
	struct selector_value value;
	int r = selector_value_parse(NULL, lsp_fact_find("findings"), cursor, &value);

	if (r < 0)
		return r;
	if (value.bits & of_rules()) {
		cursor->at = start;
		return selector_cursor_refuse(cursor, "a rule expects its listener: accept= is for "
						      "findings about the listener itself");
	}
	rule->accepted |= value.bits;
	return 0;
}

static int parse_accepted(struct rule *rule, struct selector_cursor *cursor)
{
	int r = parse_finding(rule, cursor);

	while (r >= 0 && cursor->at < cursor->end) {
		cursor->at++; /* the comma */
		r = parse_finding(rule, cursor);
	}
	return r;
}

int rule_end_parse(struct rule *rule, const char *word, size_t size, size_t *position,
		   struct error *error)
{
	static const size_t required = sizeof(REQUIRED) - 1, accept = sizeof(ACCEPT);
	struct selector_cursor cursor = {
		.at = word, .end = word + size, .error = error, .unoffered = of_rules()};
	int r;

	*position = 0;
	if (size == required && memcmp(word, REQUIRED, required) == 0) {
		if (rule->is_required)
			return error_set(error, -EINVAL, "stands there twice");
		rule->is_required = true;
		return 1;
	}
	if (size < accept || memcmp(word, ACCEPT "=", accept) != 0)
		return 0;
	cursor.at += accept;
	r = parse_accepted(rule, &cursor);
	*position = (size_t)(cursor.at - word);
	return r < 0 ? r : 1;
}
