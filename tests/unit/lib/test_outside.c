/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program that nobody of reeve has started: the same hooks in the same order, ready at once. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

/* §75, §76: as inside. */
static void test_a_life_in_order(void **state)
{
        Fixture fixture;
        int error = 1;

        fixture_init(&fixture, &all_hooks, FALSE);
        assert_string_equal(fixture.log->str, "");
        assert_int_equal(reeve_get_timeout(fixture.component), 0);
        fixture_settle(&fixture);
        assert_string_equal(fixture.log->str, "post-construct startup ");
        assert_true(reeve_get_timeout(fixture.component) == UINT64_MAX);
        assert_false(reeve_is_finished(fixture.component, NULL));
        reeve_stop(fixture.component);
        reeve_stop(fixture.component);
        fixture_settle(&fixture);
        assert_string_equal(fixture.log->str, "post-construct startup shutdown pre-destroy ");
        assert_true(reeve_is_finished(fixture.component, &error));
        assert_int_equal(error, 0);
        fixture_done(&fixture);
}

/* §76: on_shutdown only if on_startup was done, on_pre_destroy only if on_post_construct was. */
static void test_failed_starts(void **state)
{
        static const struct {
                const char *failing, *log;
        } rows[] = {
                {"post-construct", "post-construct "},
                {"startup", "post-construct startup pre-destroy "},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
                Fixture fixture;
                int error = 0;

                fixture_init(&fixture, &all_hooks, FALSE);
                fixture_plan(&fixture, rows[i / 2].failing, i % 2 ? REEVE_LATER : -EIO);
                fixture_settle(&fixture);
                if (i % 2) {
                        assert_false(reeve_is_finished(fixture.component, NULL));
                        assert_int_equal(reeve_reply_done(fixture.reply, -EIO, "no disk"), 0);
                        fixture_settle(&fixture);
                }
                assert_string_equal(fixture.log->str, rows[i / 2].log);
                assert_true(reeve_is_finished(fixture.component, &error));
                assert_int_equal(error, -EIO);
                fixture_done(&fixture);
        }
}

/* A stop hook that fails is no reason not to stop. */
static void test_failing_stop(void **state)
{
        Fixture fixture;
        int error = 1;

        fixture_init(&fixture, &all_hooks, FALSE);
        fixture_plan(&fixture, "shutdown", -EIO);
        fixture_plan(&fixture, "pre-destroy", -EIO);
        fixture_settle(&fixture);
        reeve_stop(fixture.component);
        fixture_settle(&fixture);
        assert_string_equal(fixture.log->str, "post-construct startup shutdown pre-destroy ");
        assert_true(reeve_is_finished(fixture.component, &error));
        assert_int_equal(error, 0);
        fixture_done(&fixture);
}

/* A stop while a hook is not done waits for it; what has not begun does not begin. */
static void test_stop_at_any_moment(void **state)
{
        static const struct {
                const char *later, *log;
        } rows[] = {
                {NULL, ""},
                {"post-construct", "post-construct pre-destroy "},
                {"startup", "post-construct startup shutdown pre-destroy "},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                Fixture fixture;

                fixture_init(&fixture, &all_hooks, FALSE);
                if (rows[i].later) {
                        fixture_plan(&fixture, rows[i].later, REEVE_LATER);
                        fixture_settle(&fixture);
                }
                reeve_stop(fixture.component);
                fixture_settle(&fixture);
                if (rows[i].later) {
                        assert_false(reeve_is_finished(fixture.component, NULL));
                        assert_int_equal(reeve_reply_done(fixture.reply, 0, NULL), 0);
                }
                fixture_settle(&fixture);
                assert_string_equal(fixture.log->str, rows[i].log);
                assert_true(reeve_is_finished(fixture.component, NULL));
                fixture_done(&fixture);
        }
}

static void assert_notified(int fd, const char *text)
{
        g_autofree char *got = notify_read(fd);

        assert_string_equal(got, text);
}

