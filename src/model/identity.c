/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digests of texts and of sets of programs. Where they are written, and what they are compared
 * with, is up to the rules.
 */
#include "model/identity.h"

#include "buf.h"
#include "sha256.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void identity_format(const void *bytes, size_t size, char out[IDENTITY_DIGITS + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_SIZE];

	sha256_digest(bytes, size, digest);
	for (size_t i = 0; i < IDENTITY_DIGITS; i++)
		out[i] = digits[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
	out[IDENTITY_DIGITS] = '\0';
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int identity_list_programs(const struct lsp_subject *subject, struct array *out)
{
	const char *before = NULL, **programs;
	size_t kept = 0;

	*out = ARRAY_INIT;
	for (size_t i = 0; i < subject->owner_count; i++) {
		const char *exe = subject->owners[i].process->exe, **slot;

		if (!exe)
			return -ENODATA;
		/* Texts of a snapshot that are equal have one address, and stand side by side. */
		if (exe == before)
			continue;
		slot = array_add(out, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = before = exe;
	}
	programs = out->data;
	if (out->count > 1)
		qsort(programs, out->count, sizeof(*programs), compare);
	for (size_t i = 0; i < out->count; i++) {
		if (!i || strcmp(programs[i], programs[i - 1]) != 0)
			programs[kept++] = programs[i];
	}
	out->count = kept;
	return 0;
}

int identity_format_programs(const struct array *programs, char out[IDENTITY_DIGITS + 1])
{
	const char *const *paths = programs->data;
	struct buf all = BUF_INIT;
	int r;

	/* A path has no NUL, so that no other list has these bytes. */
	for (size_t i = 0; i < programs->count; i++)
		buf_append(&all, paths[i], strlen(paths[i]) + 1);
	r = all.error;
	if (r >= 0)
		identity_format(all.data, all.size, out);
	buf_deinit(&all);
	return r;
}
