/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bus/error.h"

/* §152: prefix + CamelCase of the code */
static void test_names(void **state)
{
        static const struct {
                DiagCode code;
                const char *name;
        } cases[] = {
                {DIAG_IN_USE, "org.reeve.Reeve1.Error.InUse"},
                {DIAG_NOT_FOUND, "org.reeve.Reeve1.Error.NotFound"},
                {DIAG_CYCLE, "org.reeve.Reeve1.Error.Cycle"},
                {DIAG_MISSING_DEPENDENCY, "org.reeve.Reeve1.Error.MissingDependency"},
                {DIAG_CONDITION_NOT_MET, "org.reeve.Reeve1.Error.ConditionNotMet"},
                {DIAG_PERMISSION_DENIED, "org.freedesktop.DBus.Error.AccessDenied"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_string_equal(error_name(cases[i].code), cases[i].name);
}

/* §153: every code has a name of its own that D-Bus allows, and the way back */
static void test_every_code(void **state)
{
        for (int code = 0; code < DIAG_N_; code++) {
                const char *name = error_name((DiagCode) code);

                assert_true(sd_bus_interface_name_is_valid(name) > 0);
                assert_int_equal(error_find_code(name), code);
        }
        assert_int_equal(error_find_code("org.reeve.Reeve1.Error.in-use"), -1);
        assert_int_equal(error_find_code("com.example.InUse"), -1);
        assert_string_equal(error_name(DIAG_N_), SD_BUS_ERROR_FAILED);
}

/* A finding says more than the errno beside it; without one the errno has a general name. */
static void test_set(void **state)
{
        static const struct {
                int r;
                const char *name;
        } cases[] = {
                {-EINVAL, SD_BUS_ERROR_INVALID_ARGS}, {-EPERM, SD_BUS_ERROR_ACCESS_DENIED},
                {-ENOMEM, SD_BUS_ERROR_NO_MEMORY},    {-EMFILE, SD_BUS_ERROR_LIMITS_EXCEEDED},
                {-ETIMEDOUT, SD_BUS_ERROR_TIMEOUT},   {-EAGAIN, SD_BUS_ERROR_FAILED},
                {-EBUSY, SD_BUS_ERROR_FAILED},        {-12345, SD_BUS_ERROR_FAILED},
        };
        g_auto(DiagList) diags;
        Diag *diag;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        diag_list_init(&diags);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                assert_true(error_set(&error, cases[i].r, &diags) < 0);
                assert_string_equal(error.name, cases[i].name);
                sd_bus_error_free(&error);
        }

        diag = diag_error(&diags, DIAG_IN_USE, origin_at("shop.module", 7), "db is needed by catalog");
        diag_set_hint(diag, "stop catalog first");
        assert_true(error_set(&error, -EBUSY, &diags) < 0);
        assert_string_equal(error.name, "org.reeve.Reeve1.Error.InUse");
        assert_non_null(strstr(error.message, "shop.module:7: db is needed by catalog"));
        assert_non_null(strstr(error.message, "stop catalog first"));
        sd_bus_error_free(&error);
        /* §129: the time of a caller is no matter of the component, but what it was waiting for is told */
        assert_true(error_set(&error, -ETIMEDOUT, &diags) < 0);
        assert_string_equal(error.name, SD_BUS_ERROR_TIMEOUT);
        assert_non_null(strstr(error.message, "db is needed by catalog"));
        sd_bus_error_free(&error);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_every_code),
                cmocka_unit_test(test_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
