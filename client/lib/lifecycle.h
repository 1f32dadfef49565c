/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the daemon's calls of hooks: each is read and queued once, in order.
 * Does not own: how a hook is answered (reply.h), what follows from an answer (life.h). */
#pragma once

#include "core.h"

/* Queues or refuses the call MESSAGE. 1: done; a negative errno is to be the answer. */
int lifecycle_hear(reeve_component *component, sd_bus_message *message);
