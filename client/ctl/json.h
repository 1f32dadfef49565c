/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: JSON values: a tree of nodes; objects and arrays are counted, so that a part can outlive the whole.
 * Does not own: where they come from (wire.h), lenient reading (reply.h). A member that is set twice is replaced; order
 * is that of arrival. Setters and adders take the reference they are given. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum JsonType {
        JSON_NULL,
        JSON_BOOLEAN,
        JSON_INT,
        JSON_DOUBLE,
        JSON_STRING,
        JSON_ARRAY,
        JSON_OBJECT,
} JsonType;

typedef struct JsonNode JsonNode;
typedef struct JsonArray JsonArray;
typedef struct JsonObject JsonObject;

JsonNode *json_node_new_null(void);
JsonNode *json_node_new_boolean(bool value);
JsonNode *json_node_new_int(int64_t value);
JsonNode *json_node_new_double(double value);
JsonNode *json_node_new_string(const char *value);
JsonNode *json_node_new_array(JsonArray *array);
JsonNode *json_node_new_object(JsonObject *object);
void json_node_free(JsonNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonNode, json_node_free)

/* Of NULL: JSON_NULL. The getters are for nodes of their own type; what they return is borrowed. */
JsonType json_node_type(const JsonNode *node);
bool json_node_get_boolean(const JsonNode *node);
int64_t json_node_get_int(const JsonNode *node);
double json_node_get_double(const JsonNode *node);
const char *json_node_get_string(const JsonNode *node);
JsonArray *json_node_get_array(const JsonNode *node);
JsonObject *json_node_get_object(const JsonNode *node);

JsonArray *json_array_new(void);
JsonArray *json_array_ref(JsonArray *array);
void json_array_unref(JsonArray *array);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonArray, json_array_unref)
guint json_array_get_length(const JsonArray *array);
JsonNode *json_array_get_element(const JsonArray *array, guint index);
/* A node of its own; an array or object in it is the same one. */
JsonNode *json_array_dup_element(const JsonArray *array, guint index);
void json_array_add_element(JsonArray *array, JsonNode *node);
void json_array_add_string_element(JsonArray *array, const char *value);
void json_array_add_array_element(JsonArray *array, JsonArray *value);
void json_array_add_object_element(JsonArray *array, JsonObject *value);

JsonObject *json_object_new(void);
JsonObject *json_object_ref(JsonObject *object);
void json_object_unref(JsonObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonObject, json_object_unref)
guint json_object_get_size(const JsonObject *object);
const char *json_object_name_at(const JsonObject *object, guint index);
JsonNode *json_object_node_at(const JsonObject *object, guint index);
/* The list is the caller's, the names are not. */
GList *json_object_get_members(const JsonObject *object);
bool json_object_has_member(const JsonObject *object, const char *name);
JsonNode *json_object_get_member(const JsonObject *object, const char *name);
JsonNode *json_object_dup_member(const JsonObject *object, const char *name);
void json_object_set_member(JsonObject *object, const char *name, JsonNode *node);
/* Without the look for one of the same name, which would make a large object quadratic. */
void json_object_add_member(JsonObject *object, const char *name, JsonNode *node);
void json_object_set_boolean_member(JsonObject *object, const char *name, bool value);
void json_object_set_int_member(JsonObject *object, const char *name, int64_t value);
void json_object_set_double_member(JsonObject *object, const char *name, double value);
void json_object_set_string_member(JsonObject *object, const char *name, const char *value);
void json_object_set_array_member(JsonObject *object, const char *name, JsonArray *value);
void json_object_set_object_member(JsonObject *object, const char *name, JsonObject *value);

/* Several lines with two spaces a level, or IS_LINE one line; no newline at the end. */
void json_node_append(GString *out, const JsonNode *node, bool is_line);
