/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

/* §50, §51: mandatory providers are ready first, and nothing else is waited for */
static void test_order(void **state)
{
        static const FakeBehaviour slow = {.ready_usec = 500 * MS, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nType=notify\nExecStart=/a\nRequires=b\n"
                                                     "[Component b]\nType=notify\nExecStart=/b\n"
                                                     "[Component c]\nType=notify\nExecStart=/c\nRequires=b\n"
                                                     "[Component slow]\nType=notify\nExecStart=/s\n"
                                                     "[Component last]\nType=notify\nExecStart=/l\nRequires=slow c\n",
                                                     NULL});
        fake_os_set_behaviour("slow", &slow);
        fixture_start(&fixture);
        assert_string_equal(fake_os_log("spawn "), "spawn b\nspawn slow\nspawn a\nspawn c\n");
        assert_string_equal(state_of(&fixture, "last"), "waiting");
        assert_string_equal(container_word(&fixture), "starting");
        fake_os_advance(500 * MS);
        assert_string_equal(state_of(&fixture, "last"), "ready");
        assert_string_equal(container_word(&fixture), "running");
        assert_int_equal(instance_of(&fixture, "last")->spawn_index, 5); /* §58 */
        assert_int_equal(instance_of(&fixture, "last")->ready_index, 5);
        fixture_done(&fixture);
}

/* §53, §54, §55: never more than MaxParallelStarts= in starting; smallest (priority, canonical order) first */
static void test_slots(void **state)
{
        static const FakeBehaviour soon = {.ready_usec = MS, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_prepare(&fixture);
        fake_os_set_behaviour(NULL, &soon);
        fixture.settings.max_parallel_starts = 1;
        fixture_load(&fixture,
                     (const char *const[]){"m.module",
                                           "[Component d]\nExecStart=/d\nType=notify\n"
                                           "[Component c]\nExecStart=/c\nType=notify\nPriority=-5\nRequires=d\n"
                                           "[Component b]\nExecStart=/b\nType=notify\n"
                                           "[Component a]\nExecStart=/a\nType=notify\nPriority=-1\n",
                                           NULL});
        fixture_start(&fixture);
        assert_string_equal(fake_os_log("spawn "), "spawn a\n");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("spawn "), "spawn a\nspawn d\nspawn c\nspawn b\n");
        fixture_done(&fixture);
}

/* §13: nothing to start is a container that runs */
static void test_empty(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, "");
        assert_string_equal(container_word(&fixture), "running");
        fixture_done(&fixture);
}

/* §50, D6: a module's Requires= is a barrier for all its components; lazies of the other module are not waited for */
static void test_barrier(void **state)
{
        static const FakeBehaviour slow = {.ready_usec = SECOND, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){
                                       "infra.module",
                                       "[Singletons]\nx=/x\n[Component y]\nType=notify\nExecStart=/y\n[Lazy]\nz=/z\n",
                                       "middle.module", "[Module]\nRequires=infra\n", "shop.module",
                                       "[Module]\nRequires=middle\n[Singletons]\na=/a\n", NULL});
        fake_os_set_behaviour("y", &slow);
        fixture_start(&fixture);
        assert_string_equal(state_of(&fixture, "a"), "waiting");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        assert_string_equal(state_of(&fixture, "z"), "inactive"); /* §56 */
        fixture_done(&fixture);
}

/* §50, §57, §88: an optional provider is waited for until it is settled, not until it is ready; After= does not fail
 * with it */
static void test_optional(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){"m.module",
                                           "[Component w]\nExecStart=/w\nWants=bad lazy\n"
                                           "[Component o]\nExecStart=/o\nAfter=bad lazy\n"
                                           "[Component bad]\nType=notify\nExecStart=/bad\nStartupErrorPolicy=warn\n"
                                           "[Lazy]\nlazy=/lazy\n",
                                           NULL});
        fake_os_fail_spawn("bad", ENOENT, "exec");
        fixture_start(&fixture);
        assert_string_equal(state_of(&fixture, "w"), "ready");
        assert_string_equal(state_of(&fixture, "o"), "ready");
        assert_string_equal(state_of(&fixture, "lazy"), "inactive");
        assert_string_equal(fake_os_environment("w", "REEVE_ABSENT"), "bad lazy"); /* §23 */
        assert_order(fixture.trail->str, "bad starting>failed exec-failed", "w waiting>starting");
        fixture_done(&fixture);
}

