/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --learn promises, checked on thousands of random machines: a learned machine has no
 * differences, one changed fact is a difference, and a damaged rule file hides nothing. A model
 * that knows no selectors predicts the result from the table of listeners. A failure prints the
 * seed of its machine.
 */
#include "support.h"

#include "machine.h"
#include "protocols.h"
#include "ruling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MACHINES 600u
#define LISTENERS_MAX 20

/* --- listeners at random -----------------------------------------------------------------------
 */

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t below)
{
	dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(dice->state >> 33) % below;
}

static const struct {
	uint32_t uid;
	const char *name;
} accounts[] = {
	{0, "root"},  {33, "www-data"}, {1000, "al ice,*"},
	{1002, NULL}, {1003, "1000"},   {1004, "\xff#"},
};

static const char *const interfaces[] = {NULL, "eth0", "eth1", "*", "a,b"};

/* Each row names one unit, before and after a restart. */
static const char *const units[][2] = {
	{NULL, NULL},
	{"ssh.service", "ssh.service"},
	{"sshd.service", "sshd.service"},
	{"session-3.scope", "session-77.scope"},
	{"docker-4f1c.scope", "docker-9a9a.scope"},
	{"run-u12.service", "run-u13.service"},
	{"*.service", "*.service"},
	{"a\\x2db\n.service", "a\\x2db\n.service"},
};

static const char *const programs[] = {
	"/usr/sbin/sshd", "/usr/bin/python3", "/opt/a b", "/opt/\xff*", "/*", "/tmp/x\n", NULL,
};

static const uint8_t addresses[][16] = {
	{0},
	{127, 0, 0, 1},
	{10, 0, 0, 1},
	{169, 254, 1, 1},
	{8, 8, 8, 8},
	{0xfe, 0x80, [15] = 1},
	{0xfd, [15] = 1},
	{[15] = 1},
	{0x20, 0x01, [15] = 1},
};

static void make_owner(struct dice *dice, struct lsp_process *process)
{
	*process = (struct lsp_process){.pid = 1 + roll(dice, 100000),
					.comm = programs[roll(dice, 4)],
					.exe = programs[roll(dice, ROWS(programs))]};
	if (roll(dice, 20) == 0)
		process->exe_unverified = LSP_EXE_UNVERIFIED_FILE;
}

static void make_row(struct dice *dice, struct machine_row *row, uint32_t inode)
{
	size_t account = roll(dice, ROWS(accounts));
	bool is_udp = roll(dice, 3) == 0;

	*row = (struct machine_row){
		.socket = {MACHINE_TCP(
				   (uint16_t)(roll(dice, 2) ? roll(dice, 12) : roll(dice, 65536))),
			   .local.family = (enum lsp_family)roll(dice, 2),
			   .local.zone = interfaces[roll(dice, ROWS(interfaces))],
			   .uid = accounts[account].uid, .cgroup = roll(dice, 8) ? "/x" : NULL,
			   .inode = inode},
		.user = accounts[account].name,
	};
	if (is_udp) {
		row->socket.proto = LSP_PROTO_UDP;
		row->socket.state = LSP_STATE_CLOSE;
	}
	if (roll(dice, 4) == 0)
		row->socket.netns = roll(dice, 2) ? MACHINE_WEB : MACHINE_WEB + 1;
	if (roll(dice, 5) == 0)
		row->socket.is_auto = LSP_YES;
	if (row->socket.cgroup)
		row->socket.unit = units[roll(dice, ROWS(units))][0];
	memcpy(row->socket.local.address, addresses[roll(dice, ROWS(addresses))], 16);
	if (row->socket.local.family == LSP_FAMILY_IPV4)
		memset(row->socket.local.address + 4, 0, 12);
	for (uint32_t i = roll(dice, MACHINE_OWNERS_MAX + 1); i; i--)
		make_owner(dice, &row->owners[i - 1]);
}

struct listeners {
	struct machine_row rows[LISTENERS_MAX];
	size_t count;
};

static void make_machine(struct dice *dice, struct listeners *machine)
{
	machine->count = roll(dice, LISTENERS_MAX - 1);
	for (size_t i = 0; i < machine->count; i++)
		make_row(dice, &machine->rows[i], 1000 + (uint32_t)i);
}

/* --- the model: does what was learned of @a hold @b? --------------------------------------------
 */

