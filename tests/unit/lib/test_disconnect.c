/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon goes, at any moment; or sends what no daemon sends. P32 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static void test_at_any_moment(void **state)
{
        static const char *const members[] = {"PostConstruct", "Startup", "Shutdown", "PreDestroy", "Bind"};

        /* After n turns of the two ends, which include authentication. */
        for (unsigned n = 0; n < 12; n++) {
                int error = 0;
                Fixture fixture;

                fixture_prepare(&fixture);
                assert_int_equal(reeve_component_new(&all_hooks, &fixture, &fixture.component), 0);
                fake_daemon_provide(fixture.daemon, "db", "db-1", "unix:/db");
                assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
                for (unsigned i = 0; i < n; i++) {
                        if (i < G_N_ELEMENTS(members))
                                (void) fake_daemon_call(fixture.daemon, members[i]);
                        (void) fake_daemon_turn(fixture.daemon);
                        assert_int_equal(reeve_process(fixture.component), 0);
                }
                fake_daemon_close(fixture.daemon);
                fixture_settle(&fixture);
                assert_int_equal(fixture.n_resolved, 1);
                assert_false(reeve_is_connected(fixture.component));
                assert_true(reeve_is_finished(fixture.component, &error));
                assert_true(g_str_has_suffix(fixture.log->str, "Connection reset by peer disconnected "));
                assert_true(reeve_get_timeout(fixture.component) == UINT64_MAX);
                fixture_done(&fixture);
        }
}

static void test_afterwards(void **state)
{
        reeve_resolution *resolution = NULL;
        Fixture fixture;
        int error = 0;

        fixture_init(&fixture, &all_hooks, TRUE);
        fake_daemon_provide(fixture.daemon, "db", "db-1", "unix:/db");
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
        fixture_plan(&fixture, "startup", REEVE_LATER);
        (void) fixture_call(&fixture, "Startup");
        fake_daemon_close(fixture.daemon);
        /* Closed, and not processed yet: what was kept is worth nothing already. */
        assert_int_equal(reeve_resolve_cached(fixture.component, "db", NULL, &resolution), -ENOENT);
        fixture_settle(&fixture);
        assert_non_null(strstr(fixture.log->str, "Connection reset by peer disconnected "));
        assert_true(reeve_is_finished(fixture.component, &error));
        assert_int_equal(error, -ECONNRESET);
        assert_int_equal(reeve_run(fixture.component), -ECONNRESET);
        assert_int_equal(reeve_status(fixture.component, "hello?"), -ECONNRESET);
        assert_int_equal(reeve_ready(fixture.component), -ECONNRESET);
        assert_int_equal(reeve_publish(fixture.component, "http", "1"), -ECONNRESET);
        assert_int_equal(reeve_release(fixture.component, "db", NULL), -ECONNRESET);
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), -ECONNRESET);
        assert_int_equal(reeve_resolve_wait(fixture.component, "db", NULL, 0, &resolution), -ECONNRESET);
        assert_int_equal(reeve_reply_done(fixture.reply, 0, NULL), -ECONNRESET);
        assert_int_equal(reeve_process(fixture.component), 0);
        fixture_done(&fixture);
}

static void test_freed_when_disconnected(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        fixture.frees_in = "disconnected";
        fake_daemon_close(fixture.daemon);
        fixture_settle(&fixture);
        assert_null(fixture.component);
        fixture_done(&fixture);
}

static void test_garbage(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
        } rows[] = {
                {"GET / HTTP/1.1\r\n\r\n", 18},
                {"l\1\0\1\377\377\377\177\1\0\0\0\377\377\377\177", 16}, /* 4 GiB to come */
                {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32},
                {"l\4\0\1\0\0\0\0\0\0\0\0\0\0\0\0l\4\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 32}, /* a signal without a name */
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                Fixture fixture;

                fixture_init(&fixture, &all_hooks, TRUE);
                assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
                fake_daemon_send_raw(fixture.daemon, rows[i].bytes, rows[i].size);
                for (int n = 0; n < 8; n++)
                        assert_int_equal(reeve_process(fixture.component), 0);
                fake_daemon_close(fixture.daemon);
                fixture_settle(&fixture);
                assert_int_equal(fixture.n_resolved, 1);
                assert_true(reeve_is_finished(fixture.component, NULL));
                fixture_done(&fixture);
        }
}

