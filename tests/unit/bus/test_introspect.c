/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bus/bus.h"

/* The whole of it is compared with dbus/ by tests/rules/introspection; here: every kind of object answers, offline. */
static void test_objects(void **state)
{
        static const struct {
                const char *path;
                int result;
                const char *text;
        } cases[] = {
                {"/org/reeve/Reeve1", 0, "<method name=\"GetEvents\">"},
                {"/org/reeve/Reeve1", 0, "org.freedesktop.DBus.ObjectManager"},
                {"/org/reeve/Reeve1/component/x", 0, "<property name=\"MainPid\" type=\"u\""},
                {"/org/reeve/Reeve1/component/user_2dservice", 0, "org.reeve.Reeve1.Component"},
                {"/org/reeve/Reeve1/module/shop", 0, "org.reeve.Reeve1.Module"},
                {"/org/reeve/Reeve1/change/7", 0, "org.reeve.Reeve1.Change"},
                {"/org/reeve/Reeve1/change/07", -ENOENT, ""},
                {"/org/reeve/Reeve1/change/x", -ENOENT, ""},
                {"/org/reeve/Reeve1/change/18446744073709551616", -ENOENT, ""},
                {"/org/reeve/Reeve2", -ENOENT, ""},
                {"session", 0, "org.reeve.Reeve1.Session"},
                {"no path", -EINVAL, ""},
                {"/trailing/", -EINVAL, ""},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);

                print_message("%s\n", cases[i].path);
                assert_int_equal(bus_introspect(cases[i].path, out), cases[i].result);
                assert_non_null(strstr(out->str, cases[i].text));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_objects)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
