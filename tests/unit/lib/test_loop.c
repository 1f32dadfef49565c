/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A component in every kind of loop, with a daemon that has a process of its own; and the calls that block. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "fixture.h"
#include "reeve-glib.h"

/* The daemon calls PostConstruct, answers, and closes when it is asked for "end". */
static void begin(Fixture *fixture, FakeDaemonAct act)
{
        fixture_prepare(fixture);
        fake_daemon_provide(fixture->daemon, "db", "db-1", "unix:/db");
        fake_daemon_provide(fixture->daemon, "end", "end", "");
        fake_daemon_provide(fixture->daemon, "no", "org.reeve.Reeve1.Error.NotFound", "there is ne");
        fake_daemon_act(fixture->daemon, "db", act);
        fake_daemon_act(fixture->daemon, "end", FAKE_DAEMON_CLOSES);
        fake_daemon_serve_in_child(fixture->daemon);
        assert_int_equal(reeve_component_new(&all_hooks, fixture, &fixture->component), 0);
}

static void ask(Fixture *fixture, const char *key)
{
        assert_int_equal(reeve_resolve(fixture->component, key, NULL, 0, on_resolved, fixture, NULL), 0);
}

#define TOLD "post-construct unix:/db resolved (null) resolved Connection reset by peer disconnected "

static void test_poll(void **state)
{
        Fixture fixture;
        int error = 0;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        ask(&fixture, "db");
        ask(&fixture, "end");
        while (!reeve_is_finished(fixture.component, &error)) {
                struct pollfd pollfd = {.fd = reeve_get_fd(fixture.component),
                                        .events = (short) reeve_get_events(fixture.component)};

                assert_true(poll(&pollfd, 1, reeve_get_timeout_msec(fixture.component)) >= 0);
                assert_int_equal(reeve_process(fixture.component), 0);
        }
        assert_int_equal(error, -ECONNRESET);
        assert_string_equal(fixture.log->str, TOLD);
        fixture_done(&fixture);
}

static void test_run(void **state)
{
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        ask(&fixture, "db");
        ask(&fixture, "end");
        assert_int_equal(reeve_run(fixture.component), -ECONNRESET);
        assert_string_equal(fixture.log->str, TOLD);
        fixture_done(&fixture);
}

static int leave_event(sd_event_source *source, void *userdata)
{
        return reeve_is_finished(((Fixture *) userdata)->component, NULL)
                       ? sd_event_exit(sd_event_source_get_event(source), 7)
                       : 0;
}

static void test_sd_event(void **state)
{
        sd_event_source *post = NULL;
        sd_event *event = NULL;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        assert_true(sd_event_new(&event) >= 0);
        assert_true(sd_event_add_post(event, &post, leave_event, &fixture) >= 0);
        assert_int_equal(reeve_attach_event(fixture.component, event, SD_EVENT_PRIORITY_NORMAL), 0);
        assert_int_equal(reeve_attach_event(fixture.component, event, SD_EVENT_PRIORITY_NORMAL), -EBUSY);
        ask(&fixture, "db");
        ask(&fixture, "end");
        assert_int_equal(sd_event_loop(event), 7);
        assert_string_equal(fixture.log->str, TOLD);
        reeve_detach_event(fixture.component);
        reeve_detach_event(fixture.component);
        fixture_done(&fixture);
        sd_event_source_unref(post);
        sd_event_unref(event);
}

static gboolean is_over(Fixture *fixture)
{
        return !fixture->component || reeve_is_finished(fixture->component, NULL);
}

static void test_freed_in_sd_event(void **state)
{
        sd_event *event = NULL;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        fixture.frees_in = "post-construct";
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(reeve_attach_event(fixture.component, event, SD_EVENT_PRIORITY_NORMAL), 0);
        ask(&fixture, "db");
        while (!is_over(&fixture))
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_string_equal(fixture.log->str, "post-construct ");
        fixture_done(&fixture);
        sd_event_unref(event);
}

static void test_glib(void **state)
{
        GMainContext *context = g_main_context_new();
        GSource *source;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        source = reeve_source_new(fixture.component);
        (void) g_source_attach(source, context);
        ask(&fixture, "db");
        ask(&fixture, "end");
        while (!is_over(&fixture))
                (void) g_main_context_iteration(context, TRUE);
        assert_string_equal(fixture.log->str, TOLD);
        g_source_destroy(source);
        g_source_unref(source);
        g_main_context_unref(context);
        fixture_done(&fixture);
}

