/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which draft an entry of a module file speaks of, in all three notations (§10), and how drop-ins meet what they
 * change: the same name in another file of the module is the same thing, in the same file it is a second one (§12).
 * Does not own: the keys of a full section. */
#pragma once

#include "module_draft.h"

typedef struct EntryContext {
        ModuleDraft *module;
        AssignContext *context;
        const SchemaSection *section;
        Origin origin;
} EntryContext;

/* The draft for [Component NAME]; one that is thrown away when the name is no name. */
ComponentDraft *entry_open_component(const EntryContext *context, const char *name);
/* The same for [Value NAME], [Alias NAME], [Scope KIND], [Key NAME]. */
NamedDraft *entry_open(const EntryContext *context, DraftSet *set, const char *name);

/* Level 1: ExecStart= of a list; empty: the list so far is cleared. */
void entry_read_bare(const EntryContext *context, const char *value);
/* Level 2: NAME=COMMAND */
void entry_read_named(const EntryContext *context, const IniEntry *entry);
/* [Values]: NAME=TEXT */
void entry_read_value(const EntryContext *context, const IniEntry *entry);
/* A key of a list that is neither in the schema nor a name. */
void entry_report_name(const EntryContext *context, const IniEntry *entry);

/* The struct that the rows of GROUP point into; made from the defaults when it is first needed. */
void *component_draft_group(ComponentDraft *component, SchemaGroup group, AssignContext *context);
