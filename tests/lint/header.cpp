// SPDX-License-Identifier: GPL-2.0-or-later
// The contract header as C++.
#include "header.c"
