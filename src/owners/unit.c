/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a cgroup path says: systemd unit and container. Pure text. Components are names that
 * their makers chose, so one that breaks the rules of its kind names nothing.
 */
#include "owners/cgroup.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ID_SIZE 64 /* container ids in hexadecimal */
#define SHORT_ID_SIZE 12

/* A piece of a path, not terminated. */
struct piece {
	const char *text;
	size_t size;
};

/* What one component says about containers. */
struct container {
	struct piece name;
	bool is_escaped; /* systemd's \xNN */
};

static bool next_component(const char **cursor, struct piece *out)
{
	const char *at = *cursor + strspn(*cursor, "/");

	out->text = at;
	out->size = strcspn(at, "/");
	*cursor = at + out->size;
	return out->size > 0;
}

static bool is_equal(struct piece piece, const char *text)
{
	return strlen(text) == piece.size && memcmp(piece.text, text, piece.size) == 0;
}

static bool take_prefix(struct piece *piece, const char *prefix)
{
	size_t size = strlen(prefix);

	if (piece->size <= size || memcmp(piece->text, prefix, size) != 0)
		return false;
	piece->text += size;
	piece->size -= size;
	return true;
}

static bool take_suffix(struct piece *piece, const char *suffix)
{
	size_t size = strlen(suffix);

	if (piece->size <= size || memcmp(piece->text + piece->size - size, suffix, size) != 0)
		return false;
	piece->size -= size;
	return true;
}

static size_t copy(struct piece piece, char out[CGROUP_NAME_SIZE])
{
	if (piece.size >= CGROUP_NAME_SIZE)
		return 0;
	memcpy(out, piece.text, piece.size);
	out[piece.size] = '\0';
	return piece.size;
}

static bool is_all_of(struct piece piece, const char *letters)
{
	for (size_t i = 0; i < piece.size; i++) {
		if (!piece.text[i] || !strchr(letters, piece.text[i]))
			return false;
	}
	return piece.size > 0;
}

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* --- containers ------------------------------------------------------------------------------ */

static bool is_id(struct piece piece)
{
	return piece.size == ID_SIZE && is_all_of(piece, "0123456789abcdef");
}

/* <engine>-<id>.scope, and the same without ".scope" below engines that drive cgroups themselves */
static bool find_engine_id(struct piece component, struct piece *id)
{
	/* "libpod-conmon-" and "crio-conmon-" are the monitors on the host: no id stands there. */
	static const char *const engines[] = {
		"docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-", "containerd-",
	};

	take_suffix(&component, ".scope");
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		*id = component;
		if (take_prefix(id, engines[i]) && is_id(*id))
			return true;
	}
	/* /docker/<id>, /kubepods/burstable/pod<uid>/<id>, and <slice>:cri-containerd:<id> */
	*id = component;
	if (component.size > ID_SIZE && component.text[component.size - ID_SIZE - 1] == ':') {
		id->text += component.size - ID_SIZE;
		id->size = ID_SIZE;
	}
	return is_id(*id);
}

static bool find_machine(struct piece component, struct piece *name)
{
	*name = component;
	if (take_prefix(name, "systemd-nspawn@"))
		return take_suffix(name, ".service");
	/* libvirt's virtual machines register in the same way, and are no containers. */
	return take_prefix(name, "machine-") && take_suffix(name, ".scope") &&
	       !take_prefix(name, "qemu\\x2d");
}

/* Whether @component is where a container begins. @parent: the component before it. */
static bool find_container(struct piece parent, struct piece component, struct container *out)
{
	*out = (struct container){.name = component};
	if (find_engine_id(component, &out->name)) {
		out->name.size = SHORT_ID_SIZE;
		return true;
	}
	if (find_machine(component, &out->name)) {
		out->is_escaped = true;
		return true;
	}
	out->name = component;
	/* LXC up to 3, and from 4 on; "lxc.monitor.<name>" is a process of the host. */
	return is_equal(parent, "lxc") || is_equal(parent, "lxc.payload") ||
	       take_prefix(&out->name, "lxc.payload.");
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* \xNN in place (systemd.unit(5)); an escape that is cut short stays as it is. */
static void unescape(char *text)
{
	char *out = text;

	while (*text) {
		int high = -1, low = -1;

		if (text[0] == '\\' && text[1] == 'x') {
			high = hex_digit(text[2]);
			low = high < 0 ? -1 : hex_digit(text[3]);
		}
		if (low >= 0 && high + low > 0) {
			*out++ = (char)(high << 4 | low);
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

size_t cgroup_parse_container(const char *path, char out[CGROUP_NAME_SIZE])
{
	struct piece parent = {"", 0}, component;
	size_t size = 0;

	/* The innermost: a container may run containers. */
	for (; next_component(&path, &component); parent = component) {
		struct container container;
		char name[CGROUP_NAME_SIZE];

		if (!find_container(parent, component, &container) || !copy(container.name, name))
			continue;
		if (container.is_escaped)
			unescape(name);
		if (!is_all_of((struct piece){name, strlen(name)}, ALPHANUMERIC "._-"))
			continue;
		size = strlen(name);
		memcpy(out, name, size + 1);
	}
	return size;
}

/* --- units ----------------------------------------------------------------------------------- */

/* What a component is to systemd. */
enum kind { KIND_OTHER, KIND_SLICE, KIND_UNIT };

static enum kind kind_of(struct piece *component)
{
	/* Of the types of units only these have a cgroup. */
	static const char *const suffixes[] = {".service", ".socket", ".scope", ".mount", ".swap"};
	struct piece name;

	/* systemd puts "_" before names that the kernel could mistake for files (cg_escape()). */
	if (component->size > 1 && component->text[0] == '_') {
		component->text++;
		component->size--;
	}
	if (component->size >= CGROUP_NAME_SIZE || !is_all_of(*component, ALPHANUMERIC ":-_.\\@"))
		return KIND_OTHER;
	name = *component;
	if (take_suffix(&name, ".slice"))
		return KIND_SLICE;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		name = *component;
		/* "@" begins an instance, and there is none without a template. */
		if (take_suffix(&name, suffixes[i]))
			return name.text[0] == '@' ? KIND_OTHER : KIND_UNIT;
	}
	return KIND_OTHER;
}

static bool is_manager(struct piece unit)
{
	return take_prefix(&unit, "user@") && take_suffix(&unit, ".service");
}

size_t cgroup_parse_unit(const char *path, char out[CGROUP_NAME_SIZE])
{
	struct piece parent = {"", 0}, component, unit = {"", 0}, slice = {"", 0};
	bool is_open = true;

	/*
	 * Whoever runs in a unit may make any cgroups below it, so a name there says nothing,
	 * unless the unit is one that has units of its own: a user's manager or a container.
	 */
	for (; next_component(&path, &component); parent = component) {
		struct container container;
		struct piece name = component;
		bool is_boundary = find_container(parent, component, &container);
		enum kind kind = kind_of(&name);

		if (kind == KIND_UNIT && is_open) {
			unit = name;
			is_open = is_manager(name) || is_boundary;
		} else if (kind == KIND_SLICE && !unit.size) {
			slice = name;
		}
	}
	/* A slice holds processes of its own only where nothing else could be found. */
	return copy(unit.size ? unit : slice, out);
}
