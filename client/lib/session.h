/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: calls to the daemon's side of the connection.
 * Does not own: lookups, which have an answer (lookup.h). */
#pragma once

#include "core.h"

/* A call of MEMBER of the Session, with no arguments yet. -ENOTCONN: outside reeve. -ECONNRESET: lost. -ENOBUFS: too
 * much waits to be written. -ENOMEM. */
int session_new_call(reeve_component *component, const char *member, sd_bus_message **ret);
/* Queues a call with arguments as sd_bus_message_append() has them; no answer comes. The same errors, -EINVAL. */
int session_send(reeve_component *component, const char *member, const char *types, ...);
/* What sd-bus returned, as we return it. */
int session_error(int r);