static size_t unit_of(const char *name)
{
	for (size_t i = 1; name && i < ROWS(units); i++) {
		if (strcmp(units[i][0], name) == 0 || strcmp(units[i][1], name) == 0)
			return i;
	}
	return name ? ROWS(units) : 0;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool has_programs(const struct machine_row *row)
{
	for (size_t i = 0; i < MACHINE_OWNERS_MAX && row->owners[i].pid; i++) {
		if (!row->owners[i].exe || row->owners[i].exe_unverified != LSP_EXE_VERIFIED)
			return false;
	}
	return row->owners[0].pid != 0;
}

static bool has_program(const struct machine_row *row, const char *exe)
{
	for (size_t i = 0; i < MACHINE_OWNERS_MAX && row->owners[i].pid; i++) {
		if (strcmp(row->owners[i].exe, exe) == 0)
			return true;
	}
	return false;
}

static enum lsp_tristate covers_programs(const struct machine_row *a, const struct machine_row *b)
{
	enum lsp_tristate r = LSP_YES;

	/* A rule of a listener without a process is for none that has one. */
	if (!a->owners[0].pid)
		return b->owners[0].pid ? LSP_NO : LSP_YES;
	if (!has_programs(a))
		return LSP_YES;
	if (!b->owners[0].pid)
		return LSP_NO;
	for (size_t i = 0; i < MACHINE_OWNERS_MAX && b->owners[i].pid; i++) {
		const struct lsp_process *process = &b->owners[i];

		if (process->exe_unverified != LSP_EXE_VERIFIED ||
		    (process->exe && !has_program(a, process->exe)))
			return LSP_NO;
		if (!process->exe)
			r = LSP_UNKNOWN;
	}
	return r;
}

/* One without a name is any but our own. */
static bool is_same_netns(uint32_t a, uint32_t b)
{
	return a == MACHINE_WEB + 1 ? b != MACHINE_OWN : a == b;
}

static enum lsp_tristate covers(const struct machine_row *a, const struct machine_row *b)
{
	const struct lsp_socket *x = &a->socket, *y = &b->socket;
	bool is_same_port =
		x->is_auto == LSP_YES ? y->is_auto == LSP_YES : x->local.port == y->local.port;
	enum lsp_tristate r = covers_programs(a, b);

	if (!is_same_port || x->proto != y->proto || !is_same_netns(x->netns, y->netns) ||
	    x->uid != y->uid || lsp_endpoint_scope(&x->local) != lsp_endpoint_scope(&y->local) ||
	    (x->local.zone && !is_same_text(x->local.zone, y->local.zone)))
		return LSP_NO;
	if (!x->cgroup)
		return r;
	if (!y->cgroup)
		return r == LSP_NO ? r : LSP_UNKNOWN;
	return unit_of(x->unit) == unit_of(y->unit) ? r : LSP_NO;
}

static enum lsp_verdict foresee(const struct listeners *learned, const struct machine_row *row)
{
	enum lsp_verdict verdict = LSP_VERDICT_UNEXPECTED;

	for (size_t i = 0; i < learned->count; i++) {
		enum lsp_tristate r = covers(&learned->rows[i], row);

		if (r == LSP_YES)
			return LSP_VERDICT_EXPECTED;
		if (r == LSP_UNKNOWN)
			verdict = LSP_VERDICT_UNJUDGED;
	}
	return verdict;
}

/* --- learning and judging
 * -------------------------------------------------------------------------- */

/* The row of a socket; inodes are unique. */
static const struct machine_row *row_of(const struct listeners *machine,
					const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	for (size_t i = 0; i < machine->count; i++) {
		if (machine->rows[i].socket.inode == socket.inode)
			return &machine->rows[i];
	}
	fail_msg("a socket of no row");
	return NULL;
}

/* One line per row, in their order. */
static void learn(const struct listeners *machine, const char *ending, struct buf *text)
{
	struct lsp_snapshot *snapshot = machine_of(machine->rows, machine->count);

	for (size_t i = 0; i < machine->count; i++) {
		for (size_t index = 0; index < machine->count; index++) {
			char *line;

			if (row_of(machine, snapshot, index) != &machine->rows[i])
				continue;
			line = lsp_rule_format(snapshot, index);
			assert_non_null(line);
			buf_printf(text, "%s%s\n", line, ending);
			free(line);
		}
	}
	lsp_snapshot_free(snapshot);
}

static struct lsp_snapshot *judge(const struct listeners *machine, struct lsp_rules *rules)
{
	struct lsp_snapshot *snapshot = machine_of(machine->rows, machine->count);
	struct lsp_query query = machine_query;

	query.all_netns = true;
	assert_int_equal(builder_set_query(snapshot, &query), 0);
	assert_int_equal(lsp_judge(snapshot, rules, LSP_JUDGE_ALL), 0);
	return snapshot;
}

static const struct lsp_finding *find_news(const struct lsp_judgement *judgement)
{
	for (size_t i = 0; i < judgement->finding_count; i++) {
		if (judgement->findings[i].id == LSP_FINDING_UNEXPECTED ||
		    judgement->findings[i].id == LSP_FINDING_CHANGED)
			return &judgement->findings[i];
	}
	return NULL;
}

static size_t line_of(const char *place)
{
	const char *colon = place ? strrchr(place, ':') : NULL;

	assert_non_null(colon);
	return (size_t)strtoul(colon + 1, NULL, 10);
}

/*
 * Every verdict is as predicted, with a finding for each difference, and every rule without a
 * listener is missing. @nearest: a bit for each rule that a listener is said to have changed from.
 * Return: how many listeners are not expected.
 */
static size_t expect_verdicts(unsigned seed, const struct listeners *learned,
			      const struct listeners *now, const struct lsp_snapshot *snapshot,
			      uint32_t *nearest)
{
	size_t news = 0;

	*nearest = 0;
	for (size_t i = 0; i < now->count; i++) {
		const struct machine_row *row = row_of(now, snapshot, i);
		enum lsp_verdict verdict = foresee(learned, row);
		const struct lsp_finding *finding;
		struct lsp_judgement judgement;

		lsp_snapshot_judgement(snapshot, i, &judgement);
		expect(judgement.verdict == verdict, "seed %u, port %u: %s, and not %s", seed,
		       row->socket.local.port, lsp_words_verdict(judgement.verdict),
		       lsp_words_verdict(verdict));
		finding = find_news(&judgement);
		expect(!finding == (verdict != LSP_VERDICT_UNEXPECTED), "seed %u: news", seed);
		if (finding && finding->id == LSP_FINDING_CHANGED)
			*nearest |= 1u << (line_of(judgement.rule) - 1);
		news += verdict != LSP_VERDICT_EXPECTED;
	}
	return news;
}

static size_t expect_missing(unsigned seed, const struct listeners *learned,
			     const struct listeners *now, const struct lsp_snapshot *snapshot,
			     uint32_t nearest)
{
	size_t count, next = 0;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &count);

	for (size_t i = 0; i < learned->count; i++) {
		bool is_held = nearest >> i & 1;

		for (size_t n = 0; n < now->count; n++)
			is_held |= covers(&learned->rows[i], &now->rows[n]) != LSP_NO;
		if (is_held)
			continue;
		expect(next < count && line_of(missing[next].rule) == i + 1,
		       "seed %u: rule %zu is not missed", seed, i + 1);
		next++;
	}
	expect(next == count, "seed %u: %zu missing, and not %zu", seed, count, next);
	return count;
}

