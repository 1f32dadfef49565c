/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks of plain programs (§75-79, §81) on the way out: of a stop, a crash, a start that was broken off, a rollback. */
#include "hook_fixture.h"

/* §76: a crash while ready is cleaned up, once, before the next incarnation; nothing is shut down that is not there */
static void test_crash(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nRestart=always\nRestartSec=0\n" ALL
                       "[Component b]\nExecStart=/b\nRequires=a\n");
        fake_os_set_behaviour("a:pre-destroy", &slow);
        fixture_start(&fixture);
        fake_os_exit("a", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(sub_state_of(&fixture, "a"), "on-pre-destroy");
        assert_order(fake_os_log(NULL), "gone a\n", "spawn a:pre-destroy");
        assert_string_equal(fake_os_log("signal "), "signal b TERM\n"); /* §105 */
        fake_os_advance(2 * SECOND);
        assert_string_equal(state_of(&fixture, "b"), "ready");
        assert_int_equal(instance_of(&fixture, "a")->incarnation, 2);
        assert_int_equal(fake_os_n_spawned("a:pre-destroy"), 1);
        assert_int_equal(fake_os_n_spawned("a:shutdown"), 0);
        fixture_done(&fixture);
}

/* §78, §96: what goes wrong in a stop hook is told and delays nobody beyond its time; §99: the signal has its time */
static void test_stop_failures(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nTimeoutStopSec=8\n" ALL "[Component b]\nExecStart=/b\n");
        fake_os_set_behaviour("a", &deaf);
        fake_os_set_behaviour("a:shutdown", &endless);
        fake_os_set_behaviour("a:pre-destroy", &failing);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(3900 * MS);
        assert_string_equal(fake_os_log("kill "), "");
        fake_os_advance(200 * MS);
        assert_order(fake_os_log(NULL), "kill a:shutdown", "spawn a:pre-destroy");
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a TERM\n");
        assert_string_equal(result_of(&fixture, "a"), "hook-timeout");
        fake_os_advance(3800 * MS);
        assert_string_equal(fake_os_log("kill a\n"), "");
        fake_os_advance(200 * MS);
        assert_string_equal(fake_os_log("kill a\n"), "");
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
        fixture_done(&fixture);
}

/* §99: hooks share the effective stop time; one that hangs leaves the later ones and the signal half of what is left */
static void test_budget(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_prepare(&fixture);
        fixture.settings.stop_budget = 4 * SECOND;
        fixture_load(&fixture,
                     (const char *const[]){"m.module", "[Component a]\nExecStart=/a\nTimeoutStopSec=20\n" ALL, NULL});
        fake_os_set_behaviour("a", &deaf);
        fake_os_set_behaviour("a:shutdown", &deaf);
        fake_os_set_behaviour("a:pre-destroy", &deaf);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(2 * SECOND);
        assert_string_equal(fake_os_log("kill "), "kill a:shutdown\n");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("signal "), "signal a TERM\n");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("kill "), "kill a:shutdown\nkill a:pre-destroy\nkill a\n");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §100, §70: a stop in a start hook asks it to end and goes on when it has; nothing is shut down that was not up */
static void test_stop_in_start(void **state)
{
        static const FakeBehaviour polite = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = 100 * MS};
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\n" ALL "[Component b]\nExecStart=/b\nRequires=a\n");
        fake_os_set_behaviour("a:startup", &polite);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "terminate");
        container_shutdown(fixture.container, "interrupt");
        fake_os_run();
        assert_string_equal(fake_os_log("signal "), "signal a:startup TERM\n");
        container_shutdown(fixture.container, "terminate");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("signal "), "signal a:startup TERM\nsignal a TERM\n");
        assert_string_equal(fake_os_log("spawn "),
                            "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn a:pre-destroy\n");
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
        fixture_done(&fixture);
}

