/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions, answers, and how long an answer is kept. */
#include <errno.h>
#include <string.h>

#include "fixture.h"

#define DB "unix:/db"

static void ask(Fixture *fixture, const char *key, const char *route)
{
        fixture->n_resolved = 0;
        assert_int_equal(reeve_resolve(fixture->component, key, route, 0, on_resolved, fixture, NULL), 0);
        assert_int_equal(fixture->n_resolved, 0);
        fixture_settle(fixture);
        assert_int_equal(fixture->n_resolved, 1);
}

static unsigned count(Fixture *fixture, const char *line)
{
        unsigned n = 0;

        for (const char *at = fake_daemon_heard(fixture->daemon); (at = strstr(at, line)); at++)
                n++;
        return n;
}

static void begin(Fixture *fixture)
{
        fixture_init(fixture, &all_hooks, TRUE);
        fake_daemon_provide(fixture->daemon, "db", "db-1", DB);
        fake_daemon_provide(fixture->daemon, "cache:orders", "cache-orders", "unix:/orders");
        fake_daemon_provide(fixture->daemon, "cache:users", "cache-users", "unix:/users");
        fake_daemon_provide(fixture->daemon, "dbx", "other", "unix:/x");
}

static gboolean is_cached(Fixture *fixture, const char *key, const char *route)
{
        reeve_resolution *resolution = NULL;

        if (reeve_resolve_cached(fixture->component, key, route, &resolution) < 0)
                return FALSE;
        reeve_resolution_unref(resolution);
        return TRUE;
}

static void test_an_answer(void **state)
{
        const char *name = NULL, *value = NULL;
        Fixture fixture;

        begin(&fixture);
        ask(&fixture, "cache", "orders");
        assert_int_equal(reeve_resolution_error(fixture.resolution), 0);
        assert_true(reeve_resolution_is_found(fixture.resolution));
        assert_string_equal(reeve_resolution_component(fixture.resolution), "cache-orders");
        assert_string_equal(reeve_resolution_instance(fixture.resolution),
                            "/org/reeve/Reeve1/component/cache_2dorders");
        assert_string_equal(reeve_resolution_endpoint(fixture.resolution, "url"), "unix:/orders");
        assert_null(reeve_resolution_endpoint(fixture.resolution, "ur"));
        assert_int_equal(reeve_endpoints_at(reeve_resolution_endpoints(fixture.resolution), 0, &name, &value), 0);
        assert_string_equal(name, "url");
        assert_string_equal(value, "unix:/orders");
        assert_int_equal(reeve_endpoints_at(reeve_resolution_endpoints(fixture.resolution), 1, &name, &value), -ENOENT);
        /* It outlives the component. */
        reeve_component_free(fixture.component);
        fixture.component = NULL;
        assert_string_equal(reeve_resolution_endpoint(fixture.resolution, "url"), "unix:/orders");
        fixture_done(&fixture);
}

static void test_refusals(void **state)
{
        static const struct {
                const char *name;
                int error;
        } rows[] = {
                {"org.reeve.Reeve1.Error.NotFound", -ENOENT},
                {"org.reeve.Reeve1.Error.ConditionNotMet", -ENODATA},
                {"org.reeve.Reeve1.Error.RuntimeCycle", -EDEADLK},
                {"org.reeve.Reeve1.Error.Draining", -ESHUTDOWN},
                {"org.reeve.Reeve1.Error.DependencyFailed", -EREMOTEIO},
                {"org.reeve.Reeve1.Error.ExecFailed", -EREMOTEIO},
                {"org.freedesktop.DBus.Error.Timeout", -ETIMEDOUT},
                {"org.freedesktop.DBus.Error.AccessDenied", -EACCES},
                {"org.freedesktop.DBus.Error.InvalidArgs", -EINVAL},
                {"com.example.Strange", -EIO},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                Fixture fixture;

                begin(&fixture);
                fake_daemon_provide(fixture.daemon, "db", rows[i].name, "because");
                ask(&fixture, "db", NULL);
                assert_int_equal(reeve_resolution_error(fixture.resolution), rows[i].error);
                assert_string_equal(reeve_resolution_error_name(fixture.resolution), rows[i].name);
                assert_string_equal(reeve_resolution_message(fixture.resolution), "refused: because");
                assert_false(reeve_resolution_is_found(fixture.resolution));
                assert_string_equal(reeve_resolution_instance(fixture.resolution), "/");
                assert_string_equal(reeve_resolution_component(fixture.resolution), "");
                assert_null(reeve_resolution_endpoint(fixture.resolution, "url"));
                /* §128: a failure is not kept. */
                assert_false(is_cached(&fixture, "db", NULL));
                fixture_done(&fixture);
        }
}

