/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: writing JSON into a GString: commas, escaping, nesting. The daemon never reads JSON.
 * Does not own: what is written. Invalid UTF-8 becomes U+FFFD. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct Json {
        GString *out;   /* borrowed */
        uint64_t first; /* one bit a level: nothing written there yet; 64 levels */
        int depth;
        bool after_key;
} Json;

void json_init(Json *json, GString *out);

void json_begin_object(Json *json);
void json_end_object(Json *json);
void json_begin_array(Json *json);
void json_end_array(Json *json);
void json_key(Json *json, const char *key);

/* VALUE NULL writes null */
void json_string(Json *json, const char *value);
void json_bool(Json *json, bool value);
void json_uint(Json *json, uint64_t value);
void json_int(Json *json, int64_t value);

/* key and value in one call; json_field_string leaves a NULL value out altogether */
void json_field_string(Json *json, const char *key, const char *value);
void json_field_bool(Json *json, const char *key, bool value);
void json_field_uint(Json *json, const char *key, uint64_t value);
