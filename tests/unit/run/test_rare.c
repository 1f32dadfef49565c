/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rare interleavings, each found once by the random test, by reading, or by a machine that was short of something. */
#include "fixture.h"

#include <errno.h>

static const FakeBehaviour survivors = {.exit_usec = FAKE_NEVER, .has_survivors = true};
static const FakeBehaviour deaf = {.exit_usec = FAKE_NEVER, .is_deaf = true};

static Container *begin(Fixture *fixture, const char *text)
{
        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
        return fixture->container;
}

/* §105, P1: a dependent that has crashed itself, and of which something is left, waits on; its provider's loss must not
 * stop it for good */
static void test_both_are_lost(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Component db]\nExecStart=/db\nRestart=always\n[Component "
                        "web]\nExecStart=/web\nRequires=db\nRestart=always\n");
        fake_os_set_behaviour("web", &survivors);
        fixture_start(&fixture);
        fake_os_exit("web", CLD_KILLED, SIGKILL);
        fake_os_run();
        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(state_of(&fixture, "web"), "backoff");
        fake_os_gone("web");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "db"), "ready");
        assert_string_equal(state_of(&fixture, "web"), "ready");
        fixture_done(&fixture);
}

/* §95, §99: the wish to stop ends with a crash and comes again before all is gone: nobody is counted twice, or what
 * goes after it never may */
static void test_wanted_twice(void **state)
{
        Fixture fixture;
        Container *container;
        Change *change;
        g_auto(DiagList) diags;

        (void) state;
        diag_list_init(&diags);
        container = begin(&fixture, "[Component base]\nExecStart=/base\n[Component "
                                    "mid]\nExecStart=/mid\nAfter=base\nRestart=always\nRestartSec=30\n"
                                    "[Component top]\nExecStart=/top\nRequires=mid\n");
        fake_os_set_behaviour("mid", &survivors);
        fake_os_set_behaviour("top", &deaf);
        fixture_start(&fixture);
        assert_int_equal(container_stop_component(container, "mid", true, &change, &diags), 0);
        fake_os_run();
        fake_os_exit("mid", CLD_KILLED, SIGKILL); /* while it waits for top */
        fake_os_run();
        assert_int_equal(container_start_component(container, "mid", &change, &diags), 0);
        fake_os_run();
        container_shutdown(container, "terminate");
        fake_os_run();
        fake_os_gone("mid");
        fake_os_advance(15 * SECOND);
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §71, §72: of a stop and a start that both have still to come to pass, the later one holds, and each change has its
 * end */
static void test_latest_wish(void **state)
{
        static const FakeBehaviour slow = {.exit_usec = FAKE_NEVER, .stop_usec = SECOND};
        static int (*const verbs[])(Container *, const char *, Change **, DiagList *) = {container_start_component,
                                                                                         container_restart_component};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
                Fixture fixture;
                Container *container = begin(
                        &fixture, "[Component db]\nExecStart=/db\n[Component web]\nExecStart=/web\nRequires=db\n");
                g_auto(DiagList) diags;
                Change *stop, *start;

                diag_list_init(&diags);
                fake_os_set_behaviour("web", &slow);
                fixture_start(&fixture);
                assert_int_equal(container_stop_component(container, "db", true, &stop, &diags), 0);
                fake_os_run();
                assert_string_equal(state_of(&fixture, "db"), "ready"); /* waits for web to go */
                assert_int_equal(verbs[i](container, "db", &start, &diags), 0);
                fake_os_advance(3 * SECOND);
                assert_string_equal(state_of(&fixture, "db"), "ready");
                assert_string_equal(state_of(&fixture, "web"), "ready");
                assert_int_equal(start->state, CHANGE_DONE);
                assert_int_equal(stop->state, CHANGE_FAILED);
                fixture_done(&fixture);
        }
}

/* §46: what is skipped can no more be restarted than started, and no change waits for it for ever (P30) */
static void test_restart_of_skipped(void **state)
{
        Fixture fixture;
        Container *container = begin(&fixture, "[Component a]\nExecStart=/a\nConditionPathExists=/does/not/exist\n");
        g_auto(DiagList) diags;
        Change *change;

        (void) state;
        diag_list_init(&diags);
        fixture_start(&fixture);
        assert_int_equal(container_restart_component(container, "a", &change, &diags), -EBADMSG);
        assert_int_equal(((const Diag *) diags.items->pdata[0])->code, DIAG_CONDITION_NOT_MET);
        assert_int_equal(container_changes(container)->len, 0);
        fixture_done(&fixture);
}