static void test_try(void **state)
{
        Fixture fixture;

        begin(&fixture);
        assert_int_equal(reeve_try_resolve(fixture.component, "nothing", NULL, 0, on_resolved, &fixture, NULL), 0);
        fixture_settle(&fixture);
        assert_int_equal(reeve_resolution_error(fixture.resolution), 0);
        assert_false(reeve_resolution_is_found(fixture.resolution));
        assert_string_equal(reeve_resolution_instance(fixture.resolution), "/");
        /* What is not there may come, and nobody would say so. */
        assert_false(is_cached(&fixture, "nothing", NULL));
        assert_int_equal(reeve_try_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
        fixture_settle(&fixture);
        assert_true(reeve_resolution_is_found(fixture.resolution));
        assert_true(is_cached(&fixture, "db", NULL));
        fixture_done(&fixture);
}

static void test_malformed_keys(void **state)
{
        g_autofree char *long_key = g_strnfill(1025, 'k');
        const char *const keys[] = {NULL, "", "a\nb", "\xff", long_key};
        reeve_resolution *resolution = NULL;
        Fixture fixture;

        begin(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
                assert_int_equal(reeve_resolve(fixture.component, keys[i], NULL, 0, on_resolved, &fixture, NULL),
                                 -EINVAL);
                assert_int_equal(reeve_resolve_wait(fixture.component, keys[i], NULL, 0, &resolution), -EINVAL);
                assert_int_equal(reeve_resolve_cached(fixture.component, keys[i], NULL, &resolution), -ENOENT);
                assert_int_equal(reeve_release(fixture.component, keys[i], NULL), -EINVAL);
        }
        assert_int_equal(reeve_resolve(fixture.component, "db", "\xff", 0, on_resolved, &fixture, NULL), -EINVAL);
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, NULL, NULL, NULL), -EINVAL);
        fixture_settle(&fixture);
        assert_int_equal(fixture.n_resolved, 0);
        assert_string_equal(fake_daemon_heard(fixture.daemon), "");
        fixture_done(&fixture);
}

static void test_a_kept_answer_costs_no_journey(void **state)
{
        Fixture fixture;

        begin(&fixture);
        for (int i = 0; i < 3; i++)
                ask(&fixture, "db", i == 1 ? "" : NULL);
        ask(&fixture, "cache", "orders");
        ask(&fixture, "cache", "orders");
        assert_string_equal(fake_daemon_heard(fixture.daemon), "Resolve db\nResolve cache:orders\n");
        assert_true(is_cached(&fixture, "cache", "orders"));
        assert_false(is_cached(&fixture, "cache", "users"));
        assert_false(is_cached(&fixture, "cache", NULL));
        fixture_done(&fixture);
}

static const char *const signals[] = {"db", "cache", "cache:orders", "cach", NULL};

