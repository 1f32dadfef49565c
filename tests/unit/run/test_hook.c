/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks of plain programs (§75-79) on the way to ready: which run when, in which order, and what follows from their
 * failures. */
#include "hook_fixture.h"

#include <errno.h>

static const FakeBehaviour job = {.ready_usec = FAKE_NEVER, .exit_usec = SECOND, .code = CLD_EXITED};
static const FakeBehaviour late = {.ready_usec = 3 * SECOND, .exit_usec = FAKE_NEVER, .stop_usec = MS};

#define WARN "StartupErrorPolicy=warn\n"

static void assert_explained(const Fixture *fixture, const char *name, const char *text)
{
        g_auto(DiagList) diags;

        diag_list_init(&diags);
        container_explain(fixture->container, instance_of(fixture, name)->node, &diags);
        assert_non_null(strstr(((const Diag *) diags.items->pdata[0])->text, text));
}

static void stop(Fixture *fixture, const char *name)
{
        g_auto(DiagList) diags;
        Change *change;

        diag_list_init(&diags);
        assert_int_equal(container_stop_component(fixture->container, name, true, &change, &diags), 0);
        fake_os_run();
}

/* §75, §61, §144: the whole way of each type, with the sub-states; §97: the signal comes last */
static void test_simple(void **state)
{
        Fixture fixture;
        const Timings *timings;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\n" ALL);
        fake_os_set_behaviour("a:post-construct", &slow);
        fake_os_set_behaviour("a:startup", &slow);
        fake_os_set_behaviour("a:shutdown", &slow);
        fake_os_set_behaviour("a:pre-destroy", &slow);
        fixture_start(&fixture);
        timings = &instance_of(&fixture, "a")->timings;
        assert_string_equal(sub_state_of(&fixture, "a"), "post-construct");
        assert_explained(&fixture, "a", "its ExecPostConstruct=/1 runs");
        assert_int_equal(timings->constructed, 0);
        fake_os_advance(SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "startup");
        assert_int_equal(timings->constructed - timings->spawned, SECOND);
        assert_string_equal(state_of(&fixture, "a"), "starting");
        fake_os_advance(SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "running");
        assert_int_equal(timings->ready - timings->constructed, SECOND);
        fixture_check(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_run();
        assert_string_equal(sub_state_of(&fixture, "a"), "on-shutdown");
        assert_explained(&fixture, "a", "its ExecShutdown=/3 runs");
        fake_os_advance(SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "on-pre-destroy");
        assert_string_equal(fake_os_log("signal "), "");
        fake_os_advance(SECOND + MS);
        assert_string_equal(container_word(&fixture), "stopped");
        assert_string_equal(
                fake_os_log("spawn "),
                "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn a:shutdown\nspawn a:pre-destroy\n");
        assert_order(fake_os_log(NULL), "gone a:pre-destroy", "signal a TERM");
        assert_string_equal(result_of(&fixture, "a"), "success");
        fixture_done(&fixture);
}

/* §75, §64: notify is ready when READY=1 came and the startup hook, which follows it, has ended well */
static void test_notify(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nType=notify\nExecStart=/a\n" ALL "[Component b]\nExecStart=/b\nRequires=a\n");
        fake_os_set_behaviour("a", &late);
        fake_os_set_behaviour("a:startup", &slow);
        fixture_start(&fixture);
        fake_os_advance(2 * SECOND);
        assert_string_equal(fake_os_log("spawn "), "spawn a\nspawn a:post-construct\n");
        assert_string_equal(sub_state_of(&fixture, "a"), "spawned");
        fake_os_advance(SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "startup");
        assert_int_equal(fake_os_n_spawned("b"), 0);
        fake_os_notify("a", "READY=1"); /* once more: nothing */
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "b"), "ready");
        assert_int_equal(fake_os_n_spawned("a:startup"), 1); /* §76 */
        fixture_done(&fixture);
}

/* §64, §65: what READY=1 comes during post-construct, also from the hook itself, is remembered */
static void test_ready_early(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nType=notify\nExecStart=/a\nExecPostConstruct=/1\nExecStartup=/2\n");
        fake_os_set_behaviour("a", &endless);
        fake_os_set_behaviour("a:post-construct", &slow);
        fixture_start(&fixture);
        fake_os_notify_from("a", fake_os_pid("a:post-construct"), "READY=1\nSTATUS=polled");
        fake_os_run();
        assert_int_equal(fake_os_n_spawned("a:startup"), 0);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        fixture_done(&fixture);
}

