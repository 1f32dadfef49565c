/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what each reference of each component is bound to, as flat arrays: filled while references are resolved, then
 * frozen. Does not own: how that is chosen (choice). */
#pragma once

#include "plan.h"

/* In any order of references; those of one stay in theirs. */
void bound_table_init(BoundTable *table, const Plan *plan);
/* REF: place in the wiring of COMPONENT. */
void bound_table_add(BoundTable *table, uint32_t component, uint32_t ref, uint32_t node);
/* After the last. */
void bound_table_finish(BoundTable *table);
