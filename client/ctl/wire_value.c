/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire_value.h"

#include <errno.h>
#include <string.h>

#define LEVELS_MAX 64 /* of the specification: 32 arrays and 32 structs */
#define ARRAY_BYTES_MAX (UINT32_C(64) << 20)

static size_t alignment_of(char type)
{
        switch (type) {
        case 'n':
        case 'q':
                return 2;
        case 'b':
        case 'i':
        case 'u':
        case 'h':
        case 's':
        case 'o':
        case 'a':
                return 4;
        case 'x':
        case 't':
        case 'd':
        case '(':
        case '{':
                return 8;
        default:
                return 1;
        }
}

/* What stands behind one complete type, or NULL. A signature has 255 bytes, which bounds the recursion. */
const char *wire_skip_type(const char *types)
{
        bool is_element = *types == 'a';

        while (*types == 'a')
                types++;
        if (*types == '(') {
                if (*++types == ')')
                        return NULL;
                while (types && *types != ')')
                        types = wire_skip_type(types);
                return types ? types + 1 : NULL;
        }
        if (*types == '{' && is_element) {
                if (!strchr("ybnqiuxtdsog", types[1]) || !types[1])
                        return NULL;
                types = wire_skip_type(types + 2);
                return types && *types == '}' ? types + 1 : NULL;
        }
        return *types && strchr("ybnqiuxtdsoghv", *types) ? types + 1 : NULL;
}

int wire_pad(WireCursor *cursor, size_t alignment)
{
        size_t at = (cursor->at + alignment - 1) / alignment * alignment;

        if (at > cursor->size)
                return -EBADMSG;
        cursor->at = at;
        return 0;
}

int wire_read_number(WireCursor *cursor, unsigned n_bytes, uint64_t *ret)
{
        uint64_t value = 0;

        if (wire_pad(cursor, n_bytes) < 0 || cursor->size - cursor->at < n_bytes)
                return -EBADMSG;
        for (unsigned i = 0; i < n_bytes; i++)
                value |= (uint64_t) cursor->bytes[cursor->at + i]
                         << (8 * (cursor->is_big_endian ? n_bytes - 1 - i : i));
        cursor->at += n_bytes;
        *ret = value;
        return 0;
}

static int read_text(WireCursor *cursor, unsigned n_bytes, const char **ret)
{
        const char *text;
        uint64_t n;
        int r = wire_read_number(cursor, n_bytes, &n);

        if (r < 0)
                return r;
        if (n >= cursor->size - cursor->at)
                return -EBADMSG;
        text = (const char *) cursor->bytes + cursor->at;
        if (text[n] != '\0' || strlen(text) != n || !g_utf8_validate(text, (gssize) n, NULL))
                return -EBADMSG;
        cursor->at += n + 1;
        *ret = text;
        return 0;
}

static JsonNode *node_of_unsigned(uint64_t value)
{
        return value > INT64_MAX ? json_node_new_null() : json_node_new_int((int64_t) value);
}

static JsonNode *node_of_double(uint64_t bits)
{
        double value;

        memcpy(&value, &bits, sizeof(value));
        return json_node_new_double(value);
}

static int read_basic(WireCursor *cursor, char type, JsonNode **ret)
{
        const char *text = NULL;
        uint64_t value = 0;
        int r;

        if (strchr("sog", type))
                r = read_text(cursor, type == 'g' ? 1 : 4, &text);
        else
                r = wire_read_number(cursor, (unsigned) alignment_of(type), &value);
        if (r < 0)
                return r;
        switch (type) {
        case 's':
        case 'o':
        case 'g':
                *ret = json_node_new_string(text);
                break;
        case 'b':
                *ret = json_node_new_boolean(value != 0);
                break;
        case 'n':
                *ret = json_node_new_int((int16_t) value);
                break;
        case 'i':
                *ret = json_node_new_int((int32_t) value);
                break;
        case 'x':
                *ret = json_node_new_int((int64_t) value);
                break;
        case 'd':
                *ret = node_of_double(value);
                break;
        case 'h': /* a descriptor has no JSON form */
                *ret = json_node_new_null();
                break;
        default:
                *ret = node_of_unsigned(value);
        }
        return 0;
}

