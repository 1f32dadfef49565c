/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json_reading.h"

static JsonNode *read_node(const char **text);

static void skip_spaces(const char **text)
{
        *text += strspn(*text, " ");
}

/* Behind an element: what comes next, past a comma. */
static void skip_comma(const char **text)
{
        skip_spaces(text);
        *text += **text == ',';
        skip_spaces(text);
}

static char *read_text(const char **text)
{
        GString *out = g_string_new(NULL);

        assert_int_equal(*(*text)++, '"');
        for (; **text != '"'; (*text)++)
                if (**text == '\\' && (*text)[1] == '"') {
                        g_string_append_c(out, *++*text);
                } else if (g_str_has_prefix(*text, "\\u")) {
                        g_autofree char *digits = g_strndup(*text + 2, 4);

                        g_string_append_unichar(out, (gunichar) g_ascii_strtoull(digits, NULL, 16));
                        *text += 5;
                } else {
                        g_string_append_c(out, **text);
                }
        (*text)++;
        return g_string_free(out, FALSE);
}

static JsonNode *read_list(const char **text)
{
        JsonArray *array = json_array_new();

        for ((*text)++; **text != ']'; skip_comma(text))
                json_array_add_element(array, read_node(text));
        (*text)++;
        return json_node_new_array(array);
}

static JsonNode *read_members(const char **text)
{
        JsonObject *object = json_object_new();

        for ((*text)++; **text != '}'; skip_comma(text)) {
                g_autofree char *name = read_text(text);

                assert_int_equal(*(*text)++, ':');
                skip_spaces(text);
                json_object_set_member(object, name, read_node(text));
        }
        (*text)++;
        return json_node_new_object(object);
}

static JsonNode *read_node(const char **text)
{
        char *end;
        int64_t number;

        if (**text == '{')
                return read_members(text);
        if (**text == '[')
                return read_list(text);
        if (**text == '"') {
                g_autofree char *string = read_text(text);

                return json_node_new_string(string);
        }
        if (strchr("tfn", **text)) {
                JsonNode *node = **text == 'n' ? json_node_new_null() : json_node_new_boolean(**text == 't');

                *text += **text == 'f' ? 5 : 4;
                return node;
        }
        number = g_ascii_strtoll(*text, &end, 10);
        assert_ptr_not_equal(end, *text);
        if (*end == '.') {
                double real = g_ascii_strtod(*text, &end);

                *text = end;
                return json_node_new_double(real);
        }
        *text = end;
        return json_node_new_int(number);
}

JsonNode *json_from_string(const char *text)
{
        JsonNode *node = read_node(&text);

        assert_string_equal(text, "");
        return node;
}
