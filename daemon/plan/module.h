/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what modules require of each other: missing ones, circles, barriers (§48, §50).
 * Does not own: circles that only refs of components close (cycle.h). */
#pragma once

#include "planning.h"

/* Checks [Module] Requires= and adds the barriers' edges, but for those inside a circle of modules: that is reported
 * here, and is not to be seen again in everything it touches. */
void module_add_barriers(Planning *planning);
