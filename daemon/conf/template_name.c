/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "template_name.h"

#include <stdlib.h>
#include <string.h>

const char *const endpoint_part_names[PART_N_] = {
        [PART_WHOLE] = "", [PART_HOST] = "host", [PART_PORT] = "port", [PART_PATH] = "path"};

/* Of a key, a route, and a member's or endpoint's name; what is longer names nothing. */
enum { LONGEST = 512 };

typedef struct Sought {
        RefKind kind;
        const char *key, *route;
} Sought;

/* As builder_list sorts them. */
static int compare_ref(const void *sought, const void *ref)
{
        const Sought *one = sought;
        const Ref *other = ref;
        int order = (int) one->kind - (int) other->kind;

        if (order == 0)
                order = strcmp(one->key, other->key);
        return order != 0 ? order : g_strcmp0(one->route, other->route);
}

/* KEY may have ":ROUTE" behind it. The strictest kind comes first. */
static const Ref *find_ref(const Wiring *wiring, char *key)
{
        static const RefKind kinds[] = {REF_REQUIRES, REF_WANTS, REF_RESOLVES, REF_AFTER};
        char *colon = strchr(key, ':');
        const Ref *ref = NULL;

        if (!wiring || wiring->n_refs == 0)
                return NULL;
        if (colon)
                *colon = '\0';
        for (size_t i = 0; !ref && i < G_N_ELEMENTS(kinds); i++) {
                const Sought sought = {kinds[i], key, colon ? colon + 1 : NULL};

                ref = bsearch(&sought, wiring->refs, wiring->n_refs, sizeof(Ref), compare_ref);
        }
        if (colon)
                *colon = ':';
        return ref;
}

/* "sql.port" is the port of sql. */
static char *split_part(const char *rest, EndpointPart *ret_part)
{
        const char *dot = strrchr(rest, '.');

        *ret_part = PART_WHOLE;
        for (EndpointPart part = PART_HOST; dot && part < PART_N_; part++)
                if (g_str_equal(dot + 1, endpoint_part_names[part]))
                        *ret_part = part;
        return *ret_part == PART_WHOLE ? g_strdup(rest) : g_strndup(rest, (gsize) (dot - rest));
}

/* A text has few dots, and each is looked at once: from the last one on for keys, then the same for values. */
static bool find_prefix(const Registry *registry, const Wiring *wiring, const char *text, bool is_value,
                        TemplateName *name)
{
        g_autofree char *prefix = g_strdup(text);
        char *dot;

        while ((dot = strrchr(prefix, '.')) != NULL) {
                const char *rest = text + (dot - prefix) + 1;

                *dot = '\0';
                if (is_value)
                        name->value = registry_find_value(registry, prefix);
                else
                        name->ref = find_ref(wiring, prefix);
                if (name->value) {
                        name->rest = g_strdup(rest);
                        name->kind = NAME_MEMBER;
                        return true;
                }
                /* A value that it refers to is a value all the same. */
                if (name->ref && !registry_find_value(registry, name->ref->key)) {
                        name->rest = split_part(rest, &name->part);
                        name->kind = NAME_ENDPOINT;
                        return true;
                }
                name->ref = NULL;
        }
        return false;
}

TemplateName template_name_find(const Registry *registry, const Wiring *wiring, const char *text)
{
        TemplateName name = {.value = registry_find_value(registry, text)};

        if (strnlen(text, LONGEST + 1) > LONGEST)
                return (TemplateName){0};
        if (name.value)
                name.kind = NAME_VALUE;
        else if (g_str_has_prefix(text, "self.")) {
                name.kind = NAME_OWN;
                name.rest = split_part(text + strlen("self."), &name.part);
        } else if (!find_prefix(registry, wiring, text, false, &name))
                (void) find_prefix(registry, wiring, text, true, &name);
        return name;
}

void template_name_done(TemplateName *name)
{
        g_clear_pointer(&name->rest, g_free);
}
