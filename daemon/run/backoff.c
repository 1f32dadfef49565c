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

/* The slot that is overwritten next: of the last `burst` crashes the oldest. */
static uint32_t oldest_slot(const Backoff *backoff, const LifeSpec *life)
{
        return backoff->n_crashes % life->start_limit_burst;
}

bool backoff_is_spent(const Backoff *backoff, const LifeSpec *life, uint64_t now)
{
        if (life->start_limit_burst == 0)
                return true;
        return backoff->crashes && backoff->n_crashes >= life->start_limit_burst &&
               now - backoff->crashes[oldest_slot(backoff, life)] < life->start_limit_interval;
}

bool backoff_add_crash(Backoff *backoff, const LifeSpec *life, uint64_t now)
{
        uint32_t burst = life->start_limit_burst;
        bool is_spent = backoff_is_spent(backoff, life, now);

        backoff->n_failures++;
        if (burst == 0)
                return false;
        if (!backoff->crashes)
                backoff->crashes = g_new0(uint64_t, burst);
        backoff->crashes[oldest_slot(backoff, life)] = now;
        backoff->n_crashes++;
        if (backoff->n_crashes >= 2 * burst)
                backoff->n_crashes -= burst;
        return !is_spent;
}

uint64_t backoff_delay(const Backoff *backoff, const LifeSpec *life)
{
        uint32_t exponent = backoff->n_failures > 0 ? backoff->n_failures - 1 : 0;
        uint64_t delay = life->restart_delay;

        for (; exponent > 0 && delay > 0 && delay < life->restart_max_delay; exponent--)
                delay = delay > UINT64_MAX / 2 ? UINT64_MAX : 2 * delay;
        return MIN(delay, MAX(life->restart_max_delay, life->restart_delay));
}
