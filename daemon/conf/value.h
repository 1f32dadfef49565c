/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is declared by a name and one text: values, aliases, kinds of scope.
 * Does not own: their place among the keys (registry). Strings live in the arena of the Registry. */
#pragma once

#include "base/diag.h"

typedef struct Module Module;

typedef struct Value {
        const char *name;
        const Module *module;
        Origin origin;
        const char *text; /* what Value= says or File= holds, without a final newline */
} Value;

typedef struct Alias {
        const char *name;
        const char *target;
        const Module *module;
        Origin origin, target_origin; /* of Target= */
} Alias;

/* A declared kind of scope: [Scope KIND]. Its parents end at the container; rings are findings of the registry. */
typedef struct ScopeKind {
        const char *name;
        const char *parent; /* another kind's name, or NULL: the container */
        const Module *module;
        Origin origin, parent_origin; /* of Parent= */
} ScopeKind;
