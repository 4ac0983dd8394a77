/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings by name, for tests that are about one of them. test_finding.c holds the rows to it.
 */
#ifndef TESTS_UNIT_FINDINGS_H
#define TESTS_UNIT_FINDINGS_H
#pragma once

#include <lsports/judgement.h>

enum {
	FINDING_DELETED_EXE = LSP_FINDING_MISSING + 1,
	FINDING_ODD_EXE,
	FINDING_EXE_UNVERIFIED,
	FINDING_MASKED,
	FINDING_NO_OWNER,
	FINDING_HELD_ELSEWHERE,
	FINDING_FLAPPING,
	FINDING_QUEUE_FULL,
	FINDING_IN_EPHEMERAL_RANGE,
	FINDING_MIXED_GROUP,
};

#endif
