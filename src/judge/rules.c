/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All rules that a host may have; long files are read in a thread beside the caller. What is in a
 * file is not known here, nor which files there are.
 */
#include "judge/rules.h"

#include "host/service_names.h"
#include "judge/rule_end.h"
#include "judge/rule_files.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

/* With fewer, a thread and its caller would take them from each other. */
#define DESCRIPTORS_FOR_TWO 64

static int read_host(struct lsp_rules *rules, const struct root *root,
		     const struct selector_names *names)
{
	int r = rule_files_load(&rules->host.table, rules->files, rules->file_count, rules->extra,
				root, names, &rules->error);

	return r < 0 ? r : rule_index_init(&rules->host.index, &rules->host.table);
}

static void read_rules(struct lsp_rules *rules)
{
	struct root root = {.fd = -1};
	struct service_names services = {.root = &root};
	const struct selector_names names = {service_names_find, service_names_offer, &services,
					     rule_end_words};
	int r = root_init(&root, rules->root);

	if (r < 0)
		error_set_errno(&rules->error, r, rules->root ? rules->root : "/");
	else
		r = read_host(rules, &root, &names);
	service_names_deinit(&services);
	root_deinit(&root);
	rules->result = error_note(&rules->error, r);
}

static void *read_beside(void *rules)
{
	read_rules(rules);
	return NULL;
}

static bool has_descriptors_for_two(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= DESCRIPTORS_FOR_TWO;
}

struct lsp_rules *lsp_rules_new(const char *const *files, size_t count, const char *extra,
				const char *root)
{
	struct lsp_rules *rules = calloc(1, sizeof(*rules));

	if (!rules)
		return NULL;
	rules->files = files;
	rules->file_count = count;
	rules->extra = extra;
	rules->root = root;
	rules->is_read = !rule_files_are_long(files, count, extra) || !has_descriptors_for_two() ||
			 pthread_create(&rules->thread, NULL, read_beside, rules) != 0;
	if (rules->is_read)
		read_rules(rules);
	return rules;
}

static void wait_for(struct lsp_rules *rules)
{
	if (!rules->is_read)
		pthread_join(rules->thread, NULL);
	rules->is_read = true;
}

int lsp_rules_load(struct lsp_rules *rules, struct error *error)
{
	wait_for(rules);
	error_reset(error);
	if (rules->result < 0)
		error_append(error, &rules->error);
	return rules->result;
}

bool lsp_rules_exist(const struct lsp_rules *rules)
{
	return rules->host.table.files.count > 0;
}

void lsp_rules_free(struct lsp_rules *rules)
{
	if (!rules)
		return;
	wait_for(rules);
	rule_set_deinit(&rules->host);
	usual_deinit(&rules->usual);
	error_deinit(&rules->error);
	free(rules);
}

/* --- which of them count -------------------------------------------------------------------- */

int rules_choose(struct lsp_rules *rules, const struct lsp_snapshot *snapshot,
		 const struct rule_set **set)
{
	bool has_host = lsp_rules_exist(rules);

	*set = has_host ? &rules->host : &rules->usual.set;
	return has_host ? 0 : usual_load(&rules->usual, snapshot);
}

static bool needs_users(const struct rule_set *set, const struct rule *rule)
{
	return selector_pool_lookups(&set->table.pool, &rule->selector) & LSP_LOOKUP_USERS;
}

static bool socket_needs_users(const struct rule_set *set, const struct lsp_snapshot *snapshot,
			       size_t index)
{
	const struct socket_table *sockets = &snapshot->sockets;
	struct rule_index_walk walk;
	struct lsp_socket socket;
	const struct rule *rule;

	rule_index_begin(&walk, &set->index, socket_table_attrs(sockets, index)->proto,
			 socket_table_at(sockets, index)->local_port);
	while ((rule = rule_index_next(&walk)) && !needs_users(set, rule))
		;
	if (!rule)
		return false;
	lsp_snapshot_socket(snapshot, index, &socket);
	return lsp_socket_is_listener(&socket);
}

int lsp_rules_need_users(struct lsp_rules *rules, const struct lsp_snapshot *snapshot)
{
	const struct rule_set *set;
	int r = rules_choose(rules, snapshot, &set);
	bool has_any = false;

	/* Mostly it is all of them or none. */
	for (size_t i = 0; r == 0 && !has_any && i < rule_table_count(&set->table); i++)
		has_any = needs_users(set, rule_table_at(&set->table, i));
	for (size_t i = 0; r == 0 && has_any && i < lsp_snapshot_count(snapshot); i++)
		r = socket_needs_users(set, snapshot, i);
	return r;
}
