/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loop.h"

#include <poll.h>
#include <time.h>

#include <systemd/sd-event.h>

#define TIMER_ACCURACY_USEC 1000
/* In a row: ten seconds. */
#define FAILURES_MAX 500
#define FAILURE_PAUSE_MSEC 20

typedef struct SignalWatch {
        sd_event_source *source;
        SignalHandler handler;
        void *userdata;
} SignalWatch;

typedef struct Kept {
        void *object;
        GDestroyNotify destroy;
} Kept;

struct Loop {
        sd_event *event;
        GPtrArray *watches;    /* SignalWatch, owned */
        GHashTable *kept;      /* key → Kept, owned */
};

struct Timer {
        sd_event_source *source;
        TimerHandler handler;
        void *userdata;
};

static uint64_t clock_read(clockid_t id)
{
        struct timespec now;

        (void) clock_gettime(id, &now);
        return (uint64_t) now.tv_sec * G_USEC_PER_SEC + (uint64_t) now.tv_nsec / 1000;
}

uint64_t clock_monotonic(void)
{
        return clock_read(CLOCK_MONOTONIC);
}

uint64_t clock_realtime(void)
{
        return clock_read(CLOCK_REALTIME);
}

static void watch_free(void *userdata)
{
        SignalWatch *watch = userdata;

        sd_event_source_disable_unref(watch->source);
        g_free(watch);
}

static void kept_free(void *userdata)
{
        Kept *kept = userdata;

        kept->destroy(kept->object);
        g_free(kept);
}

/* sd-event opens the descriptor of its clock with the first timer: have it now, not when there are none left (P27). */
static int loop_reserve_clock(Loop *loop)
{
        sd_event_source *source = NULL;
        int r = sd_event_add_time(loop->event, &source, CLOCK_MONOTONIC, UINT64_MAX, 0, NULL, NULL);

        sd_event_source_disable_unref(source);
        return r < 0 ? r : 0;
}

int loop_new(Loop **ret)
{
        g_autoptr(Loop) loop = g_new0(Loop, 1);
        int r;

        loop->watches = g_ptr_array_new_with_free_func(watch_free);
        loop->kept = g_hash_table_new_full(NULL, NULL, NULL, kept_free);
        r = sd_event_new(&loop->event);
        if (r < 0)
                return r;
        r = loop_reserve_clock(loop);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&loop);
        return 0;
}

void loop_free(Loop *loop)
{
        if (!loop)
                return;

        g_clear_pointer(&loop->watches, g_ptr_array_unref);
        g_clear_pointer(&loop->kept, g_hash_table_unref);
        sd_event_unref(loop->event);
        g_free(loop);
}

/* A call of the loop's own that fails now (its clock, its epoll) may succeed a moment later, and the components are
 * worth the wait; sd_event_loop() would give up at once (P28). */
int loop_run(Loop *loop)
{
        int n_failures = 0, code = 0, r;

        while (sd_event_get_state(loop->event) != SD_EVENT_FINISHED) {
                r = sd_event_run(loop->event, UINT64_MAX);
                n_failures = r < 0 ? n_failures + 1 : 0;
                if (n_failures == FAILURES_MAX)
                        return r;
                if (r < 0)
                        (void) poll(NULL, 0, FAILURE_PAUSE_MSEC);
        }
        r = sd_event_get_exit_code(loop->event, &code);
        return r < 0 ? r : code;
}

void loop_exit(Loop *loop, int code)
{
        (void) sd_event_exit(loop->event, code);
}

sd_event *loop_event(Loop *loop)
{
        return loop->event;
}

void *loop_find(const Loop *loop, const void *key)
{
        const Kept *kept = g_hash_table_lookup(loop->kept, key);

        return kept ? kept->object : NULL;
}

void loop_keep(Loop *loop, const void *key, void *object, GDestroyNotify destroy)
{
        Kept *kept = g_new(Kept, 1);

        *kept = (Kept) { .object = object, .destroy = destroy };
        (void) g_hash_table_insert(loop->kept, (gpointer) (uintptr_t) key, kept);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        SignalWatch *watch = userdata;

        watch->handler(sd_event_source_get_signal(source), watch->userdata);
        return 0;
}

int loop_watch_signal(Loop *loop, int signal, SignalHandler handler, void *userdata)
{
        SignalWatch *watch = g_new0(SignalWatch, 1);
        int r;

        watch->handler = handler;
        watch->userdata = userdata;
        g_ptr_array_add(loop->watches, watch);

        r = sd_event_add_signal(loop->event, &watch->source, signal, on_signal, watch);
        if (r >= 0)
                r = sd_event_source_set_priority(watch->source, LOOP_PRIORITY_SIGNAL);
        if (r < 0)
                g_ptr_array_remove_fast(loop->watches, watch);
        return r < 0 ? r : 0;
}

int loop_set_watchdog(Loop *loop)
{
        int r = sd_event_set_watchdog(loop->event, 1);

        return r < 0 ? r : 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        Timer *timer = userdata;

        timer->handler(timer, timer->userdata);
        return 0;
}

int timer_new(Loop *loop, uint64_t at, TimerHandler handler, void *userdata, Timer **ret)
{
        g_autoptr(Timer) timer = g_new0(Timer, 1);
        int r;

        timer->handler = handler;
        timer->userdata = userdata;
        r = sd_event_add_time(loop->event, &timer->source, CLOCK_MONOTONIC, at, TIMER_ACCURACY_USEC, on_time, timer);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(timer->source, LOOP_PRIORITY_TIMER);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&timer);
        return 0;
}

int timer_set(Timer *timer, uint64_t at)
{
        int r = sd_event_source_set_time(timer->source, at);

        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
        return r < 0 ? r : 0;
}

void timer_set_priority(Timer *timer, LoopPriority priority)
{
        (void) sd_event_source_set_priority(timer->source, priority);
}

void timer_free(Timer *timer)
{
        if (!timer)
                return;

        sd_event_source_disable_unref(timer->source);
        g_free(timer);
}
