/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "text.h"

/* P16, P21: what a component says never reaches a terminal raw */
static void test_append_escapes(void **state)
{
        static const struct {
                const char *in, *out;
        } cases[] = {
                {"", ""},
                {"plain text", "plain text"},
                {"Größe 木", "Größe 木"},
                {"a\tb\nc\rd", "a\\x09b\\x0ac\\x0dd"},
                {"\033[31mred", "\\x1b[31mred"},
                {"\x7f", "\\x7f"},
                {"\xc2\x9b", "\\xc2\\x9b"}, /* CSI in one character */
                {"\xe2\x80\xae"
                 "abc",
                 "\\xe2\\x80\\xae"
                 "abc"},                             /* turns the direction of writing */
                {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"}, /* a line separator */
                {"\xff\xfe", "\\xff\\xfe"},
                {"cut \xe6\x9c", "cut \\xe6\\x9c"},
                {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* a lone surrogate */
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);

                text_append(out, cases[i].in);
                assert_string_equal(out->str, cases[i].out);
                assert_true(g_utf8_validate(out->str, -1, NULL));
        }
}

static void test_append_lines(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);

        (void) state;
        text_append_lines(out, "one\n\ttwo\033\n");
        assert_string_equal(out->str, "one\n\\x09two\\x1b\n");
}

static void test_colour(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);

        (void) state;
        text_append_coloured(out, COLOUR_GOOD, false, "a");
        text_append_coloured(out, COLOUR_NONE, true, "b");
        text_append_coloured(out, COLOUR_GOOD, true, "c");
        assert_string_equal(out->str, "ab\033[32mc\033[0m");
}

static void test_cut(void **state)
{
        static const struct {
                const char *in;
                size_t width;
                const char *out;
        } cases[] = {
                {"abcdef", 6, "abcdef"},
                {"abcdef", 7, "abcdef"},
                {"abcdef", 5, "abcd…"},
                {"abcdef", 1, "…"},
                {"abcdef", 0, ""},
                {"木木木", 6, "木木木"},
                {"木木木", 5, "木木…"},
                {"木木木", 4, "木…"},
                {"e\xcc\x81"
                 "e",
                 2,
                 "e\xcc\x81"
                 "e"},
                {"", 3, ""},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *out = text_cut(cases[i].in, cases[i].width);

                assert_string_equal(out, cases[i].out);
                assert_true(text_width(out) <= cases[i].width);
        }
}

static void test_span(void **state)
{
        static const struct {
                uint64_t usec;
                const char *out;
        } cases[] = {
                {0, "0us"},
                {999, "999us"},
                {1000, "1ms"},
                {999999, "999ms"},
                {1204000, "1.204s"},
                {59999999, "59.999s"},
                {60000000, "1min"},
                {123000000, "2min 3s"},
                {7500000000, "2h 5min"},
                {UINT64_C(90000000000), "1d 1h"},
                {UINT64_MAX - 1, "213503982d 8h"},
                {UINT64_MAX, "infinity"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);

                text_append_span(out, cases[i].usec);
                assert_string_equal(out->str, cases[i].out);
        }
}

static void test_since(void **state)
{
        static const struct {
                uint64_t then, now;
                const char *out;
        } cases[] = {
                {UINT64_C(1795370400000000), UINT64_C(1795370523000000), "Sun 2026-11-22 18:00:00 UTC; 2min 3s ago"},
                {UINT64_C(1795370400000000), UINT64_C(1795370445600000), "Sun 2026-11-22 18:00:00 UTC; 45s ago"},
                {UINT64_C(1795370400000000), UINT64_C(1795370400038000), "Sun 2026-11-22 18:00:00 UTC; 38ms ago"},
                {UINT64_C(1795370400000000), UINT64_C(1795370390000000),
                 "Sun 2026-11-22 18:00:00 UTC; 10.000s from now"},
                {UINT64_MAX, 0, "an unknown time"},
        };

        (void) state;
        assert_int_equal(setenv("TZ", "UTC", true), 0);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);

                text_append_since(out, cases[i].then, cases[i].now);
                if (cases[i].then == UINT64_MAX)
                        assert_true(out->len > 0); /* whatever the C library makes of it: no crash */
                else
                        assert_string_equal(out->str, cases[i].out);
        }
}

static void test_pipe_has_no_colour(void **state)
{
        int fds[2];
        Screen screen;

        (void) state;
        assert_int_equal(pipe(fds), 0);
        screen = screen_of(fds[1], true);
        assert_false(screen.is_terminal);
        assert_false(screen.has_colour);
        assert_true(screen.width == SIZE_MAX);
        (void) close(fds[0]);
        (void) close(fds[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_append_escapes),
                cmocka_unit_test(test_append_lines),
                cmocka_unit_test(test_colour),
                cmocka_unit_test(test_cut),
                cmocka_unit_test(test_span),
                cmocka_unit_test(test_since),
                cmocka_unit_test(test_pipe_has_no_colour),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
