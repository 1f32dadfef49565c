/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: delays that double (§103) and the limit of crash-caused restarts (§104), as plain data.
 * Does not own: timers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "conf/definition.h"

typedef struct Backoff {
        uint32_t n_failures; /* in a row; the delay's exponent */
        uint32_t n_crashes;  /* in `crashes` */
        uint64_t *crashes;   /* ring of the last StartLimitBurst= crash times, owned; NULL before the first */
} Backoff;

void backoff_done(Backoff *backoff);
/* Explicit reset, changed definition. */
void backoff_reset(Backoff *backoff);
/* Forgets failures in a row when the incarnation was up for long enough. */
void backoff_note_uptime(Backoff *backoff, const LifeSpec *life, uint64_t uptime);
/* Counts a crash at NOW. False: that is one too many within the interval. */
bool backoff_add_crash(Backoff *backoff, const LifeSpec *life, uint64_t now);
/* One more crash at NOW would be one too many. */
bool backoff_is_spent(const Backoff *backoff, const LifeSpec *life, uint64_t now);
/* Delay before the next attempt, µs. */
uint64_t backoff_delay(const Backoff *backoff, const LifeSpec *life);
