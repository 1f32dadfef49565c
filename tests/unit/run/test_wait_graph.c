/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* §83: who would wait for himself is told at once, with the way. Small cases by hand, and random ones in which a slow
 * oracle, that knows nothing but states, edges and who waits, says the same. `unit-run-test_wait_graph SEED` repeats
 * one. */
#include "resolve_fixture.h"

#include <stdlib.h>

#include "run/container_data.h"

enum { MOST = 7, N_MODULES = 2, N_NODES = MOST + 2 * N_MODULES, N_ASKERS = 24, N_SEEDS = 400, N_STEPS = 60 };

static const FakeBehaviour silent = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .stop_usec = MS};

#define NOTIFY(name) "[Component " name "]\nType=notify\nExecStart=/" name "\n"

/* Each asks in turn while it starts; the last one is refused. WAY is how. */
static void test_cases(void **state)
{
        static const struct {
                const char *modules[5];
                const char *asks[3][2];
                const char *way;
        } cases[] = {
                {{"m.module", NOTIFY("a"), NULL}, {{"a", "a"}}, "a>a"},
                {{"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\nRequires=a\n", NULL}, {{"a", "b"}}, "a>b>a"},
                /* what it waits for need not be required: it only waits for that, too */
                {{"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\nWants=a\n", NULL}, {{"a", "b"}}, "a>b>a"},
                {{"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\nAfter=a\n", NULL}, {{"a", "b"}}, "a>b>a"},
                /* over somebody else, who starts and waits in his hook */
                {{"m.module", NOTIFY("a") NOTIFY("b") NOTIFY("c") "Start=lazy\nRequires=b\n", NULL},
                 {{"b", "a"}, {"a", "c"}},
                 "a>c>b>a"},
                {{"m.module", NOTIFY("a") NOTIFY("b"), NULL}, {{"a", "b"}, {"b", "a"}}, "b>a>b"},
                /* over the barrier of a module */
                {{"m.module", NOTIFY("a"), "n.module", "[Module]\nRequires=m\n" NOTIFY("b") "Start=lazy\n", NULL},
                 {{"a", "b"}},
                 "a>b>module m>a"},
                {{"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\nRequires=c\n" NOTIFY("c") "Start=lazy\nRequires=a\n"
                              "[Alias x]\nTarget=b\n", NULL},
                 {{"a", "x"}},
                 "a>b>c>a"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Fixture fixture;
                Asker askers[3] = {0};
                size_t n = 0;

                fixture_init(&fixture, cases[i].modules);
                fake_os_set_behaviour(NULL, &silent);
                fixture_start(&fixture);
                for (; n < 3 && cases[i].asks[n][0]; n++) {
                        bool is_last = n + 1 == 3 || !cases[i].asks[n + 1][0];

                        assert_int_equal(ask_as(&askers[n], &fixture, cases[i].asks[n][0], cases[i].asks[n][1]),
                                         is_last ? -EDEADLK : 0);
                }
                assert_refused(&askers[n - 1], -EDEADLK, DIAG_RUNTIME_CYCLE);
                assert_string_equal(askers[n - 1].path, cases[i].way);
                for (size_t j = 0; j < n; j++)
                        asker_done(&askers[j]);
                fixture_done(&fixture);
        }
}

/* §83: the way has file and line of each step, of the reference by which it is taken */
static void test_places(void **state)
{
        Fixture fixture;
        Resolution resolution;
        Waiter *waiter;
        g_auto(DiagList) diags;
        const Diag *diag;
        ResolveRequest request = {.key = "b"};

        (void) state;
        diag_list_init(&diags);
        fixture_init(&fixture,
                     (const char *const[]){"m.module",
                                           NOTIFY("a") "Resolves=b\n" NOTIFY("b") "Start=lazy\nRequires=a\n", NULL});
        fake_os_set_behaviour(NULL, &silent);
        fixture_start(&fixture);
        request.requester = instance_of(&fixture, "a")->node;
        assert_int_equal(container_resolve(fixture.container, &request, &resolution, &waiter, &diags), -EDEADLK);
        diag = diags.items->pdata[0];
        assert_int_equal(diag->origin.line, 4);
        assert_int_equal(diag->path->len, 3);
        assert_string_equal(((const DiagStep *) diag->path->pdata[0])->kind, "resolves");
        assert_int_equal(((const DiagStep *) diag->path->pdata[0])->origin.line, 4);
        assert_string_equal(((const DiagStep *) diag->path->pdata[1])->kind, "requires");
        assert_int_equal(((const DiagStep *) diag->path->pdata[1])->origin.line, 9);
        assert_true(g_str_has_suffix(((const DiagStep *) diag->path->pdata[1])->origin.file, "m.module"));
        assert_string_equal(fake_os_log("spawn "), "spawn a\n"); /* nothing was begun */
        fixture_done(&fixture);
}

/* §83: no circle: who is ready already may ask for what needs him */
static void test_ready(void **state)
{
        Fixture fixture;
        Asker asker;

        (void) state;
        fixture_init(&fixture,
                     (const char *const[]){"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\nRequires=a\n", NULL});
        fixture_start(&fixture);
        assert_int_equal(ask_as(&asker, &fixture, "a", "b"), 0);
        fake_os_advance(MS);
        assert_given(&asker, "b");
        fixture_done(&fixture);
}

/* §83: a circle that is closed by a later start: who waits in his hook is told then */
static void test_late(void **state)
{
        Fixture fixture;
        Asker asker;
        Change *change;
        g_auto(DiagList) diags;

        (void) state;
        diag_list_init(&diags);
        /* b waits for c, and that only if it is started, which nobody but a user does here; c requires a */
        fixture_init(&fixture, (const char *const[]){"m.module",
                                                     NOTIFY("a") NOTIFY("d") "Start=lazy\n"
                                                     NOTIFY("b") "Start=lazy\nRequires=d\nAfter=c\n"
                                                     NOTIFY("c") "Start=lazy\nRequires=a\n", NULL});
        fake_os_set_behaviour(NULL, &silent);
        fixture_start(&fixture);
        assert_int_equal(ask_as(&asker, &fixture, "a", "b"), 0);
        fake_os_advance(MS);
        assert_waits(&asker);
        assert_int_equal(container_start_component(fixture.container, "c", &change, &diags), 0);
        assert_refused(&asker, -EDEADLK, DIAG_RUNTIME_CYCLE);
        assert_string_equal(asker.path, "a>b>c>a");
        asker_done(&asker);
        fixture_done(&fixture);
}

/* §53, §83: who waits in a start hook lends its slot to what it waits for */
static void test_slot(void **state)
{
        Fixture fixture;
        Asker asker;

        (void) state;
        fixture_prepare(&fixture);
        fixture.settings.max_parallel_starts = 1;
        fixture.has_lent_slots = true;
        fixture_load(&fixture, (const char *const[]){"m.module", NOTIFY("a") NOTIFY("b") "Start=lazy\n" NOTIFY("c")
                                                     "Requires=a\n", NULL});
        fake_os_set_behaviour("a", &silent);
        fixture_start(&fixture);
        assert_int_equal(ask_as(&asker, &fixture, "a", "b"), 0);
        fake_os_advance(MS);
        assert_given(&asker, "b");
        assert_string_equal(state_of(&fixture, "a"), "starting");
        fixture_check(&fixture);
        fake_os_notify("a", "READY=1");
        fake_os_advance(MS);
        assert_string_equal(container_word(&fixture), "running");
        fixture_check(&fixture);
        fixture_done(&fixture);
}

typedef struct World {
        Fixture fixture;
        GRand *chance;
        Asker askers[N_ASKERS];
        uint32_t requester[N_ASKERS], incarnation[N_ASKERS], target[N_ASKERS];
        bool waits[N_NODES][N_NODES]; /* and, closed, may only be reached */
} World;

static const Instance *nth(const World *world, uint32_t node)
{
        return container_instance(world->fixture.container, node);
}

static bool is_serving(const Instance *instance)
{
        return instance->state == STATE_READY && !instance->is_stop_wanted;
}

static bool is_settled(const Instance *instance)
{
        State state = instance->state;

        return is_serving(instance) || state == STATE_INACTIVE || state == STATE_FAILED || state == STATE_BLOCKED ||
               state == STATE_SKIPPED ||
               (instance->is_down && (state == STATE_BACKOFF || state == STATE_WAITING || state == STATE_STARTING));
}

static bool is_node_settled(const World *world, uint32_t node)
{
        const Plan *plan = container_plan(world->fixture.container);

        if (!plan_is_barrier(plan, node))
                return is_settled(nth(world, node));
        for (uint32_t i = 0; i < plan->graph.n_edges; i++)
                if (plan->graph.edges[i].from == node && !plan->is_cut[i] &&
                    !is_node_settled(world, plan->graph.edges[i].to))
                        return false;
        return true;
}

static void close_oracle(World *world, uint32_t n)
{
        for (uint32_t k = 0; k < n; k++)
                for (uint32_t i = 0; i < n; i++)
                        for (uint32_t j = 0; j < n; j++)
                                world->waits[i][j] |= world->waits[i][k] && world->waits[k][j];
}

/* Of those that wait already; or, ARE_ALL, of those as well that would if they were to start now. */
static bool is_waiting(const Instance *instance, bool are_all)
{
        return are_all ? !is_serving(instance) && !instance->is_stopped_by_user && instance->state != STATE_STARTING
                       : instance->state == STATE_WAITING;
}

static void ask_oracle(World *world, bool are_all)
{
        const Plan *plan = container_plan(world->fixture.container);

        memset(world->waits, 0, sizeof(world->waits));
        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                const Edge *edge = &plan->graph.edges[i];

                if (plan->is_cut[i] ||
                    (!plan_is_barrier(plan, edge->from) && !is_waiting(nth(world, edge->from), are_all)))
                        continue;
                world->waits[edge->from][edge->to] = edge->kind == EDGE_REQUIRES ? !is_serving(nth(world, edge->to))
                                                                                 : !is_node_settled(world, edge->to);
        }
        for (uint32_t i = 0; i < N_ASKERS; i++)
                if (world->askers[i].waiter && nth(world, world->requester[i])->state == STATE_STARTING &&
                    !nth(world, world->requester[i])->is_stopped_by_user)
                        world->waits[world->requester[i]][world->target[i]] = true;
        close_oracle(world, plan->graph.n_nodes);
}

