/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is done about circles of components (§39-41) and those that refs and barriers close together (§48).
 * Does not own: circles of modules alone (module.h), nor finding any (circle.h). */
#pragma once

#include "planning.h"

/* Reports every circle that orders, one error each, and cuts the weak edges that would close one: plan->is_cut. */
void cycle_check(Planning *planning);
