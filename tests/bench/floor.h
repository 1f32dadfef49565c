/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the two halves of the bare supervisor share: the table of components and the way one is spawned.
 * Does not own: anything a real supervisor needs beyond that: names, files, limits, logs, back-off. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Part {
        int pidfd; /* -1: not running */
        pid_t pid;
        int cgroup; /* its directory; -1 without --cgroups */
        bool is_ready;
        uint32_t n_pending;        /* what it still waits for, in the direction of now */
        uint32_t first[2], n[2];   /* its edges: [0] what needs it, [1] what it needs */
} Part;

typedef struct Floor {
        Part *parts;
        uint32_t n_parts;
        uint32_t *edges[2];
        uint32_t *stack; /* those that may start, or stop, now */
        uint32_t n_stack, n_left;
        uint32_t *by_pid; /* index + 1 by pid */
        int epoll, notify, term, status, cgroups;
        bool is_stopping;
        char **argv, **environment;
} Floor;

/* The child has executed when this returns. 0 or a negative errno. */
int floor_spawn(Floor *floor, uint32_t i);
/* After its end. */
void floor_forget(Floor *floor, uint32_t i);
int floor_open_cgroups(const char *parent);
void floor_close_cgroups(const Floor *floor, const char *parent);
