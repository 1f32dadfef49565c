/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one module while it is read: its own keys and everything its file and drop-ins declare.
 * Does not own: which files those are (source.h), nor the merge with other modules (registry). */
#pragma once

#include "assign.h"
#include "draft.h"
#include "module.h"

typedef enum Visibility { VISIBILITY_PUBLIC, VISIBILITY_PRIVATE, VISIBILITY_N_ } Visibility;
extern const char *const visibility_names[VISIBILITY_N_];

/* [Module]; the schema's rows point into it. */
typedef struct ModuleKeys {
        const char *name, *description, *documentation;
        Origin name_origin, policy_origin;
        Visibility visibility;
        StartupPolicy policy;
        int format_version;
        Chain requires, resources; /* of Link */
        Chain environment;         /* of char * */
        Chain hooks[HOOK_N_];      /* of const char *const * */
} ModuleKeys;

/* What is declared of one sort, in the order of reading, and the last of each name. */
typedef struct DraftSet {
        GPtrArray *items;    /* of ComponentDraft, NamedDraft or ReferenceDraft, which lie in the scratch arena */
        GHashTable *by_name; /* to the same */
} DraftSet;

typedef struct ModuleDraft {
        const char *name; /* in the arena; after finishing */
        Origin origin;
        ModuleKeys keys;
        GPtrArray *drop_ins; /* interned paths of those that could be read */
        DraftSet components, values, aliases, kinds, keys_declared, references;
        DiagList diags;     /* dropped with a module that is not loaded (§34) */
        guint max_findings; /* of DIAGS; one more says that there were more */
} ModuleDraft;

/* A file that is wrong all through is told so a thousand times, not a hundred thousand times; and where thousands of
 * files are, each a few times. */
#define MODULE_MAX_FINDINGS 1000
#define MODULE_FEW_FINDINGS 10
#define ALL_MANY_FINDINGS 10000

ModuleDraft *module_draft_new(AssignContext *context, const char *file);
void module_draft_free(ModuleDraft *module);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModuleDraft, module_draft_free)

/* Lays one file over what is there: the module file first, then its drop-ins in order. BYTES as in ini_parse(). */
void module_draft_read(ModuleDraft *module, AssignContext *context, const char *file, char *bytes, size_t n_bytes);
/* After the last file: the name, and whose references there are. */
void module_draft_finish(ModuleDraft *module, AssignContext *context);
