/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json.h"

#define INDENT 2

static void append_node(GString *out, const JsonNode *node, bool is_line, int depth);

/* DEL and C1 are control characters too: what is written may be read on a terminal. */
static void append_string(GString *out, const char *text)
{
        static const char escapes[] = {
                ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};

        g_string_append_c(out, '"');
        for (const char *c = text; *c; c++) {
                unsigned char byte = (unsigned char) *c;

                if (byte < sizeof(escapes) && escapes[byte])
                        g_string_append_printf(out, "\\%c", escapes[byte]);
                else if (byte < 0x20 || byte == 0x7f)
                        g_string_append_printf(out, "\\u%04x", byte);
                else if (byte == 0xc2 && (unsigned char) c[1] >= 0x80 && (unsigned char) c[1] < 0xa0)
                        g_string_append_printf(out, "\\u%04x", (unsigned char) *++c);
                else
                        g_string_append_c(out, *c);
        }
        g_string_append_c(out, '"');
}

/* As C would write it whatever the locale; infinity and what is not a number have no JSON form. */
static void append_double(GString *out, double value)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];

        if (!isfinite(value)) {
                g_string_append(out, "null");
                return;
        }
        g_string_append(out, g_ascii_dtostr(buffer, sizeof(buffer), value));
        if (!strpbrk(buffer, ".e"))
                g_string_append(out, ".0");
}

static void append_break(GString *out, bool is_line, int depth)
{
        if (!is_line)
                g_string_append_printf(out, "\n%*s", depth * INDENT, "");
}

static void append_array(GString *out, const JsonArray *array, bool is_line, int depth)
{
        guint n = json_array_get_length(array);

        g_string_append_c(out, '[');
        for (guint i = 0; i < n; i++) {
                g_string_append(out, i > 0 ? "," : "");
                append_break(out, is_line, depth + 1);
                append_node(out, json_array_get_element(array, i), is_line, depth + 1);
        }
        if (n > 0)
                append_break(out, is_line, depth);
        g_string_append_c(out, ']');
}

static void append_object(GString *out, const JsonObject *object, bool is_line, int depth)
{
        guint n = json_object_get_size(object);

        g_string_append_c(out, '{');
        for (guint i = 0; i < n; i++) {
                g_string_append(out, i > 0 ? "," : "");
                append_break(out, is_line, depth + 1);
                append_string(out, json_object_name_at(object, i));
                g_string_append(out, is_line ? ":" : ": ");
                append_node(out, json_object_node_at(object, i), is_line, depth + 1);
        }
        if (n > 0)
                append_break(out, is_line, depth);
        g_string_append_c(out, '}');
}

/* Recursion is bounded by what made the tree: the wire's 64 levels, and two or three of ours. */
static void append_node(GString *out, const JsonNode *node, bool is_line, int depth)
{
        switch (json_node_type(node)) {
        case JSON_NULL:
                g_string_append(out, "null");
                break;
        case JSON_BOOLEAN:
                g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
                break;
        case JSON_INT:
                g_string_append_printf(out, "%" PRId64, json_node_get_int(node));
                break;
        case JSON_DOUBLE:
                append_double(out, json_node_get_double(node));
                break;
        case JSON_STRING:
                append_string(out, json_node_get_string(node));
                break;
        case JSON_ARRAY:
                append_array(out, json_node_get_array(node), is_line, depth);
                break;
        case JSON_OBJECT:
                append_object(out, json_node_get_object(node), is_line, depth);
        }
}

void json_node_append(GString *out, const JsonNode *node, bool is_line)
{
        append_node(out, node, is_line, 0);
}
