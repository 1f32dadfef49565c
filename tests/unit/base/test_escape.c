/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/escape.h"

#define BYTES(text) (text), sizeof(text) - 1

/* P39: valid UTF-8 without control characters, whatever the input */
static void test_append(void **state)
{
        static const struct {
                const char *bytes;
                size_t n_bytes;
                gboolean keep_tab;
                size_t max_bytes;
                const char *expected;
        } cases[] = {
                {BYTES(""), FALSE, 10, ""},
                {BYTES("plain"), FALSE, 5, "plain"},
                {BYTES("plain"), FALSE, 4, "plai…"},
                {BYTES("plain"), FALSE, 0, "…"},
                {BYTES("a\tb"), FALSE, 99, "a\\x09b"},
                {BYTES("a\tb"), TRUE, 99, "a\tb"},
                {BYTES("a\nb\r\0c\x1b[31m"), FALSE, 99, "a\\x0ab\\x0d\\x00c\\x1b[31m"},
                {BYTES("\x7f"), FALSE, 99, "\\x7f"},
                {BYTES("grün"), FALSE, 99, "grün"},
                {BYTES("grün"), FALSE, 3, "gr…"},                      /* a character is never halved */
                {BYTES("\n\n"), FALSE, 7, "\\x0a…"},                   /* nor is an escape */
                {BYTES("\xc2\x9b"), FALSE, 99, "\\xc2\\x9b"},          /* C1 CSI */
                {BYTES("\xe2\x80\xa8"), FALSE, 99, "\\xe2\\x80\\xa8"}, /* line separator */
                {BYTES("\xe2\x80\xae"), FALSE, 99, "\\xe2\\x80\\xae"}, /* right-to-left override */
                {BYTES("\xc0\xaf"), FALSE, 99, "\\xc0\\xaf"},          /* overlong */
                {BYTES("\xed\xa0\x80"), FALSE, 99, "\\xed\\xa0\\x80"}, /* surrogate */
                {BYTES("\xf4\x90\x80\x80"), FALSE, 99, "\\xf4\\x90\\x80\\x80"},
                {BYTES("x\xe2\x82"), FALSE, 99, "x\\xe2\\x82"}, /* cut short */
                {BYTES("\xf0\x9f\x98\x80"), FALSE, 99, "\xf0\x9f\x98\x80"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(">");

                escape_append(out, cases[i].bytes, cases[i].n_bytes, cases[i].keep_tab, cases[i].max_bytes);
                assert_string_equal(out->str + 1, cases[i].expected);
        }
}

static void test_every_byte_pair(void **state)
{
        (void) state;
        for (unsigned pair = 0; pair < 0x10000; pair++) {
                const char bytes[] = {(char) (pair >> 8), (char) (pair & 0xff)};
                g_autoptr(GString) out = g_string_new(NULL);

                escape_append(out, bytes, sizeof(bytes), FALSE, 64);
                assert_true(g_utf8_validate(out->str, (gssize) out->len, NULL));
                for (const char *c = out->str; *c; c = g_utf8_next_char(c))
                        assert_false(escape_is_unsafe(g_utf8_get_char(c)));
        }
}

static void test_text(void **state)
{
        g_autofree char *text = escape_text("a\x01z", 99);

        (void) state;
        assert_string_equal(text, "a\\x01z");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_append),
                cmocka_unit_test(test_every_byte_pair),
                cmocka_unit_test(test_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
