/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the socket itself, one cell each. Unknown is CELL_NULL, never 0; nothing is escaped here
 * and nothing is looked up that the snapshot does not hold.
 */
#include "view/cell_set.h"
#include "view/cells.h"
#include "view/escape.h"

#include <stdio.h>
#include <time.h>

static const uint8_t no_address[16];

static bool is_wildcard(const struct lsp_endpoint *endpoint)
{
	return memcmp(endpoint->address, no_address, sizeof(no_address)) == 0;
}

static bool has_peer(const struct lsp_socket *socket)
{
	return socket->peer.port || !is_wildcard(&socket->peer);
}

/* --- addresses and ports --------------------------------------------------------------------- */

/* fe80::/10 means nothing without the link; the device that the socket is bound to tells it. */
static const char *zone_of(const struct row *row, const struct lsp_endpoint *endpoint)
{
	bool is_link_local = row->socket.family == LSP_FAMILY_IPV6 &&
			     endpoint->address[0] == 0xfe && (endpoint->address[1] & 0xc0) == 0x80;

	return row->for_people && is_link_local ? row->socket.interface : NULL;
}

static void set_address(const struct row *row, struct buf *scratch, struct cell *out,
			const struct lsp_endpoint *endpoint)
{
	const char *zone = zone_of(row, endpoint);

	if (buf_reserve(scratch, LSP_ADDRESS_SIZE) < 0)
		return;
	scratch->size = lsp_address_format(row->socket.family, endpoint->address, scratch->data);
	if (zone) {
		buf_append_char(scratch, '%');
		buf_append_text(scratch, zone);
	}
	cell_set_scratch(out, scratch);
	out->is_plain = !zone;
}

static size_t address_width(const struct row *row, const struct lsp_endpoint *endpoint)
{
	const char *zone = zone_of(row, endpoint);
	char text[LSP_ADDRESS_SIZE];
	size_t width = 7;

	if (row->socket.family == LSP_FAMILY_IPV6) {
		width = lsp_address_format(LSP_FAMILY_IPV6, endpoint->address, text);
		return zone ? width + 1 + escape_text_width(zone, strlen(zone)) : width;
	}
	for (int i = 0; i < 4; i++)
		width += (size_t)(endpoint->address[i] >= 10) + (endpoint->address[i] >= 100);
	return width;
}

/* One socket that takes IPv4 too: neither 0.0.0.0 nor [::]. */
static bool is_dual_stack(const struct row *row)
{
	return row->for_people && row->socket.family == LSP_FAMILY_IPV6 &&
	       row->socket.v6only == LSP_KNOWN_NO && is_wildcard(&row->socket.local);
}

CELL(address)
{
	if (is_dual_stack(row))
		cell_set_word(out, "*");
	else
		set_address(row, scratch, out, &row->socket.local);
}

CELL(peer_address)
{
	if (has_peer(&row->socket))
		set_address(row, scratch, out, &row->socket.peer);
}

size_t cell_address_width(const struct row *row)
{
	return is_dual_stack(row) ? 1 : address_width(row, &row->socket.local);
}

size_t cell_peer_address_width(const struct row *row)
{
	return has_peer(&row->socket) ? address_width(row, &row->socket.peer) : 1;
}

static int compare_endpoints(const struct row *a, const struct row *b, const struct lsp_endpoint *x,
			     const struct lsp_endpoint *y)
{
	if (a->socket.family != b->socket.family)
		return a->socket.family < b->socket.family ? -1 : 1;
	return memcmp(x->address, y->address, sizeof(x->address));
}

int cell_compare_address(const struct row *a, const struct row *b)
{
	return compare_endpoints(a, b, &a->socket.local, &b->socket.local);
}

int cell_compare_peer_address(const struct row *a, const struct row *b)
{
	return compare_endpoints(a, b, &a->socket.peer, &b->socket.peer);
}

CELL(port)
{
	cell_set_number(out, row->socket.local.port);
}

CELL(peer_port)
{
	if (has_peer(&row->socket))
		cell_set_number(out, row->socket.peer.port);
}

/* --- words ----------------------------------------------------------------------------------- */

CELL(proto)
{
	cell_set_word(out, lsp_proto_word(row->socket.proto));
}

CELL(family)
{
	cell_set_word(out, lsp_family_word(row->socket.family));
}

CELL(state)
{
	cell_set_word(out, lsp_state_word(&row->socket));
}

CELL(category)
{
	cell_set_word(out, lsp_category_word(lsp_category_of(row->socket.local.port)));
}

static enum lsp_scope scope_of(const struct row *row)
{
	return lsp_scope_of(row->socket.family, row->socket.local.address);
}

CELL(scope)
{
	cell_set_word(out, lsp_scope_word(scope_of(row)));
}

int cell_compare_category(const struct row *a, const struct row *b)
{
	return (int)lsp_category_of(a->socket.local.port) -
	       (int)lsp_category_of(b->socket.local.port);
}

int cell_compare_scope(const struct row *a, const struct row *b)
{
	return (int)scope_of(a) - (int)scope_of(b);
}

/* --- names ----------------------------------------------------------------------------------- */

