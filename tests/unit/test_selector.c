/* SPDX-License-Identifier: GPL-2.0-or-later */
/* select/selector_parse, select/selector_value: the meaning of selectors, and every error. */
#include "support.h"

#include "ruling.h"
#include "select/selector_parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a selector, written down ----------------------------------------------------------------- */

#define DIGITS "0123456789abcdef0123456789abcdef"

static void append_range(struct buf *out, uint64_t first, uint64_t last)
{
	buf_append_number(out, first);
	if (last != first)
		buf_printf(out, "-%llu", (unsigned long long)last);
}

static void append_prefix(struct buf *out, const struct selector_value *value)
{
	const struct endpoint_prefix *prefix = &value->prefix.prefix;
	struct lsp_endpoint endpoint = {.family = (enum lsp_family)prefix->family};
	char address[LSP_ADDRESS_SIZE];

	if (value->prefix.is_dual) {
		buf_append_char(out, '*');
		return;
	}
	memcpy(endpoint.address, prefix->bytes, sizeof(endpoint.address));
	lsp_endpoint_format_address(&endpoint, address);
	buf_printf(out, "%s/%u", address, prefix->bits);
}

static void append_words(struct buf *out, const struct lsp_fact *fact, unsigned bits)
{
	for (unsigned i = 0; lsp_fact_word(fact, i); i++) {
		if (bits & LSP_BIT(i))
			buf_append_text(out, lsp_fact_word(fact, i));
	}
}

static void append_port(struct buf *out, const struct selector_value *value)
{
	static const char *const protos[] = {"?", "tcp/", "udp/", ""};

	buf_append_text(out, protos[value->ports.protos & 3]);
	if (value->ports.is_auto)
		buf_append_text(out, "auto");
	else
		append_range(out, value->ports.first, value->ports.last);
}

static void append_value(struct buf *out, const struct lsp_fact *fact,
			 const struct selector_value *value)
{
	switch (fact->type) {
	case LSP_FACT_PORT:
		append_port(out, value);
		break;
	case LSP_FACT_ADDRESS:
		append_prefix(out, value);
		break;
	case LSP_FACT_WORD:
	case LSP_FACT_BOOLEAN:
	case LSP_FACT_FINDINGS:
		append_words(out, fact, value->bits);
		break;
	case LSP_FACT_NUMBER:
	case LSP_FACT_ID:
	case LSP_FACT_TIME:
		append_range(out, value->numbers.first, value->numbers.last);
		break;
	case LSP_FACT_NAME:
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
	case LSP_FACT_OWNERS:
	case LSP_FACT_REASONS:
		buf_printf(out, "%s<%s>%s", value->text.is_glob ? "~" : "", value->text.plain,
			   value->text.digits ? value->text.digits : "");
		break;
	}
}

static const char *describe(const struct selector_pool *pool, const struct selector *selector,
			    struct buf *out)
{
	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_pool_term(pool, selector, i);
		const struct lsp_fact *fact = lsp_fact_at(term->fact);

		buf_printf(out, "%s%s%s", i ? " " : "", lsp_fact_key_word(fact),
			   term->is_negative ? "!=" : "=");
		for (uint32_t v = 0; v < term->value_count; v++) {
			if (v)
				buf_append_char(out, ',');
			append_value(out, fact, &selector_pool_values(pool, term)[v]);
		}
	}
	return buf_text(out);
}

/* Parses the words of a text. Return: the error of the first bad word, or 0. */
static int parse(struct selector_pool *pool, struct selector *selector, const char *text,
		 struct buf *error)
{
	const char *end = text + strlen(text), *at = text;
	int r = 0;

	while (r >= 0 && at < end) {
		size_t size = selector_parse_word_size(at, end);

		r = ruling_parse_word(pool, selector, at, size, error);
		at += size;
		at += at < end;
	}
	return r;
}

/* --- what is taken ------------------------------------------------------------------------------
 */

struct meaning {
	const char *text, *expected;
};

static void expect_meanings(const struct meaning *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct selector_pool pool = {0};
		struct selector selector = {0};
		struct buf error = BUF_INIT, out = BUF_INIT;
		int r = parse(&pool, &selector, rows[i].text, &error);

		expect(r == 0, "\"%s\": %s", rows[i].text, buf_text(&error));
		expect(strcmp(describe(&pool, &selector, &out), rows[i].expected) == 0,
		       "\"%s\" is %s", rows[i].text, out.data);
		expect(!error.size, "\"%s\" is taken, and yet: %s", rows[i].text, error.data);
		buf_deinit(&error);
		buf_deinit(&out);
		selector_pool_deinit(&pool);
	}
}

