/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where containers begin in a cgroup path. Pure text. Components are names that their makers chose,
 * so a component that breaks the rules of its engine names nothing.
 */
#include "host/container.h"

#include "array.h"
#include "host/manager.h"

#include <stdio.h>
#include <string.h>

#define ID_SIZE 64 /* container ids in hexadecimal */
#define SHORT_ID_SIZE 12

struct found {
	struct span name;
	bool is_escaped; /* systemd's \xNN */
};

static bool is_id(struct span piece)
{
	return piece.size == ID_SIZE && span_consists_of(piece, "0123456789abcdef");
}

bool container_strip_engine(struct span *name)
{
	static const char *const engines[] = {
		"docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-", "containerd-",
	};

	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		if (span_strip_prefix(name, engines[i]))
			return true;
	}
	return false;
}

/* <engine>-<id>.scope, and the same without ".scope" below engines that drive cgroups themselves */
static bool find_engine_id(struct span component, struct span *id)
{
	span_strip_suffix(&component, ".scope");
	/* "libpod-conmon-" and "crio-conmon-" are the monitors on the host: no id stands there. */
	*id = component;
	if (container_strip_engine(id) && is_id(*id))
		return true;
	/* /docker/<id>, /kubepods/burstable/pod<uid>/<id>, and <slice>:cri-containerd:<id> */
	*id = component;
	if (component.size > ID_SIZE && component.text[component.size - ID_SIZE - 1] == ':') {
		id->text += component.size - ID_SIZE;
		id->size = ID_SIZE;
	}
	return is_id(*id);
}

static bool find_machine(struct span component, struct span *name)
{
	*name = component;
	if (span_strip_prefix(name, "systemd-nspawn@"))
		return span_strip_suffix(name, ".service");
	/* libvirt's virtual machines register in the same way, and are no containers. */
	return span_strip_prefix(name, "machine-") && span_strip_suffix(name, ".scope") &&
	       !span_strip_prefix(name, "qemu\\x2d");
}

/* Whether @component is where a container begins. @parent: the component before it. */
static bool find_container(struct span parent, struct span component, struct found *out)
{
	*out = (struct found){.name = component};
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
	return span_equals(parent, "lxc") || span_equals(parent, "lxc.payload") ||
	       span_strip_prefix(&out->name, "lxc.payload.");
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

/* Return: the length of its name in @out, 0 for a component with which no container begins. */
static size_t format(struct span parent, struct span component, char out[CONTAINER_NAME_SIZE])
{
	struct found found;

	if (!find_container(parent, component, &found) ||
	    !span_copy(found.name, out, CONTAINER_NAME_SIZE))
		return 0;
	if (found.is_escaped)
		unescape(out);
	if (!span_consists_of((struct span){out, strlen(out)}, SPAN_ALPHANUMERIC "._-"))
		return 0;
	return strlen(out);
}

bool container_begins(struct span parent, struct span component, char name[CONTAINER_NAME_SIZE])
{
	if (format(parent, component, name))
		return true;
	name[0] = '\0';
	return false;
}

size_t container_parse(const char *path, size_t given, char out[CONTAINER_SIZE])
{
	const char *start = path;
	struct span parent = {"", 0}, component, user;
	char outer[CONTAINER_NAME_SIZE] = "", name[CONTAINER_NAME_SIZE], inner[CONTAINER_NAME_SIZE];
	bool is_user = false, has_inner = false;

	for (; span_next(&path, "/", &component); parent = component) {
		bool begins = container_begins(parent, component, name);

		if (!outer[0] && (size_t)(component.text - start) >= given)
			break;
		if (outer[0] && begins) {
			/* The innermost: a container may run containers. */
			memcpy(inner, name, sizeof(inner));
			has_inner = true;
		} else if (begins) {
			memcpy(outer, name, sizeof(outer));
		} else if (!outer[0] && manager_find(component, &user)) {
			is_user = span_copy(user, outer, sizeof(outer)) > 0;
		}
	}
	if (!outer[0] || (is_user && !has_inner))
		return 0;
	if (!has_inner)
		return (size_t)snprintf(out, CONTAINER_SIZE, "%s", outer);
	return (size_t)snprintf(out, CONTAINER_SIZE, "%s/%s", outer, inner);
}
