/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "run/container_data.h"
#include "run/decide.h"
#include "run/live.h"
#include "run/neighbours.h"

enum { HELD = 1, GOES_FIRST = 2 }; /* bits of Engine.held */

static void on_fixture_event(const RunEvent *event, void *userdata)
{
        Fixture *fixture = userdata;

        if (run_event_is_hint(event->kind)) {
                assert_int_equal(event->sequence, 0);
                return;
        }
        assert_int_equal(event->sequence, fixture->last_sequence + 1); /* §63, §145: contiguous, in order */
        fixture->last_sequence = event->sequence;
        if (event->kind == RUN_TRANSITION)
                g_string_append_printf(fixture->trail, "%s %s>%s %s\n", event->component, state_names[event->from],
                                       state_names[event->to], event->reason);
}

static void empty_folder(const Fixture *fixture)
{
        g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
        const char *name;

        while (folder && (name = g_dir_read_name(folder))) {
                g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

                (void) g_unlink(path);
        }
}

void fixture_prepare(Fixture *fixture)
{
        static const FakeBehaviour good = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = MS};

        *fixture = (Fixture){.trail = g_string_new(NULL)};
        fake_os_reset();
        fake_os_set_behaviour(NULL, &good);
        settings_init(&fixture->settings);
        fixture->settings.max_parallel_starts = 100;
        /* One name for all: names of files are interned for good, and a thousand of them are a leak to the leak
         * checker. */
        fixture->folder = g_strdup_printf("%s/reeve-run-%d", g_get_tmp_dir(), (int) getpid());
        assert_int_equal(g_mkdir_with_parents(fixture->folder, 0700), 0);
        empty_folder(fixture); /* of one with our number that was killed, or failed */
}

void fixture_load(Fixture *fixture, const char *const *modules)
{
        g_auto(DiagList) diags;
        const char *paths[] = {fixture->folder, NULL};

        diag_list_init(&diags);
        for (; *modules; modules += 2) {
                g_autofree char *path = g_build_filename(fixture->folder, modules[0], NULL);

                assert_true(g_file_set_contents(path, modules[1], -1, NULL));
        }
        assert_int_equal(loop_new(&fixture->loop), 0);
        assert_int_equal(process_host_new(fixture->loop, true, -1, &fixture->host), 0);
        assert_int_equal(runtime_directory_new("/fake", &fixture->directory), 0);
        assert_int_equal(container_new(&(ContainerOptions){.settings = &fixture->settings,
                                                           .loop = fixture->loop,
                                                           .host = fixture->host,
                                                           .directory = fixture->directory,
                                                           .is_foreground = true},
                                       &fixture->container),
                         0);
        observers_add(container_observers(fixture->container), on_fixture_event, fixture);
        if (container_load(fixture->container, &(LoadRequest){.settings = &fixture->settings, .paths = paths}, false,
                           &diags) < 0)
                fail_msg("%s", ((Diag *) diags.items->pdata[0])->text);
}

void fixture_init(Fixture *fixture, const char *const *modules)
{
        fixture_prepare(fixture);
        fixture_load(fixture, modules);
}

void fixture_start(Fixture *fixture)
{
        container_start(fixture->container);
        fake_os_run();
}

void fixture_done(Fixture *fixture)
{
        container_free(fixture->container);
        process_host_free(fixture->host);
        runtime_directory_free(fixture->directory);
        loop_free(fixture->loop);
        settings_done(&fixture->settings);
        empty_folder(fixture);
        (void) g_rmdir(fixture->folder);
        g_free(fixture->folder);
        g_string_free(fixture->trail, TRUE);
}

const Instance *instance_of(const Fixture *fixture, const char *name)
{
        int64_t node = registry_find_component(container_plan(fixture->container)->registry, name);

        assert_true(node >= 0);
        return container_instance(fixture->container, (uint32_t) node);
}

const char *state_of(const Fixture *fixture, const char *name)
{
        return state_names[instance_of(fixture, name)->state];
}

const char *sub_state_of(const Fixture *fixture, const char *name)
{
        return sub_state_names[instance_of(fixture, name)->sub_state];
}

const char *result_of(const Fixture *fixture, const char *name)
{
        return result_names[instance_of(fixture, name)->end.result];
}

const char *container_word(const Fixture *fixture)
{
        return container_state_names[container_state(fixture->container)];
}

