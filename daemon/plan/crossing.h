/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: refs into modules that are not required, directly or through others (§48, §49).
 * Does not own: what modules require (module.h). */
#pragma once

#include "planning.h"

/* undeclared-module */
void crossing_check(Planning *planning);