static void ports_are_numbers_ranges_and_names(void **state)
{
	static const struct meaning rows[] = {
		{"22", "port=22"},
		{":22", "port=22"},
		{"port=22", "port=22"},
		{"0", "port=0"},
		{"65535", "port=65535"},
		{"00022", "port=22"},
		{"80,443", "port=80,443"},
		{":80,443", "port=80,443"},
		{"443,80", "port=443,80"},
		{"80,80", "port=80,80"},
		{"8000-8999", "port=8000-8999"},
		{"22-22", "port=22"},
		{"0-65535", "port=0-65535"},
		{"49152-", "port=49152-65535"},
		{"65535-", "port=65535"},
		{"0-", "port=0-65535"},
		{"1-,22,30-40", "port=1-65535,22,30-40"},
		{"1,2,3,4", "port=1,2,3,4"},
		{"port!=22", "port!=22"},
		{"tcp/22", "port=tcp/22"},
		{"udp/53", "port=udp/53"},
		{":tcp/22", "port=tcp/22"},
		{"tcp/22,udp/53", "port=tcp/22,udp/53"},
		/* a protocol holds for what stands behind it */
		{"tcp/80,443", "port=tcp/80,tcp/443"},
		{"80,tcp/443,22", "port=80,tcp/443,tcp/22"},
		{"tcp/1000-", "port=tcp/1000-65535"},
		{"tcp/auto", "port=tcp/auto"},
		{"port=auto", "port=auto"},
		{":auto", "port=auto"},
		{"22,auto", "port=22,auto"},
		{"udp/auto,53", "port=udp/auto,udp/53"},
		{"ssh", "port=22"},
		{":ssh", "port=22"},
		{"port=ssh,http", "port=22,80"},
		{"tcp/ssh", "port=tcp/22"},
		{"udp/domain,tcp/ssh", "port=udp/53,tcp/22"},
		{"shell", "port=514"},
		{"syslog", "port=514"},
		{"udp/syslog", "port=udp/514"},
		/* a name with two ports: that of TCP, or of the protocol that was given */
		{"odd", "port=1"},
		{"tcp/odd", "port=tcp/1"},
		{"udp/odd", "port=udp/2"},
	};

	(void)state;
	expect_meanings(rows, ROWS(rows));
}

static void every_other_kind_of_value_is_understood(void **state)
{
	static const struct meaning rows[] = {
		{"proto=tcp", "proto=tcp"},
		{"proto=tcp,udp", "proto=tcp,udp"},
		{"proto=TCP state=LISTEN,Unconnected", "proto=tcp state=listen,unconnected"},
		{"family=ipv6", "family=ipv6"},
		{"scope=loopback,any", "scope=loopback,any"},
		{"scope=link,private,public", "scope=link,private,public"},
		{"category=well-known", "category=well-known"},
		{"category!=dynamic", "category!=dynamic"},
		{"state=listen", "state=listen"},
		{"state=unconnected,time-wait", "state=unconnected,time-wait"},
		{"state=syn-recv", "state=syn-recvsyn-recv"}, /* two states have the name */
		{"auto=yes", "auto=yes"},
		{"auto=no", "auto=no"},
		{"owner_gap=none,permission", "owner_gap=none,permission"},
		{"finding=exe?", "finding=exe?"},
		{"finding!=odd-exe", "finding!=odd-exe"},
		{"pid=812", "pid=812"},
		{"pid=800-899,1", "pid=800-899,1"},
		{"uid=0", "uid=0"},
		{"uid=1000-", "uid=1000-4294967295"},
		{"uid=4294967295", "uid=4294967295"},
		{"inode=31337", "inode=31337"},
		{"address=1.2.3.4", "address=1.2.3.4/32"},
		{"address=10.0.0.0/8", "address=10.0.0.0/8"},
		{"address=0.0.0.0/0", "address=0.0.0.0/0"},
		{"address=0.0.0.0", "address=0.0.0.0/32"},
		{"address=128.0.0.0/1", "address=128.0.0.0/1"},
		{"address=::", "address=::/128"},
		{"address=::1", "address=::1/128"},
		{"address=::/0", "address=::/0"},
		{"address=fe80::/10", "address=fe80::/10"},
		{"address=FE80::/10", "address=fe80::/10"},
		{"address=*", "address=*"},
		{"address=*,::1,10.0.0.0/8", "address=*,::1/128,10.0.0.0/8"},
		/* IPv4 in IPv6 is IPv4 */
		{"address=::ffff:1.2.3.4", "address=1.2.3.4/32"},
		{"address=::ffff:10.0.0.0/104", "address=10.0.0.0/8"},
		{"address=::ffff:0:0/96", "address=0.0.0.0/0"},
		{"user=root", "user=<root>"},
		{"user=1000", "user=<1000>"},
		{"user=*", "user=<*>"}, /* not a glob: account names are literal */
		{"interface=eth0", "interface=<eth0>"},
		{"netns=self", "netns=<self>"},
		{"container=web", "container=<web>"},
		{"process=a=b", "process=<a=b>"},
		{"exe=/a#b", "exe=</a#b>"},
		{"exe=/\xc3\xa9", "exe=</\xc3\xa9>"},
	};

	(void)state;
	expect_meanings(rows, ROWS(rows));
}

