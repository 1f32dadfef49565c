/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "builder.h"
#include "config_hash.h"
#include "key_declaration.h"
#include "module_set.h"
#include "reference_check.h"
#include "registry_data.h"

static Registry *registry_new(void)
{
        Registry *registry = g_new0(Registry, 1);

        arena_init(&registry->arena);
        registry->modules = g_ptr_array_new();
        registry->components = g_ptr_array_new();
        registry->values = g_ptr_array_new();
        registry->aliases = g_ptr_array_new();
        registry->kinds = g_ptr_array_new();
        registry->declared = g_ptr_array_new();
        return registry;
}

void registry_free(Registry *registry)
{
        if (!registry)
                return;
        g_ptr_array_unref(registry->modules);
        g_ptr_array_unref(registry->components);
        g_ptr_array_unref(registry->values);
        g_ptr_array_unref(registry->aliases);
        g_ptr_array_unref(registry->kinds);
        g_ptr_array_unref(registry->declared);
        arena_done(&registry->arena);
        g_free(registry);
}

static uint64_t now_usec(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

/* By their first member, the name; of equal ones the earlier written first. */
static int compare_named(const void *a, const void *b)
{
        return strcmp(**(const char *const *const *) a, **(const char *const *const *) b);
}

/* §3: (module, file, line) */
static int compare_definitions(const void *a, const void *b)
{
        const Definition *one = *(const Definition *const *) a, *other = *(const Definition *const *) b;
        int order = one->module == other->module ? 0 : strcmp(one->module->name, other->module->name);

        if (order == 0 && one->origin.file != other->origin.file)
                order = strcmp(one->origin.file, other->origin.file);
        return order != 0 ? order : (one->origin.line > other->origin.line) - (one->origin.line < other->origin.line);
}

static void build_module(Registry *registry, Builder *builder, const ModuleDraft *draft, const Module *module,
                         GHashTable *derived, DiagList *diags)
{
        Definition *hooks;

        builder_set_module(builder, draft, module, diags);
        hooks = builder_make_hooks(builder);
        if (hooks)
                g_ptr_array_add(registry->components, hooks);
        for (guint i = 0; i < draft->components.items->len; i++) {
                const ComponentDraft *component = draft->components.items->pdata[i];
                Definition *definition;

                if (component->is_cleared)
                        continue;
                definition = builder_make_component(builder, component);
                g_ptr_array_add(registry->components, definition);
                if (component->is_derived)
                        (void) g_hash_table_add(derived, definition);
        }
        for (guint i = 0; i < draft->values.items->len; i++)
                g_ptr_array_add(registry->values, builder_make_value(builder, draft->values.items->pdata[i]));
        for (guint i = 0; i < draft->aliases.items->len; i++)
                g_ptr_array_add(registry->aliases, builder_make_alias(builder, draft->aliases.items->pdata[i]));
        for (guint i = 0; i < draft->kinds.items->len; i++)
                g_ptr_array_add(registry->kinds, builder_make_kind(builder, draft->kinds.items->pdata[i]));
        for (guint i = 0; i < draft->keys_declared.items->len; i++)
                g_ptr_array_add(registry->declared, builder_make_key(builder, draft->keys_declared.items->pdata[i]));
}

static void add_component_claims(GArray *claims, const Definition *definition, uint32_t index, bool is_derived)
{
        Claim claim = {
                .key = definition->name,
                .kind = PROVIDER_COMPONENT,
                .index = index,
                .is_name = true,
                .is_derived = is_derived,
                .origin = definition->origin,
        };

        g_array_append_val(claims, claim);
        claim.is_name = claim.is_derived = false;
        for (uint32_t i = 0; i < definition->wiring->n_provides; i++) {
                const Provide *provide = &definition->wiring->provides[i];

                if (!provide->route && g_str_equal(provide->key, definition->name))
                        continue;
                claim.key = provide->key;
                claim.route = provide->route;
                claim.origin = provide->origin;
                g_array_append_val(claims, claim);
        }
        claim.route = NULL;
        claim.is_contribution = true;
        for (uint32_t i = 0; i < definition->wiring->n_contributions; i++) {
                const Contribution *contribution = &definition->wiring->contributions[i];

                claim.key = contribution->key;
                claim.rank = contribution->rank;
                claim.origin = contribution->origin;
                g_array_append_val(claims, claim);
        }
}

static void build_keys(Registry *registry, GHashTable *derived, DiagList *diags)
{
        static const char *const own[] = {"reeve", "reeve.scopes"}; /* §28 */
        g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));

        for (guint i = 0; i < G_N_ELEMENTS(own); i++) {
                Claim claim = {.key = own[i], .kind = PROVIDER_CONTAINER, .index = i, .is_name = true};

                g_array_append_val(claims, claim);
        }
        for (guint i = 0; i < registry->components->len; i++)
                add_component_claims(claims, registry->components->pdata[i], i,
                                     g_hash_table_contains(derived, registry->components->pdata[i]));
        for (guint i = 0; i < registry->values->len; i++) {
                const Value *value = registry->values->pdata[i];
                Claim claim = {.key = value->name,
                               .kind = PROVIDER_VALUE,
                               .index = i,
                               .is_name = true,
                               .origin = value->origin};

                g_array_append_val(claims, claim);
        }
        for (guint i = 0; i < registry->aliases->len; i++) {
                const Alias *alias = registry->aliases->pdata[i];
                Claim claim = {.key = alias->name,
                               .kind = PROVIDER_ALIAS,
                               .index = i,
                               .is_name = true,
                               .origin = alias->origin};

                g_array_append_val(claims, claim);
        }
        provider_table_build(&registry->keys, claims, &registry->arena, diags);
}

