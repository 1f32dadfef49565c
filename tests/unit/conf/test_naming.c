/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/naming.h"

/* §2 */
static void test_names(void **state)
{
        static const char *const right[] = {"a", "a1", "user-service", "catalog.api", "a_b"};
        static const char *const wrong[] = {"",    "A",   "1a", "-a",       ".a", "_a", "a b",
                                            "a/b", "a:b", "a=", "\xc3\xa4", "aB", "a\n"};
        char longest[65];

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(right); i++)
                assert_true(name_is_valid(right[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                assert_false(name_is_valid(wrong[i]));
        memset(longest, 'a', sizeof(longest));
        longest[63] = '\0';
        assert_true(name_is_valid(longest));
        longest[63] = 'a';
        longest[64] = '\0';
        assert_false(name_is_valid(longest));
}

static void test_routes_and_variables(void **state)
{
        (void) state;
        assert_true(route_is_valid("orders", false));
        assert_true(route_is_valid("*", true));
        assert_false(route_is_valid("*", false));
        assert_false(route_is_valid("", true));
        assert_false(route_is_valid("a*", true));
        assert_false(route_is_valid("a b", true));
        assert_true(variable_is_valid("_A1", 3));
        assert_false(variable_is_valid("1A", 2));
        assert_false(variable_is_valid("", 0));
        assert_false(variable_is_valid("A-B", 3));
}

static void test_accounts(void **state)
{
        static const char *const right[] = {"root", "0", "1000", "_apt", "systemd-network", "host$", "4294967293"};
        static const char *const wrong[] = {"",   "-x",  "65535", "4294967295",  "4294967296",
                                            "1a", "a b", "a:b",   "ro\xc3\xb6t", "99999999999999999999"};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(right); i++)
                assert_true(account_is_valid(right[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                assert_false(account_is_valid(wrong[i]));
}

/* §11 */
static void test_derived(void **state)
{
        static const struct {
                const char *program, *name;
        } programs[] = {
                {"/usr/lib/shop/UserService", "user-service"},
                {"/usr/bin/mail_relay.py", "mail_relay"},
                {"/x/HTTPServer", "http-server"},
                {"/x/HTTP", "http"},
                {"/x/Db2Proxy", "db2-proxy"},
                {"/x/a.tar.gz", "a.tar"},
                {"/x/.hidden", ".hidden"},
                {"plain", "plain"},
                {"/x/", ""},
        };
        static const struct {
                const char *file, *name;
        } modules[] = {
                {"/etc/reeve/modules/10-web.module", "web"},
                {"web.module", "web"},
                {"10.module", "10"},
                {"10-.module", "10-"},
                {"x/2024-q1-web.module", "q1-web"},
                {"web", "web"},
                {"a-10-b.module", "a-10-b"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
                g_autofree char *name = name_from_program(programs[i].program);

                assert_string_equal(name, programs[i].name);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(modules); i++) {
                g_autofree char *name = name_from_module_file(modules[i].file);

                assert_string_equal(name, modules[i].name);
        }
}

static void test_suggestions(void **state)
{
        static const struct {
                const char *name, *valid;
        } cases[] = {
                {"UserService", "user-service"}, {"1a", "a"}, {"a b", "a-b"}, {"", NULL}, {"--", NULL}, {"\xff", NULL}};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *valid = name_to_valid(cases[i].name);

                if (!cases[i].valid)
                        assert_null(valid);
                else {
                        assert_string_equal(valid, cases[i].valid);
                        assert_true(name_is_valid(valid));
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),       cmocka_unit_test(test_routes_and_variables),
                cmocka_unit_test(test_accounts),    cmocka_unit_test(test_derived),
                cmocka_unit_test(test_suggestions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
