/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owner source that asks the kernel by BPF; only where lsports was built with it. */
#ifndef LSPORTS_OWNERS_BPF_H
#define LSPORTS_OWNERS_BPF_H
#pragma once

#include "owners/owner_source.h"

extern const struct owner_source bpf_source;

#endif