/* P24, P27: what the daemon is short of for a while is nobody's failure: no limit is reached, no Restart= is needed,
 * and it is not tried without a pause */
static void test_shortage(void **state)
{
        static const struct {
                int error;
                const char *step;
                bool is_passing;
        } cases[] = {
                {EMFILE, "clone", true},  {EAGAIN, "clone", true},          {ENOMEM, "cgroup", true},
                {ENFILE, "output", true}, {ENOBUFS, "notify-socket", true}, {EAGAIN, "exec", false},
                {EMFILE, "limit", false}, {ENOENT, "exec", false},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;

                begin(&fixture, "[Component db]\nExecStart=/db\nRestart=always\nRestartSec=0\n[Component "
                                "web]\nExecStart=/web\nRequires=db\n");
                fixture_start(&fixture);
                fake_os_fail_spawn("db", cases[i].error, cases[i].step);
                fake_os_fail_spawn("web", cases[i].error, cases[i].step);
                fake_os_exit("db", CLD_KILLED, SIGKILL);
                fake_os_advance(5 * SECOND);
                assert_in_range(fake_os_n_spawned("db"), 2, 12);
                fake_os_fail_spawn("db", 0, NULL);
                fake_os_advance(2 * SECOND);
                assert_string_equal(state_of(&fixture, "db"), cases[i].is_passing ? "ready" : "failed");
                fake_os_advance(3 * SECOND);
                fake_os_fail_spawn("web", 0, NULL);
                fake_os_advance(2 * SECOND);
                assert_string_equal(state_of(&fixture, "web"), cases[i].is_passing ? "ready" : "blocked");
                assert_int_equal(container_is_degraded(fixture.container), !cases[i].is_passing);
                fixture_done(&fixture);
        }
}

/* §86, P27: so it is at the start of the container, but not without end */
static void test_shortage_at_start(void **state)
{
        Fixture fixture;

        (void) state;
        for (int is_long = 0; is_long < 2; is_long++) {
                begin(&fixture, "[Component a]\nExecStart=/a\n");
                fake_os_fail_spawn("a", EAGAIN, "clone");
                fixture_start(&fixture);
                fake_os_advance(3 * SECOND);
                assert_string_equal(container_word(&fixture), "starting");
                if (!is_long)
                        fake_os_fail_spawn("a", 0, NULL);
                fake_os_advance(10 * SECOND);
                assert_string_equal(container_word(&fixture), is_long ? "failed" : "running");
                fixture_done(&fixture);
        }
}

/* §89, P28: READY=1 that could not be said is said a little later, once */
static void test_ready_is_said_again(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Component a]\nExecStart=/a\n");
        fake_os_fail_call("announce", 1, ENFILE);
        fixture_start(&fixture);
        fake_os_advance(SECOND / 20);
        assert_string_equal(container_word(&fixture), "running");
        assert_string_equal(fake_os_log("ready"), "");
        fake_os_advance(5 * SECOND);
        assert_string_equal(fake_os_log("ready"), "ready Running 1 components\n");
        fixture_done(&fixture);
}

/* §9: "infinity" is never, and not a moment that has passed */
static void test_infinity(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Component a]\nExecStart=/a\nRestart=always\nRestartSec=infinity\n"
                        "[Component b]\nExecStart=/b\nTimeoutStopSec=3\n"
                        "[Component c]\nType=external\nReadyProbe=unix:/c\nProbeIntervalSec=infinity\n");
        fixture.settings.stop_budget = UINT64_MAX;
        fake_os_set_behaviour("b", &deaf);
        fake_os_set_probe("unix:/c", 0);
        fixture_start(&fixture);
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_string_equal(state_of(&fixture, "c"), "ready");
        assert_true(fake_os_next() > clock_after(60 * SECOND)); /* nothing spins */
        container_shutdown(fixture.container, "terminate");
        fake_os_advance(2 * SECOND);
        assert_string_equal(fake_os_log("kill "), "");
        fake_os_advance(2 * SECOND);
        assert_string_equal(fake_os_log("kill "), "kill b\n");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §52, §89, D12: two that fail in turns, each for longer than the other's delay, do not keep the start from its end */
