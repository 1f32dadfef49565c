/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: descriptors and names that nobody wants any more. At once, as a rule; from discard_begin() on, when the
 * container ends and all of them go, in their order by a thread beside the loop, as soon as there are many.
 * Does not own: when that is (run), what is in a folder (remove). */
#pragma once

#include "loop.h"

typedef struct ReadySet ReadySet;

/* The thread's, in ps(1) and /proc. */
#define DISCARD_NAME "reeved-discard"

void discard_begin(Loop *loop);
/* All that was handed over is done, and from now on it is at once again. Waits for the thread. */
void discard_end(Loop *loop);

/* Between the two: at some time before discard_end() returns. *FD, of SET or NULL, is -1 afterwards; the number is not
 * free yet. */
void discard_descriptor(Loop *loop, ReadySet *set, int *fd);
/* unlinkat(2) with FLAGS, whatever comes of it. DIRECTORY_FD stays open until discard_end(). */
void discard_name(Loop *loop, int directory_fd, const char *name, int flags);
