/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wording.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include <glib.h>

#include "base/escape.h"
#include "expand.h"

enum { PROGRAM_MAX = 4096 };

char *wording_span(uint64_t usec)
{
        if (usec < 1000)
                return g_strdup_printf("%" PRIu64 " µs", usec);
        if (usec < 1000 * 1000)
                return g_strdup_printf("%" PRIu64 " ms", usec / 1000);
        if (usec < 60ull * 1000 * 1000)
                return g_strdup_printf("%" PRIu64 ".%" PRIu64 " s", usec / 1000000, usec / 100000 % 10);
        return g_strdup_printf("%" PRIu64 " min %" PRIu64 " s", usec / 60000000, usec / 1000000 % 60);
}

static char *exit_of(const LastEnd *end)
{
        switch (end->code) {
        case CLD_EXITED:
                return g_strdup_printf("exited with status %d", end->status);
        case CLD_KILLED:
        case CLD_DUMPED: {
                const char *name = sigabbrev_np(end->status);

                return g_strdup_printf("was killed by signal %s%s (%d)%s", name ? "SIG" : "", name ? name : "number",
                                       end->status, end->code == CLD_DUMPED ? " and dumped core" : "");
        }
        default:
                return g_strdup("ended, status unknown (it was not a child of the daemon)");
        }
}

char *wording_end(const LastEnd *end)
{
        g_autofree char *text = exit_of(end);

        if (end->result != RESULT_CONNECTION_LOST)
                return g_steal_pointer(&text);
        return end->code == 0 ? g_strdup("lost its connection (REEVE_BUS_FD)")
                              : g_strdup_printf("lost its connection (REEVE_BUS_FD) and then %s", text);
}

char *wording_start_limit(const Definition *definition)
{
        g_autofree char *span = wording_span(definition->life->start_limit_interval);

        return g_strdup_printf("failed more than %u times in %s (StartLimitBurst=, StartLimitIntervalSec=) and is not "
                               "started again by itself",
                               definition->life->start_limit_burst, span);
}

/* "User=a Group=b", or the one that is given */
static char *name_account(const ProcessSpec *process)
{
        return g_strdup_printf("%s%s%s%s%s", process->user ? "User=" : "", process->user ? process->user : "",
                               process->user && process->group ? " " : "", process->group ? "Group=" : "",
                               process->group ? process->group : "");
}

static const HookLine *hook_line(const Definition *definition, Hook hook, uint32_t line)
{
        return &definition->life->hooks->lines[hook][line];
}

static bool is_of_endpoint(const Definition *definition, const LastEnd *end)
{
        return (end->result == RESULT_ENDPOINT_FAILED || end->result == RESULT_START_LIMIT) && end->endpoint > 0 &&
               definition->endpoints && end->endpoint <= definition->endpoints->n;
}

Origin wording_origin(const Definition *definition, const LastEnd *end)
{
        if (end->hook.is_set && definition->type != TYPE_REEVE)
                return hook_line(definition, end->hook.hook, end->hook.line)->origin;
        return is_of_endpoint(definition, end) ? definition->endpoints->list[end->endpoint - 1].origin
                                               : definition->origin;
}

static char *endpoint_failed(const DeclaredEndpoint *endpoint, int error)
{
        bool is_text = endpoint->kind == ENDPOINT_TEXT;
        const char *why = error == ENAMETOOLONG ? "the path is longer than the 107 bytes that clients can name"
                          : error == EEXIST     ? "there is a file, and no socket, of that name"
                          : error == ESRCH      ? "there is no such account as User= or Group= says"
                          : error == ENOENT && is_text ? "something in it has no text"
                          : error == ENOSPC && is_text ? "its text is longer than 4096 bytes"
                          : error == EINVAL && is_text ? "its text is not UTF-8 in one line"
                                                       : g_strerror(error);

        switch (endpoint->kind) {
        case ENDPOINT_TCP:
                return g_strdup_printf("cannot listen on tcp:%s (Listen=%s): %s", endpoint->text, endpoint->name, why);
        case ENDPOINT_UNIX:
                return g_strdup_printf("cannot listen on unix:%s (Listen=%s): %s",
                                       endpoint->text ? endpoint->text : "", endpoint->name, why);
        case ENDPOINT_PORT:
                return g_strdup_printf("cannot be given a port (AllocatePort=%s): %s", endpoint->name, why);
        case ENDPOINT_TEXT:
        case ENDPOINT_KIND_N_:
                break;
        }
        return g_strdup_printf("cannot publish its endpoint (Publish=%s): %s", endpoint->name, why);
}

/* As it was looked for, not as it is written. */
static char *name_program(const Engine *engine, const Instance *instance, const char *written)
{
        g_autofree char *program = NULL;

        return escape_text(expand_text(engine, instance, written, &program) < 0 ? written : program, PROGRAM_MAX);
}

