/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what part each component had in the start of the container (§144), also after it was restarted since or its
 * failure was reset: only what the instance itself no longer tells is kept.
 * Does not own: what follows from it (critical). Moments are monotonic µs. */
#pragma once

#include "run/container.h"

typedef struct StartRecord {
        Timings timings;   /* of the first attempt up to slot, of the last one from spawned on */
        uint64_t again;    /* when the last attempt got its slot; 0: the first was the last */
        uint64_t settled;  /* 0: had not when the start ended */
        State outcome;     /* as what it settled; its state where it did not */
        uint32_t freed_by; /* whose slot it got after it had had to wait for one, or RUN_NO_NODE */
} StartRecord;

typedef struct Starts Starts;

/* CONTAINER is borrowed. */
Starts *starts_new(Container *container);
void starts_free(Starts *starts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Starts, starts_free)

/* Of every transition, before the instance's timings follow it. */
void starts_note(Starts *starts, const RunEvent *event);

/* O(1). NODE is a component. */
StartRecord starts_get(const Starts *starts, uint32_t node);
/* From its slot to where it settled: what others, and the queue, have no part in. 0: it never had a slot. */
uint64_t start_own(const StartRecord *record);
