/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: hearing that answers hold no longer: the cache forgets them at once, the program is told in its turn.
 * Does not own: the cache. */
#pragma once

#include "core.h"

void invalidated_init(reeve_component *component);
/* Cannot fail: what cannot be read or kept counts as everything. */
void invalidated_hear(reeve_component *component, sd_bus_message *message);
