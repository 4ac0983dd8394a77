/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --explain as one JSON object. Its members are always there, and what is not known is null;
 * sockets look as they do in a listing.
 */
#include "view/render_explain_json.h"

#include "view/explanation_bind.h"
#include "view/explanation_steps.h"
#include "view/json.h"

static void emit_known(struct emit *emit, const char *key, enum lsp_tristate known)
{
	emit_key(emit, key);
	if (known == LSP_UNKNOWN)
		emit_null(emit);
	else
		emit_boolean(emit, known == LSP_YES);
}

static void emit_count(struct emit *emit, const char *key, size_t count)
{
	emit_key(emit, key);
	emit_number(emit, count);
}

static void emit_policy(struct emit *emit, const struct explanation *explanation,
			const struct lsp_snapshot *snapshot)
{
	const struct lsp_port_policy *policy = &explanation->policy;
	const struct lsp_socket socket = {.netns = explanation->netns,
					  .local.port = explanation->port};

	emit_known(emit, "privileged", lsp_snapshot_is_privileged(snapshot, &socket));
	emit_key(emit, "unprivileged_port_start");
	if (policy->has_start)
		emit_number(emit, policy->start);
	else
		emit_null(emit);
	emit_known(emit, "in_local_range",
		   !policy->has_range ? LSP_UNKNOWN
		   : explanation->port >= policy->range.first &&
				   explanation->port <= policy->range.last
			   ? LSP_YES
			   : LSP_NO);
	emit_key(emit, "local_range");
	if (policy->has_range) {
		emit_open(emit, '[');
		emit_number(emit, policy->range.first);
		emit_number(emit, policy->range.last);
		emit_close(emit, ']');
	} else {
		emit_null(emit);
	}
	emit_known(emit, "reserved", policy->is_reserved);
	emit_known(emit, "ephemeral", lsp_snapshot_is_ephemeral(snapshot, &socket));
}

static void emit_listeners(struct emit *emit, const struct view *view,
			   const struct lsp_snapshot *snapshot, unsigned proto, struct sink *sink)
{
	struct buf scratch = BUF_INIT;

	emit_key(emit, "listeners");
	emit_open(emit, '[');
	for (size_t i = 0; i < view->row_count; i++) {
		struct row row = {.hidden = view->hidden, .has_parents = true};
		const struct lsp_socket *socket = &row.subject.socket;

		lsp_subject_init(&row.subject, snapshot, view->rows[i]);
		if (socket->proto != proto || !lsp_socket_is_listener(socket))
			continue;
		emit_break(emit);
		json_emit_socket(emit, &view->columns, &row, &scratch);
	}
	emit_close(emit, ']');
	render_fail(sink, scratch.error);
	buf_deinit(&scratch);
}

static void emit_states(struct emit *emit, const struct explanation_port *port, unsigned proto)
{
	emit_key(emit, "states");
	emit_open(emit, '{');
	for (unsigned i = 0; i < LSP_STATE_COUNT; i++) {
		if (port->states[i])
			emit_count(emit, lsp_socket_state_word(proto, (enum lsp_state)i),
				   port->states[i]);
	}
	emit_close(emit, '}');
}

static void emit_peers(struct emit *emit, const struct explanation_port *port)
{
	emit_count(emit, "peer_count", port->peer_count);
	emit_key(emit, "peers");
	emit_open(emit, '[');
	for (size_t i = 0; i < port->peer_count && i < EXPLANATION_MOST; i++) {
		char address[LSP_ADDRESS_SIZE];

		lsp_endpoint_format_address(&port->peers[i].endpoint, address);
		emit_open(emit, '{');
		emit_text_member(emit, "address", address);
		emit_count(emit, "connections", port->peers[i].count);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

static void emit_holders(struct emit *emit, const struct explanation_port *port)
{
	emit_count(emit, "holder_count", port->holder_count);
	emit_key(emit, "holders");
	emit_open(emit, '[');
	for (size_t i = 0; i < port->holder_count && i < EXPLANATION_MOST; i++) {
		const struct lsp_process *process = port->holders[i].process;

		emit_open(emit, '{');
		emit_count(emit, "pid", process->pid);
		emit_text_member(emit, "process", lsp_process_name(process));
		emit_text_member(emit, "cmdline", process->cmdline);
		emit_count(emit, "sockets", port->holders[i].count);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

static void emit_bind(struct emit *emit, const struct explanation *explanation, unsigned proto,
		      struct sink *sink)
{
	const struct explanation_port *port = &explanation->ports[proto];
	struct buf reason = BUF_INIT;
	const char *word, *text;
	bool was_tried = false;

	emit_key(emit, "bind");
	if (port->listener_count) {
		emit_null(emit);
		return;
	}
	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++)
		was_tried |= port->tries[i].was_tried;
	word = explanation_bind_format(explanation, proto, &reason);
	text = buf_text(&reason);
	emit_open(emit, '{');
	emit_text_member(emit, "possible", word);
	emit_key(emit, "tried");
	emit_boolean(emit, was_tried);
	emit_text_member(emit, "reason", text);
	emit_close(emit, '}');
	render_fail(sink, reason.error);
	buf_deinit(&reason);
}

static void emit_port(struct emit *emit, const struct explanation *explanation, unsigned proto,
		      const struct view *view, const struct lsp_snapshot *snapshot,
		      struct sink *sink)
{
	const struct explanation_port *port = &explanation->ports[proto];

	emit_break(emit);
	emit_open(emit, '{');
	emit_text_member(emit, "proto", lsp_protocol_word(proto));
	emit_text_member(emit, "service", port->service);
	emit_key(emit, "service_is_guess");
	if (port->service)
		emit_boolean(emit, port->is_guess);
	else
		emit_null(emit);
	emit_listeners(emit, view, snapshot, proto, sink);
	emit_states(emit, port, proto);
	emit_peers(emit, port);
	emit_holders(emit, port);
	emit_bind(emit, explanation, proto, sink);
	emit_close(emit, '}');
}

static void emit_steps(struct emit *emit, const struct explanation *explanation,
		       const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	struct explanation_step steps[EXPLANATION_STEPS];
	size_t count = explanation_steps_list(explanation, view, snapshot, steps);

	emit_key(emit, "next");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "command", buf_text(&steps[i].command));
		emit_text_member(emit, "help", steps[i].help);
		emit_close(emit, '}');
		render_fail(sink, steps[i].command.error);
	}
	emit_close(emit, ']');
	explanation_steps_deinit(steps, count);
}

void render_explain_json(const struct explanation *explanation, const struct view *view,
			 const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);

	json_emit_head(&emit, view, snapshot);
	emit_count(&emit, "port", explanation->port);
	emit_key(&emit, "netns");
	if (explanation->netns)
		emit_number(&emit, explanation->netns);
	else
		emit_null(&emit);
	emit_text_member(&emit, "category",
			 lsp_words_category(lsp_port_category(explanation->port)));
	emit_policy(&emit, explanation, snapshot);
	emit_key(&emit, "listening");
	emit_boolean(&emit, explanation_has_listener(explanation));
	emit_key(&emit, "protocols");
	emit_open(&emit, '[');
	for (unsigned i = 0; i < lsp_protocol_count(); i++)
		if (explanation->ports[i].is_asked)
			emit_port(&emit, explanation, i, view, snapshot, sink);
	emit_close(&emit, ']');
	emit_steps(&emit, explanation, view, snapshot, sink);
	emit_close(&emit, '}');
	buf_append_char(&sink->buf, '\n');
}
