/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the daemon's D-Bus face: the private socket, always, and the public bus where there is one. One observer here
 * turns RunEvents into signals; nothing is computed while nobody listens.
 * Does not own: what the verbs do (run/container) nor any state of the model. Nothing here blocks. */
#pragma once

#include <glib.h>

#include "base/cleanup.h"
#include "conf/settings.h"
#include "observe/history.h"
#include "observe/metrics.h"
#include "os/loop.h"
#include "run/container.h"

typedef struct Bus Bus;

typedef struct BusOptions {
        const char *socket_path; /* of the private socket; borrowed for the call. What stands there is replaced: the
                                  * caller holds the lock of the runtime directory (P9) */
        BusChoice choice; /* BUS_AUTO: the system bus for root, the user bus for others, where its socket exists now */
} BusOptions;

/* All borrowed; to be freed before them. METRICS and HISTORY must have been made before: they are told first. The name
 * is asked for as the last step of a connection. Errors: of the private socket only; without a public bus things go on.
 */
int bus_new(Loop *loop, Container *container, const History *history, const Metrics *metrics, const BusOptions *options,
            Bus **ret) MUST_CHECK;
/* Gives answers that are still queued a moment (0.1 s in all), then closes and removes the private socket. */
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)

/* Offline: what introspection of PATH gives, from the same vtables: `reeved --introspect`. Any component, module or
 * change name will do; "session": what a component sees on its own connection. -ENOENT: there is no such kind of
 * object. */
int bus_introspect(const char *path, GString *out) MUST_CHECK;
