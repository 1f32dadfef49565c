/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: all modules of one load as drafts: reading them, which are left out (ExcludeModules=, --only), names given
 * twice. Does not own: what they contain. */
#pragma once

#include "module_draft.h"
#include "registry.h"

typedef struct ModuleSet {
        GPtrArray *modules;  /* of ModuleDraft, by path */
        GHashTable *by_name; /* to the same; the first by path where there are two */
        GHashTable *loaded;  /* names within --only, or NULL: all */
        guint n_findings;    /* so far, of all modules */
} ModuleSet;

void module_set_init(ModuleSet *set);
void module_set_done(ModuleSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ModuleSet, module_set_done)

/* Reads what REQUEST names. Findings of modules that are not loaded are dropped with them. */
void module_set_read(ModuleSet *set, const LoadRequest *request, AssignContext *context, LoadStatistics *statistics,
                     DiagList *diags);

bool module_set_is_loaded(const ModuleSet *set, const ModuleDraft *module);
