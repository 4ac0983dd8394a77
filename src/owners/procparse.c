/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsers for the texts of /proc/PID. Pure: no I/O, no memory. They trust neither order nor
 * length, since a process writes its own name into most of them.
 */
#include "owners/procparse.h"

#include "num.h"

#include <string.h>

#define DELETED " (deleted)"
#define MEMFD "/memfd:"

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
	if (!num_take(&at, end, 10, UINT32_MAX, &value) || end - at != 1 || *at != ']')
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

static bool take_field(const char **cursor, const char *end, uint64_t *out)
{
	if (*cursor == end || **cursor != ' ')
		return false;
	++*cursor;
	return num_take(cursor, end, 10, UINT64_MAX, out);
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
	return take_field(&at, end, &out->parent) && skip_fields(&at, end, 4) &&
	       take_field(&at, end, &out->flags) && skip_fields(&at, end, 12) &&
	       take_field(&at, end, &out->started) && at < end;
}

/* Behind @key at the beginning of a line, and the blanks that follow; NULL without one. */
static const char *find_line(const char *text, const char *end, const char *key)
{
	size_t key_size = strlen(key);

	while (text && (size_t)(end - text) >= key_size) {
		if (memcmp(text, key, key_size) == 0) {
			for (text += key_size; text < end && (*text == ' ' || *text == '\t');
			     text++)
				;
			return text;
		}
		text = memchr(text, '\n', (size_t)(end - text));
		if (text)
			text++;
	}
	return NULL;
}

bool procparse_uid(const char *text, size_t size, uint32_t *uid)
{
	const char *end = text + size, *at = find_line(text, end, "Uid:");
	uint64_t real, effective;

	if (!at || !num_take(&at, end, 10, UINT32_MAX, &real) || at == end || *at++ != '\t')
		return false;
	if (!num_take(&at, end, 10, UINT32_MAX, &effective))
		return false;
	/* A text that was cut inside the number holds another number. */
	if (at == end)
		return false;
	*uid = (uint32_t)effective;
	return true;
}

bool procparse_capabilities(const char *text, size_t size, uint64_t *effective)
{
	const char *end = text + size, *at = find_line(text, end, "CapEff:");

	return at && num_take(&at, end, 16, UINT64_MAX, effective);
}

bool procparse_boot_time(const char *text, size_t size, int64_t *seconds)
{
	const char *end = text + size, *at = find_line(text, end, "btime ");
	uint64_t value;

	if (!at || !num_take(&at, end, 10, INT64_MAX, &value))
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
	if (!num_take(&at, end, 10, UINT32_MAX, &slot) || end - at < 2 || at[0] != ':' ||
	    at[1] != ' ') {
		*section = PROCPARSE_RING_REST;
		return false;
	}
	return procparse_socket(at + 2, (size_t)(end - at - 2), inode);
}

/* The kernel escapes newlines there and nothing else (seq_path() in fs/proc/task_mmu.c). */
static bool is_escaped(const char *text, const char *end, const char *path)
{
	static const char newline[] = "\\012";

	for (; *path; path++) {
		const char *letter = *path == '\n' ? newline : path;
		size_t size = *path == '\n' ? sizeof(newline) - 1 : 1;

		if ((size_t)(end - text) < size || memcmp(text, letter, size) != 0)
			return false;
		text += size;
	}
	return text == end;
}

bool procparse_runs(const char *line, size_t size, const char *path)
{
	const char *end = line + size, *at = memchr(line, ' ', size);

	/* "55e0-55f0 r-xp 00002000 fe:01 1234    /usr/bin/x": behind the addresses the rights */
	if (!at || end - at < 6 || at[3] != 'x' || at[5] != ' ')
		return false;
	at += 5;
	if (!skip_fields(&at, end, 3))
		return false;
	while (at < end && *at == ' ')
		at++;
	return *path && is_escaped(at, end, path);
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
	size_t size = strlen(target), suffix = sizeof(DELETED) - 1;
	bool is_deleted = size > suffix && strcmp(target + size - suffix, DELETED) == 0;

	/*
	 * A file whose own name ends in " (deleted)" looks the same. To tell them apart would
	 * take a stat(2) of the program, which may lie on a file system that never answers.
	 */
	if (is_deleted)
		target[size - suffix] = '\0';
	if (strncmp(target, MEMFD, sizeof(MEMFD) - 1) == 0)
		return LSP_EXE_KIND_MEMFD;
	return is_deleted ? LSP_EXE_KIND_DELETED : LSP_EXE_KIND_FILE;
}
