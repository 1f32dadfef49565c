/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settle.h"

#include "decide.h"
#include "endpoint.h"
#include "live.h"
#include "neighbours.h"
#include "secret.h"
#include "sockets.h"

/* Spawns in one go before the loop sees to exits, notifications and clients again. */
#define SPAWNS_A_TURN 16

/* §50, §70: what is down follows from the state entered and where from; a failed start says so itself (decide). */
static void note_down(Instance *instance, State from)
{
        switch (instance->state) {
        case STATE_FAILED:
        case STATE_BLOCKED:
        case STATE_SKIPPED:
        case STATE_INACTIVE:
                instance->is_down = true;
                break;
        case STATE_READY:
                instance->is_down = false;
                break;
        case STATE_WAITING:
                if (from != STATE_BACKOFF)
                        instance->is_down = false;
                break;
        default:
                break;
        }
}

static bool is_end_of_stop(StateEvent event, State state)
{
        return (event >= EVENT_GONE_INACTIVE && event <= EVENT_GONE_FAILED) ||
               (event >= EVENT_EXIT_CLEAN && event <= EVENT_EXIT_GIVE_UP) ||
               (event == EVENT_STOP && state == STATE_INACTIVE);
}

/* What is only waited for takes nobody's slot. */
static void count_slots(Engine *engine, Instance *instance, State from)
{
        State to = instance->state;

        if (component_types[engine_definition(engine, instance)->type].is_foreign)
                return;
        if (from == STATE_STARTING && to != STATE_STARTING && instance->is_lending)
                instance->is_lending = false;
        else if (from == STATE_STARTING && to != STATE_STARTING)
                engine->n_starting--;
        else if (from != STATE_STARTING && to == STATE_STARTING)
                engine->n_starting++;
}

/* What it was given over its restarts. */
static void take_back(Engine *engine, Instance *instance)
{
        switch (instance->state) {
        case STATE_INACTIVE:
        case STATE_FAILED:
        case STATE_BLOCKED:
        case STATE_SKIPPED:
                secret_take_back(engine, instance);
                sockets_give_up(engine, instance);
                break;
        default:
                break;
        }
}

static void apply(Engine *engine, Instance *instance, StateEvent event, const char *reason)
{
        State from = instance->state;
        uint32_t stamp = instance->n_transitions;

        /* A failed start that had to be stopped first is down once that is over, and observers are to see it so. */
        if (event == EVENT_GONE_RETRY &&
            instance->n_attempts > engine_definition(engine, instance)->life->start_retries)
                instance->is_down = true;
        instance_dispatch(engine, instance, event, reason);
        if (instance->n_transitions == stamp)
                return;
        note_down(instance, from);
        count_slots(engine, instance, from);
        take_back(engine, instance);
        if (is_end_of_stop(event, instance->state)) {
                instance->is_stop_wanted = false;
                instance->goal = GOAL_NONE;
        }
        neighbours_update(engine, instance);
        if (from == STATE_READY && event != EVENT_STOP)
                neighbours_stop_dependents(engine, instance);
        engine_mark(engine, instance->node);
}

static void take(Engine *engine, const Occurrence *occurrence)
{
        Instance *instance = &engine->instances[occurrence->node];
        StateEvent event = occurrence->event;

        if (occurrence->stamp == ANY_TIME) {
                if (!decide_wish(engine, instance, occurrence->event, &event))
                        return;
        } else if (occurrence->stamp != instance->n_transitions) {
                return; /* it has left the state of which this was true */
        }
        apply(engine, instance, event, occurrence->reason);
}

static void line_up(Engine *engine, Instance *instance)
{
        uint32_t rank = engine->plan->nodes[instance->node].rank;

        if (instance->timings.deps_ready == 0)
                instance->timings.deps_ready = clock_monotonic();
        g_tree_insert(engine->runnable, GUINT_TO_POINTER(rank), GUINT_TO_POINTER(instance->node));
}

static void look_at(Engine *engine, Instance *instance, GPtrArray *stoppable)
{
        instance->is_dirty = false;
        if (instance->is_holding && !engine_is_active(instance))
                neighbours_release(engine, instance);
        if (neighbours_can_stop(engine, instance))
                g_ptr_array_add(stoppable, instance);
        else if (instance->state == STATE_WAITING && engine->counts[instance->node].down > 0)
                engine_wish(engine, instance, EVENT_BLOCK, "dependency-failed");
        else if (instance->state == STATE_BLOCKED && engine->counts[instance->node].down == 0)
                engine_wish(engine, instance, EVENT_UNBLOCK, "dependency-back");
        else if (neighbours_can_start(engine, instance))
                line_up(engine, instance);
}