static const char *service_of(const struct row *row, bool *is_guess)
{
	if (row->hidden & LSP_FACT_SERVICES)
		return NULL;
	return lsp_service_name(row->snapshot, row->socket.proto, row->socket.local.port, is_guess);
}

CELL(service)
{
	bool is_guess;
	const char *name = service_of(row, &is_guess);

	if (!name || !is_guess || !row->for_people) {
		cell_set_text(out, name);
		return;
	}
	buf_append_text(scratch, name);
	buf_append_char(scratch, '?');
	cell_set_scratch(out, scratch);
	out->tail = 1;
}

CELL(service_source)
{
	bool is_guess;

	if (service_of(row, &is_guess))
		cell_set_word(out, is_guess ? "shipped" : "services");
}

CELL(user)
{
	const char *name = NULL;

	if (!row->socket.has_uid)
		return;
	if (!(row->hidden & LSP_FACT_USERS))
		name = lsp_user_name(row->snapshot, row->socket.uid);
	if (name)
		cell_set_text(out, name);
	else if (row->for_people)
		cell_set_number(out, row->socket.uid);
}

CELL(uid)
{
	if (row->socket.has_uid)
		cell_set_number(out, row->socket.uid);
}

CELL(interface)
{
	cell_set_text(out, row->socket.interface);
}

CELL(cgroup)
{
	cell_set_text(out, row->socket.cgroup);
}

CELL(unit)
{
	cell_set_text(out, row->socket.unit);
}

CELL(container)
{
	cell_set_text(out, row->socket.container);
}

/* --- numbers and booleans -------------------------------------------------------------------- */

/* NULL: it is known by its number alone. */
static const char *netns_word(const struct row *row)
{
	uint32_t netns = row->socket.netns;
	const char *name = netns ? lsp_netns_name(row->snapshot, netns) : NULL;

	return !name && netns && lsp_netns_is_own(row->snapshot, netns) ? "self" : name;
}

CELL(netns)
{
	const char *word = row->for_people ? netns_word(row) : NULL;

	if (word)
		cell_set_text(out, word);
	else if (row->socket.netns)
		cell_set_number(out, row->socket.netns);
}

/* Names first, and no two are equal: a file below /run/netns may be called "self" too. */
int cell_compare_netns(const struct row *a, const struct row *b)
{
	const char *x = netns_word(a), *y = netns_word(b);
	int order = x && y ? strcmp(x, y) : !x - !y;

	if (order)
		return order;
	return (a->socket.netns > b->socket.netns) - (a->socket.netns < b->socket.netns);
}

CELL(inode)
{
	if (row->socket.inode)
		cell_set_number(out, row->socket.inode);
}

CELL(cookie)
{
	if (!row->socket.has_cookie)
		return;
	buf_append_number(scratch, row->socket.cookie);
	cell_set_scratch(out, scratch);
	out->is_plain = true;
}

int cell_compare_cookie(const struct row *a, const struct row *b)
{
	uint64_t x = a->socket.cookie, y = b->socket.cookie;

	return (x > y) - (x < y);
}

CELL(recv_queue)
{
	cell_set_number(out, row->socket.recv_queue);
}

CELL(send_queue)
{
	cell_set_number(out, row->socket.send_queue);
}

CELL(backlog)
{
	if (row->socket.has_backlog)
		cell_set_number(out, row->socket.backlog);
}

CELL(v6only)
{
	if (row->socket.family == LSP_FAMILY_IPV6)
		cell_set_known(out, row->socket.v6only);
}

CELL(privileged)
{
	cell_set_known(out, lsp_is_privileged(row->snapshot, &row->socket));
}

CELL(auto)
{
	cell_set_known(out, row->socket.is_auto);
}

/* --- shared with renderers ------------------------------------------------------------------- */

size_t cell_format_time(int64_t seconds, char out[CELL_TIME_SIZE])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) || tm.tm_year < -900 || tm.tm_year > 8099)
		return 0;
	return strftime(out, CELL_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

unsigned cell_count_digits(uint64_t number)
{
	unsigned count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

static void flatten_number(struct flat_cell *flat, uint64_t number)
{
	char *at = flat->digits + sizeof(flat->digits);

	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	flat->text = at;
	flat->size = (size_t)(flat->digits + sizeof(flat->digits) - at);
}

void cell_flatten(const struct cell *cell, struct flat_cell *flat)
{
	flat->is_plain = true;
	flat->text = "-";
	flat->size = 1;
	flat->tail = 0;
	switch (cell->kind) {
	case CELL_TEXT:
	case CELL_FINDINGS:
		if (!cell->size)
			break;
		flat->text = cell->text;
		flat->size = cell->size;
		flat->is_plain = cell->is_plain;
		flat->tail = cell->tail;
		break;
	case CELL_NUMBER:
		flatten_number(flat, cell->number);
		flat->tail = flat->size;
		break;
	case CELL_BOOLEAN:
		flat->text = cell->boolean ? "yes" : "no";
		flat->size = cell->boolean ? 3 : 2;
		break;
	case CELL_NULL:
	case CELL_OWNERS:
		break;
	}
}
