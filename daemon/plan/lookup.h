/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: finding what stands behind (key, route), through aliases, as one module sees it.
 * Does not own: what is said when nothing does (unresolved.h); a finished plan is asked with plan_find(). */
#pragma once

#include "planning.h"

/* Follows every alias to its end and reports broken ones: dangling, in a circle, not visible (§26). */
void lookup_aliases(Planning *planning);

/* ROUTE may be NULL. FROM is the module that asks (§29). Needs lookup_aliases(). */
Found lookup_key(const Planning *planning, const char *key, const char *route, const Module *from);

/* The alias that KEY is, or NULL. */
const Alias *lookup_alias(const Planning *planning, const char *key);
