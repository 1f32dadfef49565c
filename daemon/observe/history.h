/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the last events of the core, as copies, in a ring of fixed capacity (§145). Reading consumes nothing.
 * Does not own: how an event is shown or sent. */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"
#include "run/event.h"

#define HISTORY_CAPACITY 4096
/* Longer texts are cut, so that the ring has a bound in bytes too. */
#define HISTORY_TEXT_MAX 1024

typedef struct History History;

/* Listens to OBSERVERS, borrowed, from now on. CAPACITY 0: HISTORY_CAPACITY. */
History *history_new(Observers *observers, uint32_t capacity);
void history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

/* The oldest sequence number that is held; equals history_next() when none is. */
uint64_t history_first(const History *history);
/* The sequence number that the next event will have. */
uint64_t history_next(const History *history);
/* Borrowed until the next event, or NULL: not held. Component and text are the ring's own. */
const RunEvent *history_get(const History *history, uint64_t sequence);
