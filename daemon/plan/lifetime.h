/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: who may hold whom (§42-44): nobody what may end before himself, also through transients.
 * Does not own: scopes at run time. */
#pragma once

#include "planning.h"

/* captive-dependency and scope-kind-mismatch. */
void lifetime_check(Planning *planning);
