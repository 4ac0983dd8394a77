/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jansson, as strict as it can be, and paths into what it read. */
#include "json_read.h"

#include <stdlib.h>

static bool has_plain_numbers(json_t *json)
{
	const char *key;
	json_t *member;
	size_t index;

	if (json_is_number(json))
		return json_is_integer(json) && json_integer_value(json) >= 0;
	json_array_foreach(json, index, member) if (!has_plain_numbers(member)) return false;
	json_object_foreach(json, key, member) if (!has_plain_numbers(member)) return false;
	return true;
}

json_t *json_read(const char *text, size_t size)
{
	json_t *json = json_loadb(text, size,
				  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (json && !has_plain_numbers(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static const json_t *find(const json_t *json, const char *path)
{
	while (json && *path) {
		size_t size = strcspn(path, ".");
		char *key = strndup(path, size);

		json = json_is_array(json) ? json_array_get(json, strtoul(key, NULL, 10))
					   : json_object_get(json, key);
		free(key);
		path += size + (path[size] == '.');
	}
	return json;
}

bool json_describe(const json_t *json, const char *path, struct buf *out)
{
	const json_t *value = find(json, path);

	buf_reset(out);
	if (!value)
		return false;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		buf_printf(out, "{%zu}", json_object_size(value));
		break;
	case JSON_ARRAY:
		buf_printf(out, "[%zu]", json_array_size(value));
		break;
	case JSON_STRING:
		buf_append(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_append_text(out, json_is_true(value) ? "true" : "false");
		break;
	case JSON_NULL:
		buf_append_text(out, "null");
		break;
	}
	return buf_text(out);
}