/* What is no valid start of a conversation. */
static void test_garbage_instead_of_authentication(void **state)
{
        static const char *const rows[] = {"REJECTED EXTERNAL\r\n", "HELLO\r\n", "OK nonsense\r\n", "\r\n\r\n\r\n"};

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                Fixture fixture;

                fixture_prepare(&fixture);
                assert_int_equal(reeve_component_new(&all_hooks, &fixture, &fixture.component), 0);
                fake_daemon_send_raw(fixture.daemon, rows[i], strlen(rows[i]));
                for (int n = 0; n < 8; n++)
                        assert_int_equal(reeve_process(fixture.component), 0);
                fake_daemon_close(fixture.daemon);
                fixture_settle(&fixture);
                assert_true(reeve_is_finished(fixture.component, NULL));
                assert_true(g_str_has_suffix(fixture.log->str, " disconnected "));
                fixture_done(&fixture);
        }
}

/* libsystemd 252 aborts where a CR LF comes in one read with the end of authentication, as in the first message. */
static void test_a_message_behind_the_greeting(void **state)
{
        Fixture fixture;

        fixture_prepare(&fixture);
        assert_int_equal(reeve_component_new(&all_hooks, &fixture, &fixture.component), 0);
        (void) fake_daemon_turn(fixture.daemon);
        fake_daemon_invalidate(fixture.daemon, "cr\r\nlf");
        (void) fake_daemon_turn(fixture.daemon);
        fixture_settle(&fixture);
        assert_string_equal(fixture.log->str, "cr\r\nlf invalidated ");
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        fixture_done(&fixture);
}

static void test_a_greeting_in_pieces(void **state)
{
        static const char welcome[] = "OK 0123456789abcdef0123456789abcdef\r\n";
        Fixture fixture;

        fixture_prepare(&fixture);
        assert_int_equal(reeve_component_new(&all_hooks, &fixture, &fixture.component), 0);
        for (size_t i = 0; i < strlen(welcome); i++) {
                struct pollfd pollfd = {.fd = reeve_get_fd(fixture.component), .events = POLLIN};

                fake_daemon_send_raw(fixture.daemon, welcome + i, 1);
                assert_int_equal(reeve_process(fixture.component), 0);
                assert_true(reeve_is_connected(fixture.component));
                /* What has been taken does not wake again. */
                assert_int_equal(poll(&pollfd, 1, 0), 0);
        }
        fixture_done(&fixture);
}

/* A flood is taken in turns, and what nobody looks at does not pile up. */
static void test_flood(void **state)
{
        reeve_resolution *resolution = NULL;
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        for (int i = 0; i < 3000; i++) {
                fake_daemon_invalidate(fixture.daemon, "db");
                (void) fake_daemon_turn(fixture.daemon);
                (void) reeve_resolve_cached(fixture.component, "db", NULL, &resolution);
        }
        assert_string_equal(fixture.log->str, "");
        fixture_settle(&fixture);
        assert_true(g_str_has_suffix(fixture.log->str, "db invalidated invalidated "));
        assert_true(fixture.log->len < 600 * strlen("db invalidated "));
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        fixture_done(&fixture);
}

static void test_a_daemon_that_does_not_read(void **state)
{
        Fixture fixture;
        int r = 0;

        fixture_init(&fixture, &all_hooks, TRUE);
        for (int i = 0; i < 100000 && r == 0; i++)
                r = reeve_status(fixture.component, "again and again");
        assert_int_equal(r, -ENOBUFS);
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), -ENOBUFS);
        fixture_settle(&fixture);
        assert_int_equal(reeve_status(fixture.component, "at last"), 0);
        fixture_settle(&fixture);
        assert_true(g_str_has_suffix(fake_daemon_heard(fixture.daemon), "Status at last\n"));
        fixture_done(&fixture);
}

