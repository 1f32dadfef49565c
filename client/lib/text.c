/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes the character at TEXT has, 0 if it is none: no surrogates, nothing overlong, nothing beyond
 * U+10FFFF. */
static size_t character_size(const uint8_t *text)
{
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t size = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : text[0] >> 3 == 30 ? 4 : 0;
        uint32_t code;

        if (size <= 1)
                return size;
        code = text[0] & (0x7fu >> size);
        for (size_t i = 1; i < size; i++) {
                if (text[i] >> 6 != 2)
                        return 0;
                code = code << 6 | (text[i] & 0x3fu);
        }
        return code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : size;
}

/* The length of the part of TEXT, at most MAX bytes, that is whole characters. */
static size_t valid_size(const char *text, size_t max, bool is_line)
{
        const uint8_t *bytes = (const uint8_t *) text;
        size_t n = 0;

        while (bytes[n]) {
                size_t size = character_size(bytes + n);

                if (size == 0 || n + size > max || (is_line && (bytes[n] < 0x20 || bytes[n] == 0x7f)))
                        break;
                n += size;
        }
        return n;
}

bool text_is_utf8(const char *text)
{
        return text[valid_size(text, SIZE_MAX - 4, false)] == '\0';
}

bool text_is_line(const char *text)
{
        return text[valid_size(text, SIZE_MAX - 4, true)] == '\0';
}

bool text_is_endpoint_name(const char *text)
{
        size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");

        return text[0] >= 'a' && text[0] <= 'z' && text[n] == '\0' && n <= 63;
}

char *text_printable(const char *text, size_t max)
{
        char *copy = strndup(text, max);
        size_t valid;

        if (!copy)
                return NULL;
        valid = valid_size(copy, max, false);
        /* Cut in the middle of a character is cut before it. */
        if (text[valid] != '\0' && strlen(copy) == max && valid + 4 > max)
                copy[valid] = '\0';
        for (char *c = copy + valid; *c; c++)
                if ((uint8_t) *c >= 0x80)
                        *c = '?';
        return copy;
}
