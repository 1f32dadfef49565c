/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random containers, random occurrences, and after each of them everything the engine keeps count of is counted anew
 * from the states and the held edges. On failure the seed is told: `unit-run-test_random SEED` repeats that one. */
#include "fixture.h"

#include <stdlib.h>

#include "run/container_data.h"
#include "run/live.h"

enum { MOST = 12, N_MODULES = 3, N_SEEDS = 1000, N_STEPS = 60 };

#define check(world, condition, node) \
        do { \
                if (!(condition)) \
                        fixture_complain(&(world)->fixture, #condition, node, __LINE__); \
        } while (0)

typedef struct World {
        Fixture fixture;
        GRand *chance;
        uint32_t n;                /* components that were written down; modules' hooks come beside them */
        uint32_t stopped_at[MOST + N_MODULES]; /* incarnation, plus one, of what was stopped by hand; 0: it was not */
        bool has_ended_well[MOST + N_MODULES]; /* by itself */
        bool is_recovering;        /* who is watched asks for patience as soon as it is ready */
        char *wrong;               /* seen from within an observer */
} World;

static Engine *engine_of(World *world)
{
        return &world->fixture.container->settle.engine;
}

static uint32_t n_nodes(World *world)
{
        return engine_of(world)->plan->n_components;
}

static Instance *nth(World *world, uint32_t node)
{
        return &engine_of(world)->instances[node];
}

static bool has_process(const Instance *instance)
{
        return instance->live && instance->live->process;
}

/* §76: at the end of an incarnation, whatever became of it. */
static const char *wrong_hooks(World *world, const Instance *instance)
{
        const Definition *definition = engine_definition(engine_of(world), instance);
        bool is_constructed = instance->timings.constructed != 0, is_ready = instance->timings.ready != 0;
        uint8_t called = instance->called;

        if (instance->live && instance->live->hook)
                return "a hook outlives its incarnation";
        if (is_ready && definition_n_lines(definition, HOOK_STARTUP) > 0 && !(called & 1u << HOOK_STARTUP))
                return "it was ready without its startup hook";
        if ((called & 1u << HOOK_SHUTDOWN) && !is_ready)
                return "it was shut down without having been ready";
        if ((called & 1u << HOOK_PRE_DESTROY) && !is_constructed)
                return "it was destroyed without having been constructed";
        if (is_constructed && definition_n_lines(definition, HOOK_PRE_DESTROY) > 0 &&
            !(called & 1u << HOOK_PRE_DESTROY))
                return "it was not destroyed";
        return NULL;
}

/* Legal in the table, but for nobody's wish: a component that was to run is lost for good (P1, §105). */
static void on_transition(const RunEvent *event, void *userdata)
{
        World *world = userdata;
        const Instance *instance;
        const LifeSpec *life;
        bool is_wished, is_strict, is_end;
        const char *wrong;

        if (event->kind != RUN_TRANSITION || world->wrong)
                return;
        instance = nth(world, event->node);
        is_end = event->from == STATE_STOPPING || ((event->from == STATE_STARTING || event->from == STATE_READY) &&
                                                   event->to != STATE_READY && event->to != STATE_STOPPING);
        wrong = is_end ? wrong_hooks(world, instance) : NULL;
        if (wrong)
                world->wrong = g_strdup_printf("%s, %s>%s: %s", event->component, state_names[event->from],
                                               state_names[event->to], wrong);
        if (event->to == STATE_READY && world->is_recovering)
                fake_os_notify_from(event->component, fake_os_pid(event->component), "WATCHDOG_USEC=0");
        if (event->to == STATE_STOPPING)
                world->has_ended_well[event->node] = strcmp(event->reason, "exited-clean") == 0;
        life = engine_definition(engine_of(world), instance)->life;
        is_strict = engine_of(world)->is_start_judged &&
                    engine_definition(engine_of(world), instance)->policy == POLICY_STRICT;
        is_wished = instance->is_stopped_by_user || engine_of(world)->is_closing;
        if (event->to == STATE_INACTIVE && !is_wished && event->from != STATE_FAILED &&
            strcmp(event->reason, "exited-clean") != 0 &&
            !(event->from == STATE_STOPPING && world->has_ended_well[event->node]))
                world->wrong = g_strdup_printf("%s went from %s to inactive, which nobody wanted", event->component,
                                               state_names[event->from]);
        if (event->to == STATE_FAILED && !is_wished && !is_strict && life->restart != RESTART_NEVER &&
            instance->end.result != RESULT_START_LIMIT)
                world->wrong = g_strdup_printf("%s went from %s to failed in spite of Restart=", event->component,
                                               state_names[event->from]);
        if (event->to == STATE_STARTING && is_wished)
                world->wrong = g_strdup_printf("%s was started although it is to be stopped (§72)", event->component);
}

static void add_refs(World *world, GString *text, uint32_t i)
{
        static const char *const kinds[] = {"Requires", "Requires", "Requires", "Wants", "After", "Resolves"};

        for (uint32_t j = 0; j < i; j++)
                if (g_rand_int_range(world->chance, 0, 4) == 0)
                        g_string_append_printf(text, "%s=c%u\n",
                                               kinds[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(kinds))], j);
        if (i + 1 < world->n && g_rand_int_range(world->chance, 0, 6) == 0)
                g_string_append_printf(text, "Resolves=c%u\n", i + 1); /* closes a cycle now and then (§41) */
}

