/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --explain: which port is meant, the inspection, a bind where nothing listens, the exit status.
 * Facts are counted and put into words by the view.
 */
#include "explain.h"

#include "cleanup.h"
#include "inspection.h"
#include "message.h"
#include "output.h"
#include "show.h"

#include "view/render_explain.h"
#include "view/render_explain_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMS "it takes one port, as in 22, tcp/22 or ssh"
#define KEY "port="
#define ALL (OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS)

/* --- the port ----------------------------------------------------------------------------- */

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

/*
 * A port by its number or name is parsed as the value of its key, which leaves other selectors out
 * of what is said about it. @text: without the colon that lsof(8) writes before it.
 * Return: as lsp_selector_parse(); @error is without the key too.
 */
static int parse_bare(const char *text, const char *sysroot, struct lsp_selector **selector,
		      struct error *error)
{
	cleanup(error_deinit) struct error failure = ERROR_INIT;
	struct buf word = BUF_INIT;
	const char *texts[1], *what;
	int r = -ENOMEM;

	buf_printf(&word, KEY "%s", text);
	texts[0] = buf_text(&word);
	if (texts[0])
		r = lsp_selector_parse(texts, 1, sysroot, selector, &failure);
	buf_deinit(&word);
	if (r >= 0 || r == -ENOMEM)
		return r;
	what = error_text(&failure);
	return strncmp(what, "\"" KEY, sizeof(KEY)) == 0
		       ? error_set(error, r, "\"%s", what + sizeof(KEY))
		       : error_set(error, r, "%s", what);
}

int explain_parse_port(const char *text, const char *sysroot, uint16_t *port, unsigned *protos,
		       struct error *error)
{
	struct lsp_query scope = {.protos = lsp_protocol_all()};
	struct lsp_selector *selector;
	struct error failure = ERROR_INIT;
	int r = strchr(text, '=') ? lsp_selector_parse(&text, 1, sysroot, &selector, &failure)
				  : parse_bare(text + (*text == ':'), sysroot, &selector, &failure);

	if (r == -EINVAL)
		error_set(error, r, "--explain: %s; " FORMS, error_text(&failure));
	else if (r < 0 && r != -ENOMEM)
		error_set(error, r, "%s", error_text(&failure));
	error_deinit(&failure);
	if (r < 0)
		return r;
	lsp_selector_narrow(selector, &scope);
	*port = only_port(selector, &scope);
	*protos = scope.protos;
	lsp_selector_free(selector);
	return *port ? 0
		     : error_set(error, -EINVAL, "--explain: \"%s\" is not one port; " FORMS, text);
}

/* --- the inspection ----------------------------------------------------------------------- */

static unsigned protos_of(const struct options *options, unsigned protos)
{
	return options->protos ? options->protos & protos : protos;
}

static void try_binds(struct explanation *explanation, unsigned families)
{
	for (unsigned p = 0; p < lsp_protocol_count(); p++) {
		struct explanation_port *port = &explanation->ports[p];

		for (unsigned f = 0; f < LSP_FAMILY_COUNT; f++) {
			struct explanation_try *attempt = &port->tries[f];

			attempt->is_asked =
				port->is_asked && !port->listener_count && families & LSP_BIT(f);
			if (attempt->is_asked)
				attempt->result =
					lsp_bind_try(p, (enum lsp_family)f, explanation->port,
						     &attempt->was_tried);
		}
	}
}

static int write_explanation(const struct explanation *explanation,
			     const struct inspection *inspection, const struct options *options)
{
	bool is_json = strcmp(inspection->query.format->word, "json") == 0;
	struct output output;
	int r = output_open(&output, options->output_file);

	if (r < 0)
		return r;
	(is_json ? render_explain_json : render_explain)(explanation, &inspection->query.view,
							 inspection->snapshot, &output.sink);
	return output_close(&output);
}

static enum status show(struct explanation *explanation, struct inspection *inspection,
			const struct options *options, struct buf *messages)
{
	unsigned families = inspection->query.scope.families;
	int r;

	explanation->netns = lsp_snapshot_netns(inspection->snapshot, 0);
	explanation->where = options->netns.count ? *(const char **)options->netns.data : NULL;
	explanation->untried = options->sysroot ? "bind(2) is not tried on a recorded tree"
			       : options->netns.count
				       ? "bind(2) is not tried in another network namespace"
				       : NULL;
	r = explanation_count(explanation, &inspection->query.view, inspection->snapshot);
	if (r < 0) {
		messages->error = r;
		return STATUS_FAILED;
	}
	if (!explanation->untried)
		try_binds(explanation, families);
	r = write_explanation(explanation, inspection, options);
	if (r < 0) {
		message_format_write_failure(messages, options->output_file, r);
		return STATUS_FAILED;
	}
	if (inspection_has_failed(inspection))
		return STATUS_FAILED;
	if (inspection_fails_strict(inspection, options))
		return STATUS_INCOMPLETE;
	return explanation_has_listener(explanation) ? STATUS_SHOWN : STATUS_FOUND;
}

static enum status inspect(struct explanation *explanation, const struct options *options,
			   const struct target *target, struct buf *messages)
{
	char *const selector = (char *)(uintptr_t)options->explain;
	struct options asked = *options;
	enum status status = STATUS_FAILED;
	struct error error = ERROR_INIT;
	struct inspection inspection;
	int r;

	asked.selectors = &selector;
	asked.selector_count = 1;
	asked.states = ALL;
	r = inspection_init(&inspection, &asked, target, &error);
	message_add_error(messages, &inspection.rules_error);
	if (r >= 0)
		status = show(explanation, &inspection, options, messages);
	message_add_error(messages, &error);
	if (inspection.snapshot)
		show_messages(&inspection, options, messages);
	inspection_deinit(&inspection);
	error_deinit(&error);
	return status;
}

bool explain_is_asked(const struct options *options)
{
	return options->explain;
}

static int parse(const struct options *options, struct explanation *explanation,
		 struct error *error)
{
	unsigned protos;
	int r = explain_parse_port(options->explain, options->sysroot, &explanation->port, &protos,
				   error);

	if (r < 0)
		return error_note(error, r);
	protos = protos_of(options, protos);
	if (!protos)
		return error_set(error, -EINVAL,
				 "--explain: -t, -u and --udplite leave no protocol of this port");
	for (unsigned i = 0; i < lsp_protocol_count(); i++)
		explanation->ports[i].is_asked = protos & LSP_BIT(i);
	return 0;
}

enum status explain_run(const struct options *options, const struct target *target,
			struct buf *messages)
{
	struct explanation explanation = {0};
	struct error error = ERROR_INIT;
	enum status status = STATUS_FAILED;

	if (parse(options, &explanation, &error) >= 0)
		status = inspect(&explanation, options, target, messages);
	message_add_error(messages, &error);
	error_deinit(&error);
	return status;
}
