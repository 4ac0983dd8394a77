/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which capabilities a run keeps. Owns what each of them is needed for; how they are given up, base
 * knows.
 */
#include "kept.h"

#include "array.h"
#include "privileges.h"

#include <lsports/lsports.h>

#include <linux/capability.h>

#define OWNERS (PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH))
#define BPF (PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON))

/* All that any run keeps. */
static const struct {
	unsigned number;
	const char *name;
} names[] = {
	{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
	{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"},
	{CAP_BPF, "CAP_BPF"},
	{CAP_PERFMON, "CAP_PERFMON"},
	{CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
	{CAP_NET_ADMIN, "CAP_NET_ADMIN"},
	{CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE"},
	{CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
};

static int limit(uint64_t kept, struct error *error)
{
	int r = privileges_limit(kept);

	return r < 0 ? error_set_errno(error, r, "could not give up capabilities") : 0;
}

/* What is needed to the end. */
static uint64_t list_lasting(const struct options *options)
{
	uint64_t kept = OWNERS;

	/* A recorded tree is read with the rights of whoever names it. */
	if (options->sysroot && privileges_are_lent())
		return 0;
	/* Would the caller be allowed to bind? */
	if (options->explain && !privileges_are_lent())
		kept |= PRIVILEGE(CAP_NET_BIND_SERVICE);
	/* A directory of another service; its name does not come from whoever lent a right. */
	if (options->output_file && !privileges_are_lent())
		kept |= PRIVILEGE(CAP_DAC_OVERRIDE);
	return kept;
}

/* What is needed until sockets and owners have been read. */
static int list_first(const struct options *options, uint64_t *kept)
{
	uint64_t held;
	int r = privileges_held(&held);

	*kept = 0;
	if (r < 0 || options->sysroot)
		return r;
	/* Before Linux 5.8 one capability stood for both; a container may have no other. */
	if (options->owners != LSP_OWNERS_PROC && options->owners != LSP_OWNERS_NONE)
		*kept |= (held & BPF) == BPF ? BPF : PRIVILEGE(CAP_SYS_ADMIN);
	if (options->has_all_netns || options->netns.count)
		*kept |= PRIVILEGE(CAP_SYS_ADMIN);
	/* Those that nothing but a socket holds are found by asking it (SIOCGSKNS). */
	if (options->has_all_netns)
		*kept |= PRIVILEGE(CAP_NET_ADMIN);
	return 0;
}

int kept_limit(const struct options *options, struct error *error)
{
	uint64_t first;
	int r = list_first(options, &first);

	return r < 0 ? error_set_errno(error, r, "could not read our capabilities")
		     : limit(list_lasting(options) | first, error);
}

int kept_limit_again(const struct options *options, struct error *error)
{
	return limit(list_lasting(options), error);
}

void kept_format(struct buf *out)
{
	const char *before = "capabilities: kept ";
	uint64_t held;

	if (privileges_held(&held) < 0 || !held) {
		buf_append_text(out, "capabilities: none");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(held & PRIVILEGE(names[i].number)))
			continue;
		buf_printf(out, "%s%s", before, names[i].name);
		before = ", ";
	}
}