/* What a signal names is asked for again, and nothing else. */
static void test_invalidated(void **state)
{
        static const gboolean stays[][3] = {/* of: db, cache:orders, cache:users */
                                            {FALSE, TRUE, TRUE},
                                            {TRUE, FALSE, FALSE},
                                            {TRUE, FALSE, TRUE},
                                            {TRUE, TRUE, TRUE},
                                            {FALSE, FALSE, FALSE}};

        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
                Fixture fixture;

                begin(&fixture);
                ask(&fixture, "db", NULL);
                ask(&fixture, "cache", "orders");
                ask(&fixture, "cache", "users");
                ask(&fixture, "dbx", NULL);
                g_string_truncate(fixture.log, 0);
                fake_daemon_invalidate(fixture.daemon, signals[i]);
                /* Sent, and not processed yet: it counts already. */
                (void) fake_daemon_turn(fixture.daemon);
                assert_int_equal(is_cached(&fixture, "db", NULL), stays[i][0]);
                assert_int_equal(is_cached(&fixture, "cache", "orders"), stays[i][1]);
                assert_int_equal(is_cached(&fixture, "cache", "users"), stays[i][2]);
                assert_int_equal(is_cached(&fixture, "dbx", NULL), signals[i] != NULL);
                assert_string_equal(fixture.log->str, "");
                fixture_settle(&fixture);
                if (signals[i])
                        g_string_erase(fixture.log, 0, (gssize) strlen(signals[i]) + 1);
                assert_string_equal(fixture.log->str, "invalidated ");
                fixture_done(&fixture);
        }
}

static void test_a_dynamic_reference_moves(void **state)
{
        static const char *const members[] = {"Bind", "Unbind", "Suspend", "Resume"};

        for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
                Fixture fixture;

                begin(&fixture);
                ask(&fixture, "db", NULL);
                ask(&fixture, "dbx", NULL);
                assert_string_equal(fixture_call(&fixture, members[i]), "ok");
                assert_false(is_cached(&fixture, "db", NULL));
                assert_true(is_cached(&fixture, "dbx", NULL));
                fixture_done(&fixture);
        }
}

/* In the order in which the daemon said it: an answer from before the signal is not kept, one from after it is. */
static void test_a_reply_beside_a_signal(void **state)
{
        static const struct {
                FakeDaemonAct act;
                gboolean is_kept;
        } rows[] = {{FAKE_DAEMON_INVALIDATES_FIRST, TRUE}, {FAKE_DAEMON_INVALIDATES_THEN, FALSE}};

        for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
                Fixture fixture;

                begin(&fixture);
                fake_daemon_act(fixture.daemon, "db", rows[i / 2].act);
                assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
                (void) fake_daemon_turn(fixture.daemon);
                /* Both have arrived; asked between the two, it must not come back. */
                if (i % 2)
                        assert_int_equal(is_cached(&fixture, "db", NULL), rows[i / 2].is_kept);
                fixture_settle(&fixture);
                assert_int_equal(is_cached(&fixture, "db", NULL), rows[i / 2].is_kept);
                assert_string_equal(reeve_resolution_endpoint(fixture.resolution, "url"), DB);
                fixture_done(&fixture);
        }
}

/* The question was under way when the signal came, and was answered after it: the daemon knew. */
static void test_held_over_a_signal(void **state)
{
        Fixture fixture;

        begin(&fixture);
        fake_daemon_act(fixture.daemon, "db", FAKE_DAEMON_HOLDS);
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
        fixture_settle(&fixture);
        fake_daemon_invalidate(fixture.daemon, "db");
        fixture_settle(&fixture);
        fake_daemon_let_go(fixture.daemon);
        fixture_settle(&fixture);
        assert_int_equal(fixture.n_resolved, 1);
        assert_true(is_cached(&fixture, "db", NULL));
        fake_daemon_invalidate(fixture.daemon, "db");
        fixture_settle(&fixture);
        assert_false(is_cached(&fixture, "db", NULL));
        fixture_done(&fixture);
}

static void test_release(void **state)
{
        Fixture fixture;

        begin(&fixture);
        ask(&fixture, "db", NULL);
        assert_int_equal(reeve_release(fixture.component, "db", NULL), 0);
        fixture_settle(&fixture);
        assert_false(is_cached(&fixture, "db", NULL));
        assert_int_equal(count(&fixture, "Release db"), 1);
        fixture_done(&fixture);
}

