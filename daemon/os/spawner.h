/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one thread beside the loop's. It has a table of descriptors of its own with next to nothing in it: the
 * table is what clone copies and exec walks, and that of a loop with thousands of components is what a spawn would
 * cost. It shares two queues with the loop, to it and back, and nothing else; a lock is held for a few instructions
 * only. Does not own: the preparation of a spawn (spawn), the child (process). Private to os. */
#pragma once

#include "spawn.h"

typedef struct Spawner Spawner;

/* The thread's, in ps(1) and /proc. */
#define SPAWNER_NAME "reeved-spawner"

/* Back on the loop: SPAWN has a pid or an error. The handler's to free. */
typedef void (*SpawnHandler)(Spawn *spawn);

/* TREE_FD: the root of the cgroups, LOCK_FD: what a child is to hold until it has executed; or -1. Children are
 * children of the process; an orphan becomes one of the loop's thread, so that those of ours and those of strangers
 * stand in different lists of the kernel. */
int spawner_new(Loop *loop, int tree_fd, int lock_fd, SpawnHandler handler, Spawner **ret) MUST_CHECK;
/* Waits for the one that is being executed, a second at most. The handler is called for all others too: cancelled. */
void spawner_free(Spawner *spawner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spawner, spawner_free)

/* Descriptors of SPAWN may be closed afterwards. A negative errno: it is still the caller's. */
int spawner_submit(Spawner *spawner, Spawn *spawn) MUST_CHECK;
/* It comes back all the same, with ECANCELED unless it had begun. */
void spawner_cancel(Spawner *spawner, Spawn *spawn);