static gboolean on_finished(gpointer loop)
{
        g_main_loop_quit(loop);
        return G_SOURCE_REMOVE;
}

/* Outside reeve there is nothing to read, and all loops turn all the same. */
static void test_outside_in_loops(void **state)
{
        GMainContext *context = g_main_context_new();
        GMainLoop *loop = g_main_loop_new(context, FALSE);
        sd_event *event = NULL;
        GSource *source;
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, FALSE);
        source = reeve_source_new(fixture.component);
        (void) g_source_attach(source, context);
        g_source_set_callback(source, on_finished, loop, NULL);
        reeve_stop(fixture.component);
        g_main_loop_run(loop);
        assert_true(is_over(&fixture));
        g_source_destroy(source);
        g_source_unref(source);
        g_main_loop_unref(loop);
        g_main_context_unref(context);
        fixture_done(&fixture);

        fixture_init(&fixture, &all_hooks, FALSE);
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(reeve_attach_event(fixture.component, event, 0), 0);
        while (strstr(fixture.log->str, "startup ") == NULL)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        reeve_stop(fixture.component);
        while (!is_over(&fixture))
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_string_equal(fixture.log->str, "post-construct startup shutdown pre-destroy ");
        fixture_done(&fixture);
        sd_event_unref(event);
}

static reeve_component *stopped_by_signal;

static void on_alarm(int number)
{
        reeve_stop(stopped_by_signal);
}

static void test_stopped_by_a_signal(void **state)
{
        static const struct itimerval soon = {.it_value.tv_usec = 20000};
        struct sigaction action = {.sa_handler = on_alarm}, before;

        for (int is_inside = 0; is_inside < 2; is_inside++) {
                Fixture fixture;

                if (is_inside)
                        begin(&fixture, FAKE_DAEMON_ANSWERS);
                else
                        fixture_init(&fixture, &all_hooks, FALSE);
                stopped_by_signal = fixture.component;
                assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
                assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
                assert_int_equal(reeve_run(fixture.component), 0);
                assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
                assert_string_equal(fixture.log->str, is_inside ? "" : "post-construct startup shutdown pre-destroy ");
                fixture_done(&fixture);
        }
}

static void test_wait_for_an_answer(void **state)
{
        reeve_resolution *first = NULL, *again = NULL, *none = NULL;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_ANSWERS);
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 10000000, &first), 0);
        assert_string_equal(reeve_resolution_endpoint(first, "url"), "unix:/db");
        assert_string_equal(reeve_refusal(fixture.component), "");
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 0, &again), 0);
        assert_ptr_equal(again, first);
        assert_int_equal(reeve_resolve_wait(fixture.component, "no", NULL, 0, &none), -ENOENT);
        assert_null(none);
        assert_string_equal(reeve_refusal(fixture.component), "refused: there is ne");
        assert_int_equal(reeve_try_resolve_wait(fixture.component, "nothing", NULL, 0, &none), 0);
        assert_false(reeve_resolution_is_found(none));
        assert_string_equal(reeve_refusal(fixture.component), "");
        reeve_resolution_unref(none);
        assert_int_equal(reeve_resolve_wait(fixture.component, "end", NULL, 0, &none), -ECONNRESET);
        reeve_resolution_unref(first);
        reeve_resolution_unref(again);
        fixture_done(&fixture);
}

/* A program that only ever waits hears what is invalid as well; hooks that come meanwhile are called by nobody else. */
static void test_waiting_reads_the_rest_too(void **state)
{
        static const FakeDaemonAct acts[] = {FAKE_DAEMON_INVALIDATES_THEN, FAKE_DAEMON_CALLS_FIRST};

        for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
                reeve_resolution *first = NULL, *other = NULL, *again = NULL;
                Fixture fixture;

                begin(&fixture, acts[i]);
                assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 0, &first), 0);
                /* Its answer comes after the signal. */
                assert_int_equal(reeve_try_resolve_wait(fixture.component, "nothing", NULL, 0, &other), 0);
                assert_int_equal(reeve_resolve_cached(fixture.component, "db", NULL, &again), i == 0 ? -ENOENT : 0);
                assert_string_equal(fixture.log->str, "");
                assert_int_equal(reeve_process(fixture.component), 0);
                assert_string_equal(fixture.log->str, i == 0 ? "invalidated " : "post-construct ");
                reeve_resolution_unref(first);
                reeve_resolution_unref(other);
                reeve_resolution_unref(again);
                fixture_done(&fixture);
        }
}

static void ignore(int number)
{
}

