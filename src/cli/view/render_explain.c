/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --explain as a card for people: a label, and a sentence behind it. Nothing is cut; what is not
 * known is said to be unknown, and what does not exist is left out.
 */
#include "view/render_explain.h"

#include "view/explanation_bind.h"
#include "view/explanation_steps.h"
#include "view/card.h"
#include "view/part.h"

static void begin_title(const struct card *card)
{
	if (card->view->has_color)
		buf_append_text(card->out, "\033[1m");
}

static void end_title(const struct card *card)
{
	if (card->view->has_color)
		buf_append_text(card->out, "\033[0m");
	card_end(card);
}

/* --- the number ------------------------------------------------------------------------- */

static void number(const struct card *card)
{
	static const char *const ranges[LSP_CATEGORY_COUNT] = {"0-1023", "1024-49151",
							       "49152-65535"};
	const struct explanation *explanation = card->explanation;
	const struct lsp_port_policy *policy = &explanation->policy;
	enum lsp_category category = lsp_port_category(explanation->port);
	bool is_inside =
		explanation->port >= policy->range.first && explanation->port <= policy->range.last;

	begin_title(card);
	buf_printf(card->out, "PORT %u", explanation->port);
	end_title(card);
	card_print(card, "category", "%s, %s", lsp_words_category(category), ranges[category]);
	if (policy->has_start)
		card_print(card, "privileged", "%s: net.ipv4.ip_unprivileged_port_start is %u",
			   explanation->port < policy->start ? "yes" : "no", policy->start);
	else
		card_print(card, "privileged",
			   "unknown: net.ipv4.ip_unprivileged_port_start could not be read");
	if (policy->has_range)
		card_print(card, "ephemeral", "%s: net.ipv4.ip_local_port_range is %u-%u%s",
			   is_inside && policy->is_reserved != LSP_YES ? "yes" : "no",
			   policy->range.first, policy->range.last,
			   is_inside && policy->is_reserved == LSP_YES ? ", but it is reserved"
			   : is_inside ? ", so the kernel may take it for a client"
				       : "");
	else
		card_print(card, "ephemeral",
			   "unknown: net.ipv4.ip_local_port_range could not be read");
	card_print(card, "reserved", "%s",
		   policy->is_reserved == LSP_YES ? "yes: in net.ipv4.ip_local_reserved_ports"
		   : policy->is_reserved == LSP_NO
			   ? "no: not in net.ipv4.ip_local_reserved_ports"
			   : "unknown: net.ipv4.ip_local_reserved_ports could not be read");
}

/* --- the rest of a port ----------------------------------------------------------------- */

static void peers(const struct card *card, const struct explanation_port *port)
{
	if (!port->peer_count)
		return;
	card_begin(card, "peers");
	for (size_t i = 0; i < port->peer_count && i < EXPLANATION_MOST; i++) {
		char address[LSP_ADDRESS_SIZE];

		lsp_endpoint_format_address(&port->peers[i].endpoint, address);
		buf_printf(card->out, "%s%s (%zu)", i ? ", " : "", address, port->peers[i].count);
	}
	if (port->peer_count > EXPLANATION_MOST)
		buf_printf(card->out, " and %zu more", port->peer_count - EXPLANATION_MOST);
	card_end(card);
}

static void states(const struct card *card, unsigned proto)
{
	const struct explanation_port *port = &card->explanation->ports[proto];
	const char *between = ": ";

	if (!port->other_count) {
		card_print(card, "connections", "none");
		return;
	}
	card_begin(card, port->listener_count ? "connections" : "held by");
	buf_printf(card->out, "%zu socket%s", port->other_count, port->other_count == 1 ? "" : "s");
	for (unsigned i = 0; i < LSP_STATE_COUNT; i++) {
		if (!port->states[i])
			continue;
		buf_printf(card->out, "%s%zu %s", between, port->states[i],
			   lsp_socket_state_word(proto, (enum lsp_state)i));
		between = ", ";
	}
	card_end(card);
}

/* Owners of connections are shown only where nothing listens: otherwise they are its workers. */
static void holders(const struct card *card, const struct explanation_port *port)
{
	for (size_t i = 0; i < port->holder_count && i < EXPLANATION_MOST; i++) {
		const struct explanation_holder *holder = &port->holders[i];

		card_begin(card, "");
		part_append_process(card->out, holder->process);
		buf_printf(card->out, "  %zu socket%s", holder->count,
			   holder->count == 1 ? "" : "s");
		if (holder->process->cmdline) {
			buf_append_text(card->out, "  ");
			part_append_text(card->out, holder->process->cmdline);
		}
		card_end(card);
	}
	if (port->holder_count > EXPLANATION_MOST)
		card_print(card, "", "and %zu more", port->holder_count - EXPLANATION_MOST);
}

static void listeners(const struct card *card, unsigned proto)
{
	for (size_t i = 0; i < card->view->row_count; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(card->snapshot, card->view->rows[i], &socket);
		if (socket.proto == proto && lsp_socket_is_listener(&socket))
			card_add_listener(card, i, &socket);
	}
}

static void bind_line(const struct card *card, unsigned proto)
{
	struct buf reason = BUF_INIT;
	const char *word = explanation_bind_format(card->explanation, proto, &reason);

	card_begin(card, "bind");
	buf_printf(card->out, "%s: ", word);
	buf_append(card->out, reason.data, reason.size);
	if (reason.error)
		card->out->error = reason.error;
	card_end(card);
	buf_deinit(&reason);
}

static void port_of(const struct card *card, unsigned proto)
{
	const struct explanation_port *port = &card->explanation->ports[proto];

	card_end(card);
	begin_title(card);
	buf_printf(card->out, "%s %u", lsp_protocol_at(proto)->title, card->explanation->port);
	if (port->service)
		buf_printf(card->out, "  %s%s", port->service, port->is_guess ? "?" : "");
	end_title(card);
	if (!port->service)
		card_print(card, "service", "none is registered");
	listeners(card, proto);
	if (!port->listener_count)
		card_print(card, "listens", "nobody");
	states(card, proto);
	peers(card, port);
	if (port->listener_count)
		return;
	holders(card, port);
	bind_line(card, proto);
}

static void steps(const struct card *card)
{
	struct explanation_step list[EXPLANATION_STEPS];
	size_t count = explanation_steps_list(card->explanation, card->view, card->snapshot, list);
	size_t width = 0;

	if (count) {
		card_end(card);
		begin_title(card);
		buf_append_text(card->out, "NEXT");
		end_title(card);
	}
	for (size_t i = 0; i < count; i++)
		width = list[i].command.size > width ? list[i].command.size : width;
	for (size_t i = 0; i < count; i++) {
		buf_append_text(card->out, "  ");
		buf_append(card->out, list[i].command.data, list[i].command.size);
		buf_append_blanks(card->out, width - list[i].command.size + 2);
		buf_append_text(card->out, list[i].help);
		card_end(card);
	}
	explanation_steps_deinit(list, count);
}

void render_explain(const struct explanation *explanation, const struct view *view,
		    const struct lsp_snapshot *snapshot, struct sink *sink)
{
	const struct card card = {explanation, view, snapshot, &sink->buf};

	number(&card);
	for (unsigned i = 0; i < lsp_protocol_count(); i++)
		if (explanation->ports[i].is_asked)
			port_of(&card, i);
	steps(&card);
}
