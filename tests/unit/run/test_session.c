/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Type=reeve on the way in: hooks that are called over the private connection, and its loss. */
#include "session_fixture.h"

#define A "[Component a]\nType=reeve\nExecStart=/a\nTimeoutStartSec=10\n"

/* §75, §64, §97: one call after the other, each when the one before was answered; the signal comes last */
static void test_order(void **state)
{
        const Instance *a;
        Fixture fixture;

        (void) state;
        begin(&fixture, A "[Component b]\nExecStart=/b\nRequires=a\n");
        a = instance_of(&fixture, "a");
        assert_string_equal(sub_state_of(&fixture, "a"), "spawned");
        assert_string_equal(fake_peers.log->str, "");
        assert_int_equal(a->timings.connected, 0);
        fake_os_advance(MS);
        say_connected("a");
        assert_string_equal(sub_state_of(&fixture, "a"), "post-construct");
        assert_int_equal(peer_of("a")->timeout_usec, 10 * SECOND - MS); /* §77: what is left of the start */
        fake_os_advance(MS);
        say("a", ANSWER_DONE);
        assert_string_equal(sub_state_of(&fixture, "a"), "startup");
        fake_os_advance(MS);
        assert_string_equal(fake_os_log("spawn "), "spawn a\n");
        say("a", ANSWER_DONE);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        assert_string_equal(state_of(&fixture, "b"), "ready");
        assert_int_equal(a->timings.connected, a->timings.spawned + MS); /* §144 */
        assert_int_equal(a->timings.constructed, a->timings.connected + MS);
        assert_int_equal(a->timings.ready, a->timings.constructed + MS);

        container_shutdown(fixture.container, "request");
        fake_os_run();
        assert_string_equal(fake_os_log("signal "), "signal b TERM\n");
        fake_os_advance(MS);
        assert_string_equal(sub_state_of(&fixture, "a"), "on-shutdown");
        say("a", ANSWER_DONE);
        assert_string_equal(sub_state_of(&fixture, "a"), "on-pre-destroy");
        assert_string_equal(fake_os_log("signal "), "signal b TERM\n");
        say("a", ANSWER_DONE);
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a TERM\n");
        fake_os_advance(SECOND);
        assert_string_equal(fake_peers.log->str, "call a post-construct\ncall a startup\ncall a shutdown\n"
                                                 "call a pre-destroy\nclose a\n");
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
        end(&fixture);
}

/* P37: what it is given, and that a module's hook is not. */
static void test_given(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Module]\nExecStartup=/m\n" A);
        assert_int_equal(fake_os_spec("a")->n_descriptors, 1);
        assert_string_equal(fake_os_environment("a", "REEVE_BUS_FD"), "3");
        assert_order(fake_os_log("spawn "), "startup\n", "spawn a\n"); /* §80 */
        for (const char *line = fake_os_log("spawn "); *line; line = strchr(line, '\n') + 1) {
                g_autofree char *name = g_strndup(line + strlen("spawn "), strcspn(line, "\n") - strlen("spawn "));

                if (strcmp(name, "a") == 0)
                        continue;
                assert_int_equal(fake_os_spec(name)->n_descriptors, 0);
                assert_null(fake_os_environment(name, "REEVE_BUS_FD"));
        }
        end(&fixture);
}

/* It may be there before it is known that its program runs. */
static void test_early(void **state)
{
        Fixture fixture;

        (void) state;
        begin_unstarted(&fixture, A);
        container_start(fixture.container);
        session_connected(peer_of("a")->session);
        assert_string_equal(fake_peers.log->str, "");
        fake_os_run();
        assert_string_equal(fake_peers.log->str, "call a post-construct\n");
        assert_true(instance_of(&fixture, "a")->timings.connected >= instance_of(&fixture, "a")->timings.spawned);
        end(&fixture);
}

