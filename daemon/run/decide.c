/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide.h"

#include <errno.h>
#include <signal.h>

/* At the start of the container; later there is no end to it. With the delays of decide_delay(): 6 s. */
#define SHORTAGES_AT_START 8
#define SHORTAGE_DELAY (100 * 1000)

static bool can_stop(State state)
{
        return state == STATE_WAITING || state == STATE_BLOCKED || state == STATE_BACKOFF || state == STATE_STARTING ||
               state == STATE_READY;
}

static bool decide_start(const Engine *engine, Instance *instance, StateEvent *ret)
{
        if (engine->is_closing)
                return false;
        switch (instance->state) {
        case STATE_INACTIVE:
        case STATE_FAILED:
                instance->n_attempts = instance->n_shortages = 0;
                *ret = EVENT_START;
                return true;
        case STATE_BACKOFF:
                instance->n_attempts = instance->n_shortages = 0;
                *ret = EVENT_DELAY_OVER;
                return true;
        case STATE_STOPPING:
                instance->goal = GOAL_RESTART; /* §71: remembered, honoured once it has gone */
                return false;
        default:
                if (instance->is_stop_wanted)
                        instance->goal = GOAL_RESTART; /* likewise: it still waits for its dependents to go */
                return false;
        }
}

bool decide_wish(const Engine *engine, Instance *instance, StateEvent wish, StateEvent *ret)
{
        const NodeCount *count = &engine->counts[instance->node];

        *ret = wish;
        switch (wish) {
        case EVENT_START:
                return decide_start(engine, instance, ret);
        case EVENT_STOP:
                return can_stop(instance->state);
        case EVENT_BLOCK:
                return instance->state == STATE_WAITING && count->down > 0;
        case EVENT_UNBLOCK:
                return instance->state == STATE_BLOCKED && count->down == 0;
        case EVENT_RESET:
                return instance->state == STATE_FAILED;
        case EVENT_SKIP:
                return instance->state == STATE_INACTIVE;
        default:
                return true;
        }
}

bool decide_is_clean(const LifeSpec *life, int code, int status)
{
        if (code != CLD_EXITED)
                return false;
        if (status == 0)
                return true;
        for (uint32_t i = 0; i < life->n_success_status; i++)
                if (life->success_status[i] == status)
                        return true;
        return false;
}

/* One more within the interval, or one too many. */
static StateEvent retry_within_limit(Instance *instance, const LifeSpec *life)
{
        if (backoff_add_crash(&instance->backoff, life, clock_monotonic())) {
                instance->counters.restarts++;
                return EVENT_EXIT_RETRY;
        }
        instance->end.result = RESULT_START_LIMIT;
        return EVENT_EXIT_GIVE_UP;
}

bool decide_is_short(int error)
{
        return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EAGAIN;
}

/* What the daemon is short of is not the component's failure. The steps in which the limits of the component itself
 * hold already do not count. */
static bool is_shortage(const LastEnd *end)
{
        return (end->result == RESULT_EXEC_FAILED || end->result == RESULT_HOOK_FAILED ||
                end->result == RESULT_ENDPOINT_FAILED) && decide_is_short(end->error) &&
               g_strcmp0(end->step, "exec") != 0 && g_strcmp0(end->step, "limit") != 0;
}

uint64_t decide_delay(const Instance *instance, const LifeSpec *life)
{
        uint64_t delay = SHORTAGE_DELAY;

        if (instance->n_shortages == 0)
                return backoff_delay(&instance->backoff, life);
        delay <<= MIN(instance->n_shortages - 1, 3);
        return MAX(delay, MIN(life->restart_delay, 10 * SHORTAGE_DELAY));
}

StateEvent decide_start_failure(Engine *engine, Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);
        const LifeSpec *life = definition->life;
        bool is_final = engine->is_start_judged && definition->policy == POLICY_STRICT &&
                        engine->plan->nodes[instance->node].is_wanted;

        instance->counters.failures++;
        if (engine->is_closing || (instance->is_stop_wanted && instance->goal != GOAL_RESTART))
                return EVENT_EXIT_GIVE_UP;
        if (is_shortage(&instance->end) && (!engine->is_start_judged || instance->n_shortages < SHORTAGES_AT_START)) {
                if (instance->n_shortages < UINT16_MAX)
                        instance->n_shortages++;
                return EVENT_EXIT_RETRY;
        }
        instance->n_shortages = 0;
        if (instance->n_attempts < UINT16_MAX)
                instance->n_attempts++;
        if (instance->n_attempts <= life->start_retries)
                return retry_within_limit(instance, life);
        instance->is_down = true;
        if (life->restart == RESTART_NEVER || is_final)
                return EVENT_EXIT_GIVE_UP;
        return retry_within_limit(instance, life);
}

StateEvent decide_exit(Engine *engine, Instance *instance)
{
        const LifeSpec *life = engine_definition(engine, instance)->life;
        bool is_clean = decide_is_clean(life, instance->end.code, instance->end.status);

        if (!is_clean)
                instance->counters.failures++;
        if (instance->goal == GOAL_INACTIVE || engine->is_closing)
                return EVENT_EXIT_CLEAN;
        if (instance->goal == GOAL_RESTART)
                return EVENT_EXIT_RETRY; /* it only came before its turn (§71) */
        if (is_clean && life->restart != RESTART_ALWAYS)
                return EVENT_EXIT_CLEAN;
        if (life->restart == RESTART_NEVER)
                return EVENT_EXIT_GIVE_UP;
        backoff_note_uptime(&instance->backoff, life, clock_monotonic() - instance->timings.ready);
        return retry_within_limit(instance, life);
}

StateEvent decide_gone(const Instance *instance)
{
        switch (instance->goal) {
        case GOAL_RESTART:
                return EVENT_GONE_RESTART;
        case GOAL_RETRY:
                return EVENT_GONE_RETRY;
        case GOAL_FAILED:
                return EVENT_GONE_FAILED;
        default:
                return EVENT_GONE_INACTIVE;
        }
}
