/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "reference.h"
#include "secret.h"
#include "sockets.h"
#include "watchdog.h"

/* What a process gets of the daemon's own environment unasked; the rest takes PassEnvironment=. */
static const char *const passed_always[] = {"PATH",    "LANG",  "LC_ALL",         "TZ", "HOME", "USER",
                                            "LOGNAME", "SHELL", "XDG_RUNTIME_DIR"};

/* What is handed over begins after the standard streams. */
#define FIRST_DESCRIPTOR 3u

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* NAME=VALUE replaces an earlier NAME=. */
static void put(GPtrArray *environment, char *entry)
{
        size_t n_name = strcspn(entry, "=") + 1;

        for (guint i = 0; i < environment->len; i++) {
                char **slot = (char **) &environment->pdata[i];

                if (strncmp(*slot, entry, n_name) == 0) {
                        g_free(*slot);
                        *slot = entry;
                        return;
                }
        }
        g_ptr_array_add(environment, entry);
}

static void put_pair(GPtrArray *environment, const char *name, const char *value)
{
        if (value)
                put(environment, g_strdup_printf("%s=%s", name, value));
}

static void put_own(const Engine *engine, const Instance *instance, Injection *injection)
{
        const Definition *definition = engine_definition(engine, instance);
        const Settings *settings = engine->host.settings;
        GPtrArray *environment = injection->environment;
        g_autofree char *absent = reference_absent(engine, instance);

        put_pair(environment, "REEVE_COMPONENT", definition->name);
        put_pair(environment, "REEVE_CONTAINER", settings->name);
        put_pair(environment, "REEVE_ENVIRONMENT", container_environment_names[settings->environment]);
        put(environment, g_strdup_printf("REEVE_GENERATION=%" PRIu64, engine->plan->generation));
        put_pair(environment, "REEVE_SCOPE", scope_names[definition->scope]);
        put_pair(environment, "REEVE_RUNTIME_DIR", injection->directory);
        put_pair(environment, "REEVE_ABSENT", absent);
        put_pair(environment, "NOTIFY_SOCKET", injection->notify_path);
        put_pair(environment, "CREDENTIALS_DIRECTORY", injection->credentials);
}

static void put_inherited(const ProcessSpec *spec, Injection *injection)
{
        GPtrArray *environment = injection->environment;

        for (size_t i = 0; i < G_N_ELEMENTS(passed_always); i++)
                put_pair(environment, passed_always[i], getenv(passed_always[i]));
        for (const char *const *name = spec->pass_environment; name && *name; name++)
                put_pair(environment, *name, getenv(*name));
        if (!getenv("PATH"))
                put_pair(environment, "PATH", DEFAULT_PATH);
        if (spec->user) {
                put_pair(environment, "USER", injection->account.name);
                put_pair(environment, "LOGNAME", injection->account.name);
                put_pair(environment, "HOME", injection->account.home);
                put_pair(environment, "SHELL", injection->account.shell);
        }
}

static void put_references(const Engine *engine, const Instance *instance, Injection *injection)
{
        g_autoptr(GPtrArray) references = g_ptr_array_new();

        injection->n_left_out = reference_put(engine, instance, references);
        for (guint i = 0; i < references->len; i++)
                put(injection->environment, references->pdata[i]);
}

/* As sd_listen_fds(3) looks for it. */
static uint32_t n_sockets(const Definition *definition)
{
        return definition->endpoints ? definition->endpoints->n_listen : 0;
}

static void put_sockets(const Definition *definition, GPtrArray *environment)
{
        g_autofree char *names = NULL;

        if (n_sockets(definition) == 0)
                return;
        names = sockets_names(definition);
        put(environment, g_strdup_printf("LISTEN_FDS=%u", n_sockets(definition)));
        put_pair(environment, "LISTEN_FDNAMES", names);
        put(environment, g_strdup(SPAWN_LISTEN_PID));
}

/* §79: what a hook is told beside what its component is; §113: what the main process alone is told. */
static void put_part(const Definition *definition, const Errand *errand, GPtrArray *environment)
{
        if (!errand) {
                put_sockets(definition, environment);
                if (definition->type == TYPE_REEVE)
                        put(environment, g_strdup_printf("REEVE_BUS_FD=%u", FIRST_DESCRIPTOR + n_sockets(definition)));
                if (watchdog_is_set(definition->life)) {
                        put(environment, g_strdup_printf("WATCHDOG_USEC=%" PRIu64, definition->life->watchdog));
                        put(environment, g_strdup(SPAWN_WATCHDOG_PID));
                }
                return;
        }
        put_pair(environment, "REEVE_HOOK", hook_names[errand->hook]);
        if (errand->main_pid > 0)
                put(environment, g_strdup_printf("MAINPID=%d", (int) errand->main_pid));
}

static int fill_in(const Engine *engine, const Instance *instance, const char *const *argv, Injection *injection)
{
        const Definition *definition = engine_definition(engine, instance);
        int r = 0;

        for (const char *const *word = argv; r == 0 && word && *word; word++) {
                char *text;

                r = expand_text(engine, instance, *word, &text);
                if (r == 0)
                        g_ptr_array_add(injection->argv, text);
        }
        for (const char *const *entry = definition->process->environment; r == 0 && entry && *entry; entry++) {
                char *text;

                r = expand_text(engine, instance, *entry, &text);
                if (r == 0)
                        put(injection->environment, text);
        }
        return r;
}

int inject_build(const Engine *engine, Instance *instance, const Errand *errand, Injection *ret)
{
        const Definition *definition = engine_definition(engine, instance);
        const ProcessSpec *spec = definition->process;
        int r = 0;

        *ret = (Injection){
                .argv = g_ptr_array_new_with_free_func(g_free),
                .environment = g_ptr_array_new_with_free_func(g_free),
                .step = "user",
        };
        ret->account = (Account){.uid = account_uid(), .gid = account_gid()};
        if (spec->user || spec->group) {
                r = account_find(spec->user, spec->group, &ret->account);
                if (r < 0)
                        return r;
        }
        ret->step = "runtime-directory";
        r = runtime_directory_make(engine->host.directory, definition->name, ret->account.uid, ret->account.gid,
                                   &ret->directory);
        if (r < 0)
                return r;
        ret->notify_path = g_build_filename(ret->directory, "notify", NULL);
        put_inherited(spec, ret);
        ret->step = "credentials";
        if (errand)
                ret->credentials = secret_folder(engine, instance);
        else
                r = secret_hand_over(engine, instance, ret->account.uid, ret->account.gid, &ret->credentials);
        if (r < 0)
                return r;
        ret->step = "template";
        r = fill_in(engine, instance, errand ? errand->line->argv : definition->argv, ret);
        if (r < 0)
                return r;
        put_references(engine, instance, ret);
        put_own(engine, instance, ret);
        put_part(definition, errand, ret->environment);
        g_ptr_array_add(ret->argv, NULL);
        g_ptr_array_add(ret->environment, NULL);
        return 0;
}

void injection_done(Injection *injection)
{
        g_clear_pointer(&injection->argv, g_ptr_array_unref);
        g_clear_pointer(&injection->environment, g_ptr_array_unref);
        g_clear_pointer(&injection->directory, g_free);
        g_clear_pointer(&injection->notify_path, g_free);
        g_clear_pointer(&injection->credentials, g_free);
        account_done(&injection->account);
}
