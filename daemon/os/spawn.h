/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one spawn on its way: everything the child needs, copied and prepared, so that between clone and exec there are
 * system calls only.
 * Does not own: when and where it is cloned (spawner), what becomes of the child (process). Private to os. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "process.h"
#include "spawn_child.h"

typedef struct Spawn Spawn;

/* Prepared on the loop's thread, then with the spawner's, then back: only one of them has it at a time. */
struct Spawn {
        Child child;
        int *passed;         /* descriptors of the loop's that the child is to have; its own are in CHILD */
        int n_passed;
        void *userdata;
        Spawn *next;         /* in a queue of the spawner */
        bool is_cancelled;   /* under the spawner's lock */
        pid_t pid;           /* the result: a child that has executed its program; 0 with ERROR */
        SpawnError error;
};

int spawn_context_init(SpawnContext *context) MUST_CHECK;
void spawn_context_done(SpawnContext *context);

/* PROCS: cgroup.procs of its cgroup, from the root of the tree; NULL: none. TOKEN: for INVOCATION_ID=. A negative errno
 * and *RET_ERROR filled where the user or group cannot be had. */
int spawn_new(const SpawnContext *context, const SpawnSpec *spec, const char *procs, const char *token, Spawn **ret,
              SpawnError *ret_error) MUST_CHECK;
void spawn_free(Spawn *spawn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spawn, spawn_free)

/* Clones on GROUND, and returns when the child has executed or has been reaped. Any thread with all signals blocked. */
void spawn_run(Spawn *spawn, const ChildGround *ground);
