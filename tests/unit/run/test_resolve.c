/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve_fixture.h"

static const FakeBehaviour silent = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};
static const FakeBehaviour slow = {.ready_usec = 50 * MS, .exit_usec = FAKE_NEVER, .stop_usec = MS};
static const FakeBehaviour broken = {.ready_usec = FAKE_NEVER, .exit_usec = 5 * MS, .code = CLD_EXITED, .status = 3,
                                     .stop_usec = MS};

#define NOTIFY(name) "[Component " name "]\nType=notify\nExecStart=/" name "\n"
#define LAZY(name) NOTIFY(name) "Start=lazy\nRestart=never\n"

/* §14, §26-28, C-04: keys, aliases, routes, values, the container itself */
static void test_key(void **state)
{
        static const char text[] = "[Component db]\nExecStart=/db\nProvides=sql cache:orders cache:users\n"
                                   "[Alias store]\nTarget=shop\n[Alias shop]\nTarget=db\n[Values]\nregion=eu\n";
        static const struct {
                const char *key, *route;
                ResolvedKind kind;
        } cases[] = {
                {"db", NULL, RESOLVED_COMPONENT},       {"db", "", RESOLVED_COMPONENT},
                {"sql", NULL, RESOLVED_COMPONENT},      {"cache", "orders", RESOLVED_COMPONENT},
                {"cache", "users", RESOLVED_COMPONENT}, {"store", NULL, RESOLVED_COMPONENT},
                {"region", NULL, RESOLVED_VALUE},       {"reeve", NULL, RESOLVED_CONTAINER},
        };
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, text);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Asker asker;

                assert_int_equal(ask_for(&asker, &fixture,
                                         (ResolveRequest){.key = cases[i].key,
                                                          .route = cases[i].route,
                                                          .requester = NODE_NONE}),
                                 1);
                assert_int_equal(asker.resolution.kind, cases[i].kind);
                if (cases[i].kind == RESOLVED_COMPONENT)
                        assert_given(&asker, "db");
                else if (cases[i].kind == RESOLVED_VALUE)
                        assert_string_equal(asker.resolution.value->text, "eu");
                asker_done(&asker);
        }
        assert_int_equal(fake_os_n_spawned("db"), 1); /* S-16: an eager one is never spawned for it */
        fixture_done(&fixture);
}

/* §18, §20, §29, §46, C-04, C-05: what is not there is told with what is; TryResolve finds nothing instead */
static void test_unfound(void **state)
{
        static const char open[] = "[Component cache]\nExecStart=/cache\nProvides=store:a store:b\n"
                                   "[Component gone]\nExecStart=/gone\nConditionPathExists=/does/not/exist\n"
                                   "[Component one]\nExecStart=/one\nScope=transient\nStart=lazy\n"
                                   "[Component asker]\nExecStart=/asker\n",
                          closed[] = "[Module]\nVisibility=private\n[Component secret]\nExecStart=/secret\n"
                                     "[Component insider]\nExecStart=/insider\n";
        static const struct {
                const char *asker, *key, *route;
                int error, tried; /* what TryResolve gives: an error, or 1 */
                DiagCode code;
                const char *told;
        } cases[] = {
                {NULL, "cahce", NULL, -ENOENT, 1, DIAG_NOT_FOUND, "did you mean 'cache'?"},
                {NULL, "store", "c", -ENOENT, 1, DIAG_NOT_FOUND, NULL},
                {NULL, "store", NULL, -EBADMSG, -EBADMSG, DIAG_ROUTE_REQUIRED, NULL},
                {NULL, "cache", "a", -EBADMSG, -EBADMSG, DIAG_NOT_ROUTED, NULL},
                {NULL, "gone", NULL, -EBADMSG, 1, DIAG_CONDITION_NOT_MET, NULL},
                {NULL, "one", NULL, -EBADMSG, -EBADMSG, DIAG_SCOPE_REQUIRED, NULL},
                {NULL, "secret", NULL, -EBADMSG, -EBADMSG, DIAG_NOT_VISIBLE, NULL},
                {"asker", "secret", NULL, -EBADMSG, -EBADMSG, DIAG_NOT_VISIBLE, NULL},
                {"insider", "secret", NULL, 1, 1, 0, NULL},
                {"insider", "cache", NULL, 1, 1, 0, NULL},
                {NULL, "", NULL, -ENOENT, 1, DIAG_NOT_FOUND, NULL},
        };
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"open.module", open, "closed.module", closed, NULL});
        fixture_start(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                ResolveRequest request = {.key = cases[i].key, .route = cases[i].route, .requester = NODE_NONE};
                Asker asker;

                if (cases[i].asker)
                        request.requester = instance_of(&fixture, cases[i].asker)->node;
                assert_int_equal(ask_for(&asker, &fixture, request), cases[i].error);
                if (cases[i].error < 0)
                        assert_refused(&asker, cases[i].error, cases[i].code);
                if (cases[i].told)
                        assert_string_equal(asker.hint, cases[i].told);
                asker_done(&asker);
                request.is_try = true;
                assert_int_equal(ask_for(&asker, &fixture, request), cases[i].tried);
                if (cases[i].error < 0 && cases[i].tried > 0)
                        assert_int_equal(asker.resolution.kind, RESOLVED_NOTHING);
                asker_done(&asker);
        }
        fixture_done(&fixture);
}