/* §65: a hook cannot make itself the main process */
static void test_main_pid(void **state)
{
        Fixture fixture;
        g_autofree char *text = NULL;
        pid_t pid;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nExecPostConstruct=/1\n");
        fake_os_set_behaviour("a:post-construct", &slow);
        fixture_start(&fixture);
        pid = fake_os_pid("a");
        assert_string_equal(fake_os_environment("a:post-construct", "REEVE_HOOK"), "post-construct");
        assert_int_equal(strtol(fake_os_environment("a:post-construct", "MAINPID"), NULL, 10), pid);
        assert_null(fake_os_environment("a", "REEVE_HOOK"));
        assert_null(fake_os_environment("a", "MAINPID"));
        text = g_strdup_printf("MAINPID=%d", (int) fake_os_pid("a:post-construct"));
        fake_os_notify_from("a", fake_os_pid("a:post-construct"), text);
        fake_os_run();
        assert_int_equal(fake_os_pid("a"), pid);
        assert_true(instance_of(&fixture, "a")->is_warned);
        fixture_done(&fixture);
}

/* §64, §75: a oneshot's start hooks follow its work, when nothing of it is left; its stop hooks need no process */
static void test_oneshot(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nType=oneshot\nExecStart=/a\n" ALL);
        fake_os_set_behaviour("a", &job);
        fixture_start(&fixture);
        fake_os_advance(900 * MS);
        assert_string_equal(fake_os_log("spawn "), "spawn a\n");
        fake_os_advance(100 * MS);
        assert_order(fake_os_log(NULL), "gone a\n", "spawn a:post-construct");
        assert_string_equal(sub_state_of(&fixture, "a"), "exited");
        fixture_check(&fixture);
        stop(&fixture, "a");
        assert_string_equal(
                fake_os_log("spawn "),
                "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn a:shutdown\nspawn a:pre-destroy\n");
        assert_null(fake_os_environment("a:shutdown", "MAINPID"));
        assert_string_equal(state_of(&fixture, "a"), "inactive");
        fixture_done(&fixture);
}

/* §79: the lines of one hook run one after the other, and the first that fails is the last */
static void test_lines(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture,
             "[Component a]\nExecStart=/a\n" WARN "ExecStartup=/first --x\nExecStartup=/second\nExecStartup=/third\n");
        fake_os_set_behaviour("a:startup", &slow);
        fixture_start(&fixture);
        assert_string_equal(fake_os_spec("a:startup")->argv[0], "/first");
        assert_string_equal(fake_os_spec("a:startup")->argv[1], "--x");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_spec("a:startup")->argv[0], "/second");
        fake_os_exit("a:startup", CLD_EXITED, 7);
        fake_os_run();
        assert_string_equal(fake_os_spec("a:startup")->argv[0], "/second");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "failed");
        assert_int_equal(instance_of(&fixture, "a")->end.hook.line, 1);
        assert_int_equal(instance_of(&fixture, "a")->end.hook.status, 7);
        assert_explained(&fixture, "a", "failed: its ExecStartup=/second exited with status 7");
        fixture_done(&fixture);
}

/* §78, §76, §93: a start hook that fails is a failed start; what was not started up is not shut down, and pre-destroy
 * runs only where post-construct is done */
static void test_start_failures(void **state)
{
        static const struct {
                const char *hook;
                const FakeBehaviour *behaviour;
                const char *result, *spawned;
                DiagCode code;
        } cases[] = {
                {"a:post-construct", &failing, "hook-failed", "spawn a\nspawn a:post-construct\n", DIAG_HOOK_FAILED},
                {"a:startup", &failing, "hook-failed",
                 "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn a:pre-destroy\n", DIAG_HOOK_FAILED},
                {"a:post-construct", &endless, "hook-timeout", "spawn a\nspawn a:post-construct\n", DIAG_HOOK_TIMEOUT},
                {"a:startup", &endless, "hook-timeout",
                 "spawn a\nspawn a:post-construct\nspawn a:startup\nspawn a:pre-destroy\n", DIAG_HOOK_TIMEOUT},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const Diag *diag;
                Fixture fixture;

                load(&fixture, "[Component a]\nExecStart=/a\nTimeoutStartSec=4\n" ALL
                               "[Component b]\nExecStart=/b\nRequires=a\n");
                fake_os_set_behaviour(cases[i].hook, cases[i].behaviour);
                fixture_start(&fixture);
                fake_os_advance(5 * SECOND);
                assert_string_equal(result_of(&fixture, "a"), cases[i].result);
                assert_string_equal(fake_os_log("spawn "), cases[i].spawned);
                assert_string_equal(fake_os_log("signal "), "signal a TERM\n");
                assert_string_equal(container_word(&fixture), "failed"); /* it is strict */
                diag = container_report(fixture.container)->items->pdata[0];
                assert_int_equal(diag->code, cases[i].code);
                assert_non_null(strstr(diag->text, i % 2 ? "ExecStartup=/2" : "ExecPostConstruct=/1"));
                assert_int_equal(diag->origin.line, i % 2 ? 5 : 4);
                fixture_done(&fixture);
        }
}

