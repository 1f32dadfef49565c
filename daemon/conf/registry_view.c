/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "registry_data.h"

static const void *view(const GPtrArray *array, uint32_t *ret_n)
{
        *ret_n = array->len;
        return array->pdata;
}

const Definition *const *registry_components(const Registry *registry, uint32_t *ret_n)
{
        return view(registry->components, ret_n);
}

const Module *const *registry_modules(const Registry *registry, uint32_t *ret_n)
{
        return view(registry->modules, ret_n);
}

const Value *const *registry_values(const Registry *registry, uint32_t *ret_n)
{
        return view(registry->values, ret_n);
}

const Alias *const *registry_aliases(const Registry *registry, uint32_t *ret_n)
{
        return view(registry->aliases, ret_n);
}

const ScopeKind *const *registry_scope_kinds(const Registry *registry, uint32_t *ret_n)
{
        return view(registry->kinds, ret_n);
}

const Key *registry_find_key(const Registry *registry, const char *key)
{
        return provider_table_find(&registry->keys, key);
}

static int compare_name(const void *name, const void *object)
{
        return strcmp(name, **(const char *const *const *) object);
}

/* In an array of things whose first member is their name, sorted by it: the place, or NULL. */
static void *const *find_place(const GPtrArray *array, const char *name)
{
        return array->len > 0 ? bsearch(name, array->pdata, array->len, sizeof(void *), compare_name) : NULL;
}

static const void *find_named(const GPtrArray *array, const char *name)
{
        void *const *found = find_place(array, name);

        return found ? *found : NULL;
}

const Module *registry_find_module(const Registry *registry, const char *name)
{
        return find_named(registry->modules, name);
}

const ScopeKind *registry_find_scope_kind(const Registry *registry, const char *name)
{
        return find_named(registry->kinds, name);
}

const Value *registry_find_value(const Registry *registry, const char *name)
{
        const Value *value = find_named(registry->values, name);
        void *const *alias = value ? NULL : find_place(registry->aliases, name);

        return alias ? registry->alias_values[alias - registry->aliases->pdata] : value;
}

/* Follows one chain of aliases to its end and notes what it found for all of them: each is walked once. */
static void resolve_alias(Registry *registry, uint32_t first, bool *is_done)
{
        g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        const Value *value = NULL;
        uint32_t i = first;

        for (;;) {
                const Alias *alias = registry->aliases->pdata[i];
                void *const *next;

                if (is_done[i]) {
                        value = registry->alias_values[i]; /* still NULL in a ring */
                        break;
                }
                is_done[i] = true;
                g_array_append_val(chain, i);
                value = find_named(registry->values, alias->target);
                next = value ? NULL : find_place(registry->aliases, alias->target);
                if (!next)
                        break;
                i = (uint32_t) (next - registry->aliases->pdata);
        }
        for (guint n = 0; n < chain->len; n++)
                registry->alias_values[g_array_index(chain, uint32_t, n)] = value;
}

void registry_resolve_aliases(Registry *registry)
{
        uint32_t n = registry->aliases->len;
        g_autofree bool *is_done = g_new0(bool, n);

        registry->alias_values = arena_new(&registry->arena, const Value *, n);
        for (uint32_t i = 0; i < n; i++)
                if (!is_done[i])
                        resolve_alias(registry, i, is_done);
}

int64_t registry_find_component(const Registry *registry, const char *name)
{
        const Key *key = registry_find_key(registry, name);
        const Definition *definition;

        /* §14: a name is a plain key. */
        if (!key || key->shape != KEY_PLAIN || key->providers[0].kind != PROVIDER_COMPONENT)
                return -1;
        definition = registry->components->pdata[key->providers[0].index];
        return g_str_equal(definition->name, name) ? (int64_t) key->providers[0].index : -1;
}

const char *const *registry_key_names(const Registry *registry, size_t *ret_n)
{
        *ret_n = registry->keys.n_keys;
        return registry->keys.names;
}

const char *registry_hash(const Registry *registry)
{
        return registry->hash;
}

LoadStatistics registry_statistics(const Registry *registry)
{
        return registry->statistics;
}