/* §56, §128, C-11: a hundred first resolves are one process, with what it needs, and one answer each */
static void test_pull(void **state)
{
        enum { N = 100 };
        Asker askers[N], late;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("base") LAZY("db") "Requires=base\nWants=extra\n"
                                                                 LAZY("extra") LAZY("other"), NULL});
        fake_os_set_behaviour("db", &slow);
        fake_os_set_behaviour("base", &slow);
        fixture_start(&fixture);
        assert_string_equal(container_word(&fixture), "running");
        assert_string_equal(state_of(&fixture, "db"), "inactive");
        assert_false(container_is_degraded(fixture.container));
        for (size_t i = 0; i < N; i++)
                assert_int_equal(ask(&askers[i], &fixture, "db"), 0);
        fake_os_advance(99 * MS);
        for (size_t i = 0; i < N; i++)
                assert_waits(&askers[i]);
        fake_os_advance(2 * MS);
        for (size_t i = 0; i < N; i++)
                assert_given(&askers[i], "db");
        assert_string_equal(fake_os_log("spawn "), "spawn base\nspawn db\n"); /* extra is wanted, not needed */
        assert_int_equal(ask(&late, &fixture, "db"), 1);
        assert_given(&late, "db");
        fixture_check(&fixture);
        fixture_done(&fixture);
}

/* §129: the time-out of one, the going of another: nothing for the rest, and the start completes with nobody left */
static void test_alone(void **state)
{
        Asker hasty, gone, patient;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("db"), NULL});
        fake_os_set_behaviour("db", &slow);
        fixture_start(&fixture);
        assert_int_equal(ask_for(&hasty, &fixture,
                                 (ResolveRequest){.key = "db", .requester = NODE_NONE, .timeout_usec = 10 * MS}),
                         0);
        assert_int_equal(ask(&gone, &fixture, "db"), 0);
        assert_int_equal(ask_for(&patient, &fixture,
                                 (ResolveRequest){.key = "db", .requester = NODE_NONE, .timeout_usec = 10 * SECOND}),
                         0);
        resolve_cancel(gone.waiter);
        fake_os_advance(20 * MS);
        assert_refused(&hasty, -ETIMEDOUT, DIAG_STATE);
        assert_string_equal(hasty.text, "'db' was not ready within 10 ms: it is starting");
        assert_waits(&patient);
        fake_os_advance(SECOND);
        assert_given(&patient, "db");
        assert_int_equal(gone.n_answers, 0);
        fake_os_advance(20 * SECOND); /* no time-out strikes twice */
        asker_done(&hasty);

        assert_int_equal(fake_os_n_spawned("db"), 1);
        fixture_done(&fixture);

        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("db"), NULL});
        fake_os_set_behaviour("db", &slow);
        fixture_start(&fixture);
        assert_int_equal(ask(&gone, &fixture, "db"), 0);
        resolve_cancel(gone.waiter);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "db"), "ready");
        fixture_done(&fixture);
}