/* §77: a hook has what is left of the start; EXTEND_TIMEOUT_USEC from it gives it more */
static void test_extended(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nTimeoutStartSec=4\nExecPostConstruct=/1\nExecStartup=/2\n" WARN);
        fake_os_set_behaviour("a:post-construct", &slow);
        fake_os_set_behaviour("a:startup", &endless);
        fixture_start(&fixture);
        fake_os_advance(3500 * MS);
        fake_os_notify_from("a", fake_os_pid("a:startup"), "EXTEND_TIMEOUT_USEC=60000000");
        fake_os_advance(59 * SECOND);
        assert_string_equal(sub_state_of(&fixture, "a"), "startup");
        assert_non_null(
                strstr(fake_os_log("extend "), "extend 75000000\n")); /* §66: and the service manager hears of it */
        fake_os_advance(2 * SECOND);
        assert_string_equal(result_of(&fixture, "a"), "hook-timeout");
        fixture_done(&fixture);
}

/* §67, §76: a component that dies while a start hook runs has exited early; its hook is killed with it */
static void test_death_in_hook(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nRestart=on-failure\nRestartSec=1\n" ALL WARN);
        fake_os_set_behaviour("a:startup", &deaf);
        fixture_start(&fixture);
        fake_os_exit("a", CLD_KILLED, SIGSEGV);
        fake_os_run();
        assert_string_equal(fake_os_log("kill "), "kill a:startup\n");
        assert_string_equal(fake_os_log("signal "), "");
        assert_string_equal(result_of(&fixture, "a"), "exited-early");
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_order(fake_os_log(NULL), "gone a:startup", "spawn a:pre-destroy");
        assert_int_equal(fake_os_n_spawned("a:shutdown"), 0);
        fixture_check(&fixture);
        fake_os_advance(SECOND);
        assert_int_equal(fake_os_n_spawned("a"), 2);
        fixture_done(&fixture);
}

/* P24, P27: a hook that the daemon has no resources for is tried again; one that is not there is a failure */
static void test_not_executed(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nExecStartup=/2\n");
        fake_os_fail_spawn("a:startup", EMFILE, "clone");
        fixture_start(&fixture);
        fake_os_advance(MS);
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        fake_os_fail_spawn("a:startup", 0, NULL);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        fixture_done(&fixture);

        load(&fixture, "[Values]\nat=/opt\n[Component a]\nExecStart=/a\nExecStartup=${at}/2\nExecPreDestroy=/4\n");
        fake_os_fail_spawn("a:startup", ENOENT, "exec");
        fake_os_fail_spawn("a:pre-destroy", ENOENT, "exec");
        fixture_start(&fixture);
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "failed");
        assert_string_equal(
                ((const Diag *) container_report(fixture.container)->items->pdata[0])->text,
                "'a' did not become ready: its ExecStartup=/opt/2 cannot execute /opt/2: No such file or directory");
        fixture_done(&fixture);

        load(&fixture, "[Values]\nat=/opt\n[Component a]\nExecStart=${at}/a\n");
        fake_os_fail_spawn("a", ENOENT, "exec");
        fixture_start(&fixture);
        assert_string_equal(((const Diag *) container_report(fixture.container)->items->pdata[0])->text,
                            "'a' cannot execute /opt/a: No such file or directory");
        fixture_done(&fixture);
}

/* §90: an attempt whose hook fails is an attempt; the policy speaks after the last */
static void test_retries(void **state)
{
        Fixture fixture;

        (void) state;
        load(&fixture, "[Component a]\nExecStart=/a\nStartRetries=2\nRestartSec=1\nExecStartup=/2\n" WARN);
        fake_os_set_behaviour("a:startup", &failing);
        fixture_start(&fixture);
        fake_os_advance(500 * MS);
        assert_string_equal(container_word(&fixture), "starting");
        fake_os_advance(10 * SECOND);
        assert_string_equal(container_word(&fixture), "running");
        assert_int_equal(fake_os_n_spawned("a"), 3);
        assert_string_equal(state_of(&fixture, "a"), "failed");
        assert_true(container_is_degraded(fixture.container));
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_simple),
                cmocka_unit_test(test_notify),
                cmocka_unit_test(test_ready_early),
                cmocka_unit_test(test_main_pid),
                cmocka_unit_test(test_oneshot),
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_start_failures),
                cmocka_unit_test(test_extended),
                cmocka_unit_test(test_death_in_hook),
                cmocka_unit_test(test_not_executed),
                cmocka_unit_test(test_retries),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
