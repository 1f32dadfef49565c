/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Type=reeve while it is ready and on the way out: stop hooks that are called, a stop that breaks a call off, the end
 * of the connection. */
#include "session_fixture.h"

#define A "[Component a]\nType=reeve\nExecStart=/a\nTimeoutStopSec=8\n"

static void stop(Fixture *fixture)
{
        container_shutdown(fixture->container, "request");
        fake_os_run();
}

/* How much of the log stands there now. */
static void assert_asked(const char *rest)
{
        const char *after = strstr(fake_peers.log->str, "call a startup\n");

        assert_non_null(after);
        assert_string_equal(after + strlen("call a startup\n"), rest);
}

/* §78, §96: whatever a stop hook does, the stop goes on, within its time (§99), and the first failure is told */
static void test_stop_failures(void **state)
{
        static const struct {
                enum { ERROR, LATE, CRASH, CLEAN_EXIT, LOSS } mishap;
                const char *result, *asked;
        } cases[] = {
                {ERROR, "hook-failed", "call a shutdown\ncall a pre-destroy\n"},
                {LATE, "hook-timeout", "call a shutdown\nforget a\ncall a pre-destroy\n"},
                {CRASH, "hook-failed", "call a shutdown\nforget a\nclose a\n"},
                {CLEAN_EXIT, "success", "call a shutdown\nforget a\nclose a\n"},
                {LOSS, "connection-lost", "call a shutdown\n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;

                begin(&fixture, A);
                bring_up("a");
                stop(&fixture);
                assert_asked("call a shutdown\n");
                if (cases[i].mishap == ERROR)
                        say("a", ANSWER_ERROR);
                else if (cases[i].mishap == CRASH)
                        fake_os_exit("a", CLD_KILLED, SIGSEGV);
                else if (cases[i].mishap == CLEAN_EXIT)
                        fake_os_exit("a", CLD_EXITED, 0);
                else if (cases[i].mishap == LOSS)
                        lose("a");
                fake_os_advance(cases[i].mishap == LATE ? 3900 * MS : SECOND);
                if (cases[i].mishap == LATE) {
                        assert_asked("call a shutdown\n");
                        fake_os_advance(200 * MS);
                }
                assert_asked(cases[i].asked);
                if (peer_of("a")->session && peer_of("a")->is_asked)
                        say("a", ANSWER_DONE);
                fake_os_advance(SECOND);
                assert_string_equal(result_of(&fixture, "a"), cases[i].result);
                assert_string_equal(container_word(&fixture), "stopped");
                end(&fixture);
        }
}

/* §100, §82: who is called cannot be interrupted; nothing else is asked of it until it has answered, or for half of its
 * time. What it has completed by then is undone (§76). */
static void test_stop_in_start(void **state)
{
        static const struct {
                Hook hook;
                bool is_answered;
                SessionAnswer answer;
                const char *asked; /* from then on */
        } cases[] = {
                {HOOK_POST_CONSTRUCT, true, ANSWER_DONE, "call a pre-destroy\n"},
                {HOOK_POST_CONSTRUCT, true, ANSWER_ERROR, ""},
                {HOOK_POST_CONSTRUCT, false, ANSWER_DONE, "forget a\nclose a\n"},
                {HOOK_STARTUP, true, ANSWER_DONE, "call a shutdown\n"},
                {HOOK_STARTUP, true, ANSWER_NONE, "call a pre-destroy\n"},
                {HOOK_STARTUP, true, ANSWER_ERROR, "call a pre-destroy\n"},
                {HOOK_STARTUP, false, ANSWER_DONE, "forget a\ncall a pre-destroy\n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;

                begin(&fixture, A "[Component b]\nExecStart=/b\nRequires=a\n");
                say_connected("a");
                if (cases[i].hook == HOOK_STARTUP)
                        say("a", ANSWER_DONE);
                stop(&fixture);
                g_string_truncate(fake_peers.log, 0);
                fake_os_advance(3900 * MS);
                assert_string_equal(fake_peers.log->str, "");
                assert_string_equal(fake_os_log("signal "), "");
                if (cases[i].is_answered)
                        say("a", cases[i].answer);
                else
                        fake_os_advance(200 * MS);
                assert_string_equal(fake_peers.log->str, cases[i].asked);
                for (int n = 0; n < 2 && peer_of("a")->session && peer_of("a")->is_asked; n++)
                        say("a", ANSWER_DONE);
                fake_os_advance(SECOND);
                assert_string_equal(fake_os_log("signal "), "signal a TERM\n");
                assert_int_equal(fake_os_n_spawned("b"), 0);
                assert_string_equal(container_word(&fixture), "stopped");
                assert_int_equal(container_result(fixture.container), CONTAINER_RESULT_CLEAN);
                end(&fixture);
        }
}

/* Its end, and not the answer, is what a stop waited for. */
static void test_exit_in_broken_start(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, A);
        say_connected("a");
        stop(&fixture);
        fake_os_exit("a", CLD_EXITED, 0);
        fake_os_advance(SECOND);
        assert_string_equal(fake_peers.log->str, "call a post-construct\nforget a\nclose a\n");
        assert_string_equal(container_word(&fixture), "stopped");
        end(&fixture);
}

/* Alive, but nobody can speak with it: a failure as a crash is (§103-105), and then everything anew, once each (§76) */
static void test_loss(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, A "Restart=on-failure\nRestartSec=0\n[Component b]\nExecStart=/b\nRequires=a\n"
                          "[Component c]\nExecStart=/c\n");
        bring_up("a");
        lose("a");
        assert_string_equal(state_of(&fixture, "a"), "ready"); /* its end may be about to be seen */
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "starting");
        assert_int_equal(instance_of(&fixture, "a")->incarnation, 2);
        assert_string_equal(fake_os_log("signal "), "signal a TERM\nsignal b TERM\n");
        g_string_truncate(fake_peers.log, 0);
        bring_up("a");
        assert_string_equal(state_of(&fixture, "b"), "ready");
        assert_int_equal(instance_of(&fixture, "c")->incarnation, 1);
        assert_string_equal(fake_peers.log->str, "call a post-construct\ncall a startup\n");
        fixture_check(&fixture);
        end(&fixture);
}

