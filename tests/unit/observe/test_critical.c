/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The critical path of random starts on the twin of os, held against a slow recount from the log of transitions. On
 * failure the seed is told: `unit-observe-test_critical SEED` repeats that one. */
#include "fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "observe/critical.h"

enum { MOST = 14, N_MODULES = 3, N_SEEDS = 600 };

typedef struct Entry {
        uint64_t usec;
        uint32_t node;
        State from, to;
        bool is_settled; /* §52 */
} Entry;

typedef struct World {
        Fixture fixture;
        GRand *chance;
        GArray *log; /* of Entry, until the start has ended */
        FakeBehaviour behaviours[MOST];
        uint32_t seed, n, n_slots;
} World;

static void complain(const World *world, int line, const char *what)
{
        for (guint i = 0; i < world->log->len; i++) {
                const Entry *entry = &g_array_index(world->log, Entry, i);

                print_message("%" G_GUINT64_FORMAT " c%u %s > %s%s\n", entry->usec, entry->node,
                              state_names[entry->from], state_names[entry->to], entry->is_settled ? " settled" : "");
        }
        for (uint32_t node = 0; node < world->n; node++) {
                StartRecord record = metrics_start(world->fixture.metrics, node);

                print_message("%s %s requested %" G_GUINT64_FORMAT " deps_ready %" G_GUINT64_FORMAT
                              " slot %" G_GUINT64_FORMAT " settled %" G_GUINT64_FORMAT "\n",
                              plan_node_name(container_plan(world->fixture.container), node),
                              state_names[record.outcome], record.timings.requested, record.timings.deps_ready,
                              record.timings.slot, record.settled);
        }
        fail_msg("seed %u with %u slots, line %d: %s", world->seed, world->n_slots, line, what);
}

