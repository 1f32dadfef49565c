/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the two clocks, in µs, and the way from the daemon's moments (monotonic) to what a reader's watch said.
 * Does not own: how times are shown (text.h). Client and daemon are on one machine, so the clocks are the same. */
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_read(clockid_t clock)
{
        struct timespec now;

        (void) clock_gettime(clock, &now);
        return (uint64_t) now.tv_sec * UINT64_C(1000000) + (uint64_t) now.tv_nsec / 1000;
}

static inline uint64_t clock_monotonic(void)
{
        return clock_read(CLOCK_MONOTONIC);
}

static inline uint64_t clock_realtime(void)
{
        return clock_read(CLOCK_REALTIME);
}

/* By the wall clock of now: a clock that was set since moves the past along, which keeps "3min ago" true. */
static inline uint64_t clock_realtime_of(uint64_t monotonic_usec)
{
        return clock_realtime() - clock_monotonic() + monotonic_usec;
}
