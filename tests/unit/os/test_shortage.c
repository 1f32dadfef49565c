/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon has no descriptors left, not even its reserve: what it cannot do now is done as soon as there are some. */
#include "fixture.h"

#include <sys/resource.h>

static void on_time(Timer *timer, void *userdata)
{
        (void) timer;
        *(bool *) userdata = true;
}

/* P24, P27, P7: never gone while something is left, and gone without another cause than the end of the shortage */
static void test_no_descriptors(void **state)
{
        for (int use_cgroups = 0; use_cgroups < 2; use_cgroups++) {
                SpawnSpec spec = spec_make(SHELL("setsid sleep 1000 >&- 2>&- & echo $!; exec sleep 1000"));
                g_autofree char *line = NULL;
                struct rlimit limit, none;
                bool is_over = false;
                Watched watched;
                Fixture fixture;
                Timer *timer;
                pid_t child;

                (void) state;
                fixture_init(&fixture, use_cgroups);
                watched_spawn(&watched, &fixture, &spec);
                line = watched_read_line(&watched);
                child = (pid_t) strtol(line, NULL, 10);
                assert_true(is_alive(child));
                assert_int_equal(timer_new(fixture.loop, UINT64_MAX, on_time, &is_over, &timer), 0);

                assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
                none = (struct rlimit) { .rlim_cur = 3, .rlim_max = limit.rlim_max };
                assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
                assert_int_equal(kill(process_pid(watched.process), SIGKILL), 0);
                fixture_wait(&fixture, &watched.is_exited);
                assert_int_equal(timer_set(timer, clock_monotonic() + 300 * 1000), 0);
                fixture_wait(&fixture, &is_over);
                assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
                assert_true(!watched.is_gone || !is_alive(child));

                fixture_wait(&fixture, &watched.is_gone);
                assert_false(is_alive(child));
                timer_free(timer);
                watched_done(&watched);
                fixture_done(&fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_descriptors) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
