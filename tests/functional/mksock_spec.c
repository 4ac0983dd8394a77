// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads one request: KIND[,KEY=VALUE]..., for example "tcp,addr=::1,port=8080,count=10".
 * Makes no socket.
 */
#include "mksock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void spec_fail(const char *what)
{
	fprintf(stderr, "mksock: %s: %s\n", what, strerror(errno));
	exit(1);
}

_Noreturn void spec_fail_word(const char *word, const char *why)
{
	fprintf(stderr, "mksock: '%s': %s\n", word, why);
	exit(1);
}

static unsigned parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value > max)
		spec_fail_word(text, "not a number that fits");
	return (unsigned)value;
}

static void parse_address(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		out->ss_family = AF_INET;
		return;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		spec_fail_word(text, "not an address");
	out->ss_family = AF_INET6;
}

/* Hexadecimal, since a process name may contain any byte but NUL. */
static void parse_comm(const char *text, struct spec *out)
{
	size_t length = strlen(text);

	if (length % 2 != 0 || length / 2 > SPEC_COMM_MAX || length == 0)
		spec_fail_word(text, "not 1 to 15 bytes in hexadecimal");
	for (size_t i = 0; i < length / 2; i++) {
		unsigned byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1 || byte == 0)
			spec_fail_word(text, "not 1 to 15 bytes in hexadecimal");
		out->comm[i] = (char)byte;
	}
	out->comm_length = length / 2;
}

static int parse_word(const char *const *words, int count, const char *text)
{
	for (int i = 0; i < count; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	spec_fail_word(text, "unknown word");
}

static void parse_device(const char *text, struct spec *out)
{
	size_t length = strlen(text);

	if (length >= sizeof(out->device))
		spec_fail_word(text, "name of a device too long");
	memcpy(out->device, text, length + 1);
}

static void parse_pair(const char *key, const char *value, struct spec *out, unsigned *port)
{
	static const char *const holders[] = {"process", "thread", "leader",
					      "scm",     "uring",  "hidden-ring"};

	if (strcmp(key, "addr") == 0)
		parse_address(value, &out->address);
	else if (strcmp(key, "port") == 0)
		*port = parse_number(value, 65535);
	else if (strcmp(key, "v6only") == 0)
		out->v6only = (int)parse_number(value, 1);
	else if (strcmp(key, "device") == 0)
		parse_device(value, out);
	else if (strcmp(key, "count") == 0)
		out->count = parse_number(value, 65535);
	else if (strcmp(key, "reuseport") == 0)
		out->group = parse_number(value, 65535);
	else if (strcmp(key, "pairs") == 0)
		out->pairs = parse_number(value, 65535);
	else if (strcmp(key, "fork") == 0)
		out->forks = parse_number(value, SPEC_FORKS_MAX);
	else if (strcmp(key, "decoy") == 0)
		out->decoy = parse_number(value, 1) != 0;
	else if (strcmp(key, "backlog") == 0)
		out->backlog = (int)parse_number(value, 65535);
	else if (strcmp(key, "full") == 0)
		out->full = parse_number(value, 1) != 0;
	else if (strcmp(key, "reuseaddr") == 0)
		out->reuseaddr = parse_number(value, 1) != 0;
	else if (strcmp(key, "forge") == 0)
		out->forge = value;
	else if (strcmp(key, "holder") == 0)
		out->holder = (enum spec_holder)parse_word(holders, 6, value);
	else if (strcmp(key, "comm") == 0)
		parse_comm(value, out);
	else if (strcmp(key, "cgroup") == 0)
		out->cgroup = value;
	else if (strcmp(key, "uid") == 0) {
		out->uid = parse_number(value, UINT32_MAX - 1);
		out->has_uid = true;
	} else
		spec_fail_word(key, "unknown key");
}

void spec_parse(const char *text, struct spec *out)
{
	static const char *const kinds[] = {
		"tcp", "udp", "udp-auto", "tcp-bound", "tcp-pair", "udp-connected",
	};
	/* Kept for the life of the program: out->cgroup and out->forge point into it. */
	char *copy = strdup(text);
	char *rest = copy;
	char *word;
	unsigned port = 0;

	if (copy == NULL)
		spec_fail("strdup");
	*out = (struct spec){.v6only = -1, .count = 1, .pairs = 1, .backlog = 128};
	parse_address("0.0.0.0", &out->address);
	word = strsep(&rest, ",");
	out->kind = (enum spec_kind)parse_word(kinds, 6, word);
	while ((word = strsep(&rest, ",")) != NULL) {
		char *value = strchr(word, '=');

		if (value == NULL)
			spec_fail_word(word, "KEY=VALUE expected");
		*value++ = '\0';
		parse_pair(word, value, out, &port);
	}
	/* sin_port and sin6_port have the same offset. */
	((struct sockaddr_in *)&out->address)->sin_port = htons((uint16_t)port);
}
