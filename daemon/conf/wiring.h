/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component says that it provides and refers to, by key.
 * Does not own: whether anything of that name is there (registry) or may be referred to (plan). */
#pragma once

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

typedef struct Ref {
        RefKind kind;
        const char *key;
        const char *route; /* or NULL */
        Origin origin;
} Ref;

typedef struct Provide {
        const char *key;
        const char *route; /* or NULL: plain */
        Origin origin;
} Provide;

typedef struct Wiring {
        const Ref *refs;
        const Provide *provides; /* besides the name itself (§14) */
        uint32_t n_refs;
        uint32_t n_provides;
} Wiring;
