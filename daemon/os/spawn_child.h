/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is done between clone and exec. It runs in the memory of the daemon: system calls on prepared data, no
 * allocation, no lock, no return.
 * Does not own: the preparation (spawn). Private to os. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "process.h"
#include "spawn.h"

/* Who the child becomes. */
typedef struct ChildIdentity {
        bool is_changed;
        uid_t uid;
        gid_t gid;
        gid_t *groups; /* owned by the preparation */
        int n_groups;
} ChildIdentity;

typedef struct Child {
        const SpawnContext *context;
        const SpawnSpec *spec;
        char **paths;            /* of the file, in the order to try */
        char **environment;
        char *own_numbers[2];    /* places in the environment for its own number, or NULL */
        int *descriptors;        /* what becomes 0, 1, …; changed by the child */
        int n_descriptors;
        int procs_fd;
        ChildIdentity identity;
        int error;               /* set by the child: what failed and where */
        const char *step;
} Child;

/* For clone(2); ARG is a Child. Does not return but to exit. */
int child_main(void *arg);
