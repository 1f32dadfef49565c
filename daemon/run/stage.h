/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what comes next on the way of a process of ours to ready and out of it (§75, §97): its type's own readiness,
 * its hooks, the signal; one at a time, and the time that each has. Does not own: its spawn, what its end amounts to
 * (factory_exec), nor the lines of a hook (hook). */
#pragma once

#include "conf/definition.h"
#include "instance.h"
#include "live.h"

SubState stage_first_of_stop(const Engine *engine, const Instance *instance);

/* In `starting`: it is on its way to be executed, and stage_go_on() follows when it has been; or it has nothing to
 * execute. */
void stage_begin_start(struct Live *live);
/* In `stopping`. */
void stage_begin_stop(struct Live *live);
/* In `stopping`: the budget may have become shorter (§99). */
void stage_hurry(struct Live *live);
/* Something that it may have waited for has come to pass: goes on, or has arrived. */
void stage_go_on(struct Live *live);
/* The main process has ended while the component stops: helpers that were told to end with it have a second more. */
void stage_note_exit(struct Live *live);
/* EXTEND_TIMEOUT_USEC=: what is going on has at least until USEC from now (sd_notify(3)). */
void stage_extend(struct Live *live, uint64_t usec);
/* Of one that has come to its end by itself: something of it is left to end, or to clean up. */
bool stage_has_rest(const struct Live *live);
