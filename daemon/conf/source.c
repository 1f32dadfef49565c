/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "file.h"

void source_list_init(SourceList *list)
{
        *list = (SourceList){.modules = g_array_new(FALSE, FALSE, sizeof(SourceModule))};
}

void source_list_done(SourceList *list)
{
        if (!list->modules)
                return;
        for (guint i = 0; i < list->modules->len; i++)
                g_free((void *) g_array_index(list->modules, SourceModule, i).drop_ins);
        g_clear_pointer(&list->modules, g_array_unref);
}

/* The names in PATH that end in SUFFIX, in no order, owned; NULL after a finding. Hidden ones are left out. */
static GPtrArray *list_directory(const char *path, const char *suffix, bool require_root, bool may_be_absent,
                                 DiagList *diags)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        const struct dirent *entry;
        const char *problem;
        DIR *directory;

        directory = opendir(path);
        if (!directory) {
                if (!may_be_absent || errno != ENOENT)
                        file_report(path, g_strerror(errno), diags);
                return NULL;
        }
        if (require_root && file_check_directory(path, &problem) < 0) {
                file_report(path, problem, diags);
                (void) closedir(directory);
                return NULL;
        }
        while ((errno = 0, entry = readdir(directory)))
                if (entry->d_name[0] != '.' && g_str_has_suffix(entry->d_name, suffix))
                        g_ptr_array_add(names, g_strdup(entry->d_name));
        if (errno != 0)
                file_report(path, g_strerror(errno), diags);
        (void) closedir(directory);
        return g_steal_pointer(&names);
}

