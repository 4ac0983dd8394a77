/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capabilities, by the system calls themselves. What a capability is needed for is for the callers
 * to know.
 */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORDS _LINUX_CAPABILITY_U32S_3

struct sets {
	uint64_t effective, permitted, inheritable;
};

bool privileges_are_lent(void)
{
	return getauxval(AT_SECURE) != 0;
}

static int get(struct sets *sets)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[WORDS] = {{0}};

	*sets = (struct sets){0};
	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

static int set(const struct sets *sets)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[WORDS];

	for (unsigned i = 0; i < WORDS; i++) {
		data[i].effective = (uint32_t)(sets->effective >> 32 * i);
		data[i].permitted = (uint32_t)(sets->permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(sets->inheritable >> 32 * i);
	}
	if (syscall(SYS_capset, &header, data) >= 0)
		return 0;
	/*
	 * A filter of system calls refuses it, as units of systemd may: the run goes on with what
	 * was left to it. Whoever starts a program with lent rights cannot set a filter for it:
	 * that takes no_new_privs, with which nothing is lent (kernel/seccomp.c, Linux 3.5).
	 */
	return errno == EPERM && !privileges_are_lent() ? 0 : -errno;
}

/* The user of a set-user-ID file would decide which files may be read, and the trust in them. */
static int become_caller(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	struct sets sets;
	int r;

	if (geteuid() == uid && getegid() == gid)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return -errno;
	r = get(&sets);
	sets.effective = sets.permitted;
	return r < 0 ? r : set(&sets);
}

int privileges_begin(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return become_caller();
}

int privileges_limit(uint64_t kept)
{
	struct sets sets;
	int r = get(&sets);

	if (r < 0 || !(sets.permitted & ~kept || sets.inheritable))
		return r;
	sets.effective &= kept;
	sets.permitted &= kept;
	sets.inheritable = 0;
	return set(&sets);
}

int privileges_held(uint64_t *held)
{
	struct sets sets;
	int r = get(&sets);

	*held = r < 0 ? 0 : sets.permitted;
	return r;
}

int privileges_lower(uint64_t lower, uint64_t *lowered)
{
	struct sets sets;
	int r = get(&sets);

	*lowered = r < 0 ? 0 : sets.effective & lower;
	if (!*lowered)
		return r;
	sets.effective &= ~lower;
	r = set(&sets);
	if (r < 0)
		*lowered = 0;
	return r;
}

void privileges_raise(uint64_t lowered)
{
	int saved = errno;
	struct sets sets;

	if (lowered && get(&sets) == 0) {
		sets.effective |= lowered;
		set(&sets);
	}
	errno = saved;
}
