/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of an instance's endpoints: what is taken, what others see of it, and when. */
#include "fixture.h"

#include "run/container_data.h"
#include "run/endpoint.h"

typedef struct Told {
        uint32_t n;
        bool has_number;
} Told;

static void on_told(const RunEvent *event, void *userdata)
{
        Told *told = userdata;

        if (event->kind != RUN_ENDPOINTS)
                return;
        told->n++;
        told->has_number |= event->sequence != 0;
}

static Instance *begin(Fixture *fixture, Told *told)
{
        static const FakeBehaviour late = {.ready_usec = 1000 * MS, .exit_usec = FAKE_NEVER, .stop_usec = 100 * MS};

        fixture_init(fixture, (const char *const[]){"m.module",
                                                    "[Component a]\nType=notify\nExecStart=/a\nRestart=on-failure\n"
                                                    "RestartSec=1\n",
                                                    NULL});
        fake_os_set_behaviour("a", &late);
        *told = (Told){0};
        observers_add(container_observers(fixture->container), on_told, told);
        fixture_start(fixture);
        return &fixture->container->settle.engine.instances[0];
}

static Engine *engine_of(const Fixture *fixture)
{
        return &fixture->container->settle.engine;
}

/* §73: nobody else sees one before its component is ready, nor from the begin of the stop on */
static void test_visible_while_ready(void **state)
{
        Fixture fixture;
        Told told;
        Instance *instance = begin(&fixture, &told);
        const Endpoint *list;
        uint32_t n;

        (void) state;
        assert_string_equal(state_names[instance->state], "starting");
        assert_int_equal(endpoint_publish(engine_of(&fixture), instance, "sql", "127.0.0.1:5432"), 0);
        assert_null(endpoint_find(instance, "sql"));
        assert_null(endpoint_list(instance, &n));
        assert_string_equal(endpoint_find_own(instance, "sql"), "127.0.0.1:5432");
        assert_int_equal(told.n, 0); /* the transition to ready will tell */

        fake_os_advance(1000 * MS);
        assert_string_equal(endpoint_find(instance, "sql"), "127.0.0.1:5432");
        assert_int_equal(endpoint_publish(engine_of(&fixture), instance, "admin", ""), 0);
        assert_int_equal(endpoint_publish(engine_of(&fixture), instance, "sql", "127.0.0.1:5433"), 0);
        assert_int_equal(endpoint_publish(engine_of(&fixture), instance, "sql", "127.0.0.1:5433"), 0);
        assert_int_equal(told.n, 2); /* what changes nothing is not told */
        assert_false(told.has_number);
        list = endpoint_list(instance, &n);
        assert_int_equal(n, 2);
        assert_string_equal(list[0].name, "admin");
        assert_string_equal(list[1].value, "127.0.0.1:5433");

        container_shutdown(fixture.container, "request");
        assert_string_equal(state_names[instance->state], "stopping");
        assert_null(endpoint_find(instance, "sql"));
        assert_null(endpoint_list(instance, &n));
        fake_os_advance(SECOND);
        fixture_done(&fixture);
}

/* §73: what an incarnation said is not said of the next; what a socket is called stays with the socket */
static void test_incarnations(void **state)
{
        Fixture fixture;
        Told told;
        Instance *instance = begin(&fixture, &told);
        Engine *engine = engine_of(&fixture);

        (void) state;
        assert_int_equal(endpoint_set(engine, instance, ENDPOINT_SOCKET, "http", "127.0.0.1:80"), 0);
        fake_os_advance(1000 * MS);
        assert_int_equal(endpoint_set(engine, instance, ENDPOINT_DECLARED, "url", "http://127.0.0.1:80/"), 0);
        assert_int_equal(endpoint_publish(engine, instance, "mood", "good"), 0);
        assert_int_equal(endpoint_publish(engine, instance, "http", "evil:1"), -EEXIST);
        assert_string_equal(endpoint_find(instance, "http"), "127.0.0.1:80");
        assert_int_equal(endpoint_publish(engine, instance, "url", "http://other/"), 0);
        assert_string_equal(endpoint_find(instance, "url"), "http://other/");

        fake_os_exit("a", CLD_KILLED, SIGSEGV);
        fake_os_run();
        assert_string_equal(state_names[instance->state], "backoff");
        assert_null(endpoint_find(instance, "http"));
        fake_os_advance(2000 * MS);
        assert_string_equal(state_names[instance->state], "ready");
        assert_string_equal(endpoint_find(instance, "http"), "127.0.0.1:80");
        assert_null(endpoint_find(instance, "mood"));
        assert_null(endpoint_find(instance, "url"));
        endpoint_forget_sockets(instance);
        assert_null(instance->endpoints);
        fixture_done(&fixture);
}

/* P20, P37: names and values are bounded, and clean */
static void test_bounds(void **state)
{
        static const struct {
                const char *name, *value;
                int error;
        } cases[] = {
                {"a", "x", 0},           {"a-b_c9", "täst", 0},      {"", "x", -EINVAL},
                {"A", "x", -EINVAL},     {"9", "x", -EINVAL},        {"a.b", "x", -EINVAL},
                {"a b", "x", -EINVAL},   {"a", "x\ny", -EINVAL},     {"a", "x\033[2J", -EINVAL},
                {"a", "\xff", -EINVAL},  {"a", "x\x7f", -EINVAL},    {"a", "\xc2\x9b", -EINVAL},
                {"a12345678901234567890123456789012345678901234567890123456789012", "x", 0},
                {"a123456789012345678901234567890123456789012345678901234567890123", "x", -EINVAL},
        };
        Fixture fixture;
        Told told;
        Instance *instance = begin(&fixture, &told);
        Engine *engine = engine_of(&fixture);
        g_autofree char *longest = g_strnfill(ENDPOINT_VALUE_MAX, 'x');
        g_autofree char *longer = g_strnfill(ENDPOINT_VALUE_MAX + 1, 'x');

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                if (endpoint_publish(engine, instance, cases[i].name, cases[i].value) != cases[i].error)
                        fail_msg("case %zu", i);
        assert_int_equal(endpoint_publish(engine, instance, "a", longest), 0);
        assert_int_equal(endpoint_publish(engine, instance, "a", longer), -ENOSPC);
        for (unsigned i = 3; i < ENDPOINTS_MAX; i++) {
                g_autofree char *name = g_strdup_printf("n%u", i);

                assert_int_equal(endpoint_publish(engine, instance, name, "x"), 0);
        }
        assert_int_equal(endpoint_publish(engine, instance, "one-more", "x"), -ENOSPC);
        assert_int_equal(endpoint_publish(engine, instance, "n3", "y"), 0); /* those that are there may change */
        assert_string_equal(endpoint_find_own(instance, "n3"), "y");
        fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_visible_while_ready),
                cmocka_unit_test(test_incarnations),
                cmocka_unit_test(test_bounds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
