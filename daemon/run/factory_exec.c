/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include <signal.h>
#include <string.h>

#include "decide.h"
#include "hook.h"
#include "launch.h"
#include "wording.h"
#include "stage.h"

static void record_end(Instance *instance, const LifeSpec *life, const ExitReport *report)
{
        instance->end.code = report->code;
        instance->end.status = report->status;
        if (decide_is_clean(life, report->code, report->status))
                instance->end.result = RESULT_SUCCESS;
        else if (report->code == CLD_EXITED || report->code == 0)
                instance->end.result = RESULT_EXIT_CODE;
        else
                instance->end.result = report->code == CLD_DUMPED ? RESULT_CORE_DUMP : RESULT_SIGNAL;
}

static void on_exit_while_starting(Engine *engine, Instance *instance, const Definition *definition)
{
        g_autofree char *how = NULL, *text = NULL;

        if (definition->type == TYPE_ONESHOT && instance->end.result == RESULT_SUCCESS) {
                instance->is_announced = true;
                stage_go_on(instance->live);
                return;
        }
        how = wording_end(&instance->end);
        text = g_strdup_printf("%s before it was ready", how);
        if (!stage_has_rest(instance->live)) {
                factory_start_failed(engine, instance, RESULT_EXITED_EARLY, text);
                return;
        }
        instance->end.result = RESULT_EXITED_EARLY;
        factory_tell(engine, instance, result_names[RESULT_EXITED_EARLY], text);
        factory_fail_start(engine, instance);
}

static void on_exit_while_ready(Engine *engine, Instance *instance)
{
        bool is_clean = instance->end.result == RESULT_SUCCESS, is_restarting = instance->goal == GOAL_RESTART;
        const char *reason;
        StateEvent event;

        if (!is_clean) {
                g_autofree char *text = wording_end(&instance->end);

                factory_tell(engine, instance, result_names[instance->end.result], text);
        }
        event = decide_exit(engine, instance); /* may make start-limit of the result */
        factory_tell_limit(engine, instance);
        reason = is_clean ? "exited-clean" : result_names[instance->end.result];
        if (stage_has_rest(instance->live) || is_restarting)
                factory_fail(engine, instance, event, reason);
        else
                engine_post(engine, instance, event, reason);
}

/* READY=1, MAINPID= or an answer over the connection, and an exit right after it are two occurrences, in that order. */
static void on_last_words(Process *process, void *userdata)
{
        Live *live = userdata;

        if (live->notify)
                notify_drain(live->notify);
        session_drain(live->session);
}

static void on_main_exit(Process *process, const ExitReport *report, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        const Definition *definition = engine_definition(engine, instance);

        (void) process;
        live->is_exited = true;
        g_clear_pointer(&live->watchdog, watchdog_free);
        if (hook_note_exit(live, report)) {
                engine->turn(engine);
                return;
        }
        if (instance->state != STATE_STOPPING || instance->end.result == RESULT_SUCCESS) {
                record_end(instance, definition->life, report);
                if (instance->state == STATE_STOPPING && report->code == CLD_KILLED)
                        instance->end.result = RESULT_SUCCESS; /* ended as it was told to */
        } else {
                instance->end.code = report->code;
                instance->end.status = report->status;
        }
        if (instance->state == STATE_STOPPING)
                stage_note_exit(live);
        else if (instance->state == STATE_STARTING)
                on_exit_while_starting(engine, instance, definition);
        else if (instance->state == STATE_READY && !component_types[definition->type].is_done_when_ready)
                on_exit_while_ready(engine, instance);
        engine->turn(engine);
}

static void on_gone(Process *process, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        bool is_last;

        process_free(process);
        live->process = NULL;
        g_clear_pointer(&live->session, session_free);
        is_last = engine->is_closing && !stage_has_rest(live);
        if (!live->hook) {
                g_clear_pointer(&live->notify, is_last ? notify_leave : notify_free);
                g_clear_pointer(&live->status, g_free);
        }
        g_clear_pointer(&live->output, output_free);
        instance->timings.stopped = clock_monotonic();
        stage_go_on(live);
        live_release(instance);
        engine_mark(engine, instance->node);
        engine->turn(engine);
}

