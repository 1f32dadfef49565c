/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <signal.h>
#include <string.h>

#include "fake/fake_state.h"

#define FIRST_DESCRIPTOR 1000000 /* none that exists: to close it does nothing */
#define FIRST_PID 100000

FakeOs fake_os;
const FakeBehaviour fake_behaviour_default = { .ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER };

static struct {
        int spawn_error;
        const char *spawn_step;
        const char *call;
        unsigned int n_calls;
        int call_error;
} failures;

static void spec_clear(SpawnSpec *spec)
{
        g_strfreev((char **) (gpointer) spec->argv);
        g_strfreev((char **) (gpointer) spec->environment);
        g_free((gpointer) spec->name);
        g_free((gpointer) spec->working_directory);
        g_free((gpointer) spec->user);
        g_free((gpointer) spec->group);
        g_free((gpointer) spec->limits);
        g_free((gpointer) spec->cgroup_limits);
        g_free((gpointer) spec->descriptors);
}

static void record_free(gpointer data)
{
        spec_clear(&((Record *) data)->spec);
        g_free(data);
}

void fake_os_reset(void)
{
        FakeOs *os = &fake_os;

        g_clear_pointer(&os->processes, g_hash_table_unref);
        g_clear_pointer(&os->records, g_hash_table_unref);
        g_clear_pointer(&os->behaviours, g_hash_table_unref);
        g_clear_pointer(&os->probes, g_hash_table_unref);
        g_clear_pointer(&os->arrivals, g_hash_table_unref);
        g_clear_pointer(&os->callers, g_hash_table_unref);
        g_clear_pointer(&os->sockets, g_hash_table_unref);
        g_clear_pointer(&os->outputs, g_hash_table_unref);
        g_clear_pointer(&os->written, g_hash_table_unref);
        g_clear_pointer(&os->log, g_ptr_array_unref);
        if (os->log_text)
                (void) g_string_free(os->log_text, TRUE);

        *os = (FakeOs) {
                .processes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                .records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, record_free),
                .behaviours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .probes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                .arrivals = g_hash_table_new(NULL, NULL),
                .callers = g_hash_table_new(NULL, NULL),
                .sockets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                .outputs = g_hash_table_new(NULL, NULL),
                .written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .log = g_ptr_array_new_with_free_func(g_free),
                .log_text = g_string_new(NULL),
                .next_descriptor = FIRST_DESCRIPTOR,
                .next_pid = FIRST_PID,
        };
        failures.spawn_error = failures.call_error = 0;
        fake_clock_reset();
}

Record *fake_record(const char *name)
{
        Record *record = g_hash_table_lookup(fake_os.records, name);

        if (!record) {
                record = g_new0(Record, 1);
                g_hash_table_insert(fake_os.records, g_strdup(name), record);
        }
        return record;
}

char *fake_name(const SpawnSpec *spec)
{
        return spec->part ? g_strdup_printf("%s:%s", spec->name, spec->part) : g_strdup(spec->name);
}

void fake_record_spawn(const SpawnSpec *spec)
{
        g_autofree char *name = fake_name(spec);
        Record *record = fake_record(name);
        SpawnSpec copy = *spec;

        copy.name = g_strdup(spec->name);
        copy.argv = (const char *const *) g_strdupv((char **) (gpointer) spec->argv);
        copy.environment = (const char *const *) g_strdupv((char **) (gpointer) spec->environment);
        copy.working_directory = g_strdup(spec->working_directory);
        copy.user = g_strdup(spec->user);
        copy.group = g_strdup(spec->group);
        copy.limits = g_memdup2(spec->limits, spec->n_limits * sizeof(*spec->limits));
        copy.cgroup_limits = g_memdup2(spec->cgroup_limits, spec->cgroup_limits ? sizeof(*spec->cgroup_limits) : 0);
        copy.descriptors = g_memdup2(spec->descriptors, spec->n_descriptors * sizeof(int));
        spec_clear(&record->spec);
        record->spec = copy;
        record->n_spawned++;
}

void fake_os_fail_next_spawn(int error, const char *step)
{
        failures.spawn_error = error;
        failures.spawn_step = step;
}

void fake_os_fail_spawn(const char *name, int error, const char *step)
{
        Record *record = fake_record(name);

        record->error = error;
        record->step = step;
}

int fake_spawn_failure(const char *name, SpawnError *ret_error)
{
        Record *record = fake_record(name);
        SpawnError error = { .error = record->error, .step = record->step };

        if (failures.spawn_error != 0)
                error = (SpawnError) { .error = failures.spawn_error, .step = failures.spawn_step };
        failures.spawn_error = 0;
        if (error.error != 0)
                *ret_error = error;
        return -error.error;
}

void fake_os_fail_call(const char *call, unsigned int n_calls, int error)
{
        failures.call = call;
        failures.n_calls = n_calls;
        failures.call_error = error;
}

int fake_failure(const char *call)
{
        int error = failures.call_error;

        if (error == 0 || strcmp(failures.call, call) != 0 || --failures.n_calls > 0)
                return 0;
        failures.call_error = 0;
        return -error;
}

void fake_os_set_behaviour(const char *name, const FakeBehaviour *behaviour)
{
        g_hash_table_insert(fake_os.behaviours, g_strdup(name ? name : ""), g_memdup2(behaviour, sizeof(*behaviour)));
}

const FakeBehaviour *fake_behaviour(const char *name)
{
        static const FakeBehaviour errand = {.ready_usec = FAKE_NEVER, .code = CLD_EXITED};
        const FakeBehaviour *behaviour = g_hash_table_lookup(fake_os.behaviours, name);

        /* "module:x" is a component, "x:startup" a part of one. */
        if (!behaviour && strchr(name, ':') &&
            (!g_str_has_prefix(name, "module:") || strchr(name + strlen("module:"), ':')))
                return &errand;
        if (!behaviour)
                behaviour = g_hash_table_lookup(fake_os.behaviours, "");
        return behaviour ? behaviour : &fake_behaviour_default;
}

const SpawnSpec *fake_os_spec(const char *name)
{
        const Record *record = g_hash_table_lookup(fake_os.records, name);

        return record && record->n_spawned > 0 ? &record->spec : NULL;
}

uint32_t fake_os_n_spawned(const char *name)
{
        const Record *record = g_hash_table_lookup(fake_os.records, name);

        return record ? record->n_spawned : 0;
}

const char *fake_os_environment(const char *name, const char *variable)
{
        const SpawnSpec *spec = fake_os_spec(name);
        size_t n = strlen(variable);

        for (const char *const *entry = spec ? spec->environment : NULL; entry && *entry; entry++)
                if (strncmp(*entry, variable, n) == 0 && (*entry)[n] == '=')
                        return *entry + n + 1;
        return NULL;
}

void fake_log(const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_ptr_array_add(fake_os.log, g_strdup_vprintf(format, list));
        va_end(list);
}

const char *fake_os_log(const char *prefix)
{
        g_string_truncate(fake_os.log_text, 0);
        for (guint i = 0; i < fake_os.log->len; i++)
                if (!prefix || g_str_has_prefix(fake_os.log->pdata[i], prefix))
                        g_string_append_printf(fake_os.log_text, "%s\n", (const char *) fake_os.log->pdata[i]);
        return fake_os.log_text->str;
}

void fake_os_log_clear(void)
{
        g_ptr_array_set_size(fake_os.log, 0);
}
