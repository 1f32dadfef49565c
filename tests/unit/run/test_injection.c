/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a component is given: sockets, ports, texts of what it refers to, secrets; and how long it keeps them. */
#include "fixture.h"

#include "run/container_data.h"
#include "run/endpoint.h"
#include "run/reference.h"
#include "run/sockets.h"

static Engine *engine_of(const Fixture *fixture)
{
        return &fixture->container->settle.engine;
}

static Instance *nth(const Fixture *fixture, const char *name)
{
        return &engine_of(fixture)->instances[instance_of(fixture, name)->node];
}

static uint32_t count_open(const Fixture *fixture, const char *name)
{
        uint32_t n;

        (void) sockets_descriptors(nth(fixture, name), &n);
        return n;
}

/* §73, P37: bound before the spawn, handed over in the order written, kept over restarts, gone when it is down */
static void test_sockets(void **state)
{
        Fixture fixture;
        const SpawnSpec *spec;

        (void) state;
        fixture_run(&fixture, "[Component a]\nExecStart=/a ${self.y.port} ${self.p.host}\nRestart=on-failure\n"
                              "RestartSec=1\nExecStartup=/x\nAllocatePort=p\nListen=z=unix: y=tcp:127.0.0.1:0\n"
                              "Listen=w=tcp:[::1]:7\n");
        assert_order(fake_os_log(NULL), "listen /fake/c/a/z\nlisten 127.0.0.1:0\nlisten [::1]:7\nlisten reserve\n",
                     "spawn a\n");
        spec = fake_os_spec("a");
        assert_int_equal(spec->n_descriptors, 3);
        assert_string_equal(fake_os_environment("a", "LISTEN_FDS"), "3");
        assert_string_equal(fake_os_environment("a", "LISTEN_FDNAMES"), "z:y:w");
        assert_non_null(fake_os_environment("a", "LISTEN_PID"));
        assert_string_equal(spec->argv[1], "40000");
        assert_string_equal(spec->argv[2], "127.0.0.1");
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "w"), "[::1]:7");
        assert_null(fake_os_environment("a:startup", "LISTEN_FDS"));
        assert_int_equal(fake_os_spec("a:startup")->n_descriptors, 0);
        assert_order(fake_os_log(NULL), "close 127.0.0.1:40001\n", "spawn a\n"); /* it binds the port itself */

        fake_os_log_clear();
        fake_os_exit("a", CLD_EXITED, 1);
        fake_os_run();
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_int_equal(count_open(&fixture, "a"), 3);
        fake_os_advance(2 * SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        assert_null(strstr(fake_os_log(NULL), "listen"));
        assert_string_equal(fake_os_spec("a")->argv[1], "40000");
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "p"), "127.0.0.1:40001");

        container_shutdown(fixture.container, "request");
        fake_os_advance(SECOND);
        assert_order(fake_os_log(NULL), "gone a\n", "close 127.0.0.1:40000\n");
        assert_null(nth(&fixture, "a")->sockets);
        assert_null(nth(&fixture, "a")->endpoints);
        fixture_done(&fixture);
}

/* §67, P24: an address that cannot be had is a failed start, and is tried again as any other */
static void test_in_use(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     "[Module]\nStartupErrorPolicy=warn\n"
                                                     "[Component a]\nExecStart=/a\nRestart=on-failure\nRestartSec=1\n"
                                                     "Listen=y=tcp:127.0.0.1:80 z=tcp:127.0.0.1:81\n"
                                                     "[Component b]\nExecStart=/b\nRequires=a\n",
                                                     NULL});
        fake_os_fail_call("listen", 1, EADDRINUSE);
        fixture_start(&fixture);
        assert_string_equal(state_of(&fixture, "a"), "backoff");
        assert_string_equal(result_of(&fixture, "a"), "endpoint-failed");
        assert_int_equal(fake_os_n_spawned("a"), 0);
        assert_int_equal(instance_of(&fixture, "a")->end.error, EADDRINUSE);
        assert_non_null(strstr(((const Diag *) container_report(fixture.container)->items->pdata[0])->hint, "port 0"));
        fake_os_advance(2 * SECOND);
        assert_string_equal(state_of(&fixture, "a"), "ready");
        assert_string_equal(state_of(&fixture, "b"), "ready");
        fixture_done(&fixture);
}

