/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one answer of the daemon, counted and never changed; and what its errors are as errnos.
 * Does not own: who asked (lookup.h), how long it holds (cache.h). */
#pragma once

#include <systemd/sd-bus.h>

#include "include/reeve.h"

/* Makes one of REPLY, to Resolve or (IS_TRY) TryResolve: an error or a reply. Never fails: without memory it is a
 * static one that says so. */
reeve_resolution *resolution_read(sd_bus_message *reply, bool is_try);
/* One that says ERROR, a negative errno, and nothing else. */
reeve_resolution *resolution_failed(int error);

/* A negative errno. NAME may be NULL. */
int resolution_errno(const char *name, int otherwise);
