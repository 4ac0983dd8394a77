/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that tell more about a port. No foreign byte gets into a command: what would have to
 * be quoted is left out.
 */
#include "view/explanation_steps.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct steps {
	struct explanation_step *items;
	size_t count;
	const char *where; /* argument of -N, NULL for none */
};

/* Does every shell take it as it is? */
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

/* A command of ours, in the network namespace that was inspected. */
__attribute__((format(printf, 3, 4))) static void add_own(struct steps *steps, const char *help,
							  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(steps, help, steps->where, format, args);
	va_end(args);
}

/* A unit of a user's manager or of a container is seen in the system's unit that it belongs to. */
static void add_unit(struct steps *steps, const char *unit)
{
	size_t size = unit ? strcspn(unit, "/") : 0;

	if (!size || !is_plain(unit))
		return;
	/* A container need not be a unit. */
	if (unit[size] && !(size > 8 && strncmp(unit + size - 8, ".service", 8) == 0) &&
	    !(size > 6 && strncmp(unit + size - 6, ".scope", 6) == 0))
		return;
	add(steps, "its unit", "systemctl status %.*s", (int)size, unit);
}

/* Commands about one listener. */
static void add_of_listener(struct steps *steps, const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_judgement judgement;
	const struct lsp_owner *owners;
	struct lsp_socket socket;
	const char *proto;
	size_t count;

	lsp_snapshot_socket(snapshot, index, &socket);
	if (!lsp_socket_is_listener(&socket))
		return;
	proto = lsp_protocol_word(socket.proto);
	owners = lsp_snapshot_owners(snapshot, &socket, &count);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	add_unit(steps, socket.unit);
	if (count && !steps->where)
		add(steps, "what else its owner listens on", "lsports pid=%u",
		    owners[0].process->pid);
	/* Where root cannot see them, sudo changes nothing. */
	if (lsp_snapshot_owner_gap(snapshot, &socket) == LSP_OWNER_GAP_PERMISSION && geteuid() != 0)
		add_own(steps, "root sees the owners", "sudo lsports --explain %s/%u", proto,
			socket.local.port);
	if (judgement.verdict == LSP_VERDICT_UNEXPECTED || judgement.verdict == LSP_VERDICT_USUAL)
		add_own(steps, "a rule that expects it", "lsports --format rules %s/%u", proto,
			socket.local.port);
}

static void add_of_port(struct steps *steps, const struct explanation *explanation, unsigned proto)
{
	const struct explanation_port *port = &explanation->ports[proto];
	const char *word = lsp_protocol_word(proto);

	if (!port->is_asked)
		return;
	if (port->other_count > port->states[LSP_STATE_BOUND_INACTIVE])
		add_own(steps, "its connections, one by one", "lsports -a %s/%u", word,
			explanation->port);
	if (port->states[LSP_STATE_BOUND_INACTIVE])
		add_own(steps, "who is bound without listening", "lsports state=bound %s/%u", word,
			explanation->port);
}

size_t explanation_steps_list(const struct explanation *explanation, const struct view *view,
			      const struct lsp_snapshot *snapshot,
			      struct explanation_step items[EXPLANATION_STEPS])
{
	struct steps steps = {.items = items, .where = explanation->where};

	/* On this machine the commands would say nothing about a recorded tree. */
	if (view->is_recorded || (steps.where && !is_plain(steps.where)))
		return 0;
	for (size_t i = 0; i < view->row_count; i++)
		add_of_listener(&steps, snapshot, view->rows[i]);
	for (unsigned i = 0; i < lsp_protocol_count(); i++)
		add_of_port(&steps, explanation, i);
	if (!explanation_has_listener(explanation)) {
		if (!steps.where)
			add(&steps, "in other network namespaces too", "lsports --all-netns %u",
			    explanation->port);
		add_own(&steps, "who listens on the ports around it", "lsports %u-%u",
			explanation->port > 10 ? explanation->port - 10u : 1u,
			explanation->port < UINT16_MAX - 10 ? explanation->port + 10u : UINT16_MAX);
	}
	return steps.count;
}

void explanation_steps_deinit(struct explanation_step steps[EXPLANATION_STEPS], size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_deinit(&steps[i].command);
}
