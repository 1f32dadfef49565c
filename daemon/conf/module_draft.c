/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module_draft.h"

#include <string.h>

#include "entry.h"
#include "naming.h"
#include "reference_draft.h"

static void draft_set_init(DraftSet *set)
{
        set->items = g_ptr_array_new();
        set->by_name = g_hash_table_new(g_str_hash, g_str_equal);
}

static void draft_set_done(DraftSet *set)
{
        g_clear_pointer(&set->items, g_ptr_array_unref);
        g_clear_pointer(&set->by_name, g_hash_table_unref);
}

ModuleDraft *module_draft_new(AssignContext *context, const char *file)
{
        ModuleDraft *module = g_new0(ModuleDraft, 1);

        module->origin.file = file;
        module->drop_ins = g_ptr_array_new();
        draft_set_init(&module->components);
        draft_set_init(&module->values);
        draft_set_init(&module->aliases);
        draft_set_init(&module->kinds);
        draft_set_init(&module->keys_declared);
        draft_set_init(&module->references);
        diag_list_init(&module->diags);
        module->max_findings = MODULE_MAX_FINDINGS;
        assign_defaults(context, schema_find_section(SCHEMA_MODULE_FILE, "Module"), GROUP_SELF, &module->keys);
        return module;
}

void module_draft_free(ModuleDraft *module)
{
        if (!module)
                return;
        g_ptr_array_unref(module->drop_ins);
        draft_set_done(&module->components);
        draft_set_done(&module->values);
        draft_set_done(&module->aliases);
        draft_set_done(&module->kinds);
        draft_set_done(&module->keys_declared);
        draft_set_done(&module->references);
        diag_list_done(&module->diags);
        g_free(module);
}

/* One file being laid over a module. */
typedef struct Layer {
        ModuleDraft *module;
        AssignContext *context;
        const Ini *ini;
        GHashTable *sections; /* "name argument" → its first IniSection, of this file */
        GHashTable *keys;     /* of the section at hand */
        bool is_hopeless;
} Layer;

static bool is_hopeless(Layer *layer, uint32_t line)
{
        guint n = layer->module->diags.items->len;

        if (n < layer->module->max_findings)
                return false;
        if (!layer->is_hopeless)
                (void) diag_error(&layer->module->diags, DIAG_SYNTAX_ERROR, (Origin){layer->ini->file, line},
                                  "too many errors in this module; the rest is not read");
        layer->is_hopeless = true;
        return true;
}

/* §12: the same section twice in one file */
static void note_section(Layer *layer, const IniSection *section)
{
        char *name =
                section->argument ? g_strconcat(section->name, " ", section->argument, NULL) : g_strdup(section->name);
        const IniSection *before = g_hash_table_lookup(layer->sections, name);
        Origin origin = {layer->ini->file, section->line};
        Diag *diag;

        if (!before) {
                g_hash_table_insert(layer->sections, name, (void *) section);
                return;
        }
        diag = diag_error(&layer->module->diags, DIAG_DUPLICATE_KEY, origin,
                          "the section [%.200s] is given twice, first in line %u", name, before->line);
        diag_add_source(diag, name, (Origin){origin.file, before->line});
        diag_add_source(diag, name, origin);
        diag_set_hint(diag, "put the keys of both into one; a drop-in may add to it");
        g_free(name);
}

static const IniEntry *entry_of(const Layer *layer, const IniSection *section, uint32_t i)
{
        return &g_array_index(layer->ini->entries, IniEntry, section->first + i);
}

/* A slip in the word ExecStart is told once, and not a second time as a command that is missing. */
static void note_damage(const SchemaSection *schema, const char *key, void *self)
{
        if (schema->role == ROLE_COMPONENT && g_strcmp0(schema_nearest_key(schema, key), "ExecStart") == 0)
                ((ComponentDraft *) self)->marks.is_damaged = true;
}

/* A section whose keys are all in the schema. */
static void read_keys(Layer *layer, const IniSection *section, const SchemaSection *schema, void *self)
{
        Assignment assignment = {
                .context = layer->context,
                .diags = &layer->module->diags,
                .section = schema,
                .argument = section->argument,
        };

        for (uint32_t i = 0; i < section->n_entries; i++) {
                const IniEntry *entry = entry_of(layer, section, i);

                if (is_hopeless(layer, entry->line))
                        return;
                assignment.origin = (Origin){layer->ini->file, entry->line};
                assignment.value = entry->value;
                assignment.key = assign_find(schema, entry, assignment.origin, &layer->module->diags);
                if (!assignment.key) {
                        note_damage(schema, entry->key, self);
                        continue;
                }
                /* A key that is given twice is not taken away by its second, empty line: one finding is enough. */
                if (!schema_kinds[assignment.key->kind].is_list &&
                    assign_note(layer->keys, schema, section->argument, entry, assignment.origin,
                                &layer->module->diags) &&
                    *entry->value == '\0')
                        continue;
                (void) assign_key(&assignment, self,
                                  schema->role == ROLE_COMPONENT
                                          ? component_draft_group(self, assignment.key->group, layer->context)
                                          : self);
        }
}

