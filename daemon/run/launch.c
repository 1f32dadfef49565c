/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

#include "engine.h"
#include "factory.h"
#include "sockets.h"

static void tell_line(const Live *live, const char *line, size_t n_line, uint32_t n_lost)
{
        const EngineHost *host = &live->engine->host;

        if (host->on_line)
                host->on_line(engine_definition(live->engine, live->instance)->name, line, n_line, n_lost,
                              host->userdata);
}

static void on_line(const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        tell_line(userdata, line, n_line, n_lost);
}

/* The last one is kept: it often says why the hook fails. */
static void on_hook_line(const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        Live *live = userdata;

        if (n_line > 0) {
                g_free(live->hook->said);
                live->hook->said = g_strndup(line, MIN(n_line, SAID_MAX));
        }
        tell_line(live, line, n_line, n_lost);
}

static int open_output(Live *live, const Definition *definition, LineHandler handler, Output **ret, int *ret_fd)
{
        static const OutputTarget targets[OUTPUT_N_] = {
                [OUTPUT_JOURNAL] = OUTPUT_TO_JOURNAL,    [OUTPUT_CONSOLE] = OUTPUT_TO_LINES,
                [OUTPUT_NULL] = OUTPUT_TO_NULL,          [OUTPUT_FILE] = OUTPUT_TO_FILE,
                [OUTPUT_APPEND] = OUTPUT_TO_FILE_APPEND,
        };
        OutputTarget target = targets[definition->process->output];

        if (definition->process->output == OUTPUT_AUTO)
                target =
                        live->engine->host.is_foreground || !output_has_journal() ? OUTPUT_TO_LINES : OUTPUT_TO_JOURNAL;
        *ret_fd = -1;
        if (target == OUTPUT_TO_NULL)
                return 0;
        if (target == OUTPUT_TO_LINES)
                return output_new_lines(live->engine->host.loop, handler, live, ret, ret_fd);
        /* The file was emptied for the main process. */
        if (target == OUTPUT_TO_FILE && handler == on_hook_line)
                target = OUTPUT_TO_FILE_APPEND;
        *ret_fd = output_open(target, definition->process->output_path, definition->name);
        return *ret_fd < 0 ? *ret_fd : 0;
}

static int open_notify(Live *live, const Injection *injection)
{
        if (live->notify)
                return 0;
        return notify_new(live->engine->host.loop, injection->notify_path, injection->account.uid,
                          injection->account.gid, live->engine->host.on_notification, live, &live->notify);
}

/* SPEC says which process it is; all that all processes of the component have in common is added. */
static int spawn(const Live *live, const Injection *injection, SpawnSpec *spec, const ProcessHandlers *handlers,
                 Process **ret, SpawnError *ret_error)
{
        const Definition *definition = engine_definition(live->engine, live->instance);
        const ProcessSpec *process = definition->process;
        CgroupLimits cgroup_limits = {
                .memory_max = process->memory_max, .tasks_max = process->tasks_max,
                .cpu_quota = process->cpu_quota,   .cpu_weight = process->cpu_weight,
        };
        g_autofree ProcessLimit *limits = g_new0(ProcessLimit, process->n_limits + 1);

        for (uint32_t i = 0; i < process->n_limits; i++)
                limits[i] = (ProcessLimit){
                        .resource = process->limits[i].resource,
                        .soft = process->limits[i].value.rlim_cur,
                        .hard = process->limits[i].value.rlim_max,
                };
        spec->name = definition->name;
        spec->argv = (const char *const *) injection->argv->pdata;
        spec->environment = (const char *const *) injection->environment->pdata;
        spec->working_directory = process->working_directory;
        spec->user = process->user;
        spec->group = process->group;
        spec->error = spec->output;
        spec->limits = limits;
        spec->n_limits = process->n_limits;
        spec->cgroup_limits = &cgroup_limits;
        spec->umask = process->umask;
        spec->nice = process->nice;
        spec->oom_score_adjust = process->oom_score_adjust;
        spec->no_new_privileges = process->no_new_privileges;
        return process_spawn(live->engine->host.processes, spec, handlers, (void *) live, ret, ret_error);
}

