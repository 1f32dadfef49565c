/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the lines of a component's block that say what it provides, what it requires, and who requires it.
 * Does not own: the rest of the block (block.c). */
#pragma once

#include "reply.h"

/* BY_NAME: every component's properties by its name, for the states of the neighbours. */
void wiring_append(GString *out, JsonObject *component, GHashTable *by_name, bool has_colour);
