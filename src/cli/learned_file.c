/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file to which learned rules are added: what is written, and that the old file is never lost.
 * Whether anything may be learned is decided by the caller, and what a rule covers by the judge.
 */
#include "learned_file.h"

#include "atomic.h"
#include "lock.h"
#include "root.h"
#include "cleanup.h"
#include "strpool.h"
#include "trusted.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MAX_FILE ((size_t)64 << 20)
#define MODE 0600
#define DECIDES "what is expected"

static int refuse(const char *path, const char *why, struct error *error)
{
	return error_set(error, -EINVAL, "%s: %s", path, why);
}

static int read_old(struct learned_file *file, struct error *error)
{
	cleanup(cleanup_close) int fd = trusted_open(file->path, 0, DECIDES, error);
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : error_note(error, fd);
	r = root_read_fd(fd, &file->old, MAX_FILE);
	return r < 0 && r != -ENOMEM ? error_set_errno(error, r, file->path) : error_note(error, r);
}

/* An editor takes no lock: is the file still what it was? */
static int check_old(const struct learned_file *file, struct error *error)
{
	struct learned_file now = LEARNED_FILE_INIT;
	bool is_same;
	int r;

	now.path = file->path;
	r = read_old(&now, error);
	is_same = now.old.size == file->old.size &&
		  (!now.old.size || memcmp(now.old.data, file->old.data, now.old.size) == 0);
	if (r >= 0 && !is_same)
		r = refuse(file->path, "was changed in the meantime: nothing learned", error);
	buf_deinit(&now.old);
	return r;
}

int learned_file_open(struct learned_file *file, const char *path, struct error *error)
{
	struct buf lock = BUF_INIT;
	int r;

	file->path = path;
	/* No lock file is made beside what cannot be a rule file. */
	r = trusted_check(path, DECIDES, error);
	if (r < 0)
		return r;
	buf_printf(&lock, "%s.lock", path);
	r = buf_text(&lock) ? lock_take(lock.data, file->wait_seconds) : -ENOMEM;
	file->lock = r < 0 ? -1 : r;
	if (r == -EBUSY)
		r = refuse(lock.data, "another lsports has held this lock for too long", error);
	else if (r == -ENOENT)
		r = refuse(path, "the directory does not exist: create it first", error);
	else if (r < 0 && r != -ENOMEM)
		r = error_set(error, r, "cannot write %s: its lock file %s: %s", path, lock.data,
			      error_describe(r));
	buf_deinit(&lock);
	return r < 0 ? error_note(error, r) : read_old(file, error);
}

#define TITLE                                                                                      \
	"# Listeners that are expected, as lsports.rules(5) describes. Edit them as you like:\n"   \
	"#   tcp/443 user=root exe=/usr/sbin/nginx required   it must be there\n"                  \
	"#   udp/5353 user=avahi accept=mixed-group           this finding is no alarm\n"

/* --- what is new ---------------------------------------------------------------------------- */

/* One rule for each listener that needs one; a rule that stands for several is written once. */
static int append_rules(struct buf *out, const struct lsp_snapshot *snapshot, size_t *added)
{
	struct strpool seen = {0};
	int r = 0;

	*added = 0;
	for (size_t i = 0; r >= 0 && i < lsp_snapshot_count(snapshot); i++) {
		cleanup(cleanup_free) char *rule = NULL;
		struct lsp_judgement judgement;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		lsp_snapshot_judgement(snapshot, i, &judgement);
		if (!lsp_socket_is_listener(&socket) || judgement.verdict == LSP_VERDICT_EXPECTED)
			continue;
		/* Without owner a rule would expect whoever opens it next. */
		if (socket.still_open == LSP_NO)
			continue;
		rule = lsp_rule_format(snapshot, i);
		r = rule ? strpool_insert(&seen, rule, strlen(rule)) : -ENOMEM;
		if (r <= 0)
			continue;
		buf_append_text(out, rule);
		buf_append_char(out, '\n');
		++*added;
	}
	strpool_deinit(&seen);
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

static int replace(const struct learned_file *file, const struct buf *rules, int64_t now)
{
	struct atomic atomic = ATOMIC_INIT;
	struct buf text = BUF_INIT;
	int r;

	if (!file->old.size)
		buf_append_text(&text, TITLE);
	buf_append(&text, file->old.data, file->old.size);
	append_comment(&text, now);
	buf_append(&text, rules->data, rules->size);
	r = text.error;
	if (r >= 0)
		r = atomic_open(&atomic, file->path, MODE);
	if (r >= 0)
		r = atomic_write(&atomic, text.data, text.size);
	if (r >= 0)
		r = atomic_commit(&atomic);
	atomic_deinit(&atomic);
	buf_deinit(&text);
	return r;
}

int learned_file_commit(struct learned_file *file, const struct lsp_snapshot *snapshot, int64_t now,
			size_t *added, struct error *error)
{
	struct buf rules = BUF_INIT;
	int r = append_rules(&rules, snapshot, added);

	/* Removes the temporary file of a run that was killed; the lock keeps others from writing
	 * one. */
	if (r >= 0)
		r = atomic_clean(file->path);
	if (r >= 0)
		r = check_old(file, error);
	if (r >= 0 && (*added || !file->old.size))
		r = replace(file, &rules, now);
	buf_deinit(&rules);
	if (r < 0 && r != -ENOMEM && !error->number)
		return error_set_errno(error, r, file->path);
	return error_note(error, r);
}

void learned_file_deinit(struct learned_file *file)
{
	cleanup_close(&file->lock);
	buf_deinit(&file->old);
	*file = LEARNED_FILE_INIT;
}
