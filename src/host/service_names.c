/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of services -> ports, for selectors and rules that name a port by its service. The files
 * are read when the first name is met: most selectors and rules have numbers.
 */
#include "host/service_names.h"

#include "host/services.h"

#include <errno.h>
#include <string.h>

/* Return: the name's entry, made when it has none; NULL when memory is short. */
static struct service_name *add_name(struct service_names *names, const char *text)
{
	struct service_name *name;
	const uint32_t *index;
	const char *kept;

	if (strpool_add(&names->texts, text, &kept) < 0)
		return NULL;
	index = intmap_find(&names->by_text, (uintptr_t)kept);
	if (index)
		return (struct service_name *)names->names.data + *index;
	name = array_add(&names->names, sizeof(*name));
	if (!name)
		return NULL;
	*name = (struct service_name){.text = kept};
	if (intmap_put(&names->by_text, (uintptr_t)kept, (uint32_t)names->names.count - 1) < 0)
		return NULL;
	return name;
}

static int keep_name(const struct service *service, void *data)
{
	struct service_name *name = add_name(data, service->name);

	if (!name)
		return -ENOMEM;
	/* The first line that has the name counts. */
	for (unsigned i = 0; i < lsp_protocol_count(); i++) {
		if (service->protos & LSP_BIT(i) && !name->ports[i])
			name->ports[i] = service->port;
	}
	return 0;
}

static int load_names(struct service_names *names)
{
	const char *failed;
	int r;

	if (names->is_loaded)
		return 0;
	r = services_load(names->root, keep_name, names, &failed);
	names->is_loaded = r >= 0;
	return r;
}

int service_names_find(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTOCOLS_MAX])
{
	struct service_names *names = data;
	const struct service_name *all;
	const char *kept;
	int r = load_names(names);

	if (r < 0)
		return r;
	kept = strpool_find(&names->texts, name, size);
	if (!kept)
		return -ENOENT;
	all = names->names.data;
	memcpy(ports, all[*intmap_find(&names->by_text, (uintptr_t)kept)].ports,
	       sizeof(all->ports));
	return 0;
}

void service_names_offer(void *data, struct nearest *nearest)
{
	const struct service_names *names = data;
	const struct service_name *all = names->names.data;

	for (size_t i = 0; i < names->names.count; i++)
		nearest_try(nearest, all[i].text);
}

void service_names_deinit(struct service_names *names)
{
	strpool_deinit(&names->texts);
	array_deinit(&names->names);
	intmap_deinit(&names->by_text);
}