/* Return: how many differences. @reason: of the last listener with one; owned by the caller. */
static size_t compare(unsigned seed, const struct listeners *learned, const struct listeners *now,
		      char **reason)
{
	struct buf text = BUF_INIT;
	struct lsp_rules *rules;
	struct lsp_snapshot *snapshot;
	struct lsp_judgement judgement;
	uint32_t nearest;
	size_t differences;

	learn(learned, " required", &text);
	rules = ruling_rules(buf_text(&text), NULL);
	snapshot = judge(now, rules);
	differences = expect_verdicts(seed, learned, now, snapshot, &nearest);
	differences += expect_missing(seed, learned, now, snapshot, nearest);
	for (size_t i = 0; reason && i < now->count; i++) {
		const struct lsp_finding *finding;

		lsp_snapshot_judgement(snapshot, i, &judgement);
		finding = find_news(&judgement);
		if (finding) {
			free(*reason);
			*reason = strdup(finding->reason);
		}
	}
	lsp_snapshot_free(snapshot);
	lsp_rules_free(rules);
	buf_deinit(&text);
	return differences;
}

/* Listeners and rules that differ even without a change, because their program is unknown. */
static size_t count_unsure(const struct listeners *machine)
{
	size_t count = 0;

	for (size_t i = 0; i < machine->count; i++)
		count += foresee(machine, &machine->rows[i]) != LSP_VERDICT_EXPECTED;
	return count;
}

