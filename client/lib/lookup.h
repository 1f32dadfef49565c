/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: questions under way.
 * Does not own: answers (resolution.h) and how long they hold (cache.h). */
#pragma once

#include "core.h"

/* Answers all that are under way with ERROR. */
void lookup_fail_all(reeve_component *component, int error);
/* Forgets all of them without a word. */
void lookup_drop_all(reeve_component *component);
