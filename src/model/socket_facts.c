/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of a socket: one row each, with what it asks of the socket. Unknown is never 0; nothing is
 * escaped here, and nothing looked up that the snapshot does not hold.
 */
#include "model/socket_facts.h"

#include "array.h"
#include "model/endpoint.h"
#include "model/fact_set.h"

/* --- where it is --------------------------------------------------------------------------- */

/* "self" is ours alone: a namespace of that name comes with the path of its name. */
FACT_GET(netns)
{
	uint32_t netns = subject->socket.netns;

	fact_set_number(out, netns != 0, netns);
	if (!netns)
		return;
	out->text = lsp_snapshot_netns_name(subject->snapshot, netns);
	if (lsp_snapshot_is_own_netns(subject->snapshot, netns))
		out->alias = "self";
}

FACT_GET(proto)
{
	fact_set_word(out, lsp_protocol_word(subject->socket.proto), subject->socket.proto);
}

static const char *proto_word(unsigned number)
{
	return number < lsp_protocol_count() ? lsp_protocol_word(number) : NULL;
}

FACT_GET(family)
{
	enum lsp_family family = subject->socket.local.family;

	fact_set_word(out, lsp_endpoint_family_word(family), family);
}

static const char *family_word(unsigned number)
{
	return number < LSP_FAMILY_COUNT ? lsp_endpoint_family_word((enum lsp_family)number) : NULL;
}

FACT_GET(address)
{
	out->kind = LSP_VALUE_ENDPOINT;
	out->endpoint = &subject->socket.local;
}

FACT_GET(port)
{
	fact_set_number(out, true, subject->socket.local.port);
}

FACT_GET(peer_address)
{
	if (!lsp_socket_has_peer(&subject->socket))
		return;
	out->kind = LSP_VALUE_ENDPOINT;
	out->endpoint = &subject->socket.peer;
}

FACT_GET(peer_port)
{
	if (lsp_socket_has_peer(&subject->socket))
		fact_set_number(out, true, subject->socket.peer.port);
}

FACT_GET(interface)
{
	fact_set_known_text(out, subject->socket.has_interface, subject->socket.local.zone);
}

FACT_GET(scope)
{
	enum lsp_scope scope = lsp_endpoint_scope(&subject->socket.local);

	fact_set_word(out, lsp_words_scope(scope), scope);
}

static const char *scope_word(unsigned number)
{
	return number < LSP_SCOPE_COUNT ? lsp_words_scope((enum lsp_scope)number) : NULL;
}

/* --- what it is ---------------------------------------------------------------------------- */

/* States from 1 on are 0 and up here; after them comes the word of listeners in CLOSE. */
#define UNCONNECTED (LSP_STATE_COUNT - 1)

static const char *state_word(unsigned number)
{
	if (number > UNCONNECTED)
		return NULL;
	if (number == UNCONNECTED)
		return "unconnected";
	return lsp_socket_state_name((enum lsp_state)(number + 1));
}

FACT_GET(state)
{
	const struct lsp_socket *socket = &subject->socket;
	bool is_unconnected = socket->state == LSP_STATE_CLOSE && lsp_socket_is_listener(socket);

	fact_set_word(out, lsp_socket_state_word(socket->proto, socket->state),
		      is_unconnected ? UNCONNECTED : socket->state - 1u);
	out->is_unknown = socket->state == LSP_STATE_UNKNOWN;
}

/* An IPv4 socket has no such option: a selector says no. */
FACT_GET(v6only)
{
	const struct lsp_socket *socket = &subject->socket;

	if (endpoint_may_be_dual(socket->local.family))
		fact_set_boolean(out, socket->v6only);
}

FACT_GET(inode)
{
	fact_set_number(out, true, subject->socket.inode);
	if (!subject->socket.inode)
		out->kind = LSP_VALUE_NONE;
}

FACT_GET(cookie)
{
	fact_set_number(out, subject->socket.has_cookie, subject->socket.cookie);
}

FACT_GET(recv_queue)
{
	fact_set_number(out, true, subject->socket.recv_queue);
}

