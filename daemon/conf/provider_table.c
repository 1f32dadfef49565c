/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "provider_table.h"

#include <stdlib.h>
#include <string.h>

static int compare_claims(const void *a, const void *b)
{
        const Claim *one = a, *other = b;
        int order = strcmp(one->key, other->key);

        if (order == 0)
                order = (int) one->is_contribution - (int) other->is_contribution;
        if (order == 0)
                order = g_strcmp0(one->route, other->route);
        if (order == 0)
                order = g_strcmp0(one->origin.file, other->origin.file);
        if (order == 0)
                order = (one->origin.line > other->origin.line) - (one->origin.line < other->origin.line);
        if (order == 0)
                order = (int) one->kind - (int) other->kind;
        if (order == 0)
                order = (one->index > other->index) - (one->index < other->index);
        return order != 0 ? order : (int) other->is_name - (int) one->is_name;
}

static char *describe(const Claim *claim)
{
        static const char *const kinds[PROVIDER_N_] = {
                [PROVIDER_COMPONENT] = "component",
                [PROVIDER_VALUE] = "value",
                [PROVIDER_ALIAS] = "alias",
                [PROVIDER_CONTAINER] = "the container's own",
        };

        if (claim->is_name)
                return g_strdup_printf("%s %s%s", kinds[claim->kind], claim->key,
                                       claim->is_derived ? " (derived=true)" : "");
        if (claim->is_contribution)
                return g_strdup_printf("Contributes=%s rank=%d", claim->key, claim->rank);
        return g_strdup_printf("Provides=%s%s%s", claim->key, claim->route ? ":" : "",
                               claim->route ? claim->route : "");
}

static void add_source(Diag *diag, const Claim *claim)
{
        g_autofree char *text = describe(claim);

        diag_add_source(diag, text, claim->origin);
}

/* The first that stands in a file: where the finding is shown. */
static Origin find_origin(const Claim *claims, size_t n_claims)
{
        for (size_t i = 0; i < n_claims; i++)
                if (claims[i].origin.file)
                        return claims[i].origin;
        return (Origin){0};
}

/* §2: two things of one name */
static void check_names(const Claim *claims, size_t n_claims, DiagList *diags)
{
        const Claim *first = NULL;
        size_t n_names = 0, n_derived = 0;
        Origin at = {0};
        Diag *diag;

        for (size_t i = 0; i < n_claims; i++) {
                if (!claims[i].is_name)
                        continue;
                first = first ? first : &claims[i];
                at = at.file ? at : claims[i].origin;
                n_names++;
                n_derived += claims[i].is_derived;
        }
        if (n_names < 2)
                return;
        if (first->kind == PROVIDER_CONTAINER)
                diag = diag_error(diags, DIAG_DUPLICATE_NAME, at, "the name '%s' belongs to the container itself",
                                  first->key);
        else
                diag = diag_error(diags, DIAG_DUPLICATE_NAME, at, "the name '%s' is given %zu times%s", first->key,
                                  n_names, n_derived > 0 ? " (derived=true)" : "");
        for (size_t i = 0; i < n_claims; i++)
                if (claims[i].is_name)
                        add_source(diag, &claims[i]);
        diag_set_key(diag, first->key, NULL);
        diag_set_hint(diag, n_derived > 0 ? "a name derived from a program's is avoided by NAME=COMMAND"
                                          : "names of components, values and aliases are unique over all modules");
}

/* How the claims of one key are sorted: plain ones, those with a route, contributions. */
typedef struct Shapes {
        size_t n_plain, n_routed, n_contributions;
} Shapes;

static Shapes count_shapes(const Claim *claims, size_t n_claims)
{
        Shapes shapes = {0};

        for (size_t i = 0; i < n_claims; i++)
                if (claims[i].is_contribution)
                        shapes.n_contributions++;
                else if (claims[i].route)
                        shapes.n_routed++;
                else
                        shapes.n_plain++;
        return shapes;
}

/* §32 */
static void report_shape(const Claim *claims, size_t n_claims, const Shapes *shapes, DiagList *diags)
{
        const char *words = shapes->n_contributions == 0 ? "both plain and with routes"
                            : shapes->n_routed == 0      ? "both plain and as a group"
                            : shapes->n_plain == 0       ? "both with routes and as a group"
                                                         : "plain, with routes and as a group";
        Diag *diag = diag_error(diags, DIAG_CONFLICT_SHAPE, find_origin(claims, n_claims),
                                "the key '%s' is provided %s", claims->key, words);

        for (size_t i = 0; i < n_claims; i++)
                add_source(diag, &claims[i]);
        diag_set_key(diag, claims->key, NULL);
        diag_set_hint(diag,
                      shapes->n_contributions == 0
                              ? "a key has one shape: with a route everywhere, or nowhere; a component's name is a "
                                "plain key"
                              : "a key has one shape: Contributes= everywhere, or nowhere; a component's name is a "
                                "plain key");
}

/* §31: names that clash among themselves are one here, since they were reported as such. */
static void check_plain(const Claim *claims, size_t n_claims, DiagList *diags)
{
        size_t n_providers = 0;
        bool has_name = false;
        Diag *diag;

        for (size_t i = 0; i < n_claims; i++) {
                has_name = has_name || claims[i].is_name;
                n_providers += !claims[i].is_name;
        }
        n_providers += has_name;
        if (n_providers < 2)
                return;
        diag = diag_error(diags, DIAG_CONFLICT_PLAIN, find_origin(claims, n_claims),
                          "the plain key '%s' has %zu providers", claims->key, n_providers);
        for (size_t i = 0; i < n_claims; i++)
                add_source(diag, &claims[i]);
        diag_set_key(diag, claims->key, NULL);
        diag_set_hint(diag, "a plain key has one; tell them apart by routes: %s:ROUTE", claims->key);
}

