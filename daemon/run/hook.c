/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hook.h"

#include <signal.h>

#include "base/escape.h"
#include "decide.h"
#include "engine.h"
#include "factory.h"
#include "launch.h"
#include "wording.h"

static const Definition *definition_of(const Live *live)
{
        return engine_definition(live->engine, live->instance);
}

bool hook_is_due(const Live *live, Hook hook)
{
        if (live->instance->hooks.called & 1u << hook)
                return false;
        if (definition_of(live)->type != TYPE_REEVE)
                return definition_n_lines(definition_of(live), hook) > 0;
        /* Who was told to end, or is hung, is asked nothing more. */
        return session_is_connected(live->session) && !live->is_exited && !live->is_asked && live->stop_signal == 0;
}

bool hook_is_running(const Live *live)
{
        return live->hook != NULL;
}

bool hook_is_call(const Live *live)
{
        return live->hook && live->hook->is_call;
}

/* The first failure is the one that counts: a stop hook's does not hide what the component was stopped for. */
static void record_failure(Live *live, Result result, const SpawnError *error)
{
        LastEnd *end = &live->instance->end;
        LastEnd told = {
                .result = result,
                .error = error ? error->error : 0,
                .step = error ? error->step : NULL,
                .hook = {true, live->hook->hook, live->hook->line, live->hook->end.code, live->hook->end.status},
        };
        g_autofree char *how = wording_hook(live->engine, live->instance, &told);
        g_autofree char *said = live->hook->said ? escape_text(live->hook->said, SAID_MAX) : NULL;
        const char *between = result == RESULT_CONNECTION_LOST ? "it" : "it said:";
        g_autofree char *text = said ? g_strdup_printf("%s; %s %s", how, between, said) : g_strdup(how);

        factory_tell_at(live->engine, live->instance, wording_origin(definition_of(live), &told),
                        result_names[result], text);
        if (end->result != RESULT_SUCCESS)
                return;
        told.code = end->code;
        told.status = end->status;
        *end = told;
}

static void finish(Live *live, HookOutcome outcome)
{
        HookHandler handler = live->hook->handler;

        if (outcome == HOOK_SUCCEEDED)
                live->instance->hooks.completed |= (uint8_t) (1u << live->hook->hook);
        g_clear_pointer(&live->hook, hook_run_free);
        if (!live->process)
                g_clear_pointer(&live->notify, notify_free);
        handler(live, outcome);
}

static void run_line(Live *live);

static void judge(Live *live)
{
        const ExitReport *end = &live->hook->end;

        if (live->hook->is_aborted) {
                finish(live, HOOK_ABORTED);
        } else if (live->hook->is_late || end->code != CLD_EXITED || end->status != 0) {
                record_failure(live, live->hook->is_late ? RESULT_HOOK_TIMEOUT : RESULT_HOOK_FAILED, NULL);
                finish(live, HOOK_FAILED);
        } else if (++live->hook->line < definition_n_lines(definition_of(live), live->hook->hook)) {
                g_clear_pointer(&live->hook->said, g_free);
                run_line(live);
        } else {
                finish(live, HOOK_SUCCEEDED);
        }
}

/* What it said before it ended counts (§65). */
static void on_last_words(Process *process, void *userdata)
{
        Live *live = userdata;

        (void) process;
        if (live->notify)
                notify_drain(live->notify);
}

static void on_exit_(Process *process, const ExitReport *report, void *userdata)
{
        Live *live = userdata;

        (void) process;
        live->hook->end = *report;
}

/* §69: what it left running has been killed with its end. */
static void on_gone(Process *process, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;

        process_free(process);
        live->hook->process = NULL;
        g_clear_pointer(&live->hook->output, output_free); /* hands over what it said last */
        judge(live);
        engine->turn(engine);
}

/* What was told to end before it had begun is judged as if it had ended. */
static void spawn_failed(Live *live, const SpawnError *error)
{
        g_clear_pointer(&live->hook->process, process_free);
        if (live->hook->is_aborted || live->hook->is_late) {
                judge(live);
        } else {
                record_failure(live, RESULT_HOOK_FAILED, error);
                finish(live, HOOK_FAILED);
        }
}

