/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the files that keys of one load name, each read once however many components name it.
 * Does not own: module files (module_set). */
#pragma once

#include "draft.h"
#include "file.h"

typedef struct CachedFile {
        const char *path;    /* interned */
        FileText text;
        int error;           /* of file_read(); then PROBLEM says why, borrowed */
        const char *problem;
        const char *kept;    /* the bytes in the arena, or NULL: nobody needs them there so far */
        Chain variables;     /* of char *: what EnvironmentFile= found in it */
        bool is_parsed;
} CachedFile;

GHashTable *file_cache_new(void);
/* Reads PATH, if it was not read before. Borrowed, never NULL. */
CachedFile *file_cache_get(GHashTable *cache, const char *path);
