/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "call.h"
#include "clock.h"
#include "component.h"
#include "finding.h"
#include "state_look.h"
#include "table.h"
#include "status_block.h"
#include "verb.h"

/* COUNTS: all that the daemon has a word for, also one that is newer than we are. */
static void append_counts(GString *out, JsonObject *counts)
{
        g_autoptr(GArray) states = g_array_new(FALSE, FALSE, sizeof(StateCount));
        uint64_t total = 0;

        for (guint i = 0; counts && i < json_object_get_size(counts); i++) {
                const char *state = json_object_name_at(counts, i);
                uint64_t n = field_uint(counts, state);

                total += n;
                state_counts_add(states, state, n);
        }
        g_string_append_printf(out, "%" PRIu64, total);
        state_counts_append(out, states);
}

static void append_startup(GString *out, JsonObject *metrics)
{
        text_append_span(out, field_uint(metrics, "total"));
        if (!field_bool(metrics, "finished"))
                g_string_append(out, " so far");
        else if (!field_bool(metrics, "success"))
                g_string_append(out, ", failed");
}

static void format_container(const Ctl *ctl, JsonObject *container, GString *out)
{
        const char *name = field_string(container, "Name"), *state = component_state(container);
        const char *hash = field_string(container, "ConfigHash"), *version = field_string(container, "Version");
        const char *environment = field_string(container, "Environment");
        bool is_degraded = field_bool(container, "Degraded");
        Colour colour = is_degraded && colour_of_state(state) == COLOUR_GOOD ? COLOUR_BUSY : colour_of_state(state);
        uint64_t entry = field_uint(field_object(container, "StartupMetrics"), "entry");
        JsonArray *report = field_array(container, "Report");

        text_append_coloured(out, colour, ctl->out.has_colour, state_symbol(state));
        g_string_append_c(out, ' ');
        text_append(out, name ? name : "reeve");
        g_string_append(out, "\n      State: ");
        text_append_coloured(out, colour, ctl->out.has_colour, state);
        text_append_coloured(out, colour, ctl->out.has_colour, is_degraded ? " (degraded)" : "");
        if (entry > 0) {
                g_string_append(out, "\n      Since: ");
                text_append_since(out, clock_realtime_of(entry), clock_realtime());
        }
        g_string_append_printf(out, "\n   Main PID: %" PRIu64 " (reeved ", field_uint(container, "Pid"));
        text_append(out, version ? version : "?");
        g_string_append(out, ")\nEnvironment: ");
        text_append(out, environment ? environment : "?");
        g_string_append_printf(out, "\n Generation: %" PRIu64, field_uint(container, "Generation"));
        if (hash && *hash)
                g_string_append_printf(out, " (%.12s)", hash);
        g_string_append(out, "\n Components: ");
        append_counts(out, field_object(container, "ComponentCounts"));
        g_string_append(out, "\n    Startup: ");
        append_startup(out, field_object(container, "StartupMetrics"));
        g_string_append_c(out, '\n');
        for (guint i = 0; i < element_count(report); i++) {
                g_string_append(out, i == 0 ? "\n" : "");
                finding_append(out, element_object(report, i), "", ctl->out.has_colour);
        }
}