static gint latest_first(gconstpointer a, gconstpointer b)
{
        const Instance *left = *(const Instance *const *) a, *right = *(const Instance *const *) b;

        return left->spawn_index > right->spawn_index ? -1 : left->spawn_index < right->spawn_index;
}

static void look_around(Engine *engine)
{
        g_autoptr(GPtrArray) stoppable = g_ptr_array_new();

        /* Marks set meanwhile are appended and seen in this same pass. */
        for (guint i = 0; i < engine->dirty->len; i++)
                look_at(engine, &engine->instances[g_array_index(engine->dirty, uint32_t, i)], stoppable);
        g_array_set_size(engine->dirty, 0);
        /* §98: what may stop at the same time does so in the reverse of its start. */
        g_ptr_array_sort(stoppable, latest_first);
        for (guint i = 0; i < stoppable->len; i++) {
                Instance *instance = stoppable->pdata[i];

                engine_wish(engine, instance, EVENT_STOP, goal_names[instance->goal]);
        }
}

/* §53, §54: the smallest rank goes first. False: nobody may, or no slot is free. */
static bool spawn_next(Engine *engine)
{
        GTreeNode *first;
        Instance *instance;

        while (!engine->is_closing && engine->n_starting < engine->max_starting &&
               (first = g_tree_node_first(engine->runnable)) != NULL) {
                instance = &engine->instances[GPOINTER_TO_UINT(g_tree_node_value(first))];
                g_tree_remove(engine->runnable, g_tree_node_key(first));
                if (!neighbours_can_start(engine, instance))
                        continue;
                instance->timings.slot = clock_monotonic();
                instance->incarnation++; /* the event that tells of the spawn is of the new one (§68) */
                apply(engine, instance, EVENT_SPAWN, "dependencies-ready");
                return true;
        }
        return false;
}

static void turn_once(Engine *engine, unsigned *budget)
{
        for (;;) {
                Occurrence *occurrence = g_queue_pop_head(&engine->queue);

                if (occurrence) {
                        take(engine, occurrence);
                        g_free(occurrence);
                } else if (engine->dirty->len > 0) {
                        look_around(engine);
                } else if (*budget == 0 || !spawn_next(engine)) {
                        return;
                } else {
                        (*budget)--;
                }
        }
}

void settle_turn(Engine *engine)
{
        Settle *settle = (Settle *) engine;
        unsigned budget = SPAWNS_A_TURN;

        if (settle->is_turning)
                return;
        settle->is_turning = true;
        do {
                turn_once(engine, &budget);
                settle->on_rest(engine, settle->userdata);
        } while (!g_queue_is_empty(&engine->queue) || engine->dirty->len > 0);
        settle->is_turning = false;
        if (budget == 0)
                (void) timer_set(settle->later, clock_monotonic());
}

static void on_later(Timer *timer, void *userdata)
{
        (void) timer;
        settle_turn(userdata);
}

int settle_init(Settle *settle, const EngineHost *host, Plan *plan, SettleRest on_rest, void *userdata)
{
        int r;

        *settle = (Settle){.on_rest = on_rest, .userdata = userdata};
        engine_init(&settle->engine, host, plan);
        settle->engine.turn = settle_turn;
        neighbours_init(&settle->engine);
        r = timer_new(host->loop, UINT64_MAX, on_later, settle, &settle->later);
        if (r < 0)
                return r;
        timer_set_priority(settle->later, LOOP_PRIORITY_IDLE);
        return 0;
}

void settle_done(Settle *settle)
{
        Engine *engine = &settle->engine;

        g_clear_pointer(&settle->later, timer_free);
        for (uint32_t node = 0; engine->instances && node < engine->plan->n_components; node++) {
                live_free(engine->instances[node].live);
                backoff_done(&engine->instances[node].backoff);
                endpoints_free(engine->instances[node].endpoints);
                sockets_free(engine->instances[node].sockets);
        }
        engine_done(engine);
}
