/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start=lazy with Listen=: who connects has it started. */
#include "resolve_fixture.h"

#include "run/sockets.h"

#define LAZY "[Component db]\nType=notify\nExecStart=/db\nStart=lazy\nListen=sql=tcp:127.0.0.1:0\n"

typedef struct Case {
        Fixture fixture;
        Change *change;
        DiagList diags;
        GString *told; /* reasons of warnings */
} Case;

static void on_event(const RunEvent *event, void *userdata)
{
        if (event->kind == RUN_WARNING)
                g_string_append_printf(userdata, "%s\n", event->reason);
}

static void begin(Case *at, const char *text)
{
        *at = (Case){.told = g_string_new(NULL)};
        diag_list_init(&at->diags);
        fixture_init(&at->fixture, (const char *const[]){"m.module", text, NULL});
        observers_add(container_observers(at->fixture.container), on_event, at->told);
        fixture_start(&at->fixture);
}

static void end(Case *at)
{
        fixture_check(&at->fixture);
        fixture_done(&at->fixture);
        diag_list_done(&at->diags);
        g_string_free(at->told, TRUE);
}

/* -1: its sockets are closed, and clients are refused */
static int door_of(const Case *at)
{
        uint32_t n;
        const int *descriptors = sockets_descriptors(instance_of(&at->fixture, "db"), &n);

        return descriptors ? descriptors[0] : -1;
}

static bool is_open(const Case *at)
{
        return door_of(at) >= 0 && fake_os_is_awaiting(door_of(at));
}

/* §56: idle until somebody connects; then one process, with what it needs, and the same socket; a clean end of its own
 * brings the watch back (systemd's way). P29: nothing is armed meanwhile */
static void test_connection(void **state)
{
        Case at;
        int door;

        (void) state;
        begin(&at, LAZY "Requires=base\n[Component base]\nExecStart=/base\nStart=lazy\n");
        assert_string_equal(container_word(&at.fixture), "running");
        assert_true(is_open(&at));
        assert_int_equal(fake_os_next(), FAKE_NEVER);
        assert_string_equal(fake_os_log("spawn "), "");
        assert_false(container_is_degraded(at.fixture.container));
        door = door_of(&at);
        fake_os_connect(door);
        fake_os_advance(MS);
        assert_string_equal(state_of(&at.fixture, "db"), "ready");
        assert_string_equal(fake_os_log("spawn "), "spawn base\nspawn db\n");
        assert_false(is_open(&at)); /* it accepts by itself now */
        assert_int_equal(door_of(&at), door);
        fake_os_serve(door);
        fake_os_exit("db", CLD_EXITED, 0);
        fake_os_advance(MS);
        assert_string_equal(state_of(&at.fixture, "db"), "inactive");
        assert_true(is_open(&at));
        assert_false(container_is_degraded(at.fixture.container));
        fake_os_connect(door);
        fake_os_advance(MS);
        assert_int_equal(fake_os_n_spawned("db"), 2);
        assert_string_equal(state_of(&at.fixture, "db"), "ready");
        end(&at);
}