/* §27, §73: an address of a provider is the same for who starts after it was published while it runs */
static void test_references(void **state)
{
        Fixture fixture;
        Instance *db;

        (void) state;
        fixture_run(&fixture, "[Component db]\nExecStart=/db\nListen=sql=tcp:127.0.0.1:5\nProvides=store:a-b\n"
                              "[Component web]\nExecStart=/web ${store:a-b.sql.port} ${db.sql}\n"
                              "Requires=db store:a-b region secret\nWants=gone no-one\nStart=lazy\n"
                              "[Component gone]\nExecStart=/gone\nStart=lazy\nPublish=x=y\n"
                              "[Value region]\nValue=eu\n[Value secret]\nValue=s3cret\nSecret=yes\n");
        db = nth(&fixture, "db");
        assert_int_equal(endpoint_publish(engine_of(&fixture), db, "my-mood", "good"), 0);
        {
                g_auto(DiagList) diags;
                Change *change;

                diag_list_init(&diags);
                assert_int_equal(container_start_component(fixture.container, "web", &change, &diags), 0);
        }
        fake_os_run();
        assert_string_equal(state_of(&fixture, "web"), "ready");
        assert_string_equal(fake_os_spec("web")->argv[1], "5");
        assert_string_equal(fake_os_spec("web")->argv[2], "127.0.0.1:5");
        assert_string_equal(fake_os_environment("web", "REEVE_REF_DB_SQL"), "127.0.0.1:5");
        assert_string_equal(fake_os_environment("web", "REEVE_REF_STORE_A_B_SQL"), "127.0.0.1:5");
        assert_string_equal(fake_os_environment("web", "REEVE_REF_DB_MY_MOOD"), "good");
        assert_string_equal(fake_os_environment("web", "REEVE_REF_REGION_VALUE"), "eu");
        assert_null(fake_os_environment("web", "REEVE_REF_SECRET_VALUE"));
        assert_null(fake_os_environment("web", "REEVE_REF_GONE_X"));
        assert_string_equal(fake_os_environment("web", "REEVE_ABSENT"), "gone no-one"); /* §23 */
        assert_string_equal(fake_os_written("credentials/web/secret"), "s3cret");
        assert_string_equal(fake_os_environment("web", "CREDENTIALS_DIRECTORY"), "/fake/credentials/web");
        assert_null(fake_os_environment("db", "CREDENTIALS_DIRECTORY"));
        fake_os_log_clear();
        container_shutdown(fixture.container, "request");
        fake_os_advance(SECOND);
        assert_order(fake_os_log(NULL), "gone web\n", "forget web\n");
        assert_null(strstr(fake_os_log(NULL), "forget db"));
        fixture_done(&fixture);
}

/* P20: no provider can make its dependents too large to be executed */
static void test_budget(void **state)
{
        g_autofree char *large = g_strnfill(ENDPOINT_VALUE_MAX, 'x');
        g_autoptr(GString) text = g_string_new("[Component w]\nExecStart=/w\nStart=lazy\nRequires=");
        g_autoptr(GPtrArray) environment = g_ptr_array_new_with_free_func(g_free);
        size_t n_bytes = 0;
        Fixture fixture;

        (void) state;
        for (unsigned i = 0; i < 4; i++)
                g_string_append_printf(text, "p%u ", i);
        for (unsigned i = 0; i < 4; i++)
                g_string_append_printf(text, "\n[Component p%u]\nExecStart=/p\n", i);
        fixture_run(&fixture, text->str);
        for (unsigned i = 0; i < 4; i++)
                for (unsigned j = 0; j < ENDPOINTS_MAX; j++) {
                        g_autofree char *name = g_strdup_printf("e%u", j), *provider = g_strdup_printf("p%u", i);

                        assert_int_equal(
                                endpoint_publish(engine_of(&fixture), nth(&fixture, provider), name, large), 0);
                }
        assert_true(reference_put(engine_of(&fixture), nth(&fixture, "w"), environment) > 0);
        for (guint i = 0; i < environment->len; i++)
                n_bytes += strlen(environment->pdata[i]) + 1;
        assert_in_range(n_bytes, REFERENCES_MAX_BYTES / 2, REFERENCES_MAX_BYTES);
        fixture_done(&fixture);
}

