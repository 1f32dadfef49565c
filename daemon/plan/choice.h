/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which contributions to a group count for whom, and which of them a reference takes (§16-17, §21-24, §40).
 * Does not own: the edges that come of it (resolve), nor what is said when there are too few (unchosen). */
#pragma once

#include "planning.h"

/* Why somebody is not taken. */
typedef enum Refusal {
        REFUSAL_NONE,
        REFUSAL_NOT_LOADED,
        REFUSAL_NOT_VISIBLE,
        REFUSAL_SKIPPED, /* its condition is not met */
        REFUSAL_LABELS,  /* a test of Target= does not hold */
        REFUSAL_SOFT,    /* nothing else starts it */
        REFUSAL_N_,
} Refusal;

/* "its module is private"; of REFUSAL_NONE empty. */
extern const char *const refusal_words[REFUSAL_N_];

/* What one component's contributions are looked at for. */
typedef struct Demand {
        const Module *from; /* NULL: from outside */
        const RefSpec *spec; /* or NULL */
        const bool *is_wanted; /* by component: is started for another reason; for soft ones */
} Demand;

Refusal choice_refusal(const Plan *plan, uint32_t component, const Demand *demand);

/* What is known of groups while references are resolved: no contribution is looked at twice for the same demand. */
typedef struct Choices Choices;
Choices *choices_new(const Plan *plan);
void choices_free(Choices *choices);

/* From now on soft references may be chosen for. Borrowed. */
void choices_set_wanted(Choices *choices, const bool *is_wanted);

/* Appends to NODES, of uint32_t, what REF of component SELF takes of FOUND, best first. OUTCOME_COMPONENT, or, with
 * what there is, OUTCOME_TOO_FEW; OUTCOME_AMBIGUOUS with those that are equally good. */
Outcome choices_make(Choices *choices, uint32_t self, const Ref *ref, Found found, GArray *nodes);

/* Who asks without a reference of their own: the one best of FOUND, which is a group. */
Found choice_best(const Plan *plan, Found found);
