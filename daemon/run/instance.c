/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "instance.h"

#include <assert.h>

#include "decide.h"
#include "endpoint.h"
#include "factory.h"
#include "live.h"
#include "neighbours.h"
#include "stage.h"

const char *const goal_names[GOAL_N_] = {
        [GOAL_NONE] = "none",       [GOAL_RETRY] = "retry",       [GOAL_FAILED] = "failed",
        [GOAL_RESTART] = "restart", [GOAL_INACTIVE] = "inactive",
};

static void on_delay_over(Timer *timer, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        (void) timer;
        live_clear_timer(live);
        if (instance->state == STATE_BACKOFF)
                engine_post(engine, instance, EVENT_DELAY_OVER, "delay-over");
        live_release(instance);
        engine->turn(engine);
}

static void request(Instance *instance)
{
        instance->timings = (Timings){.requested = clock_monotonic()};
}

static void spawn(Engine *engine, Instance *instance)
{
        instance->counters.starts++;
        instance->spawn_index = ++engine->n_spawned;
        instance->ready_index = 0;
        instance->is_warned = instance->is_publish_warned = instance->is_announced = false;
        instance->hooks = (HookMarks){0};
        endpoint_forget_incarnation(instance);
        neighbours_hold(engine, instance);
        factory_of(engine_definition(engine, instance))->start(engine, instance);
}

static void serve(Engine *engine, Instance *instance)
{
        instance->timings.ready = clock_monotonic();
        instance->ready_index = ++engine->n_readied;
        instance->n_attempts = instance->n_shortages = 0;
        factory_of(engine_definition(engine, instance))->serve(engine, instance);
}

static void delay(Engine *engine, Instance *instance)
{
        uint64_t at = clock_after(decide_delay(instance, engine_definition(engine, instance)->life));

        /* No memory for a timer: better now than never. */
        if (live_set_timer(live_get(engine, instance), at, on_delay_over) < 0)
                engine_post(engine, instance, EVENT_DELAY_OVER, "delay-over");
}

static void release(Instance *instance)
{
        if (instance->live)
                live_clear_timer(instance->live);
        live_release(instance);
}

static void act(Engine *engine, Instance *instance, Action action)
{
        switch (action) {
        case ACTION_REQUEST:
                release(instance);
                request(instance);
                break;
        case ACTION_SPAWN:
                spawn(engine, instance);
                break;
        case ACTION_SERVE:
                serve(engine, instance);
                break;
        case ACTION_STOP:
                factory_of(engine_definition(engine, instance))->stop(engine, instance);
                break;
        case ACTION_DELAY:
                delay(engine, instance);
                break;
        case ACTION_RELEASE:
                release(instance);
                break;
        case ACTION_NONE:
        case ACTION_N_:
                break;
        }
}

static SubState first_sub_state(const Engine *engine, const Instance *instance)
{
        switch (instance->state) {
        case STATE_STARTING:
                return SUB_SPAWNED;
        case STATE_READY:
                return component_types[engine_definition(engine, instance)->type].is_done_when_ready ? SUB_EXITED
                                                                                                     : SUB_RUNNING;
        case STATE_STOPPING:
                return stage_first_of_stop(engine, instance);
        default:
                return SUB_NONE;
        }
}

void instance_dispatch(Engine *engine, Instance *instance, StateEvent event, const char *reason)
{
        Transition transition = state_transition(instance->state, event);
        State from = instance->state;

        if (!transition.is_legal) {
                engine_tell(engine, instance, RUN_WARNING, from, "illegal-event", state_event_names[event]);
                assert(!"illegal event");
                return;
        }
        instance->state = transition.next;
        instance->n_transitions++;
        instance->sub_state = first_sub_state(engine, instance);
        instance->since = engine_tell(engine, instance, RUN_TRANSITION, from, reason, NULL);
        act(engine, instance, transition.action);
}
