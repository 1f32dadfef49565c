/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a Registry consists of; for the files that fill it only.
 * Does not own: the views (registry.h). */
#pragma once

#include "arena.h"
#include "provider_table.h"
#include "registry.h"

struct Registry {
        Arena arena;
        GPtrArray *modules;         /* of Module, by name */
        GPtrArray *components;      /* of Definition, in canonical order */
        GPtrArray *values;          /* of Value, by name */
        GPtrArray *aliases;         /* of Alias, by name */
        GPtrArray *kinds;           /* of ScopeKind, by name */
        GPtrArray *declared;        /* of KeyDeclaration, by name */
        const Value **alias_values; /* by alias: what it stands for, or NULL; in the arena */
        ProviderTable keys;
        LoadStatistics statistics;
        char hash[65];
};

/* Fills alias_values; values and aliases are sorted by then (registry_view.c). */
void registry_resolve_aliases(Registry *registry);
