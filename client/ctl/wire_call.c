/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "wire.h"

#define NO_AUTO_START 2
#define VERSION 1
#define BODY_SIZE_AT 4
#define FIELDS_SIZE_AT 12

enum {
        FIELD_PATH = 1,
        FIELD_INTERFACE = 2,
        FIELD_MEMBER = 3,
        FIELD_DESTINATION = 6,
        FIELD_SIGNATURE = 8,
};

/* A va_list that can be handed on: as a parameter alone it may be a copy or not. */
typedef struct Arguments {
        va_list list;
} Arguments;

/* Numbers are little-endian whatever we run on; the first byte of the message says so. */
static void put_number(GString *out, uint64_t value, unsigned n_bytes)
{
        for (unsigned i = 0; i < n_bytes; i++)
                g_string_append_c(out, (char) (value >> (8 * i) & 0xff));
}

static void set_number(GString *out, size_t at, uint64_t value)
{
        for (unsigned i = 0; i < 4; i++)
                out->str[at + i] = (char) (value >> (8 * i) & 0xff);
}

/* Every message is padded from its own beginning: OUT holds one message, or its body, and nothing else. */
static void pad(GString *out, size_t alignment)
{
        while (out->len % alignment != 0)
                g_string_append_c(out, '\0');
}

static void put_string(GString *out, const char *text)
{
        pad(out, 4);
        put_number(out, strlen(text), 4);
        g_string_append_len(out, text, (gssize) strlen(text) + 1);
}

static void put_signature(GString *out, const char *signature)
{
        put_number(out, strlen(signature), 1);
        g_string_append_len(out, signature, (gssize) strlen(signature) + 1);
}

static int put_basic(GString *out, char type, Arguments *arguments)
{
        switch (type) {
        case 'b':
                pad(out, 4);
                put_number(out, va_arg(arguments->list, int) != 0, 4);
                return 0;
        case 'i':
        case 'u':
                pad(out, 4);
                put_number(out, va_arg(arguments->list, uint32_t), 4);
                return 0;
        case 't':
                pad(out, 8);
                put_number(out, va_arg(arguments->list, uint64_t), 8);
                return 0;
        case 's':
        case 'o':
                put_string(out, va_arg(arguments->list, const char *));
                return 0;
        case 'g':
                put_signature(out, va_arg(arguments->list, const char *));
                return 0;
        default:
                return -EINVAL;
        }
}

static int put_dictionary(GString *out, Arguments *arguments)
{
        int n = va_arg(arguments->list, int), r = 0;
        size_t size_at, begin;

        pad(out, 4);
        size_at = out->len;
        put_number(out, 0, 4);
        pad(out, 8); /* not counted in the size */
        begin = out->len;
        for (int i = 0; r >= 0 && i < n; i++) {
                const char *type;

                pad(out, 8);
                put_string(out, va_arg(arguments->list, const char *));
                type = va_arg(arguments->list, const char *);
                put_signature(out, type);
                r = strlen(type) == 1 ? put_basic(out, type[0], arguments) : -EINVAL;
        }
        set_number(out, size_at, out->len - begin);
        return r;
}

static int put_body(GString *out, const char *types, Arguments *arguments)
{
        int r = 0;

        while (r >= 0 && *types)
                if (g_str_has_prefix(types, "a{sv}")) {
                        r = put_dictionary(out, arguments);
                        types += strlen("a{sv}");
                } else {
                        r = put_basic(out, *types++, arguments);
                }
        return r;
}

static void put_field(GString *out, unsigned field, char type, const char *value)
{
        const char signature[] = {type, '\0'};

        pad(out, 8);
        put_number(out, field, 1);
        put_signature(out, signature);
        if (type == 'g')
                put_signature(out, value);
        else
                put_string(out, value);
}

int wire_append_call(GString *out, uint32_t serial, const WireTarget *target, const char *types, va_list list)
{
        g_autoptr(GString) message = g_string_sized_new(256), body = g_string_new(NULL);
        Arguments arguments;
        int r;

        va_copy(arguments.list, list);
        r = put_body(body, types, &arguments);
        va_end(arguments.list);
        if (r < 0)
                return r;
        g_string_append_c(message, 'l');
        put_number(message, WIRE_CALL, 1);
        put_number(message, NO_AUTO_START, 1);
        put_number(message, VERSION, 1);
        put_number(message, 0, 4);
        put_number(message, serial, 4);
        put_number(message, 0, 4);
        put_field(message, FIELD_PATH, 'o', target->path);
        put_field(message, FIELD_DESTINATION, 's', target->destination);
        put_field(message, FIELD_INTERFACE, 's', target->interface);
        put_field(message, FIELD_MEMBER, 's', target->member);
        if (*types)
                put_field(message, FIELD_SIGNATURE, 'g', types);
        set_number(message, BODY_SIZE_AT, body->len);
        set_number(message, FIELDS_SIZE_AT, message->len - WIRE_HEAD_BYTES);
        pad(message, 8);
        g_string_append_len(out, message->str, (gssize) message->len);
        g_string_append_len(out, body->str, (gssize) body->len);
        return 0;
}