/* --- nothing changed
 * ------------------------------------------------------------------------------ */

static void a_learned_machine_is_no_news(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners machine;

		make_machine(&dice, &machine);
		expect(count_unsure(&machine) == 0, "seed %u: a rule without its own", seed);
		expect(compare(seed, &machine, &machine, NULL) == 0, "seed %u: news", seed);
	}
}

/* What a restart changes: ids, generated names, and order. */
static void restart(struct dice *dice, struct listeners *machine)
{
	for (size_t i = machine->count; i > 1; i--) {
		size_t other = roll(dice, (uint32_t)i);
		struct machine_row row = machine->rows[i - 1];

		machine->rows[i - 1] = machine->rows[other];
		machine->rows[other] = row;
	}
	for (size_t i = 0; i < machine->count; i++) {
		struct machine_row *row = &machine->rows[i];

		row->socket.inode = 90000 - (uint32_t)i;
		row->socket.has_cookie = true;
		row->socket.cookie = (uint64_t)roll(dice, 1u << 30) << 20 | i;
		row->socket.has_backlog = row->socket.proto == LSP_PROTO_TCP;
		row->socket.recv_queue = roll(dice, 5);
		row->socket.backlog = roll(dice, 200);
		row->socket.send_queue = roll(dice, 5);
		if (row->socket.unit)
			row->socket.unit = units[unit_of(row->socket.unit)][1];
		row->socket.has_cgroup = row->socket.cgroup != NULL;
		row->socket.cgroup_id = 777000 + i;
		if (row->socket.is_auto == LSP_YES)
			row->socket.local.port = (uint16_t)(32768 + roll(dice, 20000));
		for (size_t n = 0; n < MACHINE_OWNERS_MAX && row->owners[n].pid; n++) {
			row->fds[n] = 3 + (int32_t)roll(dice, 1000);
			row->owners[n].pid = 1 + roll(dice, 4000000);
			row->owners[n].comm = programs[roll(dice, ROWS(programs))];
			row->owners[n].cmdline = programs[roll(dice, ROWS(programs))];
			row->owners[n].has_started = true;
			row->owners[n].started = roll(dice, 1u << 30);
		}
	}
}

static void a_restart_is_no_news(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners learned, now;

		make_machine(&dice, &learned);
		now = learned;
		restart(&dice, &now);
		expect(compare(seed, &learned, &now, NULL) == 0, "seed %u: news", seed);
	}
}

/* --- one change
 * -------------------------------------------------------------------------------------- */

static void one_more_is_news(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners learned, now;
		bool is_covered;

		make_machine(&dice, &learned);
		now = learned;
		make_row(&dice, &now.rows[now.count], 2000);
		is_covered = foresee(&learned, &now.rows[now.count++]) == LSP_VERDICT_EXPECTED;
		restart(&dice, &now);
		expect(compare(seed, &learned, &now, NULL) == !is_covered, "seed %u", seed);
	}
}

static void one_less_is_news(void **state)
{
	size_t missed = 0;

	(void)state;
	for (unsigned seed = 1; seed <= MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners learned, now;
		size_t differences;

		make_machine(&dice, &learned);
		if (!learned.count)
			continue;
		now = learned;
		now.rows[roll(&dice, (uint32_t)now.count)] = now.rows[now.count - 1];
		now.count--;
		restart(&dice, &now);
		differences = compare(seed, &learned, &now, NULL);
		expect(differences <= 1, "seed %u: %zu differences", seed, differences);
		missed += differences;
	}
	/* Rarely another listener satisfies its rule. */
	assert_true(missed > MACHINES * 8 / 10);
}

