/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: every key, its shape, and who provides it; what clashes is a finding (§2, §14-15, §31-32).
 * Does not own: the things that provide. */
#pragma once

#include "arena.h"
#include "registry.h"

/* Somebody says that they provide (key, route). */
typedef struct Claim {
        const char *key;
        const char *route; /* or NULL: plain */
        ProviderKind kind;
        uint32_t index;  /* of the component, value or alias */
        bool is_name;    /* by being called so (§14) */
        bool is_derived; /* and the name comes from the program's (§11) */
        bool is_contribution; /* to a group */
        int rank;
        Origin origin;
} Claim;

typedef struct ProviderTable {
        Key *keys; /* by name; all of it lies in the arena */
        uint32_t n_keys;
        const char **names; /* NULL-terminated */
        uint32_t *slots;    /* by hash: place in keys + 1; 0: free. At least half of them are */
        uint32_t mask;
} ProviderTable;

/* CLAIMS, of Claim, each once, is sorted in place; the outcome does not hang on its order (§3). */
void provider_table_build(ProviderTable *table, GArray *claims, Arena *arena, DiagList *diags);

/* For whoever still fills it. */
Key *provider_table_get(const ProviderTable *table, const char *name);
const Key *provider_table_find(const ProviderTable *table, const char *name);
