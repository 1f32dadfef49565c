/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: SVG as text: shapes, escaped text, the colours for light and for dark screens, and where a label has room.
 * Does not own: what is drawn (plot.h). Pixels; classes are those of the style sheet in plot_svg.c. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "text.h"

#define PLOT_WIDTH 1280.0
#define PLOT_LEFT 20.0
#define PLOT_RIGHT (PLOT_WIDTH - 20.0)

/* FONT: height of a label. */
void svg_begin(GString *out, double height, double font, const char *title);
void svg_end(GString *out);

/* Escaped for a screen and for XML: bytes that neither allows become readable ones that both do. */
void svg_append_text(GString *out, const char *text);
void svg_rect(GString *out, double x, double y, double width, double height, const char *class);
void svg_line(GString *out, double x, double y, double to_x, double to_y, const char *class);
/* ANCHOR: start, middle or end. */
void svg_text(GString *out, double x, double y, const char *anchor, const char *class, const char *text);
/* The head of an arrow that points at X, Y from above, or IS_UP from below. */
void svg_arrow(GString *out, double x, double y, bool is_up, const char *class);

/* In columns of text_width() of a label of height FONT. */
double svg_text_width(const char *text, double font);

/* What a label belongs to: where it begins and ends, and from where on a label may lie on it, and whether it is dark
 * there. */
typedef struct SvgSpan {
        double begin, inner, end;
        bool is_dark;
} SvgSpan;

/* Behind SPAN, or before it, or on it; never cut off by the picture. TEXT is cut where it is longer than one of the
 * three can always hold. */
void svg_label(GString *out, const SvgSpan *span, double y, double font, const char *class, const char *text);