/* §128: one error for all, not remembered: the next one tries again */
static void test_failure(void **state)
{
        Asker askers[3], again;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("base") LAZY("db") "Requires=base\n", NULL});
        fake_os_set_behaviour("base", &broken);
        fixture_start(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(askers); i++)
                assert_int_equal(ask(&askers[i], &fixture, i == 0 ? "base" : "db"), 0);
        fake_os_advance(SECOND);
        assert_refused(&askers[0], -EIO, DIAG_EXITED_EARLY);
        assert_non_null(strstr(askers[0].text, "exited with status 3"));
        assert_refused(&askers[1], -EIO, DIAG_DEPENDENCY_FAILED);
        assert_string_equal(askers[1].path, "db>base");
        assert_string_equal(askers[1].text, askers[2].text);
        assert_int_equal(fake_os_n_spawned("base"), 1);
        assert_string_equal(state_of(&fixture, "db"), "blocked");
        for (size_t i = 0; i < G_N_ELEMENTS(askers); i++)
                asker_done(&askers[i]);

        fake_os_set_behaviour("base", &fake_behaviour_default);
        fake_os_set_behaviour("base", &slow);
        assert_int_equal(ask(&again, &fixture, "db"), 0);
        fake_os_advance(SECOND);
        assert_given(&again, "db");

        fixture_check(&fixture);
        fixture_done(&fixture);
}

/* §104, §128, P23: start-limit is the one failure that is kept, until it is reset or its interval is over */
static void test_limit(void **state)
{
        Asker asker;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", NOTIFY("db") "Start=lazy\nRestart=on-failure\n"
                                                     "RestartSec=1ms\nStartLimitBurst=2\nStartLimitIntervalSec=60\n",
                                                     NULL});
        fake_os_set_behaviour("db", &broken);
        fixture_start(&fixture);
        assert_int_equal(ask(&asker, &fixture, "db"), 0);
        fake_os_advance(SECOND);
        assert_refused(&asker, -EIO, DIAG_EXITED_EARLY);
        asker_done(&asker);
        assert_string_equal(state_of(&fixture, "db"), "failed");
        assert_int_equal(fake_os_n_spawned("db"), 3);
        assert_int_equal(ask(&asker, &fixture, "db"), -EHOSTDOWN);
        assert_refused(&asker, -EHOSTDOWN, DIAG_START_LIMIT);
        assert_string_equal(asker.hint, "when it is mended: \"reevectl reset db\"");
        asker_done(&asker);
        assert_int_equal(fake_os_n_spawned("db"), 3);
        fake_os_set_behaviour("db", &slow);
        fake_os_advance(60 * SECOND);
        assert_int_equal(ask(&asker, &fixture, "db"), 0);
        fake_os_advance(SECOND);
        assert_given(&asker, "db");
        fixture_done(&fixture);
}

/* §72: only an explicit start ends a stop by hand, of itself or of what it needs */
static void test_stopped(void **state)
{
        Asker asker;
        Fixture fixture;
        Change *change;
        g_auto(DiagList) diags;

        (void) state;
        diag_list_init(&diags);
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("base") LAZY("db") "Requires=base\n", NULL});
        fixture_start(&fixture);
        assert_int_equal(container_start_component(fixture.container, "base", &change, &diags), 0);
        fake_os_advance(SECOND);
        assert_int_equal(container_stop_component(fixture.container, "base", true, &change, &diags), 0);
        assert_int_equal(ask(&asker, &fixture, "base"), -EHOSTDOWN); /* also while it still stops (§71) */
        assert_refused(&asker, -EHOSTDOWN, DIAG_STOPPED);
        asker_done(&asker);
        fake_os_advance(SECOND);
        assert_int_equal(ask(&asker, &fixture, "db"), -EHOSTDOWN);
        assert_refused(&asker, -EHOSTDOWN, DIAG_STOPPED);
        assert_string_equal(asker.text, "'db' requires 'base', which was stopped on request");
        asker_done(&asker);
        assert_string_equal(state_of(&fixture, "base"), "inactive");
        assert_int_equal(container_start_component(fixture.container, "base", &change, &diags), 0);
        fake_os_advance(SECOND);
        assert_int_equal(ask(&asker, &fixture, "db"), 0);
        fake_os_advance(SECOND);
        assert_given(&asker, "db");
        fixture_done(&fixture);
}

