/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one event loop, its clock and one-shot timers. tests/fake/os has a twin whose clock a test advances.
 * Does not own: what happens on an event. Every callback runs on the loop's thread, never from inside the call that
 * armed it. */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"

typedef struct Loop Loop;
typedef struct Timer Timer;
typedef struct sd_event sd_event;

typedef void (*TimerHandler)(Timer *timer, void *userdata);
typedef void (*SignalHandler)(int signal, void *userdata);

/* Handled before those of a higher number when several are due: an exit is seen before what was said on a socket. */
typedef enum LoopPriority {
        LOOP_PRIORITY_EXIT = -20,
        LOOP_PRIORITY_SIGNAL = -10,
        LOOP_PRIORITY_TIMER = 0,
        LOOP_PRIORITY_BUS = 10,
        LOOP_PRIORITY_NOTIFY = 20,
        LOOP_PRIORITY_OUTPUT = 30,
        LOOP_PRIORITY_IDLE = 40,
} LoopPriority;

int loop_new(Loop **ret) MUST_CHECK;
void loop_free(Loop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Loop, loop_free)

/* Until loop_exit(): returns its CODE, or a negative errno. */
int loop_run(Loop *loop);
void loop_exit(Loop *loop, int code);

/* Borrowed; for bus and os only. NULL in the twin. */
sd_event *loop_event(Loop *loop);

/* What a room of os has once a loop: found by KEY, and freed with the loop by DESTROY. */
void *loop_find(const Loop *loop, const void *key);
void loop_keep(Loop *loop, const void *key, void *object, GDestroyNotify destroy);

/* SIGNAL must be blocked already (process_block_signals). */
int loop_watch_signal(Loop *loop, int signal, SignalHandler handler, void *userdata) MUST_CHECK;

/* Feeds the service manager's watchdog from the loop where WATCHDOG_USEC asks for it. */
int loop_set_watchdog(Loop *loop) MUST_CHECK;

/* µs of CLOCK_MONOTONIC. */
uint64_t clock_monotonic(void);
/* The moment USEC from now; never (UINT64_MAX) when that is beyond all time, as of "infinity". */
static inline uint64_t clock_after(uint64_t usec)
{
        uint64_t now = clock_monotonic();

        return usec > UINT64_MAX - now ? UINT64_MAX : now + usec;
}
/* µs of CLOCK_REALTIME. */
uint64_t clock_realtime(void);

/* Once, at AT (monotonic µs), or never when AT is UINT64_MAX. */
int timer_new(Loop *loop, uint64_t at, TimerHandler handler, void *userdata, Timer **ret) MUST_CHECK;
/* Arms it anew, also after it has fired. */
int timer_set(Timer *timer, uint64_t at);
/* LOOP_PRIORITY_TIMER unless said otherwise; LOOP_PRIORITY_IDLE lets everything else that is due go first. */
void timer_set_priority(Timer *timer, LoopPriority priority);
void timer_free(Timer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timer, timer_free)
