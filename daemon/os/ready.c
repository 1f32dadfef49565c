/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ready.h"

#include <sys/epoll.h>
#include <systemd/sd-event.h>

#define AT_ONCE_MAX 64

struct ReadySet {
        int epoll;
        sd_event_source *source;
        unsigned n_at_once;
        ReadyHandler handler;
        GPtrArray *items; /* by descriptor; NULL: not in the set */
};

/* By number and not by address: what is freed while its event is at hand is not touched. */
static int on_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        ReadySet *set = userdata;
        struct epoll_event events[AT_ONCE_MAX];
        int n = epoll_wait(set->epoll, events, (int) set->n_at_once, 0);

        for (int i = 0; i < n; i++) {
                guint at = (guint) events[i].data.fd;
                void *item = at < set->items->len ? set->items->pdata[at] : NULL;

                if (item)
                        set->handler(item);
        }
        return 0;
}

int ready_set_new(Loop *loop, LoopPriority priority, unsigned n_at_once, ReadyHandler handler, ReadySet **ret)
{
        g_autoptr(ReadySet) set = g_new0(ReadySet, 1);
        int r;

        set->items = g_ptr_array_new();
        set->n_at_once = MIN(n_at_once, AT_ONCE_MAX);
        set->handler = handler;
        set->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (set->epoll < 0)
                return -errno;
        r = sd_event_add_io(loop_event(loop), &set->source, set->epoll, EPOLLIN, on_ready, set);
        if (r >= 0)
                r = sd_event_source_set_priority(set->source, priority);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&set);
        return 0;
}

int ready_set_of(Loop *loop, LoopPriority priority, unsigned n_at_once, ReadyHandler handler, ReadySet **ret)
{
        const void *key = (const void *) (uintptr_t) handler;
        ReadySet *set = loop_find(loop, key);
        int r;

        if (!set) {
                r = ready_set_new(loop, priority, n_at_once, handler, &set);
                if (r < 0)
                        return r;
                loop_keep(loop, key, set, (GDestroyNotify) ready_set_free);
        }
        *ret = set;
        return 0;
}

void ready_set_free(ReadySet *set)
{
        if (!set)
                return;

        sd_event_source_disable_unref(set->source);
        close_descriptor(&set->epoll);
        g_clear_pointer(&set->items, g_ptr_array_unref);
        g_free(set);
}

int ready_set_add(ReadySet *set, int fd, void *item)
{
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

        if (epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
                return -errno;
        if ((guint) fd >= set->items->len)
                g_ptr_array_set_size(set->items, fd + 1);
        set->items->pdata[fd] = item;
        return 0;
}

void ready_set_remove(ReadySet *set, int fd)
{
        ready_set_forget(set, fd);
        (void) epoll_ctl(set->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void ready_set_forget(ReadySet *set, int fd)
{
        if (fd >= 0 && (guint) fd < set->items->len)
                set->items->pdata[fd] = NULL;
}
