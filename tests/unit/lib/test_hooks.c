/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon calls, and what it is answered. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

/* §75: the four in their order, and each answered. */
static void test_a_life_in_order(void **state)
{
        Fixture fixture;
        int error = 1;

        fixture_init(&fixture, &all_hooks, TRUE);
        assert_string_equal(fixture.log->str, "");
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        assert_string_equal(fixture_call(&fixture, "Startup"), "ok");
        assert_string_equal(fixture_call(&fixture, "Shutdown"), "ok");
        assert_false(reeve_is_finished(fixture.component, NULL));
        assert_string_equal(fixture_call(&fixture, "PreDestroy"), "ok");
        assert_string_equal(fixture.log->str, "post-construct startup shutdown pre-destroy ");
        assert_true(reeve_is_finished(fixture.component, &error));
        assert_int_equal(error, 0);
        fixture_done(&fixture);
}

/* §76: at most once, and never back. */
static void test_at_most_once(void **state)
{
        static const struct {
                const char *calls[4], *log;
        } rows[] = {
                {{"PostConstruct", "PostConstruct"}, "post-construct "},
                {{"PostConstruct", "Startup", "Startup"}, "post-construct startup "},
                {{"PostConstruct", "PreDestroy", "Startup"}, "post-construct pre-destroy "},
                {{"Shutdown", "PreDestroy", "Shutdown"}, "shutdown pre-destroy "},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                const char *answer = "";
                Fixture fixture;

                fixture_init(&fixture, &all_hooks, TRUE);
                for (size_t j = 0; j < 4 && rows[i].calls[j]; j++)
                        answer = fixture_call(&fixture, rows[i].calls[j]);
                assert_non_null(strstr(answer, "was called before"));
                assert_string_equal(fixture.log->str, rows[i].log);
                fixture_done(&fixture);
        }
}

/* §77: done when it is answered, and not before; others are served meanwhile. §82: so are the dynamic ones. */
static void test_later(void **state)
{
        static const char *const members[][2] = {{"PostConstruct", "post-construct"},
                                                 {"Startup", "startup"},
                                                 {"Shutdown", "shutdown"},
                                                 {"PreDestroy", "pre-destroy"},
                                                 {"Bind", "bind"},
                                                 {"Unbind", "unbind"},
                                                 {"Suspend", "suspend"},
                                                 {"Resume", "resume"}};

        for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
                Fixture fixture;
                unsigned number;

                fixture_init(&fixture, &all_hooks, TRUE);
                fixture_plan(&fixture, members[i][1], REEVE_LATER);
                number = fake_daemon_call(fixture.daemon, members[i][0]);
                fixture_settle(&fixture);
                assert_non_null(fixture.reply);
                assert_string_equal(fake_daemon_answer(fixture.daemon, number), "");
                assert_false(reeve_is_finished(fixture.component, NULL));
                assert_int_equal(reeve_status(fixture.component, "still at it"), 0);
                fixture_settle(&fixture);
                assert_string_equal(fake_daemon_heard(fixture.daemon), "Status still at it\n");
                assert_string_equal(fake_daemon_answer(fixture.daemon, number), "");

                assert_int_equal(reeve_reply_done(fixture.reply, 0, NULL), 0);
                fixture_settle(&fixture);
                assert_string_equal(fake_daemon_answer(fixture.daemon, number), "ok");
                fixture_done(&fixture);
        }
}

/* §78: a hook that fails is told with its message, whichever bytes that has. */
static void test_failures(void **state)
{
        static const struct {
                int error;
                const char *message, *answer;
        } rows[] = {
                {-EADDRINUSE, "port 80 is taken", "org.freedesktop.DBus.Error.AddressInUse: port 80 is taken"},
                {-ENOENT, NULL, "org.freedesktop.DBus.Error.FileNotFound: No such file or directory"},
                {-EIO, "b\xe9ton \xc3\xa9", "org.freedesktop.DBus.Error.IOError: b?ton ??"},
                {-EIO, "\xc3\xa9t\xc3\xa9 100 %s %n",
                 "org.freedesktop.DBus.Error.IOError: \xc3\xa9t\xc3\xa9 100 %s %n"},
                {7, "positive", "org.freedesktop.DBus.Error.InvalidArgs: positive"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                Fixture fixture;
                unsigned number;

                fixture_init(&fixture, &all_hooks, TRUE);
                fixture_plan(&fixture, "startup", REEVE_LATER);
                number = fake_daemon_call(fixture.daemon, "Startup");
                fixture_settle(&fixture);
                assert_int_equal(reeve_reply_done(fixture.reply, rows[i].error, rows[i].message),
                                 rows[i].error > 0 ? -EINVAL : 0);
                fixture_settle(&fixture);
                assert_string_equal(fake_daemon_answer(fixture.daemon, number), rows[i].answer);
                fixture_done(&fixture);
        }
}

/* §78: what is returned at once is an answer too. */
static void test_failure_at_once(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        fixture_plan(&fixture, "post-construct", -EIO);
        assert_string_equal(fixture_call(&fixture, "PostConstruct"),
                            "org.freedesktop.DBus.Error.IOError: Input/output error");
        fixture_done(&fixture);
}

static int answers_inside(reeve_component *component, reeve_reply *reply, void *userdata)
{
        assert_true(reeve_reply_deadline(reply) > (uint64_t) g_get_monotonic_time());
        assert_true(reeve_reply_deadline(reply) <= (uint64_t) g_get_monotonic_time() + 30000000);
        assert_int_equal(reeve_reply_done(reply, -EIO, "the disk is full"), 0);
        assert_int_equal(reeve_reply_done(reply, 0, NULL), -EALREADY);
        return 0;
}

static void test_answered_inside(void **state)
{
        static const reeve_ops ops = {.size = sizeof(ops), .on_startup = answers_inside};
        Fixture fixture;

        fixture_init(&fixture, &ops, TRUE);
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        assert_string_equal(fixture_call(&fixture, "Startup"), "org.freedesktop.DBus.Error.IOError: the disk is full");
        assert_string_equal(fixture_call(&fixture, "Shutdown"), "ok");
        fixture_done(&fixture);
}

/* §64: who has no start hook says by himself that he is ready, and the daemon has to know. */
static void test_without_hooks(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, NULL, TRUE);
        assert_non_null(strstr(fixture_call(&fixture, "PostConstruct"), "Error.UnknownMethod"));
        assert_non_null(strstr(fixture_call(&fixture, "Startup"), "Error.UnknownMethod"));
        assert_non_null(strstr(fixture_call(&fixture, "Bind"), "Error.UnknownMethod"));
        assert_non_null(strstr(fixture_call(&fixture, "Resume"), "Error.UnknownMethod"));
        assert_int_equal(reeve_ready(fixture.component), 0);
        fixture_settle(&fixture);
        assert_string_equal(fake_daemon_heard(fixture.daemon), "Ready\n");
        assert_string_equal(fixture_call(&fixture, "PreDestroy"), "ok");
        assert_true(reeve_is_finished(fixture.component, NULL));
        fixture_done(&fixture);
}

