/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a plan as text and JSON (`reeved --plan`, D-Bus Plan) and its graph as dot and JSON (GetGraph).
 * Does not own: what has happened since, which observe lays over the graph as marks. */
#pragma once

#include "plan.h"

typedef struct PlanSummary {
        uint32_t n_start, n_on_demand, n_skipped, n_values;
} PlanSummary;

/* What has happened, laid over the graph (§146). */
typedef struct GraphMarks {
        const char **states;    /* by component: a static word */
        bool *is_root_cause;    /* by component: failed by itself */
        bool *is_blocked;       /* by component: by one that failed */
        bool *is_critical;      /* by node: on the critical path */
        bool *is_critical_edge; /* by edge */
        uint32_t *slot_of;      /* by component: whose slot it waited for on that path, or UINT32_MAX */
} GraphMarks;

void plan_format(const Plan *plan, GString *out);
void plan_to_json(const Plan *plan, Json *json);
/* plan_reference.c: who is taken by NODE's references to groups and those in full, who is not, and why: a line each,
 * and a member of its object. */
void plan_references_format(const Plan *plan, uint32_t node, GString *out);
void plan_references_to_json(const Plan *plan, uint32_t node, Json *json);

/* MARKS may be NULL: the plan alone. */
void plan_graph_dot(const Plan *plan, const GraphMarks *marks, GString *out);
void plan_graph_json(const Plan *plan, const GraphMarks *marks, Json *json);

PlanSummary plan_summary(const Plan *plan);
/* Why component NODE starts or does not: "eager", "for catalog", "lazy", or its scope. To be freed. */
char *plan_reason(const Plan *plan, uint32_t node);