/* §64: the answer of its start hook, or, where it has none, that it says so */
static void test_readiness(void **state)
{
        static const struct {
                SessionAnswer post_construct, startup;
                bool says_ready, is_ready;
        } cases[] = {
                {ANSWER_NONE, ANSWER_NONE, true, true},  {ANSWER_NONE, ANSWER_NONE, false, false},
                {ANSWER_NONE, ANSWER_DONE, false, true}, {ANSWER_DONE, ANSWER_NONE, false, true},
                {ANSWER_DONE, ANSWER_DONE, true, true},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                for (int moment = 0; moment < 4; moment++) { /* when it says so: at any time before, or after */
                        Fixture fixture;

                        begin(&fixture, A);
                        for (int step = 0; step < 4; step++) {
                                if (step == moment && cases[i].says_ready)
                                        session_ready(peer_of("a")->session);
                                if (step == 0)
                                        say_connected("a");
                                else if (step == 3)
                                        break;
                                else
                                        say("a", step == 1 ? cases[i].post_construct : cases[i].startup);
                                if (step < 2)
                                        assert_string_equal(state_of(&fixture, "a"), "starting");
                        }
                        fake_os_run();
                        assert_string_equal(state_of(&fixture, "a"), cases[i].is_ready ? "ready" : "starting");
                        if (!cases[i].is_ready) {
                                assert_string_equal(sub_state_of(&fixture, "a"), "connected");
                                fake_os_advance(11 * SECOND);
                                assert_string_equal(result_of(&fixture, "a"), "start-timeout"); /* §66 */
                        }
                        end(&fixture);
                }
}

typedef enum Mishap { IS_ERROR, IS_LATE, IS_EXIT, IS_CRASH, IS_LOSS, N_MISHAPS } Mishap;

static void happen(Mishap mishap)
{
        switch (mishap) {
        case IS_ERROR:
                say("a", ANSWER_ERROR);
                break;
        case IS_LATE:
                fake_os_advance(11 * SECOND);
                break;
        case IS_EXIT:
                fake_os_exit("a", CLD_EXITED, 0);
                break;
        case IS_CRASH:
                fake_os_exit("a", CLD_DUMPED, SIGSEGV);
                break;
        default:
                lose("a");
                fake_os_advance(SECOND);
        }
        fake_os_run();
}

/* §78: however a start hook fails, the start has failed, and says by which hook; §76: who was constructed and still is
 * there to be asked is destroyed, once, and nobody is shut down that was not started up */
static void test_start_failures(void **state)
{
        static const char *const results[N_MISHAPS] = {"hook-failed", "hook-timeout", "hook-failed", "hook-failed",
                                                       "connection-lost"};

        (void) state;
        for (Mishap mishap = 0; mishap < N_MISHAPS; mishap++)
                for (Hook hook = HOOK_POST_CONSTRUCT; hook <= HOOK_STARTUP; hook++) {
                        bool is_destroyed = hook == HOOK_STARTUP && (mishap == IS_ERROR || mishap == IS_LATE);
                        const Instance *a;
                        Fixture fixture;

                        begin(&fixture, "[Module]\nStartupErrorPolicy=warn\n" A);
                        a = instance_of(&fixture, "a");
                        say_connected("a");
                        if (hook == HOOK_STARTUP)
                                say("a", ANSWER_DONE);
                        happen(mishap);
                        if (is_destroyed) {
                                assert_string_equal(sub_state_of(&fixture, "a"), "on-pre-destroy");
                                assert_true(peer_of("a")->is_asked);
                                say("a", ANSWER_DONE);
                        }
                        fake_os_advance(SECOND);
                        assert_string_equal(state_of(&fixture, "a"), "failed");
                        assert_string_equal(result_of(&fixture, "a"), results[mishap]);
                        assert_true(a->end.hook.is_set);
                        assert_int_equal(a->end.hook.hook, hook);
                        assert_int_equal(a->end.hook.code, mishap == IS_EXIT    ? CLD_EXITED
                                                           : mishap == IS_CRASH ? CLD_DUMPED
                                                                                : 0);
                        assert_null(strstr(fake_peers.log->str, "call a shutdown"));
                        assert_int_equal(strstr(fake_peers.log->str, "call a pre-destroy") != NULL, is_destroyed);
                        fixture_check(&fixture);
                        end(&fixture);
                }
}

/* §77: an answer that comes when nobody waits any more changes nothing; §66: who asks for more time gets it */
static void test_late(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Module]\nStartupErrorPolicy=warn\n" A);
        say_connected("a");
        fake_os_advance(9 * SECOND);
        session_extend(peer_of("a")->session, 5 * SECOND);
        fake_os_advance(4 * SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "post-construct");
        fake_os_advance(2 * SECOND);
        assert_string_equal(result_of(&fixture, "a"), "hook-timeout");
        if (peer_of("a")->session)
                session_answer(peer_of("a")->session, ANSWER_DONE, NULL);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "failed");
        assert_string_equal(fake_peers.log->str, "call a post-construct\nforget a\nclose a\n");
        end(&fixture);
}

/* Before it was asked anything: never connected, or gone again. */
static void test_no_connection(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, "[Module]\nStartupErrorPolicy=warn\n" A "[Component b]\nType=reeve\nExecStart=/b\n"
                        "[Component c]\nType=reeve\nExecStart=/c\n");
        lose("b");
        fake_os_exit("c", CLD_EXITED, 3);
        fake_os_advance(SECOND);
        assert_string_equal(result_of(&fixture, "b"), "connection-lost");
        assert_string_equal(state_of(&fixture, "b"), "failed");
        assert_string_equal(result_of(&fixture, "c"), "exited-early"); /* §67 */
        fake_os_advance(10 * SECOND);
        assert_string_equal(result_of(&fixture, "a"), "start-timeout");
        assert_string_equal(fake_os_log("signal "), "signal b TERM\nsignal a TERM\n");
        end(&fixture);
}

/* P24, P27: what the daemon has no room for passes; what cannot be called has failed */
static void test_shortage(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, A "[Component b]\nType=reeve\nExecStart=/b\nRequires=a\n");
        fake_os_fail_call("pair", 1, EMFILE);
        bring_up("a");
        assert_string_equal(state_of(&fixture, "b"), "backoff");
        fake_os_advance(SECOND);
        say_connected("b");
        fake_peers.call_error = EIO;
        say("b", ANSWER_DONE);
        fake_os_advance(SECOND);
        assert_string_equal(result_of(&fixture, "b"), "hook-failed");
        assert_int_equal(instance_of(&fixture, "b")->end.error, EIO);
        end(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),         cmocka_unit_test(test_given),
                cmocka_unit_test(test_early),         cmocka_unit_test(test_readiness),
                cmocka_unit_test(test_start_failures), cmocka_unit_test(test_late),
                cmocka_unit_test(test_no_connection), cmocka_unit_test(test_shortage),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
