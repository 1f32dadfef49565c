/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component says that it provides and refers to, by key.
 * Does not own: whether anything of that name is there (registry) or may be referred to (plan). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

typedef enum RefKind {
        REF_REQUIRES, /* 1..1, static */
        REF_WANTS,    /* 0..1, static */
        REF_AFTER,    /* order only (§57) */
        REF_RESOLVES, /* looked up at run time: a weak edge (§41) */
        REF_N_,
} RefKind;

extern const char *const ref_kind_names[REF_N_];

/* Of a Cardinality=: there is no limit. */
#define CARDINALITY_ANY UINT32_MAX

typedef struct Cardinality {
        uint32_t min, max;
} Cardinality;

typedef enum LabelTestKind { LABEL_EQUALS, LABEL_DIFFERS, LABEL_PRESENT, LABEL_ABSENT, LABEL_N_ } LabelTestKind;

/* One word of Target= (§24). */
typedef struct LabelTest {
        LabelTestKind kind;
        const char *text; /* as it is written in its canonical form; of one that compares, NAME=VALUE */
        uint32_t n_name;  /* of TEXT: the label's name */
} LabelTest;

/* What a [Reference COMPONENT/NAME] says beyond its key. */
typedef struct RefSpec {
        const char *name;
        Cardinality cardinality;
        const char *target; /* all of Target= in its canonical form; "": nothing */
        const LabelTest *tests;
        uint32_t n_tests;
        bool is_soft;       /* counts only what is to be started anyway (§22) */
        bool excludes_self; /* §40 */
} RefSpec;

typedef struct Ref {
        RefKind kind; /* of a [Reference]: REF_REQUIRES, or REF_WANTS where it may be bound to nothing */
        const char *key;
        const char *route; /* or NULL */
        Origin origin;
        const RefSpec *spec; /* NULL: a word of Requires=, Wants=, After= or Resolves= */
} Ref;

/* How many REF takes. After= is bound to nothing: it waits for all there are. */
Cardinality ref_cardinality(const Ref *ref);
/* May be bound to several, so that its texts are numbered. */
bool ref_is_plural(const Ref *ref);

typedef struct Provide {
        const char *key;
        const char *route; /* or NULL: plain */
        Origin origin;
} Provide;

/* One of several that provide a group (§16). */
typedef struct Contribution {
        const char *key;
        int rank;
        Origin origin;
} Contribution;

typedef struct Wiring {
        const Ref *refs;                   /* by kind, key and route, each once */
        const Provide *provides;           /* besides the name itself (§14) */
        const Contribution *contributions; /* by key, each once */
        uint32_t n_refs;
        uint32_t n_provides;
        uint32_t n_contributions;
} Wiring;

/* The one reference of Requires=, Wants= or a [Reference] to (KEY, ROUTE), or NULL; ROUTE may be NULL. */
const Ref *wiring_find_bound(const Wiring *wiring, const char *key, const char *route);
/* NULL: it contributes nothing to KEY. */
const Contribution *wiring_find_contribution(const Wiring *wiring, const char *key);
