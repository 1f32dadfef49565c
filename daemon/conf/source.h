/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which files make up the modules: scanning with masking, explicit paths, drop-ins, and who may have written
 * them. Does not own: their contents. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/cleanup.h"
#include "base/diag.h"

typedef struct SourceModule {
        const char *path;      /* interned */
        const char **drop_ins; /* interned, in the order they are laid over it; owned, NULL-terminated */
} SourceModule;

typedef struct SourceList {
        GArray *modules; /* of SourceModule, by path */
        uint32_t n_masked;
} SourceList;

void source_list_init(SourceList *list);
void source_list_done(SourceList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SourceList, source_list_done)

/* Scanning: DIRECTORIES in rising priority; one that is not there is no error. A file of the same name in a later
 * one, an empty file or a link to /dev/null masks: a notice. */
void source_scan(const char *const *directories, bool require_root, SourceList *list, DiagList *diags);

/* Explicit: files, and directories with their *.module; what is not there is an error. */
void source_explicit(const char *const *paths, bool require_root, SourceList *list, DiagList *diags);

/* The *.conf of PATH by file name, newly allocated array of interned paths; a directory that is not there is empty.
 * Each later directory masks the earlier ones' files of the same name. */
const char **source_drop_ins(const char *const *paths, bool require_root, uint32_t *n_masked, DiagList *diags);
