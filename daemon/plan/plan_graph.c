/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"
#include "plan_print.h"

/* §146: shapes by scope, edge styles by how tightly they bind */
static const char *const scope_shapes[SCOPE_N_] = {
        [SCOPE_SINGLETON] = "box",
        [SCOPE_REQUEST] = "ellipse",
        [SCOPE_TRANSIENT] = "diamond",
        [SCOPE_KIND] = "hexagon",
};

static const char *const edge_styles[EDGE_N_] = {
        [EDGE_REQUIRES] = "style=solid",
        [EDGE_WANTS] = "style=solid, arrowhead=empty",
        [EDGE_AFTER] = "style=dotted, arrowhead=open",
        [EDGE_MODULE] = "style=bold, color=gray",
        [EDGE_WEAK] = "style=dashed, arrowhead=open",
};

/* A module without components or requirements on either side is not worth a node. */
static bool is_drawn(const Plan *plan, uint32_t node)
{
        uint32_t n_up;

        (void) graph_edges(&plan->graph, node, UP, &n_up);
        return !plan_is_barrier(plan, node) || n_up > 0;
}

static void append_quoted(GString *out, const char *text)
{
        g_string_append_c(out, '"');
        for (; *text; text++) {
                if (*text == '"' || *text == '\\')
                        g_string_append_c(out, '\\');
                g_string_append_c(out, *text);
        }
        g_string_append_c(out, '"');
}

/* Names of components and modules are two worlds; in the graph they are one. */
static void append_node(const Plan *plan, uint32_t node, GString *out)
{
        g_autofree char *label =
                plan_is_barrier(plan, node) ? g_strdup_printf("module %s", plan_node_name(plan, node)) : NULL;

        append_quoted(out, label ? label : plan_node_name(plan, node));
}

static void append_component(const Plan *plan, uint32_t node, const GraphMarks *marks, GString *out)
{
        const PlanNode *state = &plan->nodes[node];

        g_string_append_printf(out, "shape=%s", scope_shapes[plan_definition(plan, node)->scope]);
        if (marks && marks->is_root_cause[node])
                g_string_append(out, ", style=filled, color=red3, fillcolor=mistyrose, fontcolor=red3");
        else if (marks && marks->is_blocked[node])
                g_string_append(out, ", style=filled, color=darkorange, fillcolor=papayawhip");
        else
                g_string_append(out, state->is_skipped  ? ", style=dotted, fontcolor=gray"
                                     : state->is_wanted ? ""
                                                        : ", style=dashed");
        if (marks)
                g_string_append_printf(out, ", tooltip=\"%s\"", marks->states[node]);
}

static void append_edge(const Plan *plan, uint32_t from, uint32_t to, GString *out)
{
        g_string_append(out, "        ");
        append_node(plan, from, out);
        g_string_append(out, " -> ");
        append_node(plan, to, out);
}

void plan_graph_dot(const Plan *plan, const GraphMarks *marks, GString *out)
{
        g_string_append(out, "digraph reeve {\n        rankdir=LR;\n        node [fontname=\"sans-serif\"];\n");
        for (uint32_t node = 0; node < plan->graph.n_nodes; node++) {
                if (!is_drawn(plan, node))
                        continue;
                g_string_append(out, "        ");
                append_node(plan, node, out);
                g_string_append(out, " [");
                if (plan_is_barrier(plan, node))
                        g_string_append(out, "shape=folder, color=gray");
                else
                        append_component(plan, node, marks, out);
                g_string_append(out, marks && marks->is_critical[node] ? ", penwidth=3];\n" : "];\n");
        }
        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                const Edge *edge = &plan->graph.edges[i];

                if (!is_drawn(plan, edge->from))
                        continue;
                append_edge(plan, edge->from, edge->to, out);
                g_string_append_printf(out, " [%s%s%s];\n", edge_styles[edge->kind],
                                       plan->is_cut[i] ? ", constraint=false" : "",
                                       marks && marks->is_critical_edge[i] ? ", penwidth=3" : "");
        }
        for (uint32_t node = 0; marks && node < plan->n_components; node++) {
                if (marks->slot_of[node] == UINT32_MAX)
                        continue;
                append_edge(plan, node, marks->slot_of[node], out);
                g_string_append(out, " [style=dashed, color=gray, label=slot, fontname=\"sans-serif\", penwidth=3, "
                                     "constraint=false];\n");
        }
        g_string_append(out, "}\n");
}

static void node_to_json(const Plan *plan, uint32_t node, const GraphMarks *marks, Json *json)
{
        json_begin_object(json);
        json_field_uint(json, "id", node);
        json_field_string(json, "name", plan_node_name(plan, node));
        json_field_string(json, "kind", plan_is_barrier(plan, node) ? "module" : "component");
        if (!plan_is_barrier(plan, node)) {
                const Definition *definition = plan_definition(plan, node);

                json_field_string(json, "module", definition->module->name);
                json_field_string(json, "scope",
                                  definition->scope == SCOPE_KIND
                                          ? definition->scope_kind
                                          : name_of(scope_names, SCOPE_N_, (int) definition->scope));
                json_field_string(json, "policy", name_of(startup_policy_names, POLICY_N_, (int) definition->policy));
                json_field_bool(json, "wanted", plan->nodes[node].is_wanted);
                json_field_bool(json, "skipped", plan->nodes[node].is_skipped);
                if (marks) {
                        json_field_string(json, "state", marks->states[node]);
                        json_field_bool(json, "root_cause", marks->is_root_cause[node]);
                        json_field_bool(json, "blocked", marks->is_blocked[node]);
                }
        }
        if (marks)
                json_field_bool(json, "critical", marks->is_critical[node]);
        json_end_object(json);
}

void plan_graph_json(const Plan *plan, const GraphMarks *marks, Json *json)
{
        json_begin_object(json);
        json_key(json, "nodes");
        json_begin_array(json);
        for (uint32_t node = 0; node < plan->graph.n_nodes; node++)
                if (is_drawn(plan, node))
                        node_to_json(plan, node, marks, json);
        json_end_array(json);
        json_key(json, "edges");
        json_begin_array(json);
        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                const Edge *edge = &plan->graph.edges[i];

                if (!is_drawn(plan, edge->from))
                        continue;
                json_begin_object(json);
                json_field_uint(json, "from", edge->from);
                json_field_uint(json, "to", edge->to);
                json_field_string(json, "kind", edge_kind_names[edge->kind]);
                json_field_string(json, "key", edge->key);
                json_field_bool(json, "orders", !plan->is_cut[i]);
                if (marks)
                        json_field_bool(json, "critical", marks->is_critical_edge[i]);
                json_end_object(json);
        }
        for (uint32_t node = 0; marks && node < plan->n_components; node++) {
                if (marks->slot_of[node] == UINT32_MAX)
                        continue;
                json_begin_object(json);
                json_field_uint(json, "from", node);
                json_field_uint(json, "to", marks->slot_of[node]);
                json_field_string(json, "kind", "slot");
                json_field_bool(json, "orders", false);
                json_field_bool(json, "critical", true);
                json_end_object(json);
        }
        json_end_array(json);
        json_end_object(json);
}
