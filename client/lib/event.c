/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The component in an sd_event: one source for its descriptor, one for its next time. */
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#include "core.h"
#include "export.h"

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        (void) reeve_process(userdata);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) reeve_process(userdata);
        return 0;
}

/* Before each wait. */
static int on_prepare(sd_event_source *source, void *userdata)
{
        reeve_component *component = userdata;
        int r = sd_event_source_set_time(component->timer, reeve_get_timeout(component));

        return r < 0 ? r : sd_event_source_set_enabled(component->timer, SD_EVENT_ONESHOT);
}

REEVE_EXPORT int reeve_attach_event(reeve_component *component, struct sd_event *event, int64_t priority)
{
        int r;

        if (component->io)
                return -EBUSY;
        r = sd_event_add_io(event, &component->io, reeve_get_fd(component), EPOLLIN, on_io, component);
        if (r >= 0)
                r = sd_event_add_time(event, &component->timer, CLOCK_MONOTONIC, UINT64_MAX, 1, on_time, component);
        if (r >= 0)
                r = sd_event_source_set_priority(component->io, priority);
        if (r >= 0)
                r = sd_event_source_set_priority(component->timer, priority);
        if (r >= 0)
                r = sd_event_source_set_prepare(component->io, on_prepare);
        if (r < 0)
                reeve_detach_event(component);
        return r < 0 ? r : 0;
}

REEVE_EXPORT void reeve_detach_event(reeve_component *component)
{
        component->io = sd_event_source_disable_unref(component->io);
        component->timer = sd_event_source_disable_unref(component->timer);
}
