/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Service names of ports, from text of the form of services(5). NSS is not asked: it would read the
 * file once for each port.
 */
#include "host/services.h"

#include "buf.h"
#include "error.h"
#include "model/builder.h"
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
static size_t scan_word(const char **cursor, const char *end, const char **word)
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

/* The protocols of which services(5) speaks so: LSP_BIT() of each. */
static unsigned scan_protos(const char *text, size_t size)
{
	const struct lsp_protocol *protocol;
	unsigned protos = 0;

	for (unsigned i = 0; (protocol = lsp_protocol_at(i)); i++) {
		if (strlen(protocol->services_word) == size &&
		    memcmp(protocol->services_word, text, size) == 0)
			protos |= LSP_BIT(i);
	}
	return protos;
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

/* A name of a service, which is passed over when it is no proper name. */
static int add_name(const struct service *service, const char *name, size_t size, service_fn *each,
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
	size_t name_size = scan_word(&at, end, &name), port_size = scan_word(&at, end, &port), size;
	struct service service = {.is_guess = is_guess};
	uint64_t number;
	int r;

	word = port;
	if (!is_name(name, name_size) ||
	    !num_scan(&word, port + port_size, 10, UINT16_MAX, &number) || !number ||
	    word == port + port_size || *word != '/')
		return 0;
	word++;
	service.protos = scan_protos(word, (size_t)(port + port_size - word));
	if (!service.protos)
		return 0;
	service.port = (uint16_t)number;
	r = add_name(&service, name, name_size, each, data);
	service.is_alias = true;
	while (r >= 0 && (size = scan_word(&at, end, &alias)))
		r = add_name(&service, alias, size, each, data);
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
	int r = 0;

	for (unsigned i = 0; r >= 0 && !service->is_alias && i < lsp_protocol_count(); i++) {
		if (service->protos & LSP_BIT(i))
			r = builder_add_service(data, i, service->port, service->name,
						service->is_guess);
	}
	return r;
}

int services_resolve(const struct root *root, struct lsp_snapshot *snapshot)
{
	const char *failed;
	char why[NAME_SIZE];
	int r = services_load(root, services_keep, snapshot, &failed);

	if (r >= 0 || r == -ENOMEM || !failed)
		return r;
	snprintf(why, sizeof(why), "could not be read: /%s: %s", failed, error_describe(r));
	return builder_add_gap(snapshot, &(struct lsp_gap){.what = "service names", .why = why});
}
