/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which hook comes next where there is no daemon to call it (the same order, §75-§76), and when a life is over.
 * Does not own: calling and answering (reply.h). */
#pragma once

#include "core.h"
#include "reply.h"

void life_init(reeve_component *component);
bool life_has_start_hook(const reeve_component *component);
/* Queues what is due outside reeve, and hears of reeve_stop(). -ENOMEM: again later. */
int life_advance(reeve_component *component);
/* Without a connection nothing follows: it is over, with ERROR unless it was before. */
void life_on_lost(reeve_component *component, int error);
/* HOOK was answered with ERROR; its answer may not have been sent yet. */
void life_on_answered(reeve_component *component, HookKind hook, int error);
/* Is there something for life_advance()? */
bool life_is_due(const reeve_component *component);
