/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state_look.h"

/* A word stands once: the first row would hide the second. */
static void test_once(void **state)
{
        (void) state;
        for (size_t i = 0; i < n_state_looks; i++) {
                assert_int_not_equal(state_looks[i].colour, COLOUR_NONE);
                assert_int_equal(colour_of_state(state_looks[i].state), state_looks[i].colour);
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(state_looks[i].state, state_looks[j].state);
        }
        assert_int_equal(colour_of_state("newer"), COLOUR_NONE);
        assert_string_equal(state_symbol("newer"), "○");
        assert_string_equal(state_symbol("failed"), "×");
}

/* A daemon that is newer has words that we do not know: nothing vanishes. */
static void test_counts(void **state)
{
        static const StateCount sent[] = {
                {"zz\033", 1}, {"failed", 2}, {"newer", 3}, {"inactive", 0}, {"ready", 4}, {"failed", 1},
        };
        g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(StateCount));
        g_autoptr(GString) out = g_string_new(NULL);

        (void) state;
        state_counts_append(out, counts);
        assert_string_equal(out->str, "");
        for (size_t i = 0; i < G_N_ELEMENTS(sent); i++)
                state_counts_add(counts, sent[i].state, sent[i].n);
        state_counts_append(out, counts);
        assert_string_equal(out->str, ": 4 ready, 3 failed, 3 newer, 1 zz\\x1b");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_once),
                cmocka_unit_test(test_counts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
