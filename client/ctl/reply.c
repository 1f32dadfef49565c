/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

#include <errno.h>
#include <string.h>

static int read_value(sd_bus_message *message, JsonNode **ret);

static JsonNode *node_uint(uint64_t value)
{
        JsonNode *node = json_node_alloc();

        return value > INT64_MAX ? json_node_init_null(node) : json_node_init_int(node, (gint64) value);
}

static int read_basic(sd_bus_message *message, char type, JsonNode **ret)
{
        union {
                uint8_t u8;
                int16_t i16;
                uint16_t u16;
                int32_t i32;
                uint32_t u32;
                int64_t i64;
                uint64_t u64;
                double d;
                int b;
                const char *s;
        } value = {0};
        int r = sd_bus_message_read_basic(message, type, &value);

        if (r < 0)
                return r;
        switch (type) {
        case SD_BUS_TYPE_BYTE:
                *ret = node_uint(value.u8);
                break;
        case SD_BUS_TYPE_BOOLEAN:
                *ret = json_node_init_boolean(json_node_alloc(), value.b != 0);
                break;
        case SD_BUS_TYPE_INT16:
                *ret = json_node_init_int(json_node_alloc(), value.i16);
                break;
        case SD_BUS_TYPE_UINT16:
                *ret = node_uint(value.u16);
                break;
        case SD_BUS_TYPE_INT32:
                *ret = json_node_init_int(json_node_alloc(), value.i32);
                break;
        case SD_BUS_TYPE_UINT32:
                *ret = node_uint(value.u32);
                break;
        case SD_BUS_TYPE_INT64:
                *ret = json_node_init_int(json_node_alloc(), value.i64);
                break;
        case SD_BUS_TYPE_UINT64:
                *ret = node_uint(value.u64);
                break;
        case SD_BUS_TYPE_DOUBLE:
                *ret = json_node_init_double(json_node_alloc(), value.d);
                break;
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_SIGNATURE:
                *ret = json_node_init_string(json_node_alloc(), value.s);
                break;
        default: /* a descriptor has no JSON form */
                *ret = json_node_init_null(json_node_alloc());
        }
        return 0;
}

static char *key_of(JsonNode *node)
{
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                return g_strdup(json_node_get_string(node));
        return json_to_string(node, FALSE);
}

static int read_entries(sd_bus_message *message, const char *contents, JsonNode **ret)
{
        g_autoptr(JsonObject) object = json_object_new();
        g_autofree char *entry = g_strndup(contents + 1, strlen(contents) - 2);
        int r;

        while ((r = sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, entry)) > 0) {
                g_autoptr(JsonNode) key = NULL;
                g_autofree char *name = NULL;
                JsonNode *value = NULL;

                r = read_value(message, &key);
                if (r < 0)
                        return r;
                r = read_value(message, &value);
                if (r < 0)
                        return r;
                name = key_of(key);
                json_object_set_member(object, name, value);
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        *ret = json_node_init_object(json_node_alloc(), object);
        return 0;
}

static int read_elements(sd_bus_message *message, JsonArray *array)
{
        for (;;) {
                JsonNode *value = NULL;
                int r = sd_bus_message_at_end(message, false);

                if (r != 0)
                        return MIN(r, 0);
                r = read_value(message, &value);
                if (r < 0)
                        return r;
                json_array_add_element(array, value);
        }
}

/* Recursion is bounded by D-Bus itself: 64 levels. */
static int read_value(sd_bus_message *message, JsonNode **ret)
{
        g_autoptr(JsonArray) array = NULL;
        const char *contents;
        char type;
        int r = sd_bus_message_peek_type(message, &type, &contents);

        if (r < 0)
                return r;
        if (r == 0)
                return -EBADMSG;
        if (!contents)
                return read_basic(message, type, ret);
        r = sd_bus_message_enter_container(message, type, contents);
        if (r < 0)
                return r;
        if (type == SD_BUS_TYPE_VARIANT) {
                r = read_value(message, ret);
        } else if (type == SD_BUS_TYPE_ARRAY && contents[0] == SD_BUS_TYPE_DICT_ENTRY_BEGIN) {
                r = read_entries(message, contents, ret);
        } else {
                array = json_array_new();
                r = read_elements(message, array);
                if (r >= 0)
                        *ret = json_node_init_array(json_node_alloc(), array);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

int reply_read(sd_bus_message *message, JsonArray **ret)
{
        g_autoptr(JsonArray) array = json_array_new();
        int r = read_elements(message, array);

        if (r < 0)
                return r;
        *ret = g_steal_pointer(&array);
        return 0;
}
