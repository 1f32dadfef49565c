/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what of the core's events becomes a line of the daemon's log: failures and warnings one line each, transitions
 * at debug, a summary of the start and of the stop (§102). One line a class of event and second (P18).
 * Does not own: the lines' way out (base/log) nor the foreground's display (console). */
#pragma once

#include "metrics.h"

typedef struct Journal Journal;

/* Both are borrowed; METRICS must have been made before. */
Journal *journal_new(Container *container, const Metrics *metrics);
/* Says first what was held back. */
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)
