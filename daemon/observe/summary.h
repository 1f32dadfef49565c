/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one sentence that sums up a start and the one that sums up a stop (§102), for journal and console alike.
 * Does not own: the figures (metrics). Both are newly allocated, without control characters. */
#pragma once

#include "metrics.h"

/* "started 12 components in 345 ms", with what failed or is blocked. */
char *summary_of_start(const Container *container, const StartupOutcome *outcome);
/* "stopped 12 components in 1.2 s: 11 clean, 1 killed"; BEGUN and ENDED are monotonic µs. */
char *summary_of_stop(const Container *container, const Metrics *metrics, uint64_t begun, uint64_t ended);
