/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a name stays the same when its service is started again. One rule for all makers of
 * names: a UUID or a long hexadecimal run is an id. Numbers are ids only where they are known to
 * be: "postgresql@15-main.service" and "user@1000.service" are others than those of another number.
 */
#include "judge/rule_value.h"

#include "array.h"
#include "host/container.h"
#include "model/identity.h"
#include "span.h"

#include <string.h>

#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"
#define HEX_MIN 8 /* digits of a run that is an id */
#define UUID_SIZE 36

/* Bytes that mean nothing in a rule but themselves; every other one is written as \xNN. */
static bool is_plain(char c)
{
	return c && strchr(SPAN_ALPHANUMERIC "._/@:+-~=%", c);
}

static void append_bytes(struct buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (is_plain(text[i])) {
			buf_append_char(out, text[i]);
		} else {
			buf_append_text(out, "\\x");
			buf_append_hex(out, text + i, 1);
		}
	}
}

static void append_span(struct buf *out, struct span span)
{
	append_bytes(out, span.text, span.size);
}

/* A whole value: a name that is "-" must not say that there is none. */
static void append_value(struct buf *out, struct span value)
{
	if (span_equals(value, "-"))
		buf_append_text(out, "\\x2d");
	else
		append_span(out, value);
}

static bool is_long(const char *text)
{
	return strlen(text) > IDENTITY_LONG;
}

void rule_value_append(struct buf *out, const char *text)
{
	char digits[IDENTITY_DIGITS + 1];

	if (!is_long(text)) {
		append_value(out, (struct span){text, strlen(text)});
		return;
	}
	identity_format(text, strlen(text), digits);
	append_bytes(out, text, IDENTITY_KEPT);
	buf_append_text(out, IDENTITY_MARK);
	buf_append_text(out, digits);
}

/* --- ids in a name ---------------------------------------------------------------------------- */

static bool is_alphanumeric(char c)
{
	return c && strchr(SPAN_ALPHANUMERIC, c);
}

/* Letters and digits from @at on. */
static size_t token_size(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && is_alphanumeric(*at))
		at++;
	return (size_t)(at - from);
}

/* 8-4-4-4-12 hexadecimal digits; kubelet writes "_" between them. */
static bool is_uuid(const char *at, const char *end)
{
	if (end - at < UUID_SIZE || (end - at > UUID_SIZE && is_alphanumeric(at[UUID_SIZE])))
		return false;
	for (size_t i = 0; i < UUID_SIZE; i++) {
		bool is_separator = i == 8 || i == 13 || i == 18 || i == 23;

		if (!strchr(is_separator ? "-_" : HEX_DIGITS, at[i]))
			return false;
	}
	return true;
}

/* "pod" and a UUID: kubelet's */
static bool is_pod(const char *at, const char *end)
{
	static const char pod[] = "pod";

	return end - at > UUID_SIZE && strncmp(at, pod, strlen(pod)) == 0 &&
	       is_uuid(at + strlen(pod), end);
}

/* The size of the id that the token at @at, or what begins with it, is; 0 for none. */
static size_t id_size(const char *at, const char *end, bool has_numbers)
{
	struct span token = {at, token_size(at, end)};

	if (is_uuid(at, end))
		return UUID_SIZE;
	/* A word may happen to have no other letters. */
	if (token.size >= HEX_MIN && span_consists_of(token, HEX_DIGITS) &&
	    strcspn(token.text, DIGITS) < token.size)
		return token.size;
	return has_numbers && span_consists_of(token, DIGITS) ? token.size : 0;
}

/* What stands between two tokens; systemd writes "-" within a name as "\x2d". */
static size_t separator_size(const char *at, const char *end)
{
	if (end - at >= 4 && at[0] == '\\' && at[1] == 'x')
		return 4;
	return at < end ? 1 : 0;
}

/*
 * The name with a "*" for each id, @type behind it; as it is where nothing but ids would be left of
 * it, which another name would match too.
 */