/* P37: the connection is taken once, and no program that is started gets it. */
static void test_the_descriptor(void **state)
{
        static const struct {
                const char *text;
                int error;
        } rows[] = {{"", -EINVAL},  {"3x", -EINVAL},          {"-3", -EINVAL},
                    {"2", -EINVAL}, {"99999999999", -EINVAL}, {"1000000", -EBADF}};
        reeve_component *component = NULL;
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        assert_true(fcntl(reeve_get_fd(fixture.component), F_GETFD) & FD_CLOEXEC);
        for (int fd = 3; fd < 64; fd++)
                if (fcntl(fd, F_GETFD) >= 0 && fcntl(fd, F_GETFL) & O_NONBLOCK)
                        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        /* A second one is outside. */
        assert_int_equal(reeve_component_new(NULL, NULL, &component), 0);
        assert_false(reeve_is_connected(component));
        reeve_component_free(component);
        component = NULL;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_setenv("REEVE_BUS_FD", rows[i].text, TRUE);
                assert_int_equal(reeve_component_new(NULL, NULL, &component), rows[i].error);
                assert_string_equal(g_getenv("REEVE_BUS_FD"), rows[i].text);
                assert_null(component);
        }
        g_unsetenv("REEVE_BUS_FD");
        fixture_done(&fixture);
}

/* A child that frees its copy does not disturb the one of its parent. */
static void test_a_fork(void **state)
{
        Fixture fixture;
        pid_t child;
        int status;

        fixture_init(&fixture, &all_hooks, TRUE);
        child = fork();
        if (child == 0) {
                reeve_component_free(fixture.component);
                _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        fixture_done(&fixture);
}

static void test_what_is_said(void **state)
{
        g_autofree char *long_text = g_strnfill(4097, 'x'), *name = NULL;
        Fixture fixture;

        fixture_init(&fixture, NULL, TRUE);
        assert_int_equal(reeve_ready(fixture.component), 0);
        assert_int_equal(reeve_status(fixture.component, "caf\xc3\xa9"), 0);
        assert_int_equal(reeve_extend_timeout(fixture.component, 1500000), 0);
        assert_int_equal(reeve_publish(fixture.component, "http", "127.0.0.1:80"), 0);
        fixture_settle(&fixture);
        assert_string_equal(fake_daemon_heard(fixture.daemon),
                            "Ready\nStatus caf\xc3\xa9\nExtendTimeout 1500000\nPublish http 127.0.0.1:80\n");
        assert_int_equal(reeve_status(fixture.component, long_text), -E2BIG);
        assert_int_equal(reeve_status(fixture.component, "\xff"), -EINVAL);
        assert_int_equal(reeve_publish(fixture.component, "Http", "1"), -EINVAL);
        assert_int_equal(reeve_publish(fixture.component, "", "1"), -EINVAL);
        assert_int_equal(reeve_publish(fixture.component, "http", "a\nb"), -EINVAL);
        assert_int_equal(reeve_publish(fixture.component, "http", long_text), -E2BIG);
        for (int i = 1; i < 64; i++) {
                g_free(name);
                name = g_strdup_printf("e%d", i);
                assert_int_equal(reeve_publish(fixture.component, name, "1"), 0);
        }
        assert_int_equal(reeve_publish(fixture.component, "beyond", "1"), -ENOSPC);
        assert_int_equal(reeve_publish(fixture.component, "http", "2"), 0);
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_at_any_moment),
                cmocka_unit_test(test_afterwards),
                cmocka_unit_test(test_freed_when_disconnected),
                cmocka_unit_test(test_garbage),
                cmocka_unit_test(test_garbage_instead_of_authentication),
                cmocka_unit_test(test_a_message_behind_the_greeting),
                cmocka_unit_test(test_a_greeting_in_pieces),
                cmocka_unit_test(test_flood),
                cmocka_unit_test(test_a_daemon_that_does_not_read),
                cmocka_unit_test(test_the_descriptor),
                cmocka_unit_test(test_a_fork),
                cmocka_unit_test(test_what_is_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
