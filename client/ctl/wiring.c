/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wiring.h"

#include "component.h"
#include "state_look.h"

typedef struct Wiring {
        GHashTable *states; /* borrowed */
        bool has_colour;
} Wiring;

static void append_neighbour(const Wiring *wiring, GString *out, const char *name)
{
        const char *state = g_hash_table_lookup(wiring->states, name);

        text_append(out, name);
        if (!state)
                return;
        g_string_append(out, " (");
        text_append_coloured(out, colour_of_state(state), wiring->has_colour, state);
        g_string_append_c(out, ')');
}

/* "catalog.api = catalog (ready)", "db (ready)" where key and component have one name, "region" for a value */
static void append_reference(const Wiring *wiring, GString *out, JsonArray *ref)
{
        const char *key = element_string(ref, 1), *route = element_string(ref, 2), *provider = element_string(ref, 3);
        bool has_provider = provider && *provider;

        if (!has_provider || g_strcmp0(provider, key) != 0) {
                text_append(out, key ? key : "?");
                g_string_append(out, route && *route ? ":" : "");
                text_append(out, route ? route : "");
                g_string_append(out, has_provider ? " = " : "");
        }
        if (has_provider)
                append_neighbour(wiring, out, provider);
}

/* One line for each kind of reference that there is. */
static void append_references(const Wiring *wiring, GString *out, JsonObject *component)
{
        static const struct {
                const char *kind, *title;
        } kinds[] = {
                {"requires", "   Requires: "},
                {"wants", "      Wants: "},
                {"after", "      After: "},
                {"resolves", "   Resolves: "},
        };
        JsonArray *refs = field_array(component, "Requires");

        for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
                const char *separator = kinds[k].title;

                for (guint i = 0; i < element_count(refs); i++) {
                        JsonArray *ref = element_array(refs, i);

                        if (g_strcmp0(element_string(ref, 0), kinds[k].kind) != 0)
                                continue;
                        g_string_append(out, separator);
                        append_reference(wiring, out, ref);
                        separator = ", ";
                }
                if (separator != kinds[k].title)
                        g_string_append_c(out, '\n');
        }
}

static void append_names(const Wiring *wiring, GString *out, JsonArray *names, const char *title)
{
        for (guint i = 0; i < element_count(names); i++) {
                g_string_append(out, i == 0 ? title : ", ");
                append_neighbour(wiring, out, element_string(names, i) ? element_string(names, i) : "?");
        }
        if (element_count(names) > 0)
                g_string_append_c(out, '\n');
}

static void append_provides(GString *out, JsonArray *provides)
{
        for (guint i = 0; i < element_count(provides); i++) {
                JsonArray *provide = element_array(provides, i);
                const char *key = element_string(provide, 0), *route = element_string(provide, 1);

                g_string_append(out, i == 0 ? "   Provides: " : ", ");
                text_append(out, key ? key : "?");
                g_string_append(out, route && *route ? ":" : "");
                text_append(out, route ? route : "");
        }
        if (element_count(provides) > 0)
                g_string_append_c(out, '\n');
}

/* A line each: an address is what people copy. */
static void append_endpoints(GString *out, JsonObject *endpoints)
{
        g_autoptr(GList) names =
                endpoints ? g_list_sort(json_object_get_members(endpoints), (GCompareFunc) g_strcmp0) : NULL;

        for (const GList *name = names; name; name = name->next) {
                const char *value = field_string(endpoints, name->data);

                g_string_append(out, name == names ? "  Endpoints: " : "             ");
                text_append(out, name->data);
                g_string_append_c(out, ' ');
                text_append(out, value ? value : "?");
                g_string_append_c(out, '\n');
        }
}

void wiring_append(GString *out, JsonObject *component, GHashTable *states, bool has_colour)
{
        Wiring wiring = {.states = states, .has_colour = has_colour};

        append_provides(out, field_array(component, "Provides"));
        append_endpoints(out, field_object(component, "Endpoints"));
        append_references(&wiring, out, component);
        append_names(&wiring, out, field_array(component, "RequiredBy"), "    Used by: ");
}
