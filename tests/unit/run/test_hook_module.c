/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks of modules (§80): before the first spawn of the module, after its last stop, by the same rules. */
#include "hook_fixture.h"

static int verb(Fixture *fixture, int (*call)(Container *, const char *, Change **, DiagList *), const char *name)
{
        g_auto(DiagList) diags;
        Change *change;
        int r;

        diag_list_init(&diags);
        r = call(fixture->container, name, &change, &diags);
        fake_os_run();
        return r;
}

/* §80, §50, §95 */
static void test_around(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Module]\nEnvironment=X=y\n" ALL
                                                     "[Component a]\nExecStart=/a\n[Component b]\nExecStart=/b\n",
                                                     NULL});
        fake_os_set_behaviour("module:m:post-construct", &slow);
        fake_os_set_behaviour("module:m:shutdown", &slow);
        fixture_start(&fixture);
        assert_string_equal(fake_os_log("spawn "), "spawn module:m:post-construct\n");
        assert_string_equal(fake_os_environment("module:m:post-construct", "X"), "y");
        assert_string_equal(fake_os_environment("module:m:post-construct", "REEVE_COMPONENT"), "module:m");
        assert_null(fake_os_environment("module:m:post-construct", "MAINPID"));
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("spawn "),
                            "spawn module:m:post-construct\nspawn module:m:startup\nspawn a\nspawn b\n");
        assert_string_equal(container_word(&fixture), "running");
        fixture_check(&fixture);
        /* Neither a crash nor a stop of all its components calls them again: the module is still there. */
        fake_os_exit("a", CLD_KILLED, SIGKILL);
        assert_int_equal(verb(&fixture, container_restart_component, "b"), 0);
        fake_os_advance(SECOND);
        assert_int_equal(fake_os_n_spawned("b"), 2);
        fake_os_log_clear();
        container_shutdown(fixture.container, "request");
        fake_os_advance(3 * SECOND);
        assert_string_equal(fake_os_log("spawn "), "spawn module:m:shutdown\nspawn module:m:pre-destroy\n");
        assert_order(fake_os_log(NULL), "gone b\n", "spawn module:m:shutdown");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

/* §80, §85, §87: a start hook that fails blocks all that wait; each is judged by its own policy */
static void test_failure(void **state)
{
        static const struct {
                const char *policy, *member, *container;
        } cases[] = {
                {"strict", "strict", "failed"},
                {"warn", "warn", "running"},
                {"warn", "strict", "failed"},
                {"ignore", "ignore", "running"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strdup_printf("[Module]\nStartupErrorPolicy=%s\n" ALL
                                                        "[Component a]\nExecStart=/a\nStartupErrorPolicy=%s\n",
                                                        cases[i].policy, cases[i].member);
                const Diag *diag;
                Fixture fixture;

                fixture_init(&fixture, (const char *const[]){"m.module", text, NULL});
                fake_os_set_behaviour("module:m:startup", &failing);
                fixture_start(&fixture);
                fake_os_advance(SECOND);
                assert_int_equal(fake_os_n_spawned("a"), 0);
                assert_int_equal(fake_os_n_spawned("module:m:shutdown"), 0);
                assert_int_equal(fake_os_n_spawned("module:m:pre-destroy"), 1);
                assert_string_equal(container_word(&fixture), cases[i].container);
                diag = container_report(fixture.container)->items->pdata[0];
                assert_int_equal(diag->code, DIAG_HOOK_FAILED);
                assert_int_equal(diag->origin.line, 4);
                assert_int_equal(((const Diag *) container_report(fixture.container)->items->pdata[1])->code,
                                 DIAG_DEPENDENCY_FAILED);
                assert_int_equal(container_is_degraded(fixture.container), strcmp(cases[i].policy, "ignore") != 0);
                fixture_done(&fixture);
        }
}

/* §80, §90: an explicit start of what it blocked calls them again */
static void test_again(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){"m.module",
                                           "[Module]\nStartupErrorPolicy=warn\n" ALL "[Component a]\nExecStart=/a\n",
                                           NULL});
        fake_os_set_behaviour("module:m:startup", &failing);
        fixture_start(&fixture);
        assert_string_equal(state_of(&fixture, "a"), "blocked");
        fake_os_set_behaviour("module:m:startup", &slow);
        assert_int_equal(verb(&fixture, container_start_component, "a"), 0);
        assert_string_equal(state_of(&fixture, "module:m"), "starting");
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        assert_false(container_is_degraded(fixture.container));
        fixture_done(&fixture);
}

/* §80, §50: a module that requires another waits for its hooks too, and its own run after that one is settled; the stop
 * is the reverse */
static void test_required(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){
                                       "base.module", "[Module]\n" ALL "[Component a]\nExecStart=/a\n", "top.module",
                                       "[Module]\nRequires=base\n" ALL "[Component b]\nExecStart=/b\n", NULL});
        fake_os_set_behaviour("module:base:startup", &slow);
        fixture_start(&fixture);
        fake_os_advance(900 * MS);
        assert_string_equal(fake_os_log("spawn "), "spawn module:base:post-construct\nspawn module:base:startup\n");
        fake_os_advance(SECOND);
        assert_order(fake_os_log("spawn "), "spawn a\n", "spawn module:top:post-construct");
        assert_order(fake_os_log("spawn "), "spawn module:top:startup", "spawn b\n");
        fake_os_log_clear();
        container_shutdown(fixture.container, "request");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("spawn "),
                            "spawn module:top:shutdown\nspawn module:top:pre-destroy\nspawn module:base:shutdown\n"
                            "spawn module:base:pre-destroy\n");
        assert_order(fake_os_log(NULL), "gone module:top:pre-destroy", "signal a TERM");
        fixture_done(&fixture);
}

/* §56, §80: with nothing but lazy components they wait for the first of these; with none they are what the module is
 * for */
static void test_lazy(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"lazy.module", "[Module]\n" ALL "[Lazy]\na=/a\n", "only.module",
                                                     "[Module]\n" ALL, NULL});
        fixture_start(&fixture);
        assert_string_equal(fake_os_log("spawn "), "spawn module:only:post-construct\nspawn module:only:startup\n");
        assert_int_equal(verb(&fixture, container_start_component, "a"), 0);
        assert_order(fake_os_log("spawn "), "spawn module:lazy:startup", "spawn a\n");
        fixture_done(&fixture);
}

/* §100: a shutdown during a start hook: nothing of the module starts; what was constructed is destroyed */
static void test_stop_in_start(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){"m.module", "[Module]\n" ALL "[Component a]\nExecStart=/a\n", NULL});
        fake_os_set_behaviour("module:m:startup", &endless);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "terminate");
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("spawn "),
                            "spawn module:m:post-construct\nspawn module:m:startup\nspawn module:m:pre-destroy\n");
        assert_string_equal(fake_os_log("signal "), "signal module:m:startup TERM\n");
        assert_string_equal(container_word(&fixture), "stopped");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_around),   cmocka_unit_test(test_failure), cmocka_unit_test(test_again),
                cmocka_unit_test(test_required), cmocka_unit_test(test_lazy),    cmocka_unit_test(test_stop_in_start),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
