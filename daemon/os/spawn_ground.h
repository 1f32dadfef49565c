/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a thread that spawns leaves behind of the process it belongs to, once, so that no child has to: the table
 * of descriptors, the working directory, the umask.
 * Does not own: the thread (spawner). Private to os. */
#pragma once

#include "spawn_child.h"

/* Of the calling thread. KEPT, which is sorted, stay open under their numbers; negative ones do not count. Where the
 * kernel or a filter refuses a table of our own, all works as well, but costs more with each component. */
void child_ground_enter(ChildGround *ground, int *kept, size_t n_kept);
