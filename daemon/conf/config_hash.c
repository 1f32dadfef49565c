/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_hash.h"

#include <stdlib.h>
#include <string.h>

typedef struct Hasher {
        GChecksum *sum;
} Hasher;

static void put_number(Hasher *hasher, uint64_t n)
{
        uint64_t bytes = GUINT64_TO_LE(n);

        g_checksum_update(hasher->sum, (const guchar *) &bytes, sizeof(bytes));
}

/* The length in front keeps neighbours apart; absent is told from empty. */
static void put_text(Hasher *hasher, const char *text)
{
        put_number(hasher, text ? strlen(text) + 1 : 0);
        if (text)
                g_checksum_update(hasher->sum, (const guchar *) text, (gssize) strlen(text));
}

static void put_texts(Hasher *hasher, const char *const *texts)
{
        size_t n = 0;

        while (texts && texts[n])
                n++;
        put_number(hasher, n);
        for (size_t i = 0; i < n; i++)
                put_text(hasher, texts[i]);
}

static void put_bytes(Hasher *hasher, const char *bytes, size_t n_bytes)
{
        put_number(hasher, bytes ? n_bytes + 1 : 0);
        g_checksum_update(hasher->sum, (const guchar *) bytes, (gssize) n_bytes);
}

static void put_credentials(Hasher *hasher, const CredentialSpec *credentials)
{
        put_text(hasher, "credentials");
        put_number(hasher, credentials->n);
        for (uint32_t i = 0; i < credentials->n; i++) {
                put_text(hasher, credentials->list[i].name);
                put_bytes(hasher, credentials->list[i].bytes, credentials->list[i].n_bytes);
        }
}

static void put_process(Hasher *hasher, const ProcessSpec *process)
{
        put_texts(hasher, process->environment);
        put_texts(hasher, process->pass_environment);
        put_text(hasher, process->working_directory);
        put_text(hasher, process->user);
        put_text(hasher, process->group);
        put_number(hasher, process->n_limits);
        for (uint32_t i = 0; i < process->n_limits; i++) {
                put_number(hasher, (uint64_t) process->limits[i].resource);
                put_number(hasher, process->limits[i].value.rlim_cur);
                put_number(hasher, process->limits[i].value.rlim_max);
        }
        put_number(hasher, process->umask);
        put_number(hasher, (uint64_t) process->nice);
        put_number(hasher, (uint64_t) process->oom_score_adjust);
        put_number(hasher, process->no_new_privileges);
        put_number(hasher, process->output);
        put_text(hasher, process->output_path);
        put_number(hasher, process->memory_max);
        put_number(hasher, process->tasks_max);
        put_number(hasher, process->cpu_weight);
        put_number(hasher, process->cpu_quota);
        if (process->credentials)
                put_credentials(hasher, process->credentials);
}

static void put_endpoints(Hasher *hasher, const EndpointSpec *spec)
{
        put_text(hasher, "endpoints");
        put_number(hasher, spec->n);
        for (uint32_t i = 0; i < spec->n; i++) {
                put_text(hasher, spec->list[i].name);
                put_number(hasher, spec->list[i].kind);
                put_text(hasher, spec->list[i].text);
        }
}

static void put_hooks(Hasher *hasher, const HookSpec *hooks)
{
        put_text(hasher, "hooks");
        for (Hook hook = 0; hook < HOOK_N_; hook++) {
                put_number(hasher, hooks->n_lines[hook]);
                for (uint32_t i = 0; i < hooks->n_lines[hook]; i++)
                        put_texts(hasher, hooks->lines[hook][i].argv);
        }
}

static void put_life(Hasher *hasher, const LifeSpec *life)
{
        put_number(hasher, life->timeout_start);
        put_number(hasher, life->timeout_stop);
        put_number(hasher, life->restart_delay);
        put_number(hasher, life->restart_max_delay);
        put_number(hasher, life->start_limit_interval);
        put_number(hasher, life->start_limit_burst);
        put_number(hasher, life->start_retries);
        put_number(hasher, (uint64_t) life->kill_signal);
        put_number(hasher, life->restart);
        put_number(hasher, life->on_give_up);
        put_number(hasher, life->n_success_status);
        for (uint32_t i = 0; i < life->n_success_status; i++)
                put_number(hasher, life->success_status[i]);
        put_number(hasher, life->watchdog);
        put_number(hasher, life->probe_interval);
        put_number(hasher, life->probe_timeout);
        if (life->hooks)
                put_hooks(hasher, life->hooks);
}

static void put_reference(Hasher *hasher, const RefSpec *spec)
{
        put_text(hasher, spec->name);
        put_number(hasher, spec->cardinality.min);
        put_number(hasher, spec->cardinality.max);
        put_text(hasher, spec->target);
        put_number(hasher, spec->is_soft);
        put_number(hasher, spec->excludes_self);
}

