/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

#include <assert.h>
#include <inttypes.h>

#include "escape.h"

enum { JSON_MAX_DEPTH = 63 };

void json_init(Json *json, GString *out)
{
        *json = (Json){.out = out, .first = 1};
}

static void separate(Json *json)
{
        uint64_t bit = UINT64_C(1) << json->depth;

        if (json->after_key)
                json->after_key = false;
        else if (json->first & bit)
                json->first &= ~bit;
        else
                g_string_append_c(json->out, ',');
}

static void begin(Json *json, char bracket)
{
        separate(json);
        assert(json->depth < JSON_MAX_DEPTH);
        json->depth++;
        json->first |= UINT64_C(1) << json->depth;
        g_string_append_c(json->out, bracket);
}

static void end(Json *json, char bracket)
{
        assert(json->depth > 0 && !json->after_key);
        json->depth--;
        g_string_append_c(json->out, bracket);
}

void json_begin_object(Json *json)
{
        begin(json, '{');
}

void json_end_object(Json *json)
{
        end(json, '}');
}

void json_begin_array(Json *json)
{
        begin(json, '[');
}

void json_end_array(Json *json)
{
        end(json, ']');
}

static void append_escaped(GString *out, gunichar character)
{
        if (character == '"' || character == '\\')
                g_string_append_printf(out, "\\%c", (char) character);
        else if (character == '\n')
                g_string_append(out, "\\n");
        else if (character == '\t')
                g_string_append(out, "\\t");
        else if (character >= 0x10000)
                g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10), 0xdc00 + (character & 0x3ff));
        else
                g_string_append_printf(out, "\\u%04x", character);
}

static void append_quoted(GString *out, const char *text)
{
        g_string_append_c(out, '"');
        while (*text) {
                gunichar character;
                size_t n = 0;

                while (text[n] >= 0x20 && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
                        n++;
                g_string_append_len(out, text, (gssize) n);
                text += n;
                if (!*text)
                        break;

                character = g_utf8_get_char_validated(text, -1);
                if (character == (gunichar) -1 || character == (gunichar) -2) {
                        g_string_append(out, "\xef\xbf\xbd");
                        text++;
                } else {
                        if (character == '"' || character == '\\' || escape_is_unsafe(character))
                                append_escaped(out, character);
                        else
                                g_string_append_unichar(out, character);
                        text += g_unichar_to_utf8(character, NULL);
                }
        }
        g_string_append_c(out, '"');
}

void json_key(Json *json, const char *key)
{
        assert(!json->after_key);
        separate(json);
        append_quoted(json->out, key);
        g_string_append_c(json->out, ':');
        json->after_key = true;
}

void json_string(Json *json, const char *value)
{
        separate(json);
        if (value)
                append_quoted(json->out, value);
        else
                g_string_append(json->out, "null");
}

void json_bool(Json *json, bool value)
{
        separate(json);
        g_string_append(json->out, value ? "true" : "false");
}

void json_uint(Json *json, uint64_t value)
{
        separate(json);
        g_string_append_printf(json->out, "%" PRIu64, value);
}

void json_int(Json *json, int64_t value)
{
        separate(json);
        g_string_append_printf(json->out, "%" PRId64, value);
}

void json_field_string(Json *json, const char *key, const char *value)
{
        if (!value)
                return;
        json_key(json, key);
        json_string(json, value);
}

void json_field_bool(Json *json, const char *key, bool value)
{
        json_key(json, key);
        json_bool(json, value);
}

void json_field_uint(Json *json, const char *key, uint64_t value)
{
        json_key(json, key);
        json_uint(json, value);
}
