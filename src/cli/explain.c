/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --explain: what may be asked, the look, the bind where nobody listens, the exit status. Facts
 * are counted and put into words by the view.
 */
#include "explain.h"

#include "message.h"
#include "outlet.h"

#include "view/explanation.h"

#include <errno.h>
#include <stdlib.h>

#define FORMS "it wants one port, as in 22, tcp/22 or ssh"
#define ALL (OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS)

/* --- what is asked ---------------------------------------------------------------------- */

/* Takes @reason over. */
static int refuse(const char *text, char *reason, char **message)
{
	struct buf out = BUF_INIT;

	if (reason)
		buf_printf(&out, "--explain: %s; " FORMS, reason);
	else
		buf_printf(&out, "--explain: \"%s\" is not one port; " FORMS, text);
	free(reason);
	*message = buf_take_text(&out);
	return *message ? -EINVAL : -ENOMEM;
}

/* One number, whatever the protocols are; 0 for anything else. */
static uint16_t only_port(const struct lsp_selector *selector, const struct lsp_query *scope)
{
	if (!lsp_selector_has(selector, "port") || !scope->port_count)
		return 0;
	for (size_t i = 0; i < scope->port_count; i++)
		if (scope->ports[i].first != scope->ports[i].last ||
		    scope->ports[i].first != scope->ports[0].first)
			return 0;
	return scope->ports[0].first;
}

int explain_parse_port(const char *text, const char *sysroot, uint16_t *port, unsigned *protos,
		       char **message)
{
	struct lsp_query scope = {.protos = LSP_BIT(LSP_PROTO_COUNT) - 1};
	struct lsp_selector *selector;
	char *reason = NULL;
	int r = lsp_selector_parse(&text, 1, sysroot, &selector, &reason);

	*message = NULL;
	if (r == -EINVAL)
		return reason ? refuse(text, reason, message) : -ENOMEM;
	if (r < 0) {
		free(reason);
		return r;
	}
	lsp_selector_narrow(selector, &scope);
	*port = only_port(selector, &scope);
	*protos = scope.protos;
	lsp_selector_free(selector);
	return *port ? 0 : refuse(text, NULL, message);
}

/* What has no part in it, NULL when all is well. */
static const char *find_misfit(const struct options *options)
{
	if (options->is_check || options->report_once)
		return "--explain and --check are two runs: one port, or all that differs";
	if (options->learn)
		return "--explain and --learn are two runs: one port, or all listeners";
	if (options->watch)
		return "--explain and --watch are two ways to look: once at one port, or on and on";
	if (options->selector_count)
		return "--explain tells about its one port: selectors have no part in it; "
		       "lsports tcp/22 user=root lists";
	if (options->states)
		return "--explain tells about listeners and connections: -l, -a and --connected "
		       "have no part in it";
	if (options->is_numeric || options->has_no_service_names)
		return "--explain looks everything up: -n and -P have no part in it";
	if (options->output || options->has_all_columns || options->sort || options->group_by)
		return "--explain has no columns: -o, -O, --sort and --group-by have no part in it";
	if (options->has_all_netns || options->netns.count > 1)
		return "--explain tells about one network namespace: ours, or that of one -N";
	if (options->format && strcmp(options->format, "table") != 0 &&
	    strcmp(options->format, "json") != 0)
		return "--explain has two formats: table, which is the card, and json";
	return NULL;
}

/* --- the look --------------------------------------------------------------------------- */

static unsigned protos_of(const struct options *options, unsigned protos)
{
	return options->protos ? options->protos & protos : protos;
}

static void try_binds(struct explanation *explanation, unsigned families)
{
	for (unsigned p = 0; p < LSP_PROTO_COUNT; p++) {
		struct explanation_port *port = &explanation->ports[p];

		for (unsigned f = 0; f < LSP_FAMILY_COUNT; f++) {
			struct explanation_try *attempt = &port->tries[f];

			attempt->is_asked =
				port->is_asked && !port->listener_count && families & LSP_BIT(f);
			if (attempt->is_asked)
				attempt->result =
					lsp_bind_try((enum lsp_proto)p, (enum lsp_family)f,
						     explanation->port, &attempt->was_tried);
		}
	}
}

static int write_explanation(const struct explanation *explanation, const struct look *look,
			     const struct options *options)
{
	bool is_json = strcmp(look->query.format->word, "json") == 0;
	struct outlet outlet;
	int r = outlet_open(&outlet, options->output_file);

	if (r < 0)
		return r;
	(is_json ? render_explain_json : render_explain)(explanation, &look->query.view,
							 look->snapshot, &outlet.sink);
	return outlet_close(&outlet);
}

static enum status tell(struct explanation *explanation, struct look *look,
			const struct options *options, struct buf *messages)
{
	unsigned families = look->query.scope.families;
	int r;

	explanation->netns = lsp_netns_at(look->snapshot, 0);
	explanation->where = options->netns.count ? options->netns.items[0] : NULL;
	explanation->untried = options->sysroot ? "a recorded tree takes no bind"
			       : options->netns.count
				       ? "no bind is tried in another network namespace"
				       : NULL;
	r = explanation_count(explanation, &look->query.view, look->snapshot);
	if (r < 0) {
		messages->error = r;
		return STATUS_FAILED;
	}
	if (!explanation->untried)
		try_binds(explanation, families);
	r = write_explanation(explanation, look, options);
	if (r < 0) {
		message_format_write_failure(messages, options->output_file, r);
		return STATUS_FAILED;
	}
	if (look_has_failed(look))
		return STATUS_FAILED;
	if (options->is_strict && (look_is_incomplete(look) || look->unknown))
		return STATUS_INCOMPLETE;
	return explanation_has_listener(explanation) ? STATUS_SHOWN : STATUS_FOUND;
}

static enum status look_and_tell(struct explanation *explanation, const struct options *options,
				 const struct query_output *output, struct buf *messages)
{
	char *const selector = (char *)(uintptr_t)options->explain;
	struct options asked = *options;
	enum status status = STATUS_FAILED;
	struct look look;

	asked.selectors = &selector;
	asked.selector_count = 1;
	asked.states = ALL;
	if (look_init(&look, &asked, output, messages) >= 0)
		status = tell(explanation, &look, options, messages);
	if (look.snapshot) {
		message_format_gaps(messages, look.snapshot);
		if (options->is_verbose)
			message_format_notes(messages, look.snapshot);
	}
	look_deinit(&look);
	return status;
}

enum status explain_run(const struct options *options, const struct query_output *output,
			struct buf *messages)
{
	struct explanation explanation = {0};
	const char *misfit = find_misfit(options);
	char *message = NULL;
	unsigned protos;

	if (misfit) {
		message_format_line(messages, misfit);
		return STATUS_FAILED;
	}
	if (explain_parse_port(options->explain, options->sysroot, &explanation.port, &protos,
			       &message) < 0) {
		message_take(messages, message);
		return STATUS_FAILED;
	}
	protos = protos_of(options, protos);
	if (!protos) {
		message_format_line(messages, "--explain: the protocol of its port is another one "
					      "than that of -t or -u");
		return STATUS_FAILED;
	}
	for (unsigned i = 0; i < LSP_PROTO_COUNT; i++)
		explanation.ports[i].is_asked = protos & LSP_BIT(i);
	return look_and_tell(&explanation, options, output, messages);
}
