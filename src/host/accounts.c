/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Account names of uids. The passwd file of the root comes first, since it is read once for all
 * uids; NSS is asked for each uid that is left, and only on the machine itself. Behind NSS may be a
 * server that is slow or silent, and code of others: a child asks, and is not waited for long.
 */
#include "host/accounts.h"

#include "buf.h"
#include "deadline.h"
#include "error.h"
#include "host/names.h"
#include "intmap.h"
#include "model/builder.h"
#include "num.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define OVERFLOW_UID 65534u
#define ALL_UIDS UINT32_MAX /* what the first user namespace maps */
#define FIRST_SIZE 4096
#define MAX_SIZE (1u << 20) /* of an entry */
#define MAX_FILE (1u << 20)

/* A directory that answers at all does so within this time, or its host is in trouble. */
#define ASK_MSEC 1000
#define ASK_ALL_NSEC INT64_C(1500000000)
/* So long it may take at the deadline of the run: without names many rules say nothing. */
#define ASK_LATE_NSEC INT64_C(200000000)

/* Values of the map of uids */
enum { UNNAMED, NAMED };

struct accounts {
	struct lsp_snapshot *snapshot;
	struct intmap uids;
	size_t left;        /* uids without name */
	struct buf scratch; /* texts of an entry */
	int error;          /* the last failure that is no answer: positive errno */
	uint64_t unknown;   /* uids without an answer */
	uint32_t first_unknown;
};

static int name_uid(struct accounts *accounts, uint32_t uid, const char *name)
{
	uint32_t *value = intmap_find(&accounts->uids, uid);

	/* The first entry of a uid is its name. "+" and "-" entries are orders to NSS. */
	if (!value || *value == NAMED || !*name || *name == '+' || *name == '-')
		return 0;
	*value = NAMED;
	accounts->left--;
	return builder_set_user(accounts->snapshot, uid, name);
}

/* Twice the room for an entry. Return: false at the limit, or when memory is short. */
static bool widen(struct accounts *accounts)
{
	size_t more = accounts->scratch.capacity ? accounts->scratch.capacity * 2 : FIRST_SIZE;

	return more <= MAX_SIZE && buf_reserve(&accounts->scratch, more) == 0;
}

static int read_passwd(struct accounts *accounts, const struct root *root)
{
	cleanup(cleanup_close) int fd = root_open(root, "etc/passwd", O_RDONLY);
	cleanup(cleanup_fclose) FILE *file = fd < 0 ? NULL : fdopen(fd, "re");
	struct passwd entry, *found;
	int r = 0;

	if (!file) {
		if (fd != -ENOENT)
			accounts->error = fd < 0 ? -fd : errno;
		return 0;
	}
	cleanup_take_fd(&fd);
	while (r >= 0 && accounts->left) {
		int error = fgetpwent_r(file, &entry, accounts->scratch.data,
					accounts->scratch.capacity, &found);

		/* The entry is read again, into more room. */
		if (error == ERANGE && widen(accounts))
			continue;
		if (error || !found) {
			if (error != ENOENT || ferror(file))
				accounts->error = error == ENOENT ? EIO : error;
			break;
		}
		r = name_uid(accounts, entry.pw_uid, entry.pw_name);
	}
	return accounts->scratch.error ? accounts->scratch.error : r;
}

/* Nobody can say whether this uid has a name. */
static int note_unknown(struct accounts *accounts, uint32_t uid)
{
	if (!accounts->unknown++)
		accounts->first_unknown = uid;
	return builder_set_user_unknown(accounts->snapshot, uid);
}

/* When the answers have to be there. */
static int64_t last_moment(const struct accounts *accounts)
{
	int64_t end = lsp_snapshot_query(accounts->snapshot)->deadline;

	if (end && deadline_left(end) < ASK_LATE_NSEC)
		end = deadline_in(ASK_LATE_NSEC);
	return deadline_first(end, deadline_in(ASK_ALL_NSEC));
}

static int ask_about(struct accounts *accounts, struct lsp_names *names, uint32_t uid, int64_t end)
{
	char answer[NAMES_MAX];
	ssize_t n = -ETIMEDOUT;
	int left = deadline_left_msec(end);

	if (left > 0)
		n = names_ask_uid(names, uid, answer, left < ASK_MSEC ? left : ASK_MSEC);
	if (n < 0) {
		accounts->error = (int)-n;
		return note_unknown(accounts, uid);
	}
	return n ? name_uid(accounts, uid, answer) : 0;
}