static bool is_null_device(const char *path)
{
        struct stat status;

        /* Where it cannot be looked at, reading it will say why. */
        return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

static bool is_mask(const char *path)
{
        struct stat status;

        if (is_null_device(path))
                return true;
        return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

static void report_empty(const char *path, uint32_t *n_masked, DiagList *diags)
{
        (*n_masked)++;
        (void) diag_add(diags, SEVERITY_NOTICE, DIAG_MASKED, (Origin){path, 0}, "masked: it is empty");
}

static void report_masked(const char *path, const char *by, uint32_t *n_masked, DiagList *diags)
{
        (*n_masked)++;
        (void) diag_add(diags, SEVERITY_NOTICE, DIAG_MASKED, (Origin){path, 0}, "not read: %s masks it", by);
}

static const char *join(const char *directory, const char *name)
{
        g_autofree char *path = g_build_filename(directory, name, NULL);

        return g_intern_string(path);
}

static int compare_texts(const void *a, const void *b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Those of FOUND (name → path) that do not mask, by name. */
static GPtrArray *take_unmasked(GHashTable *found, uint32_t *n_masked, DiagList *diags)
{
        GPtrArray *paths = g_ptr_array_new();
        guint n;
        g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array(found, &n);

        qsort(names, n, sizeof(*names), compare_texts);
        for (guint i = 0; i < n; i++) {
                const char *path = g_hash_table_lookup(found, names[i]);

                if (is_mask(path))
                        report_empty(path, n_masked, diags);
                else
                        g_ptr_array_add(paths, (void *) path);
        }
        return paths;
}

/* Later directories replace files of the same name (rising priority). */
static void find_files(const char *directory, const char *suffix, bool require_root, GHashTable *found,
                       uint32_t *n_masked, DiagList *diags)
{
        g_autoptr(GPtrArray) names = list_directory(directory, suffix, require_root, true, diags);

        for (guint i = 0; names && i < names->len; i++) {
                const char *path = join(directory, names->pdata[i]),
                           *before = g_hash_table_lookup(found, names->pdata[i]);

                if (before)
                        report_masked(before, path, n_masked, diags);
                g_hash_table_replace(found, g_strdup(names->pdata[i]), (void *) path);
        }
}

const char **source_drop_ins(const char *const *paths, bool require_root, uint32_t *n_masked, DiagList *diags)
{
        g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) files = NULL;

        for (; *paths; paths++)
                find_files(*paths, ".conf", require_root, found, n_masked, diags);
        files = take_unmasked(found, n_masked, diags);
        g_ptr_array_add(files, NULL);
        return (const char **) g_ptr_array_free(g_steal_pointer(&files), FALSE);
}

static void add_module(SourceList *list, const char *path, const char *const *drop_in_directories, bool require_root,
                       DiagList *diags)
{
        SourceModule module = {.path = path};

        module.drop_ins = source_drop_ins(drop_in_directories, require_root, &list->n_masked, diags);
        g_array_append_val(list->modules, module);
}

/* Which directories have a NAME.module.d; most modules have none, and are spared the look. */
static GHashTable *find_drop_in_directories(const char *const *directories, bool require_root, DiagList *diags)
{
        GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

        for (; *directories; directories++) {
                g_autoptr(GPtrArray) names = list_directory(*directories, ".module.d", require_root, true, diags);

                for (guint i = 0; names && i < names->len; i++) {
                        char *name = names->pdata[i];
                        GPtrArray *paths;

                        name[strlen(name) - strlen(".d")] = '\0';
                        paths = g_hash_table_lookup(found, name);
                        if (!paths) {
                                paths = g_ptr_array_new_with_free_func(g_free);
                                g_hash_table_insert(found, g_strdup(name), paths);
                        }
                        g_ptr_array_add(paths, g_strconcat(*directories, "/", name, ".d", NULL));
                }
        }
        return found;
}

static const char *file_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

/* Adds the modules at PATHS with what DIRECTORIES lay over them, and points out what lies over nothing. */
static void add_modules(SourceList *list, const GPtrArray *paths, const char *const *directories, GHashTable *known,
                        bool require_root, DiagList *diags)
{
        static const char *const none[] = {NULL};
        g_autoptr(GHashTable) drop_ins = find_drop_in_directories(directories, require_root, diags);
        GHashTableIter iterator;
        void *name, *value;

        for (guint i = 0; i < paths->len; i++) {
                GPtrArray *over = g_hash_table_lookup(drop_ins, file_name(paths->pdata[i]));

                if (over)
                        g_ptr_array_add(over, NULL);
                add_module(list, paths->pdata[i], over ? (const char *const *) over->pdata : none, require_root, diags);
        }
        g_hash_table_iter_init(&iterator, drop_ins);
        while (g_hash_table_iter_next(&iterator, &name, &value))
                if (!g_hash_table_contains(known, name))
                        (void) diag_add(diags, SEVERITY_WARNING, DIAG_UNUSED,
                                        origin_at(((GPtrArray *) value)->pdata[0], 0),
                                        "these drop-ins change nothing: there is no %s", (const char *) name);
}

static int compare_modules(const void *a, const void *b)
{
        return strcmp(((const SourceModule *) a)->path, ((const SourceModule *) b)->path);
}

void source_scan(const char *const *directories, bool require_root, SourceList *list, DiagList *diags)
{
        g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) paths = NULL;

        for (size_t i = 0; directories[i]; i++)
                find_files(directories[i], ".module", require_root, found, &list->n_masked, diags);
        paths = take_unmasked(found, &list->n_masked, diags);
        add_modules(list, paths, directories, found, require_root, diags);
        g_array_sort(list->modules, compare_modules);
}

static void add_directory(SourceList *list, const char *directory, bool require_root, DiagList *diags)
{
        const char *const directories[] = {directory, NULL};
        g_autoptr(GPtrArray) names = list_directory(directory, ".module", require_root, false, diags);
        g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GPtrArray) paths = g_ptr_array_new();

        for (guint i = 0; names && i < names->len; i++) {
                const char *path = join(directory, names->pdata[i]);

                (void) g_hash_table_add(known, names->pdata[i]);
                if (is_null_device(path))
                        report_empty(path, &list->n_masked, diags);
                else
                        g_ptr_array_add(paths, (void *) path);
        }
        if (names)
                add_modules(list, paths, directories, known, require_root, diags);
}

static void add_file(SourceList *list, const char *path, bool require_root, DiagList *diags)
{
        g_autofree char *drop_ins = g_strconcat(path, ".d", NULL), *directory = g_path_get_dirname(path);
        const char *const directories[] = {drop_ins, NULL};
        const char *problem;

        if (require_root && file_check_directory(directory, &problem) < 0)
                file_report(path, problem, diags);
        else
                add_module(list, g_intern_string(path), directories, require_root, diags);
}

void source_explicit(const char *const *paths, bool require_root, SourceList *list, DiagList *diags)
{
        for (; *paths; paths++) {
                struct stat status;

                if (stat(*paths, &status) < 0)
                        file_report(*paths, g_strerror(errno), diags);
                else if (S_ISDIR(status.st_mode))
                        add_directory(list, *paths, require_root, diags);
                else
                        add_file(list, *paths, require_root, diags);
        }
        g_array_sort(list->modules, compare_modules);
}
