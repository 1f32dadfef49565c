/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: where a life stands: which hook was called last, which comes next where there is no daemon to call it (the same
 * order, §75-§76), and when it is over.
 * Does not own: calling and answering. */
#pragma once

#include "core.h"

/* In the order of a life; what is from HOOK_BIND on may come any number of times. */
typedef enum HookKind {
        HOOK_POST_CONSTRUCT,
        HOOK_STARTUP,
        HOOK_SHUTDOWN,
        HOOK_PRE_DESTROY,
        HOOK_BIND,
        HOOK_UNBIND,
        HOOK_SUSPEND,
        HOOK_RESUME,
        HOOK_N_
} HookKind;

void life_init(reeve_component *component);
bool life_has_start_hook(const reeve_component *component);
/* Hears of reeve_stop(). The hook that is due outside reeve, until it is called; HOOK_N_: none. */
HookKind life_next(reeve_component *component);
/* HOOK is queued; it is one that comes once. */
void life_on_called(reeve_component *component, HookKind hook);
/* Without a connection nothing follows: it is over, with ERROR unless it was before. */
void life_on_lost(reeve_component *component, int error);
/* HOOK was answered with ERROR; its answer may not have been sent yet. */
void life_on_answered(reeve_component *component, HookKind hook, int error);
/* Is there something for life_next()? */
bool life_is_due(const reeve_component *component);
