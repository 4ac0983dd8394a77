/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installs one of the filters that filter_calls.c made when the program was built. */
#include "filter.h"

#include "array.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>

#if LSP_HAS_SECCOMP
#include "filters.inc"

_Static_assert(ARRAY_SIZE(filters) == FILTER_RIGHTS, "a filter for each set of rights");

bool filter_is_built(void)
{
	return true;
}

int filter_install(unsigned rights)
{
	/* The kernel copies it, and writes nothing. */
	struct sock_fprog program = {
		.len = filters[rights].count,
		.filter = (struct sock_filter *)(uintptr_t)filters[rights].steps,
	};

	/* seccomp(2) may be what another filter refuses; prctl(2) does the same. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
		return 0;
	/* A kernel without CONFIG_SECCOMP_FILTER */
	return errno == EINVAL ? -EOPNOTSUPP : -errno;
}
#else
bool filter_is_built(void)
{
	return false;
}

int filter_install(unsigned rights)
{
	(void)rights;
	return -EOPNOTSUPP;
}
#endif

bool filter_is_installed(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER;
}
