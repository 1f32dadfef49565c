/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: telling what is waited for while something long runs: one line that is rewritten on a terminal, a new line
 * for each news elsewhere, nothing with --quiet.
 * Does not own: finding out what is waited for (change.h). */
#pragma once

#include "ctl.h"

typedef struct Progress {
        const Ctl *ctl;
        uint64_t begun_usec; /* CLOCK_MONOTONIC */
        char *last;          /* plain lines: what was said last */
        bool is_drawn;       /* terminal: the line is there and must go */
} Progress;

void progress_init(Progress *progress, const Ctl *ctl);
/* TEXT is one line without the time passed, which is added. Says nothing during the first moment. */
void progress_update(Progress *progress, const char *text);
/* Takes the line away; also before something else is written. */
void progress_clear(Progress *progress);
void progress_done(Progress *progress);
/* How often progress_update() is worth a call, µs. */
uint64_t progress_interval(const Progress *progress);