/* [Singletons], [Lazy], [Values] …: an entry a component or value */
static void read_list(Layer *layer, const IniSection *section, const SchemaSection *schema)
{
        for (uint32_t i = 0; i < section->n_entries; i++) {
                const IniEntry *entry = entry_of(layer, section, i);
                Origin origin = {layer->ini->file, entry->line};
                EntryContext context = {layer->module, layer->context, schema, origin};

                if (is_hopeless(layer, entry->line))
                        return;
                if (g_str_has_prefix(entry->key, "X-"))
                        continue;
                if (schema_find_key(schema, entry->key)) {
                        entry_read_bare(&context, entry->value);
                        continue;
                }
                if (!name_is_valid(entry->key)) {
                        entry_report_name(&context, entry);
                        continue;
                }
                assign_note(layer->keys, schema, NULL, entry, origin, &layer->module->diags);
                if (schema->role == ROLE_VALUES)
                        entry_read_value(&context, entry);
                else
                        entry_read_named(&context, entry);
        }
}

/* §152: the findings of a component's section say whose they are. */
static void name_component(Layer *layer, guint first, const char *name)
{
        for (guint i = first; i < layer->module->diags.items->len; i++)
                diag_set_component(layer->module->diags.items->pdata[i], name, NULL);
}

static DraftSet *find_set(ModuleDraft *module, SchemaRole role)
{
        switch (role) {
        case ROLE_VALUE:
                return &module->values;
        case ROLE_ALIAS:
                return &module->aliases;
        case ROLE_KEY:
                return &module->keys_declared;
        default:
                return &module->kinds;
        }
}

static void read_section(Layer *layer, const IniSection *section)
{
        const SchemaSection *schema =
                is_hopeless(layer, section->line)
                        ? NULL
                        : assign_find_section(SCHEMA_MODULE_FILE, layer->ini, section, &layer->module->diags);
        EntryContext context = {layer->module, layer->context, schema, {layer->ini->file, section->line}};
        guint n_before = layer->module->diags.items->len;
        ReferenceDraft *reference;
        ComponentDraft *component;

        if (!schema)
                return;
        g_hash_table_remove_all(layer->keys);
        note_section(layer, section);
        switch (schema->role) {
        case ROLE_MODULE:
                if (!layer->module->origin.line && layer->module->origin.file == layer->ini->file)
                        layer->module->origin.line = section->line;
                read_keys(layer, section, schema, &layer->module->keys);
                break;
        case ROLE_COMPONENT:
                component = entry_open_component(&context, section->argument);
                component->marks.is_damaged |= section->n_errors > 0;
                read_keys(layer, section, schema, component);
                name_component(layer, n_before, section->argument);
                break;
        case ROLE_VALUE:
        case ROLE_ALIAS:
        case ROLE_KIND:
        case ROLE_KEY:
                read_keys(layer, section, schema,
                          entry_open(&context, find_set(layer->module, schema->role), section->argument));
                break;
        case ROLE_REFERENCE:
                reference = reference_draft_open(&context, section->argument);
                read_keys(layer, section, schema, reference);
                reference->is_damaged |= layer->module->diags.items->len > n_before || section->n_errors > 0;
                break;
        case ROLE_LIST:
        case ROLE_VALUES:
                read_list(layer, section, schema);
                break;
        case ROLE_LATER:
        case ROLE_CONTAINER:
        case ROLE_N_:
                break;
        }
}

void module_draft_read(ModuleDraft *module, AssignContext *context, const char *file, char *bytes, size_t n_bytes)
{
        g_autoptr(GHashTable) sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
        g_auto(Ini) ini = {0};
        Layer layer = {.module = module, .context = context, .ini = &ini, .sections = sections, .keys = keys};

        /* With syntax errors the rest is still read: all findings of a run are collected (§37). */
        (void) !ini_parse(bytes, n_bytes, file, &ini, &module->diags);
        if (module->diags.items->len > module->max_findings)
                g_ptr_array_set_size(module->diags.items, (gint) module->max_findings);
        for (guint i = 0; i < ini.sections->len && !layer.is_hopeless; i++)
                read_section(&layer, &g_array_index(ini.sections, IniSection, i));
}

static void find_name(ModuleDraft *module, AssignContext *context)
{
        g_autofree char *derived = NULL, *valid = NULL;
        Diag *diag;

        if (module->keys.name) {
                module->name = module->keys.name;
                return;
        }
        derived = name_from_module_file(module->origin.file);
        module->name = arena_text(context->arena, derived);
        if (name_is_valid(derived))
                return;
        valid = name_to_valid(derived);
        diag = diag_error(&module->diags, DIAG_INVALID_VALUE, (Origin){module->origin.file, 0},
                          "the file's name gives the module the name '%.200s', which is not a name", derived);
        diag_set_hint(diag, "rename the file or write Name=%s in [Module]; a name is [a-z][a-z0-9_.-]{0,62}",
                      valid ? valid : "NAME");
}

void module_draft_finish(ModuleDraft *module, AssignContext *context)
{
        find_name(module, context);
        reference_draft_finish(module, context);
}
