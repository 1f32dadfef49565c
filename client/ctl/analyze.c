/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verb analyze: a line about the phases of the start, a table of its components, and the way to the rest. */
#include <inttypes.h>

#include "chain.h"
#include "plot.h"
#include "startup.h"
#include "state_look.h"
#include "table.h"
#include "verb.h"

/* §142: disjoint, in the order they happen; their sum is the total. */
static const char *const phases[] = {"load", "register", "validate", "gates", "resources", "components", "other"};

static void append_sentence(GString *out, JsonObject *metrics)
{
        const char *separator = " ";

        if (!field_bool(metrics, "finished"))
                g_string_append(out, "Startup has not finished; until now");
        else
                g_string_append(out, field_bool(metrics, "success") ? "Startup finished in" : "Startup failed after");
        for (size_t i = 0; i < G_N_ELEMENTS(phases); i++) {
                uint64_t usec = field_uint(metrics, phases[i]);

                if (usec == 0)
                        continue;
                g_string_append(out, separator);
                text_append_span(out, usec);
                g_string_append_printf(out, " (%s)", phases[i]);
                separator = " + ";
        }
        g_string_append(out, " = ");
        text_append_span(out, field_uint(metrics, "total"));
        g_string_append(out, ".\n");
}

static int analyze_time(Ctl *ctl)
{
        g_autoptr(JsonObject) container = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        JsonObject *metrics;

        if (startup_read_container(ctl, &container) < 0)
                return EXIT_OTHER;
        metrics = field_object(container, "StartupMetrics");
        if (ctl_has(ctl, OPTION_JSON))
                json_append_object(out, metrics, false);
        else
                append_sentence(out, metrics);
        return ctl_print(ctl, out);
}

static gint compare_own(gconstpointer a, gconstpointer b)
{
        JsonObject *left = *(JsonObject *const *) a, *right = *(JsonObject *const *) b;
        uint64_t own_left = field_uint(left, "own"), own_right = field_uint(right, "own");

        if (own_left != own_right)
                return own_left < own_right ? 1 : -1;
        return g_strcmp0(field_string(left, "name"), field_string(right, "name"));
}

/* What failed was slow too, and says so: "failed: exited with status 3". */
static void blame_row(Table *table, JsonObject *component)
{
        static const char *const spans[] = {"own", "wait_deps", "wait_slot", "spawn"};
        const char *state = field_string(component, "state"), *text = field_string(component, "text");
        g_autofree char *whole = text ? g_strdup_printf("%s: %s", state, text) : g_strdup(state);

        for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
                if (json_object_has_member(component, spans[i]))
                        table_add_span(table, field_uint(component, spans[i]));
                else
                        table_add(table, COLOUR_NONE, NULL);
        table_add(table, COLOUR_NONE, field_string(component, "name"));
        table_add(table, state ? colour_of_state(state) : COLOUR_NONE, whole);
}

static int analyze_blame(Ctl *ctl)
{
        static const Column columns[] = {
                {"OWN", true},   {"WAIT DEPS", true}, {"WAIT SLOT", true},
                {"SPAWN", true}, {"NAME", false},     {"STATE", false},
        };
        g_auto(Startup) startup = {0};
        g_autoptr(JsonArray) rows = json_array_new();
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        g_autoptr(GString) out = g_string_new(NULL);

        if (startup_read(ctl, &startup) < 0)
                return EXIT_OTHER;
        for (guint i = 0; i < element_count(startup.components); i++)
                g_ptr_array_add(sorted, element_object(startup.components, i));
        g_ptr_array_sort(sorted, compare_own);
        for (guint i = 0; i < sorted->len; i++) {
                blame_row(table, sorted->pdata[i]);
                json_array_add_object_element(rows, json_object_ref(sorted->pdata[i]));
        }
        if (ctl_has(ctl, OPTION_JSON))
                json_append_array(out, rows, false);
        else
                table_format(table, !ctl_has(ctl, OPTION_QUIET), &ctl->out, out);
        return ctl_print(ctl, out);
}

static const struct {
        const char *name;
        int (*function)(Ctl *ctl);
        bool takes_names;
} views[] = {
        {"time", analyze_time, false}, {"blame", analyze_blame, false}, {"critical-chain", analyze_chain, true},
        {"plot", analyze_plot, false}, {"dot", verb_graph, false},
};

int verb_analyze(Ctl *ctl)
{
        const char *what = ctl->n_names > 0 ? ctl->names[0] : "time";

        for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
                if (!g_str_equal(views[i].name, what))
                        continue;
                if (ctl->n_names < 2 || views[i].takes_names)
                        return views[i].function(ctl);
                ctl_error(ctl, "analyze %s takes no name, and there is “%s”", what, ctl->names[1]);
                return EXIT_USAGE;
        }
        if (g_str_equal(what, "trace"))
                ctl_error(ctl, "analyze trace: not available yet; there are time, blame, critical-chain, plot and dot");
        else
                ctl_error(ctl, "analyze: “%s”? There are time, blame, critical-chain, plot and dot", what);
        return EXIT_USAGE;
}