/* §5, §101: who waits is told; what is asked for later is refused; values are given out until the end */
static void test_shutdown(void **state)
{
        Asker waiting[3], asker;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("a") LAZY("b") NOTIFY("c") "[Values]\nv=1\n",
                                                     NULL});
        fake_os_set_behaviour("a", &silent);
        fake_os_set_behaviour("b", &silent);
        fixture_start(&fixture);
        for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++)
                assert_int_equal(ask(&waiting[i], &fixture, i == 0 ? "a" : "b"), 0);
        fake_os_advance(MS);
        container_shutdown(fixture.container, "request");
        for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++) {
                assert_refused(&waiting[i], -ESHUTDOWN, DIAG_DRAINING);
                asker_done(&waiting[i]);
        }
        assert_int_equal(ask(&asker, &fixture, "c"), -ESHUTDOWN);
        assert_refused(&asker, -ESHUTDOWN, DIAG_DRAINING);
        asker_done(&asker);
        assert_int_equal(ask(&asker, &fixture, "v"), 1);
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "stopped");
        assert_int_equal(ask(&asker, &fixture, "v"), -ESHUTDOWN);
        assert_refused(&asker, -ESHUTDOWN, DIAG_CLOSED);
        asker_done(&asker);
        for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++)
                assert_int_equal(waiting[i].n_answers, 0); /* since: nobody is answered twice */
        fixture_done(&fixture);
}

/* §25: something foreign is waited for like anything else */
static void test_external(void **state)
{
        Asker asker;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Component db]\nType=external\nStart=lazy\nReadyProbe=unix:/db\n",
                                                     NULL});
        fixture_start(&fixture);
        assert_int_equal(ask(&asker, &fixture, "db"), 0);
        fake_os_advance(SECOND);
        assert_waits(&asker);
        fake_os_set_probe("unix:/db", 0);
        fake_os_advance(10 * SECOND);
        assert_given(&asker, "db");
        fixture_done(&fixture);
}

/* §90, §128: attempts within StartRetries= are one start; in back-off nobody is hurried, and who asks has the outcome
 * of the attempt that comes */
static void test_backoff(void **state)
{
        Asker first, second;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", NOTIFY("db") "Start=lazy\nRestart=on-failure\n"
                                                     "RestartSec=10\nStartRetries=1\n", NULL});
        fake_os_set_behaviour("db", &broken);
        fixture_start(&fixture);
        assert_int_equal(ask(&first, &fixture, "db"), 0);
        fake_os_advance(9 * SECOND);
        assert_waits(&first); /* one attempt of two has failed */
        fake_os_advance(2 * SECOND);
        assert_refused(&first, -EIO, DIAG_EXITED_EARLY);
        assert_string_equal(state_of(&fixture, "db"), "backoff");
        assert_int_equal(fake_os_n_spawned("db"), 2);
        asker_done(&first);
        assert_int_equal(ask(&first, &fixture, "db"), 0);
        assert_int_equal(fake_os_n_spawned("db"), 2);
        fake_os_set_behaviour("db", &slow);
        fake_os_advance(30 * SECOND);
        assert_given(&first, "db");
        assert_int_equal(fake_os_n_spawned("db"), 3);

        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_int_equal(ask(&second, &fixture, "db"), 0); /* a crash of what was ready is waited out likewise */
        fake_os_advance(60 * SECOND);
        assert_given(&second, "db");
        fixture_done(&fixture);
}

/* §85, §89, §92: what somebody resolves while the container starts is not part of that start: neither does a strict one
 * that fails end it, nor does it wait for a slow one */