static void add_hooks(World *world, GString *text)
{
        for (Hook hook = 0; hook < HOOK_N_; hook++)
                for (gint32 n = g_rand_int_range(world->chance, -2, 3); n > 0; n--)
                        g_string_append_printf(text, "%s/%s\n", hook_keys[hook], hook_names[hook]);
}

static void add_component(World *world, GString *text, uint32_t i)
{
        static const char *const types[] = {"simple", "notify", "notify", "notify", "oneshot", "external"};
        static const char *const restarts[] = {"never", "on-failure", "always", "always"};
        static const char *const delays[] = {"0", "1ms", "30ms"};
        static const char *const policies[] = {"warn", "warn", "warn",   "warn",   "warn",  "warn",
                                               "warn", "warn", "ignore", "ignore", "strict"};
        const char *type = types[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(types))];

        g_string_append_printf(
                text,
                "[Component c%u]\nType=%s\nTimeoutStartSec=80ms\nTimeoutStopSec=60ms\nRestart=%s\nRestartSec=%s\n"
                "RestartMaxDelaySec=50ms\nStartLimitBurst=%d\nStartRetries=%d\nStartupErrorPolicy=%s\nStart=%"
                "s\nPriority=%d\n",
                i, type, restarts[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(restarts))],
                delays[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(delays))],
                g_rand_boolean(world->chance) ? 100000 : 3, g_rand_int_range(world->chance, 0, 2),
                policies[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(policies))],
                g_rand_int_range(world->chance, 0, 5) ? "eager" : "lazy", g_rand_int_range(world->chance, -2, 3));
        if (strcmp(type, "external") == 0)
                g_string_append_printf(text, "ReadyProbe=unix:/c%u\nProbeIntervalSec=20ms\n", i);
        else
                g_string_append_printf(text, "ExecStart=/c%u\n", i);
        if (strcmp(type, "external") != 0 && g_rand_boolean(world->chance))
                add_hooks(world, text);
        if (strcmp(type, "notify") == 0 && g_rand_int_range(world->chance, 0, 4) == 0)
                g_string_append(text, "WatchdogSec=40ms\n");
        if (i + 1 == world->n && g_rand_int_range(world->chance, 0, 4) == 0)
                g_string_append(text, "ConditionPathExists=/does/not/exist\n");
        add_refs(world, text, i);
}

/* Components in the order of their numbers fill the modules, so that references go to earlier ones alone. */
static void make_modules(World *world, char *texts[N_MODULES])
{
        uint32_t n_modules = (uint32_t) g_rand_int_range(world->chance, 1, N_MODULES + 1);

        for (uint32_t module = 0; module < N_MODULES; module++) {
                GString *text = g_string_new("[Module]\n");

                for (uint32_t other = 0; other < module && module < n_modules; other++)
                        if (g_rand_boolean(world->chance))
                                g_string_append_printf(text, "Requires=m%u\n", other);
                if (g_rand_int_range(world->chance, 0, 3) == 0)
                        add_hooks(world, text);
                for (uint32_t i = 0; i < world->n; i++)
                        if (i * n_modules / world->n == module)
                                add_component(world, text, i);
                texts[module] = g_string_free(text, FALSE);
        }
}

