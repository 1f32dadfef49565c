/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"
#include "plan_print.h"

static void edges_to_json(const Plan *plan, uint32_t node, Json *json)
{
        uint32_t n_down;
        const uint32_t *down = graph_edges(&plan->graph, node, DOWN, &n_down);

        for (int kind = 0; kind < EDGE_N_; kind++) {
                bool is_open = false;

                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &plan->graph.edges[down[i]];

                        if ((int) edge->kind != kind)
                                continue;
                        if (!is_open) {
                                json_key(json, kind == EDGE_MODULE ? "modules" : edge_kind_names[kind]);
                                json_begin_array(json);
                        }
                        is_open = true;
                        json_string(json, plan_node_name(plan, edge->to));
                }
                if (is_open)
                        json_end_array(json);
        }
}

static void endpoints_to_json(const EndpointSpec *spec, Json *json)
{
        if (!spec || spec->n == 0)
                return;
        json_key(json, "endpoints");
        json_begin_array(json);
        for (uint32_t i = 0; i < spec->n; i++) {
                json_begin_object(json);
                json_field_string(json, "name", spec->list[i].name);
                json_field_string(json, "kind", endpoint_kind_names[spec->list[i].kind]);
                json_field_string(json, "address", spec->list[i].text);
                json_end_object(json);
        }
        json_end_array(json);
}

static const char *standing(const Plan *plan, uint32_t node)
{
        if (plan->nodes[node].is_skipped)
                return "skipped";
        return plan->nodes[node].is_wanted ? "start" : "on-demand";
}

/* PLACE: in the order of the start, from 1; 0: none. */
static void component_to_json(const Plan *plan, uint32_t node, uint32_t place, Json *json)
{
        const Definition *definition = plan_definition(plan, node);
        const Condition *condition = definition_unmet(definition);
        g_autofree char *reason = plan_reason(plan, node);

        json_begin_object(json);
        json_field_string(json, "name", definition->name);
        json_field_string(json, "module", definition->module->name);
        json_field_string(json, "plan", standing(plan, node));
        if (place > 0)
                json_field_uint(json, "place", place);
        json_field_string(json, "reason", condition ? "condition-not-met" : reason);
        json_field_string(json, "type", name_of(component_type_names, TYPE_N_, (int) definition->type));
        json_field_string(json, "scope",
                          definition->scope == SCOPE_KIND ? definition->scope_kind
                                                          : name_of(scope_names, SCOPE_N_, (int) definition->scope));
        json_field_string(json, "policy", name_of(startup_policy_names, POLICY_N_, (int) definition->policy));
        json_key(json, "priority");
        json_int(json, definition->priority);
        edges_to_json(plan, node, json);
        plan_references_to_json(plan, node, json);
        endpoints_to_json(definition->endpoints, json);
        if (condition) {
                json_key(json, "condition");
                json_begin_object(json);
                json_field_string(json, "key", condition->key);
                json_field_string(json, "value", condition->value);
                json_end_object(json);
        }
        json_field_string(json, "file", definition->origin.file);
        if (definition->origin.line > 0)
                json_field_uint(json, "line", definition->origin.line);
        json_end_object(json);
}

static void components_to_json(const Plan *plan, Json *json)
{
        uint32_t place = 0;

        json_key(json, "components");
        json_begin_array(json);
        for (uint32_t i = 0; i < plan->graph.n_nodes; i++) {
                uint32_t node = plan->order[i];

                if (!plan_is_barrier(plan, node))
                        component_to_json(plan, node, plan->nodes[node].is_wanted ? ++place : 0, json);
        }
        json_end_array(json);
}

static void modules_to_json(const Plan *plan, Json *json)
{
        uint32_t n;
        const Module *const *modules = registry_modules(plan->registry, &n);

        json_key(json, "modules");
        json_begin_array(json);
        for (uint32_t i = 0; i < n; i++) {
                if (!modules[i]->is_loaded)
                        continue;
                json_begin_object(json);
                json_field_string(json, "name", modules[i]->name);
                json_key(json, "requires");
                json_begin_array(json);
                for (uint32_t j = 0; j < modules[i]->n_requires; j++)
                        json_string(json, modules[i]->requires[j].name);
                json_end_array(json);
                json_field_string(json, "file", modules[i]->origin.file);
                json_end_object(json);
        }
        json_end_array(json);
}

static void names_to_json(const Plan *plan, Json *json)
{
        uint32_t n;
        const Value *const *values = registry_values(plan->registry, &n);
        const Alias *const *aliases;

        json_key(json, "values");
        json_begin_array(json);
        for (uint32_t i = 0; i < n; i++) {
                json_begin_object(json);
                json_field_string(json, "name", values[i]->name);
                json_field_string(json, "module", values[i]->module->name);
                if (values[i]->is_secret)
                        json_field_bool(json, "secret", true);
                else
                        json_field_string(json, "value", values[i]->text);
                json_end_object(json);
        }
        json_end_array(json);

        aliases = registry_aliases(plan->registry, &n);
        json_key(json, "aliases");
        json_begin_array(json);
        for (uint32_t i = 0; i < n; i++) {
                json_begin_object(json);
                json_field_string(json, "name", aliases[i]->name);
                json_field_string(json, "module", aliases[i]->module->name);
                json_field_string(json, "target", aliases[i]->target);
                json_end_object(json);
        }
        json_end_array(json);
}

void plan_to_json(const Plan *plan, Json *json)
{
        PlanSummary summary = plan_summary(plan);

        json_begin_object(json);
        json_field_string(json, "hash", registry_hash(plan->registry));
        json_field_uint(json, "generation", plan->generation);
        components_to_json(plan, json);
        modules_to_json(plan, json);
        names_to_json(plan, json);
        json_key(json, "summary");
        json_begin_object(json);
        json_field_uint(json, "components", plan->n_components);
        json_field_uint(json, "start", summary.n_start);
        json_field_uint(json, "on_demand", summary.n_on_demand);
        json_field_uint(json, "skipped", summary.n_skipped);
        json_field_uint(json, "values", summary.n_values);
        json_end_object(json);
        json_end_object(json);
}