/* What ends closes its connection a moment before: the end is what counts. */
static void test_loss_and_end(void **state)
{
        static const struct {
                int code, status;
                const char *state, *result;
        } cases[] = {
                {CLD_EXITED, 0, "inactive", "success"},
                {CLD_EXITED, 3, "failed", "exit-code"},
                {CLD_KILLED, SIGKILL, "failed", "signal"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;

                begin(&fixture, A);
                bring_up("a");
                lose("a");
                fake_os_exit("a", cases[i].code, cases[i].status);
                fake_os_advance(SECOND);
                assert_string_equal(state_of(&fixture, "a"), cases[i].state);
                assert_string_equal(result_of(&fixture, "a"), cases[i].result);
                assert_asked("");
                end(&fixture);
        }
}

/* Of one that is being stopped it is no failure, and nothing more is asked. */
static void test_loss_in_stop(void **state)
{
        Fixture fixture;

        (void) state;
        begin(&fixture, A);
        bring_up("a");
        lose("a");
        stop(&fixture);
        fake_os_advance(SECOND);
        assert_asked("");
        assert_string_equal(result_of(&fixture, "a"), "success");
        assert_string_equal(container_word(&fixture), "stopped");
        end(&fixture);
}

/* §113: the hung one gets its signal, and all of its time; it is not asked anything */
static void test_hung(void **state)
{
        static const FakeBehaviour deaf = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .is_deaf = true};
        Fixture fixture;

        (void) state;
        begin(&fixture, A "WatchdogSec=5\n");
        fake_os_set_behaviour("a", &deaf);
        bring_up("a");
        fake_os_advance(6 * SECOND);
        assert_string_equal(fake_os_log("signal "), "signal a ABRT\n");
        assert_asked("");
        fake_os_advance(6500 * MS);
        assert_string_equal(fake_os_log("kill "), "");
        fake_os_advance(SECOND);
        assert_string_equal(result_of(&fixture, "a"), "watchdog");
        assert_string_equal(state_of(&fixture, "a"), "failed");
        end(&fixture);
}

/* The text is shown as it is told, and goes with the process. */
static void test_status(void **state)
{
        uint32_t node;
        Fixture fixture;

        (void) state;
        begin(&fixture, A);
        node = instance_of(&fixture, "a")->node;
        session_status(peer_of("a")->session, "warming");
        assert_string_equal(container_status_text(fixture.container, node), "warming");
        bring_up("a");
        session_ready(peer_of("a")->session); /* too late to mean anything */
        stop(&fixture);
        say("a", ANSWER_NONE);
        say("a", ANSWER_NONE);
        fake_os_advance(SECOND);
        assert_null(container_status_text(fixture.container, node));
        end(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stop_failures),
                cmocka_unit_test(test_stop_in_start),
                cmocka_unit_test(test_exit_in_broken_start),
                cmocka_unit_test(test_loss),
                cmocka_unit_test(test_loss_and_end),
                cmocka_unit_test(test_loss_in_stop),
                cmocka_unit_test(test_hung),
                cmocka_unit_test(test_status),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