static void make_modules(World *world, char *texts[N_MODULES])
{
        static const char *const kinds[] = {"Requires", "Requires", "Wants", "After", "Resolves"};
        uint32_t n = (uint32_t) g_rand_int_range(world->chance, 2, MOST + 1);

        for (uint32_t module = 0; module < N_MODULES; module++) {
                GString *text = g_string_new("[Module]\n");

                if (module > 0 && g_rand_boolean(world->chance))
                        g_string_append(text, "Requires=m0\n");
                for (uint32_t i = module * n / N_MODULES; i < (module + 1) * n / N_MODULES; i++) {
                        g_string_append_printf(
                                text, "[Component c%u]\nType=notify\nExecStart=/c%u\nStart=%s\nRestart=%s\n"
                                      "RestartSec=1ms\nStartupErrorPolicy=warn\n",
                                i, i, g_rand_boolean(world->chance) ? "lazy" : "eager",
                                g_rand_boolean(world->chance) ? "never" : "on-failure");
                        for (uint32_t j = 0; j < i; j++)
                                if (g_rand_int_range(world->chance, 0, 3) == 0)
                                        g_string_append_printf(text, "%s=c%u\n",
                                                               kinds[g_rand_int_range(world->chance, 0,
                                                                                      G_N_ELEMENTS(kinds))],
                                                               j);
                }
                texts[module] = g_string_free(text, FALSE);
        }
}

