/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/arena.h"

/* Pieces of all sizes do not overlap, are zeroed and aligned. */
static void test_pieces(void **state)
{
        enum { N = 2000 };
        g_auto(Arena) arena;
        unsigned char *pieces[N];
        size_t sizes[N];

        (void) state;
        arena_init(&arena);
        for (size_t i = 0; i < N; i++) {
                sizes[i] = i % 100 == 0 ? 20000 + i : i % 67;
                pieces[i] = arena_take(&arena, sizes[i]);
                assert_int_equal((uintptr_t) pieces[i] % sizeof(uint64_t), 0);
                for (size_t j = 0; j < sizes[i]; j++)
                        assert_int_equal(pieces[i][j], 0);
                memset(pieces[i], (int) (i % 251) + 1, sizes[i]);
        }
        for (size_t i = 0; i < N; i++)
                for (size_t j = 0; j < sizes[i]; j++)
                        assert_int_equal(pieces[i][j], i % 251 + 1);
}

static void test_texts(void **state)
{
        g_auto(Arena) arena;

        (void) state;
        arena_init(&arena);
        assert_string_equal(arena_text(&arena, "abc"), "abc");
        assert_string_equal(arena_text_n(&arena, "abc", 2), "ab");
        assert_null(arena_text(&arena, NULL));
        assert_null(arena_copy(&arena, "", 0));
        assert_memory_equal(arena_copy(&arena, "abc", 3), "abc", 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pieces),
                cmocka_unit_test(test_texts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