FACT_GET(send_queue)
{
	fact_set_number(out, true, subject->socket.send_queue);
}

FACT_GET(backlog)
{
	fact_set_number(out, subject->socket.has_backlog, subject->socket.backlog);
}

FACT_GET(auto)
{
	fact_set_boolean(out, subject->socket.is_auto);
}

/* --- whose it is --------------------------------------------------------------------------- */

FACT_GET(uid)
{
	fact_set_number(out, subject->socket.has_uid, subject->socket.uid);
}

FACT_GET(user)
{
	get_uid(subject, owner, out);
	if (subject->socket.has_uid)
		fact_set_user(out, subject->snapshot, subject->socket.uid);
}

FACT_GET(cgroup)
{
	fact_set_known_text(out, false, subject->socket.cgroup);
}

/* The name of a unit has a suffix: no unit can be called as the state is. */
FACT_GET(unit)
{
	const struct lsp_socket *socket = &subject->socket;

	out->is_state = socket->unit_state == LSP_UNIT_ENDED;
	fact_set_known_text(out, socket->unit_state == LSP_UNIT_KNOWN,
			    out->is_state ? "ended" : socket->unit);
}

FACT_GET(container)
{
	fact_set_known_text(out, subject->socket.unit_state == LSP_UNIT_KNOWN,
			    subject->socket.container);
}

/* --- what its port means ------------------------------------------------------------------- */

FACT_GET(category)
{
	enum lsp_category category = lsp_port_category(subject->socket.local.port);

	fact_set_word(out, lsp_words_category(category), category);
}

static const char *category_word(unsigned number)
{
	return number < LSP_CATEGORY_COUNT ? lsp_words_category((enum lsp_category)number) : NULL;
}

FACT_GET(service)
{
	fact_set_text(out, lsp_snapshot_service(subject->snapshot, subject->socket.proto,
						subject->socket.local.port, &out->is_guess));
}

static const char *service_source_word(unsigned number)
{
	static const char *const words[] = {"services", "shipped"};

	return number < 2 ? words[number] : NULL;
}

FACT_GET(service_source)
{
	struct lsp_value service = {0};

	get_service(subject, owner, &service);
	if (service.text)
		fact_set_word(out, service_source_word(service.is_guess), service.is_guess);
}

FACT_GET(privileged)
{
	fact_set_boolean(out, lsp_snapshot_is_privileged(subject->snapshot, &subject->socket));
}

/* --- the rows ------------------------------------------------------------------------------ */

