/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Account names of uids. The passwd file of the root comes first, since it is read once for all
 * of them; NSS is asked one by one, and only on the machine itself.
 */
#include "owners/accounts.h"

#include "buf.h"
#include "intmap.h"
#include "model/snapshot.h"
#include "num.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define OVERFLOW_UID 65534u
#define ALL_UIDS UINT32_MAX /* what the first user namespace maps */
#define FIRST_SIZE 4096
#define MAX_SIZE (1u << 20) /* of one entry */
#define MAX_FILE (1u << 20)

/* Values of the map of uids */
enum { UNNAMED, NAMED };

struct accounts {
	struct lsp_snapshot *snapshot;
	struct intmap uids;
	size_t left;        /* uids without name */
	struct buf scratch; /* texts of one entry */
	int error;          /* the last failure that is no answer: positive errno */
};

static int name_uid(struct accounts *accounts, uint32_t uid, const char *name)
{
	uint32_t *value = intmap_find(&accounts->uids, uid);

	/* The first entry of a uid is its name. "+" and "-" entries are orders to NSS. */
	if (!value || *value == NAMED || !*name || *name == '+' || *name == '-')
		return 0;
	*value = NAMED;
	accounts->left--;
	return snapshot_set_user(accounts->snapshot, uid, name);
}

/* Twice the room for an entry. Return: false at the limit or without memory. */
static bool widen(struct accounts *accounts)
{
	size_t more = accounts->scratch.capacity ? accounts->scratch.capacity * 2 : FIRST_SIZE;

	return more <= MAX_SIZE && buf_reserve(&accounts->scratch, more) == 0;
}

static int read_passwd(struct accounts *accounts, const struct root *root)
{
	cleanup(scope_close) int fd = root_open(root, "etc/passwd", O_RDONLY | O_NONBLOCK);
	cleanup(scope_fclose) FILE *file = fd < 0 ? NULL : fdopen(fd, "re");
	struct passwd entry, *found;
	int r = 0;

	if (!file) {
		if (fd != -ENOENT)
			accounts->error = fd < 0 ? -fd : errno;
		return 0;
	}
	take_fd(&fd);
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

static int ask_nss(struct accounts *accounts)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < accounts->uids.capacity; i++) {
		const struct intmap_slot *slot = &accounts->uids.slots[i];
		struct passwd entry, *found = NULL;
		uint32_t uid = (uint32_t)slot->key;
		int error;

		if (!slot->is_used || slot->value == NAMED)
			continue;
		do {
			error = getpwuid_r(uid, &entry, accounts->scratch.data,
					   accounts->scratch.capacity, &found);
		} while (error == ERANGE && widen(accounts));
		/* Others are ways to say "none" (getpwuid(3)). */
		if (error == EIO || error == EMFILE || error == ENFILE || error == ERANGE)
			accounts->error = error;
		if (!error && found)
			r = name_uid(accounts, uid, entry.pw_name);
	}
	return accounts->scratch.error ? accounts->scratch.error : r;
}

static int tell_error(struct accounts *accounts)
{
	const char *text = strerrordesc_np(accounts->error);
	char why[128];

	snprintf(why, sizeof(why), "could not be looked up: %s", text ? text : "unknown error");
	return snapshot_add_gap(accounts->snapshot,
				&(struct lsp_gap){.what = "user names", .why = why});
}

/* Whether every uid of the machine has a number here; so it is taken without a uid_map. */
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
			if (!num_take(&at, end, 10, UINT32_MAX, &numbers[i]))
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
	struct buf text = BUF_INIT;
	uint64_t uid = OVERFLOW_UID;
	const char *at;

	if (root_read(root, "proc/sys/kernel/overflowuid", &text, MAX_FILE) == 0 && text.size) {
		at = text.data;
		if (!num_take(&at, text.data + text.size, 10, UINT32_MAX, &uid))
			uid = OVERFLOW_UID;
	}
	buf_deinit(&text);
	return (uint32_t)uid;
}

int accounts_resolve(const struct root *root, struct lsp_snapshot *snapshot)
{
	struct accounts accounts = {.snapshot = snapshot};
	uint32_t *overflow;
	int r = snapshot_list_uids(snapshot, &accounts.uids);

	accounts.left = accounts.uids.count;
	/* There it stands for any uid that has no number here, so it is nobody's. */
	overflow = intmap_find(&accounts.uids, read_overflow_uid(root));
	if (overflow && !maps_all(root)) {
		*overflow = NAMED;
		accounts.left--;
	}
	if (r >= 0 && accounts.left && !widen(&accounts))
		r = -ENOMEM;
	if (r >= 0 && accounts.left)
		r = read_passwd(&accounts, root);
	if (r >= 0 && accounts.left && root->is_machine)
		r = ask_nss(&accounts);
	if (r >= 0 && accounts.left && accounts.error)
		r = tell_error(&accounts);
	intmap_deinit(&accounts.uids);
	buf_deinit(&accounts.scratch);
	return r;
}
