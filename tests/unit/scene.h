/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One small machine for every test of the view: listeners and connections, both families, an owner
 * with a hostile name, and unknown facts.
 */
#ifndef LSPORTS_TESTS_SCENE_H
#define LSPORTS_TESTS_SCENE_H
#pragma once

#include "support.h"

#include "view/formats.h"

/* SCENE_NETNS is another one: three network namespaces, and addresses that need a zone. */
enum scene { SCENE_LISTENERS, SCENE_ALL, SCENE_EMPTY, SCENE_NETNS };

/* What the view is asked for; zero is the default. */
struct scene_view {
	enum scene scene;
	const char *format, *columns, *sort, *grouping;
	bool has_no_header, has_color, is_terminal;
	unsigned width;
};

/* The output stands in sink->buf, terminated. sink_deinit() is the caller's. */
void scene_render(const struct scene_view *inspection, struct sink *sink);

struct golden {
	struct scene_view inspection;
	const char *expected;
};

/* Compares the output of each row byte by byte. */
void scene_expect(const struct golden *rows, size_t count);

#endif