static void globs_and_escapes_differ(void **state)
{
	static const struct meaning rows[] = {
		{"unit=ssh*", "unit=~<ssh*>"},
		{"unit=?", "unit=~<?>"},
		{"unit=[a-c]", "unit=~<[a-c]>"},
		{"unit=a]", "unit=~<a]>"},
		{"unit!=*", "unit!=~<*>"},
		{"unit=\\*", "unit=<*>"},
		{"unit=\\x2a", "unit=<*>"},
		{"unit=\\x2A", "unit=<*>"},
		{"unit=a\\x2a*", "unit=~<a\\**>"},
		{"unit=\\x5c*", "unit=~<\\\\*>"},
		{"unit=\\\\", "unit=<\\>"},
		{"unit=a\\,b", "unit=<a,b>"},
		{"unit=a\\x2cb,c", "unit=<a,b>,<c>"},
		{"exe=/a\\ b", "exe=</a b>"},
		{"exe=/a\\x20b", "exe=</a b>"},
		{"exe=/\\x01\\xff", "exe=</\x01\xff>"},
		{"exe=*", "exe=~<*>"},
		{"exe=*/sshd,?usr*,[/]bin", "exe=~<*/sshd>,~<?usr*>,~<[/]bin>"},
		{"exe=\\x2fbin\\x2fa", "exe=</bin/a>"},
		{"exe=/a\\?/*", "exe=~</a\\?/*>"},
		/* a digest, and what is none */
		{"exe=/a...#" DIGITS, "exe=</a>" DIGITS},
		{"exe=/a,...#" DIGITS, "exe=</a>,<>" DIGITS},
		{"exe=/\\x2a\\xff...#" DIGITS, "exe=</*\xff>" DIGITS},
		{"unit=a...#" DIGITS ",b*", "unit=<a>" DIGITS ",~<b*>"},
		{"exe=/a...#" DIGITS "0", "exe=</a...#" DIGITS "0>"},
		{"exe=/a...#x" DIGITS, "exe=</a...#x" DIGITS ">"},
		{"exe=/a...\\x23" DIGITS, "exe=</a...#" DIGITS ">"},
		{"exe=/a\\...#" DIGITS, "exe=</a...#" DIGITS ">"},
		{"process=php*,\\[kthread\\]", "process=~<php*>,<[kthread]>"},
		{"user=a\\ b", "user=<a b>"},
		{"user=a\\x41", "user=<aA>"},
	};

	(void)state;
	expect_meanings(rows, ROWS(rows));
}

static void one_key_is_one_term(void **state)
{
	static const struct meaning rows[] = {
		{"", ""},
		{"22 80", "port=22,80"},
		{"22 port=80 :443", "port=22,80,443"},
		{"22 user=a 80 user=b 443", "port=22,80,443 user=<a>,<b>"},
		{"user=a user!=b user=c user!=d,e", "user=<a>,<c> user!=<b>,<d>,<e>"},
		{"tcp/22 80", "port=tcp/22,80"}, /* of its own word only */
		{"uid=1 pid=1 uid=2 pid=2 uid=3 pid=3 uid=4 pid=4", "uid=1,2,3,4 pid=1,2,3,4"},
	};

	(void)state;
	expect_meanings(rows, ROWS(rows));
}

/* Two selectors in one pool do not mix. */
static void selectors_share_a_pool(void **state)
{
	struct selector_pool pool = {0};
	struct selector first = {0}, second = {0};
	struct buf error = BUF_INIT, out = BUF_INIT;

	(void)state;
	assert_int_equal(parse(&pool, &first, "22 user=a 80", &error), 0);
	assert_int_equal(parse(&pool, &second, "443 user=a,b", &error), 0);
	assert_string_equal(describe(&pool, &first, &out), "port=22,80 user=<a>");
	buf_reset(&out);
	assert_string_equal(describe(&pool, &second, &out), "port=443 user=<a>,<b>");
	buf_deinit(&error);
	buf_deinit(&out);
	selector_pool_deinit(&pool);
	selector_pool_deinit(NULL);
}

