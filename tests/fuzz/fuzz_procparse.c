/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the texts of /proc/PID, of mountinfo, of cgroup paths and of services. The first
 * byte chooses the parser. Where a process chooses a part of a text, that part is given to it
 * inside of a text that the kernel would write, and must not change what else is read there.
 */
#include "fuzz.h"

#include "model/snapshot.h"
#include "num.h"
#include "owners/cgroup.h"
#include "owners/mountinfo.h"
#include "owners/procparse.h"
#include "services.h"

#include <string.h>

static char *copy_text(const char *bytes, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_CHECK(text);
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
	FUZZ_CHECK(procparse_stat(text.data, text.size, &stat));
	FUZZ_CHECK(stat.state == 'R' && stat.flags == 4194560 && stat.started == 1234567);
	buf_deinit(&text);
}

static void fuzz_status(const char *bytes, size_t size)
{
	struct buf text = BUF_INIT;
	uint64_t capabilities;
	uint32_t uid;

	procparse_uid(bytes, size, &uid);
	procparse_capabilities(bytes, size, &capabilities);
	/* The kernel escapes a newline there (fs/proc/array.c). */
	if (memchr(bytes, '\n', size))
		return;
	buf_append_text(&text, "Name:\t");
	buf_append(&text, bytes, size);
	buf_append_text(&text,
			"\nUmask:\t0022\nUid:\t1\t4294967295\t3\t4\nCapEff:\t000001ffffffffff\n");
	FUZZ_CHECK(procparse_uid(text.data, text.size, &uid) && uid == UINT32_MAX);
	FUZZ_CHECK(procparse_capabilities(text.data, text.size, &capabilities));
	FUZZ_CHECK(capabilities == UINT64_C(0x1ffffffffff));
	buf_deinit(&text);
}

static void fuzz_boot_time(const char *bytes, size_t size)
{
	int64_t seconds;

	if (procparse_boot_time(bytes, size, &seconds))
		FUZZ_CHECK(seconds >= 0);
}

static void fuzz_ring(const char *bytes, size_t size)
{
	const char *end = bytes + size;
	enum procparse_ring section = PROCPARSE_RING_START;
	uint32_t inode;

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = newline ? newline : end;
		char *line = fuzz_copy(bytes, (size_t)(stop - bytes));

		if (procparse_ring_line(line, (size_t)(stop - bytes), &section, &inode))
			FUZZ_CHECK(section == PROCPARSE_RING_FILES &&
				   memmem(line, (size_t)(stop - bytes), "socket:[", 8));
		free(line);
		bytes = stop + 1;
	}
}

static void fuzz_comm(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size);

	procparse_comm(text, size);
	FUZZ_CHECK(strlen(text) <= size && !memcmp(text, bytes, strlen(text)));
	free(text);
}

static void fuzz_cmdline(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size);
	size_t length = procparse_cmdline(text, size);

	FUZZ_CHECK(length == strlen(text) && length <= size);
	for (size_t i = 0; i < length; i++)
		FUZZ_CHECK(text[i] == (bytes[i] ? bytes[i] : ' '));
	free(text);
}

static void fuzz_link(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), again[32];
	size_t length = strlen(text);
	uint32_t number;

	if (procparse_socket(bytes, size, &number))
		FUZZ_CHECK((size_t)snprintf(again, sizeof(again), "socket:[%u]", number) <= size);
	if (procparse_number(text, &number))
		FUZZ_CHECK(number <= INT32_MAX);
	switch (procparse_exe(text)) {
	case LSP_EXE_KIND_DELETED:
		FUZZ_CHECK(strlen(text) + 10 == length);
		break;
	case LSP_EXE_KIND_FILE:
		FUZZ_CHECK(strlen(text) == length);
		break;
	case LSP_EXE_KIND_MEMFD:
		FUZZ_CHECK(!strncmp(text, "/memfd:", 7));
		break;
	case LSP_EXE_KIND_UNKNOWN:
		FUZZ_CHECK(!"a link that was read");
	}
	free(text);
}