static void test_cancel(void **state)
{
        reeve_lookup *lookups[3];
        Fixture fixture;

        begin(&fixture);
        fake_daemon_act(fixture.daemon, "db", FAKE_DAEMON_HOLDS);
        ask(&fixture, "dbx", NULL);
        fixture.n_resolved = 0;
        for (int i = 0; i < 2; i++)
                assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, &lookups[i]),
                                 0);
        /* One whose answer is here already. */
        assert_int_equal(reeve_resolve(fixture.component, "dbx", NULL, 0, on_resolved, &fixture, &lookups[2]), 0);
        reeve_lookup_cancel(lookups[0]);
        reeve_lookup_cancel(lookups[2]);
        reeve_lookup_cancel(NULL);
        fixture_settle(&fixture);
        fake_daemon_let_go(fixture.daemon);
        fixture_settle(&fixture);
        assert_int_equal(fixture.n_resolved, 1);
        fixture_done(&fixture);
}

/* §129: nobody answers, and that is told after its time. */
static void test_timeout(void **state)
{
        Fixture fixture;

        begin(&fixture);
        fake_daemon_act(fixture.daemon, "db", FAKE_DAEMON_HOLDS);
        assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 1000, on_resolved, &fixture, NULL), 0);
        while (fixture.n_resolved == 0) {
                fixture_settle(&fixture);
                if (fixture.n_resolved == 0)
                        assert_true(reeve_wait(fixture.component, 30000000) > 0);
        }
        assert_int_equal(reeve_resolution_error(fixture.resolution), -ETIMEDOUT);
        fixture_done(&fixture);
}

static void test_babble(void **state)
{
        Fixture fixture;

        begin(&fixture);
        fake_daemon_act(fixture.daemon, "db", FAKE_DAEMON_BABBLES);
        ask(&fixture, "db", NULL);
        assert_int_equal(reeve_resolution_error(fixture.resolution), -EBADMSG);
        assert_false(is_cached(&fixture, "db", NULL));
        fixture_done(&fixture);
}

static void test_freed_by_an_answer(void **state)
{
        Fixture fixture;

        begin(&fixture);
        fixture.frees_in = "resolved";
        for (int i = 0; i < 3; i++)
                assert_int_equal(reeve_resolve(fixture.component, "db", NULL, 0, on_resolved, &fixture, NULL), 0);
        fixture_settle(&fixture);
        assert_int_equal(fixture.n_resolved, 1);
        assert_null(fixture.component);
        fixture_done(&fixture);
}

/* A cache that is full begins anew. */
static void test_many_keys(void **state)
{
        Fixture fixture;

        begin(&fixture);
        for (int i = 0; i < 1100; i++) {
                g_autofree char *key = g_strdup_printf("key%d", i);

                fake_daemon_provide(fixture.daemon, key, "many", key);
                ask(&fixture, key, NULL);
                assert_true(is_cached(&fixture, key, NULL));
                assert_string_equal(reeve_resolution_endpoint(fixture.resolution, "url"), key);
        }
        assert_false(is_cached(&fixture, "key1", NULL));
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_an_answer),
                cmocka_unit_test(test_refusals),
                cmocka_unit_test(test_try),
                cmocka_unit_test(test_malformed_keys),
                cmocka_unit_test(test_a_kept_answer_costs_no_journey),
                cmocka_unit_test(test_invalidated),
                cmocka_unit_test(test_a_dynamic_reference_moves),
                cmocka_unit_test(test_a_reply_beside_a_signal),
                cmocka_unit_test(test_held_over_a_signal),
                cmocka_unit_test(test_release),
                cmocka_unit_test(test_cancel),
                cmocka_unit_test(test_timeout),
                cmocka_unit_test(test_babble),
                cmocka_unit_test(test_freed_by_an_answer),
                cmocka_unit_test(test_many_keys),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
