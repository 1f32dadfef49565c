/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

#include <sys/utsname.h>

#include "conf/condition.h"

/* §46 */
static void test_judged(void **state)
{
        g_auto(Sandbox) sandbox;
        struct utsname name;
        const char *file, *empty;

        (void) state;
        sandbox_init(&sandbox);
        file = sandbox_write(&sandbox, "full", "x");
        empty = sandbox_write(&sandbox, "empty", "");
        assert_int_equal(uname(&name), 0);
        assert_int_equal(setenv("REEVE_TEST_CONDITION", "on", 1), 0);
        const struct {
                const char *key, *value;
                bool is_met;
        } cases[] = {
                {"ConditionPathExists", file, true},
                {"ConditionPathExists", "/nonexistent", false},
                {"ConditionPathIsDirectory", sandbox.directory, true},
                {"ConditionPathIsDirectory", file, false},
                {"ConditionFileNotEmpty", file, true},
                {"ConditionFileNotEmpty", empty, false},
                {"ConditionFileNotEmpty", sandbox.directory, false},
                {"ConditionEnvironment", "REEVE_TEST_CONDITION", true},
                {"ConditionEnvironment", "REEVE_TEST_CONDITION=on", true},
                {"ConditionEnvironment", "REEVE_TEST_CONDITION=off", false},
                {"ConditionEnvironment", "REEVE_TEST_NO_CONDITION", false},
                {"ConditionArchitecture", "native", true},
                {"ConditionHost", name.nodename, true},
                {"ConditionHost", "*", true},
                {"ConditionHost", "no-such-host-*", false},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *negated = g_strconcat("!", cases[i].value, NULL);
                const char *problem;
                bool is_met;

                assert_int_equal(condition_judge(cases[i].key, cases[i].value, &is_met, &problem), 0);
                assert_int_equal(is_met, cases[i].is_met);
                assert_int_equal(condition_judge(cases[i].key, negated, &is_met, &problem), 0);
                assert_int_equal(is_met, !cases[i].is_met);
        }
}

static void test_refused(void **state)
{
        static const struct {
                const char *key, *value;
        } cases[] = {
                {"ConditionPathExists", "relative"}, {"ConditionPathExists", "!"}, {"ConditionEnvironment", "=x"},
                {"ConditionArchitecture", "pdp11"},  {"ConditionUser", "root"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *problem = NULL;
                bool is_met;

                assert_int_equal(condition_judge(cases[i].key, cases[i].value, &is_met, &problem), -EINVAL);
                assert_non_null(problem);
        }
}

/* §46: the component stays in the registry and says which condition it was. */
static void test_unmet(void **state)
{
        g_auto(Sandbox) sandbox;
        const Condition *unmet;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(
                &sandbox,
                "[Component a]\nExecStart=/bin/a\nConditionPathExists=/\nConditionPathExists=/nonexistent\n"
                "[Component b]\nExecStart=/bin/b\nConditionPathExists=/\nConditionHost=nope\nConditionHost=\n");
        sandbox_assert_clean(&sandbox);
        unmet = definition_unmet(sandbox_component(&sandbox, "a"));
        assert_non_null(unmet);
        assert_string_equal(unmet->value, "/nonexistent");
        assert_int_equal(unmet->origin.line, 4);
        assert_null(definition_unmet(sandbox_component(&sandbox, "b")));
        assert_int_equal(sandbox_component(&sandbox, "b")->n_conditions, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_judged),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_unmet),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