/* As seq_path() of the kernel writes it. */
static void append_path(struct buf *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '\n')
			buf_append_text(out, "\\012");
		else
			buf_append_char(out, *path);
	}
}

static void fuzz_mapping(const char *bytes, size_t size)
{
	static const char head[] = "55e0c000-55e0f000 r-xp 00002000 fe:01 1234    /";
	char *path = copy_text(bytes, size);
	struct buf line = BUF_INIT, whole = BUF_INIT;

	procparse_runs(bytes, size, "/usr/sbin/sshd");
	/* A file has any bytes as its name, and is found by it. */
	buf_append_text(&line, head);
	append_path(&line, path);
	buf_append_char(&whole, '/');
	buf_append_text(&whole, path);
	FUZZ_CHECK(procparse_runs(line.data, line.size, buf_text(&whole)));
	buf_append_char(&whole, 'x');
	FUZZ_CHECK(!procparse_runs(line.data, line.size, buf_text(&whole)));
	line.data[20] = '-';
	whole.size--;
	FUZZ_CHECK(!procparse_runs(line.data, line.size, buf_text(&whole)));
	buf_deinit(&line);
	buf_deinit(&whole);
	free(path);
}

static void fuzz_mountinfo(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), *cursor = text;
	struct mountinfo mount;

	while (mountinfo_parse(&cursor, &mount)) {
		const char *const fields[] = {mount.root, mount.point, mount.type, mount.options};

		for (size_t i = 0; i < 4; i++)
			FUZZ_CHECK(fields[i] >= text &&
				   fields[i] + strlen(fields[i]) <= text + size);
		mountinfo_find_option(mount.options, "hidepid");
	}
	FUZZ_CHECK(cursor >= text && cursor <= text + size && !*cursor);
	free(text);
}

static void fuzz_cgroup(const char *bytes, size_t size)
{
	char *text = copy_text(bytes, size), out[CGROUP_NAME_SIZE];
	size_t length;

	memset(out, 'x', sizeof(out));
	length = cgroup_parse_unit(text, out);
	FUZZ_CHECK(length < sizeof(out) && (!length || strlen(out) == length));
	memset(out, 'x', sizeof(out));
	length = cgroup_parse_container(text, out);
	FUZZ_CHECK(length < sizeof(out) && (!length || strlen(out) == length));
	free(text);
}

static void fuzz_services(const char *bytes, size_t size)
{
	struct lsp_snapshot *snapshot = NULL;
	bool is_guess;

	FUZZ_CHECK(snapshot_new(&snapshot) == 0);
	FUZZ_CHECK(services_parse(bytes, size, true, services_keep, snapshot) == 0);
	FUZZ_CHECK(snapshot_settle(snapshot) == 0 && snapshot_seal(snapshot) == 0);
	for (unsigned port = 0; port < 256; port++) {
		const char *name =
			lsp_service_name(snapshot, LSP_PROTO_TCP, (uint16_t)port, &is_guess);

		FUZZ_CHECK(!name || (*name && is_guess && port && !strpbrk(name, "\n\t\x1b #")));
	}
	lsp_snapshot_free(snapshot);
}

static void (*const parsers[])(const char *bytes, size_t size) = {
	fuzz_stat, fuzz_status,    fuzz_boot_time, fuzz_ring,     fuzz_comm,    fuzz_cmdline,
	fuzz_link, fuzz_mountinfo, fuzz_cgroup,    fuzz_services, fuzz_mapping,
};

#define PARSER_COUNT (sizeof(parsers) / sizeof(parsers[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes;

	if (!size)
		return 0;
	bytes = fuzz_copy(data + 1, size - 1);
	parsers[data[0] % PARSER_COUNT](bytes, size - 1);
	free(bytes);
	return 0;
}
