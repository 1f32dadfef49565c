/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what of the core's events becomes a line of the daemon's log: failures and warnings one line each, transitions
 * at debug, a summary of the start and of the stop (§102). One line a class of event and second (P18).
 * Does not own: the lines' way out (base/log) nor the foreground's display (console). */
#pragma once

#include "metrics.h"

typedef struct EventLog EventLog;

/* Both are borrowed; METRICS must have been made before. */
EventLog *event_log_new(Container *container, const Metrics *metrics);
/* Says first what was held back. */
void event_log_free(EventLog *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventLog, event_log_free)
