/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what looking up (key, route) comes to.
 * Does not own: how it is looked up (lookup.h while a plan is made, plan_find() after that). */
#pragma once

#include "conf/registry.h"

/* §14-20, §26-29 */
typedef enum Outcome {
        OUTCOME_COMPONENT,
        OUTCOME_GROUP,   /* several may provide it; which of them, the reference says (choice.h) */
        OUTCOME_NO_NODE, /* a value or the container itself: nothing to order */
        OUTCOME_SKIPPED, /* a component whose condition is not met (§46) */
        OUTCOME_MISSING,
        OUTCOME_ROUTE_REQUIRED,
        OUTCOME_NOT_ROUTED,
        OUTCOME_NOT_FOUND, /* of a routed key: that route */
        OUTCOME_NOT_VISIBLE,
        OUTCOME_AMBIGUOUS, /* of a group: several are the best (§17) */
        OUTCOME_TOO_FEW,   /* of a group: less than the reference needs (§22) */
        OUTCOME_REPORTED, /* what stands behind it is reported already: a refused definition, a broken alias */
        OUTCOME_N_,
} Outcome;

typedef struct Found {
        Outcome outcome;
        uint32_t component;       /* for COMPONENT and SKIPPED */
        uint32_t module;          /* index of the module it stands in; UINT32_MAX: none */
        const Key *key;           /* the key at the end of all aliases, or NULL */
        const Module *from;       /* of a group: as whom it is looked at, the last alias's module where there are any */
        const Provider *provider; /* for COMPONENT, NO_NODE and SKIPPED: who stands there, never an alias */
} Found;