/* §97, §76: a program that its shutdown hook brings to its end needs no signal, and is cleaned up once all the same */
static void test_hook_that_stops(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\n" ALL);
        fake_os_set_behaviour("a:shutdown", &slow);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(500 * MS);
        fake_os_exit("a", CLD_EXITED, 0);
        fake_os_advance(100 * MS);
        assert_true(fake_os_is_running("a:shutdown"));
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("signal "), "");
        assert_int_equal(fake_os_n_spawned("a:pre-destroy"), 1);
        assert_string_equal(result_of(&fixture, "a"), "success");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §81, §95: what it requires is there while its hooks run, to the last of them */
static void test_refs(void **state)
{
        static const char *const hooks[] = {"b:post-construct", "b:startup", "b:shutdown", "b:pre-destroy"};
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\n[Component b]\nExecStart=/b\nRequires=a\n" ALL);
        for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
                fake_os_set_behaviour(hooks[i], &slow);
        fixture_start(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++) {
                if (i == 2)
                        container_shutdown(fixture.container, "request");
                fake_os_advance(500 * MS);
                assert_true(fake_os_is_running(hooks[i]));
                assert_string_equal(state_of(&fixture, "a"), "ready");
                assert_true(fake_os_is_running("b"));
                fake_os_advance(500 * MS);
        }
        fake_os_advance(SECOND);
        assert_order(fake_os_log("signal "), "signal b TERM", "signal a TERM");
        fixture_done(&fixture);
}

/* §94: what goes wrong in the hooks of a rollback is part of its report; §93: who never started has none */
static void test_rollback(void **state)
{
        Fixture fixture;
        const Diag *diag;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\n" ALL "[Component b]\nExecStart=/b\nRequires=a\n" ALL
                       "[Component c]\nExecStart=/c\nRequires=b\n" ALL);
        fake_os_set_behaviour("a:shutdown", &failing);
        fake_os_set_behaviour("b:post-construct", &failing);
        fixture_start(&fixture);
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "failed");
        assert_string_equal(fake_os_log("spawn "),
                            "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn b\nspawn b:post-construct\n"
                            "spawn a:shutdown\nspawn a:pre-destroy\n");
        diag = container_report(fixture.container)->items->pdata[container_report(fixture.container)->items->len - 1];
        assert_string_equal(diag->text, "while 'a' was stopped, its ExecShutdown=/3 exited with status 3");
        assert_int_equal(diag->origin.line, 5);
        fixture_done(&fixture);
}

/* §99: who asks for more time while all is stopped takes it from what is left, not from the signal of those below */
static void test_greedy_hook(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_prepare(&fixture);
        fixture.settings.stop_budget = 9 * SECOND;
        fixture_load(&fixture, (const char *const[]){"m.module",
                                                     "[Component a]\nExecStart=/a\n[Component "
                                                     "b]\nExecStart=/b\nRequires=a\n[Component c]\nExecStart=/c\n"
                                                     "Requires=b\nExecShutdown=/3\n",
                                                     NULL});
        fake_os_set_behaviour("a", &deaf);
        fake_os_set_behaviour("b", &deaf);
        fake_os_set_behaviour("c", &deaf);
        fake_os_set_behaviour("c:shutdown", &deaf);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        for (int i = 0; i < 95; i++) {
                if (fake_os_is_running("c:shutdown"))
                        fake_os_notify_from("c", fake_os_pid("c:shutdown"), "EXTEND_TIMEOUT_USEC=600000000");
                fake_os_advance(100 * MS);
        }
        assert_string_equal(container_word(&fixture), "stopped");
        assert_order(fake_os_log(NULL), "signal c TERM", "kill c\n");
        assert_order(fake_os_log(NULL), "signal b TERM", "kill b\n");
        assert_order(fake_os_log(NULL), "signal a TERM", "kill a\n");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_crash),
                cmocka_unit_test(test_stop_failures),
                cmocka_unit_test(test_budget),
                cmocka_unit_test(test_stop_in_start),
                cmocka_unit_test(test_hook_that_stops),
                cmocka_unit_test(test_refs),
                cmocka_unit_test(test_rollback),
                cmocka_unit_test(test_greedy_hook),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
