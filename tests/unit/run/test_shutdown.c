/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

static const FakeBehaviour slow = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = SECOND};
static const FakeBehaviour deaf = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .is_deaf = true};

/* §95: a provider stops only when its dependents have no process left; independent branches stop at the same time */
static void test_diamond(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component base]\nExecStart=/b\n"
                                                     "[Component left]\nExecStart=/l\nRequires=base\n"
                                                     "[Component right]\nExecStart=/r\nWants=base\n"
                                                     "[Component top]\nExecStart=/t\nRequires=left\nAfter=right\n",
                                                     NULL});
        fake_os_set_behaviour("left", &slow);
        fake_os_set_behaviour("right", &slow);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_run();
        assert_string_equal(fake_os_log("signal "), "signal top TERM\n");
        fake_os_advance(500 * MS);
        assert_string_equal(fake_os_log("signal "), "signal top TERM\nsignal right TERM\nsignal left TERM\n");
        assert_string_equal(state_of(&fixture, "base"), "ready");
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
        assert_int_equal(fake_os_n_running(), 0);
        fixture_done(&fixture);
}

/* §95: a module's components stop before those of the modules it requires, even where nothing refers to them */
static void test_modules(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"infra.module", "[Singletons]\nx=/x\n", "middle.module",
                                                     "[Module]\nRequires=infra\n", "shop.module",
                                                     "[Module]\nRequires=middle\n[Singletons]\na=/a\n", NULL});
        fake_os_set_behaviour("a", &slow);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(900 * MS);
        assert_string_equal(fake_os_log("signal "), "signal a TERM\n");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("signal "), "signal a TERM\nsignal x TERM\n");
        fixture_done(&fixture);
}

/* §98: unrelated components too are told in the reverse of their start */
static void test_reverse(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, "[Singletons]\nc=/c\na=/a\nb=/b\n");
        assert_string_equal(fake_os_log("spawn "), "spawn c\nspawn a\nspawn b\n");
        container_shutdown(fixture.container, "request");
        fake_os_run();
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a TERM\nsignal c TERM\n");
        fixture_done(&fixture);
}

/* §97, P5: SIGTERM, then after TimeoutStopSec= SIGKILL to all of it */
static void test_deaf(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){
                                       "m.module",
                                       "[Component a]\nExecStart=/a\nTimeoutStopSec=3\nKillSignal=SIGINT\n[Component "
                                       "b]\nExecStart=/b\nRequires=a\n",
                                       NULL});
        fake_os_set_behaviour("a", &deaf);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(2900 * MS);
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a INT\n");
        assert_string_equal(fake_os_log("kill "), "");
        fake_os_advance(200 * MS);
        assert_string_equal(fake_os_log("kill "), "kill a\n");
        assert_int_equal(instance_of(&fixture, "a")->end.result, RESULT_STOP_TIMEOUT);
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §99, D14: a short budget is shared along the heaviest chain; everybody gets SIGTERM before SIGKILL, the sum keeps
 * within it */
static void test_budget(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_prepare(&fixture);
        fixture.settings.stop_budget = 10 * SECOND;
        fixture_load(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nExecStart=/a\nTimeoutStopSec=20\n"
                                                     "[Component b]\nExecStart=/b\nTimeoutStopSec=60\nRequires=a\n"
                                                     "[Component c]\nExecStart=/c\nTimeoutStopSec=20\nRequires=b\n",
                                                     NULL});
        fake_os_set_behaviour("a", &deaf);
        fake_os_set_behaviour("b", &deaf);
        fake_os_set_behaviour("c", &deaf);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(2100 * MS);
        assert_order(fake_os_log(NULL), "kill c", "signal b TERM");
        fake_os_advance(5900 * MS);
        assert_string_equal(fake_os_log("kill "), "kill c\nkill b\n");
        fake_os_advance(2100 * MS);
        assert_order(fake_os_log(NULL), "signal a TERM", "kill a");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §100: pending starts are cancelled, the result is stopped and clean; §101: nothing new is accepted; §111: joined */
static void test_during_start(void **state)
{
        static const FakeBehaviour never = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = SECOND};
        Fixture fixture;
        Change *change;
        g_auto(DiagList) diags;

        (void) state;
        diag_list_init(&diags);
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nExecStart=/a\n"
                                                     "[Component b]\nType=notify\nExecStart=/b\nRequires=a\n"
                                                     "[Component c]\nExecStart=/c\nRequires=b\n",
                                                     NULL});
        fake_os_set_behaviour("b", &never);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "terminate");
        fake_os_run();
        container_shutdown(fixture.container, "interrupt");
        assert_string_equal(state_of(&fixture, "c"), "inactive"); /* §70 */
        assert_int_equal(container_start_component(fixture.container, "c", &change, &diags), -ESHUTDOWN);
        assert_int_equal(((Diag *) diags.items->pdata[0])->code, DIAG_DRAINING);
        fake_os_advance(2 * SECOND);
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a TERM\n");
        assert_int_equal(fake_os_n_spawned("c"), 0);
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
        fixture_done(&fixture);
}

/* §69: what is left of a component ends before it leaves stopping, and before its provider is touched */
static void test_survivors(void **state)
{
        static const FakeBehaviour survivors = {
                .ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = MS, .has_survivors = true};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){
                                       "m.module",
                                       "[Component a]\nExecStart=/a\n[Component b]\nExecStart=/b\nRequires=a\n", NULL});
        fake_os_set_behaviour("b", &survivors);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "b"), "stopping");
        assert_string_equal(state_of(&fixture, "a"), "ready");
        fake_os_gone("b");
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* P14, §100: what is on its way when the stop comes never begins; one that turns out not to work is none the worse */
static void test_on_its_way(void **state)
{
        static const int errors[] = {0, ENOENT};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
                Fixture fixture;

                fixture_init(&fixture, (const char *const[]){
                                               "m.module",
                                               "[Singletons]\na=/a\n[Component b]\nExecStart=/b\nRequires=a\n", NULL});
                if (errors[i] != 0)
                        fake_os_fail_spawn("a", errors[i], "exec");
                container_start(fixture.container);
                assert_string_equal(state_of(&fixture, "a"), "starting");
                assert_false(fake_os_is_running("a"));
                container_shutdown(fixture.container, "request");
                fake_os_run();
                assert_string_equal(fake_os_log("cancel "), "cancel a\n");
                assert_string_equal(fake_os_log("signal "), "");
                assert_int_equal(fake_os_n_running(), 0);
                assert_int_equal(fake_os_n_spawned("b"), 0);
                assert_string_equal(container_word(&fixture), "stopped");
                assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
                fixture_done(&fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_diamond),   cmocka_unit_test(test_modules),
                cmocka_unit_test(test_reverse),   cmocka_unit_test(test_deaf),
                cmocka_unit_test(test_budget),    cmocka_unit_test(test_during_start),
                cmocka_unit_test(test_survivors), cmocka_unit_test(test_on_its_way),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
