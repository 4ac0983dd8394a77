/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of an explanation is words: whether a bind would succeed and why not, and the commands that
 * help on. No foreign byte gets into a command: what would have to be quoted is left out.
 */
#include "view/explanation.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* --- bind ------------------------------------------------------------------------------- */

/* Who has no family cannot be asked for it. */
static bool is_absent(const struct explanation_try *attempt)
{
	return !attempt->is_asked || attempt->result == -EAFNOSUPPORT ||
	       attempt->result == -EADDRNOTAVAIL;
}

static void append_states(struct buf *out, const struct explanation_port *port,
			  enum lsp_proto proto)
{
	const char *between = "";

	for (unsigned i = 0; i < LSP_STATE_COUNT; i++) {
		struct lsp_socket socket = {.proto = proto, .state = (enum lsp_state)i};

		if (!port->states[i])
			continue;
		buf_printf(out, "%s%zu %s", between, port->states[i], lsp_state_word(&socket));
		between = ", ";
	}
}

static void append_in_use(struct buf *out, const struct explanation_port *port,
			  enum lsp_proto proto)
{
	if (!port->other_count) {
		buf_append_text(out, "the address is in use, by a socket that was not seen: the "
				     "kernel tells of TCP that is bound without listening since "
				     "Linux 6.8");
		return;
	}
	buf_append_text(out, "the address is in use: ");
	append_states(out, port, proto);
	if (port->states[LSP_STATE_TIME_WAIT] == port->other_count)
		buf_append_text(out, "; that ends within a minute, and with SO_REUSEADDR, which "
				     "most servers set, a bind need not wait");
}

static void append_refusal(struct buf *out, const struct explanation *explanation,
			   enum lsp_proto proto, int error)
{
	const struct lsp_port_policy *policy = &explanation->policy;
	const char *text = strerrordesc_np(-error);

	if (error == -EADDRINUSE)
		append_in_use(out, &explanation->ports[proto], proto);
	else if (error == -EACCES && policy->has_start && explanation->port < policy->start)
		buf_printf(out,
			   "CAP_NET_BIND_SERVICE is needed below "
			   "net.ipv4.ip_unprivileged_port_start, which is %u",
			   policy->start);
	else if (error == -EACCES || error == -EPERM)
		buf_printf(out, "%s: a security module or a BPF program of the cgroup refuses",
			   text);
	else
		buf_append_text(out, text ? text : "unknown error");
}

static const char *append_success(struct buf *out, const struct explanation_port *port)
{
	static const char *const wildcards[LSP_FAMILY_COUNT] = {"0.0.0.0", "::"};
	const char *before = "bind(2) was tried on ";

	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++) {
		if (is_absent(&port->tries[i]))
			continue;
		buf_printf(out, "%s%s", before, wildcards[i]);
		before = " and ";
	}
	return "yes";
}

const char *explanation_format_bind(const struct explanation *explanation, enum lsp_proto proto,
				    struct buf *reason)
{
	static const char *const words[LSP_FAMILY_COUNT] = {"IPv4", "IPv6"};
	const struct explanation_port *port = &explanation->ports[proto];
	const struct explanation_try *tries = port->tries;
	bool is_same = tries[0].result == tries[1].result;
	const char *before = "";
	bool is_refused = false;
	unsigned absent = 0;

	if (explanation->untried) {
		buf_append_text(reason, explanation->untried);
		return "unknown";
	}
	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++) {
		absent += is_absent(&tries[i]);
		if (is_absent(&tries[i]) || tries[i].result >= 0 || (i && is_same))
			continue;
		buf_append_text(reason, before);
		if (!is_same)
			buf_printf(reason, "%s: ", words[i]);
		append_refusal(reason, explanation, proto, tries[i].result);
		is_refused = true;
		before = "; ";
	}
	if (is_refused)
		return "no";
	if (absent < LSP_FAMILY_COUNT)
		return append_success(reason, port);
	buf_append_text(reason, "the kernel has none of the families that were asked for");
	return "unknown";
}

/* --- steps ------------------------------------------------------------------------------ */

struct steps {
	struct explanation_step *items;
	size_t count;
	const char *where; /* argument of -N, NULL for none */
};

/* No shell makes anything else of it. */
static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!isascii((unsigned char)*at) ||
		    (!isalnum((unsigned char)*at) && !strchr("@._:/-", *at)))
			return false;
	return *text && *text != '-';
}

