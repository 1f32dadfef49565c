/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the order in which nodes can go one by one.
 * Does not own: which nodes there are and what rank they have (plan.c), nor circles (circle.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "graph.h"

/* IS_CUT: by edge, or NULL: edges that are as if they were not there.
 * The unique order in which, again and again, the node of smallest RANK goes whose providers have all gone (§54). Only
 * nodes with IS_MEMBER, and the edges between them, count. Writes at most n_nodes entries and returns how many: fewer
 * than there are members when they hold a circle. */
uint32_t order_smallest(const Graph *graph, const bool *is_cut, const bool *is_member, const uint32_t *rank,
                        uint32_t *ret_order);
