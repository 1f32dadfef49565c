/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how a Change went as JSON: component, kind, state (doing, done, failed, refused, unknown), id, begun_usec,
 * ended_usec, and error in the form of a finding. Each is added to RESULTS.
 * Does not own: waiting for it (change.h). */
#pragma once

#include "reply.h"

/* The daemon would not have it, for the D-Bus error NAME. */
void outcome_add_refused(JsonArray *results, const char *kind, const char *component, const char *name,
                         const char *message);
/* PATH is that of its object. */
void outcome_add_begun(JsonArray *results, const char *kind, const char *component, const char *path);
/* PROPERTIES are those of its object, or NULL: it was forgotten before they were read. */
void outcome_add_ended(JsonArray *results, const char *kind, const char *component, const char *path,
                       JsonObject *properties);
