/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where renderers write: a buffer before a descriptor. */
#ifndef LSPORTS_CLI_VIEW_SINK_H
#define LSPORTS_CLI_VIEW_SINK_H
#pragma once

#include "buf.h"

/* A buffered descriptor. The first error sticks. */
struct sink {
	int fd; /* borrowed; -1: all stays in the buffer */
	struct buf buf;
	int error; /* 0 or a negative errno */
};

void sink_init(struct sink *sink, int fd);
void sink_deinit(struct sink *sink);
void sink_flush_some(struct sink *sink); /* writes once the buffer is large */
int sink_flush(struct sink *sink);       /* writes all. Return: 0 or the sticky error */

#endif
