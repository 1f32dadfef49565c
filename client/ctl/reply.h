/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: safe reading of what the daemon says, which is JSON values (wire.h), and printing it.
 * Does not own: calls (call.h). */
#pragma once

#include "ctl.h"
#include "json.h"

/* Members of the wrong type count as absent: NULL, 0, false. What is returned is borrowed. OBJECT may be NULL. */
const char *field_string(JsonObject *object, const char *name);
uint64_t field_uint(JsonObject *object, const char *name);
bool field_bool(JsonObject *object, const char *name);
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
