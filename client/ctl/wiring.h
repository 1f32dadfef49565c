/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the lines of a component's block that say what it provides and where, what it requires, and who requires it.
 * Does not own: the rest of the block (status_block.c). */
#pragma once

#include "reply.h"

/* STATES: of the neighbours, by name; what is not in it is shown without. */
void wiring_append(GString *out, JsonObject *component, GHashTable *states, bool has_colour);