static JsonObject *find_component(JsonArray *components, const char *name)
{
        guint low = 0, high = element_count(components);

        while (low < high) {
                guint middle = low + (high - low) / 2;
                int order = strcmp(component_name(element_object(components, middle)), name);

                if (order == 0)
                        return element_object(components, middle);
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

/* The first of what COMPONENT requires that is not ready, or NULL. COMPONENTS are sorted by name. */
static const char *missing_provider(JsonArray *components, JsonObject *component)
{
        JsonArray *refs = field_array(component, "Requires");

        for (guint i = 0; i < element_count(refs); i++) {
                const char *kind = element_string(element_array(refs, i), 0);
                const char *name = element_string(element_array(refs, i), 3);
                JsonObject *provider = name && *name ? find_component(components, name) : NULL;

                if (provider && g_strcmp0(kind, "requires") == 0 && !component_is_ready(provider))
                        return name;
        }
        return NULL;
}

/* One phrase that says most. Newly allocated. */
static char *note_of(JsonArray *components, JsonObject *component)
{
        const char *status = field_string(component, "StatusText"), *state = component_state(component);
        const char *missing = missing_provider(components, component);
        g_autofree char *result = component_result_text(component);

        if (missing && g_str_equal(state, "blocked"))
                return g_strdup_printf("needs %s", missing);
        if (missing && g_str_equal(state, "waiting"))
                return g_strdup_printf("waits for %s", missing);
        if (!component_is_ready(component) && result)
                return g_steal_pointer(&result);
        return g_strdup(status && *status ? status : field_string(component, "Description"));
}

static void add_age(Table *table, JsonObject *component)
{
        uint64_t since = component_since(component), now = clock_monotonic();

        if (since > 0 && now > since)
                table_add_span(table, now - since);
        else
                table_add(table, COLOUR_NONE, NULL);
}

static void format_components(const Ctl *ctl, JsonArray *components, GString *out)
{
        static const Column columns[] = {{"", false}, {"", false}, {"", false}, {"", true}, {"", false}};
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

        for (guint i = 0; i < element_count(components); i++) {
                JsonObject *component = element_object(components, i);
                const char *state = component_state(component);
                g_autofree char *text = component_state_text(component), *note = note_of(components, component);

                table_add(table, colour_of_state(state), state_symbol(state));
                table_add(table, COLOUR_NONE, component_name(component));
                table_add(table, colour_of_state(state), text);
                add_age(table, component);
                table_add(table, COLOUR_NONE, note && *note ? note : " ");
        }
        table_format(table, false, &ctl->out, out);
}

static int status_container(Ctl *ctl)
{
        g_autoptr(JsonArray) components = NULL;
        g_autoptr(JsonObject) container = NULL, both = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        bool is_running;
        int r = call_snapshot(ctl, &components, &container);

        if (r < 0)
                return EXIT_OTHER;
        is_running = g_str_equal(component_state(container), "running");
        if (ctl_has(ctl, OPTION_JSON)) {
                both = json_object_new();
                json_object_set_array_member(container, "Report", findings_to_json(field_array(container, "Report")));
                json_object_set_object_member(both, "container", g_steal_pointer(&container));
                json_object_set_array_member(both, "components", g_steal_pointer(&components));
                json_append_object(out, both, false);
        } else if (!ctl_has(ctl, OPTION_QUIET)) {
                format_container(ctl, container, out);
                if (element_count(components) > 0)
                        g_string_append_c(out, '\n');
                format_components(ctl, components, out);
        }
        r = ctl_print(ctl, out);
        return r != EXIT_OK || is_running ? r : EXIT_NOT_READY;
}

int verb_status(Ctl *ctl)
{
        return ctl->n_names == 0 ? status_container(ctl) : status_blocks(ctl);
}

static void add_row(Table *table, JsonObject *component)
{
        const char *state = component_state(component);
        uint64_t pid = field_uint(component, "MainPid");

        table_add(table, COLOUR_NONE, component_name(component));
        table_add(table, colour_of_state(state), state);
        table_add(table, COLOUR_NONE, field_string(component, "SubState"));
        if (pid > 0)
                table_add_uint(table, pid);
        else
                table_add(table, COLOUR_NONE, NULL);
        table_add_uint(table, field_uint(component, "NRestarts"));
        add_age(table, component);
        table_add(table, COLOUR_NONE, field_string(component, "Module"));
}

int verb_list(Ctl *ctl)
{
        static const Column columns[] = {
                {"NAME", false},    {"STATE", false}, {"SUB", false},    {"PID", true},
                {"RESTARTS", true}, {"SINCE", true},  {"MODULE", false},
        };
        g_autoptr(JsonArray) components = NULL;
        g_autoptr(Table) table = NULL;
        g_autoptr(GString) out = g_string_new(NULL);

        if (call_snapshot(ctl, &components, NULL) < 0)
                return EXIT_OTHER;
        if (ctl_has(ctl, OPTION_JSON)) {
                json_append_array(out, components, false);
                return ctl_print(ctl, out);
        }
        table = table_new(columns, G_N_ELEMENTS(columns));
        for (guint i = 0; i < element_count(components); i++)
                add_row(table, element_object(components, i));
        table_format(table, !ctl_has(ctl, OPTION_QUIET), &ctl->out, out);
        return ctl_print(ctl, out);
}