static void test_start(void **state)
{
        Asker bad, late;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", NOTIFY("a") LAZY("bad") LAZY("late"), NULL});
        fake_os_set_behaviour("a", &slow);
        fake_os_set_behaviour("bad", &broken);
        fake_os_set_behaviour("late", &silent);
        fixture_start(&fixture);
        assert_int_equal(ask(&bad, &fixture, "bad"), 0);
        assert_int_equal(ask_as(&late, &fixture, "a", "late"), 0);
        fake_os_advance(20 * MS);
        assert_refused(&bad, -EIO, DIAG_EXITED_EARLY);
        assert_string_equal(container_word(&fixture), "starting");
        fake_os_advance(SECOND);
        assert_string_equal(container_word(&fixture), "running");
        assert_waits(&late);
        assert_int_equal(container_report(fixture.container)->items->len, 0);
        asker_done(&bad);
        fixture_done(&fixture);
}

/* Who may only read has what is there, and nothing begins for him. */
static void test_reading(void **state)
{
        ResolveRequest request = {.key = "db", .requester = NODE_NONE, .is_reading = true};
        Asker asker;
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", LAZY("db"), NULL});
        fixture_start(&fixture);
        assert_int_equal(ask_for(&asker, &fixture, request), -EACCES);
        assert_refused(&asker, -EACCES, DIAG_PERMISSION_DENIED);
        asker_done(&asker);
        assert_string_equal(state_of(&fixture, "db"), "inactive");
        assert_int_equal(instance_of(&fixture, "db")->counters.resolve_misses, 0);
        assert_int_equal(ask(&asker, &fixture, "db"), 0);
        fake_os_run();
        assert_int_equal(ask_for(&asker, &fixture, request), 1);
        assert_given(&asker, "db");
        fixture_done(&fixture);
}

/* §49, §128: a long chain of lazy components, and many who wait for its end: each start and each answer costs what it
 * costs, whatever hangs beside */
static void test_many(void **state)
{
        enum { N = 3000 };
        g_autoptr(GString) text = g_string_new(LAZY("c0"));
        g_autofree Asker *askers = g_new0(Asker, N);
        Fixture fixture;

        (void) state;
        for (int i = 1; i < N; i++)
                g_string_append_printf(text, "[Component c%d]\nExecStart=/c%d\nStart=lazy\nRequires=c%d\n", i, i,
                                       i - 1);
        fixture_init(&fixture, (const char *const[]){"m.module", text->str, NULL});
        fixture_start(&fixture);
        for (int i = 0; i < N; i++)
                assert_int_equal(ask(&askers[i], &fixture, i % 2 ? "c2999" : "c1500"), 0);
        for (int i = 0; i < N; i += 10) {
                resolve_cancel(askers[i].waiter);
                askers[i].waiter = NULL;
        }
        fake_os_advance(10 * SECOND);
        for (int i = 0; i < N; i++)
                assert_int_equal(askers[i].n_answers, i % 10 == 0 ? 0 : 1);
        assert_given(&askers[1], "c2999");
        assert_given(&askers[2], "c1500");
        assert_string_equal(state_of(&fixture, "c2999"), "ready");
        fixture_done(&fixture);
}

/* §27: a secret is for those who declare it */
static void test_secret(void **state)
{
        static const char text[] = NOTIFY("friend") "Resolves=password\n" NOTIFY("foe")
                "[Value password]\nValue=hunter2\nSecret=yes\n[Alias pw]\nTarget=password\n";
        Asker asker;
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, text);
        assert_int_equal(ask_as(&asker, &fixture, "friend", "password"), 1);
        assert_string_equal(asker.resolution.value->text, "hunter2");
        assert_int_equal(ask_as(&asker, &fixture, "foe", "password"), -EACCES);
        assert_refused(&asker, -EACCES, DIAG_PERMISSION_DENIED);
        assert_null(strstr(asker.text, "hunter2"));
        asker_done(&asker);
        assert_int_equal(ask(&asker, &fixture, "pw"), -EACCES);
        asker_done(&asker);
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_key),     cmocka_unit_test(test_unfound), cmocka_unit_test(test_pull),
                cmocka_unit_test(test_alone),   cmocka_unit_test(test_failure), cmocka_unit_test(test_limit),
                cmocka_unit_test(test_stopped), cmocka_unit_test(test_shutdown), cmocka_unit_test(test_external),
                cmocka_unit_test(test_backoff), cmocka_unit_test(test_start),    cmocka_unit_test(test_reading),
                cmocka_unit_test(test_secret),  cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
