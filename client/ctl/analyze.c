/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>

#include "call.h"
#include "component.h"
#include "dbus/names.h"
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

static void add_phase(Table *table, const char *name, uint64_t usec, uint64_t total)
{
        g_autofree char *share = NULL;

        /* of a total that is not known there is no share */
        if (total > 0)
                share = g_strdup_printf("%.1f %%", 100.0 * (double) usec / (double) total);
        table_add(table, COLOUR_NONE, name);
        table_add_uint(table, usec);
        table_add(table, COLOUR_NONE, share);
}

static int analyze_time(Ctl *ctl)
{
        static const Column columns[] = {{"PHASE", false}, {"TIME (us)", true}, {"SHARE", true}};
        g_autoptr(Table) table = NULL;
        g_autoptr(JsonObject) container = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        JsonObject *metrics;
        uint64_t total;
        int r = call_properties(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, &container);

        if (r == -ENOENT)
                ctl_error(ctl, "%s: who answers there is not a reeved", ctl->where);
        if (r < 0)
                return EXIT_OTHER;
        metrics = field_object(container, "StartupMetrics");
        if (!metrics) {
                ctl_error(ctl, "analyze: reeved has not measured its start");
                return EXIT_OTHER;
        }
        if (ctl_has(ctl, OPTION_JSON)) {
                json_append_object(out, metrics, false);
                return ctl_print(ctl, out);
        }
        total = field_uint(metrics, "total");
        append_sentence(out, metrics);
        g_string_append_c(out, '\n');
        table = table_new(columns, G_N_ELEMENTS(columns));
        for (size_t i = 0; i < G_N_ELEMENTS(phases); i++)
                add_phase(table, phases[i], field_uint(metrics, phases[i]), total);
        add_phase(table, "total", total, total);
        table_format(table, true, &ctl->out, out);
        return ctl_print(ctl, out);
}

static uint64_t own_time(JsonObject *component)
{
        return field_uint(field_object(component, "Timings"), "own");
}

static gint compare_own(gconstpointer a, gconstpointer b)
{
        JsonObject *component_a = *(JsonObject *const *) a, *component_b = *(JsonObject *const *) b;
        uint64_t own_a = own_time(component_a), own_b = own_time(component_b);

        if (own_a != own_b)
                return own_a < own_b ? 1 : -1;
        return g_strcmp0(component_name(component_a), component_name(component_b));
}

static const char *const spans[] = {"own", "wait_deps", "wait_slot", "spawn", "construct", "startup"};

static JsonObject *blame_object(JsonObject *component)
{
        JsonObject *object = json_object_new(), *timings = field_object(component, "Timings");

        json_object_set_string_member(object, "name", component_name(component));
        for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
                if (json_object_has_member(timings, spans[i]))
                        json_object_set_int_member(object, spans[i], (gint64) field_uint(timings, spans[i]));
        return object;
}

static void blame_row(Table *table, JsonObject *component)
{
        JsonObject *timings = field_object(component, "Timings");

        for (size_t i = 0; i < 4; i++)
                if (json_object_has_member(timings, spans[i]))
                        table_add_span(table, field_uint(timings, spans[i]));
                else
                        table_add(table, COLOUR_NONE, NULL);
        table_add(table, COLOUR_NONE, component_name(component));
}

static int analyze_blame(Ctl *ctl)
{
        static const Column columns[] = {
                {"OWN", true}, {"WAIT DEPS", true}, {"WAIT SLOT", true}, {"SPAWN", true}, {"NAME", false},
        };
        g_autoptr(JsonArray) components = NULL, rows = json_array_new();
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        g_autoptr(GString) out = g_string_new(NULL);

        if (call_snapshot(ctl, &components, NULL) < 0)
                return EXIT_OTHER;
        for (guint i = 0; i < element_count(components); i++) {
                JsonObject *timings = field_object(element_object(components, i), "Timings");

                /* what never became ready has no time of its own to be blamed for */
                if (timings && json_object_has_member(timings, "own"))
                        g_ptr_array_add(sorted, element_object(components, i));
        }
        g_ptr_array_sort(sorted, compare_own);
        for (guint i = 0; i < sorted->len; i++) {
                blame_row(table, sorted->pdata[i]);
                json_array_add_object_element(rows, blame_object(sorted->pdata[i]));
        }
        if (ctl_has(ctl, OPTION_JSON))
                json_append_array(out, rows, false);
        else
                table_format(table, !ctl_has(ctl, OPTION_QUIET), &ctl->out, out);
        return ctl_print(ctl, out);
}

int verb_analyze(Ctl *ctl)
{
        static const char *const later[] = {"critical-chain", "plot", "dot", "trace", NULL};
        const char *what = ctl->n_names > 0 ? ctl->names[0] : "time";

        if (g_str_equal(what, "time"))
                return analyze_time(ctl);
        if (g_str_equal(what, "blame"))
                return analyze_blame(ctl);
        if (g_strv_contains(later, what))
                ctl_error(ctl, "analyze %s: not available yet; there are time and blame", what);
        else
                ctl_error(ctl, "analyze: “%s”? There are time and blame", what);
        return EXIT_USAGE;
}