/* §84-87: the word of each policy, and a mandatory dependent under its own */
static void test_policies(void **state)
{
        static const struct {
                const char *provider, *dependent;
                const char *container;
                bool is_degraded;
        } cases[] = {
                {"strict", "strict", "failed", true},   {"strict", "ignore", "failed", true},
                {"warn", "strict", "failed", true},     {"warn", "warn", "running", true},
                {"warn", "ignore", "running", true},    {"ignore", "warn", "running", true},
                {"ignore", "ignore", "running", false}, {"ignore", "strict", "failed", true},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text =
                        g_strdup_printf("[Component p]\nType=notify\nExecStart=/p\nStartupErrorPolicy=%s\n"
                                        "[Component d]\nExecStart=/d\nRequires=p\nStartupErrorPolicy=%s\n"
                                        "[Component other]\nExecStart=/o\n",
                                        cases[i].provider, cases[i].dependent);
                Fixture fixture;

                fixture_init(&fixture, (const char *const[]){"m.module", text, NULL});
                fake_os_fail_spawn("p", EACCES, "exec");
                fixture_start(&fixture);
                fake_os_advance(SECOND);
                if (g_strcmp0(container_word(&fixture), cases[i].container) != 0)
                        fail_msg("%s/%s: %s", cases[i].provider, cases[i].dependent, container_word(&fixture));
                assert_int_equal(fake_os_n_spawned("d"), 0);
                if (strcmp(cases[i].container, "running") == 0)
                        assert_int_equal(container_is_degraded(fixture.container), cases[i].is_degraded);
                assert_int_equal(diag_list_count(container_report(fixture.container), SEVERITY_ERROR) > 0,
                                 strcmp(cases[i].container, "failed") == 0);
                assert_int_equal(container_report(fixture.container)->items->len, 2); /* all failures are reported */
                fixture_done(&fixture);
        }
}

/* §90: StartRetries= before the policy; then on in the background, and Degraded clears with success */
static void test_retries(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){
                             "m.module",
                             "[Component p]\nType=notify\nExecStart=/p\nStartupErrorPolicy=warn\nStartRetries=1\n"
                             "Restart=on-failure\nRestartSec=1\n"
                             "[Component d]\nExecStart=/d\nRequires=p\nStartupErrorPolicy=warn\n",
                             NULL});
        fake_os_fail_spawn("p", ENOENT, "exec");
        fixture_start(&fixture);
        assert_string_equal(container_word(&fixture), "starting");
        assert_string_equal(state_of(&fixture, "d"), "waiting");
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "running");
        assert_true(container_is_degraded(fixture.container));
        assert_string_equal(state_of(&fixture, "p"), "backoff");
        assert_string_equal(state_of(&fixture, "d"), "blocked");
        fake_os_fail_spawn("p", 0, NULL);
        fake_os_advance(3 * SECOND);
        assert_string_equal(state_of(&fixture, "p"), "ready");
        assert_string_equal(state_of(&fixture, "d"), "ready");
        assert_false(container_is_degraded(fixture.container));
        fixture_done(&fixture);
}

/* §90: under strict nothing goes on in the background: the container start fails */
static void test_strict_is_final(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){
                             "m.module", "[Component p]\nExecStart=/p\nRestart=always\nStartRetries=2\nRestartSec=0\n",
                             NULL});
        fake_os_fail_spawn("p", ENOENT, "exec");
        fixture_start(&fixture);
        fake_os_advance(SECOND);
        assert_int_equal(instance_of(&fixture, "p")->incarnation, 3);
        assert_string_equal(container_word(&fixture), "failed");
        fixture_done(&fixture);
}

/* §93, §94: no new spawn, what starts is aborted, what is ready stops in reverse; the report is kept */
static void test_rollback(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        static const FakeBehaviour early = {
                .ready_usec = FAKE_NEVER, .exit_usec = 100 * MS, .code = CLD_EXITED, .status = 3};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nExecStart=/a\n"
                                                     "[Component b]\nExecStart=/b\nRequires=a\n"
                                                     "[Component hangs]\nType=notify\nExecStart=/h\nRequires=b\n"
                                                     "[Component bad]\nType=notify\nExecStart=/bad\nRequires=b\n"
                                                     "[Component never]\nExecStart=/n\nRequires=hangs\n",
                                                     NULL});
        fake_os_set_behaviour("hangs", &never);
        fake_os_set_behaviour("bad", &early);
        fixture_start(&fixture);
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "failed");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_START_FAILED);
        assert_string_equal(fake_os_log("signal "), "signal hangs TERM\nsignal b TERM\nsignal a TERM\n");
        assert_int_equal(fake_os_n_spawned("never"), 0);
        assert_string_equal(state_of(&fixture, "bad"), "failed");
        assert_int_equal(instance_of(&fixture, "bad")->end.result, RESULT_EXITED_EARLY); /* §67 */
        assert_non_null(strstr(fake_os_written("start-failure"), "status 3"));
        assert_int_equal(fake_os_n_running(), 0);
        fixture_done(&fixture);
}

