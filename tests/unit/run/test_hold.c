/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a component was given is withdrawn before it goes; what it had not declared is counted. */
#include "resolve_fixture.h"

#include "run/container_data.h"
#include "run/endpoint.h"

#define NOTIFY(name) "[Component " name "]\nType=notify\nExecStart=/" name "\n"

static const FakeBehaviour silent = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};

typedef struct Case {
        Fixture fixture;
        DiagList diags;
        Change *change;
        GString *told;   /* "name: key key\n", or "name: everything\n" */
        const char *log; /* of os, when it was told last */
} Case;

static void on_invalidated(uint32_t requester, const char *const *keys, void *userdata)
{
        Case *at = userdata;

        g_string_append_printf(at->told, "%s:", plan_node_name(container_plan(at->fixture.container), requester));
        for (; keys && *keys; keys++)
                g_string_append_printf(at->told, " %s", *keys);
        g_string_append(at->told, keys ? "\n" : " everything\n");
        at->log = fake_os_log("signal ");
}

static void begin(Case *at, const char *text)
{
        *at = (Case){.told = g_string_new(NULL)};
        diag_list_init(&at->diags);
        fixture_run(&at->fixture, text);
        container_on_invalidated(at->fixture.container, on_invalidated, at);
}

static void end(Case *at)
{
        fixture_done(&at->fixture);
        diag_list_done(&at->diags);
        g_string_free(at->told, TRUE);
}

static void give(Case *at, const char *name, const char *key, const char *route)
{
        Asker asker;

        assert_int_equal(ask_for(&asker, &at->fixture,
                                 (ResolveRequest){.key = key,
                                                  .route = route,
                                                  .requester = instance_of(&at->fixture, name)->node}),
                         1);
}

#define TEXT \
        NOTIFY("db") "Provides=cache:a cache:b\nRestart=always\nRestartSec=10ms\n" NOTIFY("web") NOTIFY("shop") \
        NOTIFY("other") "[Values]\nv=1\n"

/* §73: told before the signal goes out, once, to those who were given it, by the keys that they asked for */
static void test_stop(void **state)
{
        Case at;

        (void) state;
        begin(&at, TEXT);
        give(&at, "web", "cache", "a");
        give(&at, "shop", "db", NULL);
        give(&at, "shop", "db", NULL);
        give(&at, "other", "v", NULL);
        assert_int_equal(container_stop_component(at.fixture.container, "db", true, &at.change, &at.diags), 0);
        assert_non_null(strstr(at.told->str, "web: cache:a\n"));
        assert_non_null(strstr(at.told->str, "shop: db\n"));
        assert_int_equal(at.told->len, strlen("web: cache:a\nshop: db\n"));
        assert_string_equal(at.log, ""); /* nobody had been signalled by then */
        fake_os_advance(SECOND);
        assert_int_equal(container_start_component(at.fixture.container, "db", &at.change, &at.diags), 0);
        fake_os_advance(SECOND);
        g_string_truncate(at.told, 0);
        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_advance(SECOND);
        assert_string_equal(at.told->str, ""); /* it is forgotten until it is asked for again */
        end(&at);
}

/* §73: a crash, and another address, end it as well; a waiter's answer counts as one that was given at once */
static void test_change(void **state)
{
        Case at;
        Asker asker;

        (void) state;
        begin(&at, TEXT);
        give(&at, "web", "db", NULL);
        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(at.told->str, "web: db\n");
        assert_int_equal(ask_as(&asker, &at.fixture, "web", "db"), 0);
        fake_os_advance(SECOND);
        assert_given(&asker, "db");
        g_string_truncate(at.told, 0);
        assert_int_equal(endpoint_publish(container_engine(at.fixture.container),
                                          (Instance *) instance_of(&at.fixture, "db"), "sql", "127.0.0.1:5432"),
                         0);
        assert_string_equal(at.told->str, "web: db\n");
        end(&at);
}