static char *key_of(const JsonNode *node)
{
        GString *text;

        if (json_node_type(node) == JSON_STRING)
                return g_strdup(json_node_get_string(node));
        text = g_string_new(NULL);
        json_node_append(text, node, true);
        return g_string_free(text, FALSE);
}

static int read_entry(WireCursor *cursor, const char *types, JsonObject *object)
{
        g_autoptr(JsonNode) key = NULL;
        g_autofree char *name = NULL;
        JsonNode *value = NULL;
        int r = wire_pad(cursor, 8);

        types++;
        if (r >= 0)
                r = wire_read_value(cursor, &types, &key);
        if (r >= 0)
                r = wire_read_value(cursor, &types, &value);
        if (r < 0)
                return r;
        name = key_of(key);
        json_object_add_member(object, name, value);
        return 0;
}

/* TYPE is that of an element. Each takes a byte at least, so this ends. */
static int read_elements(WireCursor *cursor, const char *type, size_t end, JsonArray *array, JsonObject *object)
{
        while (cursor->at < end) {
                const char *types = type;
                JsonNode *node = NULL;
                int r;

                if (object) {
                        r = read_entry(cursor, type, object);
                } else {
                        r = wire_read_value(cursor, &types, &node);
                        if (r >= 0)
                                json_array_add_element(array, node);
                }
                if (r < 0)
                        return r;
        }
        return cursor->at == end ? 0 : -EBADMSG;
}

static int read_array(WireCursor *cursor, const char *type, JsonNode **ret)
{
        g_autoptr(JsonArray) array = NULL;
        g_autoptr(JsonObject) object = NULL;
        uint64_t n;
        int r = wire_read_number(cursor, 4, &n);

        if (r >= 0)
                r = wire_pad(cursor, alignment_of(*type));
        if (r < 0)
                return r;
        if (n > ARRAY_BYTES_MAX || n > cursor->size - cursor->at)
                return -EBADMSG;
        if (*type == '{')
                object = json_object_new();
        else
                array = json_array_new();
        r = read_elements(cursor, type, cursor->at + n, array, object);
        if (r < 0)
                return r;
        *ret = object ? json_node_new_object(g_steal_pointer(&object)) : json_node_new_array(g_steal_pointer(&array));
        return 0;
}

static int read_struct(WireCursor *cursor, const char *types, JsonNode **ret)
{
        g_autoptr(JsonArray) array = json_array_new();
        int r = wire_pad(cursor, 8);

        while (r >= 0 && *types != ')') {
                JsonNode *node = NULL;

                r = wire_read_value(cursor, &types, &node);
                if (r >= 0)
                        json_array_add_element(array, node);
        }
        if (r < 0)
                return r;
        *ret = json_node_new_array(g_steal_pointer(&array));
        return 0;
}

static int read_variant(WireCursor *cursor, JsonNode **ret)
{
        const char *types, *end;
        int r = read_text(cursor, 1, &types);

        if (r < 0)
                return r;
        end = wire_skip_type(types);
        return end && !*end ? wire_read_value(cursor, &types, ret) : -EBADMSG;
}

/* One complete type of TYPES, which are well formed. */
int wire_read_value(WireCursor *cursor, const char **types, JsonNode **ret)
{
        const char *type = *types;
        int r;

        if (cursor->level >= LEVELS_MAX)
                return -EBADMSG;
        cursor->level++;
        *types = wire_skip_type(type);
        if (*type == 'a')
                r = read_array(cursor, type + 1, ret);
        else if (*type == '(')
                r = read_struct(cursor, type + 1, ret);
        else if (*type == 'v')
                r = read_variant(cursor, ret);
        else
                r = read_basic(cursor, *type, ret);
        cursor->level--;
        return r;
}
