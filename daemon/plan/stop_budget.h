/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how long stopping may take along a chain of dependents and providers (§49, §99).
 * Does not own: sharing the budget out while stopping (run). */
#pragma once

#include "planning.h"

/* PlanNode.heaviest_stop of every node. Needs planning->providers_first. */
void stop_budget_measure(Planning *planning);

/* budget-short */
void stop_budget_check(Planning *planning);
