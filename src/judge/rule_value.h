/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts as values of a rule: escaped, of a bounded length, and with a pattern for what is made anew
 * at each start, as far as a word of the text's own stays.
 */
#ifndef LSPORTS_JUDGE_RULE_VALUE_H
#define LSPORTS_JUDGE_RULE_VALUE_H
#pragma once

#include "buf.h"

/* What is too long is named by its beginning and a digest. */
void rule_value_append(struct buf *out, const char *text);

/*
 * rule_value_append_unit() - "session-*.scope", "docker-*.scope",
 * "user@1000.service/app-x-*.scope": UUIDs, hexadecimal runs of 8 digits or more, and the numbers
 * in names of scopes.
 */
void rule_value_append_unit(struct buf *out, const char *unit);

/* rule_value_append_interface() - "veth*": names that the kernel, or whoever runs containers, made.
 */
void rule_value_append_interface(struct buf *out, const char *name);

/* rule_value_append_netns() - "cni-*": UUIDs and hexadecimal runs. */
void rule_value_append_netns(struct buf *out, const char *name);

/*
 * rule_value_append_path() - with a pattern for a directory that the mount of an AppImage, a
 * revision below /snap, a hash below /nix/store, or a release by its time or id made.
 */
void rule_value_append_path(struct buf *out, const char *path);

#endif
