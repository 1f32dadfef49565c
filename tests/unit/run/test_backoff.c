/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/backoff.h"

#define SEC (1000ull * 1000)

/* §103: initial × 2ⁿ up to max */
static void test_delay(void **state)
{
        static const struct {
                uint64_t delay, max;
                uint32_t n_failures;
                uint64_t expected;
        } cases[] = {
                {100000, 30 * SEC, 0, 100000},
                {100000, 30 * SEC, 1, 100000},
                {100000, 30 * SEC, 2, 200000},
                {100000, 30 * SEC, 5, 1600000},
                {100000, 30 * SEC, 10, 30 * SEC},
                {100000, 30 * SEC, UINT32_MAX, 30 * SEC},
                {0, 30 * SEC, 1, 0},
                {60 * SEC, 30 * SEC, 4, 60 * SEC},
        };

        (void) state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                LifeSpec life = {.restart_delay = cases[i].delay, .restart_max_delay = cases[i].max};
                Backoff backoff = {.n_failures = cases[i].n_failures};

                assert_int_equal(backoff_delay(&backoff, &life), cases[i].expected);
        }
}

/* §104: more than N within P is one too many; time alone forgives */
static void test_limit(void **state)
{
        LifeSpec life = {.start_limit_burst = 3, .start_limit_interval = 10 * SEC};
        Backoff backoff = {0};

        (void) state;
        for (uint64_t i = 0; i < 3; i++)
                assert_true(backoff_add_crash(&backoff, &life, 1 * SEC + i));
        assert_false(backoff_add_crash(&backoff, &life, 2 * SEC));
        assert_false(backoff_add_crash(&backoff, &life, 3 * SEC));
        assert_true(backoff_add_crash(&backoff, &life, 12 * SEC));
        backoff_reset(&backoff);
        assert_int_equal(backoff.n_failures, 0);
        for (uint64_t i = 0; i < 3; i++)
                assert_true(backoff_add_crash(&backoff, &life, 13 * SEC + i));
        assert_false(backoff_add_crash(&backoff, &life, 13 * SEC + 3));
        backoff_done(&backoff);
}

/* §104: a crash each interval, for ever, is within the limit */
static void test_slow(void **state)
{
        LifeSpec life = {.start_limit_burst = 2, .start_limit_interval = 10 * SEC};
        Backoff backoff = {0};

        (void) state;
        for (uint64_t i = 1; i < 1000; i++)
                assert_true(backoff_add_crash(&backoff, &life, i * 5 * SEC));
        backoff_done(&backoff);
}

/* §104: N=0, the first crash is final */
static void test_none(void **state)
{
        LifeSpec life = {.start_limit_burst = 0, .start_limit_interval = 10 * SEC};
        Backoff backoff = {0};

        (void) state;
        assert_false(backoff_add_crash(&backoff, &life, SEC));
        backoff_done(&backoff);
}

/* §103: the delay begins anew after a period of uptime */
static void test_uptime(void **state)
{
        LifeSpec life = {.start_limit_interval = 10 * SEC};
        Backoff backoff = {.n_failures = 4};

        (void) state;
        backoff_note_uptime(&backoff, &life, 9 * SEC);
        assert_int_equal(backoff.n_failures, 4);
        backoff_note_uptime(&backoff, &life, 10 * SEC);
        assert_int_equal(backoff.n_failures, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_delay), cmocka_unit_test(test_limit),  cmocka_unit_test(test_slow),
                cmocka_unit_test(test_none),  cmocka_unit_test(test_uptime),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
