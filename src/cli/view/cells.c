/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the socket itself, one cell each. Unknown is CELL_NULL, never 0; nothing is escaped here
 * and nothing is looked up that the snapshot does not hold.
 */
#include "view/cell_set.h"
#include "view/cells.h"

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

static void set_address(struct cell *out, struct buf *scratch, enum lsp_family family,
			const struct lsp_endpoint *endpoint)
{
	if (buf_reserve(scratch, LSP_ADDRESS_SIZE) < 0)
		return;
	out->kind = CELL_TEXT;
	out->is_plain = true;
	out->text = scratch->data;
	out->size = lsp_address_format(family, endpoint->address, scratch->data);
}

static size_t address_width(enum lsp_family family, const struct lsp_endpoint *endpoint)
{
	char text[LSP_ADDRESS_SIZE];
	size_t width = 7;

	if (family == LSP_FAMILY_IPV6)
		return lsp_address_format(family, endpoint->address, text);
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
		set_address(out, scratch, row->socket.family, &row->socket.local);
}

CELL(peer_address)
{
	if (has_peer(&row->socket))
		set_address(out, scratch, row->socket.family, &row->socket.peer);
}

size_t cell_address_width(const struct row *row)
{
	return is_dual_stack(row) ? 1 : address_width(row->socket.family, &row->socket.local);
}

size_t cell_peer_address_width(const struct row *row)
{
	if (!has_peer(&row->socket))
		return 1;
	return address_width(row->socket.family, &row->socket.peer);
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
}

CELL(service_source)
{
	bool is_guess;

	if (service_of(row, &is_guess))
		cell_set_word(out, is_guess ? "shipped" : "services");
}

CELL(user)
{
	const char *name;

	if (!row->socket.has_uid)
		return;
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

CELL(netns)
{
	if (row->socket.netns)
		cell_set_number(out, row->socket.netns);
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
	switch (cell->kind) {
	case CELL_TEXT:
		if (!cell->size)
			break;
		flat->text = cell->text;
		flat->size = cell->size;
		flat->is_plain = cell->is_plain;
		break;
	case CELL_NUMBER:
		flatten_number(flat, cell->number);
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
