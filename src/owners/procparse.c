/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsers for the texts of /proc/PID. Pure: no I/O, no memory. They trust neither order nor
 * length, since a process writes its own name into most of them.
 */
#include "owners/procparse.h"

#include "num.h"
#include "span.h"

#include <string.h>

bool procparse_number(const char *name, uint32_t *out)
{
	uint64_t value;

	if (!num_parse(name, INT32_MAX, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

bool procparse_socket(const char *link, size_t size, uint32_t *inode)
{
	static const char prefix[] = "socket:[";
	const char *at = link + sizeof(prefix) - 1, *end = link + size;
	uint64_t value;

	if (size < sizeof(prefix) || memcmp(link, prefix, sizeof(prefix) - 1) != 0)
		return false;
	if (!num_scan(&at, end, 10, UINT32_MAX, &value) || end - at != 1 || *at != ']')
		return false;
	*inode = (uint32_t)value;
	return true;
}

/* Past @count fields and the one blank before each. */
static bool skip_fields(const char **cursor, const char *end, unsigned count)
{
	const char *at = *cursor;

	for (; count; count--) {
		if (at == end || *at != ' ')
			return false;
		for (at++; at < end && *at != ' '; at++)
			;
	}
	*cursor = at;
	return true;
}

static bool scan_field(const char **cursor, const char *end, uint64_t *out)
{
	if (*cursor == end || **cursor != ' ')
		return false;
	++*cursor;
	return num_scan(cursor, end, 10, UINT64_MAX, out);
}

bool procparse_stat(const char *text, size_t size, struct procparse_stat *out)
{
	/* The name may hold any bytes, ')' too; behind its end are only numbers and one letter. */
	const char *at = memrchr(text, ')', size), *end = text + size;

	if (!at || end - at < 3 || at[1] != ' ')
		return false;
	out->state = at[2];
	at += 3;
	/* Fields of proc(5): 3 state, 4 ppid, 9 flags, 22 starttime. */
	return scan_field(&at, end, &out->parent) && skip_fields(&at, end, 4) &&
	       scan_field(&at, end, &out->flags) && skip_fields(&at, end, 12) &&
	       scan_field(&at, end, &out->started) && at < end;
}

bool procparse_uid(const char *text, size_t size, uint32_t *uid)
{
	const char *end = text + size, *at = span_find_line((struct span){text, size}, "Uid:");
	uint64_t real, effective;

	if (!at || !num_scan(&at, end, 10, UINT32_MAX, &real) || at == end || *at++ != '\t')
		return false;
	if (!num_scan(&at, end, 10, UINT32_MAX, &effective))
		return false;
	/* A text that was cut inside the number holds another number. */
	if (at == end)
		return false;
	*uid = (uint32_t)effective;
	return true;
}

bool procparse_boot_time(const char *text, size_t size, int64_t *seconds)
{
	const char *end = text + size, *at = span_find_line((struct span){text, size}, "btime ");
	uint64_t value;

	if (!at || !num_scan(&at, end, 10, INT64_MAX, &value))
		return false;
	*seconds = (int64_t)value;
	return true;
}

bool procparse_ring_line(const char *line, size_t size, enum procparse_ring *section,
			 uint32_t *inode)
{
	static const char heading[] = "UserFiles:";
	const char *at = line, *end = line + size;
	uint64_t slot;

	if (size >= sizeof(heading) - 1 && memcmp(line, heading, sizeof(heading) - 1) == 0) {
		*section = PROCPARSE_RING_FILES;
		return false;
	}
	if (*section != PROCPARSE_RING_FILES)
		return false;
	/* "    0: socket:[1234]" (io_uring/fdinfo.c); any other form ends the section. */
	while (at < end && *at == ' ')
		at++;
	if (!num_scan(&at, end, 10, UINT32_MAX, &slot) || end - at < 2 || at[0] != ':' ||
	    at[1] != ' ') {
		*section = PROCPARSE_RING_REST;
		return false;
	}
	return procparse_socket(at + 2, (size_t)(end - at - 2), inode);
}

void procparse_comm(char *text, size_t size)
{
	if (size && text[size - 1] == '\n')
		size--;
	text[size] = '\0';
}

size_t procparse_cmdline(char *text, size_t size)
{
	while (size && (text[size - 1] == '\0' || text[size - 1] == ' '))
		size--;
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	text[size] = '\0';
	return size;
}

enum lsp_exe_kind procparse_exe(char *target)
{
	size_t size = strlen(target), suffix = sizeof(PROCPARSE_DELETED) - 1;
	bool is_deleted = size > suffix && strcmp(target + size - suffix, PROCPARSE_DELETED) == 0;

	if (is_deleted)
		target[size - suffix] = '\0';
	if (strncmp(target, PROCPARSE_MEMFD, sizeof(PROCPARSE_MEMFD) - 1) == 0)
		return LSP_EXE_KIND_MEMFD;
	return is_deleted ? LSP_EXE_KIND_DELETED : LSP_EXE_KIND_FILE;
}
