/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire.h"

#include <errno.h>

#include "wire_value.h"

#define FIELDS_TYPE "a(yv)"

enum {
        FIELD_PATH = 1,
        FIELD_INTERFACE = 2,
        FIELD_MEMBER = 3,
        FIELD_ERROR = 4,
        FIELD_REPLY_SERIAL = 5,
        FIELD_SIGNATURE = 8,
};

int wire_size(const void *head, size_t *ret)
{
        WireCursor cursor = {.bytes = head, .size = WIRE_HEAD_BYTES};
        uint64_t body, fields, size;

        if (cursor.bytes[0] != 'l' && cursor.bytes[0] != 'B')
                return -EBADMSG;
        cursor.is_big_endian = cursor.bytes[0] == 'B';
        cursor.at = 4;
        if (cursor.bytes[3] != 1 || wire_read_number(&cursor, 4, &body) < 0)
                return -EBADMSG;
        cursor.at = 12;
        if (wire_read_number(&cursor, 4, &fields) < 0)
                return -EBADMSG;
        size = WIRE_HEAD_BYTES + (fields + 7) / 8 * 8 + body;
        if (size > WIRE_MESSAGE_BYTES_MAX)
                return -EBADMSG;
        *ret = size;
        return 0;
}

static const JsonNode *field_of(const WireMessage *message, int64_t code, JsonType type)
{
        for (guint i = 0; i < json_array_get_length(message->fields); i++) {
                JsonArray *field = json_node_get_array(json_array_get_element(message->fields, i));
                const JsonNode *value = json_array_get_element(field, 1);

                if (json_node_get_int(json_array_get_element(field, 0)) == code && json_node_type(value) == type)
                        return value;
        }
        return NULL;
}

static const char *text_of(const WireMessage *message, int64_t code)
{
        const JsonNode *value = field_of(message, code, JSON_STRING);

        return value ? json_node_get_string(value) : NULL;
}

static int read_fields(WireCursor *cursor, WireMessage *message)
{
        g_autoptr(JsonNode) node = NULL;
        const char *types = FIELDS_TYPE;
        const JsonNode *serial;
        int r;

        cursor->at = WIRE_HEAD_BYTES - 4; /* where the size of the array stands */
        r = wire_read_value(cursor, &types, &node);
        if (r >= 0)
                r = wire_pad(cursor, 8);
        if (r < 0)
                return r;
        message->fields = json_array_ref(json_node_get_array(node));
        message->path = text_of(message, FIELD_PATH);
        message->interface = text_of(message, FIELD_INTERFACE);
        message->member = text_of(message, FIELD_MEMBER);
        message->error = text_of(message, FIELD_ERROR);
        serial = field_of(message, FIELD_REPLY_SERIAL, JSON_INT);
        message->reply_serial = serial ? (uint32_t) json_node_get_int(serial) : 0;
        return 0;
}

static int read_body(WireCursor *cursor, WireMessage *message)
{
        const char *types = text_of(message, FIELD_SIGNATURE);

        message->body = json_array_new();
        if (types && strlen(types) > WIRE_SIGNATURE_BYTES_MAX)
                return -EBADMSG;
        while (types && *types) {
                JsonNode *node = NULL;
                int r = wire_skip_type(types) ? wire_read_value(cursor, &types, &node) : -EBADMSG;

                if (r < 0)
                        return r;
                json_array_add_element(message->body, node);
        }
        return cursor->at == cursor->size ? 0 : -EBADMSG;
}

int wire_parse(const void *bytes, size_t size, WireMessage **ret)
{
        WireCursor cursor = {.bytes = bytes, .size = size};
        g_autoptr(WireMessage) message = g_new0(WireMessage, 1);
        size_t expected;
        int r;

        if (size < WIRE_HEAD_BYTES || wire_size(bytes, &expected) < 0 || expected != size)
                return -EBADMSG;
        cursor.is_big_endian = cursor.bytes[0] == 'B';
        message->type = (WireType) cursor.bytes[1];
        r = read_fields(&cursor, message);
        if (r >= 0)
                r = read_body(&cursor, message);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&message);
        return 0;
}

void wire_message_free(WireMessage *message)
{
        if (!message)
                return;
        if (message->fields)
                json_array_unref(message->fields);
        if (message->body)
                json_array_unref(message->body);
        g_free(message);
}
