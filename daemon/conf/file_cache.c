/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_cache.h"

static void cached_file_free(void *data)
{
        CachedFile *file = data;

        file_text_done(&file->text);
        g_free(file);
}

GHashTable *file_cache_new(void)
{
        return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, cached_file_free);
}

CachedFile *file_cache_get(GHashTable *cache, const char *path)
{
        CachedFile *file = g_hash_table_lookup(cache, path);

        if (file)
                return file;
        file = g_new0(CachedFile, 1);
        file->path = g_intern_string(path);
        file->error = file_read(path, false, &file->text, &file->problem);
        g_hash_table_insert(cache, (void *) file->path, file);
        return file;
}
