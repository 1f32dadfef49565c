/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the set of observers that this daemon has: history and metrics always, then the foreground's console or the
 * journal's lines.
 * Does not own: the container, which is made between the two steps because it wants to know where lines go. */
#pragma once

#include "observe/console.h"
#include "observe/history.h"
#include "observe/event_log.h"
#include "observe/metrics.h"
#include "os/loop.h"

typedef struct Observing {
        History *history;
        Metrics *metrics;
        EventLog *journal; /* or */
        Console *console;
        Timer *flush;     /* of a terminal that did not take everything */
} Observing;

/* Before the container: fills in where OPTIONS' lines go. OBSERVING must not move from now on. */
int observing_init(Observing *observing, Loop *loop, ContainerOptions *options) MUST_CHECK;
void observing_attach(Observing *observing, Container *container);
/* Before the container is freed. */
void observing_done(Observing *observing);