#define check(world, condition)                                                                                        \
        do {                                                                                                           \
                if (!(condition))                                                                                      \
                        complain(world, __LINE__, #condition);                                                         \
        } while (0)

static void on_event(const RunEvent *event, void *userdata)
{
        World *world = userdata;
        const Instance *instance;
        const LifeSpec *life;
        Entry entry = {.usec = event->usec, .node = event->node, .from = event->from, .to = event->to};

        if (event->kind != RUN_TRANSITION || container_times(world->fixture.container)->finished != 0)
                return;
        instance = container_instance(world->fixture.container, event->node);
        life = plan_definition(container_plan(world->fixture.container), event->node)->life;
        entry.is_settled = event->to == STATE_READY || event->to == STATE_FAILED || event->to == STATE_BLOCKED ||
                           event->to == STATE_SKIPPED || event->to == STATE_INACTIVE ||
                           (event->to == STATE_BACKOFF && instance->n_attempts > life->start_retries);
        g_array_append_val(world->log, entry);
}

static void add_refs(World *world, GString *text, uint32_t i)
{
        static const char *const kinds[] = {"Requires", "Requires", "Requires", "Wants", "After", "Resolves"};

        for (uint32_t j = 0; j < i; j++)
                if (g_rand_int_range(world->chance, 0, 4) == 0)
                        g_string_append_printf(text, "%s=c%u\n", kinds[g_rand_int_range(world->chance, 0, 6)], j);
        if (i + 1 < world->n && g_rand_int_range(world->chance, 0, 6) == 0)
                g_string_append_printf(text, "Resolves=c%u\n", i + 1);
}

static void add_component(World *world, GString *text, uint32_t i)
{
        static const char *const types[] = {"simple", "notify", "notify", "notify", "oneshot"};
        static const char *const policies[] = {"warn", "warn", "warn", "ignore", "strict"};
        const char *type = types[g_rand_int_range(world->chance, 0, 5)];
        FakeBehaviour behaviour = {.exit_usec = FAKE_NEVER};

        behaviour.ready_usec = (uint64_t) g_rand_int_range(world->chance, 0, 30) * 1000;
        behaviour.stop_usec = (uint64_t) g_rand_int_range(world->chance, 0, 20) * 1000;
        if (strcmp(type, "oneshot") == 0 || g_rand_int_range(world->chance, 0, 6) == 0) {
                behaviour.exit_usec = behaviour.ready_usec;
                behaviour.code = CLD_EXITED;
                behaviour.status = g_rand_int_range(world->chance, 0, 5) == 0;
                behaviour.ready_usec = FAKE_NEVER;
        }
        world->behaviours[i] = behaviour;
        g_string_append_printf(text,
                               "[Component c%u]\nType=%s\nExecStart=/c%u\nTimeoutStartSec=%dms\nTimeoutStopSec=15ms\n"
                               "RestartSec=%dms\nStartRetries=%d\nRestart=%s\nStartupErrorPolicy=%s\nStart=%s\n",
                               i, type, i, g_rand_int_range(world->chance, 10, 60),
                               g_rand_int_range(world->chance, 1, 20), g_rand_int_range(world->chance, 0, 3),
                               g_rand_boolean(world->chance) ? "never" : "on-failure",
                               policies[g_rand_int_range(world->chance, 0, 5)],
                               g_rand_int_range(world->chance, 0, 5) ? "eager" : "lazy");
        if (i + 1 == world->n && g_rand_int_range(world->chance, 0, 3) == 0)
                g_string_append(text, "ConditionPathExists=/does/not/exist\n");
        add_refs(world, text, i);
}

static void world_init(World *world, uint32_t seed)
{
        GString *texts[N_MODULES];
        const char *all[N_MODULES + 1] = {NULL};

        *world = (World){.chance = g_rand_new_with_seed(seed), .seed = seed};
        world->log = g_array_new(FALSE, FALSE, sizeof(Entry));
        world->n = (uint32_t) g_rand_int_range(world->chance, 1, MOST + 1);
        world->n_slots = (uint32_t) (const int[]){1, 1, 2, 3, 100}[g_rand_int_range(world->chance, 0, 5)];
        for (uint32_t module = 0; module < N_MODULES; module++) {
                texts[module] = g_string_new("[Module]\n");
                for (uint32_t other = 0; other < module; other++)
                        if (g_rand_boolean(world->chance))
                                g_string_append_printf(texts[module], "Requires=%c\n", "mno"[other]);
                for (uint32_t i = 0; i < world->n; i++)
                        if (i * N_MODULES / world->n == module)
                                add_component(world, texts[module], i);
                all[module] = texts[module]->str;
        }
        fixture_init_modules(&world->fixture, all, world->n_slots);
        for (uint32_t module = 0; module < N_MODULES; module++)
                g_string_free(texts[module], TRUE);
        for (uint32_t i = 0; i < world->n; i++) {
                g_autofree char *name = g_strdup_printf("c%u", i);

                fake_os_set_behaviour(name, &world->behaviours[i]);
        }
        observers_add(container_observers(world->fixture.container), on_event, world);
}

static void world_done(World *world)
{
        observers_remove(container_observers(world->fixture.container), on_event, world);
        fixture_done(&world->fixture);
        g_array_unref(world->log);
        g_rand_free(world->chance);
}

static const Entry *nth(const World *world, guint i)
{
        return &g_array_index(world->log, Entry, i);
}

/* When NODE settled, by the log: when it became ready, and if it never did, when that was clear first. 0: neither. */
static uint64_t settled(const World *world, uint32_t node)
{
        uint64_t first = 0;

        for (guint i = 0; i < world->log->len; i++) {
                const Entry *entry = nth(world, i);

                if (entry->node != node || !entry->is_settled)
                        continue;
                if (entry->to == STATE_READY)
                        return entry->usec;
                if (first == 0)
                        first = entry->usec;
        }
        return first;
}

/* The first transition of NODE into STATE, or log->len. */
static guint find_first(const World *world, uint32_t node, State state)
{
        guint i = 0;

        while (i < world->log->len && (nth(world, i)->node != node || nth(world, i)->to != state))
                i++;
        return i;
}

/* Whose leaving freed the only slot last before NODE got one, after it could have used it; RUN_NO_NODE: nobody's. */
static uint32_t slow_slot(const World *world, uint32_t node, uint64_t deps_ready)
{
        guint taken = find_first(world, node, STATE_STARTING);
        uint32_t n_starting = 0, who = RUN_NO_NODE;

        for (guint i = 0; i < taken; i++) {
                const Entry *entry = nth(world, i);

                if (entry->from == STATE_STARTING && n_starting-- == world->n_slots && entry->usec > deps_ready)
                        who = entry->node;
                n_starting += entry->to == STATE_STARTING;
        }
        return who;
}

/* The latest moment, not after LIMIT, at which something settled that NODE reaches by edge I, through barriers; and
 * whether WHO is one that settled then. */
static uint64_t slow_latest(const World *world, uint32_t i, uint64_t limit, uint32_t who, bool *ret_is_who)
{
        const Plan *plan = container_plan(world->fixture.container);
        uint32_t to = plan->graph.edges[i].to, n;
        const uint32_t *edges = graph_edges(&plan->graph, to, DOWN, &n);
        uint64_t latest = 0;

        if (!plan_is_barrier(plan, to)) {
                latest = settled(world, to);
                *ret_is_who = to == who;
                return latest <= limit ? latest : 0;
        }
        for (uint32_t j = 0; j < n; j++) {
                bool is_who = false;
                uint64_t at = slow_latest(world, edges[j], UINT64_MAX, who, &is_who);

                if (at > latest)
                        *ret_is_who = false;
                if (at >= latest) {
                        *ret_is_who |= is_who;
                        latest = at;
                }
        }
        return latest <= limit ? latest : 0;
}

/* NEXT, NULL at the end of the path, is what STEP waited for last. */
static void check_step(const World *world, const CriticalStep *step, const CriticalStep *next)
{
        const Plan *plan = container_plan(world->fixture.container);
        StartRecord record = metrics_start(world->fixture.metrics, step->node);
        const Timings *timings = &record.timings;
        uint32_t n, slot_of = timings->slot ? slow_slot(world, step->node, timings->deps_ready) : RUN_NO_NODE;
        const uint32_t *edges = graph_edges(&plan->graph, step->node, DOWN, &n);
        uint64_t latest = 0, limit = timings->slot ? timings->slot : record.settled;
        bool is_next = false;

        check(world, step->wait_slot + step->own == step->until - step->begin);
        check(world, !next || next->until == step->begin);
        check(world, (step->reason == STEP_SLOT) == (slot_of != RUN_NO_NODE));
        if (slot_of != RUN_NO_NODE) {
                check(world, next && next->node == slot_of && step->begin == timings->slot);
                return;
        }
        for (uint32_t i = 0; i < n; i++) {
                bool is_who = false;
                uint64_t at = plan->is_cut[edges[i]]
                                      ? 0
                                      : slow_latest(world, edges[i], limit, next ? next->node : RUN_NO_NODE, &is_who);

                if (at == 0)
                        continue;
                if (record.outcome == STATE_BLOCKED && timings->slot == 0 &&
                    (plan->graph.edges[edges[i]].kind != EDGE_REQUIRES ||
                     metrics_start(world->fixture.metrics, plan->graph.edges[edges[i]].to).outcome == STATE_READY))
                        continue;
                if (at > latest)
                        is_next = false;
                if (at >= latest)
                        is_next |= is_who && step->edge != UINT32_MAX &&
                                   (int) plan->graph.edges[step->edge].kind + STEP_REQUIRES == (int) step->reason;
                latest = MAX(latest, at);
        }
        check(world, (next == NULL) == (step->reason == STEP_START));
        if (next)
                check(world, is_next && step->begin == latest && latest > timings->requested);
        else
                check(world, latest <= timings->requested || timings->requested == 0);
}

/* §144: Σ (own + wait_slot) = last settled - first requested */
static void check_path(const World *world, GArray *path, uint64_t last)
{
        const CriticalStep *steps = (const CriticalStep *) (void *) path->data;
        uint64_t sum = 0, first;

        check(world, path->len > 0 && steps[0].until == last && settled(world, steps[0].node) == last);
        for (guint i = 0; i < path->len; i++) {
                sum += steps[i].own + steps[i].wait_slot;
                check_step(world, &steps[i], i + 1 < path->len ? &steps[i + 1] : NULL);
        }
        first = metrics_start(world->fixture.metrics, steps[path->len - 1].node).timings.requested;
        if (first == 0)
                first = last; /* skipped: never asked for */
        check(world, sum == last - first);
}

static void check_world(World *world)
{
        const Plan *plan = container_plan(world->fixture.container);
        g_autofree StartRecord *starts = metrics_starts(world->fixture.metrics);
        g_autofree bool *is_critical = g_new0(bool, plan->graph.n_edges + 1);
        uint64_t latest = 0;

        for (uint32_t node = 0; node < plan->n_components; node++) {
                g_autoptr(GArray) path = critical_path(plan, starts, node, NULL);
                uint64_t at = settled(world, node);

                check(world, starts[node].settled == at);
                check(world, (path->len > 0) == (at != 0));
                latest = MAX(latest, at);
                if (at != 0)
                        check_path(world, path, at);
        }
        if (latest != 0) {
                g_autoptr(GArray) path = critical_path(plan, starts, critical_last(plan, starts), is_critical);

                check_path(world, path, latest);
        }
}

static uint32_t only_seed;

/* §144: also after a failed start, and whatever has been restarted since */
static void test_random(void **state)
{
        for (uint32_t seed = only_seed ? only_seed : 1; seed <= (only_seed ? only_seed : N_SEEDS); seed++) {
                World world;

                world_init(&world, seed);
                fixture_start(&world.fixture);
                while (container_times(world.fixture.container)->finished == 0)
                        fake_os_advance(1000);
                check_world(&world);
                fake_os_advance(300 * 1000);
                check_world(&world);
                container_shutdown(world.fixture.container, "test");
                fake_os_advance(SECOND);
                check_world(&world);
                world_done(&world);
        }
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_random),
        };

        only_seed = argc > 1 ? (uint32_t) strtoul(argv[1], NULL, 10) : 0;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