/* --- long ones
 * ------------------------------------------------------------------------------------ */

/* Ten thousand words, two keys alternating: memory must not grow quadratically. */
static void many_words_of_one_key_stay_small(void **state)
{
	struct selector_pool pool = {0};
	struct selector selector = {0};
	struct buf error = BUF_INIT, text = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 10000; i++)
		buf_printf(&text, "%u uid=%u ", i, i);
	assert_int_equal(parse(&pool, &selector, buf_text(&text), &error), 0);
	assert_int_equal(selector.term_count, 2);
	for (unsigned i = 0; i < 10000; i++) {
		const struct selector_term *port = selector_pool_term(&pool, &selector, 0);
		const struct selector_term *uid = selector_pool_term(&pool, &selector, 1);

		assert_int_equal(selector_pool_values(&pool, port)[i].ports.last, i);
		assert_int_equal(selector_pool_values(&pool, uid)[i].numbers.last, i);
	}
	expect(pool.values.count < 100000, "%zu values are kept", pool.values.count);
	buf_deinit(&error);
	buf_deinit(&text);
	selector_pool_deinit(&pool);
}

static void a_word_may_be_long_but_not_endless(void **state)
{
	static const size_t sizes[] = {254, 255, 256, 257, 4096, 65531, 65532};

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		bool is_too_long = sizes[i] + 4 > UINT16_MAX;
		struct selector_pool pool = {0};
		struct selector selector = {0};
		struct buf error = BUF_INIT, text = BUF_INIT;

		buf_append_text(&text, "exe=/");
		for (size_t n = 1; n < sizes[i]; n++)
			buf_append_char(&text, 'a');
		expect(parse(&pool, &selector, buf_text(&text), &error) ==
			       (is_too_long ? -EINVAL : 0),
		       "%zu bytes", sizes[i]);
		if (is_too_long)
			assert_string_equal(buf_text(&error),
					    "column 1: longer than a selector can be");
		else
			assert_int_equal(
				strlen(selector_pool_values(&pool,
							    selector_pool_term(&pool, &selector, 0))
					       ->text.plain),
				sizes[i]);
		buf_deinit(&error);
		buf_deinit(&text);
		selector_pool_deinit(&pool);
	}
}

/* --- what is refused ----------------------------------------------------------------------------
 */

struct refusal {
	const char *text, *expected;
};

static void expect_refusals(const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct selector_pool pool = {0};
		struct selector selector = {0};
		struct buf error = BUF_INIT;
		int r = ruling_parse_word(&pool, &selector, rows[i].text, strlen(rows[i].text),
					  &error);

		expect(r == -EINVAL, "\"%s\" is taken", rows[i].text);
		expect(strcmp(buf_text(&error), rows[i].expected) == 0, "\"%s\": %s", rows[i].text,
		       error.data);
		buf_deinit(&error);
		selector_pool_deinit(&pool);
	}
}

#define NO_PORT "a port must be a number from 0 to 65535"
#define TOO_HIGH "a port is at most 65535"
#define UPSIDE_DOWN "the range ends below its start"
#define NO_SERVICE " is not a port, a service name or KEY=VALUE (for example process=NAME)"

static void a_wrong_port_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{"", "column 1: a value is missing"},
		{":", "column 2: a value is missing"},
		{"port=", "column 6: a value is missing"},
		{"port!=", "column 7: a value is missing"},
		{"::x", "column 2: \":x\"" NO_SERVICE},
		{",", "column 1: a value is missing"},
		{",22", "column 1: a value is missing"},
		{"22,", "column 4: a value is missing"},
		{"22,,23", "column 4: a value is missing"},
		{"port=22,", "column 9: a value is missing"},
		{"22,:23", "column 4: " NO_PORT},
		{"-", "column 1: " NO_PORT},
		{"-22", "column 1: " NO_PORT},
		{"22-:23", "column 4: " NO_PORT},
		{"22--23", "column 4: " NO_PORT},
		{"22-23-24", "column 6: " NO_PORT},
		{"22 ", "column 3: " NO_PORT},
		{" 22", "column 1: " NO_PORT},
		{"22\n", "column 3: " NO_PORT},
		{"22;23", "column 3: " NO_PORT},
		{"+22", "column 1: " NO_PORT},
		{"22.5", "column 3: " NO_PORT},
		{"22*", "column 3: " NO_PORT},
		{"\xff", "column 1: " NO_PORT},
		{"22\xff", "column 3: " NO_PORT},
		{"port==22", "column 6: " NO_PORT},
		{"18446744073709551616", "column 1: " NO_PORT},
		{"65536", "column 1: " TOO_HIGH},
		{"99999", "column 1: " TOO_HIGH},
		{"65536-", "column 1: " TOO_HIGH},
		{"1-65536", "column 1: " TOO_HIGH},
		{"65558", "column 1: " TOO_HIGH}, /* 22 in 16 bits */
		{"22,4294967318", "column 4: " TOO_HIGH},
		{"90-80", "column 1: " UPSIDE_DOWN},
		{"1-0", "column 1: " UPSIDE_DOWN},
		{"22,65535-65534", "column 4: " UPSIDE_DOWN},
		{"tcp/", "column 5: " NO_PORT},
		{"tcp/22,udp/", "column 12: " NO_PORT},
		{"/22", "column 1: expected tcp, udp or udplite before the slash"},
		{"icmp/22", "column 1: expected tcp, udp or udplite before the slash"},
		{"22/icmp", "column 1: expected tcp, udp or udplite before the slash"},
		{"22/", "column 1: expected tcp, udp or udplite before the slash"},
		{"22;/tcp", "column 1: expected tcp, udp or udplite before the slash"},
		{"tcp/udp/22", "column 5: \"udp/22\"" NO_SERVICE},
	};

	(void)state;
	expect_refusals(rows, ROWS(rows));
}