/* clang-format off */
const struct lsp_fact socket_facts[] = {
	{ .word = "netns", .type = LSP_FACT_NAME, .place = 1, .get = get_netns,
	  .flags = LSP_FACT_BY_NUMBER,
	  .help = "network namespace: its name or self, else its inode number; JSON and "
		  "CSV always have the number",
	  .values = "self | NAME | INODE" },
	{ .word = "proto", .type = LSP_FACT_WORD, .place = 2, .get = get_proto, .words = proto_word,
	  .help = "protocol", .values = "" },
	{ .word = "family", .type = LSP_FACT_WORD, .place = 3, .get = get_family, .words = family_word,
	  .help = "address family", .values = "" },
	{ .word = "state", .type = LSP_FACT_WORD, .place = 4, .get = get_state, .words = state_word,
	  .help = "state of the socket, such as listen, established, unconnected",
	  .values = "listen | established | unconnected | ..." },
	{ .word = "address", .type = LSP_FACT_ADDRESS, .place = 8, .get = get_address,
	  .help = "local address; * takes IPv4 and IPv6", .values = "10.0.0.0/8 | ::1 | *" },
	{ .word = "port", .type = LSP_FACT_PORT, .place = 9, .get = get_port, .help = "local port",
	  .values = "22 | 80,443 | 8000-8999 | 49152- | ssh | tcp/22 | auto" },
	{ .word = "peer_address", .type = LSP_FACT_ADDRESS, .place = 10, .get = get_peer_address,
	  .help = "address of the other side" },
	{ .word = "peer_port", .type = LSP_FACT_NUMBER, .place = 11, .get = get_peer_port,
	  .help = "port of the other side" },
	{ .word = "interface", .type = LSP_FACT_TEXT, .place = 12, .get = get_interface,
	  .flags = LSP_FACT_NONE_IS_DASH, .help = "device that the socket is bound to",
	  .values = "eth0 | veth* | -" },
	{ .word = "v6only", .type = LSP_FACT_BOOLEAN, .place = 13, .get = get_v6only,
	  .help = "IPv6 socket that takes no IPv4", .values = "yes | no" },
	{ .word = "inode", .type = LSP_FACT_NUMBER, .place = 37, .get = get_inode,
	  .help = "inode number of the socket", .values = "31337" },
	{ .word = "cookie", .type = LSP_FACT_ID, .place = 38, .get = get_cookie,
	  .help = "number that the kernel gives to no other socket of the namespace" },
	{ .word = "uid", .type = LSP_FACT_NUMBER, .place = 33, .get = get_uid,
	  .help = "user id of the socket", .values = "0 | 1000-" },
	{ .word = "user", .type = LSP_FACT_NAME, .place = 32, .get = get_user, .flags = LSP_FACT_LITERAL,
	  .lookups = LSP_LOOKUP_USERS, .help = "user of the socket",
	  .values = "root | www-data | 1000" },
	{ .word = "recv_queue", .type = LSP_FACT_NUMBER, .place = 5, .get = get_recv_queue,
	  .help = "bytes not read yet; of a TCP listener connections not accepted yet" },
	{ .word = "send_queue", .type = LSP_FACT_NUMBER, .place = 6, .get = get_send_queue,
	  .help = "bytes not acknowledged yet" },
	{ .word = "backlog", .type = LSP_FACT_NUMBER, .place = 7, .get = get_backlog,
	  .help = "limit of a TCP listener's accept queue" },
	{ .word = "category", .type = LSP_FACT_WORD, .place = 16, .get = get_category,
	  .words = category_word, .help = "category of the port number",
	  .values = "" },
	{ .word = "service", .type = LSP_FACT_TEXT, .place = 14, .get = get_service,
	  .lookups = LSP_LOOKUP_SERVICES,
	  .help = "registered name of the port; ? when /etc/services lacks it" },
	{ .word = "service_source", .type = LSP_FACT_WORD, .place = 15, .get = get_service_source,
	  .words = service_source_word, .lookups = LSP_LOOKUP_SERVICES,
	  .help = "where that name stands: services (/etc/services), shipped" },
	{ .word = "scope", .type = LSP_FACT_WORD, .place = 17, .get = get_scope, .words = scope_word,
	  .help = "from where the local address can be reached",
	  .values = "" },
	{ .word = "privileged", .type = LSP_FACT_BOOLEAN, .place = 18, .get = get_privileged,
	  .help = "binding to the port requires a privilege in its namespace" },
	{ .word = "auto", .type = LSP_FACT_BOOLEAN, .place = 19, .get = get_auto,
	  .lookups = LSP_LOOKUP_AUTO, .help = "the kernel chose the port", .values = "yes | no" },
	{ .word = "cgroup", .type = LSP_FACT_TEXT, .place = 36, .get = get_cgroup,
	  .lookups = LSP_LOOKUP_CGROUP, .help = "cgroup where the socket was made" },
	{ .word = "unit", .type = LSP_FACT_PATH, .place = 34, .get = get_unit,
	  .flags = (unsigned)LSP_FACT_NONE_IS_DASH | LSP_FACT_UNIT, .lookups = LSP_LOOKUP_CGROUP,
	  .help = "systemd unit of the socket's cgroup",
	  .values = "ssh.service | user@*.service/* | ended | -" },
	{ .word = "container", .type = LSP_FACT_PATH, .place = 35, .get = get_container,
	  .flags = LSP_FACT_NONE_IS_DASH, .lookups = LSP_LOOKUP_CGROUP,
	  .help = "container of the socket's cgroup", .values = "4f1c* | web | 1000/* | -" },
};
/* clang-format on */

const size_t socket_facts_count = ARRAY_SIZE(socket_facts);
