/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus/access.h"

/* P36: root and the daemon's own user, nobody else */
static void test_rule(void **state)
{
        static const struct {
                uid_t caller, own;
                bool is_allowed;
        } cases[] = {
                {0, 0, true},         {0, 1000, true},        {1000, 1000, true},
                {1000, 0, false},     {1001, 1000, false},    {65534, 0, false},
                {65534, 1000, false}, {(uid_t) -1, 0, false}, {(uid_t) -1, 1000, false},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_int_equal(access_is_allowed(cases[i].caller, cases[i].own), cases[i].is_allowed);
}

static void test_this_process(void **state)
{
        assert_true(access_may_change(0));
        assert_true(access_may_change(geteuid()));
        assert_false(access_may_change((uid_t) -1));
        assert_false(access_may_change(geteuid() + 1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rule),
                cmocka_unit_test(test_this_process),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
