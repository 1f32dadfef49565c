/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how text, times and sizes are shown on a screen: escaped, coloured, as wide as they look.
 * Does not own: columns (table.h) nor where the output goes. Durations and times are µs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef enum Colour {
        COLOUR_NONE,
        COLOUR_BOLD,
        COLOUR_DIM,
        COLOUR_GOOD,
        COLOUR_BUSY,
        COLOUR_BAD,
        COLOUR_N_,
} Colour;

/* What a stream can show; asked once at the start. */
typedef struct Screen {
        bool is_terminal;
        bool has_colour;
        size_t width; /* columns; SIZE_MAX: not a terminal, nothing is cut */
} Screen;

/* NO_COLOR, TERM=dumb, a pipe and ALLOW_COLOUR false each take the colours away. */
Screen screen_of(int fd, bool allow_colour);

/* Appends TEXT with control characters, C1, bidi controls, line separators and bytes that are not UTF-8 as \xNN. */
void text_append(GString *out, const char *text);
/* The same, but the ends of lines stay. */
void text_append_lines(GString *out, const char *text);
/* text_append() between colour codes, if HAS_COLOUR. */
void text_append_coloured(GString *out, Colour colour, bool has_colour, const char *text);
/* The columns that UTF-8 TEXT takes, after text_append(). */
size_t text_width(const char *text);
/* Cuts escaped TEXT to WIDTH columns, the last of which is then "…". Newly allocated. */
char *text_cut(const char *text, size_t width);

/* "2h 5min", "1.204s", "38ms", "12us", at most two units. */
void text_append_span(GString *out, uint64_t usec);
/* "Sun 2026-11-22 18:00:00 UTC; 2min 3s ago". NOW is of the same clock, CLOCK_REALTIME. */
void text_append_since(GString *out, uint64_t realtime_usec, uint64_t now_usec);
/* Local time "18:00:00.123456". */
void text_append_clock(GString *out, uint64_t realtime_usec);
