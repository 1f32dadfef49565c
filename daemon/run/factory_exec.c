/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include <signal.h>
#include <string.h>

#include "decide.h"
#include "hear.h"
#include "inject.h"
#include "live.h"
#include "notice.h"

/* What a component's other processes have after the end of its main process. */
#define HELPERS_USEC (1000 * 1000)

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

static void set_deadline(Live *live, uint64_t after, TimerHandler handler)
{
        /* Without memory for a timer the component is without a deadline: the one operation fails, nothing else. */
        (void) !live_set_timer(live, clock_after(after), handler);
}

static void tell_sub_state(Live *live, SubState sub_state, const char *reason)
{
        live->instance->sub_state = sub_state;
        engine_tell(live->engine, live->instance, RUN_SUB_STATE, live->instance->state, reason, NULL);
}

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
                engine_post(engine, instance, EVENT_READY, "exited");
                return;
        }
        how = notice_end(&instance->end);
        text = g_strdup_printf("%s before it was ready", how);
        factory_start_failed(engine, instance, RESULT_EXITED_EARLY, text);
}

static void on_exit_while_ready(Engine *engine, Instance *instance)
{
        bool is_clean = instance->end.result == RESULT_SUCCESS;
        StateEvent event;

        if (!is_clean) {
                g_autofree char *text = notice_end(&instance->end);

                factory_tell(engine, instance, result_names[instance->end.result], text);
        }
        event = decide_exit(engine, instance); /* may make start-limit of the result */
        engine_post(engine, instance, event, is_clean ? "exited-clean" : result_names[instance->end.result]);
}

static void on_stop_timeout(Timer *timer, void *userdata)
{
        Live *live = userdata;
        Instance *instance = live->instance;

        (void) timer;
        live_clear_timer(live);
        if (instance->state != STATE_STOPPING || !live->process)
                return;
        if (instance->end.result == RESULT_SUCCESS && !live->is_exited)
                instance->end.result = RESULT_STOP_TIMEOUT;
        tell_sub_state(live, SUB_KILL, "stop-timeout");
        process_kill(live->process);
}

/* They were told to end together with the main process, which has; a second more is theirs, of the time there is. */
static void hurry_helpers(Live *live)
{
        uint64_t at = clock_after(HELPERS_USEC);

        if (live->instance->sub_state != SUB_KILL && live->timer && at < live->deadline)
                (void) !live_set_timer(live, at, on_stop_timeout);
}

/* READY=1, or MAINPID=, and an exit right after it are two occurrences, in that order. */
static void on_last_words(Process *process, void *userdata)
{
        Live *live = userdata;

        if (live->notify)
                notify_drain(live->notify);
}

static void on_main_exit(Process *process, const ExitReport *report, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        const Definition *definition = engine_definition(engine, instance);

        (void) process;
        live->is_exited = true;
        if (instance->state != STATE_STOPPING || instance->end.result == RESULT_SUCCESS) {
                record_end(instance, definition->life, report);
                if (instance->state == STATE_STOPPING && report->code == CLD_KILLED)
                        instance->end.result = RESULT_SUCCESS; /* ended as it was told to */
        } else {
                instance->end.code = report->code;
                instance->end.status = report->status;
        }
        if (instance->state == STATE_STOPPING)
                hurry_helpers(live);
        else if (instance->state == STATE_STARTING)
                on_exit_while_starting(engine, instance, definition);
        else if (instance->state == STATE_READY && definition->type != TYPE_ONESHOT)
                on_exit_while_ready(engine, instance);
        engine->turn(engine);
}

static void on_gone(Process *process, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        process_free(process);
        live->process = NULL;
        g_clear_pointer(&live->notify, notify_free);
        g_clear_pointer(&live->output, output_free);
        g_clear_pointer(&live->status, g_free);
        instance->timings.stopped = clock_monotonic();
        if (instance->state == STATE_STOPPING) {
                live_clear_timer(live);
                engine_post(engine, instance, decide_gone(instance), result_names[instance->end.result]);
        }
        live_release(instance);
        engine_mark(engine, instance->node);
        engine->turn(engine);
}

