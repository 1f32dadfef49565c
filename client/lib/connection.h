/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the connection to the daemon: it is taken, read, written and given up here. Reading runs none of the
 * program's callbacks: what hears the messages fills the queue, the cache and the answers of lookups, in the order in
 * which the daemon said it.
 * Does not own: what messages mean, and what the end of it does to others; who opens it says who hears of that. */
#pragma once

#include "core.h"

typedef struct ConnectionHandlers {
        /* Before sd-bus sees it. 0: not ours; 1: done; a negative errno is to be the answer. */
        int (*on_message)(reeve_component *component, sd_bus_message *message);
        /* Once; it is closed, on_disconnected is queued behind what is queued here. */
        void (*on_lost)(reeve_component *component, int error);
} ConnectionHandlers;

/* Takes FD, which stays open if it fails. -1: there is no daemon. */
int connection_open(reeve_component *component, int fd, const ConnectionHandlers *handlers);
void connection_close(reeve_component *component);

/* Reads and writes without blocking, MAX messages at most. -ENOMEM: nothing is lost, again later. */
int connection_turn(reeve_component *component, size_t max);
/* The same for all that has arrived by now; cheap if nothing has. False: not all of it could be taken. */
bool connection_catch_up(reeve_component *component);
/* Blocks until there is something to read or write, or a time has come. */
int connection_wait(reeve_component *component);
/* Has the epoll set know what the connection waits for; after everything that may have queued a message. */
void connection_watch(reeve_component *component);
bool connection_is_usable(const reeve_component *component);
bool connection_is_flushed(const reeve_component *component);
