/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "escape.h"

#include <stdint.h>
#include <string.h>

#define ELLIPSIS "…"

bool escape_is_unsafe(gunichar character)
{
        return character < 0x20 || (character >= 0x7f && character < 0xa0) ||       /* C0, DEL, C1 */
               character == 0x061c || character == 0x200e || character == 0x200f || /* bidi marks */
               (character >= 0x2028 && character <= 0x202e) ||                      /* separators, bidi overrides */
               (character >= 0x2066 && character <= 0x2069) ||                      /* bidi isolates */
               character == 0xfeff || (character >= 0xfff9 && character <= 0xfffb) ||
               (character >= 0xfdd0 && character <= 0xfdef) || (character & 0xfffe) == 0xfffe ||
               (character >= 0xe0000 && character <= 0xe007f); /* invisible tags */
}

/* The bytes of the character at BYTES; *RET_SAFE: may stand as it is. */
static size_t next_character(const char *bytes, size_t n_bytes, bool keep_tab, bool *ret_safe)
{
        unsigned char byte = (unsigned char) bytes[0];
        gunichar character;

        if (byte < 0x80) {
                *ret_safe = (byte == '\t' && keep_tab) || !escape_is_unsafe(byte);
                return 1;
        }

        character = g_utf8_get_char_validated(bytes, (gssize) MIN(n_bytes, 4));
        if (character == (gunichar) -1 || character == (gunichar) -2) {
                *ret_safe = false;
                return 1;
        }
        *ret_safe = !escape_is_unsafe(character);
        return (size_t) g_unichar_to_utf8(character, NULL);
}

void escape_append(GString *out, const char *bytes, size_t n_bytes, gboolean keep_tab, size_t max_bytes)
{
        static const char digits[] = "0123456789abcdef";
        size_t i = 0, written = 0;

        while (i < n_bytes) {
                bool safe;
                size_t n = next_character(bytes + i, n_bytes - i, keep_tab, &safe);
                size_t cost = safe ? n : 4 * n;

                if (cost > max_bytes - written) {
                        g_string_append(out, ELLIPSIS);
                        return;
                }
                if (safe)
                        g_string_append_len(out, bytes + i, (gssize) n);
                else
                        for (size_t j = 0; j < n; j++) {
                                unsigned char byte = (unsigned char) bytes[i + j];
                                const char text[] = {'\\', 'x', digits[byte >> 4], digits[byte & 0xf]};

                                g_string_append_len(out, text, sizeof(text));
                        }
                written += cost;
                i += n;
        }
}

char *escape_text(const char *text, size_t max_bytes)
{
        GString *out = g_string_sized_new(64);

        escape_append(out, text, strlen(text), FALSE, max_bytes);
        return g_string_free(out, FALSE);
}
