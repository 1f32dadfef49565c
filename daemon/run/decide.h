/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: every condition that turns an occurrence into exactly one event of the state table, or into none.
 * Does not own: the table, nor what follows. Counts attempts and crashes; changes nothing else. */
#pragma once

#include "engine.h"

/* A wish (start, stop, block, unblock, reset) at its turn. False: it amounts to nothing in this state. */
bool decide_wish(const Engine *engine, Instance *instance, StateEvent wish, StateEvent *ret);

/* A start did not succeed: once per attempt. EVENT_EXIT_RETRY or EVENT_EXIT_GIVE_UP (§90, §104). */
StateEvent decide_start_failure(Engine *engine, Instance *instance);
/* Before the next attempt, µs. */
uint64_t decide_delay(const Instance *instance, const LifeSpec *life);
/* The main process of a ready instance ended, or hangs, as instance->end says (§103, §104, §109, §113). */
StateEvent decide_exit(Engine *engine, Instance *instance);
/* Nothing is left of a stopping instance. */
StateEvent decide_gone(const Instance *instance);

/* ERROR is that the daemon itself is short of something, which passes (P24, P27). */
bool decide_is_short(int error);
/* Exit status 0 or one of SuccessExitStatus= */
bool decide_is_clean(const LifeSpec *life, int code, int status);
