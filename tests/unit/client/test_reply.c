/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event.h"
#include "finding.h"
#include "json_reading.h"
#include "reply.h"

static void test_fields_of_wrong_type(void **state)
{
        g_autoptr(JsonNode) node =
                json_from_string("{\"s\":\"x\",\"n\":-3,\"b\":true,\"z\":null,\"a\":[1],\"o\":{}}");
        static const char *const names[] = {"s", "n", "b", "z", "a", "o", "absent"};
        JsonObject *object = json_node_get_object(node);

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                assert_int_equal(field_string(object, names[i]) != NULL, i == 0);
                assert_int_equal(field_uint(object, names[i]), 0);
                assert_int_equal(field_bool(object, names[i]), i == 2);
                assert_int_equal(field_array(object, names[i]) != NULL, i == 4);
                assert_int_equal(field_object(object, names[i]) != NULL, i == 5);
        }
        assert_null(field_string(NULL, "s"));
        assert_int_equal(element_count(NULL), 0);
        assert_null(element_string(field_array(object, "a"), 0));
        assert_null(element_string(field_array(object, "a"), 9));
        assert_int_equal(element_uint(field_array(object, "a"), 0), 1);
}

/* §152: text is rendered from the finding's data */
static void test_finding(void **state)
{
        static const struct {
                const char *json, *out;
        } cases[] = {
                {"{}", "> ?\n"},
                {"{\"code\":\"in-use\",\"severity\":\"notice\",\"text\":\"t\\u001b\"}", "> t\\x1b [in-use]\n"},
                {"{\"code\":\"cycle\",\"severity\":\"error\",\"text\":\"two need each "
                 "other\",\"file\":\"a.module\",\"line\":3,"
                 "\"path\":[[\"a\",\"requires\",\"a.module\",3],[\"long\",\"after\",\"b.module\",9],[\"a\",\"\",\"\",0]"
                 "],"
                 "\"candidates\":[\"x\",\"y\"],\"hint\":\"cut one\"}",
                 "> a.module:3: error: two need each other [cycle]\n"
                 ">         a requires long    a.module:3\n"
                 ">         long after a       b.module:9\n"
                 ">   there is: x, y\n"
                 ">   hint: cut one\n"},
                {"{\"text\":7,\"path\":[1,[],[2]],\"sources\":{},\"candidates\":[3]}",
                 "> ?\n>         \n>         \n>         \n>   there is: \n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonNode) node = json_from_string(cases[i].json);
                g_autoptr(GString) out = g_string_new(NULL);

                assert_non_null(node);
                finding_append(out, json_node_get_object(node), "> ", false);
                assert_string_equal(out->str, cases[i].out);
        }
}

/* §63: what an event carries */
static void test_event(void **state)
{
        static const struct {
                const char *json, *out; /* out: behind the time */
        } cases[] = {
                {"[12,5,\"transition\",\"db\",1,\"starting\",\"ready\",\"running\",\"started\",\"\",0]",
                 "     12  db: starting → ready (started)"},
                {"[3,5,\"container\",\"\",0,\"starting\",\"running\",\"\",\"settled\",\"all\",0]",
                 "      3  container: starting → running (settled): all"},
                {"[4,5,\"change\",\"\",0,\"\",\"\",\"\",\"done\",\"\",9]", "      4  container: change 9 (done)"},
                {"[5,5,\"warning\",\"db\",2,\"\",\"\",\"\",\"stranger\",\"x\\u0007\",0]",
                 "      5  db: warning (stranger): x\\x07"},
                {"[6,5,\"sub-state\",\"db\",2,\"stopping\",\"stopping\",\"term\",\"\",\"\",0]", "      6  db: term"},
                {"[]", "      0  container: "},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonNode) node = json_from_string(cases[i].json);
                g_autoptr(GString) out = g_string_new(NULL);

                event_append(out, json_node_get_array(node), false);
                assert_true(out->len > strlen("00:00:00.000000"));
                assert_string_equal(out->str + strlen("00:00:00.000000"), cases[i].out);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fields_of_wrong_type),
                cmocka_unit_test(test_finding),
                cmocka_unit_test(test_event),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