static uint64_t random_usec(World *world, gint32 below_msec)
{
        return (uint64_t) g_rand_int_range(world->chance, 0, below_msec) * 1000;
}

static void random_behaviour(World *world, uint32_t i)
{
        FakeBehaviour behaviour = {.ready_usec = random_usec(world, 20), .exit_usec = FAKE_NEVER,
                                   .stop_usec = random_usec(world, 30)};
        g_autofree char *name = g_strdup_printf("c%u", i), *address = g_strdup_printf("unix:/c%u", i);

        switch (g_rand_int_range(world->chance, 0, 8)) {
        case 0:
                behaviour.ready_usec = FAKE_NEVER;
                break;
        case 1:
                behaviour.exit_usec = random_usec(world, 20);
                behaviour.code = CLD_EXITED;
                behaviour.status = g_rand_int_range(world->chance, 0, 2);
                break;
        case 2:
                behaviour.is_deaf = true;
                break;
        case 3:
        case 4:
                behaviour.has_survivors = true;
                break;
        default:
                break;
        }
        fake_os_set_behaviour(name, &behaviour);
        fake_os_set_probe(address, g_rand_int_range(world->chance, 0, 3) == 0 ? ECONNREFUSED : 0);
}

/* Of the hooks of NAME; mostly they end well. */
static void random_errands(World *world, const char *name)
{
        for (Hook hook = 0; hook < HOOK_N_; hook++) {
                FakeBehaviour behaviour = {
                        .ready_usec = FAKE_NEVER, .exit_usec = random_usec(world, 15), .code = CLD_EXITED};
                g_autofree char *errand = g_strdup_printf("%s:%s", name, hook_names[hook]);

                switch (g_rand_int_range(world->chance, 0, 12)) {
                case 0:
                        behaviour.status = 1;
                        break;
                case 1:
                        behaviour.exit_usec = random_usec(world, 200);
                        behaviour.is_deaf = g_rand_boolean(world->chance);
                        break;
                case 2:
                        behaviour.code = CLD_KILLED;
                        behaviour.status = SIGSEGV;
                        break;
                default:
                        break;
                }
                fake_os_set_behaviour(errand, &behaviour);
        }
}

static void random_behaviours(World *world, uint32_t node)
{
        const char *name = plan_node_name(engine_of(world)->plan, node);

        if (name[0] == 'c')
                random_behaviour(world, (uint32_t) strtoul(name + 1, NULL, 10));
        random_errands(world, name);
}

static void check_all(World *world)
{
        if (world->wrong)
                fixture_complain(&world->fixture, world->wrong, 0, 0);
        fixture_check(&world->fixture);
        for (uint32_t node = 0; node < n_nodes(world); node++)
                if (world->stopped_at[node] > 0 && nth(world, node)->is_stopped_by_user)
                        check(world, nth(world, node)->incarnation + 1 == world->stopped_at[node], node); /* §72 */
}

static void use_verb(World *world, const char *name, uint32_t node)
{
        Container *container = world->fixture.container;
        g_auto(DiagList) diags;
        Change *change;

        diag_list_init(&diags);
        switch (g_rand_int_range(world->chance, 0, 5)) {
        case 0:
        case 1:
                (void) !container_start_component(container, name, &change, &diags);
                break;
        case 2:
                if (container_stop_component(container, name, g_rand_boolean(world->chance), &change, &diags) == 0)
                        world->stopped_at[node] = nth(world, node)->incarnation + 1;
                break;
        case 3:
                (void) !container_restart_component(container, name, &change, &diags);
                break;
        default:
                (void) !container_reset_component(container, name, &change, &diags);
                break;
        }
}

