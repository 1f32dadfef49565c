/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "timeline.h"

static GArray *array_of(const uint64_t *moments, size_t n)
{
        GArray *array = g_array_new(FALSE, FALSE, sizeof(uint64_t));

        g_array_append_vals(array, moments, (guint) n);
        return array;
}

#define SECOND UINT64_C(1000000)

/* What lasts long is broken where nothing happens, and nowhere else. */
static void test_pieces(void **state)
{
        static const struct {
                const char *what;
                uint64_t moments[8];
                size_t n_moments, n_broken;
        } cases[] = {
                {"one moment", {5}, 1, 0},
                {"two", {5, 9}, 2, 0},
                {"the same twice", {5, 5}, 2, 0},
                {"evenly", {0, 10, 20, 30}, 4, 0},
                {"not yet worth it", {0, 1000, 6900}, 3, 0},
                {"30 s beside 20 ms", {0, 5000, 20000, 30 * SECOND}, 4, 1},
                {"in the middle, out of order", {30 * SECOND + 4000, 0, 3000, 30 * SECOND}, 4, 1},
                {"two long ones of different length", {0, 10000, 10 * SECOND, 10 * SECOND + 10000, 40 * SECOND}, 5, 2},
                {"hours", {0, 1, 3600 * SECOND, 3600 * SECOND + 1}, 4, 1},
                {"as long as can be", {0, 1, UINT64_MAX / 2}, 3, 1},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GArray) moments = array_of(cases[i].moments, cases[i].n_moments);
                Timeline timeline;
                double before = 20;
                size_t n_broken = 0;

                print_message("%s\n", cases[i].what);
                timeline_init(&timeline, moments, 20, 1000);
                for (size_t j = 0; j < timeline.n_pieces; j++)
                        n_broken += timeline.pieces[j].is_broken;
                assert_int_equal(n_broken, cases[i].n_broken);
                for (guint j = 0; j < moments->len; j++) {
                        double x = timeline_x(&timeline, g_array_index(moments, uint64_t, j));

                        assert_true(x >= before && x <= 1020.001);
                        before = x;
                }
                if (cases[i].n_moments > 1 && cases[i].moments[0] != cases[i].moments[1])
                        assert_true(before > 1019.999);
        }
}

static void on_tick(uint64_t usec, double x, void *userdata)
{
        GString *out = userdata;

        g_string_append_printf(out, "%" G_GUINT64_FORMAT "@%d ", usec, (int) (x + 0.5));
}

static void test_ticks(void **state)
{
        static const struct {
                uint64_t moments[4];
                size_t n_moments;
                const char *ticks;
        } cases[] = {
                {{1000, 11000},
                 2,
                 "0@0 1000@100 2000@200 3000@300 4000@400 5000@500 6000@600 7000@700 8000@800 9000@900 10000@1000 "},
                {{7, 8}, 2, "0@0 1@1000 "},
                {{0, 4000, 1004000}, 3, "0@0 500@117 1000@234 1500@351 2000@468 2500@585 3000@702 3500@819 "},
                {{3}, 1, "0@0 "},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GArray) moments = array_of(cases[i].moments, cases[i].n_moments);
                g_autoptr(GString) out = g_string_new(NULL);
                Timeline timeline;

                timeline_init(&timeline, moments, 0, 1000);
                timeline_each_tick(&timeline, cases[i].moments[0], on_tick, out);
                assert_string_equal(out->str, cases[i].ticks);
        }
}

static void test_labels(void **state)
{
        static const struct {
                uint64_t usec, step;
                const char *label;
        } cases[] = {
                {0, 1, "0"},
                {7, 1, "7us"},
                {500, 500, "500us"},
                {1500, 500, "1.5ms"},
                {2000, 500, "2ms"},
                {20000, 5000, "20ms"},
                {1250 * 1000, 50 * 1000, "1.25s"},
                {30 * SECOND + 20, 20, "30.00002s"},
                {120 * SECOND, 20 * SECOND, "120s"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);

                timeline_append_label(out, cases[i].usec, cases[i].step);
                assert_string_equal(out->str, cases[i].label);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pieces),
                cmocka_unit_test(test_ticks),
                cmocka_unit_test(test_labels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
