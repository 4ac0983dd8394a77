/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract header compiles alone, before any other, and as C++ (header.cpp includes this). */
#include <lsports/lsports.h>

#include <lsports/lsports.h>

int main(void)
{
	static struct lsp_query query;

	return lsp_port_category(22) == LSP_CATEGORY_WELL_KNOWN && !query.protos ? 0 : 1;
}
