/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A component that says WATCHDOG=1, or no longer does (§113). */
#include "fixture.h"

static const FakeBehaviour deaf = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .is_deaf = true};

static const Instance *begin(Fixture *fixture, const char *more)
{
        g_autofree char *text =
                g_strconcat("[Component a]\nType=notify\nExecStart=/a\nWatchdogSec=2\nTimeoutStopSec=3\n", more, NULL);

        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
        fake_os_set_behaviour("a", &deaf);
        fixture_start(fixture);
        return instance_of(fixture, "a");
}

/* §113: what sd_watchdog_enabled(3) looks for; nobody else gets it */
static void test_environment(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture,
              "ExecStartup=/x\n[Component b]\nExecStart=/b\n[Component c]\nExecStart=/c\nWatchdogSec=infinity\n");
        assert_string_equal(fake_os_environment("a", "WATCHDOG_USEC"), "2000000");
        assert_non_null(fake_os_environment("a", "WATCHDOG_PID"));
        assert_null(fake_os_environment("a:startup", "WATCHDOG_USEC"));
        assert_null(fake_os_environment("b", "WATCHDOG_USEC"));
        assert_null(fake_os_environment("c", "WATCHDOG_PID"));
        fixture_done(&fixture);
}

/* §113: a miss is a crash: SIGABRT, SIGKILL after the stop time, no shutdown hook, and Restart= decides */
static void test_miss(void **state)
{
        Fixture fixture;
        const Instance *instance;

        (void) state;
        instance = begin(&fixture, "Restart=on-failure\nRestartSec=1\nExecShutdown=/3\nExecPreDestroy=/4\n[Component "
                                   "b]\nExecStart=/b\nRequires=a\n");
        for (int i = 0; i < 10; i++) {
                fake_os_advance(1900 * MS);
                fake_os_notify("a", "WATCHDOG=1");
        }
        fake_os_advance(1900 * MS);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        fake_os_advance(200 * MS);
        assert_order(fake_os_log("signal "), "signal a ABRT", "signal b TERM"); /* §105: it is lost already */
        assert_string_equal(state_of(&fixture, "a"), "stopping");
        assert_string_equal(result_names[instance->end.result], "watchdog");
        fake_os_advance(1300 * MS); /* half of the stop time: the other half is the hook's */
        assert_string_equal(fake_os_log("kill "), "");
        fake_os_advance(200 * MS);
        assert_string_equal(fake_os_log("kill "), "kill a\n");
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_int_equal(fake_os_n_spawned("a:shutdown"), 0);
        assert_order(fake_os_log(NULL), "gone a\n", "spawn a:pre-destroy");
        assert_int_equal(instance->end.code, CLD_KILLED);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "b"), "ready");
        assert_int_equal(instance->counters.restarts, 1);
        fixture_done(&fixture);
}

/* §113: WATCHDOG=trigger is a miss now; WATCHDOG_USEC= is another time from now on */
static void test_words(void **state)
{
        static const struct {
                const char *said;
                uint64_t lives;
        } cases[] = {
                {"WATCHDOG=trigger", 0},
                {"WATCHDOG_USEC=500000", 500 * MS},
                {"WATCHDOG_USEC=1", 0},
                {"WATCHDOG_USEC=60000000\nWATCHDOG=1", 60 * SECOND},
                {"WATCHDOG_USEC=18446744073709551615", 3600 * SECOND},
                {"WATCHDOG_USEC=0", 3600 * SECOND},
                {"WATCHDOG_USEC=x", 2 * SECOND},
                {"WATCHDOG=0", 2 * SECOND},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;

                begin(&fixture, "");
                fake_os_notify("a", cases[i].said);
                fake_os_run();
                if (cases[i].lives > 0)
                        fake_os_advance(cases[i].lives - MS);
                if (cases[i].lives > 0)
                        assert_string_equal(state_of(&fixture, "a"), "ready");
                fake_os_advance(2 * MS);
                assert_string_equal(state_of(&fixture, "a"), cases[i].lives < 3600 * SECOND ? "stopping" : "ready");
                fixture_done(&fixture);
        }
}

/* P29: nobody but the watchdog itself wakes the daemon; §113: before it is ready, and while it stops, there is none */
static void test_quiet(void **state)
{
        static const FakeBehaviour late = {.ready_usec = 10 * SECOND, .exit_usec = FAKE_NEVER, .stop_usec = 2900 * MS};
        Fixture fixture;
        uint64_t ready;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){"m.module",
                                           "[Component a]\nType=notify\nExecStart=/a\nWatchdogSec=2\nTimeoutStopSec=3\n"
                                           "[Component b]\nExecStart=/b\n",
                                           NULL});
        fake_os_set_behaviour("a", &late);
        fixture_start(&fixture);
        fake_os_advance(10 * SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        ready = instance_of(&fixture, "a")->timings.ready;
        assert_int_equal(fake_os_next(), ready + 2 * SECOND);
        fake_os_advance(SECOND);
        fake_os_notify("a", "WATCHDOG=1");
        fake_os_run();
        assert_int_equal(fake_os_next(), ready + 3 * SECOND);
        container_shutdown(fixture.container, "request");
        fake_os_advance(2950 * MS);
        assert_string_equal(fake_os_log("signal a "), "signal a TERM\n");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_environment),
                cmocka_unit_test(test_miss),
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_quiet),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
