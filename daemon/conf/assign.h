/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one key=value laid onto a draft by its schema row: looking the row up, duplicates within a file, empty
 * assignments (§12), marks, defaults.
 * Does not own: which draft it goes to. */
#pragma once

#include "assignment.h"
#include "ini.h"

void assign_context_init(AssignContext *context, Arena *arena, Arena *scratch);
void assign_context_done(AssignContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AssignContext, assign_context_done)

/* Every row's default, for the rows of GROUP, into BASE. */
void assign_defaults(AssignContext *context, const SchemaSection *section, SchemaGroup group, void *base);

/* Lays the value onto BASE, the struct of the row's group; SELF is the draft, for the mark. 0, or -EBADMSG. */
int assign_key(const Assignment *assignment, void *self, void *base);

/* Finds the row for a key of a section: NULL when it is to be ignored (X-…) or was reported: unknown, not available. */
const SchemaKey *assign_find(const SchemaSection *section, const IniEntry *entry, Origin origin, DiagList *diags);

/* Reports KEY when SEEN (name → IniEntry) has it already in this section of this file, and else notes it (§12). True
 * when it was there. */
bool assign_note(GHashTable *seen, const SchemaSection *section, const char *argument, const IniEntry *entry,
                 Origin origin, DiagList *diags);

/* Reports a section that is unknown, not available, or has a wrong argument; NULL then, or for X-…. */
const SchemaSection *assign_find_section(SchemaFile file, const Ini *ini, const IniSection *section, DiagList *diags);
