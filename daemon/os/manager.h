/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the daemon tells its own service manager (sd_notify): READY, STATUS, STOPPING, EXTEND_TIMEOUT_USEC.
 * Does not own: when. Without NOTIFY_SOCKET every call does nothing. */
#pragma once

#include <stdint.h>

void manager_ready(const char *status);
void manager_status(const char *status);
void manager_stopping(const char *status);
void manager_extend(uint64_t usec);