static void a_wrong_name_is_refused_with_the_nearest(void **state)
{
	static const struct refusal rows[] = {
		{"22x", "column 1: \"22x\"" NO_SERVICE},
		{"0x16", "column 1: \"0x16\"" NO_SERVICE},
		{"22-x", "column 1: \"22-x\"" NO_SERVICE},
		{"sssh", "column 1: \"sssh\"" NO_SERVICE " (nearest: ssh)"},
		{"22,htpt", "column 4: \"htpt\"" NO_SERVICE " (nearest: http)"},
		{"prot", "column 1: \"prot\"" NO_SERVICE " (nearest: proto)"},
		{"port=aut", "column 6: \"aut\" is not a port or a service name (nearest: auto)"},
		{"port=prot", "column 6: \"prot\" is not a port or a service name"},
		{"tcp/syslog", "column 5: \"syslog\"" NO_SERVICE " (nearest: syslog)"},
		{"port", "column 1: \"port\" wants a value: port=..."},
		{"user", "column 1: \"user\" wants a value: user=..."},
		{"auto", "column 1: \"auto\" wants a value: auto=..."},
		{"foo=1", "column 1: unknown key \"foo\""},
		{"=", "column 1: unknown key \"\""},
		{"=22", "column 1: unknown key \"\""},
		{"!=22", "column 1: unknown key \"\""},
		{"port!!=22", "column 1: unknown key \"port!\" (nearest: port)"},
		{"prot=tcp", "column 1: unknown key \"prot\" (nearest: proto)"},
		{"Port=22", "column 1: unknown key \"Port\" (nearest: port)"},
		{"users=root", "column 1: unknown key \"users\" (nearest: user)"},
		{":port=22", "column 1: unknown key \":port\" (nearest: port)"},
		{"proto=", "column 7: a value is missing"},
		{"proto=tcp,", "column 11: a value is missing"},
		{"proto=tpc", "column 7: \"tpc\" is not a value of proto: tcp, udp, udplite"},
		{"proto=tcp,ud",
		 "column 11: \"ud\" is not a value of proto: tcp, udp, udplite (nearest: udp)"},
		{"family=ipv5",
		 "column 8: \"ipv5\" is not a value of family: ipv4, ipv6 (nearest: ipv4)"},
		{"scope=lan",
		 "column 7: \"lan\" is not a value of scope: loopback, link, private, public, any"},
		{"scope=pubic",
		 "column 7: \"pubic\" is not a value of scope: loopback, link, private, public, "
		 "any (nearest: public)"},
		{"category=wellknown",
		 "column 10: \"wellknown\" is not a value of category: well-known, "
		 "registered, dynamic (nearest: well-known)"},
		{"auto=maybe", "column 6: \"maybe\" is not a value of auto: no, yes"},
		{"state=open", "column 7: \"open\" is not a value of state: established, syn-sent, "
			       "syn-recv, fin-wait-1, "
			       "fin-wait-2, time-wait, close, close-wait, last-ack, listen, "
			       "closing, bound, unconnected"},
		{"auto=ye", "column 6: \"ye\" is not a value of auto: no, yes (nearest: yes)"},
	};

	(void)state;
	expect_refusals(rows, ROWS(rows));
}

#define NO_SLASH(column)                                                                           \
	"column " column ": a program is named by its path, which begins with a slash; its name "  \
	"alone is process=NAME"

