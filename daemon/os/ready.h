/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: many descriptors of one kind behind one source of the loop. sd-event looks at all of its sources that are ready
 * to call one; with a thousand of them that is what a turn costs. Level-triggered, and fair: who was handled goes last.
 * Does not own: the descriptors, nor what is done about them. Private to os. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "loop.h"

typedef struct ReadySet ReadySet;

/* ITEM is readable, or was a moment ago: a call for nothing must do no harm. */
typedef void (*ReadyHandler)(void *item);

/* At most N_AT_ONCE are handled before the loop looks at what is of a higher PRIORITY. */
int ready_set_new(Loop *loop, LoopPriority priority, unsigned n_at_once, ReadyHandler handler,
                  ReadySet **ret) MUST_CHECK;
void ready_set_free(ReadySet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadySet, ready_set_free)

/* The one of HANDLER, which is made with the first of its kind and lives as long as the loop. */
int ready_set_of(Loop *loop, LoopPriority priority, unsigned n_at_once, ReadyHandler handler,
                 ReadySet **ret) MUST_CHECK;

/* Was there nothing to read from FD, which is in the set, at some moment of this turn of the loop? One call is for all
 * that are asked for in a turn. */
bool ready_set_is_quiet(ReadySet *set, int fd);

int ready_set_add(ReadySet *set, int fd, void *item) MUST_CHECK;
/* While FD stays open: not until it is added again. */
void ready_set_remove(ReadySet *set, int fd);
/* Before FD is closed, now or later, which is what takes it out of the kernel's set. */
void ready_set_forget(ReadySet *set, int fd);
