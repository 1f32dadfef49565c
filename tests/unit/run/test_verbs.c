/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#define PAIR \
        "[Component db]\nExecStart=/db\n" \
        "[Component web]\nExecStart=/web\nRequires=db\n" \
        "[Component extra]\nExecStart=/extra\nWants=db\n" \
        "[Lazy]\nlazy=/lazy\n[Alias store]\nTarget=db\n"

typedef struct Case {
        Fixture fixture;
        DiagList diags;
        Change *change;
} Case;

static void begin(Case *at, const char *text)
{
        fixture_run(&at->fixture, text);
        diag_list_init(&at->diags);
        at->change = NULL;
}

static void end(Case *at)
{
        diag_list_done(&at->diags);
        fixture_done(&at->fixture);
}

static DiagCode code_of(const Case *at)
{
        assert_int_equal(at->diags.items->len, 1);
        return ((const Diag *) at->diags.items->pdata[0])->code;
}

/* §112: in use, with the names; with cascade the dependents stop first, wait, and come back with it (§60) */
static void test_stop(void **state)
{
        Case at;

        (void) state;
        begin(&at, PAIR);
        assert_int_equal(container_stop_component(at.fixture.container, "db", false, &at.change, &at.diags), -EBUSY);
        assert_int_equal(code_of(&at), DIAG_IN_USE);
        assert_string_equal(((const Diag *) at.diags.items->pdata[0])->candidates->pdata[0], "web");
        fake_os_log_clear();
        assert_int_equal(container_stop_component(at.fixture.container, "db", true, &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        assert_string_equal(fake_os_log("signal "), "signal extra TERM\nsignal web TERM\nsignal db TERM\n");
        assert_int_equal(at.change->state, CHANGE_DONE);
        assert_string_equal(state_of(&at.fixture, "db"), "inactive");
        assert_string_equal(state_of(&at.fixture, "web"), "blocked");
        assert_string_equal(state_of(&at.fixture, "extra"), "ready");
        assert_string_equal(fake_os_environment("extra", "REEVE_ABSENT"), "db");
        assert_int_equal(container_start_component(at.fixture.container, "store", &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        assert_int_equal(at.change->state, CHANGE_DONE);
        assert_string_equal(state_of(&at.fixture, "web"), "ready");
        end(&at);
}

/* §72: what was stopped by hand stays so, whatever happens around it, until an explicit start */
static void test_desired(void **state)
{
        Case at;

        (void) state;
        begin(&at, "[Component a]\nExecStart=/a\nRestart=always\nRestartSec=0\n[Component "
                   "b]\nExecStart=/b\nRequires=a\nRestart=always\n");
        assert_int_equal(container_stop_component(at.fixture.container, "b", false, &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(60 * SECOND);
        assert_string_equal(state_of(&at.fixture, "a"), "ready");
        assert_string_equal(state_of(&at.fixture, "b"), "inactive");
        assert_true(instance_of(&at.fixture, "b")->is_stopped_by_user);
        assert_int_equal(container_start_component(at.fixture.container, "b", &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&at.fixture, "b"), "ready");
        end(&at);
}

/* §56, §71: an explicit start pulls the mandatory closure; while it stops, a start is remembered */
static void test_start(void **state)
{
        static const FakeBehaviour slow = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = SECOND};
        Case at;

        (void) state;
        begin(&at, "[Component a]\nStart=lazy\nExecStart=/a\n[Component b]\nStart=lazy\nExecStart=/b\nRequires=a\n");
        fake_os_set_behaviour("b", &slow);
        assert_int_equal(fake_os_n_running(), 0);
        assert_int_equal(container_start_component(at.fixture.container, "b", &at.change, &at.diags), 0);
        fake_os_run();
        assert_string_equal(fake_os_log("spawn "), "spawn a\nspawn b\n");
        assert_int_equal(container_stop_component(at.fixture.container, "b", false, &at.change, &at.diags), 0);
        fake_os_run();
        assert_int_equal(container_start_component(at.fixture.container, "b", &at.change, &at.diags), 0);
        fake_os_run();
        assert_string_equal(state_of(&at.fixture, "b"), "stopping");
        assert_int_equal(at.change->state, CHANGE_DOING);
        fake_os_advance(2 * SECOND);
        assert_string_equal(state_of(&at.fixture, "b"), "ready");
        assert_int_equal(instance_of(&at.fixture, "b")->incarnation, 2);
        assert_int_equal(at.change->state, CHANGE_DONE);
        end(&at);
}

/* Restart: dependents around it; a failed start makes the change fail and says why (§152) */
static void test_restart(void **state)
{
        Case at;

        (void) state;
        begin(&at, PAIR);
        fake_os_log_clear();
        assert_int_equal(container_restart_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        assert_int_equal(at.change->state, CHANGE_DONE);
        assert_order(fake_os_log(NULL), "gone web", "signal db TERM");
        assert_order(fake_os_log(NULL), "gone extra", "signal db TERM");
        assert_order(fake_os_log(NULL), "gone db", "spawn db");
        assert_order(fake_os_log(NULL), "spawn db", "spawn web");
        fake_os_fail_spawn("db", ENOENT, "exec");
        assert_int_equal(container_restart_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        assert_int_equal(at.change->state, CHANGE_FAILED);
        assert_int_equal(((const Diag *) at.change->error.items->pdata[0])->code, DIAG_EXEC_FAILED);
        assert_int_equal(((const Diag *) at.change->error.items->pdata[0])->origin.line, 1);
        assert_string_equal(container_word(&at.fixture), "running"); /* §92: the policy is of the start */
        end(&at);
}

/* §60, §104: reset makes a failed one inactive and forgets its crashes */
static void test_reset(void **state)
{
        Case at;

        (void) state;
        begin(&at, "[Component a]\nExecStart=/a\nRestart=always\nRestartSec=0\nStartLimitBurst=1\n");
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(SECOND);
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&at.fixture, "a"), "failed");
        assert_int_equal(container_reset_component(at.fixture.container, "a", &at.change, &at.diags), 0);
        assert_string_equal(state_of(&at.fixture, "a"), "inactive");
        assert_int_equal(at.change->state, CHANGE_DONE);
        assert_int_equal(container_start_component(at.fixture.container, "a", &at.change, &at.diags), 0);
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&at.fixture, "a"), "ready");
        end(&at);
}

/* §1, §4, §5: the registry and its definitions are frozen; a second refresh is a no-op with an event; after a shutdown
 * it is closed */
static void test_refresh(void **state)
{
        Case at;
        uint64_t generation = 0;
        const char *paths[] = {NULL, NULL};
        g_autofree char *hash = NULL, *path = NULL;

        (void) state;
        begin(&at, PAIR);
        paths[0] = at.fixture.folder;
        hash = g_strdup(registry_hash(container_plan(at.fixture.container)->registry));
        path = g_build_filename(at.fixture.folder, "m.module", NULL);
        assert_true(g_file_set_contents(path, "[Singletons]\nother=/other\n", -1, NULL));
        assert_int_equal(container_load(at.fixture.container,
                                        &(LoadRequest){.settings = &at.fixture.settings, .paths = paths}, false,
                                        &at.diags),
                         -EBADMSG);
        assert_int_equal(code_of(&at), DIAG_REGISTRY_FROZEN);
        assert_string_equal(registry_hash(container_plan(at.fixture.container)->registry), hash);
        assert_int_equal(instance_of(&at.fixture, "db")->state, STATE_READY);
        assert_int_equal(container_refresh(at.fixture.container, &generation, &at.diags), 0);
        assert_int_equal(generation, 1); /* §6 */
        container_shutdown(at.fixture.container, "request");
        diag_list_done(&at.diags);
        diag_list_init(&at.diags);
        assert_int_equal(container_refresh(at.fixture.container, &generation, &at.diags), -ESHUTDOWN);
        assert_int_equal(code_of(&at), DIAG_CLOSED);
        end(&at);
}

/* names that are not there come with the nearest; a change is forgotten a minute after its end */
static void test_names(void **state)
{
        Case at;

        (void) state;
        begin(&at, PAIR);
        assert_int_equal(container_start_component(at.fixture.container, "wep", &at.change, &at.diags), -ENOENT);
        assert_int_equal(code_of(&at), DIAG_NOT_FOUND);
        assert_string_equal(((const Diag *) at.diags.items->pdata[0])->candidates->pdata[0], "web");
        assert_int_equal(container_start_component(at.fixture.container, "lazy", &at.change, &at.diags), 0);
        fake_os_advance(59 * SECOND);
        assert_non_null(container_find_change(at.fixture.container, 1));
        fake_os_advance(2 * SECOND);
        assert_null(container_find_change(at.fixture.container, 1));
        end(&at);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stop),    cmocka_unit_test(test_desired), cmocka_unit_test(test_start),
                cmocka_unit_test(test_restart), cmocka_unit_test(test_reset),   cmocka_unit_test(test_refresh),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
