/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each key of the selector language means: its words, and what it asks of a socket or of an
 * owner. How values are written is not known here, nor how terms are combined.
 */
#include "judge/key.h"

#include <stdio.h>
#include <string.h>

/* --- words by number ------------------------------------------------------------------- */

static const char *proto_word(unsigned number)
{
	return number < LSP_PROTO_COUNT ? lsp_proto_word((enum lsp_proto)number) : NULL;
}

static const char *family_word(unsigned number)
{
	return number < LSP_FAMILY_COUNT ? lsp_family_word((enum lsp_family)number) : NULL;
}

static const char *scope_word(unsigned number)
{
	return number < LSP_SCOPE_COUNT ? lsp_scope_word((enum lsp_scope)number) : NULL;
}

static const char *category_word(unsigned number)
{
	return number < LSP_CATEGORY_COUNT ? lsp_category_word((enum lsp_category)number) : NULL;
}

/* States from 1 on are 0 and up here; behind them stands UDP's own word for CLOSE. */
#define UNCONNECTED (LSP_STATE_COUNT - 1)

static const char *state_word(unsigned number)
{
	struct lsp_socket socket = {.state = (enum lsp_state)(number + 1)};

	if (number > UNCONNECTED)
		return NULL;
	if (number == UNCONNECTED)
		socket = (struct lsp_socket){.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE};
	return lsp_state_word(&socket);
}

static const char *answer_word(unsigned number)
{
	static const char *const words[] = {"no", "yes"};

	return number < 2 ? words[number] : NULL;
}

static const char *owner_gap_word(unsigned number)
{
	if (number == LSP_OWNER_GAP_NONE)
		return "none";
	return number < LSP_OWNER_GAP_COUNT ? lsp_owner_gap_word((enum lsp_owner_gap)number) : NULL;
}

static const char *finding_word(unsigned number)
{
	return number < LSP_FINDING_COUNT ? lsp_finding_word((enum lsp_finding_id)number) : NULL;
}

/* --- words of a socket ------------------------------------------------------------------ */

static enum lsp_known proto_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = LSP_BIT(subject->socket.proto);
	return LSP_KNOWN_YES;
}

static enum lsp_known family_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = LSP_BIT(subject->socket.family);
	return LSP_KNOWN_YES;
}

static enum lsp_known scope_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = LSP_BIT(lsp_scope_of(subject->socket.family, subject->socket.local.address));
	return LSP_KNOWN_YES;
}

static enum lsp_known category_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = LSP_BIT(lsp_category_of(subject->socket.local.port));
	return LSP_KNOWN_YES;
}

static enum lsp_known state_words(const struct key_subject *subject, unsigned *bits)
{
	const struct lsp_socket *socket = &subject->socket;

	if (socket->state == LSP_STATE_UNKNOWN)
		return LSP_KNOWN_NOT;
	*bits = LSP_BIT(socket->state - 1);
	if (socket->proto == LSP_PROTO_UDP && socket->state == LSP_STATE_CLOSE)
		*bits = LSP_BIT(UNCONNECTED);
	return LSP_KNOWN_YES;
}

/* Of an IPv4 socket it is no. */
static enum lsp_known v6only_words(const struct key_subject *subject, unsigned *bits)
{
	const struct lsp_socket *socket = &subject->socket;

	if (socket->family == LSP_FAMILY_IPV6 && socket->v6only == LSP_KNOWN_NOT)
		return LSP_KNOWN_NOT;
	*bits = LSP_BIT(socket->v6only == LSP_KNOWN_YES);
	return LSP_KNOWN_YES;
}

static enum lsp_known auto_words(const struct key_subject *subject, unsigned *bits)
{
	if (subject->socket.is_auto == LSP_KNOWN_NOT)
		return LSP_KNOWN_NOT;
	*bits = LSP_BIT(subject->socket.is_auto == LSP_KNOWN_YES);
	return LSP_KNOWN_YES;
}

static enum lsp_known owner_gap_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = LSP_BIT(subject->owner_gap);
	return LSP_KNOWN_YES;
}

static enum lsp_known finding_words(const struct key_subject *subject, unsigned *bits)
{
	*bits = subject->findings;
	return LSP_KNOWN_YES;
}

/* --- numbers ----------------------------------------------------------------------------- */

static enum lsp_known pid_number(const struct key_subject *subject, const struct lsp_owner *owner,
				 uint64_t *number)
{
	(void)subject;
	*number = owner->process->pid;
	return LSP_KNOWN_YES;
}

