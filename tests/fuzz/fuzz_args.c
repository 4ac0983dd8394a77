/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the words of a command line, separated by NUL. Parsing must neither print nor exit,
 * not even for --help and unknown options. A refusal needs a message: one line without control
 * bytes.
 */
#include "fuzz.h"

#include "arguments.h"
#include "conflicts.h"
#include "message.h"
#include "query.h"

#include <errno.h>
#include <string.h>

#define WORDS_MAX 64

/* Everything that getopt(3) and printf(3) would print goes here. */
struct silence {
	FILE *out, *err, *stream;
	char *said;
	size_t size;
};

static void silence_begin(struct silence *silence)
{
	silence->stream = open_memstream(&silence->said, &silence->size);
	MUST(silence->stream);
	silence->out = stdout;
	silence->err = stderr;
	stdout = stderr = silence->stream;
}

static void silence_end(struct silence *silence)
{
	stdout = silence->out;
	stderr = silence->err;
	fclose(silence->stream);
	MUST(silence->size == 0);
	free(silence->said);
}

static void check_message(const struct error *error)
{
	struct buf line = BUF_INIT;

	MUST(*error_text(error));
	message_add_error(&line, error);
	MUST(!line.error && line.data[line.size - 1] == '\n');
	for (size_t i = 0; i + 1 < line.size; i++)
		MUST((unsigned char)line.data[i] >= ' ' && line.data[i] != 0x7f);
	buf_deinit(&line);
}

static void check_refusal(int r, struct error *error)
{
	MUST(r <= 0);
	MUST(r == error->number);
	if (r < 0)
		check_message(error);
	error_deinit(error);
}

static void check_query(const struct query *query, const struct options *options)
{
	MUST(query->format && query->view.grouping);
	MUST(query->view.columns.count && query->view.columns.count <= COLUMNS_MAX);
	MUST(query->view.sort.count <= COLUMNS_MAX);
	/* Selectors may exclude everything: "-u tcp/22". */
	if (!options->selector_count) {
		MUST(query->scope.protos && query->scope.families);
		MUST(query->scope.listeners || query->scope.others);
		MUST(!query->scope.port_count);
	}
	for (size_t i = 0; i < query->scope.port_count; i++)
		MUST(query->scope.ports[i].first <= query->scope.ports[i].last);
}

static void parse(int argc, char **argv)
{
	const struct target output = {.is_terminal = true, .width = 80, .term = "xterm"};
	struct options options;
	struct query query;
	struct silence silence = {0};
	struct error error = ERROR_INIT;
	int r;

	silence_begin(&silence);
	r = arguments_parse(argc, argv, &options, &error);
	silence_end(&silence);
	MUST(r == 0 || r == -EINVAL);
	check_refusal(r, &error);
	if (r < 0)
		return;
	MUST(options.selector_count <= (size_t)argc);
	r = conflicts_check(&options, &error);
	MUST(r == 0 || r == -EINVAL);
	check_refusal(r, &error);
	/* Names of services are read below --sysroot, which may not be there. */
	r = query_init(&query, &options, &output, &error);
	check_refusal(r, &error);
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

	MUST(bytes);
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
