/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "observe/limiter.h"

#define SECOND LIMITER_INTERVAL_USEC

/* P18: one a class and second, with a count */
static void test_one_a_second(void **state)
{
        g_autoptr(Limiter) limiter = limiter_new();
        uint32_t held = 99;

        assert_true(limiter_pass(limiter, "a", 1, 0, &held));
        assert_int_equal(held, 0);
        for (uint64_t now = 1; now <= 100; now++)
                assert_false(limiter_pass(limiter, "a", 1, now, &held));
        assert_true(limiter_pass(limiter, "b", 1, 50, &held));
        assert_true(limiter_pass(limiter, "a", 1, SECOND, &held));
        assert_int_equal(held, 100);
        assert_false(limiter_pass(limiter, "a", 1, SECOND + 1, &held));
}

static void test_burst(void **state)
{
        g_autoptr(Limiter) limiter = limiter_new();
        uint32_t held;

        for (unsigned i = 0; i < 8; i++)
                assert_true(limiter_pass(limiter, "a", 8, 10, &held));
        assert_false(limiter_pass(limiter, "a", 8, 10, &held));
}

static void test_sweep_tells_what_was_held(void **state)
{
        g_autoptr(Limiter) limiter = limiter_new();
        uint32_t held;

        assert_true(limiter_pass(limiter, "quiet", 1, 0, &held));
        assert_true(limiter_pass(limiter, "loud", 1, 0, &held));
        assert_false(limiter_pass(limiter, "loud", 1, 1, &held));
        assert_null(limiter_sweep(limiter, SECOND - 1, &held));
        assert_string_equal(limiter_sweep(limiter, SECOND, &held), "loud");
        assert_int_equal(held, 1);
        assert_null(limiter_sweep(limiter, SECOND, &held));
}

/* Names come from outside: memory is bounded. */
static void test_bounded(void **state)
{
        g_autoptr(Limiter) limiter = limiter_new();
        uint32_t held;

        for (unsigned i = 0; i < 10 * LIMITER_CLASSES_MAX; i++) {
                g_autofree char *class_name = g_strdup_printf("class-%u", i);

                assert_true(limiter_pass(limiter, class_name, 1, 0, &held));
        }
        /* The first one has been forgotten, the last one not. */
        assert_true(limiter_pass(limiter, "class-0", 1, 0, &held));
        assert_false(limiter_pass(limiter, "class-2559", 1, 0, &held));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_one_a_second),
                cmocka_unit_test(test_burst),
                cmocka_unit_test(test_sweep_tells_what_was_held),
                cmocka_unit_test(test_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
