/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the table of rules that a plan with its graph is held against (§42-49).
 * Does not own: rules without which there is no graph: lookups (failure.h) and circles (cycle.h). */
#pragma once

#include "planning.h"

void rule_check_all(Planning *planning);
