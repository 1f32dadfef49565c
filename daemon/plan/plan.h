/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a checked configuration: registry + graph + order, frozen. The one ref-counted type, because instances that
 * were started under an old plan hold it.
 * Does not own: anything that changes while components run.
 * Nodes: 0 … n_components-1 are the registry's components by index; after them one barrier a module, by module index.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/json.h"
#include "conf/registry.h"
#include "found.h"
#include "graph.h"

typedef struct PlanNode {
        uint32_t rank;          /* place among the runnable (§54): smaller goes first, unique */
        bool is_wanted;         /* eager, or in the mandatory closure of an eager one (§56); barriers: always */
        bool is_skipped;        /* a condition is not met (§46) */
        uint64_t heaviest_stop; /* µs: own TimeoutStopSec= and those of the heaviest chain of providers below (§99) */
} PlanNode;

/* What references are bound to (bound.h). */
typedef struct BoundEntry {
        uint32_t ref, node;
} BoundEntry;

typedef struct BoundTable {
        uint32_t n_refs;     /* of all components */
        uint32_t *first_ref; /* by component, n_components + 1: place of its first reference */
        uint32_t *first;     /* by reference, n_refs + 1: offsets into nodes */
        uint32_t *nodes;
        GArray *entries; /* of BoundEntry, until the plan stands */
} BoundTable;

typedef struct Plan {
        uint32_t n_references;
        uint64_t generation; /* set by the container when the plan is committed */
        Registry *registry;  /* owned */
        Graph graph;
        PlanNode *nodes; /* graph.n_nodes */
        uint32_t *order; /* all nodes: first those wanted, in the unique smallest order of the start (§54), then the
                            rest; providers first within each of the two */
        uint32_t n_components, n_modules;
        uint32_t n_wanted; /* components */
        uint32_t n_warnings; /* of the load that made it */
        bool *is_cut;      /* by edge: a weak edge that closed a cycle (§41) and does not order */
        Found *alias_ends; /* by alias: what it stands for */
        BoundTable bound;
        GHashTable *module_index; /* const Module * -> index + 1 */
} Plan;

typedef struct PlanOptions {
        bool strict;          /* --strict: warnings are errors (§49) */
        uint64_t stop_budget; /* µs, for budget-short */
} PlanOptions;

/* Takes REGISTRY over in any case. 0 and *RET with one reference, or -EBADMSG with findings in DIAGS. Warnings and
 * notices may be added on success too. Runs all rules (§36-58) even when DIAGS already holds errors. */
int plan_build(Registry *registry, const PlanOptions *options, Plan **ret, DiagList *diags) MUST_CHECK;

Plan *plan_ref(Plan *plan);
void plan_unref(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_unref)

/* What (KEY, ROUTE) is to the components of FROM; NULL: to those outside the container, who see public modules alone
 * (§29). ROUTE may be NULL. */
Found plan_find(const Plan *plan, const char *key, const char *route, const Module *from);

/* What REF, one of component NODE's own, is bound to: the best of them where there are several; OUTCOME_MISSING: to
 * nothing. */
Found plan_find_ref(const Plan *plan, uint32_t node, const Ref *ref);
/* All that it is bound to, the best first. Borrowed. */
const uint32_t *plan_bound(const Plan *plan, uint32_t node, const Ref *ref, uint32_t *ret_n);

static inline bool plan_is_barrier(const Plan *plan, uint32_t node)
{
        return node >= plan->n_components;
}

/* Borrowed. NODE must be a component. */
const Definition *plan_definition(const Plan *plan, uint32_t node);
/* The component's name, or the module's for a barrier. */
const char *plan_node_name(const Plan *plan, uint32_t node);
