/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which x a moment has. One scale for the whole picture, but for gaps in which nothing happens and which are so
 * long that all the rest would vanish beside them: those are broken, and drawn as a narrow band.
 * Does not own: what is drawn. Pure; µs and pixels. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* At most so many gaps are broken. */
#define TIMELINE_BREAKS_MAX 6

typedef struct TimelinePiece {
        uint64_t from, to; /* µs */
        double x, width;   /* pixels */
        bool is_broken;
} TimelinePiece;

typedef struct Timeline {
        TimelinePiece pieces[2 * TIMELINE_BREAKS_MAX + 1];
        size_t n_pieces;
        uint64_t step; /* between two ticks, of pieces that are not broken */
} Timeline;

/* MOMENTS, of uint64_t, at least one, is sorted here. X and WIDTH: where the picture of all of it lies. */
void timeline_init(Timeline *timeline, GArray *moments, double x, double width);
/* Of a moment outside of all: the end that is nearer. */
double timeline_x(const Timeline *timeline, uint64_t moment);

/* Calls ON_TICK with each moment that gets a tick, counted from ZERO, which is one of the moments. */
void timeline_each_tick(const Timeline *timeline, uint64_t zero,
                        void (*on_tick)(uint64_t usec, double x, void *userdata), void *userdata);
/* "0", "5ms", "1.25s": as many digits as ticks STEP apart need. */
void timeline_append_label(GString *out, uint64_t usec, uint64_t step);
