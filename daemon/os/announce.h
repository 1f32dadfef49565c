/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the daemon tells its own service manager (sd_notify): READY, STATUS, STOPPING, EXTEND_TIMEOUT_USEC.
 * Does not own: when. Without NOTIFY_SOCKET every call does nothing. */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"

/* The one that must arrive: without it the service manager gives up on us. A negative errno: it could not be said. */
int announce_ready(const char *status) MUST_CHECK;
void announce_status(const char *status);
void announce_stopping(const char *status);
void announce_extend(uint64_t usec);
