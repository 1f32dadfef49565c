/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "watchdog.h"

#include <glib.h>

struct Watchdog {
        Timer *timer;
        uint64_t usec, deadline;
        WatchdogHandler handler;
        void *userdata;
};

bool watchdog_is_set(const LifeSpec *life)
{
        return life->watchdog > 0 && life->watchdog != UINT64_MAX;
}

bool watchdog_is_over(const Watchdog *watchdog)
{
        return watchdog->deadline <= clock_monotonic();
}

static void on_time(Timer *timer, void *userdata)
{
        Watchdog *watchdog = userdata;

        (void) timer;
        watchdog->handler(watchdog->usec, watchdog->userdata);
}

int watchdog_new(Loop *loop, uint64_t usec, WatchdogHandler handler, void *userdata, Watchdog **ret)
{
        Watchdog *watchdog = g_new0(Watchdog, 1);
        int r;

        watchdog->usec = usec;
        watchdog->handler = handler;
        watchdog->userdata = userdata;
        watchdog->deadline = clock_after(usec);
        r = timer_new(loop, watchdog->deadline, on_time, watchdog, &watchdog->timer);
        if (r < 0) {
                g_free(watchdog);
                return r;
        }
        *ret = watchdog;
        return 0;
}

void watchdog_feed(Watchdog *watchdog)
{
        watchdog->deadline = clock_after(watchdog->usec);
        (void) timer_set(watchdog->timer, watchdog->deadline);
}

void watchdog_set(Watchdog *watchdog, uint64_t usec)
{
        watchdog->usec = usec > 0 ? usec : UINT64_MAX;
        watchdog_feed(watchdog);
}

void watchdog_expire(Watchdog *watchdog)
{
        watchdog->deadline = clock_monotonic();
        (void) timer_set(watchdog->timer, watchdog->deadline);
}

void watchdog_free(Watchdog *watchdog)
{
        if (!watchdog)
                return;
        timer_free(watchdog->timer);
        g_free(watchdog);
}
