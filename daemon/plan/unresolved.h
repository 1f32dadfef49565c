/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is said about refs and aliases that lead nowhere (§20, §29, §38, §46).
 * Does not own: finding that out (lookup.h). */
#pragma once

#include "planning.h"

/* True when FOUND is a fault of the alias itself; it is reported then. */
bool unresolved_report_alias(Planning *planning, const Alias *alias, Found found);

/* All of planning->failures. Needs the graph. */
void unresolved_report_all(Planning *planning);
