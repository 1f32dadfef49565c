/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is laid over the graph of the plan (§146): states, root causes, and the critical path of the start.
 * Does not own: the graph's text (plan/plan_print.h). */
#pragma once

#include "metrics.h"
#include "plan/plan_print.h"

/* O(V + E). There is a plan. */
void graph_marks_init(GraphMarks *marks, const Container *container, const Metrics *metrics);
void graph_marks_done(GraphMarks *marks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GraphMarks, graph_marks_done)
