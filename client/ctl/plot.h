/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: `analyze plot`: the start as a picture, SVG on standard output.
 * Does not own: where a moment lies (timeline.h), what a row looks like (plot_svg.h). */
#pragma once

#include "startup.h"

/* The whole picture. The same data give the same text. */
void plot_format(const Startup *startup, GString *out);

int analyze_plot(Ctl *ctl);
