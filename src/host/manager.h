/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The systemd manager of a user, as a component of a cgroup path. */
#ifndef LSPORTS_HOST_MANAGER_H
#define LSPORTS_HOST_MANAGER_H
#pragma once

#include "span.h"

/* manager_find() - is it "user@1000.service"? @user is what stands behind the "@" then. */
bool manager_find(struct span component, struct span *user);

#endif
