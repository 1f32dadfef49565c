/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one hook of an incarnation: its lines one after the other (§79), its end, what is told of a failure (§78).
 * Does not own: which hook is due, its time, and what a failure leads to (stage). */
#pragma once

#include "live.h"

/* How a hook went. */
typedef enum HookOutcome { HOOK_SUCCEEDED, HOOK_FAILED, HOOK_ABORTED } HookOutcome;

/* Called from the loop, or from within hook_begin() when a line cannot be executed. Nothing is left of the hook. */
void stage_on_hook(struct Live *live, HookOutcome outcome);

/* There are lines of HOOK and it was not called in this incarnation (§76). */
bool hook_is_due(const struct Live *live, Hook hook);
void hook_begin(struct Live *live, Hook hook);
bool hook_is_running(const struct Live *live);
/* Its time is over: killed with its children, which counts as a failure. */
void hook_expire(struct Live *live);
/* It is no longer wanted: asked to end, or, NOW, killed. */
void hook_abort(struct Live *live, bool now);
