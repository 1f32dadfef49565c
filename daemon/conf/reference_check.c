/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "template.h"
#include "template_name.h"

/* "Did you mean" costs a walk over all names: not for every line of a broken machine-made file. */
#define MAX_SUGGESTIONS 100

typedef struct Check {
        const Registry *registry;
        const Module *module;
        const Definition *definition; /* of the component; NULL: none, or several of one name */
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

static bool is_hidden(const Check *check, const Value *value)
{
        return value->module->is_private && value->module != check->module;
}

static void report_hidden(const Check *check, const Value *value, const char *name)
{
        Diag *diag = diag_error(check->diags, DIAG_NOT_VISIBLE, check->origin,
                                "%s in %s is a value of the private module '%s'", name, check->what,
                                value->module->name);

        diag_add_source(diag, value->name, value->origin);
        decorate(check, diag, value->name);
}

/* A value that there is: it may be seen, and shown. */
static bool check_found(const Check *check, const Value *value, const char *name)
{
        g_autofree char *template = g_strdup_printf("${%s}", name);
        Diag *diag;

        if (is_hidden(check, value))
                report_hidden(check, value, template);
        else if (value->is_secret) {
                diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                                  "%s in %s is a secret, which is handed over as a file and in no other way", template,
                                  check->what);
                diag_set_hint(diag, "write LoadCredential=%s, and let the program read $CREDENTIALS_DIRECTORY/%s",
                              value->name, value->name);
                decorate(check, diag, value->name);
        }
        return !is_hidden(check, value) && !value->is_secret;
}

static const char *nearest_member(const Value *value, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        for (uint32_t i = 0; i < value->n_members; i++)
                g_ptr_array_add(names, (void *) value->members[i].name);
        return name_nearest((const char *const *) names->pdata, names->len, name);
}

static void check_member(const Check *check, const Value *value, const char *member, const char *text)
{
        const ValueMember *found = value_find_member(value, member);
        const char *nearest;
        Diag *diag;

        if (!check_found(check, value, text) || (found && found->text) || value->is_damaged)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin, "${%s} in %s is not defined: %s", text,
                          check->what,
                          value->codec == CODEC_PLAIN ? "the value is a plain text without members"
                          : found                     ? "that member is an object, an array or null, and no text"
                                                      : "the value has no such member");
        decorate(check, diag, value->name);
        if (value->codec == CODEC_PLAIN) {
                diag_set_hint(diag, "write ${%s}; Codec=json, keyfile or env in [Value %s] would give it members",
                              value->name, value->name);
                return;
        }
        nearest = found || check->diags->items->len > MAX_SUGGESTIONS ? NULL : nearest_member(value, member);
        if (nearest)
                diag_set_hint(diag, "did you mean '${%s.%s}'?", value->name, nearest);
}

static void check_value(const Check *check, const char *name)
{
        const Value *value = registry_find_value(check->registry, name);
        const char *nearest;
        Diag *diag;

        if (value) {
                (void) check_found(check, value, name);
                return;
        }
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "${%.200s} in %s is not defined: there is no value of that name", name, check->what);
        nearest = nearest_value(check, name);
        if (check->definition && endpoint_spec_find(check->definition->endpoints, name))
                diag_set_hint(diag, "did you mean '${self.%s}'?", name);
        else if (registry_find_component(check->registry, name) >= 0)
                diag_set_hint(diag, "that is a component; one of its endpoints is ${%s.ENDPOINT}", name);
        else if (nearest)
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

/* Endpoints are the plan's to judge (plan/endpoint_rule), but for those that nobody could have. */
static void check_dotted(const Check *check, const char *text)
{
        const Wiring *wiring = check->definition ? check->definition->wiring : NULL;
        g_auto(TemplateName) name = template_name_find(check->registry, wiring, text);
        Diag *diag;

        if (name.kind == NAME_VALUE)
                (void) check_found(check, name.value, text);
        else if (name.kind == NAME_MEMBER)
                check_member(check, name.value, name.rest, text);
        else if (!check->component) {
                diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                                  "${%.200s} in %s of [Module] is not defined: a module refers to no endpoints", text,
                                  check->what);
                diag_set_hint(diag, "write it in the components that require what it speaks of");
                decorate(check, diag, NULL);
        }
}

static void on_part(const TemplatePart *part, void *userdata)
{
        static const char *const later[TEMPLATE_N_] = {
                [TEMPLATE_SELF] = "self.",
                [TEMPLATE_PARAM] = "param.",
                [TEMPLATE_SCOPE] = "scope.",
        };
        const Check *check = userdata;
        g_autofree char *name = g_strndup(part->name, part->n_name), *text = NULL;

        if (is_enough(check))
                return;
        switch (part->kind) {
        case TEMPLATE_VALUE:
                check_value(check, name);
                break;
        case TEMPLATE_ENV:
                check_environment(check, name);
                break;
        case TEMPLATE_ENDPOINT:
                check_dotted(check, name);
                break;
        case TEMPLATE_SELF:
                text = g_strconcat(later[part->kind], name, NULL);
                check_dotted(check, text);
                break;
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

static void check_credentials(Check *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                const Credential *credential = item->data;
                const Value *value = credential->bytes ? NULL : registry_find_value(check->registry, credential->name);
                const char *nearest;
                Diag *diag;

                check->origin = item->origin;
                if (credential->bytes || is_enough(check))
                        continue;
                if (value && is_hidden(check, value))
                        report_hidden(check, value, credential->name);
                if (value)
                        continue;
                diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                                  "LoadCredential=%s is not defined: there is no value of that name", credential->name);
                nearest = nearest_value(check, credential->name);
                if (nearest)
                        diag_set_hint(diag, "did you mean '%s'?", nearest);
                else
                        diag_set_hint(diag, "write LoadCredential=%s:/PATH, or declare [Value %s] with Secret=yes",
                                      credential->name, credential->name);
                decorate(check, diag, credential->name);
        }
}

static void check_published(Check *check, const Chain *chain)
{
        for (const ChainItem *item = chain->first; item; item = item->next) {
                check->what = "Publish=";
                check->origin = item->origin;
                check_text(check, ((const DeclaredEndpoint *) item->data)->text);
        }
}

static void check_component(Check *check, const ComponentDraft *component)
{
        int64_t index = registry_find_component(check->registry, component->name);
        uint32_t n;

        check->definition = index < 0 ? NULL : registry_components(check->registry, &n)[index];
        check->component = component->name;
        check->what = "ExecStart=";
        check->origin = component->marks.exec;
        for (const char *const *word = component->argv; word && *word; word++)
                check_text(check, *word);
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
