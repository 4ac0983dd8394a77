/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a bind would succeed, and why not, in words. No foreign byte is in them. */
#include "view/explanation_bind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A kernel without the family cannot bind it. */
static bool is_absent(const struct explanation_try *attempt)
{
	return !attempt->is_asked || attempt->result == -EAFNOSUPPORT ||
	       attempt->result == -EADDRNOTAVAIL;
}

static void append_states(struct buf *out, const struct explanation_port *port, unsigned proto)
{
	const char *between = "";

	for (unsigned i = 0; i < LSP_STATE_COUNT; i++) {
		if (!port->states[i])
			continue;
		buf_printf(out, "%s%zu %s", between, port->states[i],
			   lsp_socket_state_word(proto, (enum lsp_state)i));
		between = ", ";
	}
}

/* @where: " on IPv4", or "" where it is so in every family. */
static void append_in_use(struct buf *out, const struct explanation_port *port, unsigned proto,
			  const char *where)
{
	if (!port->other_count) {
		buf_printf(out,
			   "a socket that was not seen holds the port%s (the kernel reports TCP "
			   "sockets that are bound without listening only since Linux 6.8)",
			   where);
		return;
	}
	buf_printf(out, "%s the port%s (",
		   port->other_count == 1 ? "another socket holds" : "other sockets hold", where);
	append_states(out, port, proto);
	buf_append_char(out, ')');
	if (port->states[LSP_STATE_TIME_WAIT] == port->other_count)
		buf_append_text(out, "; that ends within a minute, and with SO_REUSEADDR, which "
				     "most servers set, a bind need not wait");
}

static void append_refusal(struct buf *out, const struct explanation *explanation, unsigned proto,
			   int error, const char *where)
{
	const struct lsp_port_policy *policy = &explanation->policy;
	const char *text = strerrordesc_np(-error);

	if (error == -EADDRINUSE)
		append_in_use(out, &explanation->ports[proto], proto, where);
	else if (error == -EACCES && policy->has_start && explanation->port < policy->start)
		buf_printf(out,
			   "CAP_NET_BIND_SERVICE is needed%s below "
			   "net.ipv4.ip_unprivileged_port_start, which is %u",
			   where, policy->start);
	else if (error == -EACCES || error == -EPERM)
		buf_printf(out,
			   "a security module or a BPF program of the cgroup refuses it%s (%s)",
			   where, text);
	else
		buf_printf(out, "%s%s", text ? text : "unknown error", where);
}

static const char *append_success(struct buf *out, const struct explanation_port *port)
{
	const char *before = "bind(2) was tried on ";

	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++) {
		if (is_absent(&port->tries[i]))
			continue;
		buf_printf(out, "%s%s", before, lsp_endpoint_family_wildcard((enum lsp_family)i));
		before = " and ";
	}
	return "yes";
}

const char *explanation_bind_format(const struct explanation *explanation, unsigned proto,
				    struct buf *reason)
{
	const struct explanation_port *port = &explanation->ports[proto];
	const struct explanation_try *tries = port->tries;
	bool is_same = tries[0].result == tries[1].result;
	const char *before = "";
	bool is_refused = false;
	unsigned absent = 0;
	char where[16];

	if (explanation->untried) {
		buf_append_text(reason, explanation->untried);
		return "unknown";
	}
	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++) {
		absent += is_absent(&tries[i]);
		if (is_absent(&tries[i]) || tries[i].result >= 0 || (i && is_same))
			continue;
		buf_append_text(reason, before);
		snprintf(where, sizeof(where), " on %s",
			 lsp_endpoint_family_title((enum lsp_family)i));
		append_refusal(reason, explanation, proto, tries[i].result, is_same ? "" : where);
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
