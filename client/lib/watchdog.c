/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "watchdog.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "export.h"
#include "notify.h"

static bool read_number(const char *name, uint64_t *ret)
{
        const char *text = getenv(name);
        char *end;
        unsigned long long number;

        if (!text || text[0] < '0' || text[0] > '9')
                return false;
        errno = 0;
        number = strtoull(text, &end, 10);
        if (*end != '\0' || errno != 0)
                return false;
        *ret = number;
        return true;
}

/* It is for us if it names us, or nobody. */
void watchdog_init(reeve_component *component)
{
        uint64_t usec, pid;

        component->watchdog.interval_usec = UINT64_MAX;
        if (!read_number("WATCHDOG_USEC", &usec) || usec < 2)
                return;
        if (getenv("WATCHDOG_PID") && (!read_number("WATCHDOG_PID", &pid) || pid != (uint64_t) getpid()))
                return;
        component->watchdog.interval_usec = usec / 2;
}

uint64_t watchdog_next_usec(const reeve_component *component)
{
        const Watchdog *watchdog = &component->watchdog;

        return watchdog->is_auto && !component->life.is_over ? watchdog->next_usec : UINT64_MAX;
}

void watchdog_turn(reeve_component *component)
{
        uint64_t now;

        if (watchdog_next_usec(component) == UINT64_MAX)
                return;
        now = core_now();
        if (now < component->watchdog.next_usec)
                return;
        (void) notify_send("WATCHDOG=1");
        component->watchdog.next_usec = now + component->watchdog.interval_usec;
}

REEVE_EXPORT int reeve_watchdog(reeve_component *component)
{
        return component->watchdog.interval_usec == UINT64_MAX ? 0 : notify_send("WATCHDOG=1");
}

REEVE_EXPORT uint64_t reeve_watchdog_usec(const reeve_component *component)
{
        return component->watchdog.interval_usec;
}

REEVE_EXPORT void reeve_watchdog_auto(reeve_component *component, bool is_on)
{
        component->watchdog.is_auto = is_on && component->watchdog.interval_usec != UINT64_MAX;
        component->watchdog.next_usec = 0;
}
