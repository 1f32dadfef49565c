/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage.h"

#include "decide.h"
#include "engine.h"
#include "factory.h"
#include "hook.h"
#include "wording.h"

/* What a component's other processes have after the end of its main process. */
#define HELPERS_USEC (1000 * 1000)

static const char *const ready_reasons[TYPE_N_] = {
        [TYPE_SIMPLE] = "spawned", [TYPE_NOTIFY] = "notified", [TYPE_ONESHOT] = "exited", [TYPE_MODULE] = "hooks-done",
        [TYPE_REEVE] = "hooks-done",
};

static const Definition *definition_of(const Live *live)
{
        return engine_definition(live->engine, live->instance);
}

static bool has_start_hooks(const Definition *definition)
{
        return definition_n_lines(definition, HOOK_POST_CONSTRUCT) > 0 ||
               definition_n_lines(definition, HOOK_STARTUP) > 0;
}

static void set_deadline(Live *live, uint64_t at, TimerHandler handler)
{
        /* Without memory for a timer the component is without a deadline: the one operation fails, nothing else. */
        (void) !live_set_timer(live, at, handler);
}

static void tell_sub_state(Live *live, SubState sub_state, const char *reason)
{
        if (live->instance->sub_state == sub_state)
                return;
        live->instance->sub_state = sub_state;
        engine_tell(live->engine, live->instance, RUN_SUB_STATE, live->instance->state, reason, NULL);
}

static void on_hook(Live *live, HookOutcome outcome);

/* The way in */

static void on_start_timeout(Timer *timer, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        (void) timer;
        live_clear_timer(live);
        if (instance->state != STATE_STARTING)
                return;
        if (hook_is_running(live)) {
                hook_expire(live); /* §77: what is left of the start is what it has; its end is the failure */
        } else {
                g_autofree char *text = wording_start_timeout(definition_of(live), instance,
                                                              clock_monotonic() - instance->timings.spawned);

                instance->end.result = RESULT_START_TIMEOUT;
                factory_tell(engine, instance, "start-timeout", text);
                factory_fail_start(engine, instance);
        }
        engine->turn(engine);
}

/* Of one that is spoken with over its connection. It may be there before it is known that its program runs; and when it
 * is lost, what that amounts to is told in a moment. */
static bool can_be_asked(Live *live)
{
        if (process_pid(live->process) == 0 || !session_is_connected(live->session))
                return false;
        if (live->instance->timings.connected == 0)
                live->instance->timings.connected = clock_monotonic();
        return true;
}

/* §64: its own account is its start hooks, or, where it has none, that it says so. */
static bool has_spoken(const Instance *instance)
{
        return instance->is_announced ||
               (instance->hooks.completed & (1u << HOOK_POST_CONSTRUCT | 1u << HOOK_STARTUP)) != 0;
}

/* §75: spawned, connected, post-construct, startup. */
static void go_on_asking(Live *live)
{
        Instance *instance = live->instance;

        if (!can_be_asked(live))
                return;
        if (hook_is_due(live, HOOK_POST_CONSTRUCT)) {
                tell_sub_state(live, SUB_POST_CONSTRUCT, hook_names[HOOK_POST_CONSTRUCT]);
                hook_begin(live, HOOK_POST_CONSTRUCT, on_hook);
        } else if (hook_is_due(live, HOOK_STARTUP)) {
                tell_sub_state(live, SUB_STARTUP, hook_names[HOOK_STARTUP]);
                hook_begin(live, HOOK_STARTUP, on_hook);
        } else if (has_spoken(instance)) {
                engine_post(live->engine, instance, EVENT_READY, ready_reasons[TYPE_REEVE]);
        } else {
                tell_sub_state(live, SUB_CONNECTED, "connected");
        }
}

/* §75: spawned, post-construct, ready by its own account, startup. A oneshot's hooks follow its work. */
static void go_on_starting(Live *live)
{
        Instance *instance = live->instance;
        const Definition *definition = definition_of(live);

        if (definition->type == TYPE_REEVE) {
                go_on_asking(live);
                return;
        }
        if (definition->type == TYPE_ONESHOT &&
            (!instance->is_announced || (live->process && has_start_hooks(definition))))
                return;
        if (instance->timings.constructed == 0) {
                if (hook_is_due(live, HOOK_POST_CONSTRUCT)) {
                        tell_sub_state(live, SUB_POST_CONSTRUCT, hook_names[HOOK_POST_CONSTRUCT]);
                        hook_begin(live, HOOK_POST_CONSTRUCT, on_hook);
                        return;
                }
                instance->timings.constructed = instance->hooks.called ? clock_monotonic() : instance->timings.spawned;
        }
        if (!instance->is_announced) {
                tell_sub_state(live, SUB_SPAWNED, "constructed");
        } else if (hook_is_due(live, HOOK_STARTUP)) {
                tell_sub_state(live, SUB_STARTUP, hook_names[HOOK_STARTUP]);
                hook_begin(live, HOOK_STARTUP, on_hook);
        } else {
                engine_post(live->engine, instance, EVENT_READY, ready_reasons[definition->type]);
        }
}