static void on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        int r = notify_listen(live->notify);

        if (error)
                spawn_failed(live, error);
        else if (r < 0)
                process_kill(process); /* cannot be heard: a failure like any other end by a signal */
        engine->turn(engine);
}

static const ProcessHandlers handlers = {
        .on_spawned = on_spawned, .on_last_words = on_last_words, .on_exit = on_exit_, .on_gone = on_gone,
};

static void run_line(Live *live)
{
        SpawnError error = {0};
        int r;

        live->hook->end = (ExitReport){0};
        r = launch_hook(live, &handlers, &error);
        if (r == 0)
                return;
        if (error.error <= 0)
                error.error = -r;
        record_failure(live, RESULT_HOOK_FAILED, &error);
        finish(live, HOOK_FAILED);
}

static void call(Live *live)
{
        uint64_t now = clock_monotonic(), deadline = live->timer ? live->deadline : UINT64_MAX, left = UINT64_MAX;
        SpawnError error = {.step = "call"};
        int r;

        if (deadline != UINT64_MAX)
                left = deadline > now ? deadline - now : 0;
        live->hook->is_call = true;
        r = session_call(live->session, live->hook->hook, left);
        if (r == 0)
                return;
        error.error = -r;
        record_failure(live, RESULT_HOOK_FAILED, &error);
        finish(live, HOOK_FAILED);
}

void hook_begin(Live *live, Hook hook, HookHandler handler)
{
        live->instance->hooks.called |= (uint8_t) (1u << hook);
        live->hook = g_new0(HookRun, 1);
        live->hook->handler = handler;
        live->hook->hook = hook;
        if (definition_of(live)->type == TYPE_REEVE)
                call(live);
        else
                run_line(live);
}

/* Nobody waits for the answer any more. */
static void give_up_call(Live *live, Result result)
{
        session_forget_call(live->session);
        if (live->hook->is_aborted) {
                finish(live, HOOK_ABORTED);
        } else {
                record_failure(live, result, NULL);
                finish(live, HOOK_FAILED);
        }
}

void hook_expire(Live *live)
{
        if (live->hook->is_call) {
                give_up_call(live, RESULT_HOOK_TIMEOUT);
                return;
        }
        live->hook->is_late = !live->hook->is_aborted;
        process_kill(live->hook->process);
}

void hook_abort(Live *live, bool now)
{
        live->hook->is_aborted = true;
        if (live->hook->is_call) {
                if (now)
                        give_up_call(live, RESULT_SUCCESS);
                return;
        }
        if (now)
                process_kill(live->hook->process);
        else
                (void) process_ask(live->hook->process, SIGTERM);
}

void hook_answered(Live *live, SessionAnswer answer, const char *text)
{
        if (!hook_is_call(live))
                return;
        if (answer == ANSWER_DONE) {
                finish(live, HOOK_SUCCEEDED);
        } else if (answer == ANSWER_NONE) {
                finish(live, HOOK_ABSENT);
        } else if (live->hook->is_aborted) {
                finish(live, HOOK_ABORTED);
        } else {
                live->hook->said = g_strdup(text);
                record_failure(live, RESULT_HOOK_FAILED, NULL);
                finish(live, HOOK_FAILED);
        }
}

/* Who is being stopped and comes to a clean end in its hook has done what was asked of it. */
bool hook_note_exit(Live *live, const ExitReport *report)
{
        bool is_failure;

        if (!hook_is_call(live))
                return false;
        live->hook->is_aborted |= live->hook->hook >= HOOK_SHUTDOWN &&
                                  decide_is_clean(definition_of(live)->life, report->code, report->status);
        is_failure = !live->hook->is_aborted;
        live->hook->end = *report;
        if (is_failure && live->instance->end.result == RESULT_SUCCESS) {
                live->instance->end.code = report->code;
                live->instance->end.status = report->status;
        }
        give_up_call(live, RESULT_HOOK_FAILED);
        return is_failure;
}

void hook_lost(Live *live, const char *text)
{
        live->hook->said = g_strdup(text);
        give_up_call(live, RESULT_CONNECTION_LOST);
}