static enum lsp_known uid_number(const struct key_subject *subject, const struct lsp_owner *owner,
				 uint64_t *number)
{
	(void)owner;
	*number = subject->socket.uid;
	return subject->socket.has_uid ? LSP_KNOWN_YES : LSP_KNOWN_NOT;
}

static enum lsp_known inode_number(const struct key_subject *subject, const struct lsp_owner *owner,
				   uint64_t *number)
{
	(void)owner;
	*number = subject->socket.inode;
	return subject->socket.inode ? LSP_KNOWN_YES : LSP_KNOWN_NO;
}

/* --- texts ------------------------------------------------------------------------------- */

/* NULL is "none" where the fact is known. */
static enum lsp_known known_text(bool is_known, const char *found, const char **text)
{
	*text = found;
	if (!is_known)
		return LSP_KNOWN_NOT;
	return found ? LSP_KNOWN_YES : LSP_KNOWN_NO;
}

static enum lsp_known interface_text(struct key_subject *subject, const struct lsp_owner *owner,
				     const char **text)
{
	(void)owner;
	return known_text(subject->socket.has_interface, subject->socket.interface, text);
}

static enum lsp_known process_text(struct key_subject *subject, const struct lsp_owner *owner,
				   const char **text)
{
	(void)subject;
	return known_text(owner->process->comm != NULL, owner->process->comm, text);
}

/* A link that may have been forged proves nothing to a rule: there it names no program. */
static enum lsp_known exe_text(struct key_subject *subject, const struct lsp_owner *owner,
			       const char **text)
{
	const struct lsp_process *process = owner->process;

	if (subject->is_rule && process->exe_doubt != LSP_EXE_DOUBT_NONE) {
		*text = NULL;
		return LSP_KNOWN_NO;
	}
	return known_text(process->exe != NULL, process->exe, text);
}

static enum lsp_known user_text(struct key_subject *subject, const struct lsp_owner *owner,
				const char **text)
{
	const struct lsp_socket *socket = &subject->socket;

	(void)owner;
	if (!socket->has_uid)
		return LSP_KNOWN_NOT;
	*text = lsp_user_name(subject->snapshot, socket->uid);
	if (!*text) {
		snprintf(subject->digits, sizeof(subject->digits), "%u", socket->uid);
		*text = subject->digits;
	}
	return LSP_KNOWN_YES;
}

/* Without its path a cgroup names no unit, and that is not known to be none. */
static enum lsp_known unit_text(struct key_subject *subject, const struct lsp_owner *owner,
				const char **text)
{
	(void)owner;
	return known_text(subject->socket.cgroup != NULL, subject->socket.unit, text);
}

static enum lsp_known container_text(struct key_subject *subject, const struct lsp_owner *owner,
				     const char **text)
{
	(void)owner;
	return known_text(subject->socket.cgroup != NULL, subject->socket.container, text);
}

/* "self", or its name below /run/netns, or its inode number. */
static enum lsp_known netns_text(struct key_subject *subject, const struct lsp_owner *owner,
				 const char **text)
{
	uint32_t netns = subject->socket.netns;

	(void)owner;
	if (!netns)
		return LSP_KNOWN_NOT;
	*text = lsp_netns_is_own(subject->snapshot, netns)
			? "self"
			: lsp_netns_name(subject->snapshot, netns);
	if (!*text) {
		snprintf(subject->digits, sizeof(subject->digits), "%u", netns);
		*text = subject->digits;
	}
	return LSP_KNOWN_YES;
}

/* --- the table ----------------------------------------------------------------------------- */

#define OWNERS LSP_FACT_OWNERS

