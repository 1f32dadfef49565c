/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: D-Bus values as JSON values, the one form in which verbs read and print what the daemon says; and safe reading.
 * Does not own: calls (call.h). Dictionaries become objects, structs become arrays, variants what they hold; unsigned
 * numbers that JSON cannot carry (infinity) become null. */
#pragma once

#include <json-glib/json-glib.h>
#include <systemd/sd-bus.h>

#include "ctl.h"

/* All that is left of MESSAGE, one element an argument. 0 or a negative errno. */
int reply_read(sd_bus_message *message, JsonArray **ret) MUST_CHECK;

/* Members of the wrong type count as absent: NULL, 0, false. What is returned is borrowed. OBJECT may be NULL. */
const char *field_string(JsonObject *object, const char *name);
uint64_t field_uint(JsonObject *object, const char *name);
bool field_bool(JsonObject *object, const char *name);
bool field_is_null(JsonObject *object, const char *name);
JsonObject *field_object(JsonObject *object, const char *name);
JsonArray *field_array(JsonObject *object, const char *name);

/* The same for the elements of an array, which may be NULL. */
guint element_count(JsonArray *array);
const char *element_string(JsonArray *array, guint index);
uint64_t element_uint(JsonArray *array, guint index);
JsonObject *element_object(JsonArray *array, guint index);
JsonArray *element_array(JsonArray *array, guint index);

/* Pretty over several lines, or IS_LINE one line; with a newline at the end. */
void json_append_object(GString *out, JsonObject *object, bool is_line);
void json_append_array(GString *out, JsonArray *array, bool is_line);
