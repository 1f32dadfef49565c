/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/names.h"

static const char *const words[] = {"eager", "lazy", NULL, "Requires", "Wants", "no"};

static void test_of(void **state)
{
        static const struct {
                int value;
                const char *word;
        } cases[] = {{0, "eager"}, {1, "lazy"}, {2, "?"}, {5, "no"}, {6, "?"}, {-1, "?"}, {INT32_MIN, "?"}};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_string_equal(name_of(words, G_N_ELEMENTS(words), cases[i].value), cases[i].word);
}

static void test_find(void **state)
{
        (void) state;
        assert_int_equal(name_find(words, G_N_ELEMENTS(words), "lazy"), 1);
        assert_int_equal(name_find(words, G_N_ELEMENTS(words), "no"), 5);
        assert_int_equal(name_find(words, G_N_ELEMENTS(words), "Lazy"), -1);
        assert_int_equal(name_find(words, G_N_ELEMENTS(words), ""), -1);
        assert_int_equal(name_find(words, G_N_ELEMENTS(words), NULL), -1);
}

static void test_distance(void **state)
{
        static const struct {
                const char *a, *b;
                size_t limit, distance;
        } cases[] = {
                {"", "", 0, 0},
                {"", "abc", 3, 3},
                {"", "abc", 2, 3},
                {"kitten", "sitting", 5, 3},
                {"kitten", "sitting", 2, 3},
                {"kitten", "sitting", 0, 1},
                {"Requries", "Requires", 2, 1}, /* a swap is one slip */
                {"abcd", "dcba", 9, 3},
                {"same", "same", 0, 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                assert_int_equal(name_distance(cases[i].a, cases[i].b, cases[i].limit), cases[i].distance);
                assert_int_equal(name_distance(cases[i].b, cases[i].a, cases[i].limit), cases[i].distance);
        }
}

static void test_distance_bounded(void **state)
{
        g_autofree char *long_text = g_strnfill(1 << 20, 'a'), *longer = g_strnfill((1 << 20) + 1, 'a');

        (void) state;
        assert_int_equal(name_distance(long_text, longer, 3), 4);
        assert_int_equal(name_distance(long_text, long_text, 3), 0);
        assert_null(name_nearest(words, G_N_ELEMENTS(words), long_text));
}

static void test_nearest(void **state)
{
        static const struct {
                const char *word, *nearest;
        } cases[] = {
                {"Requries", "Requires"}, /* §8 */
                {"requires", "Requires"}, {"Want", "Wants"}, {"eagerly", "eager"}, {"lzay", "lazy"},
                {"eager", "eager"},       {"x", NULL},       {"qqqqqq", NULL},     {"", NULL},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *nearest = name_nearest(words, G_N_ELEMENTS(words), cases[i].word);

                if (cases[i].nearest)
                        assert_string_equal(nearest, cases[i].nearest);
                else
                        assert_null(nearest);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_of),       cmocka_unit_test(test_find),
                cmocka_unit_test(test_distance), cmocka_unit_test(test_distance_bounded),
                cmocka_unit_test(test_nearest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
