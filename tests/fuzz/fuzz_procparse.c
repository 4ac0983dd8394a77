/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the texts of /proc/PID, of mountinfo, of cgroup paths and of services. The first
 * byte chooses the parser. Bytes that a process can choose are put into a text as the kernel writes
 * it, and must not change the other facts of that text.
 */
#include "../unit/protocols.h"
#include "fuzz.h"

#include "host/capabilities.h"
#include "host/container.h"
#include "host/mountinfo.h"
#include "host/services.h"
#include "host/unit.h"
#include "model/builder.h"
#include "num.h"
#include "owners/procparse.h"

#include <string.h>

static char *copy_text(const char *bytes, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

static void fuzz_stat(const char *bytes, size_t size)
{
	static const char tail[] =
		") R 1 2 3 4 5 4194560 7 8 9 10 11 12 13 14 15 16 17 18 1234567 20 21\n";
	struct procparse_stat stat;
	struct buf text = BUF_INIT;

	procparse_stat(bytes, size, &stat);
	/* The name of a process is any bytes. */
	buf_append_text(&text, "42 (");
	buf_append(&text, bytes, size);
	buf_append_text(&text, tail);
	MUST(procparse_stat(text.data, text.size, &stat));
	MUST(stat.state == 'R' && stat.flags == 4194560 && stat.started == 1234567);
	buf_deinit(&text);
}

static void fuzz_status(const char *bytes, size_t size)
{
	struct buf text = BUF_INIT;
	uint64_t capabilities;
	uint32_t uid;

	procparse_uid(bytes, size, &uid);
	capabilities_parse(bytes, size, "CapEff:", &capabilities);
	/* The kernel escapes a newline there (fs/proc/array.c). */
	if (memchr(bytes, '\n', size))
		return;
	buf_append_text(&text, "Name:\t");
	buf_append(&text, bytes, size);
	buf_append_text(&text,
			"\nUmask:\t0022\nUid:\t1\t4294967295\t3\t4\nCapEff:\t000001ffffffffff\n");
	MUST(procparse_uid(text.data, text.size, &uid) && uid == UINT32_MAX);
	MUST(capabilities_parse(text.data, text.size, "CapEff:", &capabilities));
	MUST(capabilities == UINT64_C(0x1ffffffffff));
	buf_deinit(&text);
}

static void fuzz_boot_time(const char *bytes, size_t size)
{
	int64_t seconds;

	if (procparse_boot_time(bytes, size, &seconds))
		MUST(seconds >= 0);
}

static void fuzz_ring(const char *bytes, size_t size)
{
	const char *end = bytes + size;
	enum procparse_ring section = PROCPARSE_RING_START;
	uint32_t inode;

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = newline ? newline : end;
		char *line = must_copy(bytes, (size_t)(stop - bytes));

		if (procparse_ring_line(line, (size_t)(stop - bytes), &section, &inode))
			MUST(section == PROCPARSE_RING_FILES &&
			     memmem(line, (size_t)(stop - bytes), "socket:[", 8));
		free(line);
		bytes = stop + 1;
	}
}

static void fuzz_comm(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size);

	procparse_comm(text, size);
	MUST(strlen(text) <= size && !memcmp(text, bytes, strlen(text)));
	free(text);
}

static void fuzz_cmdline(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size);
	size_t length = procparse_cmdline(text, size);

	MUST(length == strlen(text) && length <= size);
	for (size_t i = 0; i < length; i++)
		MUST(text[i] == (bytes[i] ? bytes[i] : ' '));
	free(text);
}

static void fuzz_link(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), again[32];
	size_t length = strlen(text);
	uint32_t number;

	if (procparse_socket(bytes, size, &number))
		MUST((size_t)snprintf(again, sizeof(again), "socket:[%u]", number) <= size);
	if (procparse_number(text, &number))
		MUST(number <= INT32_MAX);
	switch (procparse_exe(text)) {
	case LSP_EXE_KIND_DELETED:
		MUST(strlen(text) + 10 == length);
		break;
	case LSP_EXE_KIND_FILE:
		MUST(strlen(text) == length);
		break;
	case LSP_EXE_KIND_MEMFD:
		MUST(!strncmp(text, "/memfd:", 7));
		break;
	case LSP_EXE_KIND_UNKNOWN:
		MUST(!"a link that was read");
	}
	free(text);
}

static void fuzz_mountinfo(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), *cursor = text;
	struct mountinfo mount;

	while (mountinfo_parse(&cursor, &mount)) {
		const char *const fields[] = {mount.root, mount.point, mount.type, mount.options};

		for (size_t i = 0; i < 4; i++)
			MUST(fields[i] >= text && fields[i] + strlen(fields[i]) <= text + size);
		mountinfo_find_option(mount.options, "hidepid");
	}
	MUST(cursor >= text && cursor <= text + size && !*cursor);
	free(text);
}

static void fuzz_cgroup(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), unit[UNIT_SIZE], container[CONTAINER_SIZE];
	/* Names are root's up to some place. */
	size_t length, given = size ? (unsigned char)bytes[0] : 0;

	memset(unit, 'x', sizeof(unit));
	length = unit_parse(text, given, unit);
	MUST(length < sizeof(unit) && (!length || strlen(unit) == length));
	memset(container, 'x', sizeof(container));
	length = container_parse(text, given, container);
	MUST(length < sizeof(container) && (!length || strlen(container) == length));
	free(text);
}

static void fuzz_services(const char *bytes, size_t size)
{
	struct lsp_snapshot *snapshot = NULL;
	bool is_guess;

	MUST(builder_new(&snapshot) == 0);
	MUST(services_parse(bytes, size, true, services_keep, snapshot) == 0);
	MUST(builder_sort_dedup(snapshot) == 0 && builder_seal(snapshot) == 0);
	for (unsigned port = 0; port < 256; port++) {
		const char *name =
			lsp_snapshot_service(snapshot, LSP_PROTO_TCP, (uint16_t)port, &is_guess);

		MUST(!name || (*name && is_guess && port && !strpbrk(name, "\n\t\x1b #")));
	}
	lsp_snapshot_free(snapshot);
}

static void (*const parsers[])(const char *bytes, size_t size) = {
	fuzz_stat,    fuzz_status, fuzz_boot_time, fuzz_ring,   fuzz_comm,
	fuzz_cmdline, fuzz_link,   fuzz_mountinfo, fuzz_cgroup, fuzz_services,
};

#define PARSER_COUNT (sizeof(parsers) / sizeof(parsers[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes;

	if (!size)
		return 0;
	bytes = must_copy(data + 1, size - 1);
	parsers[data[0] % PARSER_COUNT](bytes, size - 1);
	free(bytes);
	return 0;
}
