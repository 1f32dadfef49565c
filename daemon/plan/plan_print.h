/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a plan as text and JSON (`reeved --plan`, D-Bus Plan) and its graph as dot and JSON (GetGraph).
 * Does not own: run-time colours; observe adds those. */
#pragma once

#include "plan.h"

void plan_format(const Plan *plan, GString *out);
void plan_to_json(const Plan *plan, Json *json);
void plan_graph_dot(const Plan *plan, GString *out);
void plan_graph_json(const Plan *plan, Json *json);
