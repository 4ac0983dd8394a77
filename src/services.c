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

/* One name of a service, which is passed over when it is none. */
static int tell(const struct service *service, const char *name, size_t size, service_fn *each,
		void *data)
{
	struct service copy = *service;
	char text[NAME_SIZE];

	if (!is_name(name, size))
		return 0;
	memcpy(text, name, size);
	text[size] = '\0';
	copy.name = text;
	return each(&copy, data);
}

/* "NAME PORT/PROTO ALIAS..." */
static int parse_line(const char *line, const char *end, bool is_guess, service_fn *each,
		      void *data)
{
	const char *name, *port, *alias, *at = line, *word;
	size_t name_size = take_word(&at, end, &name), port_size = take_word(&at, end, &port), size;
	struct service service = {.is_guess = is_guess};
	uint64_t number;
	int r;

	word = port;
	if (!is_name(name, name_size) ||
	    !num_take(&word, port + port_size, 10, UINT16_MAX, &number) || !number ||
	    word == port + port_size || *word != '/')
		return 0;
	word++;
	if (!parse_proto(word, (size_t)(port + port_size - word), &service.proto))
		return 0;
	service.port = (uint16_t)number;
	r = tell(&service, name, name_size, each, data);
	service.is_alias = true;
	while (r >= 0 && (size = take_word(&at, end, &alias)))
		r = tell(&service, alias, size, each, data);
	return r;
}

int services_parse(const char *text, size_t size, bool is_guess, service_fn *each, void *data)
{
	const char *end = text + size;
	int r = 0;

	while (r >= 0 && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		r = parse_line(text, newline ? newline : end, is_guess, each, data);
		text = newline ? newline + 1 : end;
	}
	return r;
}

/* @failed: the path, where it is the reading that failed. */
static int load_file(const struct root *root, const char *path, bool is_guess, service_fn *each,
		     void *data, const char **failed)
{
	struct buf text = BUF_INIT;
	int r = root_read(root, path, &text, MAX_FILE);

	if (r == -ENOENT || r == -ENOTDIR)
		r = 0;
	else if (r < 0)
		*failed = path;
	else if (text.size)
		r = services_parse(text.data, text.size, is_guess, each, data);
	buf_deinit(&text);
	return r;
}

int services_load(const struct root *root, service_fn *each, void *data, const char **failed)
{
	static const char installed[] = LSP_SERVICES_FILE;
	int error, r;

	*failed = NULL;
	error = load_file(root, ADMIN_FILE, false, each, data, failed);
	if (error < 0 && !*failed)
		return error;
	r = load_file(root, root->is_machine ? installed + strspn(installed, "/") : RECORDED_FILE,
		      true, each, data, failed);
	return error < 0 ? error : r;
}

int services_keep(const struct service *service, void *data)
{
	if (service->is_alias)
		return 0;
	return snapshot_add_service(data, service->proto, service->port, service->name,
				    service->is_guess);
}

int services_resolve(const struct root *root, struct lsp_snapshot *snapshot)
{
	const char *failed, *error;
	char why[NAME_SIZE];
	int r = services_load(root, services_keep, snapshot, &failed);

	if (r >= 0 || r == -ENOMEM || !failed)
		return r;
	error = strerrordesc_np(-r);
	snprintf(why, sizeof(why), "could not be read: /%s: %s", failed,
		 error ? error : "unknown error");
	return snapshot_add_gap(snapshot, &(struct lsp_gap){.what = "service names", .why = why});
}