void fixture_run(Fixture *fixture, const char *text)
{
        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
        fixture_start(fixture);
}

void assert_order(const char *log, const char *a, const char *b)
{
        const char *first = strstr(log, a), *second = strstr(log, b);

        if (!first || !second || first >= second)
                fail_msg("expected %s before %s in:\n%s", a, b, log);
}

static Engine *engine_of(const Fixture *fixture)
{
        return &fixture->container->settle.engine;
}

static Instance *nth(const Fixture *fixture, uint32_t node)
{
        return &engine_of(fixture)->instances[node];
}

#define check(condition, node) \
        do { \
                if (!(condition)) \
                        fixture_complain(fixture, #condition, node, __LINE__); \
        } while (0)

void fixture_complain(Fixture *fixture, const char *what, uint32_t node, int line)
{
        const Plan *plan = engine_of(fixture)->plan;
        const NodeCount *count = &engine_of(fixture)->counts[node];

        for (const char *entry = fixture->trail->str; *entry; entry = strchr(entry, '\n') + 1)
                print_error("%.*s", (int) (strchr(entry, '\n') - entry + 1), entry);
        for (uint32_t i = 0; i < plan->n_components; i++)
                print_error(" %s=%s", plan_node_name(plan, i), state_names[nth(fixture, i)->state]);
        print_error("\n%s: pending %u, down %u, bound %u, ordered %u\n", plan_node_name(plan, node), count->pending,
                    count->down, count->bound, count->ordered);
        fail_msg("seed %u, step %u, %s: %s (line %d)", fixture->seed, fixture->step, plan_node_name(plan, node), what,
                 line);
}

static bool has_process(const Instance *instance)
{
        return instance->live && (instance->live->process || instance->live->hook);
}

static unsigned standing_anew(const Instance *instance)
{
        bool is_ready = instance->state == STATE_READY && !instance->is_stop_wanted;
        bool is_retried = instance->is_down && (instance->state == STATE_BACKOFF || instance->state == STATE_WAITING ||
                                                instance->state == STATE_STARTING);
        bool is_at_rest = instance->state == STATE_INACTIVE || instance->state == STATE_FAILED ||
                          instance->state == STATE_BLOCKED || instance->state == STATE_SKIPPED;

        return (is_ready ? IS_READY : 0u) | (is_ready || is_retried || is_at_rest ? IS_SETTLED : 0u) |
               (instance->is_down ? IS_DOWN : 0u);
}

static unsigned standing_of_node(Fixture *fixture, uint32_t node)
{
        const Plan *plan = engine_of(fixture)->plan;
        uint32_t n;
        const uint32_t *edges;

        if (!plan_is_barrier(plan, node))
                return standing_anew(nth(fixture, node));
        edges = graph_edges(&plan->graph, node, DOWN, &n);
        for (uint32_t i = 0; i < n; i++)
                if (!(standing_of_node(fixture, plan->graph.edges[edges[i]].to) & IS_SETTLED))
                        return 0;
        return IS_SETTLED;
}

/* Counts one node's edges downwards: what it waits for. */
static void check_waits(Fixture *fixture, uint32_t node)
{
        const Engine *engine = engine_of(fixture);
        uint32_t n, pending = 0, down = 0;
        const uint32_t *edges = graph_edges(&engine->plan->graph, node, DOWN, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &engine->plan->graph.edges[edges[i]];
                unsigned standing = standing_of_node(fixture, edge->to);

                if (engine->plan->is_cut[edges[i]])
                        continue;
                pending += !(standing & (edge->kind == EDGE_REQUIRES ? IS_READY : IS_SETTLED));
                down += edge->kind == EDGE_REQUIRES && (standing & IS_DOWN);
        }
        check(engine->counts[node].pending == pending, node);
        check(engine->counts[node].down == down, node);
}

/* And upwards: who lives of it. */
static uint32_t check_holders(Fixture *fixture, uint32_t node)
{
        const Engine *engine = engine_of(fixture);
        uint32_t n, bound = 0, ordered = 0;
        const uint32_t *edges = graph_edges(&engine->plan->graph, node, UP, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &engine->plan->graph.edges[edges[i]];
                bool is_barrier = plan_is_barrier(engine->plan, edge->from);

                bound += (engine->held[edges[i]] & HELD) && (edge->kind == EDGE_REQUIRES || edge->kind == EDGE_WANTS);
                ordered += is_barrier ? check_holders(fixture, edge->from) > 0
                                      : (engine->held[edges[i]] & GOES_FIRST) != 0;
                check(!engine->held[edges[i]] || (!is_barrier && nth(fixture, edge->from)->is_holding), node);
        }
        check(engine->counts[node].bound == bound, node);
        check(engine->counts[node].ordered == ordered, node);
        return ordered;
}

static void check_instance(Fixture *fixture, uint32_t node)
{
        const Engine *engine = engine_of(fixture);
        Instance *instance = nth(fixture, node);
        StateEvent event;
        bool is_external = engine_definition(engine, instance)->type == TYPE_EXTERNAL;

        check(engine->counts[node].standing == standing_anew(instance), node);
        check(instance->is_holding == engine_is_active(instance), node);
        check(instance->is_stop_wanted || instance->state == STATE_STOPPING || instance->goal == GOAL_NONE, node);
        check(!(instance->state == STATE_WAITING && engine->counts[node].down > 0), node);
        check(!(instance->state == STATE_BLOCKED && engine->counts[node].down == 0), node);
        check(!(neighbours_can_stop(engine, instance) && decide_wish(engine, instance, EVENT_STOP, &event)), node);
        check(!neighbours_can_start(engine, instance) || engine->is_closing ||
                      engine->n_starting >= engine->max_starting,
              node);
        check(instance->state == STATE_STARTING || instance->state == STATE_STOPPING || !instance->live ||
                      !instance->live->hook,
              node);
        check(instance->state != STATE_BACKOFF || (instance->live && instance->live->timer), node);
        check(instance->state != STATE_STOPPING || has_process(instance), node);
        check(instance->state != STATE_STARTING || has_process(instance) || is_external, node);
        if (!has_process(instance) && !is_external && instance->state != STATE_BACKOFF)
                check(!instance->live, node); /* no timer, no handle is left behind */
        if (is_external && (instance->state == STATE_READY || instance->state == STATE_STARTING))
                check(instance->live && (instance->live->timer || instance->live->probe), node);
}

/* §95, §105, §50: nobody lives on a static provider that is not ready, unless it is on its way out. */
static void check_edge(Fixture *fixture, uint32_t i)
{
        const Engine *engine = engine_of(fixture);
        const Edge *edge = &engine->plan->graph.edges[i];
        const Instance *dependent, *provider;

        if (!(engine->held[i] & HELD) || plan_is_barrier(engine->plan, edge->to) ||
            (edge->kind != EDGE_REQUIRES && edge->kind != EDGE_WANTS))
                return;
        dependent = nth(fixture, edge->from);
        provider = nth(fixture, edge->to);
        if (provider->state != STATE_READY && (dependent->state == STATE_READY || dependent->state == STATE_STARTING))
                check(dependent->is_stop_wanted, edge->from);
        /* Only one that has crashed is cleaned up before its dependents are gone. */
        check((provider->state != STATE_STOPPING || provider->end.result != RESULT_SUCCESS ||
               provider->live->is_exited) &&
                      provider->state != STATE_STARTING,
              edge->to);
}

void fixture_check(Fixture *fixture)
{
        const Engine *engine = engine_of(fixture);
        const Plan *plan = engine->plan;
        uint32_t n_starting = 0, n_unsettled = 0, n_holding = 0;

        check(engine->queue.length == 0 && engine->dirty->len == 0, 0);
        for (uint32_t node = 0; node < plan->graph.n_nodes; node++) {
                check_waits(fixture, node);
                (void) check_holders(fixture, node);
        }
        for (uint32_t node = 0; node < plan->n_components; node++) {
                check_instance(fixture, node);
                n_starting += nth(fixture, node)->state == STATE_STARTING && !nth(fixture, node)->is_lending &&
                              plan_definition(container_plan(fixture->container), node)->type != TYPE_EXTERNAL;
                n_unsettled += !(standing_anew(nth(fixture, node)) & IS_SETTLED) && plan->nodes[node].is_wanted;
                n_holding += nth(fixture, node)->is_holding;
        }
        for (uint32_t i = 0; i < plan->graph.n_edges; i++)
                check_edge(fixture, i);
        check(engine->n_starting == n_starting && (n_starting <= engine->max_starting || fixture->has_lent_slots), 0);
        check(engine->n_unsettled == n_unsettled, 0);
        check(engine->n_holding == n_holding, 0);
}
