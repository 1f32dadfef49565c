/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one hook of an incarnation: its lines one after the other (§79), or a call over the component's connection
 * (§75); its end, what is told of a failure (§78).
 * Does not own: which hook is due, its time, and what a failure leads to (stage). */
#pragma once

#include "live.h"

/* There are lines of HOOK, or somebody who can be asked for it, and it was not called in this incarnation (§76). */
bool hook_is_due(const struct Live *live, Hook hook);
/* HANDLER is told of its end. It has until the deadline of LIVE. */
void hook_begin(struct Live *live, Hook hook, HookHandler handler);
bool hook_is_running(const struct Live *live);
/* The one that runs is a call. */
bool hook_is_call(const struct Live *live);
/* Its time is over: killed with its children, or no longer waited for, which counts as a failure. */
void hook_expire(struct Live *live);
/* It is no longer wanted: asked to end, or, NOW, killed. Who was called cannot be interrupted: the answer is waited for
 * all the same, so that nothing else is asked of it meanwhile, or, NOW, not. */
void hook_abort(struct Live *live, bool now);

/* The rest is for calls. The component has answered; ignored when nothing was asked. */
void hook_answered(struct Live *live, SessionAnswer answer, const char *text);
/* The main process has ended and will not answer. True: that is a failure, recorded and told. */
bool hook_note_exit(struct Live *live, const ExitReport *report);
/* The connection is lost, and TEXT says how. */
void hook_lost(struct Live *live, const char *text);