static void spawn_failed(Live *live, const SpawnError *error)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        const Definition *definition = engine_definition(engine, instance);
        g_autofree char *text = NULL;

        g_clear_pointer(&live->process, process_free);
        g_clear_pointer(&live->notify, notify_free);
        g_clear_pointer(&live->output, output_free);
        live_clear_timer(live);
        if (instance->state == STATE_STARTING) {
                instance->end = (LastEnd){.error = error->error, .step = error->step};
                text = notice_exec_failed(definition, &instance->end);
                factory_start_failed(engine, instance, RESULT_EXEC_FAILED, text);
        } else if (instance->state == STATE_STOPPING) {
                engine_post(engine, instance, decide_gone(instance), "no-process");
        }
        live_release(instance);
        engine_mark(engine, instance->node);
}

/* Nobody hears it before it is known who speaks; what it has said by now is kept until then. */
static void on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        SpawnError own = {.step = "notify-socket"};

        (void) process;
        instance->timings.spawned = clock_monotonic();
        own.error = error ? 0 : -notify_listen(live->notify);
        if (error || own.error != 0)
                spawn_failed(live, error ? error : &own);
        else if (instance->state == STATE_STARTING && engine_definition(engine, instance)->type == TYPE_SIMPLE)
                engine_post(engine, instance, EVENT_READY, "spawned");
        engine->turn(engine);
}

static const ProcessHandlers process_handlers = {.on_spawned = on_spawned, .on_last_words = on_last_words, .on_exit = on_main_exit, .on_gone = on_gone};

static void on_start_timeout(Timer *timer, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        bool was_down = instance->is_down;
        g_autofree char *text = NULL;
        Goal goal;

        (void) timer;
        live_clear_timer(live);
        if (instance->state != STATE_STARTING)
                return;
        text = notice_start_timeout(engine_definition(engine, instance), clock_monotonic() - instance->timings.spawned);
        instance->end.result = RESULT_START_TIMEOUT;
        factory_tell(engine, instance, "start-timeout", text);
        goal = decide_start_failure(engine, instance) == EVENT_EXIT_RETRY ? GOAL_RETRY : GOAL_FAILED;
        instance->goal = MAX(instance->goal, goal);
        instance->is_down = was_down; /* not yet: what there is of it is stopped first */
        engine_post(engine, instance, EVENT_FAIL, result_names[instance->end.result]);
        engine->turn(engine);
}

static void on_line(const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        Live *live = userdata;
        const EngineHost *host = &live->engine->host;

        if (host->on_line)
                host->on_line(engine_definition(live->engine, live->instance)->name, line, n_line, n_lost, host->userdata);
}

static int open_output(Live *live, const Definition *definition, int *ret_fd)
{
        static const OutputTarget targets[OUTPUT_N_] = {
                [OUTPUT_JOURNAL] = OUTPUT_TO_JOURNAL, [OUTPUT_CONSOLE] = OUTPUT_TO_LINES, [OUTPUT_NULL] = OUTPUT_TO_NULL,
                [OUTPUT_FILE] = OUTPUT_TO_FILE,       [OUTPUT_APPEND] = OUTPUT_TO_FILE_APPEND,
        };
        OutputTarget target = targets[definition->process->output];

        if (definition->process->output == OUTPUT_AUTO)
                target = live->engine->host.is_foreground || !output_has_journal() ? OUTPUT_TO_LINES : OUTPUT_TO_JOURNAL;
        *ret_fd = -1;
        if (target == OUTPUT_TO_NULL)
                return 0;
        if (target == OUTPUT_TO_LINES)
                return output_new_lines(live->engine->host.loop, on_line, live, &live->output, ret_fd);
        *ret_fd = output_open(target, definition->process->output_path, definition->name);
        return *ret_fd < 0 ? *ret_fd : 0;
}

