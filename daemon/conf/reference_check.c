/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference_check.h"

#include <string.h>

#include "base/names.h"
#include "text_check.h"

static void check_chain(TextCheck *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                check->origin = item->origin;
                text_check_templates(check, item->data);
        }
}

static void check_hooks(TextCheck *check, const Chain hooks[HOOK_N_])
{
        for (Hook hook = 0; hook < HOOK_N_; hook++)
                for (const ChainItem *item = hooks[hook].first; item; item = item->next) {
                        check->what = hook_keys[hook];
                        check->origin = item->origin;
                        for (const char *const *word = item->data; *word; word++)
                                text_check_templates(check, *word);
                }
}

static void check_scope(TextCheck *check, const ComponentDraft *component)
{
        const char *nearest, *kind = component->scope.kind;
        Diag *diag;

        if (component->scope.scope != SCOPE_KIND || registry_find_scope_kind(check->registry, kind))
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, component->marks.scope,
                          "Scope=%s is neither built in nor declared", kind);
        nearest = name_nearest(scope_names, SCOPE_KIND, kind);
        if (!nearest && check->diags->items->len <= MAX_SUGGESTIONS) {
                g_autoptr(GPtrArray) names = g_ptr_array_new();

                for (guint i = 0; i < check->registry->kinds->len; i++)
                        g_ptr_array_add(names, (void *) ((const ScopeKind *) check->registry->kinds->pdata[i])->name);
                nearest = name_nearest((const char *const *) names->pdata, names->len, kind);
        }
        if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else
                diag_set_hint(diag, "write singleton, transient or request, or declare it: [Scope %s]", kind);
        text_check_decorate(check, diag, NULL);
}

static void check_credentials(TextCheck *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                const Credential *credential = item->data;

                check->origin = item->origin;
                if (!credential->bytes)
                        text_check_credential(check, credential->name);
        }
}

static void check_published(TextCheck *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                check->what = "Publish=";
                check->origin = item->origin;
                text_check_templates(check, ((const DeclaredEndpoint *) item->data)->text);
        }
}

static void check_component(TextCheck *check, const ComponentDraft *component)
{
        int64_t index = registry_find_component(check->registry, component->name);
        uint32_t n;

        check->definition = index < 0 ? NULL : registry_components(check->registry, &n)[index];
        check->component = component->name;
        check->what = "ExecStart=";
        check->origin = component->marks.exec;
        for (const char *const *word = component->argv; word && *word; word++)
                text_check_templates(check, *word);
        if (component->process) {
                check->what = "Environment=";
                check_chain(check, &component->process->environment);
                check->what = "LoadCredential=";
                check_credentials(check, &component->process->credentials);
        }
        if (component->wiring.endpoints)
                check_published(check, &component->wiring.endpoints->publish);
        if (component->probe) {
                check->what = "ReadyProbe=";
                check->origin = component->marks.probe;
                text_check_templates(check, component->probe);
        }
        if (component->life)
                check_hooks(check, component->life->hooks);
        check_scope(check, component);
}

void reference_check_module(const Registry *registry, const ModuleDraft *draft, const Module *module, DiagList *diags)
{
        TextCheck check = {.registry = registry,
                       .module = module,
                       .what = "Environment=",
                       .diags = diags,
                       .n_before = diags->items->len};

        check_chain(&check, &draft->keys.environment);
        check_hooks(&check, draft->keys.hooks);
        for (guint i = 0; i < draft->components.items->len; i++) {
                const ComponentDraft *component = draft->components.items->pdata[i];

                if (!component->is_cleared)
                        check_component(&check, component);
        }
}

/* From KIND towards the container, as far as no other walk has been; a kind met again in this walk is a ring. */
static void walk_parents(const Registry *registry, const ScopeKind *kind, GHashTable *seen, void *walk, DiagList *diags)
{
        while (kind && !g_hash_table_contains(seen, kind)) {
                g_hash_table_insert(seen, (void *) kind, walk);
                kind = kind->parent ? registry_find_scope_kind(registry, kind->parent) : NULL;
        }
        if (kind && g_hash_table_lookup(seen, kind) == walk)
                diag_set_hint(diag_error(diags, DIAG_INVALID_VALUE, kind->parent_origin,
                                         "the kind of scope '%s' lives in itself", kind->name),
                              "its Parent=%s leads back to it", kind->parent);
}

static void report_parent(const ScopeKind *kind, DiagList *diags)
{
        Diag *diag = diag_error(diags, DIAG_INVALID_VALUE, kind->parent_origin,
                                "the kind of scope '%s' has an unknown Parent=%s", kind->name, kind->parent);

        if (name_find(scope_names, SCOPE_KIND, kind->parent) >= 0)
                diag_set_hint(diag, "%s is built in and no parent; without Parent= it lives in the container",
                              kind->parent);
        else
                diag_set_hint(diag, "declare it: [Scope %s]; without Parent= it lives in the container", kind->parent);
}

void reference_check_kinds(const Registry *registry, DiagList *diags)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        for (guint i = 0; i < registry->kinds->len; i++) {
                const ScopeKind *kind = registry->kinds->pdata[i];

                if (kind->parent && !registry_find_scope_kind(registry, kind->parent))
                        report_parent(kind, diags);
                if (!g_hash_table_contains(seen, kind))
                        walk_parents(registry, kind, seen, GUINT_TO_POINTER(i + 1), diags);
        }
}
