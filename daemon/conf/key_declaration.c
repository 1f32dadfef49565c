/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "key_declaration.h"

#include <stdlib.h>
#include <string.h>

static int compare_route(const void *route, const void *other)
{
        return strcmp(route, *(const char *const *) other);
}

bool key_declaration_allows(const KeyDeclaration *key, const char *route)
{
        return !key || !key->routes ||
               bsearch(route, key->routes, key->n_routes, sizeof(*key->routes), compare_route) != NULL;
}

static void report_double(const KeyDeclaration *before, const KeyDeclaration *key, DiagList *diags)
{
        Diag *diag = diag_error(diags, DIAG_DUPLICATE_NAME, key->origin, "the key '%s' is declared twice", key->name);

        diag_add_source(diag, key->name, before->origin);
        diag_add_source(diag, key->name, key->origin);
        diag_set_key(diag, key->name, NULL);
}

/* §32 */
static void report_shape(const KeyDeclaration *declared, const Key *key, DiagList *diags)
{
        Diag *diag = diag_error(diags, DIAG_CONFLICT_SHAPE, declared->routes_origin,
                                "the key '%s' is declared with routes and provided %s", key->name,
                                key->shape == KEY_GROUP ? "as a group" : "plain");

        diag_add_source(diag, "Routes=", declared->routes_origin);
        for (uint32_t i = 0; i < key->n_providers; i++)
                diag_add_source(diag, key->name, key->providers[i].origin);
        diag_set_key(diag, key->name, NULL);
        diag_set_hint(diag, "a key has one shape: provide it as %s:ROUTE, or leave Routes= out", key->name);
}

static void report_route(const KeyDeclaration *declared, const Provider *provider, DiagList *diags)
{
        Diag *diag = diag_error(diags, DIAG_NOT_FOUND, provider->origin,
                                "'%s:%s' is provided, and [Key %s] has no such route", declared->name, provider->route,
                                declared->name);

        diag_set_key(diag, declared->name, provider->route);
        diag_add_source(diag, "Routes=", declared->routes_origin);
        for (uint32_t i = 0; i < declared->n_routes; i++)
                diag_add_candidate(diag, declared->routes[i]);
        diag_set_hint(diag, "add it to Routes= if there is to be one more");
}

static void check_providers(const Key *key, DiagList *diags)
{
        if (!key->declared->routes)
                return;
        if (key->shape != KEY_ROUTED) {
                report_shape(key->declared, key, diags);
                return;
        }
        for (uint32_t i = 0; i < key->n_providers; i++)
                if (strcmp(key->providers[i].route, "*") != 0 &&
                    !key_declaration_allows(key->declared, key->providers[i].route))
                        report_route(key->declared, &key->providers[i], diags);
}

void key_declaration_apply(Registry *registry, DiagList *diags)
{
        for (guint i = 0; i < registry->declared->len; i++) {
                const KeyDeclaration *declared = registry->declared->pdata[i];
                const KeyDeclaration *before = i > 0 ? registry->declared->pdata[i - 1] : NULL;
                Key *key = provider_table_get(&registry->keys, declared->name);

                if (before && g_str_equal(before->name, declared->name)) {
                        report_double(before, declared, diags);
                        continue;
                }
                if (!key)
                        continue;
                key->declared = declared;
                check_providers(key, diags);
        }
}
