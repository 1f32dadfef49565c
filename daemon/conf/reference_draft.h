/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: [Reference COMPONENT/NAME] while a module is read: which draft it is, and how it becomes one of its component's
 * references. Does not own: what it is bound to (plan). */
#pragma once

#include "entry.h"

typedef enum RefPolicy { REF_STATIC, REF_DYNAMIC, REF_POLICY_N_ } RefPolicy;
extern const char *const ref_policy_names[REF_POLICY_N_];

/* The schema's rows point into it. */
typedef struct ReferenceDraft {
        const char *name; /* COMPONENT/NAME */
        Origin origin;
        const char *key; /* NULL: NAME */
        const char *route;
        Cardinality cardinality;
        RefPolicy policy;
        Chain target; /* of LabelTest */
        bool is_soft, excludes_self;
        bool is_damaged; /* a line of it was refused: what it would say is not known */
} ReferenceDraft;

/* The draft for [Reference NAME]; one that is thrown away when NAME is wrong, which is reported. */
ReferenceDraft *reference_draft_open(const EntryContext *context, const char *name);
/* After the last file: each becomes a Link of its component. What it says twice, or of nobody, is reported. */
void reference_draft_finish(ModuleDraft *module, AssignContext *context);