/* Its sockets (LISTEN_FDS) and, after them, its connection (REEVE_BUS_FD): *RET_CONNECTION is the caller's to close. */
static int hand_over(Live *live, SpawnSpec *spec, int **ret_descriptors, int *ret_connection)
{
        const int *sockets = sockets_descriptors(live->instance, &spec->n_descriptors);
        int *descriptors = g_new(int, spec->n_descriptors + 1), r = 0;

        for (uint32_t i = 0; i < spec->n_descriptors; i++)
                descriptors[i] = sockets[i];
        *ret_descriptors = descriptors;
        spec->descriptors = descriptors;
        sockets_hand_over_ports(live->instance);
        if (engine_definition(live->engine, live->instance)->type != TYPE_REEVE)
                return 0;
        r = session_new(live, &live->session, ret_connection);
        if (r == 0)
                descriptors[spec->n_descriptors++] = *ret_connection;
        return r;
}

/* ERRAND NULL: the main process. */
static int launch(Live *live, const Errand *errand, const ProcessHandlers *handlers, SpawnError *ret_error)
{
        const Definition *definition = engine_definition(live->engine, live->instance);
        g_auto(Injection) injection = {0};
        autofd output = -1, connection = -1;
        g_autofree int *descriptors = NULL;
        SpawnSpec spec = {0};
        int r = inject_build(live->engine, live->instance, errand, &injection);

        *ret_error = (SpawnError){.step = injection.step};
        if (r < 0)
                return r;
        if (injection.n_left_out > 0) {
                g_autofree char *text = g_strdup_printf("is told nothing of %u endpoints of what it refers to "
                                                        "(REEVE_REF_…): there are too many, or they are too long",
                                                        injection.n_left_out);

                factory_tell(live->engine, live->instance, "references-left-out", text);
        }
        ret_error->step = "notify-socket";
        r = open_notify(live, &injection);
        if (r < 0)
                return r;
        if (errand)
                notify_hold(live->notify);
        ret_error->step = "output";
        r = open_output(live, definition, errand ? on_hook_line : on_line, errand ? &live->hook->output : &live->output,
                        &output);
        if (r < 0)
                return r;
        spec.output = output;
        if (errand) {
                spec.part = hook_names[errand->hook];
                spec.beside = live->process;
        } else {
                ret_error->step = "connection";
                r = hand_over(live, &spec, &descriptors, &connection);
                if (r < 0)
                        return r;
        }
        return spawn(live, &injection, &spec, handlers, errand ? &live->hook->process : &live->process, ret_error);
}

int launch_main(Live *live, const ProcessHandlers *handlers, SpawnError *ret_error)
{
        int r = launch(live, NULL, handlers, ret_error);

        if (r < 0) {
                g_clear_pointer(&live->session, session_free);
                g_clear_pointer(&live->notify, notify_free);
                g_clear_pointer(&live->output, output_free);
        }
        return r;
}

int launch_hook(Live *live, const ProcessHandlers *handlers, SpawnError *ret_error)
{
        const HookSpec *hooks = engine_definition(live->engine, live->instance)->life->hooks;
        const Errand errand = {
                .hook = live->hook->hook,
                .line = &hooks->lines[live->hook->hook][live->hook->line],
                .main_pid = live->process ? process_pid(live->process) : 0,
        };
        int r = launch(live, &errand, handlers, ret_error);

        if (r < 0) {
                g_clear_pointer(&live->hook->output, output_free);
                if (!live->process)
                        g_clear_pointer(&live->notify, notify_free);
                else if (live->notify)
                        (void) !notify_listen(live->notify);
        }
        return r;
}
