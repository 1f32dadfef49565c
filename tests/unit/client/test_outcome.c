/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "finding.h"
#include "json_reading.h"
#include "outcome.h"

#define FINDING                                                                                                        \
        "{\"code\":\"dependency-failed\",\"severity\":\"error\",\"text\":\"it is blocked\",\"component\":\"b\","      \
        "\"line\":7,\"path\":[[\"b\",\"requires\",\"f\",3],[\"a\",\"\",\"\",0]],\"candidates\":[\"c\"]}"

static JsonObject *object_of(const char *text)
{
        g_autoptr(JsonNode) node = json_from_string(text);

        return json_object_ref(json_node_get_object(node));
}

static void assert_json(JsonObject *object, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);

        json_append_object(text, object, true);
        assert_string_equal(g_strchomp(text->str), expected);
}

/* §152: JSON is the same from `check` and from the daemon */
static void test_finding(void **state)
{
        static const struct {
                const char *finding, *expected;
        } cases[] = {
                {"{}", "{}"},
                {FINDING,
                 "{\"code\":\"dependency-failed\",\"severity\":\"error\",\"message\":\"it is blocked\","
                 "\"component\":\"b\",\"line\":7,\"path\":[{\"name\":\"b\",\"kind\":\"requires\",\"file\":\"f\","
                 "\"line\":3},{\"name\":\"a\"}],\"candidates\":[\"c\"]}"},
                {"{\"path\":\"not a list\",\"lead\":[1,[]]}", "{\"path\":[],\"lead\":[{},{}]}"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonObject) finding = object_of(cases[i].finding), got = finding_to_json(finding);

                assert_json(got, cases[i].expected);
        }
}

static void test_outcomes(void **state)
{
        static const char *const expected[] = {
                "{\"component\":\"db\",\"kind\":\"stop\",\"state\":\"refused\","
                "\"error\":{\"code\":\"in-use\",\"message\":\"api needs it\"}}",
                "{\"component\":\"db\",\"kind\":\"start\",\"state\":\"doing\",\"id\":12}",
                "{\"component\":\"db\",\"kind\":\"start\",\"state\":\"done\",\"id\":13,\"begun_usec\":5,\"ended_usec\":"
                "9}",
                "{\"component\":\"db\",\"kind\":\"start\",\"state\":\"failed\",\"id\":14,\"begun_usec\":0,\"ended_"
                "usec\":0,"
                "\"error\":{\"message\":\"no\"}}",
                "{\"component\":\"db\",\"kind\":\"start\",\"state\":\"unknown\",\"id\":15}",
        };
        g_autoptr(JsonArray) results = json_array_new();
        g_autoptr(JsonObject) good = object_of("{\"State\":\"done\",\"Begun\":5,\"Ended\":9,\"Error\":{}}");
        g_autoptr(JsonObject) bad = object_of("{\"State\":\"failed\",\"Error\":{\"text\":\"no\"}}");

        outcome_add_refused(results, "stop", "db", "org.reeve.Reeve1.Error.InUse", "api needs it");
        outcome_add_begun(results, "start", "db", "/org/reeve/Reeve1/change/12");
        outcome_add_ended(results, "start", "db", "/org/reeve/Reeve1/change/13", good);
        outcome_add_ended(results, "start", "db", "/org/reeve/Reeve1/change/14", bad);
        outcome_add_ended(results, "start", "db", "/org/reeve/Reeve1/change/15", NULL);
        assert_int_equal(element_count(results), G_N_ELEMENTS(expected));
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
                assert_json(element_object(results, i), expected[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_finding),
                cmocka_unit_test(test_outcomes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
