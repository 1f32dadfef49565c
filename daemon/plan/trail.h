/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: edges of the graph as steps of a diagnostic's path, the way their author wrote them.
 * Does not own: the diagnostic. */
#pragma once

#include "planning.h"

/* "catalog", or "module shop" for a barrier. */
char *trail_label(const Planning *planning, uint32_t node);
/* The edge's beginning, and the aliases and the group it leads through; its end is the next edge's beginning, or
 * trail_add_end(). */
void trail_add_edge(const Planning *planning, Diag *diag, const Edge *edge);
void trail_add_end(const Planning *planning, Diag *diag, uint32_t node, Origin at);
/* In place of edges left out. */
void trail_add_gap(Diag *diag);
