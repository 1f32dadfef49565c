/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how each state looks that the daemon has a word for, and how many are in which, as a phrase.
 * Does not own: the words, which are the daemon's (rules/states compares them); one that is not here still counts. */
#pragma once

#include "text.h"

typedef struct StateLook {
        const char *state;
        Colour colour;
} StateLook;

/* Those of a component first, in the order of a summary; then those of the container and of a change. */
extern const StateLook state_looks[];
extern const size_t n_state_looks;

Colour colour_of_state(const char *state);
/* One character that shows the state where there is no colour: ● ↻ × ○ */
const char *state_symbol(const char *state);

typedef struct StateCount {
        const char *state; /* borrowed */
        uint64_t n;
} StateCount;

/* N more in STATE. COUNTS is an array of StateCount. */
void state_counts_add(GArray *counts, const char *state, uint64_t n);
/* ": 10 ready, 1 failed", or nothing. Sorts COUNTS. */
void state_counts_append(GString *out, GArray *counts);
