/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json.h"
#include "json_reading.h"

static void assert_text(const JsonNode *node, bool is_line, const char *expected)
{
        g_autoptr(GString) out = g_string_new(NULL);

        json_node_append(out, node, is_line);
        assert_string_equal(out->str, expected);
}

static void test_text(void **state)
{
        static const char *const same[] = {
                "null",
                "true",
                "-3",
                "[]",
                "{}",
                "[[],{}]",
                "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}",
                "\"\\u0001\\u007f\\u0085\"",
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
                g_autoptr(JsonNode) node = json_from_string(same[i]);

                assert_text(node, true, same[i]);
        }
}

static void test_pretty(void **state)
{
        g_autoptr(JsonNode) node = json_from_string("{\"a\":[1,{\"b\":null}],\"c\":[]}");

        (void) state;
        assert_text(node, false, "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": []\n}");
}

static void test_object(void **state)
{
        g_autoptr(JsonObject) object = json_object_new();
        g_autoptr(JsonNode) node = json_node_new_object(json_object_ref(object));
        g_autoptr(JsonNode) copy = NULL;
        g_autoptr(GList) names = NULL;

        (void) state;
        json_object_set_string_member(object, "b", "x");
        json_object_set_int_member(object, "a", 1);
        json_object_set_array_member(object, "l", json_array_new());
        json_object_set_boolean_member(object, "b", true);
        json_object_set_double_member(object, "d", 0.25);
        assert_text(node, true, "{\"b\":true,\"a\":1,\"l\":[],\"d\":0.25}");
        assert_true(json_object_has_member(object, "a"));
        assert_null(json_object_get_member(object, "x"));
        names = json_object_get_members(object);
        assert_int_equal(g_list_length(names), 4);
        /* an array in a copy is the same one */
        copy = json_object_dup_member(object, "l");
        json_array_add_string_element(json_node_get_array(copy), "y");
        assert_text(node, true, "{\"b\":true,\"a\":1,\"l\":[\"y\"],\"d\":0.25}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_pretty),
                cmocka_unit_test(test_object),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
