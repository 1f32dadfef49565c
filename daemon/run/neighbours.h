/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the counters of the order (§50, §95), kept up in both directions in O(degree): who may start, who may stop,
 * who is blocked. Nodes whose answer may have changed are marked, never dispatched; no recursion along the graph.
 * Does not own: the answer (settle asks the predicates below). */
#pragma once

#include "engine.h"

/* What others see of a component; barriers have IS_SETTLED alone. */
typedef enum Standing { IS_READY = 1, IS_SETTLED = 2, IS_DOWN = 4 } Standing;

/* Counts everything once, all instances as they are. */
void neighbours_init(Engine *engine);
/* Tells the dependents if its standing has changed since they were told last. */
void neighbours_update(Engine *engine, const Instance *instance);

/* At spawn: holds every provider that is ready (§58, §98). */
void neighbours_hold(Engine *engine, Instance *instance);
/* Nothing of it is left. */
void neighbours_release(Engine *engine, Instance *instance);

/* Wants INSTANCE stopped, and before it, transitively, those with a static reference to it, which then wait to start
 * again (§105). Strong goals win over weak ones. */
void neighbours_stop(Engine *engine, Instance *instance, Goal goal);
/* The same for its static dependents alone: the provider is lost already. */
void neighbours_stop_dependents(Engine *engine, const Instance *instance);

/* Waits, everything it needs is there, nobody is bound to its last incarnation and nothing of that is left. */
bool neighbours_can_start(const Engine *engine, const Instance *instance);
bool neighbours_can_stop(const Engine *engine, const Instance *instance);
