/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: when WATCHDOG=1 is to be said, and saying it.
 * Does not own: the loop whose turning it shows. */
#pragma once

#include "core.h"

void watchdog_init(reeve_component *component);
/* Says it if it is due and to be said by itself. */
void watchdog_turn(reeve_component *component);
/* UINT64_MAX: never. */
uint64_t watchdog_next_usec(const reeve_component *component);