/* Return: the key of the fact that was changed. */
static const char *alter(struct dice *dice, struct machine_row *row)
{
	struct lsp_socket *socket = &row->socket;
	const char *fact;

	switch (roll(dice, 9)) {
	case 0:
		socket->local.port ^= 1;
		return "port";
	case 1:
		socket->netns = socket->netns == MACHINE_OWN ? MACHINE_WEB : MACHINE_OWN;
		return "netns";
	case 2:
		memset(socket->local.address, 0, 16);
		socket->local.address[0] = socket->local.family == LSP_FAMILY_IPV4 ? 9 : 0x20;
		return "scope";
	case 3:
		socket->local.zone = socket->local.zone ? NULL : "eth9";
		return "interface";
	case 4:
		row->user = "mallory";
		socket->uid = 6666;
		return "user";
	case 5:
		socket->unit = "evil.service";
		return "unit";
	case 6:
		fact = row->owners[0].pid ? "exe" : "owner_gap";
		row->owners[0] = (struct lsp_process)MACHINE_OWNER(66, "sshd", "/evil");
		return fact;
	case 7:
		row->owners[0].exe_unverified = LSP_EXE_UNVERIFIED_USERNS;
		return "exe";
	default:
		socket->proto = !socket->proto;
		socket->state = socket->proto == LSP_PROTO_TCP ? LSP_STATE_LISTEN : LSP_STATE_CLOSE;
		return "proto";
	}
}

/* Does only this rule name the port? */
static bool is_alone(const struct listeners *machine, const struct machine_row *row)
{
	size_t count = 0;

	for (size_t i = 0; i < machine->count; i++)
		count += machine->rows[i].socket.local.port == row->socket.local.port;
	return count == 1 && row->socket.is_auto != LSP_YES;
}

/* A rule about our own namespace does not say so: none of another one has changed from it. */
static bool is_elsewhere(const struct machine_row *learned, const struct machine_row *now)
{
	return learned->socket.netns == MACHINE_OWN && now->socket.netns != MACHINE_OWN;
}

static void names_the_fact(unsigned seed, const char *key, const char *reason)
{
	char positive[32], negative[32];

	snprintf(positive, sizeof(positive), "with %s=", key);
	snprintf(negative, sizeof(negative), "with %s!=", key);
	/* A user whose name looks like a number is shown by uid. */
	expect(strstr(reason, positive) || strstr(reason, negative) ||
		       (strcmp(key, "user") == 0 && strstr(reason, "with uid=")),
	       "seed %u: %s is not mentioned: %s", seed, key, reason);
}

static void one_other_fact_is_news(void **state)
{
	size_t altered = 0, named = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 3 * MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners learned, now;
		struct machine_row *row;
		char *reason = NULL;
		bool is_lone, is_covered;
		const char *key;
		uint32_t at;

		make_machine(&dice, &learned);
		if (!learned.count)
			continue;
		now = learned;
		at = roll(&dice, (uint32_t)now.count);
		row = &now.rows[at];
		is_lone = is_alone(&learned, row);
		key = alter(&dice, row);
		is_covered = foresee(&learned, row) != LSP_VERDICT_UNEXPECTED;
		compare(seed, &learned, &now, &reason);
		expect(is_covered == !reason, "seed %u: %s: %s", seed, key,
		       reason ? reason : "no news");
		if (reason && is_lone && strcmp(key, "port") != 0 && strcmp(key, "proto") != 0 &&
		    !is_elsewhere(&learned.rows[at], row)) {
			names_the_fact(seed, key, reason);
			named++;
		}
		altered += reason != NULL;
		free(reason);
	}
	assert_true(altered > MACHINES * 2 && named > MACHINES / 2);
}

/* --- a damaged file
 * ------------------------------------------------------------------------------------ */

enum damage { DAMAGE_CUT, DAMAGE_DOUBLE, DAMAGE_SWAP, DAMAGE_DROP, DAMAGE_FLIP, DAMAGE_COUNT };

/* The start of line @at and its size with the end. */
static size_t find_line(const struct buf *text, size_t at, const char **line)
{
	const char *start = text->data, *end = text->data + text->size, *newline;

	for (; at; at--)
		start = (const char *)memchr(start, '\n', (size_t)(end - start)) + 1;
	newline = memchr(start, '\n', (size_t)(end - start));
	*line = start;
	return (size_t)(newline - start) + 1;
}

