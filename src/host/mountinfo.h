/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of /proc/self/mountinfo. */
#ifndef LSPORTS_HOST_MOUNTINFO_H
#define LSPORTS_HOST_MOUNTINFO_H
#pragma once

#include <stdbool.h>

/* One mount; texts are borrowed from the line, escapes undone. */
struct mountinfo {
	const char *root;    /* directory of the file system that is mounted */
	const char *point;   /* where */
	const char *type;    /* "proc", "cgroup2" */
	const char *options; /* of the file system, separated by commas */
};

/*
 * mountinfo_parse() - the next mount of a terminated text, which is changed in place.
 * Lines of another form are passed over. Return: false at the end.
 */
bool mountinfo_parse(char **cursor, struct mountinfo *out);

/* mountinfo_find_option() - value of "name=value" in a list of options, NULL without it. */
const char *mountinfo_find_option(const char *options, const char *name);

#endif
