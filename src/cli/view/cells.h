/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cell functions of the column table, and what renderers do with a cell. */
#ifndef LSPORTS_CLI_VIEW_CELLS_H
#define LSPORTS_CLI_VIEW_CELLS_H
#pragma once

#include "view/view.h"

typedef void cell_function(const struct row *row, struct buf *scratch, struct cell *out);

/* --- the socket --- */
cell_function cell_netns, cell_proto, cell_family, cell_state;
cell_function cell_address, cell_port, cell_peer_address, cell_peer_port;
cell_function cell_interface, cell_v6only, cell_inode, cell_cookie, cell_uid, cell_user;
cell_function cell_recv_queue, cell_send_queue, cell_backlog;
cell_function cell_category, cell_service, cell_service_source, cell_scope;
cell_function cell_privileged, cell_auto, cell_cgroup, cell_unit, cell_container;

/* --- its owners, or the first of them --- */
cell_function cell_owners, cell_owner_gap, cell_process, cell_comm, cell_pid, cell_fd;
cell_function cell_exe, cell_exe_kind, cell_cmdline, cell_started;

/* --- what was said about it --- */
cell_function cell_verdict, cell_rule, cell_findings, cell_reason;
unsigned cell_count_findings(const struct row *row);
bool cell_is_unexpected(const struct row *row); /* no rule expects it as it is */
bool cell_is_alarming(const struct row *row);   /* one of its findings may mean an intruder */

/* --- width and order that need no text --- */
size_t cell_address_width(const struct row *row);
size_t cell_peer_address_width(const struct row *row);
int cell_compare_address(const struct row *a, const struct row *b);
int cell_compare_peer_address(const struct row *a, const struct row *b);
int cell_compare_netns(const struct row *a, const struct row *b);
int cell_compare_cookie(const struct row *a, const struct row *b);
int cell_compare_category(const struct row *a, const struct row *b);
int cell_compare_scope(const struct row *a, const struct row *b);
int cell_compare_process(const struct row *a, const struct row *b);

/* --- shared with renderers --- */

/* NULL when it is not known. */
const char *cell_exe_kind_word(enum lsp_exe_kind kind);

#define CELL_TIME_SIZE 24

/* RFC 3339, UTC. Return: its length, 0 when the year has more than four digits. */
size_t cell_format_time(int64_t seconds, char out[CELL_TIME_SIZE]);

/* A cell as text of a table: null and empty are "-", booleans yes and no. */
struct flat_cell {
	const char *text;
	size_t size;
	bool is_plain;
	size_t tail; /* as in struct cell; a number is kept whole */
	char digits[20];
};
void cell_flatten(const struct cell *cell, struct flat_cell *flat);

unsigned cell_count_digits(uint64_t number);

/* Asks a column for its cell. */
static inline void cell_ask(const struct column *column, const struct row *row, struct buf *scratch,
			    struct cell *out)
{
	scratch->size = 0;
	out->kind = CELL_NULL;
	out->tail = 0;
	column->cell(row, scratch, out);
}

#endif
