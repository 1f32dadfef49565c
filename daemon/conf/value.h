/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is declared by a name and a text or a list: values, aliases, kinds of scope, keys.
 * Does not own: their place among the keys (registry). Strings live in the arena of the Registry. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

typedef struct Module Module;

/* What the text is made of, beside being a text. */
typedef enum ValueCodec { CODEC_PLAIN, CODEC_JSON, CODEC_KEYFILE, CODEC_ENV, CODEC_N_ } ValueCodec;
extern const char *const value_codec_names[CODEC_N_];

typedef struct ValueMember {
        const char *name; /* a.b.0, group.key or NAME */
        const char *text; /* NULL: it is there, but not a text: an object, an array, null */
        uint32_t line;    /* in the value */
} ValueMember;

typedef struct Value {
        const char *name;
        const Module *module;
        Origin origin;
        const char *text; /* what Value= says or File= holds, without a final newline */
        ValueCodec codec;
        bool is_secret;
        bool is_damaged; /* it could not be read, which was told: what it would hold is not known */
        const ValueMember *members; /* by name, each once; NULL: none */
        uint32_t n_members;
} Value;

/* NULL: there is none of that name. */
const ValueMember *value_find_member(const Value *value, const char *name);

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

/* [Key NAME] */
typedef struct KeyDeclaration {
        const char *name;
        const Module *module;
        Origin origin, routes_origin; /* of Routes= */
        const char *const *routes;    /* sorted, each once, NULL-terminated; NULL: any (§18) */
        uint32_t n_routes;
} KeyDeclaration;

/* KEY says nothing of routes, or has this one. KEY may be NULL. */
bool key_declaration_allows(const KeyDeclaration *key, const char *route);
