/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#define CHAIN \
        "[Component db]\nType=notify\nExecStart=/db\nRestart=on-failure\nRestartSec=1\n" \
        "[Component web]\nExecStart=/web\nRequires=db\n" \
        "[Component top]\nExecStart=/top\nRequires=web\n" \
        "[Component later]\nExecStart=/later\nAfter=db\n" \
        "[Component other]\nExecStart=/other\n"

/* §105, D9: all transitive static dependents stop in reverse, then the provider restarts, then they start in order;
 * those that are only ordered after it, and strangers, stay */
static void test_provider_lost(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, CHAIN);
        fake_os_log_clear();
        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(state_of(&fixture, "db"), "backoff");
        fake_os_advance(500 * MS);
        assert_string_equal(fake_os_log("signal "), "signal top TERM\nsignal web TERM\n");
        assert_string_equal(state_of(&fixture, "web"), "waiting");
        assert_int_equal(fake_os_n_spawned("db"), 1);
        fake_os_advance(600 * MS);
        assert_string_equal(fake_os_log("spawn "), "spawn db\nspawn web\nspawn top\n");
        assert_int_equal(instance_of(&fixture, "later")->incarnation, 1);
        assert_int_equal(instance_of(&fixture, "other")->incarnation, 1);
        assert_int_equal(instance_of(&fixture, "db")->incarnation, 2); /* §68 */
        assert_int_equal(instance_of(&fixture, "db")->counters.restarts, 1);
        assert_int_equal(instance_of(&fixture, "web")->counters.propagated_restarts, 1); /* §148 */
        assert_int_equal(instance_of(&fixture, "web")->counters.restarts, 0);
        fixture_done(&fixture);
}

/* §105: no instance lives with two incarnations of a provider, which waits for a slow dependent */
static void test_waits_for_dependents(void **state)
{
        static const FakeBehaviour deaf = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .is_deaf = true};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", CHAIN, NULL});
        fake_os_set_behaviour("web", &deaf);
        fixture_start(&fixture);
        fake_os_exit("db", CLD_EXITED, 1);
        fake_os_advance(9 * SECOND);
        assert_int_equal(fake_os_n_spawned("db"), 1);
        assert_string_equal(state_of(&fixture, "db"), "waiting");
        fake_os_advance(2 * SECOND);
        assert_order(fake_os_log(NULL), "kill web", "gone web");
        assert_int_equal(fake_os_n_spawned("db"), 2);
        assert_string_equal(state_of(&fixture, "top"), "ready");
        fixture_done(&fixture);
}

/* §103: the delay doubles; §104: the limit makes it final, dependents are blocked and Degraded is said (§109) */
static void test_limit(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_run(&fixture,
                    "[Component "
                    "a]\nExecStart=/a\nRestart=always\nRestartSec=1\nStartLimitBurst=3\nStartLimitIntervalSec=100\n"
                    "[Component b]\nExecStart=/b\nRequires=a\n");
        for (unsigned i = 1; i <= 3; i++) {
                fake_os_exit("a", CLD_EXITED, 7);
                fake_os_advance((SECOND << (i - 1)) - MS);
                assert_int_equal(fake_os_n_spawned("a"), i);
                fake_os_advance(2 * MS);
                assert_int_equal(fake_os_n_spawned("a"), i + 1);
        }
        fake_os_exit("a", CLD_EXITED, 7);
        fake_os_advance(200 * SECOND);
        assert_string_equal(state_of(&fixture, "a"), "failed");
        assert_int_equal(instance_of(&fixture, "a")->end.result, RESULT_START_LIMIT);
        assert_string_equal(state_of(&fixture, "b"), "blocked");
        assert_true(container_is_degraded(fixture.container));
        assert_string_equal(container_word(&fixture), "running");
        fixture_done(&fixture);
}

/* §103, §104, §109: what each mode makes of each end */
static void test_modes(void **state)
{
        static const struct {
                const char *mode;
                int status;
                const char *expected;
        } cases[] = {
                {"never", 0, "inactive"},      {"never", 1, "failed"}, {"on-failure", 0, "inactive"},
                {"on-failure", 1, "backoff"}, {"always", 0, "backoff"}, {"always", 1, "backoff"},
                {"on-failure", 42, "inactive"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text =
                        g_strdup_printf("[Component a]\nExecStart=/a\nRestart=%s\nSuccessExitStatus=42\n"
                                        "[Component b]\nExecStart=/b\nRequires=a\n",
                                        cases[i].mode);
                Fixture fixture;

                fixture_run(&fixture, text);
                fake_os_exit("a", CLD_EXITED, cases[i].status);
                fake_os_run();
                if (g_strcmp0(state_of(&fixture, "a"), cases[i].expected) != 0)
                        fail_msg("%s %d: %s", cases[i].mode, cases[i].status, state_of(&fixture, "a"));
                if (strcmp(cases[i].expected, "backoff") != 0) {
                        fake_os_advance(SECOND);
                        assert_string_equal(state_of(&fixture, "b"), "blocked");
                        assert_true(container_is_degraded(fixture.container));
                }
                fixture_done(&fixture);
        }
}

/* P7: nothing is started over what an earlier incarnation left */
static void test_survivors(void **state)
{
        static const FakeBehaviour survivors = {
                .ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = MS, .has_survivors = true};
        Fixture fixture;

        (void) state;
        fixture_init(
                &fixture,
                (const char *const[]){"m.module", "[Component a]\nExecStart=/a\nRestart=always\nRestartSec=0\n", NULL});
        fake_os_set_behaviour("a", &survivors);
        fixture_start(&fixture);
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "waiting");
        assert_int_equal(fake_os_n_spawned("a"), 1);
        fake_os_gone("a");
        fake_os_run();
        assert_int_equal(fake_os_n_spawned("a"), 2);
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_provider_lost), cmocka_unit_test(test_waits_for_dependents),
                cmocka_unit_test(test_limit),         cmocka_unit_test(test_modes),
                cmocka_unit_test(test_survivors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