static void spawn_failed(Live *live, const SpawnError *error)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        g_clear_pointer(&live->process, process_free);
        g_clear_pointer(&live->session, session_free);
        g_clear_pointer(&live->notify, notify_free);
        g_clear_pointer(&live->output, output_free);
        live_clear_timer(live);
        engine_mark(engine, instance->node);
        if (instance->state == STATE_STARTING) {
                g_autofree char *text = NULL;

                instance->end = (LastEnd){.error = error->error, .step = error->step};
                text = wording_exec_failed(engine, instance);
                live_release(instance);
                factory_start_failed(engine, instance, RESULT_EXEC_FAILED, text);
        } else {
                stage_go_on(live);
        }
}

/* Nobody hears it before it is known who speaks; what it has said by now is kept until then. */
static void on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        int r = error ? 0 : notify_listen(live->notify);

        live->instance->timings.spawned = clock_monotonic();
        if (!error)
                engine_tell(engine, live->instance, RUN_MAIN_PID, live->instance->state, "spawned", NULL);
        if (r < 0) {
                g_autofree char *text = g_strdup_printf("cannot be heard, and is killed: %s", g_strerror(-r));

                factory_tell(engine, live->instance, "notify-socket", text);
                process_kill(process);
        } else if (error) {
                spawn_failed(live, error);
        } else if (live->instance->state == STATE_STARTING) {
                stage_go_on(live);
        }
        engine->turn(engine);
}

static const ProcessHandlers process_handlers = {
        .on_spawned = on_spawned, .on_last_words = on_last_words, .on_exit = on_main_exit, .on_gone = on_gone,
};

/* §113: hung. It is told to leave a core behind, as systemd does it. */
static void on_silence(uint64_t usec, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        g_autofree char *span = wording_span(usec), *text = NULL;
        StateEvent verdict;

        /* The daemon itself may have slept: what it was told meanwhile comes first. */
        notify_drain(live->notify);
        if (!live->watchdog || !watchdog_is_over(live->watchdog))
                return;
        g_clear_pointer(&live->watchdog, watchdog_free);
        text = g_strdup_printf("did not say WATCHDOG=1 for %s (WatchdogSec=) and is sent SIGABRT", span);
        live->stop_signal = SIGABRT;
        instance->end.result = RESULT_WATCHDOG;
        factory_tell(engine, instance, result_names[RESULT_WATCHDOG], text);
        verdict = decide_exit(engine, instance);
        factory_tell_limit(engine, instance);
        factory_fail(engine, instance, verdict, result_names[RESULT_WATCHDOG]);
        engine->turn(engine);
}

static void exec_start(Engine *engine, Instance *instance)
{
        SpawnError error = {0};
        Live *live;
        int r = 0;

        instance->end = (LastEnd){0};
        if (!factory_open_endpoints(engine, instance))
                return;
        live = live_get(engine, instance);
        if (engine_definition(engine, instance)->argv)
                r = launch_main(live, &process_handlers, &error);
        instance->timings.spawned = clock_monotonic();
        if (r < 0) {
                error.error = error.error > 0 ? error.error : -r;
                spawn_failed(live, &error);
                return;
        }
        live->is_exited = live->is_asked = false;
        live->stop_signal = 0;
        stage_begin_start(live);
}

static void exec_serve(Engine *engine, Instance *instance)
{
        const LifeSpec *life = engine_definition(engine, instance)->life;
        Live *live = instance->live;

        if (!live)
                return;
        live_clear_timer(live);
        if (live->process && !live->is_exited && watchdog_is_set(life))
                (void) !watchdog_new(engine->host.loop, life->watchdog, on_silence, live, &live->watchdog);
        live_release(instance);
}

static void exec_stop(Engine *engine, Instance *instance)
{
        Live *live = live_get(engine, instance);

        g_clear_pointer(&live->watchdog, watchdog_free);
        stage_begin_stop(live);
}

static void exec_hurry(Engine *engine, Instance *instance)
{
        (void) engine;
        if (instance->live)
                stage_hurry(instance->live);
}

const Factory factory_exec = {.start = exec_start, .serve = exec_serve, .stop = exec_stop, .hurry = exec_hurry};