/* Under another supervisor: what is said goes to its socket. */
static void test_notify(void **state)
{
        g_autofree char *long_text = g_strnfill(4097, 'x');
        int fd = notify_open();
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, FALSE);
        assert_int_equal(reeve_ready(fixture.component), 0);
        assert_notified(fd, "");
        assert_int_equal(reeve_publish(fixture.component, "http", "127.0.0.1:80"), 0);
        assert_notified(fd, "X_REEVE_PUBLISH=http=127.0.0.1:80");
        fixture_settle(&fixture);
        assert_notified(fd, "READY=1");
        assert_int_equal(reeve_status(fixture.component, "serving"), 0);
        assert_notified(fd, "STATUS=serving");
        assert_int_equal(reeve_status(fixture.component, "one\nREADY=1"), -EINVAL);
        assert_int_equal(reeve_status(fixture.component, long_text), -E2BIG);
        assert_int_equal(reeve_extend_timeout(fixture.component, 5000000), 0);
        assert_notified(fd, "EXTEND_TIMEOUT_USEC=5000000");
        reeve_stop(fixture.component);
        fixture_settle(&fixture);
        assert_notified(fd, "STOPPING=1");
        assert_notified(fd, "");
        fixture_done(&fixture);

        fixture_init(&fixture, NULL, FALSE);
        fixture_settle(&fixture);
        assert_notified(fd, "");
        assert_int_equal(reeve_ready(fixture.component), 0);
        assert_notified(fd, "READY=1");
        fixture_done(&fixture);
        (void) close(fd);
        g_unsetenv("NOTIFY_SOCKET");
}

/* A full queue is told, and not waited for. */
static void test_notify_never_blocks(void **state)
{
        int fd = notify_open();
        Fixture fixture;
        int r = 0;

        fixture_init(&fixture, NULL, FALSE);
        for (int i = 0; i < 100000 && r == 0; i++)
                r = reeve_status(fixture.component, "again");
        assert_int_equal(r, -EAGAIN);
        fixture_done(&fixture);
        (void) close(fd);
        g_unsetenv("NOTIFY_SOCKET");
}

static void test_nobody_to_ask(void **state)
{
        reeve_resolution *resolution = NULL;
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, FALSE);
        assert_false(reeve_is_connected(fixture.component));
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), -ENOTCONN);
        assert_int_equal(reeve_try_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), -ENOTCONN);
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 0, &resolution), -ENOTCONN);
        assert_int_equal(reeve_resolve_cached(fixture.component, "db", NULL, &resolution), -ENOENT);
        assert_int_equal(reeve_release(fixture.component, "db", NULL), -ENOTCONN);
        assert_null(resolution);
        assert_int_equal(reeve_publish(fixture.component, "http", "1"), 0);
        assert_int_equal(reeve_status(fixture.component, "fine"), 0);
        assert_int_equal(reeve_watchdog(fixture.component), 0);
        fixture_done(&fixture);
}

static void test_run(void **state)
{
        static const char *const freed_in[] = {"post-construct", "startup"};
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, FALSE);
        fixture_plan(&fixture, "startup", -EIO);
        assert_int_equal(reeve_run(fixture.component), -EIO);
        assert_string_equal(fixture.log->str, "post-construct startup pre-destroy ");
        fixture_done(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(freed_in); i++) {
                fixture_init(&fixture, &all_hooks, FALSE);
                fixture.frees_in = freed_in[i];
                assert_int_equal(reeve_run(fixture.component), 0);
                assert_null(fixture.component);
                fixture_done(&fixture);
        }
}

static int must_not_be_called(reeve_component *component, reeve_reply *reply, void *userdata)
{
        fail();
        return 0;
}

static void test_ops_grow(void **state)
{
        struct {
                reeve_ops ops;
                void (*newer)(void);
        } later = {.ops = all_hooks};
        reeve_ops older = {.size = offsetof(reeve_ops, on_shutdown), .on_shutdown = must_not_be_called};
        reeve_component *component = NULL;
        Fixture fixture;

        later.ops.size = sizeof(later);
        assert_int_equal(reeve_component_new(&later.ops, NULL, &component), 0);
        reeve_component_free(component);
        later.newer = abort;
        component = NULL;
        assert_int_equal(reeve_component_new(&later.ops, NULL, &component), -EOPNOTSUPP);
        later.ops.size = 0;
        assert_int_equal(reeve_component_new(&later.ops, NULL, &component), -EINVAL);
        assert_null(component);
        /* What an older program does not know is not looked at. */
        fixture_init(&fixture, &older, FALSE);
        fixture_settle(&fixture);
        reeve_stop(fixture.component);
        fixture_settle(&fixture);
        assert_true(reeve_is_finished(fixture.component, NULL));
        fixture_done(&fixture);
        reeve_component_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_life_in_order), cmocka_unit_test(test_failed_starts),
                cmocka_unit_test(test_failing_stop),    cmocka_unit_test(test_stop_at_any_moment),
                cmocka_unit_test(test_notify),          cmocka_unit_test(test_notify_never_blocks),
                cmocka_unit_test(test_nobody_to_ask),   cmocka_unit_test(test_run),
                cmocka_unit_test(test_ops_grow),
        };

        g_unsetenv("NOTIFY_SOCKET");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