static uint32_t any_component(World *world)
{
        return (uint32_t) g_rand_int_range(world->chance, 0,
                                           (gint32) container_plan(world->fixture.container)->n_components);
}

static void ask_somebody(World *world)
{
        uint32_t slot = (uint32_t) g_rand_int_range(world->chance, 0, N_ASKERS), requester = any_component(world),
                 target = any_component(world);
        const Plan *plan = container_plan(world->fixture.container);
        bool is_circle;
        int r;

        if (world->askers[slot].waiter || nth(world, requester)->state != STATE_STARTING ||
            is_serving(nth(world, target)))
                return;
        ask_oracle(world, true);
        is_circle = target == requester || world->waits[target][requester];
        asker_done(&world->askers[slot]);
        world->requester[slot] = requester;
        world->incarnation[slot] = nth(world, requester)->incarnation;
        world->target[slot] = target;
        r = ask_for(&world->askers[slot], &world->fixture,
                    (ResolveRequest){.key = plan_node_name(plan, target), .requester = requester});
        if ((r == -EDEADLK) != is_circle)
                fixture_complain(&world->fixture, is_circle ? "a circle was missed" : "a circle that is none",
                                 requester, __LINE__);
        if (is_circle) {
                assert_true(g_str_has_prefix(world->askers[slot].path, plan_node_name(plan, requester)));
                assert_true(g_str_has_suffix(world->askers[slot].path, plan_node_name(plan, requester)));
        }
}