static void test_settled_while_tried_again(void **state)
{
        static const FakeBehaviour
                failing = {.ready_usec = FAKE_NEVER, .exit_usec = SECOND, .code = CLD_EXITED, .status = 1},
                later = {.ready_usec = FAKE_NEVER, .exit_usec = SECOND + 500 * MS, .code = CLD_EXITED, .status = 1};
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Module]\nStartupErrorPolicy=warn\n"
                        "[Component "
                        "a]\nType=notify\nExecStart=/"
                        "a\nRestart=always\nRestartSec=100ms\nRestartMaxDelaySec=100ms\nStartLimitBurst=100000\n"
                        "[Component "
                        "b]\nType=notify\nExecStart=/"
                        "b\nRestart=always\nRestartSec=100ms\nRestartMaxDelaySec=100ms\nStartLimitBurst=100000\n"
                        "[Component c]\nExecStart=/c\nWants=a\nAfter=b\n");
        fake_os_set_behaviour("a", &failing);
        fake_os_set_behaviour("b", &later);
        fixture_start(&fixture);
        fake_os_advance(SECOND + 600 * MS);
        assert_string_equal(state_of(&fixture, "c"), "ready");
        assert_string_equal(container_word(&fixture), "running");
        assert_true(container_is_degraded(fixture.container));
        fixture_done(&fixture);
}

/* §99: a stop that had begun before the shutdown keeps within its budget, and what comes after it is asked too */
static void test_budget_for_what_stops_already(void **state)
{
        Fixture fixture;
        Container *container;
        g_auto(DiagList) diags;
        Change *change;

        (void) state;
        diag_list_init(&diags);
        container = begin(&fixture, "[Component db]\nExecStart=/db\nTimeoutStopSec=10\n[Component "
                                    "web]\nExecStart=/web\nRequires=db\nTimeoutStopSec=infinity\n");
        fixture.settings.stop_budget = 20 * SECOND;
        fake_os_set_behaviour("web", &deaf);
        fixture_start(&fixture);
        assert_int_equal(container_stop_component(container, "web", false, &change, &diags), 0);
        fake_os_advance(100 * SECOND);
        assert_string_equal(state_of(&fixture, "web"), "stopping");
        container_shutdown(container, "terminate");
        fake_os_advance(20 * SECOND + 100 * MS);
        assert_order(fake_os_log(NULL), "gone web", "signal db TERM");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §90, §104: many retries are counted as many */
static void test_many_retries(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture,
              "[Component "
              "a]\nExecStart=/a\nStartRetries=300\nRestartSec=1ms\nRestartMaxDelaySec=1ms\nStartLimitBurst=100000\n");
        fake_os_fail_spawn("a", ENOENT, "exec");
        fixture_start(&fixture);
        fake_os_advance(100 * SECOND);
        assert_string_equal(container_word(&fixture), "failed");
        assert_int_equal(fake_os_n_spawned("a"), 301);
        fixture_done(&fixture);
}

/* §71: one that is to be restarted and ends before its turn, well or not, was restarted: the wish is not lost */
static void test_ends_before_restart(void **state)
{
        static const int statuses[] = {0, 1};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
                Fixture fixture;
                Container *container;
                Change *change;
                g_auto(DiagList) diags;

                diag_list_init(&diags);
                container = begin(&fixture, "[Component base]\nExecStart=/base\n[Component "
                                            "top]\nExecStart=/top\nRequires=base\nTimeoutStopSec=1\n");
                fake_os_set_behaviour("top", &deaf);
                fixture_start(&fixture);
                assert_int_equal(container_restart_component(container, "base", &change, &diags), 0);
                fake_os_advance(500 * MS);
                fake_os_exit("base", CLD_EXITED, statuses[i]); /* while it waits for top */
                fake_os_advance(SECOND);
                assert_string_equal(state_of(&fixture, "base"), "ready");
                assert_string_equal(state_of(&fixture, "top"), "ready");
                assert_int_equal(change->state, CHANGE_DONE);
                assert_int_equal(fake_os_n_spawned("base"), 2);
                fixture_done(&fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ends_before_restart),
                cmocka_unit_test(test_both_are_lost),
                cmocka_unit_test(test_wanted_twice),
                cmocka_unit_test(test_latest_wish),
                cmocka_unit_test(test_restart_of_skipped),
                cmocka_unit_test(test_shortage),
                cmocka_unit_test(test_shortage_at_start),
                cmocka_unit_test(test_ready_is_said_again),
                cmocka_unit_test(test_infinity),
                cmocka_unit_test(test_settled_while_tried_again),
                cmocka_unit_test(test_budget_for_what_stops_already),
                cmocka_unit_test(test_many_retries),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
