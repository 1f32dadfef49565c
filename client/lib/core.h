/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the component as the files of this folder share it. Each part belongs to the file that is named beside it.
 * Does not own: what the parts mean; the header of the file says that. */
#pragma once

#include <stdatomic.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "cache.h"
#include "include/reeve.h"
#include "queue.h"

/* What may wait to be read or written, or to be dispatched, before it is refused or not read any more. */
#define CORE_QUEUE_MAX 1024
#define CORE_TURN_MAX 64

/* connection.c */
typedef struct Connection {
        const struct ConnectionHandlers *handlers; /* borrowed, static */
        sd_bus *bus;                               /* NULL: outside reeve */
        int epoll_fd, wake_fd;
        int bus_fd;                /* the bus's, and in the epoll set; -1: none */
        int input_fd;              /* what the bus reads from: BUS_FD in the end */
        struct Greeting *greeting; /* NULL: it is over */
        int watched;
        int failure; /* what a handler of sd-bus could neither do nor refuse; why it was lost */
        bool is_lost;
        bool is_behind, is_short; /* not all that has arrived was taken: too much of it, or for want of memory */
        QueueNode disconnected;
} Connection;

/* life.c */
typedef struct Life {
        int last_hook; /* HookKind; -1: none yet */
        bool is_due;   /* outside: the next hook could not be queued yet */
        bool is_up;    /* outside: on_startup was done */
        bool is_stop_heard;
        bool is_over;
        int error;
        atomic_bool is_stop_asked;
} Life;

/* watchdog.c */
typedef struct Watchdog {
        uint64_t interval_usec, next_usec;
        bool is_auto;
} Watchdog;

#define PUBLISHED_MAX 64

struct reeve_component {
        unsigned n_refs;
        bool is_freed, is_processing;
        reeve_ops ops;
        void *userdata;
        Connection connection;
        Life life;
        Cache cache;
        Queue queue;           /* to be dispatched: hooks, answers, what is told */
        Queue lookups;         /* of reeve_lookup: the daemon has not answered */
        Queue kept, unsent;    /* of reeve_reply: with the program; answered, but memory was short */
        QueueNode all_invalid; /* invalidated.c */
        char *refusal;         /* lookup.c */
        char *published[PUBLISHED_MAX];
        Watchdog watchdog;
        sd_event_source *io, *timer; /* event.c */
};

/* With one reference, and no connection yet. OPS may be NULL. -EINVAL, -EOPNOTSUPP: we cannot do what OPS says. */
int core_new(const reeve_ops *ops, void *userdata, reeve_component **ret);
/* The last one frees the memory, and nothing but that: all parts have been closed and emptied before. */
void core_unref(reeve_component *component);

/* CLOCK_MONOTONIC, in µs. */
uint64_t core_now(void);
