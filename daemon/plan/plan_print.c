/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan_print.h"

#include <string.h>

#include "base/escape.h"
#include "base/names.h"

enum {
        NAMES_MAX = 12, /* of one list; JSON has them all */
        COLUMN_MAX = 32,
        VALUE_MAX_BYTES = 200,
};

/* Widths of the two columns of names, so that all sections line up. */
typedef struct Columns {
        int name, module, reason;
} Columns;

/* The component that pulls NODE in: the first that requires it, one that starts before one that does not. */
static uint32_t find_puller(const Plan *plan, uint32_t node)
{
        uint32_t n_up, puller = UINT32_MAX;
        const uint32_t *up = graph_edges(&plan->graph, node, UP, &n_up);

        for (uint32_t i = 0; i < n_up; i++) {
                const Edge *edge = &plan->graph.edges[up[i]];

                if (edge->kind != EDGE_REQUIRES)
                        continue;
                if (plan->nodes[edge->from].is_wanted)
                        return edge->from;
                if (puller == UINT32_MAX)
                        puller = edge->from;
        }
        return puller;
}

char *plan_reason(const Plan *plan, uint32_t node)
{
        const Definition *definition = plan_definition(plan, node);
        uint32_t puller;

        if (definition->scope == SCOPE_KIND)
                return g_strdup(definition->scope_kind);
        if (definition->scope != SCOPE_SINGLETON)
                return g_strdup(name_of(scope_names, SCOPE_N_, (int) definition->scope));
        if (!plan->nodes[node].is_wanted || definition->start == START_EAGER)
                return g_strdup(name_of(start_mode_names, START_N_, (int) definition->start));
        puller = find_puller(plan, node);
        return puller == UINT32_MAX ? g_strdup("lazy") : g_strdup_printf("for %s", plan_node_name(plan, puller));
}

static void widen(int *width, const char *text)
{
        int n = (int) g_utf8_strlen(text, -1);

        if (n <= COLUMN_MAX && n > *width)
                *width = n;
}

static Columns measure(const Plan *plan)
{
        Columns columns = {0};
        uint32_t n;
        const Value *const *values;

        for (uint32_t node = 0; node < plan->n_components; node++) {
                g_autofree char *reason = plan_reason(plan, node);

                widen(&columns.name, plan_node_name(plan, node));
                widen(&columns.module, plan_definition(plan, node)->module->name);
                widen(&columns.reason, reason);
        }
        values = registry_values(plan->registry, &n);
        for (uint32_t i = 0; i < n; i++) {
                widen(&columns.name, values[i]->name);
                widen(&columns.module, values[i]->module->name);
        }
        return columns;
}

static void trim(GString *out)
{
        while (out->len > 0 && out->str[out->len - 1] == ' ')
                g_string_truncate(out, out->len - 1);
}

/* "requires db, cache; wants metrics" */
static void append_edges(const Plan *plan, uint32_t node, GString *out)
{
        uint32_t n_down;
        const uint32_t *down = graph_edges(&plan->graph, node, DOWN, &n_down);
        bool is_first = true;

        for (int kind = 0; kind < EDGE_N_; kind++) {
                uint32_t n = 0;

                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &plan->graph.edges[down[i]];

                        if ((int) edge->kind != kind || ++n > NAMES_MAX)
                                continue;
                        if (n == 1)
                                g_string_append_printf(out, "%s%s ", is_first ? "" : "; ",
                                                       kind == EDGE_MODULE ? "after module" : edge_kind_names[kind]);
                        g_string_append_printf(out, "%s%s%s", n > 1 ? ", " : "", plan_node_name(plan, edge->to),
                                               plan->is_cut[down[i]] ? " (does not order)" : "");
                        is_first = false;
                }
                if (n > NAMES_MAX)
                        g_string_append_printf(out, " and %u more", n - NAMES_MAX);
        }
}

/* "; offers http tcp:127.0.0.1:0, admin port" */
static void append_endpoints(const Definition *definition, GString *out)
{
        const EndpointSpec *spec = definition->endpoints;
        bool has_edges = out->len > 0 && out->str[out->len - 1] != ' ';

        for (uint32_t i = 0; spec && i < spec->n; i++) {
                const DeclaredEndpoint *endpoint = &spec->list[i];

                g_string_append_printf(out, "%s%s %s", i > 0 ? ", " : has_edges ? "; offers " : "offers ",
                                       endpoint->name, endpoint_kind_names[endpoint->kind]);
                if (!endpoint->text)
                        continue;
                g_string_append_c(out, ' ');
                escape_append(out, endpoint->text, strlen(endpoint->text), FALSE, VALUE_MAX_BYTES);
        }
}

