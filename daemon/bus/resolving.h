/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the calls of Resolve and TryResolve of one connection whose answer is still due, whichever of the daemon's
 * faces they came to. Each is answered exactly once.
 * Does not own: the verb (run/resolve), nor who may have something started (api_resolve, api_session). */
#pragma once

#include "link.h"
#include "run/resolve.h"

/* Of one connection, at a time. */
#define RESOLVING_MAX 256

/* CALLS is the connection's, empty at first; MESSAGE is of Resolve or TryResolve, its arguments not read yet. REQUEST
 * has what the message does not say: who asks, and whether it may only read. A handler's result. */
int resolving_begin(GQueue *calls, const BusContext *context, sd_bus_message *message, ResolveRequest *request,
                    sd_bus_error *error);
/* The caller is gone: nobody waits any more. */
void resolving_forget(GQueue *calls);