#define NO_ADDRESS "not an address (examples: 192.0.2.1, 10.0.0.0/8, ::1, fe80::/10)"

static void a_wrong_value_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{"pid=", "column 5: a value is missing"},
		{"pid=x",
		 "column 5: pid must be a number from 0 to 4294967295; for a name write process=x"},
		{"uid=0,www-data", "column 7: uid must be a number from 0 to 4294967295; for a "
				   "name write user=www-data"},
		{"uid=1-x", "column 7: uid must be a number from 0 to 4294967295"},
		{"uid=a*", "column 5: uid must be a number from 0 to 4294967295"},
		{"inode=x", "column 7: inode must be a number from 0 to 4294967295"},
		{"pid=1x", "column 6: pid must be a number from 0 to 4294967295"},
		{"pid=-1", "column 5: pid must be a number from 0 to 4294967295"},
		{"uid=4294967296", "column 5: uid is at most 4294967295"},
		{"uid=2-1", "column 5: the range ends below its start"},
		{"address=", "column 9: a value is missing"},
		{"address=1.2.3", "column 9: " NO_ADDRESS},
		{"address=01.2.3.4", "column 9: " NO_ADDRESS},
		{"address=fe80::1%eth0", "column 9: " NO_ADDRESS},
		{"address=1.2.3.4,::g", "column 17: " NO_ADDRESS},
		{"address=/8", "column 9: " NO_ADDRESS},
		{"address=11111111111111111111111111111111111111111111111",
		 "column 9: " NO_ADDRESS},
		{"address=10.0.0.0/33", "column 9: after the slash comes a number from 0 to 32"},
		{"address=10.0.0.0/", "column 9: after the slash comes a number from 0 to 32"},
		{"address=10.0.0.0/8x", "column 9: after the slash comes a number from 0 to 32"},
		{"address=::/129", "column 9: after the slash comes a number from 0 to 128"},
		{"address=10.0.0.1/8", "column 9: the address has bits set after its prefix"},
		{"address=::1/127", "column 9: the address has bits set after its prefix"},
		{"user=", "column 6: a value is missing"},
		{"user=a,", "column 8: a value is missing"},
		{"unit=...#" DIGITS, "column 6: the beginning of the text is missing"},
		{"process=a,...#" DIGITS, "column 11: the beginning of the text is missing"},
		{"exe=/a*...#" DIGITS, "column 5: a pattern has no digest"},
		{"exe=sshd", NO_SLASH("5")},
		{"exe!=sshd", NO_SLASH("6")},
		{"exe=/a,bin/b,/c", NO_SLASH("8")},
		{"exe=ss*d", NO_SLASH("5")},
		{"exe=-", NO_SLASH("5")},
		{"exe=\\*", NO_SLASH("5")},
		{"unit=\\", "column 6: a backslash needs a character after it"},
		{"unit=a\\", "column 7: a backslash needs a character after it"},
		{"unit=\\x", "column 6: \\x needs two hexadecimal digits, and not 00"},
		{"unit=\\x1", "column 6: \\x needs two hexadecimal digits, and not 00"},
		{"unit=\\x1g", "column 6: \\x needs two hexadecimal digits, and not 00"},
		{"unit=\\x00", "column 6: \\x needs two hexadecimal digits, and not 00"},
		{"unit=a\\x1,b", "column 7: \\x needs two hexadecimal digits, and not 00"},
	};

	(void)state;
	expect_refusals(rows, ROWS(rows));
}

#define TWO "column 1: address and port are two selectors: "
#define THREE "column 1: address, interface and port are three selectors: "
#define ADDRESS "column 1: an address is written "
#define NO_COMMAS "; separate selectors by blanks, not by commas"

