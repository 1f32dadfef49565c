/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

#include <syslog.h>

static void read_settings(Sandbox *sandbox)
{
        g_autofree char *low = g_build_filename(sandbox->directory, "low", NULL),
                        *high = g_build_filename(sandbox->directory, "high", NULL);
        const char *const directories[] = {low, "/nonexistent/reeve", high, NULL};

        sandbox_reset(sandbox);
        settings_done(&sandbox->settings);
        settings_init(&sandbox->settings);
        sandbox->result = settings_load(&sandbox->settings, directories, &sandbox->diags);
}

static void test_defaults(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        read_settings(&sandbox);
        sandbox_assert_clean(&sandbox);
        assert_string_equal(sandbox.settings.name, "reeve");
        assert_int_equal(sandbox.settings.policy, POLICY_STRICT);
        assert_int_equal(sandbox.settings.max_parallel_starts, 0);
        assert_int_equal(sandbox.settings.stop_budget, 80000000);
        assert_true(sandbox.settings.auto_scan);
        assert_false(sandbox.settings.hold_on_failure);
        assert_int_equal(sandbox.settings.log_level, LOG_INFO);
        assert_int_equal(sandbox.settings.bus, BUS_AUTO);
        assert_null(sandbox.settings.modules);
        assert_int_equal(sandbox.settings.files->len, 0);
}

static void test_layers(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(
                &sandbox, "low/reeved.conf",
                "[Container]\nName=shop\nStopBudgetSec=1min\nExcludeModules=test-* demo\nLogLevel=debug\n");
        (void) sandbox_write(&sandbox, "high/reeved.conf", "[Container]\nName=store\nExcludeModules=x\nBus=none\n");
        (void) sandbox_write(&sandbox, "low/reeved.conf.d/10-a.conf", "[Container]\nEnvironment=stage\nLogLevel=\n");
        (void) sandbox_write(&sandbox, "high/reeved.conf.d/20-b.conf",
                             "[Container]\nAutoScan=no\nModules=/a /b\nStartupErrorPolicy=warn\n"
                             "MaxParallelStarts=3\nHoldOnFailure=yes\n");
        read_settings(&sandbox);
        sandbox_assert_clean(&sandbox);
        assert_string_equal(sandbox.settings.name, "store");
        assert_int_equal(sandbox.settings.stop_budget, 60000000);
        assert_int_equal(g_strv_length(sandbox.settings.exclude_modules), 3);
        assert_int_equal(sandbox.settings.log_level, LOG_INFO);
        assert_int_equal(sandbox.settings.bus, BUS_NONE);
        assert_int_equal(sandbox.settings.environment, ENVIRONMENT_STAGE);
        assert_false(sandbox.settings.auto_scan);
        assert_string_equal(sandbox.settings.modules[1], "/b");
        assert_int_equal(sandbox.settings.policy, POLICY_WARN);
        assert_int_equal(sandbox.settings.max_parallel_starts, 3);
        assert_true(sandbox.settings.hold_on_failure);
        assert_int_equal(sandbox.settings.files->len, 4);
}

static void test_refused(void **state)
{
        static const struct {
                const char *text;
                DiagCode code;
                uint32_t line;
        } cases[] = {
                {"[Container]\nNmae=x\n", DIAG_UNKNOWN_KEY, 2},
                {"[Container]\nName=X\n", DIAG_INVALID_VALUE, 2},
                {"[Container]\nName=a\nName=b\n", DIAG_DUPLICATE_KEY, 3},
                {"[Container]\n[Container]\n", DIAG_DUPLICATE_KEY, 2},
                {"[Container]\nAutoShutdown=any\n", DIAG_NOT_AVAILABLE, 2},
                {"[Container]\nMaxParallelStarts=0\n", DIAG_INVALID_VALUE, 2},
                {"[Container]\nLogLevel=loud\n", DIAG_INVALID_VALUE, 2},
                {"[Container]\nBus=sytem\n", DIAG_INVALID_VALUE, 2},
                {"[Container]\nStopBudgetSec=soon\n", DIAG_INVALID_VALUE, 2},
                {"[Container]\nAutoScan=no\nModules=a\n", DIAG_INVALID_VALUE, 3},
                {"[Container]\nModules=/a\n", DIAG_INVALID_VALUE, 2},
                {"[Container x]\n", DIAG_SYNTAX_ERROR, 1},
                {"[Module]\n", DIAG_UNKNOWN_KEY, 1},
                {"Name=x\n", DIAG_SYNTAX_ERROR, 1},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Sandbox) sandbox;

                sandbox_init(&sandbox);
                (void) sandbox_write(&sandbox, "low/reeved.conf", cases[i].text);
                read_settings(&sandbox);
                assert_int_equal(sandbox.result, -EBADMSG);
                (void) sandbox_expect(&sandbox, cases[i].code, cases[i].line);
                assert_int_equal(sandbox.diags.items->len, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_defaults),
                cmocka_unit_test(test_layers),
                cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
