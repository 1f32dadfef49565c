/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "observe/metrics.h"

static uint64_t sum(const StartupMetrics *m)
{
        return m->load + m->merge + m->validate + m->gates + m->resources + m->components + m->other;
}

/* §142: disjoint, other ≥ 0, the identity exact */
static void test_phases(void **state)
{
        static const struct {
                const char *what;
                ContainerTimes times;
                uint64_t now;
                StartupMetrics expected;
        } cases[] = {
                {"a whole start",
                 {.entry = 1000,
                  .load = 100,
                  .merge = 20,
                  .validate = 30,
                  .first_spawn = 1200,
                  .last_settled = 1900,
                  .finished = 2000},
                 9999,
                 {.total = 1000,
                  .load = 100,
                  .merge = 20,
                  .validate = 30,
                  .components = 700,
                  .other = 150,
                  .entry = 1000,
                  .is_finished = true}},
                {"still running",
                 {.entry = 1000, .load = 100, .first_spawn = 1200},
                 1500,
                 {.total = 500, .load = 100, .components = 300, .other = 100, .entry = 1000}},
                {"some have settled, others are waited for",
                 {.entry = 1000, .load = 100, .first_spawn = 1200, .last_settled = 1210},
                 1500,
                 {.total = 500, .load = 100, .components = 300, .other = 100, .entry = 1000}},
                {"nothing to start",
                 {.entry = 1000, .load = 10, .finished = 1100},
                 1100,
                 {.total = 100, .load = 10, .other = 90, .entry = 1000, .is_finished = true}},
                {"one settles long after the start has ended",
                 {.entry = 1000, .first_spawn = 1100, .last_settled = 9000, .finished = 1500},
                 9999,
                 {.total = 500, .components = 400, .other = 100, .entry = 1000, .is_finished = true}},
                {"figures that cannot be",
                 {.entry = 1000,
                  .load = 900,
                  .merge = 900,
                  .first_spawn = 1001,
                  .last_settled = 1999,
                  .finished = 2000},
                 9999,
                 {.total = 1000, .load = 900, .merge = 100, .entry = 1000, .is_finished = true}},
                {"a clock that stands", {.entry = 1000}, 1000, {.entry = 1000}},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                StartupMetrics got = startup_metrics(&cases[i].times, cases[i].now);
                const StartupMetrics *want = &cases[i].expected;

                print_message("%s\n", cases[i].what);
                assert_int_equal(got.total, sum(&got));
                assert_int_equal(got.total, want->total);
                assert_int_equal(got.load, want->load);
                assert_int_equal(got.merge, want->merge);
                assert_int_equal(got.validate, want->validate);
                assert_int_equal(got.components, want->components);
                assert_int_equal(got.other, want->other);
                assert_int_equal(got.entry, want->entry);
                assert_int_equal(got.is_finished, want->is_finished);
        }
}

/* §144 */
static void test_durations(void **state)
{
        static const struct {
                Timings timings;
                ComponentDurations expected;
        } cases[] = {
                {{0},
                 {DURATION_UNKNOWN, DURATION_UNKNOWN, DURATION_UNKNOWN, DURATION_UNKNOWN, DURATION_UNKNOWN,
                  DURATION_UNKNOWN, DURATION_UNKNOWN}},
                {{.requested = 10, .deps_ready = 30, .slot = 35, .spawned = 36, .ready = 50},
                 {20, 5, 1, DURATION_UNKNOWN, 14, 15, DURATION_UNKNOWN}},
                {{.requested = 10,
                  .deps_ready = 30,
                  .slot = 30,
                  .spawned = 36,
                  .constructed = 40,
                  .ready = 50,
                  .stop_requested = 100,
                  .stopped = 103},
                 {20, 0, 6, 4, 10, 20, 3}},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                ComponentDurations got = component_durations(&cases[i].timings);

                assert_int_equal(got.wait_deps, cases[i].expected.wait_deps);
                assert_int_equal(got.wait_slot, cases[i].expected.wait_slot);
                assert_int_equal(got.spawn, cases[i].expected.spawn);
                assert_int_equal(got.construct, cases[i].expected.construct);
                assert_int_equal(got.startup, cases[i].expected.startup);
                assert_int_equal(got.own, cases[i].expected.own);
                assert_int_equal(got.stop, cases[i].expected.stop);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_phases),
                cmocka_unit_test(test_durations),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
