/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how long a ready component has been silent (§113). Nothing wakes the daemon for one that is fed in time.
 * Does not own: what a miss leads to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "conf/process_spec.h"
#include "os/loop.h"

typedef struct Watchdog Watchdog;

/* The component was silent for so many µs. The watchdog may be freed inside. */
typedef void (*WatchdogHandler)(uint64_t usec, void *userdata);

/* WatchdogSec= says so. */
bool watchdog_is_set(const LifeSpec *life);

int watchdog_new(Loop *loop, uint64_t usec, WatchdogHandler handler, void *userdata, Watchdog **ret) MUST_CHECK;
/* WATCHDOG=1 */
void watchdog_feed(Watchdog *watchdog);
/* WATCHDOG_USEC=: from now on, counted from now; 0 or UINT64_MAX: it may be silent. */
void watchdog_set(Watchdog *watchdog, uint64_t usec);
/* WATCHDOG=trigger */
void watchdog_expire(Watchdog *watchdog);
/* Its time is over now: what was said before the daemon got to hear it may have moved that. */
bool watchdog_is_over(const Watchdog *watchdog);
void watchdog_free(Watchdog *watchdog);
