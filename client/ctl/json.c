/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

struct JsonNode {
        JsonType type;
        union {
                bool boolean;
                int64_t number;
                double real;
                char *string;
                JsonArray *array;
                JsonObject *object;
        };
};

struct JsonArray {
        unsigned n_refs;
        GPtrArray *nodes;
};

struct JsonObject {
        unsigned n_refs;
        GPtrArray *names, *nodes; /* side by side */
};

static JsonNode *node_new(JsonType type)
{
        JsonNode *node = g_new0(JsonNode, 1);

        node->type = type;
        return node;
}

JsonNode *json_node_new_null(void)
{
        return node_new(JSON_NULL);
}

JsonNode *json_node_new_boolean(bool value)
{
        JsonNode *node = node_new(JSON_BOOLEAN);

        node->boolean = value;
        return node;
}

JsonNode *json_node_new_int(int64_t value)
{
        JsonNode *node = node_new(JSON_INT);

        node->number = value;
        return node;
}

JsonNode *json_node_new_double(double value)
{
        JsonNode *node = node_new(JSON_DOUBLE);

        node->real = value;
        return node;
}

JsonNode *json_node_new_string(const char *value)
{
        JsonNode *node = node_new(JSON_STRING);

        node->string = g_strdup(value ? value : "");
        return node;
}

JsonNode *json_node_new_array(JsonArray *array)
{
        JsonNode *node = node_new(JSON_ARRAY);

        node->array = array;
        return node;
}

JsonNode *json_node_new_object(JsonObject *object)
{
        JsonNode *node = node_new(JSON_OBJECT);

        node->object = object;
        return node;
}

void json_node_free(JsonNode *node)
{
        if (!node)
                return;
        if (node->type == JSON_STRING)
                g_free(node->string);
        else if (node->type == JSON_ARRAY)
                json_array_unref(node->array);
        else if (node->type == JSON_OBJECT)
                json_object_unref(node->object);
        g_free(node);
}

static void free_node(gpointer node)
{
        json_node_free(node);
}

static JsonNode *node_copy(const JsonNode *node)
{
        JsonNode *copy;

        if (!node)
                return json_node_new_null();
        copy = node_new(node->type);
        *copy = *node;
        if (node->type == JSON_STRING)
                copy->string = g_strdup(node->string);
        else if (node->type == JSON_ARRAY)
                (void) json_array_ref(node->array);
        else if (node->type == JSON_OBJECT)
                (void) json_object_ref(node->object);
        return copy;
}

JsonType json_node_type(const JsonNode *node)
{
        return node ? node->type : JSON_NULL;
}

bool json_node_get_boolean(const JsonNode *node)
{
        g_assert(node->type == JSON_BOOLEAN);
        return node->boolean;
}

int64_t json_node_get_int(const JsonNode *node)
{
        g_assert(node->type == JSON_INT);
        return node->number;
}

double json_node_get_double(const JsonNode *node)
{
        g_assert(node->type == JSON_DOUBLE);
        return node->real;
}

const char *json_node_get_string(const JsonNode *node)
{
        g_assert(node->type == JSON_STRING);
        return node->string;
}

JsonArray *json_node_get_array(const JsonNode *node)
{
        g_assert(node->type == JSON_ARRAY);
        return node->array;
}

JsonObject *json_node_get_object(const JsonNode *node)
{
        g_assert(node->type == JSON_OBJECT);
        return node->object;
}

JsonArray *json_array_new(void)
{
        JsonArray *array = g_new0(JsonArray, 1);

        array->n_refs = 1;
        array->nodes = g_ptr_array_new_with_free_func(free_node);
        return array;
}

JsonArray *json_array_ref(JsonArray *array)
{
        array->n_refs++;
        return array;
}

void json_array_unref(JsonArray *array)
{
        if (!array || --array->n_refs > 0)
                return;
        g_ptr_array_unref(array->nodes);
        g_free(array);
}

guint json_array_get_length(const JsonArray *array)
{
        return array->nodes->len;
}

