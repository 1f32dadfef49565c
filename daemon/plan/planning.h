/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: Planning, what the steps of plan_build() know in common while a plan comes into being.
 * Does not own: anything after that; the finished Plan stands alone. */
#pragma once

#include "conf/registry.h"
#include "plan.h"

/* A ref that leads nowhere; it is reported when the graph stands, because the report tells how it is reached. */
typedef struct Failure {
        uint32_t component;
        const Ref *ref;
        EdgeKind kind; /* of the edge it would have been */
        Found found;
} Failure;

/* A ref from one module into another (§48). */
typedef struct Crossing {
        uint32_t from, to; /* modules */
        const char *who;   /* component or alias */
        const char *key;
        Origin origin;
} Crossing;

typedef struct Planning {
        Plan *plan;
        const PlanOptions *options; /* borrowed */
        DiagList *diags;            /* borrowed */
        const Definition *const *components;
        const Module *const *modules;
        const Alias *const *aliases;
        uint32_t n_aliases;
        uint32_t *module_of;       /* by component */
        GHashTable *refused;       /* names that earlier errors speak of; a ref to one that is gone is not news */
        uint32_t *name_rank;       /* by node: its place when all are sorted by name */
        GArray *edges;             /* of Edge, until the graph is built */
        GArray *failures;          /* of Failure */
        GArray *crossings;         /* of Crossing */
        uint32_t *reached_by;      /* by node: the node before it on the way from an eager root; built when asked for */
        uint32_t *providers_first; /* all nodes so that providers come first; NULL where a circle is left */
        bool *is_started;          /* by component: by another than a soft reference; NULL: there is no soft one */
        bool has_module_circle;
        size_t guess_budget; /* names that all "did you mean" together may still compare */
} Planning;

void planning_init(Planning *planning, Plan *plan, const PlanOptions *options, DiagList *diags);
void planning_done(Planning *planning);

uint32_t planning_module_index(const Planning *planning, const Module *module);
void planning_add_edge(Planning *planning, uint32_t from, uint32_t to, EdgeKind kind, Origin origin, const char *key);
/* A ref of WHO, where FROM and TO differ. */
void planning_add_crossing(Planning *planning, uint32_t from, uint32_t to, const char *who, const char *key,
                           Origin origin);
/* Starts with the container: an eager singleton that is not skipped. */
bool planning_is_eager(const Planning *planning, uint32_t component);
/* Eager, or on the way of refs from an eager one. Needs the graph. */
bool planning_is_reached(Planning *planning, uint32_t component);
/* By component: UINT32_MAX where nothing that may start leads to it: no eager one, none of a scope, none with a
 * socket to connect to. To be freed. */
uint32_t *planning_find_used(const Planning *planning);
/* "reached from": the way from an eager root to COMPONENT (§38), where there is one; the middle of a long one left out.
 */
void planning_add_lead(Planning *planning, Diag *diag, uint32_t component);
