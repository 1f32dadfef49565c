/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module_set.h"

#include <fnmatch.h>
#include <string.h>

#include "base/names.h"
#include "file.h"
#include "source.h"

void module_set_init(ModuleSet *set)
{
        set->modules = g_ptr_array_new_with_free_func((GDestroyNotify) module_draft_free);
        set->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        set->loaded = NULL;
        set->n_findings = 0;
}

void module_set_done(ModuleSet *set)
{
        g_clear_pointer(&set->modules, g_ptr_array_unref);
        g_clear_pointer(&set->by_name, g_hash_table_unref);
        g_clear_pointer(&set->loaded, g_hash_table_unref);
}

bool module_set_is_loaded(const ModuleSet *set, const ModuleDraft *module)
{
        return !set->loaded || g_hash_table_contains(set->loaded, module->name);
}

typedef struct FileId {
        dev_t device;
        ino_t inode;
} FileId;

static guint file_id_hash(const void *id)
{
        const FileId *file = id;

        return (guint) file->inode * 31U + (guint) file->device;
}

static gboolean file_id_equal(const void *a, const void *b)
{
        const FileId *one = a, *other = b;

        return one->inode == other->inode && one->device == other->device;
}

/* §30: a file reached twice is read once. */
static bool note_file(GHashTable *files, const FileText *text)
{
        FileId *id = g_new(FileId, 1);

        *id = (FileId){.device = text->device, .inode = text->inode};
        return g_hash_table_add(files, id);
}

static void read_drop_ins(ModuleDraft *module, const SourceModule *source, bool require_root, AssignContext *context,
                          LoadStatistics *statistics)
{
        for (const char *const *path = source->drop_ins; *path; path++) {
                g_auto(FileText) text = {0};
                const char *problem;

                if (file_read(*path, require_root, &text, &problem) < 0) {
                        file_report(*path, problem, &module->diags);
                        continue;
                }
                statistics->n_drop_ins++;
                statistics->n_bytes += text.n_bytes;
                g_ptr_array_add(module->drop_ins, (char *) *path);
                module_draft_read(module, context, *path, text.bytes, text.n_bytes);
        }
}

static void read_module(ModuleSet *set, const SourceModule *source, bool require_root, GHashTable *files,
                        AssignContext *context, LoadStatistics *statistics)
{
        g_autoptr(ModuleDraft) module = module_draft_new(context, source->path);
        g_auto(FileText) text = {0};
        const char *problem;

        if (set->n_findings > ALL_MANY_FINDINGS)
                module->max_findings = MODULE_FEW_FINDINGS;
        if (file_read(source->path, require_root, &text, &problem) < 0)
                file_report(source->path, problem, &module->diags);
        else if (note_file(files, &text)) {
                statistics->n_files++;
                statistics->n_bytes += text.n_bytes;
                module_draft_read(module, context, source->path, text.bytes, text.n_bytes);
        } else
                return;
        read_drop_ins(module, source, require_root, context, statistics);
        module_draft_finish(module, context);
        set->n_findings += module->diags.items->len;
        g_ptr_array_add(set->modules, g_steal_pointer(&module));
}

static bool is_excluded(const ModuleDraft *module, char *const *patterns)
{
        for (; patterns && *patterns; patterns++)
                if (fnmatch(*patterns, module->name, 0) == 0)
                        return true;
        return false;
}

static void drop_excluded(ModuleSet *set, const Settings *settings)
{
        if (!settings || !settings->exclude_modules)
                return;
        for (guint i = set->modules->len; i-- > 0;)
                if (is_excluded(set->modules->pdata[i], settings->exclude_modules))
                        (void) g_ptr_array_remove_index(set->modules, i);
}

/* §2 for modules: all sources of a name in one finding */
static void index_names(ModuleSet *set, DiagList *diags)
{
        g_autoptr(GHashTable) findings = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < set->modules->len; i++) {
                ModuleDraft *module = set->modules->pdata[i], *before = g_hash_table_lookup(set->by_name, module->name);
                Diag *diag;

                if (!before) {
                        g_hash_table_insert(set->by_name, (void *) module->name, module);
                        continue;
                }
                if (!module_set_is_loaded(set, module))
                        continue;
                diag = g_hash_table_lookup(findings, module->name);
                if (!diag) {
                        diag = diag_error(diags, DIAG_DUPLICATE_NAME, before->origin,
                                          "several files are the module '%s'", module->name);
                        diag_set_component(diag, NULL, module->name);
                        diag_set_hint(diag, "rename one of them, or write Name= in its [Module]");
                        diag_add_source(diag, module->name, before->origin);
                        g_hash_table_insert(findings, (void *) module->name, diag);
                }
                diag_add_source(diag, module->name, module->origin);
        }
}