/* §129 */
static void test_waiting_ends(void **state)
{
        /* Again and again: the first may come before it waits. */
        static const struct itimerval soon = {{.tv_usec = 20000}, {.tv_usec = 20000}}, never;
        struct sigaction action = {.sa_handler = ignore}, before;
        reeve_resolution *resolution = NULL;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_HOLDS);
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 1000, &resolution), -ETIMEDOUT);
        assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
        assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 0, &resolution), -EINTR);
        assert_int_equal(reeve_wait(fixture.component, UINT64_MAX), -EINTR);
        assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
        assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
        assert_int_equal(reeve_wait(fixture.component, 1000), 0);
        assert_null(resolution);
        fixture_done(&fixture);
}

static int resolves_while_starting(reeve_component *component, reeve_reply *reply, void *userdata)
{
        Fixture *fixture = userdata;

        return reeve_resolve_wait(component, "db", NULL, 0, &fixture->resolution);
}

/* §83: from inside a hook. */
static void test_waiting_inside_a_hook(void **state)
{
        static const reeve_ops ops = {.size = sizeof(ops), .on_post_construct = resolves_while_starting};
        reeve_resolution *first = NULL;
        Fixture fixture;

        begin(&fixture, FAKE_DAEMON_CALLS_FIRST);
        reeve_component_free(fixture.component);
        fixture.component = NULL;
        fixture_done(&fixture);

        fixture_prepare(&fixture);
        fake_daemon_provide(fixture.daemon, "db", "db-1", "unix:/db");
        fake_daemon_provide(fixture.daemon, "other", "other-1", "unix:/other");
        fake_daemon_act(fixture.daemon, "other", FAKE_DAEMON_CALLS_FIRST);
        fake_daemon_serve_in_child(fixture.daemon);
        assert_int_equal(reeve_component_new(&ops, &fixture, &fixture.component), 0);
        assert_int_equal(reeve_resolve_wait(fixture.component, "other", NULL, 0, &first), 0);
        assert_int_equal(reeve_process(fixture.component), 0);
        assert_string_equal(reeve_resolution_endpoint(fixture.resolution, "url"), "unix:/db");
        reeve_resolution_unref(first);
        fixture_done(&fixture);
}

static void test_watchdog(void **state)
{
        int fd = notify_open();
        Fixture fixture;
        g_autofree char *got = NULL;

        g_setenv("WATCHDOG_USEC", "40000", TRUE);
        g_setenv("WATCHDOG_PID", "1", TRUE);
        fixture_init(&fixture, NULL, FALSE);
        assert_true(reeve_watchdog_usec(fixture.component) == UINT64_MAX);
        fixture_done(&fixture);
        g_unsetenv("WATCHDOG_PID");
        fixture_init(&fixture, NULL, FALSE);
        assert_true(reeve_watchdog_usec(fixture.component) == 20000);
        fixture_settle(&fixture);
        assert_true(reeve_get_timeout(fixture.component) == UINT64_MAX);
        reeve_watchdog_auto(fixture.component, true);
        for (int i = 0; i < 3; i++) {
                g_free(got);
                assert_int_equal(reeve_wait(fixture.component, 10000000), 1);
                assert_int_equal(reeve_process(fixture.component), 0);
                got = notify_read(fd);
                assert_string_equal(got, "WATCHDOG=1");
        }
        reeve_watchdog_auto(fixture.component, false);
        assert_true(reeve_get_timeout(fixture.component) == UINT64_MAX);
        g_free(got);
        assert_int_equal(reeve_watchdog(fixture.component), 0);
        got = notify_read(fd);
        assert_string_equal(got, "WATCHDOG=1");
        fixture_done(&fixture);
        g_unsetenv("WATCHDOG_USEC");
        g_unsetenv("NOTIFY_SOCKET");
        (void) close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_poll),
                cmocka_unit_test(test_run),
                cmocka_unit_test(test_sd_event),
                cmocka_unit_test(test_freed_in_sd_event),
                cmocka_unit_test(test_glib),
                cmocka_unit_test(test_outside_in_loops),
                cmocka_unit_test(test_stopped_by_a_signal),
                cmocka_unit_test(test_wait_for_an_answer),
                cmocka_unit_test(test_waiting_reads_the_rest_too),
                cmocka_unit_test(test_waiting_ends),
                cmocka_unit_test(test_waiting_inside_a_hook),
                cmocka_unit_test(test_watchdog),
        };

        g_unsetenv("NOTIFY_SOCKET");
        g_unsetenv("WATCHDOG_USEC");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