/* What was released, and what belongs to a process that is gone, is told to nobody. */
static void test_release(void **state)
{
        Case at;

        (void) state;
        begin(&at, TEXT);
        give(&at, "web", "cache", "a");
        give(&at, "web", "db", NULL);
        give(&at, "shop", "db", NULL);
        resolve_release(at.fixture.container, instance_of(&at.fixture, "web")->node, "cache", "a");
        resolve_release(at.fixture.container, instance_of(&at.fixture, "web")->node, "nothing", NULL);
        fake_os_exit("shop", CLD_EXITED, 0);
        fake_os_run();
        fake_os_exit("db", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(at.told->str, "web: db\n");
        end(&at);
}

/* Bounded: who was given more than is remembered is told that nothing holds. */
static void test_overflow(void **state)
{
        enum { N = 300 };
        g_autoptr(GString) text = g_string_new(TEXT "[Component big]\nType=notify\nExecStart=/big\nProvides=");
        Case at;

        (void) state;
        for (int i = 0; i < N; i++)
                g_string_append_printf(text, "k%d ", i);
        g_string_append(text, "\n");
        begin(&at, text->str);
        for (int i = 0; i < N; i++) {
                g_autofree char *key = g_strdup_printf("k%d", i);

                give(&at, "web", key, NULL);
        }
        give(&at, "shop", "k7", NULL);
        fake_os_exit("db", CLD_KILLED, SIGKILL); /* what of it web was given is not known any more */
        fake_os_run();
        assert_string_equal(at.told->str, "web: everything\n");
        g_string_truncate(at.told, 0);
        fake_os_exit("big", CLD_KILLED, SIGKILL);
        fake_os_run();
        assert_string_equal(at.told->str, "shop: k7\n");
        end(&at);
}

static void on_event(const RunEvent *event, void *userdata)
{
        if (strcmp(event->reason, "undeclared-resolve") == 0)
                g_string_append_printf(userdata, "%s %s\n", event->component, event->text);
}

/* §148, C-53: hits, misses, and what is not declared, each of which is told once */
static void test_counters(void **state)
{
        g_autoptr(GString) told = g_string_new(NULL);
        const Counters *db, *web;
        Case at;
        Asker asker;

        (void) state;
        begin(&at, NOTIFY("db") "Start=lazy\nProvides=sql\n" NOTIFY("web") "Resolves=sql\n[Values]\nv=1\n");
        observers_add(container_observers(at.fixture.container), on_event, told);
        db = &instance_of(&at.fixture, "db")->counters;
        web = &instance_of(&at.fixture, "web")->counters;
        fake_os_set_behaviour("db", &silent);
        assert_int_equal(ask_as(&asker, &at.fixture, "web", "sql"), 0);
        assert_int_equal(db->resolve_misses, 1);
        fake_os_run();
        fake_os_notify("db", "READY=1");
        fake_os_run();
        assert_given(&asker, "db");
        give(&at, "web", "db", NULL); /* by another key than that of the reference, but the same component */
        give(&at, "web", "reeve", NULL);
        assert_int_equal(db->resolve_hits, 1);
        assert_int_equal(web->undeclared_resolves, 0);
        give(&at, "web", "v", NULL);
        give(&at, "web", "v", NULL);
        give(&at, "db", "web", NULL);
        assert_int_equal(web->undeclared_resolves, 2);
        assert_int_equal(db->undeclared_resolves, 1);
        assert_non_null(strstr(told->str, "web resolves 'v' and does not declare it: Resolves=v is missing ("));
        assert_int_equal(g_strrstr(told->str, "web resolves 'v'") - told->str, 0);
        assert_non_null(strstr(told->str, "db resolves 'web'"));
        end(&at);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stop),     cmocka_unit_test(test_change),   cmocka_unit_test(test_release),
                cmocka_unit_test(test_overflow), cmocka_unit_test(test_counters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