/* As ss(8), netstat(8) and /etc/services write it, or with commas between selectors. */
static void what_was_meant_is_offered(void **state)
{
	static const struct refusal rows[] = {
		{"127.0.0.1:8123", TWO "address=127.0.0.1 8123"},
		{"10.1.2.3:http-alt", TWO "address=10.1.2.3 http-alt"},
		{"*:80", TWO "address=* 80"},
		{"[::]:22", TWO "address=:: 22"},
		{":::22", TWO "address=:: 22"},
		{"::1:22", TWO "address=::1 22"},
		{"2001:db8::1:22", ADDRESS "address=2001:db8::1:22"},
		{"[2001:db8::1]:22", TWO "address=2001:db8::1 22"},
		{"[::ffff:127.0.0.1]:8080", TWO "address=::ffff:127.0.0.1 8080"},
		{"127.0.0.53%lo:53", THREE "address=127.0.0.53 interface=lo 53"},
		{"[fe80::1%eth0]:546", THREE "address=fe80::1 interface=eth0 546"},
		{"fe80::1%eth0:546", THREE "address=fe80::1 interface=eth0 546"},
		{"fe80::1%eth0", ADDRESS "address=fe80::1 interface=eth0"},
		{"0.0.0.0:*", ADDRESS "address=0.0.0.0"},
		{"127.0.0.1", ADDRESS "address=127.0.0.1"},
		{"10.0.0.0/8", ADDRESS "address=10.0.0.0/8"},
		{"*", ADDRESS "address=*"},
		{"::22", ADDRESS "address=::22"},
		{"127.0.0.1:", "column 4: " NO_PORT},
		{"127.0.0.1:8 0", "column 4: " NO_PORT},
		{"127.0.0.1%:22", "column 4: " NO_PORT},
		{"127.0.0.1:22,127.0.0.1:80", "column 4: " NO_PORT},
		{"[]:22", "column 1: " NO_PORT},
		{"port=127.0.0.1:22", "column 9: " NO_PORT},
		{"81/tcp", "column 1: write tcp/81"},
		{"ssh/tcp", "column 1: write tcp/ssh"},
		{"port=22,81/udp", "column 9: write udp/81"},
		{"tcp/22,exe=/x", "column 1: unknown key \"tcp/22,exe\"" NO_COMMAS},
		{"22,user!=root", "column 1: unknown key \"22,user\" (nearest: user)" NO_COMMAS},
		{"22,foo=root", "column 1: unknown key \"22,foo\""},
		{"uid=0,exe=/x", "column 7: uid must be a number from 0 to 4294967295" NO_COMMAS},
		{"exe=/a,b,user=root", NO_SLASH("8") NO_COMMAS},
	};

	(void)state;
	expect_refusals(rows, ROWS(rows));
}

static void a_wrong_finding_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{"finding=odd-ex", "column 9: no finding is called \"odd-ex\" (nearest: odd-exe)"},
	};

	(void)state;
	expect_refusals(rows, ROWS(rows));
}

/* An error lists all words of the key. */
static void every_key_of_words_lists_them(void **state)
{
	(void)state;
	for (size_t id = 0; lsp_fact_key_at(id); id++) {
		const struct lsp_fact *fact = lsp_fact_key_at(id);
		struct selector_pool pool = {0};
		struct selector selector = {0};
		struct buf error = BUF_INIT, text = BUF_INIT;

		buf_printf(&text, "%s=0-0-0", lsp_fact_key_word(fact));
		if (!lsp_fact_word(fact, 0)) {
			buf_deinit(&text);
			continue;
		}
		assert_int_equal(
			ruling_parse_word(&pool, &selector, buf_text(&text), text.size, &error),
			-EINVAL);
		for (unsigned i = 0; lsp_fact_word(fact, i); i++)
			expect(strstr(buf_text(&error), lsp_fact_word(fact, i)), "%s: %s",
			       lsp_fact_word(fact, i), error.data);
		buf_deinit(&error);
		buf_deinit(&text);
		selector_pool_deinit(&pool);
	}
}

static void keys_are_listed_and_found(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct lsp_fact *fact; (fact = lsp_fact_key_at(count)); count++) {
		const char *word = lsp_fact_key_word(fact);

		assert_ptr_equal(lsp_fact_at(fact_key_index(word, strlen(word))), fact);
		assert_ptr_equal(lsp_fact_find_key(word, strlen(word)), fact);
		assert_ptr_not_equal(lsp_fact_find_key(word, strlen(word) - 1), fact);
		assert_true(*fact->help && (*fact->values || lsp_fact_word(fact, 0)));
	}
	assert_in_range(count, 21, FACTS_MAX);
	assert_int_equal(fact_key_index("", 0), FACTS_MAX);
	assert_int_equal(fact_key_index("ports", 5), FACTS_MAX);
}

static void facts_are_those_of_the_terms(void **state)
{
	static const struct {
		const char *text;
		unsigned lookups;
	} rows[] = {
		{"22", 0},
		{"tcp/22,udp/53", 0},
		{"tcp/auto", LSP_LOOKUP_AUTO},
		{"22,auto", LSP_LOOKUP_AUTO},
		{"auto=no", LSP_LOOKUP_AUTO},
		{"uid=0 scope=any proto=tcp", 0},
		{"user=root", LSP_LOOKUP_USERS},
		{"process=sshd", LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE},
		{"exe=/a pid=1", LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE},
		{"exe!=/a", LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE},
		{"unit=a", LSP_LOOKUP_CGROUP},
		{"container=a owner_gap=none", LSP_LOOKUP_CGROUP | LSP_LOOKUP_OWNERS},
		{"finding=odd-exe", LSP_LOOKUP_FINDINGS},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct selector_pool pool = {0};
		struct selector selector = {0};
		struct buf error = BUF_INIT;

		assert_int_equal(parse(&pool, &selector, rows[i].text, &error), 0);
		expect(selector_pool_lookups(&pool, &selector) == rows[i].lookups,
		       "\"%s\" needs %x", rows[i].text, selector_pool_lookups(&pool, &selector));
		buf_deinit(&error);
		selector_pool_deinit(&pool);
	}
}