static void occur(World *world)
{
        uint32_t node = any_component(world);
        const char *name = plan_node_name(container_plan(world->fixture.container), node);
        g_auto(DiagList) diags;
        Change *change;

        diag_list_init(&diags);
        switch (g_rand_int_range(world->chance, 0, 12)) {
        case 0:
                (void) !container_start_component(world->fixture.container, name, &change, &diags);
                break;
        case 1:
                (void) !container_stop_component(world->fixture.container, name, true, &change, &diags);
                break;
        case 2:
                (void) !container_restart_component(world->fixture.container, name, &change, &diags);
                break;
        case 3:
                if (fake_os_is_running(name))
                        fake_os_exit(name, CLD_EXITED, g_rand_int_range(world->chance, 0, 2));
                break;
        case 4:
        case 5:
                if (fake_os_is_running(name))
                        fake_os_notify(name, "READY=1");
                break;
        case 6:
                fake_os_advance(3 * MS);
                break;
        default:
                ask_somebody(world);
                break;
        }
}

/* As the connection of a component does when that ends. */
static void hang_up(World *world)
{
        for (uint32_t i = 0; i < N_ASKERS; i++)
                if (world->askers[i].waiter && (nth(world, world->requester[i])->incarnation != world->incarnation[i] ||
                                                nth(world, world->requester[i])->state != STATE_STARTING)) {
                        resolve_cancel(world->askers[i].waiter);
                        world->askers[i].waiter = NULL;
                }
}

static void run_seed(uint32_t seed)
{
        World world = {.chance = g_rand_new_with_seed(seed)};
        char *texts[N_MODULES];

        make_modules(&world, texts);
        fixture_prepare(&world.fixture);
        world.fixture.seed = seed;
        world.fixture.has_lent_slots = true;
        world.fixture.settings.max_parallel_starts = (uint32_t) g_rand_int_range(world.chance, 1, 5);
        fixture_load(&world.fixture, (const char *const[]){"m0.module", texts[0], "m1.module", texts[1], NULL});
        fake_os_set_behaviour(NULL, &silent);
        fixture_start(&world.fixture);
        for (world.fixture.step = 0; world.fixture.step < N_STEPS; world.fixture.step++) {
                occur(&world);
                fake_os_run();
                hang_up(&world);
                fake_os_run();
                fixture_check(&world.fixture);
                ask_oracle(&world, false);
                for (uint32_t node = 0; node < container_plan(world.fixture.container)->graph.n_nodes; node++)
                        if (world.waits[node][node])
                                fixture_complain(&world.fixture, "it waits for itself", 0, __LINE__);
        }
        for (uint32_t i = 0; i < N_ASKERS; i++) {
                resolve_cancel(world.askers[i].waiter);
                asker_done(&world.askers[i]);
        }
        fixture_done(&world.fixture);
        for (uint32_t i = 0; i < N_MODULES; i++)
                g_free(texts[i]);
        g_rand_free(world.chance);
}

static uint32_t only_seed;

/* §83, §129 */
static void test_random(void **state)
{
        (void) state;
        for (uint32_t seed = 1; seed <= N_SEEDS && only_seed == 0; seed++)
                run_seed(seed);
        if (only_seed > 0)
                run_seed(only_seed);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cases), cmocka_unit_test(test_places), cmocka_unit_test(test_ready),
                cmocka_unit_test(test_late),  cmocka_unit_test(test_slot),   cmocka_unit_test(test_random),
        };

        only_seed = argc > 1 ? (uint32_t) strtoul(argv[1], NULL, 10) : 0;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
