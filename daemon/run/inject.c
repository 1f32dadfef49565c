/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/template.h"
#include "watchdog.h"

/* What a process gets of the daemon's own environment unasked; the rest takes PassEnvironment=. */
static const char *const passed_always[] = {"PATH",    "LANG",  "LC_ALL",         "TZ", "HOME", "USER",
                                            "LOGNAME", "SHELL", "XDG_RUNTIME_DIR"};

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef struct Lookup {
        const Registry *registry;
        char *name; /* last one asked for, terminated */
} Lookup;

static const char *look_up(const TemplatePart *part, void *userdata)
{
        Lookup *lookup = userdata;
        const Value *value;

        g_free(lookup->name);
        lookup->name = g_strndup(part->name, part->n_name);
        if (part->kind == TEMPLATE_ENV)
                return getenv(lookup->name);
        value = registry_find_value(lookup->registry, lookup->name);
        return value ? value->text : NULL;
}

int inject_expand(const Engine *engine, const char *text, char **ret)
{
        Lookup lookup = {.registry = engine->plan->registry};
        int r = template_expand(text, look_up, &lookup, ret);

        g_free(lookup.name);
        return r;
}

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

static bool is_bound(const Engine *engine, const Instance *instance, const Ref *ref)
{
        const Graph *graph = &engine->plan->graph;
        const Key *key = registry_find_key(engine->plan->registry, ref->key);
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, instance->node, DOWN, &n);

        if (key && key->n_providers == 1 && key->providers[0].kind != PROVIDER_COMPONENT &&
            key->providers[0].kind != PROVIDER_ALIAS)
                return true; /* values and the container itself are always there (§27, §28) */
        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]];

                if (g_strcmp0(edge->key, ref->key) == 0 && (edge->kind == EDGE_WANTS || edge->kind == EDGE_REQUIRES) &&
                    engine->instances[edge->to].state == STATE_READY)
                        return true;
        }
        return false;
}

/* §23: what is optional and not there, by key. */
static char *absent_keys(const Engine *engine, const Instance *instance)
{
        const Wiring *wiring = engine_definition(engine, instance)->wiring;
        GString *absent = g_string_new(NULL);

        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];

                if (ref->kind != REF_WANTS || is_bound(engine, instance, ref))
                        continue;
                g_string_append_printf(absent, "%s%s%s%s", absent->len > 0 ? " " : "", ref->key, ref->route ? ":" : "",
                                       ref->route ? ref->route : "");
        }
        return g_string_free(absent, FALSE);
}

static void put_own(const Engine *engine, const Instance *instance, Injection *injection)
{
        const Definition *definition = engine_definition(engine, instance);
        const Settings *settings = engine->host.settings;
        GPtrArray *environment = injection->environment;
        g_autofree char *absent = absent_keys(engine, instance);

        put_pair(environment, "REEVE_COMPONENT", definition->name);
        put_pair(environment, "REEVE_CONTAINER", settings->name);
        put_pair(environment, "REEVE_ENVIRONMENT", container_environment_names[settings->environment]);
        put(environment, g_strdup_printf("REEVE_GENERATION=%" PRIu64, engine->plan->generation));
        put_pair(environment, "REEVE_SCOPE", scope_names[definition->scope]);
        put_pair(environment, "REEVE_RUNTIME_DIR", injection->directory);
        put_pair(environment, "REEVE_ABSENT", absent);
        put_pair(environment, "NOTIFY_SOCKET", injection->notify_path);
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

/* §79: what a hook is told beside what its component is; §113: what the main process alone is told. */
static void put_part(const Definition *definition, const Errand *errand, GPtrArray *environment)
{
        if (!errand) {
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

static int fill_in(const Engine *engine, const Definition *definition, const char *const *argv, Injection *injection)
{
        int r = 0;

        for (const char *const *word = argv; r == 0 && word && *word; word++) {
                char *text;

                r = inject_expand(engine, *word, &text);
                if (r == 0)
                        g_ptr_array_add(injection->argv, text);
        }
        for (const char *const *entry = definition->process->environment; r == 0 && entry && *entry; entry++) {
                char *text;

                r = inject_expand(engine, *entry, &text);
                if (r == 0)
                        put(injection->environment, text);
        }
        return r;
}

int inject_build(const Engine *engine, const Instance *instance, const Errand *errand, Injection *ret)
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
        ret->step = "template";
        r = fill_in(engine, definition, errand ? errand->line->argv : definition->argv, ret);
        if (r < 0)
                return r;
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
        account_done(&injection->account);
}
