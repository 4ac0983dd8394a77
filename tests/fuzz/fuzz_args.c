/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the words of a command line, separated by NUL. Parsing must neither print nor
 * exit, --help and unknown options too; what was refused must be said, in one line that no
 * terminal would mind.
 */
#include "fuzz.h"

#include "message.h"
#include "options.h"
#include "query.h"

#include <errno.h>
#include <string.h>

#define WORDS_MAX 64

/* Everything that getopt(3) and printf(3) would say goes here. */
struct silence {
	FILE *out, *err, *stream;
	char *said;
	size_t size;
};

static void silence_begin(struct silence *silence)
{
	silence->stream = open_memstream(&silence->said, &silence->size);
	FUZZ_CHECK(silence->stream);
	silence->out = stdout;
	silence->err = stderr;
	stdout = stderr = silence->stream;
}

static void silence_end(struct silence *silence)
{
	stdout = silence->out;
	stderr = silence->err;
	fclose(silence->stream);
	FUZZ_CHECK(silence->size == 0);
	free(silence->said);
}

static void check_message(const char *message)
{
	struct buf line = BUF_INIT;

	FUZZ_CHECK(*message);
	message_format_line(&line, message);
	FUZZ_CHECK(!line.error && line.data[line.size - 1] == '\n');
	for (size_t i = 0; i + 1 < line.size; i++)
		FUZZ_CHECK((unsigned char)line.data[i] >= ' ' && line.data[i] != 0x7f);
	buf_deinit(&line);
}

static void check_refusal(int r, char *message)
{
	FUZZ_CHECK(r == 0 || r == -EINVAL);
	FUZZ_CHECK((r == -EINVAL) == (message != NULL));
	if (message)
		check_message(message);
	free(message);
}

static void check_query(const struct query *query, const struct options *options)
{
	FUZZ_CHECK(query->format && query->view.grouping);
	FUZZ_CHECK(query->view.columns.count && query->view.columns.count <= COLUMNS_MAX);
	FUZZ_CHECK(query->view.sort.count <= COLUMNS_MAX);
	/* Selectors may leave nothing to ask for: "-u tcp/22". */
	if (!options->selector_count) {
		FUZZ_CHECK(query->scope.protos && query->scope.families);
		FUZZ_CHECK(query->scope.listeners || query->scope.others);
		FUZZ_CHECK(!query->scope.port_count);
	}
	for (size_t i = 0; i < query->scope.port_count; i++)
		FUZZ_CHECK(query->scope.ports[i].first <= query->scope.ports[i].last);
}

static void parse(int argc, char **argv)
{
	const struct query_output output = {.is_terminal = true, .width = 80, .term = "xterm"};
	struct options options;
	struct query query;
	struct silence silence = {0};
	char *message = NULL;
	int r;

	silence_begin(&silence);
	r = options_parse(argc, argv, &options, &message);
	silence_end(&silence);
	check_refusal(r, message);
	if (r < 0)
		return;
	FUZZ_CHECK(options.selector_count <= (size_t)argc);
	r = query_init(&query, &options, &output, &message);
	check_refusal(r, message);
	if (r == 0) {
		check_query(&query, &options);
		query_deinit(&query);
	}
	options_deinit(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1), *argv[WORDS_MAX + 2], name[] = "lsports";
	int argc = 1;

	FUZZ_CHECK(bytes);
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	argv[0] = name;
	for (size_t at = 0; at < size && argc <= WORDS_MAX; at += strlen(bytes + at) + 1)
		argv[argc++] = bytes + at;
	argv[argc] = NULL;
	parse(argc, argv);
	free(bytes);
	return 0;
}
