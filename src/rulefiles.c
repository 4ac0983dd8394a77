/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule files: which ones there are, and their bytes. What a rule is stands in judge/rules.c. A file
 * that is named and cannot be read is an error, never an empty set of rules.
 */
#include "judge/judge.h"
#include "judging.h"
#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE ((size_t)64 << 20)
#define SUFFIX ".rules"

static const char *const usual_lines[] = {
#include "usual.rules.inc"
};

struct loader {
	struct lsp_rules *rules;
	struct selector_names names;
	struct buf errors;
};

static int refuse(struct loader *loader, const char *path, const char *why)
{
	buf_printf(&loader->errors, "%s: %s\n", path, why);
	return -EINVAL;
}

/* @error: a negative errno, which is returned. */
static int refuse_error(struct loader *loader, const char *path, int error)
{
	const char *why = strerrordesc_np(-error);

	if (error != -ENOMEM)
		refuse(loader, path, why ? why : "unknown error");
	return error;
}

/* The bytes of an open file into @text. A pipe would make a check wait for ever. */
static int read_file(struct loader *loader, int fd, const char *path, struct buf *text)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return refuse_error(loader, path, -errno);
	if (!S_ISREG(st.st_mode))
		return refuse(loader, path, "is no regular file");
	if (st.st_mode & S_IWOTH)
		return refuse(loader, path,
			      "can be written by everybody, who could change what is expected: "
			      "chmod o-w");
	/* In one piece, if it does not grow meanwhile. */
	r = (size_t)st.st_size <= MAX_FILE ? buf_reserve(text, (size_t)st.st_size) : -EFBIG;
	if (r >= 0)
		r = root_read_fd(fd, text, MAX_FILE);
	if (r == -EFBIG)
		return refuse(loader, path, "is larger than 64 MiB");
	return r < 0 ? refuse_error(loader, path, r) : 0;
}

/* @fd: of the file, or why it could not be opened. */
static int load_file(struct loader *loader, int fd, const char *path)
{
	cleanup(scope_close) int file = fd;
	struct buf text = BUF_INIT;
	size_t size;
	char *bytes;
	int r = fd < 0 ? refuse_error(loader, path, fd) : read_file(loader, fd, path, &text);

	if (r < 0) {
		buf_deinit(&text);
		return r;
	}
	size = text.size;
	bytes = buf_take_text(&text);
	if (!bytes)
		return -ENOMEM;
	(void)file;
	return rules_parse(&loader->rules->host, path, bytes, size, &loader->names,
			   &loader->errors);
}

/* Every error is told: what can be read after one is read. */
static int worse(int a, int b)
{
	return a < 0 ? a : b;
}

static int is_rule_file(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > strlen(SUFFIX) &&
	       strcmp(entry->d_name + size - strlen(SUFFIX), SUFFIX) == 0;
}

static int load_directory(struct loader *loader, const struct root *root)
{
	cleanup(scope_close) int fd = root_open(root, &LSP_RULES_DIR[1], O_RDONLY | O_DIRECTORY);
	struct dirent **entries;
	int count, r = 0;

	if (fd == -ENOENT)
		return 0;
	count = fd < 0 ? -1 : scandirat(fd, ".", &entries, is_rule_file, alphasort);
	if (count < 0)
		return refuse_error(loader, LSP_RULES_DIR, fd < 0 ? fd : -errno);
	for (int i = 0; i < count; i++) {
		char path[sizeof(LSP_RULES_DIR) + sizeof(entries[i]->d_name) + 1];

		snprintf(path, sizeof(path), "%s/%s", LSP_RULES_DIR, entries[i]->d_name);
		if (r != -ENOMEM)
			r = worse(r, load_file(loader,
					       root_open(root, path + 1, O_RDONLY | O_NONBLOCK),
					       path));
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int load_defaults(struct loader *loader, const struct root *root)
{
	int fd, r = load_directory(loader, root);

	if (r == -ENOMEM)
		return r;
	fd = root_open(root, &LSP_RULES_LEARNED[1], O_RDONLY | O_NONBLOCK);
	if (fd != -ENOENT)
		r = worse(r, load_file(loader, fd, LSP_RULES_LEARNED));
	return r;
}

static int load_named(struct loader *loader, const char *const *files, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r != -ENOMEM; i++) {
		int fd = open(files[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		r = worse(r, load_file(loader, fd < 0 ? -errno : fd, files[i]));
	}
	return r;
}

/* One that need not be there. */
static int load_extra(struct loader *loader, const char *path)
{
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return load_named(loader, &path, 1);
}

static int load_usual(struct loader *loader)
{
	struct selector_names no_names = {0};
	struct buf text = BUF_INIT;
	size_t size;
	char *bytes;

	for (size_t i = 0; i < sizeof(usual_lines) / sizeof(usual_lines[0]); i++)
		buf_printf(&text, "%s\n", usual_lines[i]);
	size = text.size;
	bytes = buf_take_text(&text);
	if (!bytes)
		return -ENOMEM;
	return rules_parse(&loader->rules->usual, "usual.rules", bytes, size, &no_names,
			   &loader->errors);
}

int lsp_rules_load(const char *const *files, size_t count, const char *extra, const char *root,
		   struct lsp_rules **out, char **reason)
{
	struct loader loader = {.rules = calloc(1, sizeof(*loader.rules))};
	struct judging_names names = {0};
	struct root opened = {.fd = -1};
	int r = loader.rules ? root_init(&opened, root) : -ENOMEM;

	names.root = &opened;
	loader.names = judging_names_of(&names);
	if (r < 0)
		refuse_error(&loader, root ? root : "/", r);
	else
		r = load_usual(&loader);
	if (r >= 0)
		r = files ? load_named(&loader, files, count) : load_defaults(&loader, &opened);
	if (extra && r != -ENOMEM)
		r = worse(r, load_extra(&loader, extra));
	if (r >= 0)
		r = rules_index(&loader.rules->host);
	if (r >= 0)
		r = rules_index(&loader.rules->usual);
	*out = r < 0 ? NULL : loader.rules;
	*reason = r < 0 && r != -ENOMEM ? buf_take_text(&loader.errors) : NULL;
	if (r < 0)
		lsp_rules_free(loader.rules);
	buf_deinit(&loader.errors);
	judging_names_deinit(&names);
	root_deinit(&opened);
	return r;
}

void lsp_rules_free(struct lsp_rules *rules)
{
	if (!rules)
		return;
	rules_deinit(&rules->host);
	rules_deinit(&rules->usual);
	free(rules);
}
