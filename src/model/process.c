/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process is called. The kernel keeps 15 bytes of the name of its program (proc_pid_comm(5),
 * TASK_COMM_LEN), and a process may call itself anything else.
 */
#include "model/process.h"

#include <string.h>

#define COMM_MAX 15
#define PID_SIZE 13 /* "(4294967295)" and its end */

static const char *file_name(const struct lsp_process *process)
{
	const char *slash = process->exe ? strrchr(process->exe, '/') : NULL;

	return slash && slash[1] ? slash + 1 : NULL;
}

/* Is the kernel's name the beginning of that of the file, cut? */
static bool is_cut(const struct lsp_process *process)
{
	const char *file;

	if (!process->comm || strlen(process->comm) != COMM_MAX)
		return false;
	file = file_name(process);
	return file && strncmp(process->comm, file, COMM_MAX) == 0;
}

const char *lsp_process_name(const struct lsp_process *process)
{
	return is_cut(process) || !process->comm ? file_name(process) : process->comm;
}

const char *lsp_process_alias(const struct lsp_process *process)
{
	return is_cut(process) || !process->comm ? process->comm : file_name(process);
}

/* By hand: it is done for every row of a table, where printf(3) would take a tenth of the time. */
static size_t format_pid(uint32_t pid, char *out)
{
	char digits[10];
	size_t count = 0, size = 0;

	do {
		digits[count++] = (char)('0' + pid % 10);
		pid /= 10;
	} while (pid);
	out[size++] = '(';
	while (count)
		out[size++] = digits[--count];
	out[size++] = ')';
	return size;
}

size_t lsp_process_format(const struct lsp_process *process, char out[LSP_PROCESS_SIZE])
{
	const char *name = lsp_process_name(process);
	size_t size = name ? strnlen(name, LSP_PROCESS_SIZE - PID_SIZE) : 1;

	memcpy(out, name ? name : "?", size);
	size += format_pid(process->pid, out + size);
	out[size] = '\0';
	return size;
}

void process_append(struct buf *out, const struct lsp_process *process)
{
	char text[LSP_PROCESS_SIZE];

	buf_append(out, text, lsp_process_format(process, text));
}