void stage_begin_start(Live *live)
{
        Instance *instance = live->instance;
        const Definition *definition = definition_of(live);

        instance->is_announced = definition->type == TYPE_SIMPLE || definition->type == TYPE_MODULE;
        set_deadline(live, clock_after(definition->life->timeout_start), on_start_timeout);
        if (!live->process)
                go_on_starting(live);
}

/* The way out */

/* The part of what is left of the stop budget that this component may take (§99). */
static uint64_t stop_time(const Engine *engine, const Instance *instance)
{
        uint64_t own = engine_definition(engine, instance)->life->timeout_stop;
        uint64_t heaviest = engine->plan->nodes[instance->node].heaviest_stop, now = clock_monotonic(), left;

        if (engine->stop_deadline == UINT64_MAX)
                return own;
        left = engine->stop_deadline > now ? engine->stop_deadline - now : 0;
        if (own == UINT64_MAX || heaviest == UINT64_MAX)
                return MIN(own, left);
        if (heaviest <= left)
                return own;
        return (uint64_t) ((double) left * ((double) own / (double) heaviest));
}

/* A hook may take half of what is left of the stop, so that what comes after it has its time (§99): the signal above
 * all. */
static uint64_t hook_deadline(const Live *live)
{
        uint64_t now = clock_monotonic();

        if (live->stop_at == UINT64_MAX)
                return UINT64_MAX;
        return live->stop_at > now ? now + (live->stop_at - now) / 2 : now;
}

static bool has_main(const Live *live)
{
        return live->process && !live->is_exited;
}

/* Also one that answered while it was already to stop. */
static bool has_been_up(const Instance *instance)
{
        return instance->timings.ready != 0 || (instance->hooks.completed & 1u << HOOK_STARTUP) != 0;
}

/* §76: only what was started up is shut down; and what has come to its end by itself, or is hung, no longer can be. */
static bool is_shutdown_due(const Live *live)
{
        const Instance *instance = live->instance;

        return has_been_up(instance) && instance->end.result == RESULT_SUCCESS && live->stop_signal == 0 &&
               !live->is_asked && (has_main(live) || component_types[definition_of(live)->type].is_done_when_ready) &&
               hook_is_due(live, HOOK_SHUTDOWN);
}

static bool is_pre_destroy_due(const Live *live)
{
        return live->instance->timings.constructed != 0 && hook_is_due(live, HOOK_PRE_DESTROY);
}

bool stage_has_rest(const Live *live)
{
        return hook_is_running(live) || is_pre_destroy_due(live);
}

SubState stage_first_of_stop(const Engine *engine, const Instance *instance)
{
        const Live *live = instance->live;
        const Live none = {.engine = (Engine *) engine, .instance = (Instance *) instance};

        if (!live)
                live = &none;
        if (hook_is_running(live))
                return live->hook->hook == HOOK_POST_CONSTRUCT ? SUB_POST_CONSTRUCT : SUB_STARTUP;
        if (is_shutdown_due(live))
                return SUB_ON_SHUTDOWN;
        return is_pre_destroy_due(live) && live->stop_signal == 0 ? SUB_ON_PRE_DESTROY : SUB_TERM;
}

static void on_stop_timeout(Timer *timer, void *userdata)
{
        Live *live = userdata;
        Instance *instance = live->instance;

        (void) timer;
        live_clear_timer(live);
        if (instance->state != STATE_STOPPING)
                return;
        if (hook_is_running(live)) {
                hook_expire(live);
                return;
        }
        if (!live->process)
                return;
        if (instance->end.result == RESULT_SUCCESS && !live->is_exited)
                instance->end.result = RESULT_STOP_TIMEOUT;
        tell_sub_state(live, SUB_KILL, "stop-timeout");
        process_kill(live->process);
}

static void begin_stop_hook(Live *live, Hook hook, SubState sub_state)
{
        /* If it ends meanwhile, what is left of it, its hook among that, has its time. */
        if (has_main(live) && !live->is_asked)
                (void) process_ask(live->process, 0);
        tell_sub_state(live, sub_state, hook_names[hook]);
        set_deadline(live, hook_deadline(live), on_stop_timeout);
        hook_begin(live, hook, on_hook);
}