static int ask_nss(struct accounts *accounts, struct lsp_names *names)
{
	int64_t end = last_moment(accounts);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < accounts->uids.capacity; i++) {
		const struct intmap_slot *slot = &accounts->uids.slots[i];

		if (slot->is_used && slot->value == UNNAMED)
			r = ask_about(accounts, names, (uint32_t)slot->key, end);
	}
	return r;
}

/* Elsewhere there is nobody to ask behind a file that could not be read. */
static int leave_unknown(struct accounts *accounts)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < accounts->uids.capacity; i++) {
		const struct intmap_slot *slot = &accounts->uids.slots[i];

		if (slot->is_used && slot->value == UNNAMED)
			r = note_unknown(accounts, (uint32_t)slot->key);
	}
	return r;
}

/* A service might know the account. */
static int leave_unasked(struct accounts *accounts)
{
	if (!accounts->error)
		accounts->error = EOPNOTSUPP;
	return leave_unknown(accounts);
}

static int add_gap(struct accounts *accounts)
{
	const char *reason = accounts->error == ETIMEDOUT    ? "no answer in time"
			     : accounts->error == EPIPE      ? "the name service crashed"
			     : accounts->error == EOPNOTSUPP ? "name services were not asked"
							     : error_describe(-accounts->error);
	char why[160];

	snprintf(why, sizeof(why), "could not be looked up: %s (UID %" PRIu32 "%s)", reason,
		 accounts->first_unknown, accounts->unknown > 1 ? " is one" : "");
	return builder_add_gap(
		accounts->snapshot,
		&(struct lsp_gap){.what = "user names", .why = why, .count = accounts->unknown});
}

/* Whether every uid of the machine has a number here; it has where there is no uid_map. */
static bool maps_all(const struct root *root)
{
	struct buf text = BUF_INIT;
	uint64_t count = 0;
	bool is_known = root_read(root, "proc/self/uid_map", &text, MAX_FILE) == 0 && text.size;
	const char *at = is_known ? text.data : "", *end = at + (is_known ? text.size : 0);

	while (at < end) {
		uint64_t numbers[3] = {0}; /* inside, outside, how many */

		for (unsigned i = 0; i < 3; i++) {
			while (at < end && (*at == ' ' || *at == '\n'))
				at++;
			if (!num_scan(&at, end, 10, UINT32_MAX, &numbers[i]))
				at = end;
		}
		count += numbers[2];
		while (at < end && *at == '\n')
			at++;
	}
	buf_deinit(&text);
	return !is_known || count >= ALL_UIDS;
}

static uint32_t read_overflow_uid(const struct root *root)
{
	uint64_t uid;
	int r = root_read_numbers(root, "proc/sys/kernel/overflowuid", UINT32_MAX, &uid, 1);

	return r < 0 ? OVERFLOW_UID : (uint32_t)uid;
}

int accounts_resolve(const struct root *root, struct lsp_snapshot *snapshot)
{
	struct lsp_names *names = root->is_machine ? lsp_snapshot_query(snapshot)->names : NULL;
	struct accounts accounts = {.snapshot = snapshot};
	uint32_t *overflow;
	int r = builder_list_uids(snapshot, &accounts.uids);

	accounts.left = accounts.uids.count;
	/* Elsewhere this uid stands for every uid without a number here: it has no name. */
	overflow = intmap_find(&accounts.uids, read_overflow_uid(root));
	if (overflow && !maps_all(root)) {
		*overflow = NAMED;
		accounts.left--;
	}
	if (r >= 0 && accounts.left && !widen(&accounts))
		r = -ENOMEM;
	if (r >= 0 && accounts.left)
		r = read_passwd(&accounts, root);
	if (r >= 0 && accounts.left && names)
		r = ask_nss(&accounts, names);
	else if (r >= 0 && accounts.left && root->is_machine)
		r = leave_unasked(&accounts);
	else if (r >= 0 && accounts.error)
		r = leave_unknown(&accounts);
	if (r >= 0 && accounts.unknown)
		r = add_gap(&accounts);
	intmap_deinit(&accounts.uids);
	buf_deinit(&accounts.scratch);
	return r;
}
