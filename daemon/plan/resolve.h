/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: turning the refs of all components into edges, failures and crossings.
 * Does not own: barriers (module.h), nor what is said about failures (failure.h). */
#pragma once

#include "planning.h"

/* Needs lookup_aliases(). */
void resolve_refs(Planning *planning);
