/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "entry.h"

#include <string.h>

#include "kind.h"
#include "naming.h"

void *component_draft_group(ComponentDraft *component, SchemaGroup group, AssignContext *context)
{
        switch (group) {
        case GROUP_PROCESS:
                if (!component->process)
                        component->process = memcpy(arena_new(context->scratch, ProcessDraft, 1), &context->process,
                                                    sizeof(ProcessDraft));
                return component->process;
        case GROUP_LIFE:
                if (!component->life)
                        component->life =
                                memcpy(arena_new(context->scratch, LifeDraft, 1), &context->life, sizeof(LifeDraft));
                return component->life;
        case GROUP_ENDPOINTS:
                if (!component->wiring.endpoints)
                        component->wiring.endpoints = arena_new(context->scratch, EndpointDraft, 1);
                return component->wiring.endpoints;
        case GROUP_SELF:
        case GROUP_N_:
                break;
        }
        return component;
}

static bool check_name(const EntryContext *context, const char *name)
{
        g_autofree char *valid = NULL;
        Diag *diag;

        if (name_is_valid(name))
                return true;
        valid = name_to_valid(name);
        diag = diag_error(&context->module->diags, DIAG_INVALID_VALUE, context->origin, "'%.200s' is not a name", name);
        diag_set_hint(diag, "a name is [a-z][a-z0-9_.-]{0,62}%s%s%s", valid ? ", such as '" : "", valid ? valid : "",
                      valid ? "'" : "");
        return false;
}

static void add(DraftSet *set, const char *name, void *draft)
{
        g_ptr_array_add(set->items, draft);
        g_hash_table_replace(set->by_name, (void *) name, draft);
}

static ComponentDraft *add_component(const EntryContext *context, const char *name)
{
        ComponentDraft *component = memcpy(arena_new(context->context->scratch, ComponentDraft, 1),
                                           &context->context->component, sizeof(ComponentDraft));

        component->name = arena_text(context->context->arena, name);
        component->origin = context->origin;
        component->notation = context->section;
        if (context->section->role == ROLE_LIST) {
                component->scope.scope = (Scope) context->section->scope;
                component->start = (StartMode) context->section->start;
        }
        if (name_is_valid(name))
                add(&context->module->components, component->name, component);
        return component;
}

ComponentDraft *entry_open_component(const EntryContext *context, const char *name)
{
        ComponentDraft *before = g_hash_table_lookup(context->module->components.by_name, name);

        if (!check_name(context, name))
                return add_component(context, name);
        if (before && !before->is_cleared &&
            (before->origin.file != context->origin.file || before->notation == context->section))
                return before;
        return add_component(context, name);
}

NamedDraft *entry_open(const EntryContext *context, DraftSet *set, const char *name)
{
        NamedDraft *draft = g_hash_table_lookup(set->by_name, name);
        bool is_valid = check_name(context, name);

        if (draft && (draft->origin.file != context->origin.file || draft->notation == context->section))
                return draft;
        draft = arena_new(context->context->scratch, NamedDraft, 1);
        draft->name = arena_text(context->context->arena, name);
        draft->origin = context->origin;
        draft->notation = context->section;
        if (is_valid)
                add(set, draft->name, draft);
        return draft;
}

static int parse_command(const EntryContext *context, const char *value, ComponentDraft *ret)
{
        Assignment assignment = {
                .context = context->context,
                .diags = &context->module->diags,
                .section = context->section,
                .value = value,
                .origin = context->origin,
        };
        int r = kind_parse_command(&assignment, &ret->argv);

        if (r == 0)
                ret->marks.exec = context->origin;
        return r;
}

static void clear_list(const EntryContext *context)
{
        for (guint i = 0; i < context->module->components.items->len; i++) {
                ComponentDraft *component = context->module->components.items->pdata[i];

                if (component->notation == context->section && component->is_derived)
                        component->is_cleared = true;
        }
}

void entry_read_bare(const EntryContext *context, const char *value)
{
        g_autofree char *name = NULL;
        ComponentDraft command = {0}, *component;
        Diag *diag;

        if (*value == '\0') {
                clear_list(context);
                return;
        }
        if (parse_command(context, value, &command) < 0)
                return;
        name = name_from_program(command.argv[0]);
        if (!name_is_valid(name)) {
                diag = diag_error(&context->module->diags, DIAG_INVALID_VALUE, context->origin,
                                  "the program's name gives the component the name '%.200s', which is not a name",
                                  name);
                diag_set_hint(diag, "name it yourself: NAME=COMMAND");
                return;
        }
        component = add_component(context, name);
        component->argv = command.argv;
        component->marks.exec = context->origin;
        component->is_derived = true;
}

void entry_read_named(const EntryContext *context, const IniEntry *entry)
{
        ComponentDraft *before = g_hash_table_lookup(context->module->components.by_name, entry->key), *component;
        /* Twice under one name in one file is a duplicate key and reported as such, not as two components. */
        bool is_same = before && !before->is_cleared && before->notation == context->section &&
                       !(before->is_derived && before->origin.file == context->origin.file);
        Diag *diag;

        if (*entry->value == '\0') {
                if (is_same) {
                        before->is_cleared = true;
                        return;
                }
                diag = diag_error(&context->module->diags, DIAG_INVALID_VALUE, context->origin,
                                  "%.200s= has no command", entry->key);
                diag_set_hint(diag, "write %.200s=/PATH/TO/PROGRAM", entry->key);
                return;
        }
        component = is_same ? before : add_component(context, entry->key);
        /* One whose command is wrong stays declared, so that nobody is told that it is missing. */
        if (parse_command(context, entry->value, component) < 0)
                component->marks.exec = context->origin;
}

void entry_read_value(const EntryContext *context, const IniEntry *entry)
{
        NamedDraft *before = g_hash_table_lookup(context->module->values.by_name, entry->key), *value = NULL;

        if (before && (before->origin.file != context->origin.file || before->notation == context->section))
                value = before;
        if (!value) {
                value = arena_new(context->context->scratch, NamedDraft, 1);
                value->name = arena_text(context->context->arena, entry->key);
                value->origin = context->origin;
                value->notation = context->section;
                add(&context->module->values, value->name, value);
        }
        value->text = arena_text(context->context->arena, entry->value);
        value->text_origin = context->origin;
}

void entry_report_name(const EntryContext *context, const IniEntry *entry)
{
        const char *nearest = schema_nearest_key(context->section, entry->key);
        const SchemaSection *owner = schema_find_owner(SCHEMA_MODULE_FILE, entry->key);
        Diag *diag;

        if (!nearest && !owner) {
                (void) check_name(context, entry->key);
                return;
        }
        diag = diag_error(&context->module->diags, DIAG_UNKNOWN_KEY, context->origin,
                          "there is no key '%.200s' in [%s]", entry->key, context->section->name);
        if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else
                diag_set_hint(diag, "it belongs in [%s%s%s]; here %s is declared", owner->name,
                              owner->argument ? " " : "", owner->argument ? owner->argument : "",
                              context->section->free_keys);
}
