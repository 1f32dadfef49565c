/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one row of the picture of a start: a component's waits and bars, its label, and what is told of it when the
 * mouse rests there.
 * Does not own: which row it is, nor what connects rows (plot.h). */
#pragma once

#include "plot_svg.h"
#include "startup.h"
#include "timeline.h"

typedef struct PlotRow {
        const Timeline *timeline;
        double y, height, font; /* y: the upper end */
        uint64_t ended;         /* of the start: where open bars end */
} PlotRow;

void plot_row_bars(GString *out, const PlotRow *row, const StartPart *part);
/* Apart from the bars, because all labels lie above all bars. */
void plot_row_label(GString *out, const PlotRow *row, const StartPart *part);
