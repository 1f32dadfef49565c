/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: an event (dbus/org.reeve.Reeve1.Container.xml) as a line of text and as JSON.
 * Does not own: where events come from (history.h, events.c). */
#pragma once

#include "reply.h"

uint64_t event_sequence(JsonArray *event);
/* "" when it is about none in particular. Borrowed. */
const char *event_component(JsonArray *event);
JsonObject *event_to_object(JsonArray *event);
/* "18:00:00.123456     12  db: starting → ready (started): text", without the end of the line. */
void event_append(GString *out, JsonArray *event, bool has_colour);
