/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backoff.h"

#include <glib.h>

void backoff_done(Backoff *backoff)
{
        g_clear_pointer(&backoff->crashes, g_free);
        backoff->n_crashes = 0;
}

void backoff_reset(Backoff *backoff)
{
        backoff_done(backoff);
        backoff->n_failures = 0;
}

void backoff_note_uptime(Backoff *backoff, const LifeSpec *life, uint64_t uptime)
{
        if (uptime >= life->start_limit_interval)
                backoff->n_failures = 0;
}

bool backoff_add_crash(Backoff *backoff, const LifeSpec *life, uint64_t now)
{
        uint32_t burst = life->start_limit_burst;

        backoff->n_failures++;
        if (burst == 0)
                return false;
        if (!backoff->crashes)
                backoff->crashes = g_new0(uint64_t, burst);

        /* The ring holds the last `burst` crashes: the slot about to be overwritten is the oldest that still counts. */
        uint64_t *oldest = &backoff->crashes[backoff->n_crashes % burst];
        bool is_full = backoff->n_crashes >= burst;
        bool is_within = is_full && now - *oldest < life->start_limit_interval;

        *oldest = now;
        backoff->n_crashes++;
        if (backoff->n_crashes >= 2 * burst)
                backoff->n_crashes -= burst;
        return !is_within;
}

uint64_t backoff_delay(const Backoff *backoff, const LifeSpec *life)
{
        uint32_t exponent = backoff->n_failures > 0 ? backoff->n_failures - 1 : 0;
        uint64_t delay = life->restart_delay;

        for (; exponent > 0 && delay > 0 && delay < life->restart_max_delay; exponent--)
                delay = delay > UINT64_MAX / 2 ? UINT64_MAX : 2 * delay;
        return MIN(delay, MAX(life->restart_max_delay, life->restart_delay));
}