JsonNode *json_array_get_element(const JsonArray *array, guint index)
{
        return index < array->nodes->len ? array->nodes->pdata[index] : NULL;
}

JsonNode *json_array_dup_element(const JsonArray *array, guint index)
{
        return node_copy(json_array_get_element(array, index));
}

void json_array_add_element(JsonArray *array, JsonNode *node)
{
        g_ptr_array_add(array->nodes, node);
}

void json_array_add_string_element(JsonArray *array, const char *value)
{
        json_array_add_element(array, json_node_new_string(value));
}

void json_array_add_array_element(JsonArray *array, JsonArray *value)
{
        json_array_add_element(array, json_node_new_array(value));
}

void json_array_add_object_element(JsonArray *array, JsonObject *value)
{
        json_array_add_element(array, json_node_new_object(value));
}

JsonObject *json_object_new(void)
{
        JsonObject *object = g_new0(JsonObject, 1);

        object->n_refs = 1;
        object->names = g_ptr_array_new_with_free_func(g_free);
        object->nodes = g_ptr_array_new_with_free_func(free_node);
        return object;
}

JsonObject *json_object_ref(JsonObject *object)
{
        object->n_refs++;
        return object;
}

void json_object_unref(JsonObject *object)
{
        if (!object || --object->n_refs > 0)
                return;
        g_ptr_array_unref(object->names);
        g_ptr_array_unref(object->nodes);
        g_free(object);
}

guint json_object_get_size(const JsonObject *object)
{
        return object->nodes->len;
}

const char *json_object_name_at(const JsonObject *object, guint index)
{
        return object->names->pdata[index];
}

JsonNode *json_object_node_at(const JsonObject *object, guint index)
{
        return object->nodes->pdata[index];
}

GList *json_object_get_members(const JsonObject *object)
{
        GList *names = NULL;

        for (guint i = object->names->len; i > 0; i--)
                names = g_list_prepend(names, object->names->pdata[i - 1]);
        return names;
}

/* -1: there is none. Objects have a few dozen members at most where one is looked for. */
static int64_t find(const JsonObject *object, const char *name)
{
        for (guint i = 0; i < object->names->len; i++)
                if (g_str_equal(object->names->pdata[i], name))
                        return i;
        return -1;
}

bool json_object_has_member(const JsonObject *object, const char *name)
{
        return find(object, name) >= 0;
}

JsonNode *json_object_get_member(const JsonObject *object, const char *name)
{
        int64_t i = find(object, name);

        return i < 0 ? NULL : object->nodes->pdata[i];
}

JsonNode *json_object_dup_member(const JsonObject *object, const char *name)
{
        return node_copy(json_object_get_member(object, name));
}

void json_object_add_member(JsonObject *object, const char *name, JsonNode *node)
{
        g_ptr_array_add(object->names, g_strdup(name));
        g_ptr_array_add(object->nodes, node);
}

void json_object_set_member(JsonObject *object, const char *name, JsonNode *node)
{
        int64_t i = find(object, name);

        if (i < 0) {
                json_object_add_member(object, name, node);
                return;
        }
        json_node_free(object->nodes->pdata[i]);
        object->nodes->pdata[i] = node;
}

void json_object_set_boolean_member(JsonObject *object, const char *name, bool value)
{
        json_object_set_member(object, name, json_node_new_boolean(value));
}

void json_object_set_int_member(JsonObject *object, const char *name, int64_t value)
{
        json_object_set_member(object, name, json_node_new_int(value));
}

void json_object_set_double_member(JsonObject *object, const char *name, double value)
{
        json_object_set_member(object, name, json_node_new_double(value));
}

void json_object_set_string_member(JsonObject *object, const char *name, const char *value)
{
        json_object_set_member(object, name, json_node_new_string(value));
}

void json_object_set_array_member(JsonObject *object, const char *name, JsonArray *value)
{
        json_object_set_member(object, name, json_node_new_array(value));
}

void json_object_set_object_member(JsonObject *object, const char *name, JsonObject *value)
{
        json_object_set_member(object, name, json_node_new_object(value));
}
