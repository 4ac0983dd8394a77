/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract header compiles alone, before any other, and as C++ (header.cpp includes this). */
#include <lsports/lsports.h>

#include <lsports/lsports.h>

int main(void)
{
	struct lsp_query query = { 0, 0, false, false, 0, LSP_SOURCE_AUTO, LSP_OWNERS_AUTO, false,
				   NULL, 0, NULL, 0, false, NULL };

	return lsp_category_of(22) == LSP_CATEGORY_WELL_KNOWN && !query.protos ? 0 : 1;
}
