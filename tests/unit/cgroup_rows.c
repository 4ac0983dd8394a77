/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a table of cgroup paths through host/unit and host/container; the rows belong to the tests.
 */
#include "cgroup_rows.h"

#include "host/container.h"
#include "host/unit.h"

#include <string.h>

static void check(const struct cgroup_row *row, size_t given)
{
	char unit[UNIT_SIZE] = "", container[CONTAINER_SIZE] = "";
	size_t unit_size = unit_parse(row->path, given, unit);
	size_t container_size = container_parse(row->path, given, container);

	if (!unit_size)
		unit[0] = '\0';
	if (!container_size)
		container[0] = '\0';
	expect(strcmp(unit, row->unit) == 0, "unit of \"%s\" is \"%s\"", row->path, unit);
	expect(unit_size == strlen(unit), "unit of \"%s\" has size %zu", row->path, unit_size);
	expect(strcmp(container, row->container) == 0, "container of \"%s\" is \"%s\"", row->path,
	       container);
	expect(container_size == strlen(container), "container of \"%s\" has size %zu", row->path,
	       container_size);
}

void cgroup_rows_check(const struct cgroup_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i], strlen(rows[i].path));
}

void cgroup_rows_check_given(const struct cgroup_given_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i].row, strlen(rows[i].given));
}
