/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process is called, within a sentence. */
#ifndef LSPORTS_MODEL_PROCESS_H
#define LSPORTS_MODEL_PROCESS_H
#pragma once

#include "buf.h"

#include <lsports/socket.h>

/* process_append() - lsp_process_format() into a buffer: "sshd(812)", not escaped. */
void process_append(struct buf *out, const struct lsp_process *process);

#endif