static void report_absent(GHashTable *by_name, const char *name, DiagList *diags)
{
        Diag *diag = diag_error(diags, DIAG_MODULE_MISSING, (Origin){0},
                                "there is no module '%.200s', which --only names", name);
        g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array(by_name, NULL);
        const char *nearest = name_nearest(names, g_hash_table_size(by_name), name);

        if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
}

/* §34: those named and everything they require, however far */
static void choose(ModuleSet *set, const char *const *only, GHashTable *by_name, DiagList *diags)
{
        g_autoptr(GPtrArray) queue = g_ptr_array_new();
        uint32_t n_named = 0;

        set->loaded = g_hash_table_new(g_str_hash, g_str_equal);
        for (; *only; only++) {
                ModuleDraft *module = g_hash_table_lookup(by_name, *only);

                /* "a,,b" and a comma at the end name nothing. */
                if (**only == '\0')
                        continue;
                n_named++;
                if (!module)
                        report_absent(by_name, *only, diags);
                else if (g_hash_table_add(set->loaded, (void *) module->name))
                        g_ptr_array_add(queue, module);
        }
        if (n_named == 0)
                diag_set_hint(diag_error(diags, DIAG_MODULE_MISSING, (Origin){0}, "--only names no module"),
                              "write --only=NAME[,NAME...], or leave it out to load all modules");
        while (queue->len > 0) {
                const ModuleDraft *module = g_ptr_array_remove_index_fast(queue, queue->len - 1);

                for (const ChainItem *item = module->keys.requires.first; item; item = item->next) {
                        ModuleDraft *required = g_hash_table_lookup(by_name, ((const Link *) item->data)->key);

                        if (required && g_hash_table_add(set->loaded, (void *) required->name))
                                g_ptr_array_add(queue, required);
                }
        }
}

static void take_diags(ModuleSet *set, DiagList *diags)
{
        for (guint i = 0; i < set->modules->len; i++) {
                ModuleDraft *module = set->modules->pdata[i];

                if (module_set_is_loaded(set, module)) {
                        g_ptr_array_extend_and_steal(diags->items, g_steal_pointer(&module->diags.items));
                        diag_list_init(&module->diags);
                }
        }
}

static void find_sources(const LoadRequest *request, SourceList *sources, LoadStatistics *statistics, DiagList *diags)
{
        const Settings *settings = request->settings;
        static const char *const nothing[] = {NULL};
        const char *const *paths = request->paths;

        if (!paths && settings && !settings->auto_scan)
                paths = settings->modules ? (const char *const *) settings->modules : nothing;
        statistics->is_explicit = paths != NULL;
        if (paths)
                source_explicit(paths, request->require_root_owned, sources, diags);
        else if (request->directories)
                source_scan(request->directories, request->require_root_owned, sources, diags);
        statistics->n_masked = sources->n_masked;
}

void module_set_read(ModuleSet *set, const LoadRequest *request, AssignContext *context, LoadStatistics *statistics,
                     DiagList *diags)
{
        g_autoptr(GHashTable) files = g_hash_table_new_full(file_id_hash, file_id_equal, g_free, NULL);
        g_auto(SourceList) sources;
        guint n_read;

        source_list_init(&sources);
        find_sources(request, &sources, statistics, diags);
        for (guint i = 0; i < sources.modules->len; i++)
                read_module(set, &g_array_index(sources.modules, SourceModule, i), request->require_root_owned, files,
                            context, statistics);
        n_read = set->modules->len;
        drop_excluded(set, request->settings);
        if (request->only) {
                g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

                for (guint i = set->modules->len; i-- > 0;) {
                        ModuleDraft *module = set->modules->pdata[i];

                        g_hash_table_replace(by_name, (void *) module->name, module);
                }
                choose(set, request->only, by_name, diags);
        }
        statistics->n_filtered = n_read - set->modules->len;
        index_names(set, diags);
        take_diags(set, diags);
}