/* §31: all clashing routes of a key in one finding */
static void check_routes(const Claim *claims, size_t n_claims, DiagList *diags)
{
        g_autoptr(GString) routes = g_string_new(NULL);
        g_autoptr(GPtrArray) clashing = g_ptr_array_new();
        Diag *diag;

        for (size_t i = 0, end; i < n_claims; i = end) {
                for (end = i + 1; end < n_claims && g_str_equal(claims[end].route, claims[i].route);)
                        end++;
                if (end - i < 2)
                        continue;
                if (clashing->len < 50)
                        g_string_append_printf(routes, "%s'%s'", routes->len > 0 ? ", " : "", claims[i].route);
                for (size_t j = i; j < end; j++)
                        g_ptr_array_add(clashing, (void *) &claims[j]);
        }
        if (clashing->len == 0)
                return;
        diag = diag_error(diags, DIAG_CONFLICT_ROUTE, find_origin(clashing->pdata[0], 1),
                          "the key '%s' has several providers for %s", claims->key, routes->str);
        for (guint i = 0; i < clashing->len; i++)
                add_source(diag, clashing->pdata[i]);
        diag_set_key(diag, claims->key, NULL);
        diag_set_hint(diag, "each route of a key has one provider");
}

/* §21: the best first, then in canonical order, which is that of the components. */
static int compare_contributions(const void *a, const void *b)
{
        const Provider *one = a, *other = b;

        if (one->rank != other->rank)
                return one->rank > other->rank ? -1 : 1;
        return (one->index > other->index) - (one->index < other->index);
}

static void add_provider(Key *key, Provider *providers, const Claim *claim)
{
        providers[key->n_providers++] = (Provider){.route = claim->route,
                                                   .rank = claim->rank,
                                                   .kind = claim->kind,
                                                   .index = claim->index,
                                                   .origin = claim->origin};
}

/* CLAIMS are all of one key. Where it has several shapes the first of them stands. */
static void key_build(Key *key, const Claim *claims, size_t n_claims, Arena *arena, DiagList *diags)
{
        Provider *providers = arena_new(arena, Provider, n_claims);
        Shapes shapes = count_shapes(claims, n_claims);
        const Claim *routed = claims + shapes.n_plain;
        bool is_torn = (shapes.n_plain > 0) + (shapes.n_routed > 0) + (shapes.n_contributions > 0) > 1;

        check_names(claims, shapes.n_plain, diags);
        if (is_torn)
                report_shape(claims, n_claims, &shapes, diags);
        check_plain(claims, shapes.n_plain, diags);
        check_routes(routed, shapes.n_routed, diags);

        *key = (Key){.name = claims->key, .is_torn = is_torn, .providers = providers};
        if (shapes.n_plain > 0) {
                key->shape = KEY_PLAIN;
                add_provider(key, providers, claims);
        } else if (shapes.n_routed > 0) {
                key->shape = KEY_ROUTED;
                for (size_t i = 0; i < shapes.n_routed; i++)
                        if (i == 0 || !g_str_equal(routed[i].route, routed[i - 1].route))
                                add_provider(key, providers, &routed[i]);
        } else {
                key->shape = KEY_GROUP;
                for (size_t i = 0; i < n_claims; i++)
                        add_provider(key, providers, &claims[i]);
                qsort(providers, n_claims, sizeof(Provider), compare_contributions);
        }
}

static void add_slots(ProviderTable *table, Arena *arena)
{
        uint32_t n_slots = 2;

        while (n_slots < 2 * table->n_keys)
                n_slots *= 2;
        table->mask = n_slots - 1;
        table->slots = arena_new(arena, uint32_t, n_slots);
        for (uint32_t i = 0; i < table->n_keys; i++) {
                uint32_t slot = g_str_hash(table->names[i]) & table->mask;

                while (table->slots[slot])
                        slot = (slot + 1) & table->mask;
                table->slots[slot] = i + 1;
        }
}

void provider_table_build(ProviderTable *table, GArray *claims, Arena *arena, DiagList *diags)
{
        Claim *all;
        size_t n_all;

        g_array_sort(claims, compare_claims);
        all = (Claim *) (void *) claims->data;
        n_all = claims->len;
        table->keys = arena_new(arena, Key, n_all);
        table->names = arena_new(arena, const char *, n_all + 1);
        table->n_keys = 0;
        for (size_t i = 0, end; i < n_all; i = end) {
                for (end = i + 1; end < n_all && g_str_equal(all[end].key, all[i].key);)
                        end++;
                key_build(&table->keys[table->n_keys], &all[i], end - i, arena, diags);
                table->names[table->n_keys++] = all[i].key;
        }
        add_slots(table, arena);
}

Key *provider_table_get(const ProviderTable *table, const char *name)
{
        if (table->n_keys == 0)
                return NULL;
        for (uint32_t slot = g_str_hash(name) & table->mask; table->slots[slot]; slot = (slot + 1) & table->mask)
                if (strcmp(table->keys[table->slots[slot] - 1].name, name) == 0)
                        return &table->keys[table->slots[slot] - 1];
        return NULL;
}

const Key *provider_table_find(const ProviderTable *table, const char *name)
{
        return provider_table_get(table, name);
}
