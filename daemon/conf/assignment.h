/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one key=value on its way onto a draft, as the reader of its kind is given it, and how to complain of it.
 * Does not own: laying it there (assign), what it means (kind_…). */
#pragma once

#include "arena.h"
#include "draft.h"
#include "schema.h"

/* Of one load. */
typedef struct AssignContext {
        Arena *arena;             /* what stays */
        Arena *scratch;           /* what goes when the load is over */
        GHashTable *files;        /* of file_cache */
        ComponentDraft component; /* with all defaults */
        ProcessDraft process;
        LifeDraft life;
} AssignContext;

typedef struct Assignment {
        AssignContext *context;
        DiagList *diags;
        const SchemaSection *section;
        const char *argument; /* of the section, or NULL */
        const SchemaKey *key;
        const char *value;
        Origin origin;
} Assignment;

/* invalid-value: "KEY='value' PROBLEM" */
Diag *assign_error(const Assignment *assignment, const char *problem);
/* The same for one word of the value. */
Diag *assign_word_error(const Assignment *assignment, const char *word, const char *problem);

void chain_add(Chain *chain, Arena *arena, const void *data, Origin origin);
