/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: queueing hooks, each once and in order: the daemon's calls, which are read here, and those of a life outside
 * reeve.
 * Does not own: how a hook is answered (reply.h), which one is due outside (life.h). */
#pragma once

#include "core.h"

/* Queues or refuses the call MESSAGE. 1: done; a negative errno is to be the answer. */
int lifecycle_hear(reeve_component *component, sd_bus_message *message);
/* Queues what is due outside reeve, and hears of reeve_stop(). -ENOMEM: again later. */
int lifecycle_advance(reeve_component *component);
