/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognizes the managers to which systemd delegates a part of the cgroup tree. Pure text. */
#include "host/manager.h"

bool manager_find(struct span component, struct span *user)
{
	*user = component;
	return span_strip_prefix(user, "user@") && span_strip_suffix(user, ".service") &&
	       span_consists_of(*user, SPAN_ALPHANUMERIC ":-_.\\@");
}
