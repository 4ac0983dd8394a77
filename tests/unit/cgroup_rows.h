/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of host/unit and host/container share: cgroup paths and what they name. */
#ifndef LSPORTS_TESTS_CGROUP_ROWS_H
#define LSPORTS_TESTS_CGROUP_ROWS_H
#pragma once

#include "support.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define SHORT "0123456789ab"
#define SHORT2 "fedcba987654"
#define USER "/user.slice/user-1000.slice/user@1000.service"
#define POD "12345678_9abc_def0_1234_56789abcdef0"

struct cgroup_row {
	const char *path, *unit, *container; /* "" for none */
};

/* The directory @given, with which the path begins, is the first one of another user than root. */
struct cgroup_given_row {
	const char *given;
	struct cgroup_row row;
};

void cgroup_rows_check(const struct cgroup_row *rows, size_t count);
void cgroup_rows_check_given(const struct cgroup_given_row *rows, size_t count);

#endif