static void disturb_process(World *world, const char *name)
{
        if (!fake_os_is_running(name))
                return;
        switch (g_rand_int_range(world->chance, 0, 6)) {
        case 0:
                fake_os_exit(name, CLD_EXITED, 0);
                break;
        case 1:
                fake_os_exit(name, CLD_EXITED, 1);
                break;
        case 2:
                fake_os_notify(name, "READY=1");
                break;
        case 3:
                fake_os_notify(name,
                               g_rand_boolean(world->chance) ? "EXTEND_TIMEOUT_USEC=30000" : "MAINPID=1\nREADY=1");
                break;
        default:
                fake_os_exit(name, CLD_KILLED, SIGKILL);
                break;
        }
}

/* Of its hook that runs, if one does. */
static void disturb_hook(World *world, const char *name)
{
        for (Hook hook = 0; hook < HOOK_N_; hook++) {
                g_autofree char *errand = g_strdup_printf("%s:%s", name, hook_names[hook]);

                if (!fake_os_is_running(errand))
                        continue;
                if (g_rand_boolean(world->chance))
                        fake_os_notify_from(name, fake_os_pid(errand),
                                            "READY=1\nEXTEND_TIMEOUT_USEC=30000\nWATCHDOG=1");
                else
                        fake_os_exit(errand, CLD_EXITED, g_rand_int_range(world->chance, 0, 2));
        }
}

static void occur(World *world)
{
        static const char *const calls[] = {"notify", "output", "directory", "account", "probe"};
        uint32_t node = (uint32_t) g_rand_int_range(world->chance, 0, (gint32) n_nodes(world));
        const char *name = plan_node_name(engine_of(world)->plan, node);
        const Instance *instance = nth(world, node);

        switch (g_rand_int_range(world->chance, 0, 13)) {
        case 0:
                random_behaviours(world, node);
                break;
        case 12:
                disturb_hook(world, name);
                break;
        case 1:
        case 2:
                use_verb(world, name, node);
                break;
        case 3:
                if (has_process(instance) && instance->live->is_exited)
                        fake_os_gone(name);
                break;
        case 4:
                fake_os_fail_next_spawn(g_rand_boolean(world->chance) ? EMFILE : ENOENT, "exec");
                break;
        case 5:
                fake_os_fail_call(calls[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(calls))], 1, EMFILE);
                break;
        case 6:
        case 7:
                fake_os_advance(random_usec(world, 60));
                break;
        default:
                disturb_process(world, name);
                break;
        }
}

/* P24: the causes are gone; whoever is wanted and has neither ended for good nor was stopped, runs. */
static void recover(World *world)
{
        static const FakeBehaviour good = {.ready_usec = MS, .exit_usec = FAKE_NEVER, .stop_usec = MS},
                                   job = {.ready_usec = FAKE_NEVER,
                                          .exit_usec = MS,
                                          .code = CLD_EXITED,
                                          .stop_usec = MS},
                                   errand_done = {.ready_usec = FAKE_NEVER, .code = CLD_EXITED};

        world->is_recovering = true;
        fake_os_fail_call("none", 1, 0);
        fake_os_fail_next_spawn(0, NULL);
        for (uint32_t node = 0; node < n_nodes(world); node++) {
                const char *name = plan_node_name(engine_of(world)->plan, node);
                g_autofree char *address = g_strdup_printf("unix:/%s", name);
                const Instance *instance = nth(world, node);

                for (Hook hook = 0; hook < HOOK_N_; hook++) {
                        g_autofree char *errand = g_strdup_printf("%s:%s", name, hook_names[hook]);

                        fake_os_set_behaviour(errand, &errand_done);
                        if (fake_os_is_running(errand))
                                fake_os_exit(errand, CLD_EXITED, 0);
                }

                fake_os_notify_from(name, fake_os_pid(name), "WATCHDOG_USEC=0");
                fake_os_set_behaviour(
                        name,
                        plan_definition(engine_of(world)->plan, instance->node)->type == TYPE_ONESHOT ? &job : &good);
                fake_os_set_probe(address, 0);
                if (has_process(instance) && instance->live->is_exited)
                        fake_os_gone(name);
        }
        for (int i = 0; i < 20; i++) {
                fake_os_advance(SECOND);
                check_all(world);
        }
        for (uint32_t node = 0; node < n_nodes(world); node++) {
                State state = nth(world, node)->state;

                check(world,
                      state == STATE_READY || state == STATE_INACTIVE || state == STATE_FAILED ||
                              state == STATE_BLOCKED || state == STATE_SKIPPED,
                      node);
        }
        if (container_result(world->fixture.container) == CONTAINER_RESULT_START_FAILED) {
                check(world, container_state(world->fixture.container) == CONTAINER_FAILED && fake_os_n_running() == 0,
                      0); /* §93 */
                return;
        }
        check(world, container_state(world->fixture.container) == CONTAINER_RUNNING, 0); /* §89 */
        for (guint i = 0; i < container_changes(world->fixture.container)->len; i++)
                check(world, ((const Change *) container_changes(world->fixture.container)->pdata[i])->ended > 0, 0);
}