static int spawn(Live *live, const Definition *definition, const Injection *injection, SpawnError *ret_error)
{
        const ProcessSpec *process = definition->process;
        CgroupLimits cgroup_limits = {
                .memory_max = process->memory_max, .tasks_max = process->tasks_max,
                .cpu_quota = process->cpu_quota,   .cpu_weight = process->cpu_weight,
        };
        g_autofree ProcessLimit *limits = g_new0(ProcessLimit, process->n_limits + 1);
        autofd output = -1;
        int r;

        for (uint32_t i = 0; i < process->n_limits; i++)
                limits[i] = (ProcessLimit){
                        .resource = process->limits[i].resource,
                        .soft = process->limits[i].value.rlim_cur,
                        .hard = process->limits[i].value.rlim_max,
                };
        *ret_error = (SpawnError){.step = "notify-socket"};
        r = notify_new(live->engine->host.loop, injection->notify_path, injection->account.uid, injection->account.gid,
                       hear_notification, live, &live->notify);
        if (r < 0)
                return r;
        ret_error->step = "output";
        r = open_output(live, definition, &output);
        if (r < 0)
                return r;
        return process_spawn(live->engine->host.processes,
                             &(SpawnSpec){
                                     .name = definition->name,
                                     .argv = (const char *const *) injection->argv->pdata,
                                     .environment = (const char *const *) injection->environment->pdata,
                                     .working_directory = process->working_directory,
                                     .user = process->user,
                                     .group = process->group,
                                     .output = output,
                                     .error = output,
                                     .limits = limits,
                                     .n_limits = process->n_limits,
                                     .cgroup_limits = &cgroup_limits,
                                     .umask = process->umask,
                                     .nice = process->nice,
                                     .oom_score_adjust = process->oom_score_adjust,
                                     .no_new_privileges = process->no_new_privileges,
                             },
                             &process_handlers, live, &live->process, ret_error);
}

static void exec_start(Engine *engine, Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);
        Live *live = live_get(engine, instance);
        g_auto(Injection) injection = {0};
        SpawnError error = {0};
        int r;

        instance->end = (LastEnd){0};
        r = inject_build(engine, instance, &injection);
        if (r < 0)
                error.step = injection.step;
        else
                r = spawn(live, definition, &injection, &error);
        instance->timings.spawned = clock_monotonic();
        if (r < 0) {
                error.error = error.error > 0 ? error.error : -r;
                spawn_failed(live, &error);
                return;
        }
        live->is_exited = false;
        set_deadline(live, definition->life->timeout_start, on_start_timeout);
}

static void exec_serve(Engine *engine, Instance *instance)
{
        (void) engine;
        if (instance->live)
                live_clear_timer(instance->live);
        live_release(instance);
}

static void exec_stop(Engine *engine, Instance *instance)
{
        Live *live = instance->live;

        if (!live || !live->process) {
                if (live)
                        live_clear_timer(live);
                live_release(instance);
                engine_post(engine, instance, decide_gone(instance), "no-process");
                return;
        }
        set_deadline(live, stop_time(engine, instance), on_stop_timeout);
        if (!live->is_exited)
                (void) process_ask(live->process, engine_definition(engine, instance)->life->kill_signal);
}

/* §99: a budget that begins while it is being stopped holds for it too. */
static void exec_hurry(Engine *engine, Instance *instance)
{
        Live *live = instance->live;
        uint64_t after = stop_time(engine, instance);

        if (live && live->process && instance->sub_state != SUB_KILL && clock_after(after) < (live->timer ? live->deadline : UINT64_MAX))
                set_deadline(live, after, on_stop_timeout);
}

const Factory factory_exec = {.start = exec_start, .serve = exec_serve, .stop = exec_stop, .hurry = exec_hurry};
