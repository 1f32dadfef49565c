/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a plan as text and JSON (`reeved --plan`, D-Bus Plan) and its graph as dot and JSON (GetGraph).
 * Does not own: run-time colours; observe adds those. */
#pragma once

#include "plan.h"

typedef struct PlanSummary {
        uint32_t n_start, n_on_demand, n_skipped, n_values;
} PlanSummary;

void plan_format(const Plan *plan, GString *out);
void plan_to_json(const Plan *plan, Json *json);
void plan_graph_dot(const Plan *plan, GString *out);
void plan_graph_json(const Plan *plan, Json *json);

PlanSummary plan_summary(const Plan *plan);
/* Why component NODE starts or does not: "eager", "for catalog", "lazy", or its scope. To be freed. */
char *plan_reason(const Plan *plan, uint32_t node);
