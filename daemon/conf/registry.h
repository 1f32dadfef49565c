/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: everything that one load found, merged and frozen: modules, components, values, aliases, the keys they provide,
 * and the arena their strings live in. Conflicts are findings (§2, §30-32). Reading never runs, connects or writes.
 * Does not own: edges, order, rules (plan). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "definition.h"
#include "module.h"
#include "settings.h"

typedef struct Registry Registry;

typedef struct LoadRequest { /* what to read; strings are borrowed for the call */
        const Settings *settings;
        const char *const *directories; /* scanning mode: rising priority, NULL-terminated */
        const char *const *paths;       /* explicit mode: files or directories; replaces directories when not NULL */
        const char *const *only;        /* module names (§34), or NULL */
        bool require_root_owned;        /* refuse files that others may write (reliability, privilege model) */
} LoadRequest;

typedef struct LoadStatistics {
        uint64_t read_usec, merge_usec, n_bytes; /* n_bytes: of files and drop-ins */
        uint32_t n_files, n_drop_ins, n_masked;
        uint32_t n_filtered; /* modules that --only or ExcludeModules= left out */
        bool is_explicit;
} LoadStatistics;

typedef enum KeyShape { KEY_PLAIN, KEY_ROUTED, KEY_GROUP, KEY_N_ } KeyShape;

typedef enum ProviderKind {
        PROVIDER_COMPONENT,
        PROVIDER_VALUE,
        PROVIDER_ALIAS,
        PROVIDER_CONTAINER,
        PROVIDER_N_
} ProviderKind;

/* One (key, route) and what provides it. */
typedef struct Provider {
        const char *route; /* NULL: plain, or of a group; "*": catch-all */
        int rank;          /* of a group's: larger ones are better (§17) */
        ProviderKind kind;
        uint32_t index; /* of the component, value or alias in its array */
        Origin origin;
} Provider;

typedef struct Key {
        const char *name;
        KeyShape shape;
        bool is_torn; /* provided in several shapes, which is a finding: the first of them stands here */
        const Provider *providers; /* exactly one for a plain key; by route; of a group the best first (§21) */
        uint32_t n_providers;
        const KeyDeclaration *declared; /* its [Key NAME], or NULL */
} Key;

/* 0 and *RET, or -EBADMSG: at least one error was added to DIAGS and *RET holds what could be read, so that planning
 * may still find the rest of the faults (§37); *RET is NULL only when nothing could be built. Other negative errno:
 * ENOMEM … */
int registry_load(const LoadRequest *request, Registry **ret, DiagList *diags) MUST_CHECK;
void registry_free(Registry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registry, registry_free)

/* Frozen views. Components: canonical order = (module, file, line) (§3); the index of a component is its node in the
 * plan. Components whose condition is not met stand here too. Modules: by name. */
const Definition *const *registry_components(const Registry *registry, uint32_t *ret_n);
const Module *const *registry_modules(const Registry *registry, uint32_t *ret_n);
const Value *const *registry_values(const Registry *registry, uint32_t *ret_n);
const Alias *const *registry_aliases(const Registry *registry, uint32_t *ret_n);
const ScopeKind *const *registry_scope_kinds(const Registry *registry, uint32_t *ret_n); /* by name */

const Key *registry_find_key(const Registry *registry, const char *key);
/* The value that NAME or the alias NAME stands for, as ${NAME} does; NULL: none. Templates try a dotted name here
 * first. */
const Value *registry_find_value(const Registry *registry, const char *name);
const ScopeKind *registry_find_scope_kind(const Registry *registry, const char *name);
const Module *registry_find_module(const Registry *registry, const char *name);
/* Index in registry_components(), or -1. */
int64_t registry_find_component(const Registry *registry, const char *name);
/* Every key there is, sorted, NULL-terminated; for "did you mean". Borrowed. */
const char *const *registry_key_names(const Registry *registry, size_t *ret_n);

/* SHA-256 of the canonical merged form, 64 hex digits (§6, §7). */
const char *registry_hash(const Registry *registry);
LoadStatistics registry_statistics(const Registry *registry);