/* §66: the start time-out runs from the spawn and is extended by EXTEND_TIMEOUT_USEC= */
static void test_timeout(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){
                             "m.module",
                             "[Component p]\nType=notify\nExecStart=/p\nTimeoutStartSec=2\nStartupErrorPolicy=warn\n",
                             NULL});
        fake_os_set_behaviour("p", &never);
        fixture_start(&fixture);
        fake_os_advance(1900 * MS);
        fake_os_notify("p", "EXTEND_TIMEOUT_USEC=5000000");
        fake_os_advance(4900 * MS);
        assert_string_equal(state_of(&fixture, "p"), "starting");
        fake_os_advance(200 * MS);
        assert_string_equal(state_of(&fixture, "p"), "failed");
        assert_int_equal(instance_of(&fixture, "p")->end.result, RESULT_START_TIMEOUT);
        assert_string_equal(container_word(&fixture), "running");
        assert_order(fixture.trail->str, "p starting>stopping start-timeout", "p stopping>failed");
        fixture_done(&fixture);
}

/* §87, §94: a dependent is blocked when its provider has failed, not while that is still being stopped; so the report
 * begins with the cause */
static void test_timeout_is_the_cause(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nType=notify\nExecStart=/a\nTimeoutStartSec=1\n"
                                                     "[Component b]\nExecStart=/b\nRequires=a\n",
                                                     NULL});
        fake_os_set_behaviour("a", &never);
        fixture_start(&fixture);
        fake_os_advance(2 * SECOND);
        assert_string_equal(container_word(&fixture), "failed");
        assert_int_equal(container_report(fixture.container)->items->len, 2);
        assert_int_equal(((const Diag *) container_report(fixture.container)->items->pdata[0])->code,
                         DIAG_START_TIMEOUT);
        assert_string_equal(((const Diag *) container_report(fixture.container)->items->pdata[0])->hint,
                            "Type=simple is for a program that does not say READY=1 on NOTIFY_SOCKET");
        assert_int_equal(((const Diag *) container_report(fixture.container)->items->pdata[1])->code,
                         DIAG_DEPENDENCY_FAILED);
        assert_order(fixture.trail->str, "a stopping>failed", "b waiting>blocked");
        fixture_done(&fixture);
}

/* §86, §87, §90: what had to be stopped before its failure counts, and is tried again later, is reported like any */
static void test_timeout_with_restart(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){
                             "m.module",
                             "[Component a]\nType=notify\nExecStart=/a\nTimeoutStartSec=1\nRestart=on-failure\n"
                             "RestartSec=1h\nRestartMaxDelaySec=1h\nStartupErrorPolicy=warn\n",
                             NULL});
        fake_os_set_behaviour("a", &never);
        fixture_start(&fixture);
        fake_os_advance(2 * SECOND);
        assert_string_equal(container_word(&fixture), "running");
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_true(container_is_degraded(fixture.container));
        assert_int_equal(container_report(fixture.container)->items->len, 1);
        assert_int_equal(((const Diag *) container_report(fixture.container)->items->pdata[0])->code,
                         DIAG_START_TIMEOUT);
        fixture_done(&fixture);
}

/* §64, §65, §67 */
static void test_readiness(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
        static const FakeBehaviour job = {.ready_usec = FAKE_NEVER, .exit_usec = SECOND, .code = CLD_EXITED};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component p]\nType=notify\nExecStart=/p\n"
                                                     "[Component j]\nType=oneshot\nExecStart=/j\n"
                                                     "[Component d]\nExecStart=/d\nRequires=j\n",
                                                     NULL});
        fake_os_set_behaviour("p", &never);
        fake_os_set_behaviour("j", &job);
        fixture_start(&fixture);
        fake_os_notify_from("p", 99999, "READY=1\nSTATUS=forged");
        fake_os_run();
        assert_string_equal(state_of(&fixture, "p"), "starting");
        fake_os_notify("p", "READY=1\nSTATUS=serving");
        fake_os_run();
        assert_string_equal(state_of(&fixture, "p"), "ready");
        assert_string_equal(container_status_text(fixture.container, instance_of(&fixture, "p")->node), "serving");
        assert_string_equal(state_of(&fixture, "d"), "waiting");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "j"), "ready");
        assert_string_equal(sub_state_of(&fixture, "j"), "exited");
        assert_string_equal(state_of(&fixture, "d"), "ready");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_slots),
                cmocka_unit_test(test_empty),
                cmocka_unit_test(test_barrier),
                cmocka_unit_test(test_optional),
                cmocka_unit_test(test_policies),
                cmocka_unit_test(test_retries),
                cmocka_unit_test(test_strict_is_final),
                cmocka_unit_test(test_rollback),
                cmocka_unit_test(test_timeout),
                cmocka_unit_test(test_timeout_with_restart),
                cmocka_unit_test(test_timeout_is_the_cause),
                cmocka_unit_test(test_readiness),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
