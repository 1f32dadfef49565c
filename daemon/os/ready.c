/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ready.h"

#include <sys/epoll.h>
#include <systemd/sd-event.h>

#define AT_ONCE_MAX 64

struct ReadySet {
        int epoll;
        sd_event *event;  /* borrowed */
        sd_event_source *source;
        unsigned n_at_once;
        ReadyHandler handler;
        GPtrArray *items; /* by descriptor; NULL: not in the set */
        uint64_t looked;  /* the turn of the loop, from 1, in which all were looked at, and who could be read: */
        int *loud, n_loud;
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

                /* One that is forgotten and is still to be closed must not keep the loop awake. */
                if (item)
                        set->handler(item);
                else
                        (void) epoll_ctl(set->epoll, EPOLL_CTL_DEL, events[i].data.fd, NULL);
        }
        return 0;
}

int ready_set_new(Loop *loop, LoopPriority priority, unsigned n_at_once, ReadyHandler handler, ReadySet **ret)
{
        g_autoptr(ReadySet) set = g_new0(ReadySet, 1);
        int r;

        set->event = loop_event(loop);
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
        g_free(set->loud);
        g_free(set);
}

static void ready_set_look(ReadySet *set)
{
        struct epoll_event events[AT_ONCE_MAX];

        if (!set->loud)
                set->loud = g_new(int, AT_ONCE_MAX);
        set->n_loud = epoll_wait(set->epoll, events, AT_ONCE_MAX, 0);
        for (int i = 0; i < set->n_loud; i++)
                set->loud[i] = events[i].data.fd;
}

bool ready_set_is_quiet(ReadySet *set, int fd)
{
        uint64_t turn = 0;

        if (sd_event_get_iteration(set->event, &turn) < 0)
                return false;
        if (set->looked != turn)
                ready_set_look(set);
        set->looked = turn;
        /* There may be more than can be told at once. */
        if (set->n_loud < 0 || set->n_loud == AT_ONCE_MAX)
                return false;
        for (int i = 0; i < set->n_loud; i++)
                if (set->loud[i] == fd)
                        return false;
        return true;
}

int ready_set_add(ReadySet *set, int fd, void *item)
{
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

        if (epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
                return -errno;
        if ((guint) fd >= set->items->len)
                g_ptr_array_set_size(set->items, fd + 1);
        set->items->pdata[fd] = item;
        set->looked = 0; /* it may have something to read already */
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