/* Kinds of scope have names of their own. */
static void check_kind_names(const Registry *registry, DiagList *diags)
{
        for (guint i = 1; i < registry->kinds->len; i++) {
                const ScopeKind *before = registry->kinds->pdata[i - 1], *kind = registry->kinds->pdata[i];
                Diag *diag;

                if (!g_str_equal(before->name, kind->name))
                        continue;
                diag = diag_error(diags, DIAG_DUPLICATE_NAME, kind->origin, "the kind of scope '%s' is declared twice",
                                  kind->name);
                diag_add_source(diag, kind->name, before->origin);
                diag_add_source(diag, kind->name, kind->origin);
        }
}

static void registry_merge(Registry *registry, const ModuleSet *set, AssignContext *context, const Settings *settings,
                           DiagList *diags)
{
        g_autoptr(GHashTable) derived = g_hash_table_new(NULL, NULL),
                              modules = g_hash_table_new(g_str_hash, g_str_equal);
        Builder builder;

        builder_init(&builder, &registry->arena, context, settings);
        for (guint i = 0; i < set->modules->len; i++) {
                const ModuleDraft *draft = set->modules->pdata[i];
                Module *module = g_hash_table_lookup(modules, draft->name);

                if (!module) {
                        module = builder_make_module(&builder, draft, module_set_is_loaded(set, draft));
                        g_hash_table_insert(modules, (void *) module->name, module);
                        g_ptr_array_add(registry->modules, module);
                }
                if (module->is_loaded)
                        build_module(registry, &builder, draft, module, derived, diags);
        }
        g_ptr_array_sort(registry->modules, compare_named);
        g_ptr_array_sort(registry->components, compare_definitions);
        g_ptr_array_sort(registry->values, compare_named);
        g_ptr_array_sort(registry->aliases, compare_named);
        g_ptr_array_sort(registry->kinds, compare_named);
        g_ptr_array_sort(registry->declared, compare_named);
        registry_resolve_aliases(registry);
        build_keys(registry, derived, diags);
        check_kind_names(registry, diags);
        key_declaration_apply(registry, diags);
        reference_check_kinds(registry, diags);
        for (guint i = 0; i < set->modules->len; i++) {
                const ModuleDraft *draft = set->modules->pdata[i];
                const Module *module = g_hash_table_lookup(modules, draft->name);

                if (module->is_loaded)
                        reference_check_module(registry, draft, module, diags);
        }
}

int registry_load(const LoadRequest *request, Registry **ret, DiagList *diags)
{
        g_autoptr(Registry) registry = registry_new();
        uint32_t n_before = diag_list_count(diags, SEVERITY_ERROR);
        uint64_t begin = now_usec(), merge;
        g_auto(AssignContext) context = {0};
        g_auto(Arena) scratch;
        g_auto(ModuleSet) set;

        arena_init(&scratch);
        module_set_init(&set);
        assign_context_init(&context, &registry->arena, &scratch);
        module_set_read(&set, request, &context, &registry->statistics, diags);
        merge = now_usec();
        registry->statistics.read_usec = merge - begin;
        registry_merge(registry, &set, &context, request->settings, diags);
        config_hash_compute(registry);
        registry->statistics.merge_usec = now_usec() - merge;
        *ret = g_steal_pointer(&registry);
        return diag_list_count(diags, SEVERITY_ERROR) > n_before ? -EBADMSG : 0;
}