/* Publish= speaks of the component's own endpoints in any order, and anew in each incarnation */
static void test_published(void **state)
{
        Fixture fixture;

        (void) state;
        fixture_run(&fixture, "[Component a]\nExecStart=/a ${self.c}\nListen=y=tcp:127.0.0.1:80\n"
                              "Publish=c=3${self.b} b=2${self.a}\nPublish=a=1${self.y} plain=$$x\n");
        assert_string_equal(fake_os_spec("a")->argv[1], "321127.0.0.1:80");
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "plain"), "$x");
        fixture_done(&fixture);
}

/* A lazy component's sockets are there for who connects, before it runs and after it has ended by itself; not after a
 * stop, and not after the container's */
static void test_lazy(void **state)
{
        const DeclaredEndpoint *failed;
        g_auto(DiagList) diags;
        Fixture fixture;
        Change *change;

        (void) state;
        fixture_run(&fixture, "[Component a]\nExecStart=/a\nStart=lazy\nListen=y=tcp:127.0.0.1:80\n"
                              "[Component b]\nExecStart=/b\nStart=lazy\nListen=y=tcp:127.0.0.1:81\n");
        diag_list_init(&diags);
        assert_int_equal(sockets_open(engine_of(&fixture), nth(&fixture, "a"), &failed), 0);
        assert_int_equal(sockets_open(engine_of(&fixture), nth(&fixture, "b"), &failed), 0);
        assert_int_equal(count_open(&fixture, "a"), 1);
        assert_null(endpoint_find(nth(&fixture, "a"), "y")); /* §73 */
        assert_int_equal(container_start_component(fixture.container, "a", &change, &diags), 0);
        fake_os_run();
        fake_os_exit("a", CLD_EXITED, 0);
        fake_os_run();
        assert_string_equal(state_of(&fixture, "a"), "inactive");
        assert_int_equal(count_open(&fixture, "a"), 1);
        assert_int_equal(container_start_component(fixture.container, "a", &change, &diags), 0);
        fake_os_run();
        assert_int_equal(container_stop_component(fixture.container, "a", false, &change, &diags), 0);
        fake_os_advance(SECOND);
        assert_string_equal(state_of(&fixture, "a"), "inactive");
        assert_int_equal(count_open(&fixture, "a"), 0);
        assert_int_equal(count_open(&fixture, "b"), 1);
        container_shutdown(fixture.container, "request");
        fake_os_run();
        assert_int_equal(count_open(&fixture, "b"), 0);
        fixture_done(&fixture);
}

/* §65, P20: what a plain program publishes; what is wrong is told once an incarnation */
static void test_heard(void **state)
{
        static const FakeBehaviour deaf = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .is_deaf = true};
        Fixture fixture;

        (void) state;
        fixture_init(&fixture, (const char *const[]){"m.module", "[Component a]\nType=notify\nExecStart=/a\n", NULL});
        fake_os_set_behaviour("a", &deaf);
        fixture_start(&fixture);
        fake_os_notify("a", "X_REEVE_PUBLISH=x=1\nX_REEVE_PUBLISH=y=a=b\nX_REEVE_PUBLISH=X=1");
        fake_os_run();
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "x"), "1");
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "y"), "a=b");
        assert_true(nth(&fixture, "a")->is_publish_warned);
        fake_os_notify_from("a", 4711, "X_REEVE_PUBLISH=x=evil");
        fake_os_run();
        assert_string_equal(endpoint_find(nth(&fixture, "a"), "x"), "1");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sockets),    cmocka_unit_test(test_in_use), cmocka_unit_test(test_references),
                cmocka_unit_test(test_budget),     cmocka_unit_test(test_lazy),   cmocka_unit_test(test_heard),
                cmocka_unit_test(test_published),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
