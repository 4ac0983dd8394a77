/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Service names of ports, from text of the form of services(5). NSS is not asked: every look
 * would read the file once a port.
 */
#include "services.h"

#include "buf.h"
#include "model/snapshot.h"
#include "num.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ADMIN_FILE "etc/services"
#define RECORDED_FILE "usr/share/lsports/services"
#define MAX_FILE (16u << 20)
#define NAME_SIZE 256

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The next word of a line; its size, 0 at the end or at a comment. */
static size_t take_word(const char **cursor, const char *end, const char **word)
{
	const char *at = *cursor;

	while (at < end && is_blank(*at))
		at++;
	*word = at;
	while (at < end && !is_blank(*at) && *at != '#')
		at++;
	*cursor = at;
	return (size_t)(at - *word);
}

static bool is_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && memcmp(text, word, size) == 0;
}

static bool parse_proto(const char *text, size_t size, enum lsp_proto *proto)
{
	if (is_word(text, size, "tcp"))
		*proto = LSP_PROTO_TCP;
	else if (is_word(text, size, "udp"))
		*proto = LSP_PROTO_UDP;
	else
		return false;
	return true;
}

/* A name is printed beside a port: bytes that no registry has in a name are none. */
static bool is_name(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f)
			return false;
	}
	return size > 0 && size < NAME_SIZE;
}

static int parse_line(const char *line, const char *end, bool is_guess,
		      struct lsp_snapshot *snapshot)
{
	const char *name, *port, *at = line;
	size_t name_size = take_word(&at, end, &name), port_size = take_word(&at, end, &port);
	char text[NAME_SIZE];
	enum lsp_proto proto;
	uint64_t number;

	at = port;
	if (!is_name(name, name_size) ||
	    !num_take(&at, port + port_size, 10, UINT16_MAX, &number) || !number ||
	    at == port + port_size || *at != '/')
		return 0;
	at++;
	if (!parse_proto(at, (size_t)(port + port_size - at), &proto))
		return 0;
	memcpy(text, name, name_size);
	text[name_size] = '\0';
	return snapshot_add_service(snapshot, proto, (uint16_t)number, text, is_guess);
}

int services_parse(const char *text, size_t size, bool is_guess, struct lsp_snapshot *snapshot)
{
	const char *end = text + size;
	int r = 0;

	while (r >= 0 && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		r = parse_line(text, newline ? newline : end, is_guess, snapshot);
		text = newline ? newline + 1 : end;
	}
	return r;
}

static int load_file(const struct root *root, const char *path, bool is_guess,
		     struct lsp_snapshot *snapshot)
{
	struct buf text = BUF_INIT;
	char why[NAME_SIZE];
	const char *error;
	int r = root_read(root, path, &text, MAX_FILE);

	if (r == 0) {
		r = text.size ? services_parse(text.data, text.size, is_guess, snapshot) : 0;
	} else if (r == -ENOENT || r == -ENOTDIR) {
		r = 0;
	} else if (r != -ENOMEM) {
		error = strerrordesc_np(-r);
		snprintf(why, sizeof(why), "could not be read: /%s: %s", path,
			 error ? error : "unknown error");
		r = snapshot_add_gap(snapshot,
				     &(struct lsp_gap){.what = "service names", .why = why});
	}
	buf_deinit(&text);
	return r;
}

int services_load(const struct root *root, struct lsp_snapshot *snapshot)
{
	static const char installed[] = LSP_SERVICES_FILE;
	int r = load_file(root, ADMIN_FILE, false, snapshot);

	if (r < 0)
		return r;
	return load_file(root,
			 root->is_machine ? installed + strspn(installed, "/") : RECORDED_FILE,
			 true, snapshot);
}
