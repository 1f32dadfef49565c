/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

static const char *node_string(JsonNode *node)
{
        return json_node_type(node) == JSON_STRING ? json_node_get_string(node) : NULL;
}

static uint64_t node_number(JsonNode *node)
{
        int64_t value = json_node_type(node) == JSON_INT ? json_node_get_int(node) : 0;

        return value < 0 ? 0 : (uint64_t) value;
}

static JsonNode *member(JsonObject *object, const char *name)
{
        return object ? json_object_get_member(object, name) : NULL;
}

static JsonNode *element(JsonArray *array, guint index)
{
        return index < element_count(array) ? json_array_get_element(array, index) : NULL;
}

static JsonObject *node_object(JsonNode *node)
{
        return json_node_type(node) == JSON_OBJECT ? json_node_get_object(node) : NULL;
}

static JsonArray *node_array(JsonNode *node)
{
        return json_node_type(node) == JSON_ARRAY ? json_node_get_array(node) : NULL;
}

const char *field_string(JsonObject *object, const char *name)
{
        return node_string(member(object, name));
}

uint64_t field_uint(JsonObject *object, const char *name)
{
        return node_number(member(object, name));
}

bool field_bool(JsonObject *object, const char *name)
{
        JsonNode *node = member(object, name);

        return json_node_type(node) == JSON_BOOLEAN && json_node_get_boolean(node);
}

JsonObject *field_object(JsonObject *object, const char *name)
{
        return node_object(member(object, name));
}

JsonArray *field_array(JsonObject *object, const char *name)
{
        return node_array(member(object, name));
}

guint element_count(JsonArray *array)
{
        return array ? json_array_get_length(array) : 0;
}

const char *element_string(JsonArray *array, guint index)
{
        return node_string(element(array, index));
}

uint64_t element_uint(JsonArray *array, guint index)
{
        return node_number(element(array, index));
}

JsonObject *element_object(JsonArray *array, guint index)
{
        return node_object(element(array, index));
}

JsonArray *element_array(JsonArray *array, guint index)
{
        return node_array(element(array, index));
}

void json_append_object(GString *out, JsonObject *object, bool is_line)
{
        g_autoptr(JsonNode) node = json_node_new_object(json_object_ref(object));

        json_node_append(out, node, is_line);
        g_string_append_c(out, '\n');
}

void json_append_array(GString *out, JsonArray *array, bool is_line)
{
        g_autoptr(JsonNode) node = json_node_new_array(json_array_ref(array));

        json_node_append(out, node, is_line);
        g_string_append_c(out, '\n');
}