/* §72: what was stopped by hand refuses its clients, also when it did not run */
static void test_stopped(void **state)
{
        Case at;

        (void) state;
        begin(&at, LAZY);
        assert_int_equal(container_stop_component(at.fixture.container, "db", false, &at.change, &at.diags), 0);
        assert_int_equal(door_of(&at), -1);
        assert_int_equal(container_start_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_advance(MS);
        fake_os_exit("db", CLD_EXITED, 0);
        fake_os_advance(MS);
        assert_true(is_open(&at));
        end(&at);
}

/* P23: a start that fails is not tried for ever: in back-off nobody listens for clients, who gave up refuses them */
static void test_failure(void **state)
{
        static const FakeBehaviour broken = {.ready_usec = FAKE_NEVER, .exit_usec = MS, .code = CLD_EXITED,
                                             .status = 1, .stop_usec = MS};
        Case at;
        int door;

        (void) state;
        begin(&at, LAZY "Restart=on-failure\nRestartSec=1\nStartLimitBurst=2\n");
        fake_os_set_behaviour("db", &broken);
        door = door_of(&at);
        fake_os_connect(door);
        fake_os_advance(500 * MS);
        assert_string_equal(state_of(&at.fixture, "db"), "backoff");
        assert_int_equal(door_of(&at), door); /* he waits in the queue */
        assert_false(is_open(&at));
        fake_os_advance(60 * SECOND);
        assert_string_equal(state_of(&at.fixture, "db"), "failed");
        assert_int_equal(fake_os_n_spawned("db"), 3);
        assert_int_equal(door_of(&at), -1);
        assert_int_equal(container_reset_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_run();
        assert_true(is_open(&at));
        end(&at);
}

/* One that ends well and serves nobody is not started for ever either. */
static void test_trigger_limit(void **state)
{
        static const FakeBehaviour lazy = {.ready_usec = 0, .exit_usec = MS, .code = CLD_EXITED, .stop_usec = MS};
        Case at;

        (void) state;
        begin(&at, LAZY);
        fake_os_set_behaviour("db", &lazy);
        fake_os_connect(door_of(&at));
        fake_os_advance(60 * SECOND);
        assert_int_equal(fake_os_n_spawned("db"), 20);
        assert_int_equal(door_of(&at), -1);
        assert_string_equal(at.told->str, "trigger-limit\n");
        assert_int_equal(container_reset_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_run();
        assert_true(is_open(&at));
        end(&at);
}

/* §72: what it needs was stopped by hand */
static void test_refused(void **state)
{
        Case at;

        (void) state;
        begin(&at, LAZY "Requires=base\n[Component base]\nExecStart=/base\n");
        assert_int_equal(container_stop_component(at.fixture.container, "base", false, &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        fake_os_connect(door_of(&at));
        fake_os_advance(SECOND);
        assert_string_equal(at.told->str, "not-started\n");
        assert_int_equal(door_of(&at), -1);
        assert_string_equal(state_of(&at.fixture, "db"), "inactive");
        end(&at);
}

/* §101: nobody is started by a connection while all is stopped */
static void test_shutdown(void **state)
{
        Case at;
        int door;

        (void) state;
        begin(&at, LAZY);
        door = door_of(&at);
        container_shutdown(at.fixture.container, "request");
        fake_os_connect(door);
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&at.fixture), "stopped");
        assert_string_equal(fake_os_log("spawn "), "");
        assert_int_equal(door_of(&at), -1);
        end(&at);
}

/* An address that is taken is told, and harms nobody else. */
static void test_taken(void **state)
{
        Case at;

        (void) state;
        fixture_prepare(&at.fixture);
        at.told = g_string_new(NULL);
        diag_list_init(&at.diags);
        fixture_load(&at.fixture, (const char *const[]){"m.module", LAZY "[Component a]\nExecStart=/a\n", NULL});
        observers_add(container_observers(at.fixture.container), on_event, at.told);
        fake_os_fail_call("listen", 1, EADDRINUSE);
        fixture_start(&at.fixture);
        assert_string_equal(at.told->str, "endpoint-failed\n");
        assert_string_equal(state_of(&at.fixture, "a"), "ready");
        assert_int_equal(container_start_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_advance(MS);
        assert_string_equal(state_of(&at.fixture, "db"), "ready");
        end(&at);
}

/* P24, P27: what the daemon has no descriptors for it opens as soon as it has some, and says so once */
static void test_shortage(void **state)
{
        Case at;

        (void) state;
        fixture_prepare(&at.fixture);
        at.told = g_string_new(NULL);
        diag_list_init(&at.diags);
        fixture_load(&at.fixture, (const char *const[]){"m.module", LAZY, NULL});
        observers_add(container_observers(at.fixture.container), on_event, at.told);
        fake_os_fail_call("listen", 1, EMFILE);
        fixture_start(&at.fixture);
        assert_int_equal(door_of(&at), -1);
        fake_os_fail_call("listen", 1, ENFILE);
        fake_os_advance(1500 * MS);
        assert_int_equal(door_of(&at), -1);
        fake_os_advance(SECOND);
        assert_true(is_open(&at));
        assert_int_equal(fake_os_next(), FAKE_NEVER);
        assert_string_equal(at.told->str, "endpoint-failed\n");
        fake_os_connect(door_of(&at));
        fake_os_advance(MS);
        assert_string_equal(state_of(&at.fixture, "db"), "ready");
        end(&at);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_connection),    cmocka_unit_test(test_stopped), cmocka_unit_test(test_failure),
                cmocka_unit_test(test_trigger_limit), cmocka_unit_test(test_refused), cmocka_unit_test(test_shutdown),
                cmocka_unit_test(test_taken),         cmocka_unit_test(test_shortage),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