static char *name_hook_program(const Engine *engine, const Instance *instance, Hook hook, uint32_t line)
{
        return name_program(engine, instance, hook_line(engine_definition(engine, instance), hook, line)->argv[0]);
}

char *wording_hook_line(const Engine *engine, const Instance *instance, Hook hook, uint32_t line)
{
        g_autofree char *program = NULL;

        if (engine_definition(engine, instance)->type == TYPE_REEVE)
                return g_strconcat("hook ", hook_names[hook], NULL);
        program = name_hook_program(engine, instance, hook, line);
        return g_strconcat(hook_keys[hook], program, NULL);
}

static char *exec_failed(const Definition *definition, const char *what, const LastEnd *end)
{
        const char *step = end->step ? end->step : "exec";
        g_autofree char *subject = NULL, *account = name_account(definition->process);

        if (strcmp(step, "exec") == 0)
                subject = g_strdup_printf("cannot execute %s", what);
        else if ((strcmp(step, "user") == 0 || strcmp(step, "group") == 0) && end->error == ESRCH)
                return g_strdup_printf("cannot be started: there is no such account: %s", account);
        else if (strcmp(step, "user") == 0 || strcmp(step, "group") == 0)
                subject = g_strdup_printf("cannot become %s", account);
        else if (strcmp(step, "working-directory") == 0)
                subject = g_strdup_printf(
                        "cannot enter WorkingDirectory=%s",
                        definition->process->working_directory ? definition->process->working_directory : "/");
        else if (strcmp(step, "cgroup") == 0 && end->error == EOPNOTSUPP)
                subject = g_strdup("cannot have its MemoryMax=, TasksMax=, CPUQuota= or CPUWeight=, no such controller "
                                   "in this cgroup");
        else
                subject = g_strdup_printf("cannot be started (%s)", step);
        return g_strdup_printf("%s: %s", subject, g_strerror(end->error));
}

char *wording_exec_failed(const Engine *engine, const Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);
        const LastEnd *end = &instance->end;
        g_autofree char *program = NULL;

        if (is_of_endpoint(definition, end))
                return endpoint_failed(&definition->endpoints->list[end->endpoint - 1], end->error);
        program = name_program(engine, instance, definition->argv && definition->argv[0] ? definition->argv[0] : "?");
        return exec_failed(definition, program, end);
}

static char *call_failed(const LastEnd *end)
{
        const LastEnd how = {.code = end->hook.code, .status = end->hook.status};
        g_autofree char *text = NULL;

        if (end->result == RESULT_HOOK_TIMEOUT)
                return g_strdup("did not answer in time");
        if (end->result == RESULT_CONNECTION_LOST)
                return g_strdup("was not answered");
        if (end->error != 0)
                return g_strdup_printf("cannot be called: %s", g_strerror(end->error));
        if (end->hook.code == 0)
                return g_strdup("answered with an error");
        text = wording_end(&how);
        return g_strdup_printf("was not answered: the process %s", text);
}

char *wording_hook(const Engine *engine, const Instance *instance, const LastEnd *end)
{
        const Definition *definition = engine_definition(engine, instance);
        const LastEnd how = {.code = end->hook.code, .status = end->hook.status};
        g_autofree char *line = wording_hook_line(engine, instance, end->hook.hook, end->hook.line);
        g_autofree char *program = NULL, *text = NULL;

        if (definition->type == TYPE_REEVE) {
                text = call_failed(end);
        } else if (end->hook.code == 0 && end->result != RESULT_HOOK_TIMEOUT) {
                program = name_hook_program(engine, instance, end->hook.hook, end->hook.line);
                text = exec_failed(definition, program, end);
        } else if (end->result != RESULT_HOOK_TIMEOUT) {
                text = wording_end(&how);
        }
        return g_strdup_printf("%s %s", line, text ? text : "did not end in time");
}

const char *wording_advice(const Definition *definition, const LastEnd *end)
{
        if (end->result == RESULT_START_TIMEOUT && !end->hook.is_set && definition->type == TYPE_NOTIFY)
                return "Type=simple is for a program that does not say READY=1 on NOTIFY_SOCKET";
        if (is_of_endpoint(definition, end) && end->error == EADDRINUSE &&
            definition->endpoints->list[end->endpoint - 1].kind == ENDPOINT_TCP)
                return "another process has the port: stop that one, or write port 0, which is any that is free";
        return NULL;
}

char *wording_start_timeout(const Definition *definition, const Instance *instance, uint64_t waited_usec)
{
        g_autofree char *span = wording_span(waited_usec);
        const char *missing = definition->type == TYPE_NOTIFY    ? "did not say READY=1"
                              : definition->type == TYPE_ONESHOT ? "did not exit"
                              : definition->type != TYPE_REEVE   ? "did not become ready"
                              : instance->timings.connected == 0 ? "did not open the connection on REEVE_BUS_FD"
                                                                 : "has no start hook and did not call Ready";

        return g_strdup_printf("%s within %s (TimeoutStartSec=)", missing, span);
}