static void append_component(const Plan *plan, uint32_t node, uint32_t place, const Columns *columns, GString *out)
{
        const Definition *definition = plan_definition(plan, node);
        const Condition *condition = definition_unmet(definition);
        g_autofree char *reason = plan_reason(plan, node);

        if (place > 0)
                g_string_append_printf(out, "%6u. ", place);
        else
                g_string_append(out, "        ");
        g_string_append_printf(out, "%-*s  %-*s  ", columns->name, definition->name, columns->module,
                               definition->module->name);
        if (condition) {
                g_string_append_printf(out, "%s=", condition->key);
                escape_append(out, condition->value, strlen(condition->value), FALSE, VALUE_MAX_BYTES);
                g_string_append(out, " is not met");
        } else {
                g_string_append_printf(out, "%-*s  ", columns->reason, reason);
                append_edges(plan, node, out);
                append_endpoints(definition, out);
                trim(out);
        }
        g_string_append_c(out, '\n');
        plan_references_format(plan, node, out);
}

static void append_values(const Plan *plan, const Columns *columns, GString *out)
{
        uint32_t n;
        const Value *const *values = registry_values(plan->registry, &n);

        for (uint32_t i = 0; i < n; i++) {
                if (i == 0)
                        g_string_append(out, "values:\n");
                g_string_append_printf(out, "        %-*s  %-*s  ", columns->name, values[i]->name, columns->module,
                                       values[i]->module->name);
                if (values[i]->is_secret)
                        g_string_append(out, "(secret)");
                else
                        escape_append(out, values[i]->text, strlen(values[i]->text), FALSE, VALUE_MAX_BYTES);
                trim(out);
                g_string_append_c(out, '\n');
        }
}

PlanSummary plan_summary(const Plan *plan)
{
        PlanSummary summary = {.n_start = plan->n_wanted};

        for (uint32_t node = 0; node < plan->n_components; node++) {
                summary.n_skipped += plan->nodes[node].is_skipped;
                summary.n_on_demand += !plan->nodes[node].is_skipped && !plan->nodes[node].is_wanted;
        }
        (void) registry_values(plan->registry, &summary.n_values);
        return summary;
}

static void append_summary(const Plan *plan, GString *out)
{
        PlanSummary summary = plan_summary(plan);

        g_string_append_printf(out, "%u component%s of %u module%s: %u to start", plan->n_components,
                               plan->n_components == 1 ? "" : "s", plan->n_modules, plan->n_modules == 1 ? "" : "s",
                               summary.n_start);
        if (summary.n_on_demand > 0)
                g_string_append_printf(out, ", %u on demand", summary.n_on_demand);
        if (summary.n_skipped > 0)
                g_string_append_printf(out, ", %u skipped", summary.n_skipped);
        if (summary.n_values > 0)
                g_string_append_printf(out, "; %u value%s", summary.n_values, summary.n_values == 1 ? "" : "s");
        g_string_append_printf(out, "; configuration %.12s\n", registry_hash(plan->registry));
}

void plan_format(const Plan *plan, GString *out)
{
        Columns columns = measure(plan);
        uint32_t place = 0;
        PlanSummary summary = plan_summary(plan);

        if (summary.n_start > 0)
                g_string_append(out, "start, each as soon as what it waits for is settled:\n");
        for (uint32_t i = 0; i < plan->graph.n_nodes; i++)
                if (!plan_is_barrier(plan, plan->order[i]) && plan->nodes[plan->order[i]].is_wanted)
                        append_component(plan, plan->order[i], ++place, &columns, out);
        if (summary.n_on_demand > 0)
                g_string_append(out, "on demand:\n");
        for (uint32_t node = 0; node < plan->n_components; node++)
                if (!plan->nodes[node].is_wanted && !plan->nodes[node].is_skipped)
                        append_component(plan, node, 0, &columns, out);
        if (summary.n_skipped > 0)
                g_string_append(out, "skipped:\n");
        for (uint32_t node = 0; node < plan->n_components; node++)
                if (plan->nodes[node].is_skipped)
                        append_component(plan, node, 0, &columns, out);
        append_values(plan, &columns, out);
        append_summary(plan, out);
}