/* §100, §101: nothing is started any more, and nothing is left. */
static void end_it(World *world)
{
        uint64_t n_spawned = engine_of(world)->n_spawned;
        bool is_rolled_back = container_state(world->fixture.container) == CONTAINER_STOPPING;

        container_shutdown(world->fixture.container, "terminate");
        for (int i = 0; i < 40; i++) {
                check_all(world);
                disturb_process(world,
                                plan_node_name(engine_of(world)->plan,
                                               (uint32_t) g_rand_int_range(world->chance, 0, (gint32) n_nodes(world))));
                fake_os_advance(10 * MS);
        }
        for (uint32_t node = 0; node < n_nodes(world); node++)
                if (has_process(nth(world, node)) && nth(world, node)->live->is_exited)
                        fake_os_gone(plan_node_name(engine_of(world)->plan, node));
        fake_os_advance(100 * SECOND);
        check_all(world);
        check(world, engine_of(world)->n_spawned == n_spawned, 0);
        check(world, fake_os_n_running() == 0, 0);
        check(world,
              container_state(world->fixture.container) == (is_rolled_back ? CONTAINER_FAILED : CONTAINER_STOPPED), 0);
        check(world, strstr(world->fixture.trail->str, "left-behind") == NULL, 0);
}

static void run_seed(uint32_t seed, uint32_t n_steps)
{
        World world = {.chance = g_rand_new_with_seed(seed)};
        char *texts[N_MODULES];

        world.n = (uint32_t) g_rand_int_range(world.chance, 1, MOST + 1);
        make_modules(&world, texts);
        fixture_prepare(&world.fixture);
        world.fixture.seed = seed;
        world.fixture.settings.max_parallel_starts = (uint32_t) g_rand_int_range(world.chance, 1, 6);
        world.fixture.settings.stop_budget = SECOND;
        fixture_load(&world.fixture,
                     (const char *const[]){"m0.module", texts[0], "m1.module", texts[1], "m2.module", texts[2], NULL});
        observers_add(container_observers(world.fixture.container), on_transition, &world);
        for (uint32_t node = 0; node < n_nodes(&world); node++)
                random_behaviours(&world, node);
        fixture_start(&world.fixture);
        for (world.fixture.step = 0; world.fixture.step < n_steps; world.fixture.step++) {
                occur(&world);
                if (g_rand_int_range(world.chance, 0, 3) == 0)
                        continue; /* several at once */
                fake_os_run();
                check_all(&world);
        }
        fake_os_run();
        if (g_rand_boolean(world.chance))
                recover(&world);
        end_it(&world);
        fixture_done(&world.fixture);
        for (uint32_t i = 0; i < N_MODULES; i++)
                g_free(texts[i]);
        g_rand_free(world.chance);
        g_free(world.wrong);
}

static uint32_t only_seed;

/* §50-58, §60, §70-72, §95, §98, §105, P1, P7, P14, P24 */
static void test_random(void **state)
{
        (void) state;
        for (uint32_t seed = 1; seed <= N_SEEDS && only_seed == 0; seed++)
                run_seed(seed, N_STEPS);
        if (only_seed > 0)
                run_seed(only_seed, N_STEPS);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

        only_seed = argc > 1 ? (uint32_t) strtoul(argv[1], NULL, 10) : 0;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
