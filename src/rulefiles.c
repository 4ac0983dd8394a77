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
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((size_t)64 << 20)
#define SUFFIX ".rules"
#define PIECE ((size_t)64 << 10) /* read at once: it stays in a cache */

static const char *const usual_lines[] = {
#include "usual.rules.inc"
};

/* What is loaded; the texts are the caller's. */
struct lsp_rules_loading {
	const char *const *files;
	size_t count;
	const char *extra, *root;
	pthread_t thread;
	bool is_beside;

	struct lsp_rules *rules;
	char *reason;
	int r;
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

/* Why not to read an open file, or 0. A pipe would make a check wait for ever. */
static int check_file(struct loader *loader, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return refuse_error(loader, path, -errno);
	if (!S_ISREG(st.st_mode))
		return refuse(loader, path, "is no regular file");
	if (st.st_mode & S_IWOTH)
		return refuse(loader, path,
			      "can be written by everybody, who could change what is expected: "
			      "chmod o-w");
	return 0;
}

/* Line by line; what is left in @piece when the file has ended is a line without an end. */
static int read_lines(struct loader *loader, struct rule_reader *reader, int fd, const char *path,
		      struct buf *piece)
{
	size_t total = 0;

	for (;;) {
		ssize_t n, taken = 0;

		if (buf_reserve(piece, PIECE) < 0)
			return piece->error;
		n = read(fd, piece->data + piece->size, piece->capacity - piece->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse_error(loader, path, -errno);
		if (n == 0)
			return 0;
		total += (size_t)n;
		if (total > MAX_FILE)
			return refuse(loader, path, "is larger than 64 MiB");
		/* A line that goes on is not searched again. */
		if (memchr(piece->data + piece->size, '\n', (size_t)n))
			taken = rule_reader_take(reader, piece->data, piece->size + (size_t)n);
		if (taken < 0)
			return (int)taken;
		piece->size += (size_t)n - (size_t)taken;
		memmove(piece->data, piece->data + taken, piece->size);
	}
}

static int read_rules(struct loader *loader, int fd, const char *path)
{
	struct rule_reader *reader =
		rule_reader_new(&loader->rules->host, path, &loader->names, &loader->errors);
	struct buf piece = BUF_INIT;
	int r = reader ? read_lines(loader, reader, fd, path, &piece) : -ENOMEM;

	if (r >= 0)
		r = rule_reader_end(reader, piece.size);
	else
		rule_reader_free(reader);
	buf_deinit(&piece);
	return r;
}

/* --- which files there are ---------------------------------------------------------------- */

/* A file, by name. */
struct place {
	const char *path;
	const struct root *root; /* it lies below; NULL: it is as it was named */
	bool may_lack;           /* it need not be there */
};

static int load_file(struct loader *loader, const struct place *place)
{
	const struct root *root = place->root;
	const char *path = place->path;
	const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
	cleanup(scope_close) int fd = root ? root_open(root, path + 1, flags) : open(path, flags);
	int r;

	if (fd < 0) {
		r = root ? fd : -errno;
		return r == -ENOENT && place->may_lack ? 0 : refuse_error(loader, path, r);
	}
	r = check_file(loader, fd, path);
	return r < 0 ? r : read_rules(loader, fd, path);
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
			r = worse(r, load_file(loader, &(struct place){path, root, false}));
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int load_all(struct loader *loader, const struct lsp_rules_loading *what,
		    const struct root *root)
{
	const struct place learned = {LSP_RULES_LEARNED, root, true};
	const struct place extra = {what->extra, NULL, true};
	int r = 0;

	for (size_t i = 0; what->files && i < what->count && r != -ENOMEM; i++)
		r = worse(r, load_file(loader, &(struct place){what->files[i], NULL, false}));
	if (!what->files)
		r = load_directory(loader, root);
	if (!what->files && r != -ENOMEM)
		r = worse(r, load_file(loader, &learned));
	if (what->extra && r != -ENOMEM)
		r = worse(r, load_file(loader, &extra));
	return r;
}

/* --- loading -------------------------------------------------------------------------------- */

static int load_usual(struct loader *loader)
{
	struct selector_names no_names = {0};
	struct buf text = BUF_INIT;
	int r;

	for (size_t i = 0; i < sizeof(usual_lines) / sizeof(usual_lines[0]); i++) {
		buf_append_text(&text, usual_lines[i]);
		buf_append_char(&text, '\n');
	}
	r = text.error ? text.error
		       : rules_parse(&loader->rules->usual, "usual.rules", text.data, text.size,
				     &no_names, &loader->errors);
	buf_deinit(&text);
	return r;
}

static void load(struct lsp_rules_loading *what)
{
	struct loader loader = {.rules = calloc(1, sizeof(*loader.rules))};
	struct judging_names names = {0};
	struct root opened = {.fd = -1};
	int r = loader.rules ? root_init(&opened, what->root) : -ENOMEM;

	names.root = &opened;
	loader.names = judging_names_of(&names);
	if (r < 0)
		refuse_error(&loader, what->root ? what->root : "/", r);
	else
		r = load_usual(&loader);
	if (r >= 0)
		r = load_all(&loader, what, &opened);
	if (r >= 0)
		r = rules_index(&loader.rules->host);
	if (r >= 0)
		r = rules_index(&loader.rules->usual);
	what->r = r;
	what->rules = r < 0 ? NULL : loader.rules;
	what->reason = r < 0 && r != -ENOMEM ? buf_take_text(&loader.errors) : NULL;
	if (r < 0)
		lsp_rules_free(loader.rules);
	buf_deinit(&loader.errors);
	judging_names_deinit(&names);
	root_deinit(&opened);
}

static void *load_beside(void *what)
{
	load(what);
	return NULL;
}

struct lsp_rules_loading *lsp_rules_begin(const char *const *files, size_t count, const char *extra,
					  const char *root)
{
	struct lsp_rules_loading *loading = malloc(sizeof(*loading));

	if (!loading)
		return NULL;
	*loading = (struct lsp_rules_loading){
		.files = files, .count = count, .extra = extra, .root = root};
	loading->is_beside = pthread_create(&loading->thread, NULL, load_beside, loading) == 0;
	if (!loading->is_beside)
		load(loading);
	return loading;
}

int lsp_rules_end(struct lsp_rules_loading *loading, struct lsp_rules **out, char **reason)
{
	int r;

	*out = NULL;
	*reason = NULL;
	if (!loading)
		return -ENOMEM;
	if (loading->is_beside)
		pthread_join(loading->thread, NULL);
	*out = loading->rules;
	*reason = loading->reason;
	r = loading->r;
	free(loading);
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
