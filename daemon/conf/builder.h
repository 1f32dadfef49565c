/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: from a module's drafts to what the registry keeps: lists become arrays in a canonical order, later words of a
 * list override earlier ones, defaults and what is inherited are filled in, and what a component must or must not say
 * is checked. Does not own: anything that needs to know other modules. */
#pragma once

#include "module_draft.h"
#include "settings.h"

typedef struct Builder {
        Arena *arena;
        const AssignContext *context;
        StartupPolicy policy; /* of the container */
        const LifeSpec *life; /* shared by all that set nothing of it */
        const Wiring *wiring;
        const LifeSpec *last_life;       /* the ones made last */
        const ProcessSpec *last_process;
        /* of the module at hand */
        const ModuleDraft *draft;
        const Module *module;
        const ProcessSpec *process;
        DiagList *diags;
} Builder;

void builder_init(Builder *builder, Arena *arena, const AssignContext *context, const Settings *settings);
Module *builder_make_module(Builder *builder, const ModuleDraft *draft, bool is_loaded);
/* From now on for things of DRAFT, which belong to MODULE; findings go to DIAGS. */
void builder_set_module(Builder *builder, const ModuleDraft *draft, const Module *module, DiagList *diags);

Definition *builder_make_component(Builder *builder, const ComponentDraft *draft);
/* The module's own hooks as something that starts and stops (§80), with a name that nobody can write; NULL: it has
 * none. */
Definition *builder_make_hooks(Builder *builder);
/* builder_endpoint.c */
/* What is declared twice is a finding. NULL: nothing is declared, and no template has a dot in it. */
const EndpointSpec *builder_make_endpoints(Builder *builder, const ComponentDraft *draft);
/* Of Listen= or AllocatePort=; no file: it has none. */
Origin builder_first_socket(const ComponentDraft *draft);
/* builder_named.c */
/* Reads File=; a value that cannot be read is empty, and a finding. */
Value *builder_make_value(Builder *builder, const NamedDraft *draft);
Alias *builder_make_alias(Builder *builder, const NamedDraft *draft);
ScopeKind *builder_make_kind(Builder *builder, const NamedDraft *draft);
KeyDeclaration *builder_make_key(Builder *builder, const NamedDraft *draft);
