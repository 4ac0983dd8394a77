/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Learning: what is written, and that the old file is never lost. Whether a view may be learned
 * from is decided by who asks; so is what covers a listener.
 */
#include "learn.h"

#include "atomic.h"
#include "lock.h"
#include "root.h"
#include "scope.h"
#include "strpool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MAX_FILE ((size_t)64 << 20)
#define MODE 0600

static int refuse(const char *path, const char *why, char **message)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s: %s", path, why);
	*message = buf_take_text(&text);
	return *message ? -EINVAL : -ENOMEM;
}

static int fail(const char *path, int error, char **message)
{
	int r = refuse(path, strerrordesc_np(-error), message);

	return r == -EINVAL ? error : r;
}

/* Whoever else may write it decides what is expected. NULL: it may be learned into. */
static const char *why_not(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "is a directory: name a file in it";
	if (!S_ISREG(st->st_mode))
		return "is no regular file";
	if (st->st_nlink > 1)
		return "has another name too (a hard link): learn into a file of its own";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user, who could change what is expected";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by others, who could change what is expected: chmod go-w";
	return NULL;
}

static int read_old(struct learn *learn, char **message)
{
	cleanup(scope_close) int fd =
		open(learn->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *why;
	struct stat st;
	int r;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ELOOP)
		return refuse(learn->path, "is a symbolic link: name the file itself", message);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(learn->path, -errno, message);
	why = why_not(&st);
	if (why)
		return refuse(learn->path, why, message);
	r = root_read_fd(fd, &learn->old, MAX_FILE);
	return r < 0 && r != -ENOMEM ? fail(learn->path, r, message) : r;
}

/* An editor takes no lock. */
static int check_old(const struct learn *learn, char **message)
{
	struct learn now = LEARN_INIT;
	bool is_same;
	int r;

	now.path = learn->path;
	r = read_old(&now, message);
	is_same = now.old.size == learn->old.size &&
		  (!now.old.size || memcmp(now.old.data, learn->old.data, now.old.size) == 0);
	if (r >= 0 && !is_same)
		r = refuse(learn->path, "was changed meanwhile: nothing was learned", message);
	buf_deinit(&now.old);
	return r;
}

/* What can be no rule file gets no lock beside it. */
static int check_kind(const char *path, char **message)
{
	const char *why = NULL;
	struct stat st;

	if (lstat(path, &st) == 0)
		why = S_ISLNK(st.st_mode) ? "is a symbolic link: name the file itself"
					  : why_not(&st);
	return why ? refuse(path, why, message) : 0;
}

int learn_open(struct learn *learn, const char *path, char **message)
{
	struct buf lock = BUF_INIT;
	int r;

	*message = NULL;
	learn->path = path;
	r = check_kind(path, message);
	if (r < 0)
		return r;
	buf_printf(&lock, "%s.lock", path);
	r = buf_text(&lock) ? lock_take(lock.data, learn->wait_seconds) : -ENOMEM;
	learn->lock = r < 0 ? -1 : r;
	if (r == -EBUSY)
		r = refuse(lock.data, "another lsports has been learning for too long", message);
	else if (r == -ENOENT)
		r = refuse(path, "its directory does not exist: make it first", message);
	else if (r < 0 && r != -ENOMEM)
		r = fail(lock.data, r, message);
	buf_deinit(&lock);
	return r < 0 ? r : read_old(learn, message);
}

/* --- what is new ---------------------------------------------------------------------------- */

/* One rule for each listener that needs one; a rule that stands for several is written once. */
static int append_rules(struct buf *out, const struct lsp_snapshot *snapshot, size_t *added)
{
	struct strpool told = {0};
	int r = 0;

	*added = 0;
	for (size_t i = 0; r >= 0 && i < lsp_snapshot_count(snapshot); i++) {
		cleanup(scope_free) char *rule = NULL;
		size_t size = told.bytes.size;
		struct lsp_judgement judgement;
		struct lsp_socket socket;
		uint32_t id;

		lsp_snapshot_socket(snapshot, i, &socket);
		lsp_snapshot_judgement(snapshot, i, &judgement);
		if (!lsp_is_listener(&socket) || judgement.verdict == LSP_VERDICT_EXPECTED)
			continue;
		rule = lsp_rule_format(snapshot, i);
		r = rule ? strpool_add(&told, rule, &id) : -ENOMEM;
		if (r < 0 || told.bytes.size == size)
			continue;
		buf_append_text(out, rule);
		buf_append_char(out, '\n');
		++*added;
	}
	strpool_deinit(&told);
	return r < 0 ? r : out->error;
}

static void append_comment(struct buf *out, int64_t now)
{
	time_t seconds = (time_t)now;
	struct tm tm;
	char text[32];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		buf_printf(out, "# learned %s\n", text);
}

static int replace(const struct learn *learn, const struct buf *rules, int64_t now)
{
	struct atomic file = ATOMIC_INIT;
	struct buf text = BUF_INIT;
	int r;

	if (!learn->old.size)
		buf_append_text(&text, "# Listeners that are expected: see RULES in lsports(8).\n");
	buf_append(&text, learn->old.data, learn->old.size);
	append_comment(&text, now);
	buf_append(&text, rules->data, rules->size);
	r = text.error;
	if (r >= 0)
		r = atomic_open(&file, learn->path, MODE);
	if (r >= 0)
		r = atomic_write(&file, text.data, text.size);
	if (r >= 0)
		r = atomic_commit(&file);
	atomic_deinit(&file);
	buf_deinit(&text);
	return r;
}

int learn_commit(struct learn *learn, const struct lsp_snapshot *snapshot, int64_t now,
		 size_t *added, char **message)
{
	struct buf rules = BUF_INIT;
	int r = append_rules(&rules, snapshot, added);

	*message = NULL;
	/* Of a run that was killed; under the lock nobody else writes here. */
	if (r >= 0)
		r = atomic_clean(learn->path);
	if (r >= 0)
		r = check_old(learn, message);
	if (r >= 0 && (*added || !learn->old.size))
		r = replace(learn, &rules, now);
	buf_deinit(&rules);
	if (r < 0 && r != -ENOMEM && !*message)
		return fail(learn->path, r, message);
	return r;
}

void learn_deinit(struct learn *learn)
{
	scope_close(&learn->lock);
	buf_deinit(&learn->old);
	*learn = LEARN_INIT;
}
