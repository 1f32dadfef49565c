/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bus/peer.h"

/* Wherever the end of a line falls in it: never more than it was, and hardly less. */
static void test_tellable(void **state)
{
        static const uint64_t cases[] = {
                0, 1, 90000000, UINT64_MAX - 1, 0x0a0d, 0x0a0d00, 0x0a0d0000, 0x0a0d000000, 0x0a0d0a0d, 0x0a0a0d0d,
                0x0a0d000000000000, 0x0a0d0a0d0a0d0a0d, 0x0d0a0d0a0d0a0d0a,
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                uint64_t told = peer_tellable(cases[i]);

                assert_null(memmem(&told, sizeof(told), "\r\n", 2));
                assert_true(told <= cases[i]);
                assert_true(cases[i] - told <= cases[i] / 2000);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_tellable)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
