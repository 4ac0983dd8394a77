/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which component of a cgroup path is a unit of systemd. Pure text. Components are names that their
 * makers chose, so a component that breaks systemd's rules names nothing.
 */
#include "host/unit.h"

#include "array.h"
#include "host/container.h"
#include "host/manager.h"

#include <string.h>

/* What a component is to systemd. */
enum kind { KIND_OTHER, KIND_SLICE, KIND_UNIT };

static enum kind kind_of(struct span *component)
{
	/* Of the types of units only these have a cgroup. */
	static const char *const suffixes[] = {".service", ".socket", ".scope", ".mount", ".swap"};
	struct span name;

	/* systemd puts "_" before names that the kernel could mistake for files (cg_escape()). */
	if (component->size > 1 && component->text[0] == '_') {
		component->text++;
		component->size--;
	}
	if (component->size >= UNIT_NAME_SIZE ||
	    !span_consists_of(*component, SPAN_ALPHANUMERIC ":-_.\\@"))
		return KIND_OTHER;
	name = *component;
	if (span_strip_suffix(&name, ".slice"))
		return KIND_SLICE;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		name = *component;
		/* "@" begins an instance, and there is none without a template. */
		if (span_strip_suffix(&name, suffixes[i]))
			return name.text[0] == '@' ? KIND_OTHER : KIND_UNIT;
	}
	return KIND_OTHER;
}

/* Outer names as they are read from the outside in. */
struct names {
	struct span slice, unit;    /* of the system */
	char outer[UNIT_NAME_SIZE]; /* what has units of its own: a user's manager, a container */
	struct span inner;          /* its first unit */
};

/*
 * Whoever a part of the tree was given to may make any cgroups there. A user's manager and a
 * container have units of their own, which are theirs and not the system's; all else below a unit
 * says nothing.
 */
static bool add_component(struct names *names, struct span parent, struct span component)
{
	struct span name = component, user;
	enum kind kind = kind_of(&name);
	bool is_container = container_begins(parent, component, names->outer);

	if (kind == KIND_SLICE)
		names->slice = name;
	if (kind == KIND_UNIT)
		names->unit = name;
	if (kind == KIND_UNIT && (is_container || manager_find(component, &user)))
		span_copy(name, names->outer, sizeof(names->outer));
	return kind == KIND_UNIT || is_container;
}

/* Return: length of the text, 0 for none. */
static size_t format(const struct names *names, char out[UNIT_SIZE])
{
	size_t size = 0;

	/* A slice holds processes of its own only where nothing else could be found. */
	if (!names->inner.size)
		return span_copy(names->unit.size ? names->unit : names->slice, out, UNIT_SIZE);
	size = strlen(names->outer);
	memcpy(out, names->outer, size);
	out[size++] = '/';
	return size + span_copy(names->inner, out + size, UNIT_SIZE - size);
}

size_t unit_parse(const char *path, size_t given, char out[UNIT_SIZE])
{
	const char *start = path;
	struct span parent = {"", 0}, component;
	struct names names = {.slice = {"", 0}};
	bool is_outside = true;

	for (; span_next(&path, "/", &component); parent = component) {
		struct span name = component;

		if (!is_outside && kind_of(&name) == KIND_UNIT) {
			names.inner = name;
			break;
		}
		if (!is_outside)
			continue;
		if ((size_t)(component.text - start) >= given)
			break;
		is_outside = !add_component(&names, parent, component);
		if (!is_outside && !names.outer[0])
			break;
	}
	return format(&names, out);
}
