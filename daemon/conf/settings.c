/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <string.h>

#include "assign.h"
#include "file.h"
#include "settings_draft.h"
#include "source.h"

/* What reading settings needs while it lasts. */
typedef struct SettingsReader {
        Arena arena;
        AssignContext context;
        SettingsDraft draft;
        const SchemaSection *section;
} SettingsReader;

static void settings_reader_init(SettingsReader *reader)
{
        *reader = (SettingsReader){.section = schema_find_section(SCHEMA_SETTINGS_FILE, "Container")};
        arena_init(&reader->arena);
        reader->context = (AssignContext){.arena = &reader->arena, .scratch = &reader->arena};
        assign_defaults(&reader->context, reader->section, GROUP_SELF, &reader->draft);
}

static void settings_reader_done(SettingsReader *reader)
{
        arena_done(&reader->arena);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SettingsReader, settings_reader_done)

static char **chain_to_strv(const Chain *chain)
{
        char **texts;
        guint n = 0;

        if (chain->n == 0)
                return NULL;
        texts = g_new0(char *, chain->n + 1);
        for (const ChainItem *item = chain->first; item; item = item->next)
                texts[n++] = g_strdup(item->data);
        return texts;
}

static void settings_take(Settings *settings, const SettingsDraft *draft)
{
        g_free(settings->name);
        settings->name = g_strdup(draft->name);
        settings->environment = draft->environment;
        settings->policy = draft->policy;
        settings->max_parallel_starts = draft->max_parallel_starts;
        settings->stop_budget = draft->stop_budget;
        settings->auto_scan = draft->auto_scan;
        g_strfreev(settings->modules);
        settings->modules = chain_to_strv(&draft->modules);
        g_strfreev(settings->exclude_modules);
        settings->exclude_modules = chain_to_strv(&draft->exclude_modules);
        settings->hold_on_failure = draft->hold_on_failure;
        settings->log_level = draft->log_level;
        settings->bus = draft->bus;
}

void settings_init(Settings *settings)
{
        g_auto(SettingsReader) reader;

        settings_reader_init(&reader);
        *settings = (Settings){.files = g_ptr_array_new()};
        settings_take(settings, &reader.draft);
}

void settings_done(Settings *settings)
{
        g_clear_pointer(&settings->name, g_free);
        g_clear_pointer(&settings->modules, g_strfreev);
        g_clear_pointer(&settings->exclude_modules, g_strfreev);
        g_clear_pointer(&settings->files, g_ptr_array_unref);
}

static void read_section(SettingsReader *reader, const Ini *ini, const IniSection *section, bool *is_seen,
                         DiagList *diags)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        Assignment assignment = {.context = &reader->context, .diags = diags};

        assignment.section = assign_find_section(SCHEMA_SETTINGS_FILE, ini, section, diags);
        if (!assignment.section)
                return;
        if (*is_seen)
                (void) diag_error(diags, DIAG_DUPLICATE_KEY, (Origin){ini->file, section->line},
                                  "the section [%s] is given twice", section->name);
        *is_seen = true;
        for (uint32_t i = 0; i < section->n_entries; i++) {
                const IniEntry *entry = &g_array_index(ini->entries, IniEntry, section->first + i);

                assignment.origin = (Origin){ini->file, entry->line};
                assignment.value = entry->value;
                assignment.key = assign_find(assignment.section, entry, assignment.origin, diags);
                if (!assignment.key)
                        continue;
                if (!schema_kinds[assignment.key->kind].is_list)
                        assign_note(seen, assignment.section, NULL, entry, assignment.origin, diags);
                (void) !assign_key(&assignment, &reader->draft, &reader->draft);
        }
}

static void read_file(SettingsReader *reader, Settings *settings, const char *path, bool may_be_absent, DiagList *diags)
{
        g_auto(FileText) text = {0};
        g_auto(Ini) ini = {0};
        const char *problem;
        bool is_seen = false;
        int r;

        r = file_read(path, false, &text, &problem);
        if (r == -ENOENT && may_be_absent)
                return;
        if (r < 0) {
                file_report(path, problem, diags);
                return;
        }
        path = g_intern_string(path);
        g_ptr_array_add(settings->files, (void *) path);
        (void) !ini_parse(text.bytes, text.n_bytes, path, &ini, diags);
        for (guint i = 0; i < ini.sections->len; i++)
                read_section(reader, &ini, &g_array_index(ini.sections, IniSection, i), &is_seen, diags);
}

int settings_load(Settings *settings, const char *const *directories, DiagList *diags)
{
        g_autoptr(GPtrArray) drop_in_directories = g_ptr_array_new_with_free_func(g_free);
        g_autofree const char **drop_ins = NULL;
        g_auto(SettingsReader) reader;
        uint32_t n_before = diag_list_count(diags, SEVERITY_ERROR), n_masked = 0;

        settings_reader_init(&reader);
        for (; *directories; directories++) {
                g_autofree char *path = g_build_filename(*directories, "reeved.conf", NULL);

                read_file(&reader, settings, path, true, diags);
                g_ptr_array_add(drop_in_directories, g_strconcat(path, ".d", NULL));
        }
        g_ptr_array_add(drop_in_directories, NULL);
        drop_ins = source_drop_ins((const char *const *) drop_in_directories->pdata, false, &n_masked, diags);
        for (size_t i = 0; drop_ins[i]; i++)
                read_file(&reader, settings, drop_ins[i], false, diags);
        if (reader.draft.auto_scan && reader.draft.modules.n > 0)
                diag_set_hint(diag_error(diags, DIAG_INVALID_VALUE, reader.draft.modules_origin,
                                         "Modules= has no effect with AutoScan=yes"),
                              "write AutoScan=no, or put the modules where they are scanned");
        settings_take(settings, &reader.draft);
        return diag_list_count(diags, SEVERITY_ERROR) > n_before ? -EBADMSG : 0;
}