static void put_contributions(Hasher *hasher, const Wiring *wiring)
{
        put_text(hasher, "contributes");
        put_number(hasher, wiring->n_contributions);
        for (uint32_t i = 0; i < wiring->n_contributions; i++) {
                put_text(hasher, wiring->contributions[i].key);
                put_number(hasher, (uint64_t) wiring->contributions[i].rank);
        }
}

static void put_wiring(Hasher *hasher, const Wiring *wiring)
{
        put_number(hasher, wiring->n_refs);
        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                put_number(hasher, wiring->refs[i].kind);
                put_text(hasher, wiring->refs[i].key);
                put_text(hasher, wiring->refs[i].route);
                if (wiring->refs[i].spec)
                        put_reference(hasher, wiring->refs[i].spec);
        }
        put_number(hasher, wiring->n_provides);
        for (uint32_t i = 0; i < wiring->n_provides; i++) {
                put_text(hasher, wiring->provides[i].key);
                put_text(hasher, wiring->provides[i].route);
        }
        if (wiring->n_contributions > 0)
                put_contributions(hasher, wiring);
}

static void put_component(Hasher *hasher, const Definition *definition)
{
        put_text(hasher, definition->name);
        put_text(hasher, definition->module->name);
        put_number(hasher, definition->type);
        put_number(hasher, definition->scope);
        put_text(hasher, definition->scope_kind);
        put_number(hasher, definition->start);
        put_number(hasher, definition->policy);
        put_number(hasher, (uint64_t) definition->priority);
        put_text(hasher, definition->description);
        put_text(hasher, definition->documentation);
        put_texts(hasher, definition->labels);
        put_texts(hasher, definition->argv);
        put_text(hasher, definition->probe);
        put_wiring(hasher, definition->wiring);
        put_process(hasher, definition->process);
        put_life(hasher, definition->life);
        if (definition->endpoints && definition->endpoints->n > 0)
                put_endpoints(hasher, definition->endpoints);
        put_number(hasher, definition->n_conditions);
        for (uint32_t i = 0; i < definition->n_conditions; i++) {
                put_text(hasher, definition->conditions[i].key);
                put_text(hasher, definition->conditions[i].value);
        }
}

static int compare_names(const void *a, const void *b)
{
        const Definition *one = *(const Definition *const *) a, *other = *(const Definition *const *) b;

        return strcmp(one->name, other->name);
}

static void put_components(Hasher *hasher, const Registry *registry)
{
        g_autoptr(GPtrArray) sorted = g_ptr_array_copy(registry->components, NULL, NULL);

        g_ptr_array_sort(sorted, compare_names);
        put_number(hasher, sorted->len);
        for (guint i = 0; i < sorted->len; i++)
                put_component(hasher, sorted->pdata[i]);
}

static void put_modules(Hasher *hasher, const Registry *registry)
{
        put_number(hasher, registry->modules->len);
        for (guint i = 0; i < registry->modules->len; i++) {
                const Module *module = registry->modules->pdata[i];

                put_text(hasher, module->name);
                put_text(hasher, module->description);
                put_text(hasher, module->documentation);
                put_number(hasher, module->is_private);
                put_number(hasher, module->is_loaded);
                put_number(hasher, module->n_requires);
                for (uint32_t j = 0; j < module->n_requires; j++)
                        put_text(hasher, module->requires[j].name);
        }
}

static void put_named(Hasher *hasher, const char *name, const Module *module, const char *text)
{
        put_text(hasher, name);
        put_text(hasher, module->name);
        put_text(hasher, text);
}

void config_hash_compute(Registry *registry)
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
        Hasher hasher = {.sum = sum};

        put_text(&hasher, "reeve 1");
        put_modules(&hasher, registry);
        put_components(&hasher, registry);
        put_number(&hasher, registry->values->len);
        for (guint i = 0; i < registry->values->len; i++) {
                const Value *value = registry->values->pdata[i];

                put_named(&hasher, value->name, value->module, value->text);
                if (value->codec != CODEC_PLAIN || value->is_secret) {
                        put_text(&hasher, "codec");
                        put_number(&hasher, value->codec);
                        put_number(&hasher, value->is_secret);
                }
        }
        put_number(&hasher, registry->aliases->len);
        for (guint i = 0; i < registry->aliases->len; i++) {
                const Alias *alias = registry->aliases->pdata[i];

                put_named(&hasher, alias->name, alias->module, alias->target);
        }
        put_number(&hasher, registry->kinds->len);
        for (guint i = 0; i < registry->kinds->len; i++) {
                const ScopeKind *kind = registry->kinds->pdata[i];

                put_named(&hasher, kind->name, kind->module, kind->parent);
        }
        for (guint i = 0; i < registry->declared->len; i++) {
                const KeyDeclaration *key = registry->declared->pdata[i];

                put_named(&hasher, key->name, key->module, "key");
                put_texts(&hasher, key->routes);
        }
        g_strlcpy(registry->hash, g_checksum_get_string(sum), sizeof(registry->hash));
}
