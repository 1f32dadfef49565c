/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: who may call what: the one place that decides. Everybody may read; root and the daemon's own user may change.
 * Does not own: who may connect to the private socket at all beyond the same rule (link), nor the broker's policy. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>

#include "link.h"

typedef int (*AccessHandler)(sd_bus_message *message, Link *link, sd_bus_error *error);

/* The rule itself. */
bool access_is_allowed(uid_t caller, uid_t own);
/* For this process. */
bool access_may_change(uid_t caller);

/* Runs HANDLER, which changes something, if the sender of MESSAGE may; else org.freedesktop.DBus.Error.AccessDenied. On
 * the public bus the broker is asked who the sender is and HANDLER runs when it has answered: the daemon never waits
 * for it. HANDLER looks up what it works on itself, so nothing found before the authorisation is used after it (P34).
 */
int access_run(sd_bus_message *message, Link *link, AccessHandler handler, sd_bus_error *error);
/* The connection ends: calls that wait for an authorisation are not run. */
void access_forget(Link *link);