__attribute__((format(printf, 4, 0))) static void append(struct steps *steps, const char *help,
							 const char *where, const char *format,
							 va_list args)
{
	struct explanation_step *step = &steps->items[steps->count];
	char command[256];
	int size = vsnprintf(command, sizeof(command), format, args);

	if (size < 0 || (size_t)size >= sizeof(command) || steps->count == EXPLANATION_STEPS)
		return;
	*step = (struct explanation_step){.command = BUF_INIT, .help = help};
	buf_append(&step->command, command, (size_t)size);
	if (where)
		buf_printf(&step->command, " -N %s", where);
	for (size_t i = 0; i < steps->count; i++) {
		const struct buf *other = &steps->items[i].command;

		if (other->size == step->command.size && other->size &&
		    memcmp(other->data, step->command.data, other->size) == 0) {
			buf_deinit(&step->command);
			return;
		}
	}
	steps->count++;
}

__attribute__((format(printf, 3, 4))) static void add(struct steps *steps, const char *help,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(steps, help, NULL, format, args);
	va_end(args);
}

/* One of our own, into the network namespace that was looked into. */
__attribute__((format(printf, 3, 4))) static void add_look(struct steps *steps, const char *help,
							   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(steps, help, steps->where, format, args);
	va_end(args);
}

/* What has to do with one listener. */
static void add_of_listener(struct steps *steps, const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_judgement judgement;
	const struct lsp_owner *owners;
	struct lsp_socket socket;
	const char *proto;
	size_t count;

	lsp_snapshot_socket(snapshot, index, &socket);
	if (!lsp_is_listener(&socket))
		return;
	proto = lsp_proto_word(socket.proto);
	owners = lsp_snapshot_owners(snapshot, &socket, &count);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	if (socket.unit && is_plain(socket.unit))
		add(steps, "its unit", "systemctl status %s", socket.unit);
	if (count && !steps->where)
		add(steps, "what else its owner listens on", "lsports pid=%u",
		    owners[0].process->pid);
	if (lsp_snapshot_owner_gap(snapshot, &socket) == LSP_OWNER_GAP_PERMISSION)
		add_look(steps, "root sees the owners", "sudo lsports --explain %s/%u", proto,
			 socket.local.port);
	if (judgement.verdict == LSP_VERDICT_UNEXPECTED || judgement.verdict == LSP_VERDICT_USUAL)
		add_look(steps, "a rule that expects it", "lsports --format rules %s/%u", proto,
			 socket.local.port);
}

static void add_of_port(struct steps *steps, const struct explanation *explanation,
			enum lsp_proto proto)
{
	const struct explanation_port *port = &explanation->ports[proto];
	const char *word = lsp_proto_word(proto);

	if (!port->is_asked)
		return;
	if (port->other_count > port->states[LSP_STATE_BOUND_INACTIVE])
		add_look(steps, "its connections, one by one", "lsports -a %s/%u", word,
			 explanation->port);
	if (port->states[LSP_STATE_BOUND_INACTIVE])
		add_look(steps, "who is bound without listening", "lsports state=bound %s/%u", word,
			 explanation->port);
}

size_t explanation_list_steps(const struct explanation *explanation, const struct view *view,
			      const struct lsp_snapshot *snapshot,
			      struct explanation_step items[EXPLANATION_STEPS])
{
	struct steps steps = {.items = items, .where = explanation->where};

	/* A recorded tree is no machine on which these commands mean anything. */
	if (view->is_recorded || (steps.where && !is_plain(steps.where)))
		return 0;
	for (size_t i = 0; i < view->row_count; i++)
		add_of_listener(&steps, snapshot, view->rows[i]);
	for (unsigned i = 0; i < LSP_PROTO_COUNT; i++)
		add_of_port(&steps, explanation, (enum lsp_proto)i);
	if (!explanation_has_listener(explanation)) {
		if (!steps.where)
			add(&steps, "in other network namespaces too", "lsports --all-netns %u",
			    explanation->port);
		add_look(&steps, "who listens on the ports around it", "lsports %u-%u",
			 explanation->port > 10 ? explanation->port - 10u : 1u,
			 explanation->port < UINT16_MAX - 10 ? explanation->port + 10u
							     : UINT16_MAX);
	}
	return steps.count;
}

void explanation_steps_deinit(struct explanation_step steps[EXPLANATION_STEPS], size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_deinit(&steps[i].command);
}