static void append_name(struct buf *out, struct span name, const char *type, bool has_numbers)
{
	const char *at = name.text, *end = name.text + name.size;
	size_t start = out->size;
	bool has_word = false;

	while (at < end) {
		size_t word = is_pod(at, end) ? strlen("pod") : 0;
		size_t id = id_size(at + word, end, has_numbers), size = token_size(at, end);

		has_word |= word || (!id && size);
		append_bytes(out, at, id ? word : size);
		buf_append_text(out, id ? "*" : "");
		at += id ? word + id : size;
		size = separator_size(at, end);
		append_bytes(out, at, size);
		at += size;
	}
	if (!has_word && !out->error) {
		out->size = start;
		append_value(out, name);
	}
	buf_append_text(out, type);
}

/* --- units ------------------------------------------------------------------------------------ */

/* Without the type of the unit, which is put into @type; "" for none. */
static struct span strip_type(struct span unit, const char **type)
{
	static const char *const types[] = {".scope", ".service", ".socket", ".mount", ".slice"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		*type = types[i];
		if (span_strip_suffix(&unit, types[i]))
			return unit;
	}
	*type = "";
	return unit;
}

/* Names of which only the beginning stays: of logind, systemd-run and engines of containers. */
static bool append_known_start(struct buf *out, struct span name, const char *type)
{
	static const struct {
		const char *start, *type;
	} known[] = {{"session-", ".scope"}, {"run-", ".scope"}, {"run-", ".service"}};
	struct span id = name;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct span rest = name;

		if (strcmp(type, known[i].type) != 0 || !span_strip_prefix(&rest, known[i].start))
			continue;
		buf_printf(out, "%s*%s", known[i].start, type);
		return true;
	}
	if (strcmp(type, ".scope") != 0 || !container_strip_engine(&id) ||
	    !span_consists_of(id, SPAN_ALPHANUMERIC))
		return false;
	append_bytes(out, name.text, (size_t)(id.text - name.text));
	buf_printf(out, "*%s", type);
	return true;
}

/* "machine-qemu\x2d37\x2dweb.scope": libvirt counts starts; other numbers are of the name. */
static bool append_virtual_machine(struct buf *out, struct span name, const char *type)
{
	static const char *const starts[] = {"machine-qemu\\x2d", "machine-lxc\\x2d"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct span rest = name;
		size_t number;

		if (!span_strip_prefix(&rest, starts[i]))
			continue;
		number = strspn(rest.text, DIGITS);
		if (!number || number >= rest.size || rest.text[number] != '\\')
			return false;
		append_bytes(out, starts[i], strlen(starts[i]));
		buf_append_char(out, '*');
		append_bytes(out, rest.text + number, rest.size - number);
		buf_append_text(out, type);
		return true;
	}
	return false;
}

static void append_unit_name(struct buf *out, const char *unit, size_t size)
{
	const char *type;
	struct span whole = {unit, size}, name = strip_type(whole, &type), rest = name;
	bool is_machine = span_strip_prefix(&rest, "machine-");
	/* Names on a bus are given anew too. */
	bool has_numbers =
		(strcmp(type, ".scope") == 0 && !is_machine) || span_strip_prefix(&rest, "dbus-:");

	if (!*type)
		append_value(out, whole);
	else if (!append_known_start(out, name, type) && !append_virtual_machine(out, name, type))
		append_name(out, name, type, has_numbers);
}

void rule_value_append_unit(struct buf *out, const char *unit)
{
	const char *slash;

	/* Nobody's manager makes names like that anew: it is taken as it is. */
	if (is_long(unit)) {
		rule_value_append(out, unit);
		return;
	}
	/* Of "user@1000.service/run-u7.scope" either name may be made anew. */
	for (; (slash = strchr(unit, '/')); unit = slash + 1) {
		append_unit_name(out, unit, (size_t)(slash - unit));
		buf_append_char(out, '/');
	}
	append_unit_name(out, unit, strlen(unit));
}