/* Return: the number of the line that changed, from 1, or 0. */
static size_t damage(struct dice *dice, const struct buf *text, size_t count, struct buf *out)
{
	size_t first = roll(dice, (uint32_t)count), second = roll(dice, (uint32_t)count), at,
	       line = 1;
	enum damage kind = (enum damage)roll(dice, DAMAGE_COUNT);
	unsigned flip;

	if (kind == DAMAGE_CUT) {
		buf_append(out, text->data, roll(dice, (uint32_t)text->size));
		return 0;
	}
	if (kind == DAMAGE_FLIP) {
		at = roll(dice, (uint32_t)text->size);
		buf_append(out, text->data, text->size);
		flip = roll(dice, 2) ? 1u << roll(dice, 8) : 1 + roll(dice, 255);
		out->data[at] = (char)((unsigned char)out->data[at] ^ flip);
		for (size_t i = 0; i < at; i++)
			line += text->data[i] == '\n';
		return line;
	}
	for (size_t i = 0; i < count; i++) {
		size_t from = kind == DAMAGE_SWAP && i == first    ? second
			      : kind == DAMAGE_SWAP && i == second ? first
								   : i;
		const char *bytes;
		size_t size = find_line(text, from, &bytes);

		if (kind == DAMAGE_DROP && i == first)
			continue;
		buf_append(out, bytes, size);
		if (kind == DAMAGE_DOUBLE && i == first)
			buf_append(out, bytes, size);
	}
	return 0;
}

/* Return: 1 if the altered line itself now hides a listener. */
static size_t expect_no_quieter(unsigned seed, const struct listeners *learned,
				const struct listeners *now, struct lsp_rules *rules,
				size_t altered)
{
	struct lsp_snapshot *snapshot = judge(now, rules);
	size_t hidden = 0;

	for (size_t i = 0; i < now->count; i++) {
		const struct machine_row *row = row_of(now, snapshot, i);
		struct lsp_judgement judgement;
		size_t line;

		lsp_snapshot_judgement(snapshot, i, &judgement);
		if (judgement.verdict != LSP_VERDICT_EXPECTED ||
		    foresee(learned, row) == LSP_VERDICT_EXPECTED)
			continue;
		line = line_of(judgement.rule);
		/* A byte that became a newline makes two lines. */
		expect(altered && (line == altered || line == altered + 1),
		       "seed %u: port %u is hidden by line %zu", seed, row->socket.local.port,
		       line);
		hidden = 1;
	}
	lsp_snapshot_free(snapshot);
	return hidden;
}

static void a_damaged_file_hides_nothing(void **state)
{
	size_t refused = 0, taken = 0, hidden = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 4 * MACHINES; seed++) {
		struct dice dice = {seed};
		struct listeners learned, now;
		struct buf text = BUF_INIT, damaged = BUF_INIT, errors = BUF_INIT;
		struct lsp_rules rules = {0};
		size_t altered;

		make_machine(&dice, &learned);
		if (!learned.count)
			continue;
		/* Nearly all of another machine differs; part of this one differs in one fact. */
		make_machine(&dice, &now);
		for (size_t i = 0; i < now.count; i++) {
			if (i < learned.count && roll(&dice, 2)) {
				now.rows[i] = learned.rows[i];
				alter(&dice, &now.rows[i]);
			}
		}
		learn(&learned, "", &text);
		altered = damage(&dice, &text, learned.count, &damaged);
		if (ruling_parse(&rules.host.table, "f", damaged.data, damaged.size, &errors) < 0) {
			expect(errors.size, "seed %u: refused without a word", seed);
			refused++;
		} else {
			assert_int_equal(rule_index_init(&rules.host.index, &rules.host.table), 0);
			hidden += expect_no_quieter(seed, &learned, &now, &rules, altered);
			taken++;
		}
		rule_index_deinit(&rules.host.index);
		rule_table_deinit(&rules.host.table);
		buf_deinit(&text);
		buf_deinit(&damaged);
		buf_deinit(&errors);
	}
	print_message("%zu damaged files refused, %zu taken, %zu of these with a line that now "
		      "says more\n",
		      refused, taken, hidden);
	assert_true(refused > MACHINES / 2 && taken > MACHINES / 2);
	assert_true(hidden < taken / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_learned_machine_is_no_news),
		cmocka_unit_test(a_restart_is_no_news),
		cmocka_unit_test(one_more_is_news),
		cmocka_unit_test(one_less_is_news),
		cmocka_unit_test(one_other_fact_is_news),
		cmocka_unit_test(a_damaged_file_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