static void ask(Live *live, int signal)
{
        live->is_asked = true;
        tell_sub_state(live, SUB_TERM, "signal");
        set_deadline(live, is_pre_destroy_due(live) ? hook_deadline(live) : live->stop_at, on_stop_timeout);
        if (!live->is_exited)
                (void) process_ask(live->process, signal);
}

static void arrive(Live *live)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        const char *name = definition_of(live)->name;

        instance->timings.stopped = clock_monotonic();
        live_clear_timer(live);
        live_release(instance);
        if (engine->is_closing)
                runtime_directory_leave(engine->host.directory, engine->host.loop, name);
        engine_post(engine, instance, decide_gone(instance), result_names[instance->end.result]);
}

/* §97: on_shutdown, on_pre_destroy, the signal. One that is hung gets its signal first. */
static void go_on_stopping(Live *live)
{
        if (live->is_asked && live->process)
                return; /* it has its time, and then SIGKILL */
        if (is_shutdown_due(live)) {
                begin_stop_hook(live, HOOK_SHUTDOWN, SUB_ON_SHUTDOWN);
        } else if (live->process && live->is_exited) {
                process_kill(live->process); /* it ended by itself: nothing of it goes on without it */
                set_deadline(live, live->stop_at, on_stop_timeout);
        } else if (live->process && live->stop_signal != 0) {
                ask(live, live->stop_signal);
        } else if (is_pre_destroy_due(live)) {
                begin_stop_hook(live, HOOK_PRE_DESTROY, SUB_ON_PRE_DESTROY);
        } else if (live->process) {
                ask(live, definition_of(live)->life->kill_signal);
        } else {
                arrive(live);
        }
}

void stage_begin_stop(Live *live)
{
        live->stop_at = clock_after(stop_time(live->engine, live->instance));
        live->is_asked = false;
        if (!hook_is_running(live)) {
                go_on_stopping(live);
                return;
        }
        /* A start hook: it is asked to end as every process is, but not when what it was for has gone. */
        set_deadline(live, hook_deadline(live), on_stop_timeout);
        hook_abort(live, !has_main(live) && !component_types[definition_of(live)->type].is_done_when_ready);
}

void stage_hurry(Live *live)
{
        uint64_t at = clock_after(stop_time(live->engine, live->instance));

        if (at >= live->stop_at || live->instance->sub_state == SUB_KILL)
                return;
        live->stop_at = at;
        at = hook_is_running(live) ? hook_deadline(live) : at;
        if (!live->timer || at < live->deadline)
                set_deadline(live, at, on_stop_timeout);
}

void stage_note_exit(Live *live)
{
        uint64_t at = clock_after(HELPERS_USEC);

        if (!live->is_asked || live->instance->sub_state == SUB_KILL || !live->timer || at >= live->deadline)
                return;
        live->deadline = at;
        (void) timer_set(live->timer, at);
}

/* Both */

void stage_extend(Live *live, uint64_t usec)
{
        State state = live->instance->state;
        uint64_t at = clock_after(usec);

        if (!live->timer || at <= live->deadline || (state != STATE_STARTING && state != STATE_STOPPING))
                return;
        if (state == STATE_STOPPING) {
                at = MIN(at, live->engine->stop_deadline);
                live->stop_at = MAX(live->stop_at, at);
        } else {
                live->engine->patience = MAX(live->engine->patience, at);
        }
        if (at <= live->deadline)
                return;
        live->deadline = at;
        (void) timer_set(live->timer, at);
}

void stage_go_on(Live *live)
{
        State state = live->instance->state;

        if (hook_is_running(live))
                return;
        if (state == STATE_STARTING)
                go_on_starting(live);
        else if (state == STATE_STOPPING)
                go_on_stopping(live);
}

/* §78: a start hook that fails is a failed start; a stop hook's failure is recorded by then, and the stop goes on. */
static void on_hook(Live *live, HookOutcome outcome)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        bool is_well = outcome == HOOK_SUCCEEDED || outcome == HOOK_ABSENT;

        /* The one before all others. */
        if (is_well && instance->timings.constructed == 0 && (instance->hooks.called & 1u << HOOK_POST_CONSTRUCT))
                instance->timings.constructed = clock_monotonic();
        if (instance->state == STATE_STARTING && outcome == HOOK_FAILED)
                factory_fail_start(engine, instance);
        else
                stage_go_on(live);
}