/* --- devices and namespaces ------------------------------------------------------------------- */

void rule_value_append_interface(struct buf *out, const char *name)
{
	/* @digits: of which the rest of a name that was made consists. */
	static const struct {
		const char *start, *digits;
		size_t min;
	} made[] = {
		{"veth", DIGITS, 1},
		{"veth", HEX_DIGITS, 6},
		{"vnet", DIGITS, 1},
		{"tap", DIGITS, 1},
		{"tap", HEX_DIGITS "-", HEX_MIN},
		{"br-", HEX_DIGITS, HEX_MIN},
		{"cali", HEX_DIGITS, HEX_MIN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		struct span rest = {name, strlen(name)};

		if (!span_strip_prefix(&rest, made[i].start) || rest.size < made[i].min ||
		    !span_consists_of(rest, made[i].digits))
			continue;
		buf_printf(out, "%s*", made[i].start);
		return;
	}
	rule_value_append(out, name);
}

void rule_value_append_netns(struct buf *out, const char *name)
{
	if (is_long(name))
		rule_value_append(out, name);
	else
		append_name(out, (struct span){name, strlen(name)}, "", false);
}

/* --- paths ------------------------------------------------------------------------------------ */

/* ".mount_" with a part of the name and six letters at random: the file system of an AppImage. */
static bool append_mount(struct buf *out, struct span directory)
{
	static const size_t random = 6;
	struct span rest = directory;

	if (!span_strip_prefix(&rest, ".mount_") || rest.size <= random)
		return false;
	append_bytes(out, directory.text, directory.size - random);
	buf_append_text(out, "??????");
	return true;
}

/* "HASH-name-1.2": 32 digits of a base that Nix has for itself. */
static bool append_store_path(struct buf *out, struct span directory)
{
	static const size_t hash = 32;

	if (directory.size <= hash + 1 || directory.text[hash] != '-' ||
	    !span_consists_of((struct span){directory.text, hash}, SPAN_ALPHANUMERIC))
		return false;
	buf_append_char(out, '*');
	append_bytes(out, directory.text + hash, directory.size - hash);
	return true;
}

/* Is the directory a release by its time, or an id? */
static bool is_id_directory(struct span directory)
{
	const char *end = directory.text + directory.size;

	if (directory.size >= HEX_MIN && span_consists_of(directory, DIGITS))
		return true;
	return directory.size && id_size(directory.text, end, false) == directory.size;
}

/* @at: of the directory in @path, which begins with a slash. */
static void append_directory(struct buf *out, const char *path, struct span directory)
{
	static const char store[] = "/nix/store/", snap[] = "/snap/";
	const char *before = directory.text;
	size_t depth = 0;
	bool is_revision;

	for (const char *at = path; at < before; at++)
		depth += *at == '/';
	/* "/snap/NAME/REVISION/..." */
	is_revision = strncmp(path, snap, strlen(snap)) == 0 && depth == 3 &&
		      strspn(directory.text, "x" DIGITS) >= directory.size;
	if (is_revision || is_id_directory(directory)) {
		buf_append_char(out, '*');
		return;
	}
	if (append_mount(out, directory))
		return;
	if (strncmp(path, store, strlen(store)) == 0 && depth == 3 &&
	    append_store_path(out, directory))
		return;
	append_span(out, directory);
}

void rule_value_append_path(struct buf *out, const char *path)
{
	const char *at = path, *slash;

	if (is_long(path)) {
		rule_value_append(out, path);
		return;
	}
	/* The name of the program itself stays as it is. */
	for (; (slash = strchr(at, '/')); at = slash + 1) {
		struct span directory = {at, (size_t)(slash - at)};

		if (directory.size)
			append_directory(out, path, directory);
		buf_append_char(out, '/');
	}
	append_bytes(out, at, strlen(at));
}
