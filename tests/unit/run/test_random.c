/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random containers, random occurrences, and after each of them everything the engine keeps count of is counted anew
 * from the states and the held edges. On failure the seed is told: `unit-run-test_random SEED` repeats that one. */
#include "random_fixture.h"

#include <stdlib.h>

#include "run/sockets.h"
#include "run/waiter.h"

enum { N_SEEDS = 600, N_STEPS = 60 };

#define check(world, condition, node) \
        do { \
                if (!(condition)) \
                        fixture_complain(&(world)->fixture, #condition, node, __LINE__); \
        } while (0)

/* §76: at the end of an incarnation, whatever became of it. */
static const char *wrong_hooks(World *world, const Instance *instance)
{
        const Definition *definition = engine_definition(engine_of(world), instance);
        bool is_constructed = instance->timings.constructed != 0, is_ready = instance->timings.ready != 0;
        uint8_t called = instance->hooks.called;

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
        is_strict = engine_of(world)->is_start_judged && engine_of(world)->plan->nodes[event->node].is_wanted &&
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

/* §128: nobody is forgotten: whoever waits does so for something that is on its way. */
static void check_waiters(World *world)
{
        const Resolver *resolver = world->fixture.container->resolver;
        uint32_t n = 0;

        for (uint32_t i = 0; i < N_ASKERS; i++) {
                const Waiter *waiter = world->askers[i].waiter;

                check(world, world->askers[i].n_answers <= 1, 0);
                if (!waiter)
                        continue;
                n++;
                check(world,
                      resolve_judge(nth(world, waiter->node)) == VERDICT_WAIT ||
                              nth(world, waiter->node)->state == STATE_BACKOFF,
                      waiter->node);
        }
        check(world, resolver->n_waiters == n && resolver->due->len == 0 && resolver->risen->len == 0, 0);
}

/* Whoever is inactive and has its sockets open is started by who connects. */
static void check_door(World *world, uint32_t node)
{
        uint32_t n;
        const int *descriptors = sockets_descriptors(nth(world, node), &n);
        bool is_inactive = nth(world, node)->state == STATE_INACTIVE;

        for (uint32_t i = 0; i < n; i++)
                check(world, fake_os_is_awaiting(descriptors[i]) == is_inactive, node);
        check(world, n == 0 || !is_inactive || !nth(world, node)->is_stopped_by_user, node); /* §72 */
}

static void check_all(World *world)
{
        if (world->wrong)
                fixture_complain(&world->fixture, world->wrong, 0, 0);
        fixture_check(&world->fixture);
        check_waiters(world);
        for (uint32_t node = 0; node < n_nodes(world); node++)
                check_door(world, node);
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

static void ask_somebody(World *world, uint32_t node)
{
        uint32_t slot = (uint32_t) g_rand_int_range(world->chance, 0, N_ASKERS);
        uint32_t requester = (uint32_t) g_rand_int_range(world->chance, 0, (gint32) n_nodes(world));
        const Instance *instance = nth(world, requester);
        ResolveRequest request = {.key = plan_node_name(engine_of(world)->plan, node),
                                  .requester = NODE_NONE,
                                  .is_try = g_rand_boolean(world->chance)};

        if (world->askers[slot].waiter) {
                resolve_cancel(world->askers[slot].waiter);
                world->askers[slot].waiter = NULL;
                return;
        }
        if (g_rand_boolean(world->chance) &&
            (instance->state == STATE_STARTING || instance->state == STATE_READY))
                request.requester = requester;
        if (g_rand_boolean(world->chance))
                request.timeout_usec = 1 + random_usec(world, 100);
        asker_done(&world->askers[slot]);
        world->requester[slot] = request.requester;
        world->incarnation[slot] = instance->incarnation;
        (void) ask_for(&world->askers[slot], &world->fixture, request);
}

/* As the connection of a component does when that ends. */
static void hang_up(World *world)
{
        for (uint32_t i = 0; i < N_ASKERS; i++) {
                const Instance *instance;

                if (!world->askers[i].waiter || world->requester[i] == NODE_NONE)
                        continue;
                instance = nth(world, world->requester[i]);
                if (instance->incarnation == world->incarnation[i] && engine_is_active(instance))
                        continue;
                resolve_cancel(world->askers[i].waiter);
                world->askers[i].waiter = NULL;
        }
}

static void connect_or_serve(World *world, uint32_t node)
{
        uint32_t n;
        const int *descriptors = sockets_descriptors(nth(world, node), &n);

        if (n == 0)
                return;
        if (nth(world, node)->state == STATE_INACTIVE)
                fake_os_connect(descriptors[0]);
        else
                fake_os_serve(descriptors[0]);
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
        static const char *const calls[] = {"notify", "output", "directory", "account", "probe", "listen", "arrival"};
        uint32_t node = (uint32_t) g_rand_int_range(world->chance, 0, (gint32) n_nodes(world));
        const char *name = plan_node_name(engine_of(world)->plan, node);
        const Instance *instance = nth(world, node);

        switch (g_rand_int_range(world->chance, 0, 18)) {
        case 0:
                random_behaviours(world, node);
                break;
        case 12:
                disturb_hook(world, name);
                break;
        case 13:
        case 14:
        case 15:
                ask_somebody(world, node);
                break;
        case 16:
                connect_or_serve(world, node);
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
                hang_up(world);
                check_all(world);
        }
        check(world, world->fixture.container->resolver->n_waiters == 0, 0); /* §83, §128: nobody waits for ever */
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
        check(world, world->fixture.container->resolver->n_waiters == 0, 0); /* §101 */
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
        world.fixture.has_lent_slots = true;
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
                hang_up(&world);
                fake_os_run();
                check_all(&world);
        }
        fake_os_run();
        hang_up(&world);
        if (g_rand_boolean(world.chance))
                recover(&world);
        end_it(&world);
        for (uint32_t i = 0; i < N_ASKERS; i++)
                asker_done(&world.askers[i]);
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
