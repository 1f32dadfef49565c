/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "template.h"

/* "Did you mean" costs a walk over all names: not for every line of a broken machine-made file. */
#define MAX_SUGGESTIONS 100

typedef struct Check {
        const Registry *registry;
        const Module *module;
        const char *component; /* or NULL: the module's own keys */
        const char *what;      /* the key */
        Origin origin;
        DiagList *diags;
        guint n_before; /* of the findings, other modules' */
} Check;

static bool is_enough(const Check *check)
{
        guint n = check->diags->items->len;

        /* Of one module; a line may hold a hundred thousand of them. */
        return n >= check->n_before + (n > ALL_MANY_FINDINGS ? MODULE_FEW_FINDINGS : MODULE_MAX_FINDINGS);
}

static const char *nearest_value(const Check *check, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        if (check->diags->items->len > MAX_SUGGESTIONS)
                return NULL;
        for (guint i = 0; i < check->registry->values->len; i++)
                g_ptr_array_add(names, (void *) ((const Value *) check->registry->values->pdata[i])->name);
        return name_nearest((const char *const *) names->pdata, names->len, name);
}

static void decorate(const Check *check, Diag *diag, const char *key)
{
        diag_set_component(diag, check->component, check->module->name);
        diag_set_key(diag, key, NULL);
}

static void check_value(const Check *check, const char *name)
{
        const Value *value = registry_find_value(check->registry, name);
        const char *nearest;
        Diag *diag;

        if (value && value->module->is_private && value->module != check->module) {
                diag = diag_error(check->diags, DIAG_NOT_VISIBLE, check->origin,
                                  "${%s} in %s is a value of the private module '%s'", name, check->what,
                                  value->module->name);
                diag_add_source(diag, value->name, value->origin);
                decorate(check, diag, name);
                return;
        }
        if (value)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "${%.200s} in %s is not defined: there is no value of that name", name, check->what);
        nearest = nearest_value(check, name);
        if (nearest)
                diag_set_hint(diag, "did you mean '${%s}'?", nearest);
        else
                diag_set_hint(diag, "declare it in [Values], or write $${ for a literal ${");
        decorate(check, diag, name);
}

static void check_environment(const Check *check, const char *name)
{
        Diag *diag;

        if (getenv(name))
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "${env:%.200s} in %s is not defined: the daemon has no such variable", name, check->what);
        diag_set_hint(diag, "set it for the daemon, or use a value");
        decorate(check, diag, NULL);
}

static void on_part(const TemplatePart *part, void *userdata)
{
        static const char *const later[TEMPLATE_N_] = {
                [TEMPLATE_SELF] = "self.",
                [TEMPLATE_ENDPOINT] = "",
                [TEMPLATE_PARAM] = "param.",
                [TEMPLATE_SCOPE] = "scope.",
        };
        const Check *check = userdata;
        g_autofree char *name = g_strndup(part->name, part->n_name);
        /* A value's name may have a dot in it. */
        bool is_value = part->kind == TEMPLATE_ENDPOINT && registry_find_value(check->registry, name);

        if (is_enough(check))
                return;
        switch (is_value ? TEMPLATE_VALUE : part->kind) {
        case TEMPLATE_VALUE:
                check_value(check, name);
                break;
        case TEMPLATE_ENV:
                check_environment(check, name);
                break;
        case TEMPLATE_ENDPOINT:
        case TEMPLATE_SELF:
        case TEMPLATE_PARAM:
        case TEMPLATE_SCOPE:
        case TEMPLATE_N_:
                decorate(check,
                         diag_error(check->diags, DIAG_NOT_AVAILABLE, check->origin,
                                    "${%s%.200s} in %s is not available yet", later[part->kind], name, check->what),
                         NULL);
                break;
        }
}

static void check_text(Check *check, const char *text)
{
        const char *problem;
        Diag *diag;

        if (is_enough(check) || !strchr(text, '$') || template_visit(text, on_part, check, &problem) == 0)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin, "%s has %s", check->what, problem);
        decorate(check, diag, NULL);
}

static void check_chain(Check *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                check->origin = item->origin;
                check_text(check, item->data);
        }
}

static void check_hooks(Check *check, const Chain hooks[HOOK_N_])
{
        for (Hook hook = 0; hook < HOOK_N_; hook++)
                for (const ChainItem *item = hooks[hook].first; item; item = item->next) {
                        check->what = hook_keys[hook];
                        check->origin = item->origin;
                        for (const char *const *word = item->data; *word; word++)
                                check_text(check, *word);
                }
}

static void check_scope(Check *check, const ComponentDraft *component)
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
        decorate(check, diag, NULL);
}

static void check_component(Check *check, const ComponentDraft *component)
{
        check->component = component->name;
        check->what = "ExecStart=";
        check->origin = component->marks.exec;
        for (const char *const *word = component->argv; word && *word; word++)
                check_text(check, *word);
        if (component->process) {
                check->what = "Environment=";
                check_chain(check, &component->process->environment);
        }
        if (component->probe) {
                check->what = "ReadyProbe=";
                check->origin = component->marks.probe;
                check_text(check, component->probe);
        }
        if (component->life)
                check_hooks(check, component->life->hooks);
        check_scope(check, component);
}

void reference_check_module(const Registry *registry, const ModuleDraft *draft, const Module *module, DiagList *diags)
{
        Check check = {.registry = registry,
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
