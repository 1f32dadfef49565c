/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/json.h"

static void test_nesting(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        Json json;

        (void) state;
        json_init(&json, out);
        json_begin_object(&json);
        json_field_string(&json, "a", "x");
        json_field_string(&json, "left-out", NULL);
        json_field_bool(&json, "b", true);
        json_field_uint(&json, "c", UINT64_MAX);
        json_key(&json, "d");
        json_begin_array(&json);
        json_begin_array(&json);
        json_end_array(&json);
        json_begin_object(&json);
        json_end_object(&json);
        json_int(&json, INT64_MIN);
        json_string(&json, NULL);
        json_bool(&json, false);
        json_end_array(&json);
        json_key(&json, "e");
        json_uint(&json, 0);
        json_end_object(&json);
        assert_string_equal(out->str, "{\"a\":\"x\",\"b\":true,\"c\":18446744073709551615,"
                                      "\"d\":[[],{},-9223372036854775808,null,false],\"e\":0}");
}

static void test_deep(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        Json json;

        (void) state;
        json_init(&json, out);
        for (int i = 0; i < 63; i++)
                json_begin_array(&json);
        json_uint(&json, 1);
        json_uint(&json, 2);
        for (int i = 0; i < 63; i++)
                json_end_array(&json);
        assert_int_equal(out->len, 63 + 3 + 63);
        assert_non_null(strstr(out->str, "[1,2]"));
}

static void test_strings(void **state)
{
        static const struct {
                const char *text, *expected;
        } cases[] = {
                {"", "\"\""},
                {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
                {"\n\t\r\x01\x1f", "\"\\n\\t\\u000d\\u0001\\u001f\""},
                {"\x7f\xc2\x9b", "\"\\u007f\\u009b\""}, /* a terminal may be reading */
                {"grün \xf0\x9f\x98\x80", "\"grün \xf0\x9f\x98\x80\""},
                {"\xe2\x80\xa8", "\"\\u2028\""},
                {"\xf3\xa0\x80\x81", "\"\\udb40\\udc01\""},
                {"a\xff\xc3z", "\"a\xef\xbf\xbd\xef\xbf\xbdz\""},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);
                Json json;

                json_init(&json, out);
                json_string(&json, cases[i].text);
                assert_string_equal(out->str, cases[i].expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_nesting),
                cmocka_unit_test(test_deep),
                cmocka_unit_test(test_strings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