/* --- a port by its number ---------------------------------------------------------------------
 */

/* Both ways to read a word, or only the general one if it is not a port. */
static void expect_port(const char *word, bool is_port)
{
	struct selector_pool taken = {0}, parsed = {0};
	const struct selector_term *term, *other;
	const struct selector_value *ports;
	struct selector a = {0}, b = {0};
	struct buf text = BUF_INIT, error = BUF_INIT;
	struct selector_word at;
	int r;

	/* a word ends with the text or before a blank */
	for (unsigned blank = 0; blank < 2; blank++) {
		buf_reset(&text);
		buf_append_text(&text, word);
		buf_append_text(&text, blank ? " 7" : "");
		at = (struct selector_word){.at = buf_text(&text), .text_at = 77};
		r = selector_parse_port(&taken, &a, &at, at.at + text.size);
		expect(r == !is_port, "\"%s\": %d", word, r);
		if (!is_port)
			continue;
		assert_int_equal(at.size, strlen(word));
		assert_int_equal(ruling_parse_word(&parsed, &b, word, at.size, &error), 0);
		expect(memcmp(a.facts, b.facts, sizeof(a.facts)) == 0 && a.term_count == 1 &&
			       b.term_count == 1,
		       "%s", word);
		term = selector_pool_term(&taken, &a, 0);
		other = selector_pool_term(&parsed, &b, 0);
		assert_int_equal(term->text_at, 77);
		assert_int_equal(term->text_size, other->text_size);
		assert_int_equal(term->value_count, 1);
		ports = selector_pool_values(&taken, term);
		expect(memcmp(&ports->ports, &selector_pool_values(&parsed, other)->ports,
			      sizeof(ports->ports)) == 0,
		       "%s", word);
		a = b = (struct selector){0};
	}
	selector_pool_deinit(&taken);
	selector_pool_deinit(&parsed);
	buf_deinit(&text);
	buf_deinit(&error);
}

static void a_port_is_read_the_same_in_both_ways(void **state)
{
	static const char *const others[] = {
		"",         "tcp",
		"tcp/",     "tcp/x",
		"tcp/22x",  "tcp/22,",
		"22,80",    "22-",
		"22-25",    "ssh",
		"auto",     "65536",
		"99999",    "99999999999999999999",
		"-1",       "+1",
		":22",      "udp//1",
		"sctp/22",  "tcp/udp/1",
		"22\r",     "22\\ ",
		"uid=0",    "port=22",
		"required", "#22",
		"TCP/22",   "0x16",
	};
	char word[32];

	(void)state;
	for (unsigned port = 0; port <= 65535; port += port < 70 || port > 65500 ? 1 : 37) {
		for (unsigned i = 0; i < 3; i++) {
			snprintf(word, sizeof(word), "%s%u",
				 i == 0   ? ""
				 : i == 1 ? "tcp/"
					  : "udp/",
				 port);
			expect_port(word, true);
		}
	}
	expect_port("tcp/00022", true);
	for (size_t i = 0; i < ROWS(others); i++)
		expect_port(others[i], false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_numbers_ranges_and_names),
		cmocka_unit_test(every_other_kind_of_value_is_understood),
		cmocka_unit_test(globs_and_escapes_differ),
		cmocka_unit_test(one_key_is_one_term),
		cmocka_unit_test(selectors_share_a_pool),
		cmocka_unit_test(many_words_of_one_key_stay_small),
		cmocka_unit_test(a_word_may_be_long_but_not_endless),
		cmocka_unit_test(a_wrong_port_is_refused),
		cmocka_unit_test(a_wrong_name_is_refused_with_the_nearest),
		cmocka_unit_test(a_wrong_value_is_refused),
		cmocka_unit_test(what_was_meant_is_offered),
		cmocka_unit_test(a_wrong_finding_is_refused),
		cmocka_unit_test(every_key_of_words_lists_them),
		cmocka_unit_test(keys_are_listed_and_found),
		cmocka_unit_test(facts_are_those_of_the_terms),
		cmocka_unit_test(a_port_is_read_the_same_in_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