/* clang-format off */
const struct key keys[KEY_COUNT] = {
	[KEY_PORT] = { { "port", "22 | 80,443 | 8000-8999 | 49152- | ssh | tcp/22 | auto", "local port; the key may be left away" },
		KEY_KIND_PORTS, 0, .word = NULL },
	[KEY_PROTO] = { { "proto", "tcp | udp", "protocol" },
		KEY_KIND_WORDS, 0, .word = proto_word, .words = proto_words },
	[KEY_FAMILY] = { { "family", "ipv4 | ipv6", "address family of the socket" },
		KEY_KIND_WORDS, 0, .word = family_word, .words = family_words },
	[KEY_ADDRESS] = { { "address", "10.0.0.0/8 | ::1 | *", "local address, alone or as a prefix; * takes IPv4 and IPv6" },
		KEY_KIND_PREFIXES, 0, .word = NULL },
	[KEY_V6ONLY] = { { "v6only", "yes | no", "IPv6 socket that takes no IPv4" },
		KEY_KIND_WORDS, 0, .word = answer_word, .words = v6only_words },
	[KEY_SCOPE] = { { "scope", "loopback | link | private | public | any", "from where the local address can be reached" },
		KEY_KIND_WORDS, 0, .word = scope_word, .words = scope_words },
	[KEY_CATEGORY] = { { "category", "well-known | registered | dynamic", "category of the port number" },
		KEY_KIND_WORDS, 0, .word = category_word, .words = category_words },
	[KEY_INTERFACE] = { { "interface", "eth0 | veth*", "device that the socket is bound to; - is none" },
		KEY_KIND_GLOBS, 0, .has_none = true, .text = interface_text },
	[KEY_STATE] = { { "state", "listen | established | unconnected | ...", "state of the socket" },
		KEY_KIND_WORDS, 0, .word = state_word, .words = state_words },
	[KEY_AUTO] = { { "auto", "yes | no", "the kernel chose the port" },
		KEY_KIND_WORDS, LSP_FACT_AUTO, .word = answer_word, .words = auto_words },
	[KEY_PID] = { { "pid", "812 | 800-899", "process id of an owner" },
		KEY_KIND_NUMBERS, OWNERS, .is_of_owner = true, .number = pid_number },
	[KEY_PROCESS] = { { "process", "sshd | php*", "name of an owner" },
		KEY_KIND_GLOBS, OWNERS, .is_of_owner = true, .text = process_text },
	[KEY_EXE] = { { "exe", "/usr/sbin/sshd | /opt/*/bin/*", "program file of an owner; * stops at a slash" },
		KEY_KIND_PATHS, (unsigned)OWNERS | LSP_FACT_EXE, .is_of_owner = true, .text = exe_text },
	[KEY_USER] = { { "user", "root | www-data | 1000", "user of the socket, by name, or by number where it has none" },
		KEY_KIND_TEXTS, LSP_FACT_USERS, .text = user_text },
	[KEY_UID] = { { "uid", "0 | 1000-", "user id of the socket" },
		KEY_KIND_NUMBERS, 0, .number = uid_number },
	[KEY_UNIT] = { { "unit", "ssh.service | user@*", "systemd unit where the socket was made; - is none" },
		KEY_KIND_GLOBS, LSP_FACT_CGROUP, .has_none = true, .text = unit_text },
	[KEY_CONTAINER] = { { "container", "4f1c* | web", "container where the socket was made; - is none" },
		KEY_KIND_GLOBS, LSP_FACT_CGROUP, .has_none = true, .text = container_text },
	[KEY_NETNS] = { { "netns", "self | NAME | INODE", "network namespace: our own, a name of ip-netns(8), an inode number" },
		KEY_KIND_GLOBS, 0, .text = netns_text },
	[KEY_INODE] = { { "inode", "31337", "inode number of the socket" },
		KEY_KIND_NUMBERS, 0, .number = inode_number },
	[KEY_OWNER_GAP] = { { "owner_gap", "none | permission | kernel | namespace | unknown | unasked", "why no owner is known; none where there are owners" },
		KEY_KIND_WORDS, OWNERS, .word = owner_gap_word, .words = owner_gap_words },
	[KEY_FINDING] = { { "finding", "unexpected | odd-exe | ...", "what is said about the listener: see --list findings" },
		KEY_KIND_WORDS, LSP_FACT_FINDINGS, .word = finding_word, .words = finding_words },
};
/* clang-format on */

const struct lsp_key *lsp_key_at(size_t index)
{
	return index < KEY_COUNT ? &keys[index].shown : NULL;
}

const char *lsp_key_word(size_t index, unsigned number)
{
	return index < KEY_COUNT && keys[index].word ? keys[index].word(number) : NULL;
}

enum key_id key_find(const char *word, size_t size)
{
	unsigned id = 0;

	if (!size)
		return KEY_COUNT;
	while (id < KEY_COUNT &&
	       (keys[id].shown.word[0] != *word || strncmp(keys[id].shown.word, word, size) != 0 ||
		keys[id].shown.word[size]))
		id++;
	return (enum key_id)id;
}

void key_subject_init(struct key_subject *subject, const struct lsp_snapshot *snapshot,
		      size_t index)
{
	*subject = (struct key_subject){.snapshot = snapshot};
	lsp_snapshot_socket(snapshot, index, &subject->socket);
	subject->owners = lsp_snapshot_owners(snapshot, &subject->socket, &subject->owner_count);
	/* Nothing is missing where there is one. */
	if (!subject->owner_count)
		subject->owner_gap = lsp_snapshot_owner_gap(snapshot, &subject->socket);
}
