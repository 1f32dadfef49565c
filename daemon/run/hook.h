/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one hook of an incarnation: its lines one after the other (§79), its end, what is told of a failure (§78).
 * Does not own: which hook is due, its time, and what a failure leads to (stage). */
#pragma once

#include "live.h"

/* There are lines of HOOK and it was not called in this incarnation (§76). */
bool hook_is_due(const struct Live *live, Hook hook);
/* HANDLER is told of its end. */
void hook_begin(struct Live *live, Hook hook, HookHandler handler);
bool hook_is_running(const struct Live *live);
/* Its time is over: killed with its children, which counts as a failure. */
void hook_expire(struct Live *live);
/* It is no longer wanted: asked to end, or, NOW, killed. */
void hook_abort(struct Live *live, bool now);