static void test_nonsense_is_refused(void **state)
{
        static const char *const rows[][2] = {{"NoSuch", "Error.UnknownMethod"},
                                              {"postconstruct", "Error.UnknownMethod"}};
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                assert_non_null(strstr(fixture_call(&fixture, rows[i][0]), rows[i][1]));
        assert_string_equal(fixture.log->str, "");
        assert_string_equal(fixture_call(&fixture, "PostConstruct"), "ok");
        fixture_done(&fixture);
}

/* §105-107: the arguments arrive. */
static void test_dynamic_references(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        assert_string_equal(fixture_call(&fixture, "Bind"), "ok");
        assert_string_equal(fixture_call(&fixture, "Suspend"), "ok");
        assert_string_equal(fixture_call(&fixture, "Resume"), "ok");
        assert_string_equal(fixture_call(&fixture, "Unbind"), "ok");
        assert_string_equal(fixture.log->str, "db=db-1,unix:/db bind db suspend db=unix:/db resume db=db-1 unbind ");
        fixture_done(&fixture);
}

static void test_freed_inside_any_hook(void **state)
{
        static const char *const rows[][2] = {{"PostConstruct", "post-construct"},
                                              {"Startup", "startup"},
                                              {"PreDestroy", "pre-destroy"},
                                              {"Bind", "bind"},
                                              {"Resume", "resume"}};

        for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
                const char *word = rows[i / 2][1];
                Fixture fixture;

                fixture_init(&fixture, &all_hooks, TRUE);
                fixture.frees_in = word;
                fixture_plan(&fixture, word, i % 2 ? REEVE_LATER : 0);
                (void) fixture_call(&fixture, rows[i / 2][0]);
                assert_null(fixture.component);
                /* A reply that is kept is answered all the same. */
                if (i % 2)
                        assert_int_equal(reeve_reply_done(fixture.reply, 0, NULL), -ECONNRESET);
                fixture_done(&fixture);
        }
}

static void test_freed_with_a_call_waiting(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, &all_hooks, TRUE);
        fixture.frees_in = "post-construct";
        (void) fake_daemon_call(fixture.daemon, "PostConstruct");
        (void) fake_daemon_call(fixture.daemon, "Startup");
        fixture_settle(&fixture);
        assert_string_equal(fixture.log->str, "post-construct ");
        fixture_done(&fixture);
}

static int tries_to_recurse(reeve_component *component, reeve_reply *reply, void *userdata)
{
        assert_int_equal(reeve_process(component), -EBUSY);
        assert_int_equal(reeve_run(component), -EBUSY);
        return 0;
}

static void test_no_recursion(void **state)
{
        static const reeve_ops ops = {.size = sizeof(ops), .on_startup = tries_to_recurse};
        Fixture fixture;

        fixture_init(&fixture, &ops, TRUE);
        assert_string_equal(fixture_call(&fixture, "Startup"), "ok");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_life_in_order),
                cmocka_unit_test(test_at_most_once),
                cmocka_unit_test(test_later),
                cmocka_unit_test(test_failures),
                cmocka_unit_test(test_failure_at_once),
                cmocka_unit_test(test_answered_inside),
                cmocka_unit_test(test_without_hooks),
                cmocka_unit_test(test_nonsense_is_refused),
                cmocka_unit_test(test_dynamic_references),
                cmocka_unit_test(test_freed_inside_any_hook),
                cmocka_unit_test(test_freed_with_a_call_waiting),
                cmocka_unit_test(test_no_recursion),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
