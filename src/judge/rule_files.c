/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule files: which ones there are, and their bytes. What a rule is, judge/rule_line.c knows. A
 * file that is named and cannot be read is an error, never an empty set of rules.
 */
#include "judge/rule_files.h"

#include "cleanup.h"
#include "judge/rule_reader.h"
#include "trusted.h"

#include <lsports/judgement.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((size_t)64 << 20)
#define SUFFIX ".rules"
#define PIECE ((size_t)64 << 10) /* read at once: it stays in a cache */
#define LONG_FILE (64 << 10)     /* reads longer than a thread takes to begin and to end */

struct loader {
	struct rule_table *table;
	const struct selector_names *names;
	struct error *error;
};

static int refuse(struct loader *loader, const char *path, const char *why)
{
	return error_add(loader->error, -EINVAL, "%s: %s", path, why);
}

/* @number: a negative errno, which is returned. */
static int refuse_errno(struct loader *loader, const char *path, int number)
{
	return number == -ENOMEM ? number : error_add_errno(loader->error, number, path);
}

/* Line by line; what is left in @piece when the file has ended is a line without an end. */
static int read_lines(struct loader *loader, struct rule_reader *reader, int fd, const char *path,
		      struct buf *piece)
{
	size_t total = 0;

	for (;;) {
		ssize_t n, scanned = 0;

		if (buf_reserve(piece, PIECE) < 0)
			return piece->error;
		n = read(fd, piece->data + piece->size, piece->capacity - piece->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse_errno(loader, path, -errno);
		if (n == 0)
			return 0;
		total += (size_t)n;
		if (total > MAX_FILE)
			return refuse(loader, path, "is larger than 64 MiB");
		/* A line without its end yet is not searched again. */
		if (memchr(piece->data + piece->size, '\n', (size_t)n))
			scanned = rule_reader_scan(reader, piece->data, piece->size + (size_t)n);
		if (scanned < 0)
			return (int)scanned;
		piece->size += (size_t)n - (size_t)scanned;
		memmove(piece->data, piece->data + scanned, piece->size);
	}
}

static int read_rules(struct loader *loader, int fd, const char *path)
{
	struct rule_reader reader;
	struct buf piece = BUF_INIT;
	int r = rule_reader_init(&reader, loader->table, path, loader->names, loader->error);

	if (r >= 0)
		r = read_lines(loader, &reader, fd, path, &piece);
	if (r >= 0)
		r = rule_reader_end(&reader, piece.size);
	rule_reader_deinit(&reader);
	buf_deinit(&piece);
	return r;
}

/* --- which files there are ---------------------------------------------------------------- */

/*
 * Whoever can change a rule file decides what is expected. The owner of a recorded tree decides
 * about all that is in it: who else could change it is not asked there.
 * @root: what @path lies below; NULL: it is as it was named.
 * Return: a descriptor or a negative errno; only for -ENOENT and -ENOMEM without a line.
 */
static int open_rules(struct loader *loader, const char *path, const struct root *root, int flags)
{
	int r;

	if (!root || root->is_machine)
		return trusted_open(path, flags, "what is expected", loader->error);
	r = root_open(root, path + 1, O_RDONLY | flags);
	return r < 0 && r != -ENOENT ? refuse_errno(loader, path, r) : r;
}

static int load_file(struct loader *loader, const char *path, const struct root *root,
		     bool may_lack)
{
	cleanup(cleanup_close) int fd = open_rules(loader, path, root, 0);

	if (fd == -ENOENT)
		return may_lack ? 0 : refuse_errno(loader, path, fd);
	return fd < 0 ? fd : read_rules(loader, fd, path);
}

/* Every error is reported: what can be read after one is read. */
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
	cleanup(cleanup_close) int fd = open_rules(loader, LSP_RULES_DIR, root, O_DIRECTORY);
	struct dirent **entries;
	int count, r = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	count = scandirat(fd, ".", &entries, is_rule_file, alphasort);
	if (count < 0)
		return refuse_errno(loader, LSP_RULES_DIR, -errno);
	for (int i = 0; i < count; i++) {
		char path[sizeof(LSP_RULES_DIR) + sizeof(entries[i]->d_name) + 1];

		snprintf(path, sizeof(path), "%s/%s", LSP_RULES_DIR, entries[i]->d_name);
		if (r != -ENOMEM)
			r = worse(r, load_file(loader, path, root, false));
		free(entries[i]);
	}
	free(entries);
	return r;
}

int rule_files_load(struct rule_table *table, const char *const *files, size_t count,
		    const char *extra, const struct root *root, const struct selector_names *names,
		    struct error *error)
{
	struct loader loader = {table, names, error};
	int r = 0;

	for (size_t i = 0; files && i < count && r != -ENOMEM; i++)
		r = worse(r, load_file(&loader, files[i], NULL, false));
	if (!files)
		r = load_directory(&loader, root);
	if (!files && r != -ENOMEM)
		r = worse(r, load_file(&loader, LSP_RULES_LEARNED, root, true));
	if (extra && r != -ENOMEM)
		r = worse(r, load_file(&loader, extra, NULL, true));
	return r;
}

static bool is_long(const char *path)
{
	struct stat about;

	return path && stat(path, &about) == 0 && about.st_size >= LONG_FILE;
}

bool rule_files_are_long(const char *const *files, size_t count, const char *extra)
{
	for (size_t i = 0; files && i < count; i++) {
		if (is_long(files[i]))
			return true;
	}
	return is_long(extra) || (!files && is_long(LSP_RULES_LEARNED));
}
