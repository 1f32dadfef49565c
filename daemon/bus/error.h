/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the D-Bus name of a finding's code (§152) and the one way from what a verb returned to an error reply.
 * Does not own: codes and texts (base/diag). */
#pragma once

#include <systemd/sd-bus.h>

#include "base/diag.h"

/* "org.reeve.Reeve1.Error.InUse" for in-use; permission-denied is org.freedesktop.DBus.Error.AccessDenied. Borrowed. */
const char *error_name(DiagCode code);
/* The other way round; -1: not one of ours. */
int error_find_code(const char *name);

/* R is what a verb returned, negative, and DIAGS what it found, if anything. Fills ERROR in and returns a negative
 * errno, for a handler to return. -ETIMEDOUT, the time of the caller alone, is org.freedesktop.DBus.Error.Timeout. */
int error_set(sd_bus_error *error, int r, const DiagList *diags);
