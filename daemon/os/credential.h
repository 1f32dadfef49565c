/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the files in which a component is handed its secrets: a folder of its own below the run-time directory, beside
 * that of components, which they could not have exchanged. Does not own: the secrets. */
#pragma once

#include <stddef.h>

#include "directory.h"

typedef struct CredentialFile {
        const char *name; /* no slash, none that a folder has a meaning for */
        const char *bytes;
        size_t n_bytes;
} CredentialFile;

/* A folder for NAME with FILES, of UID:GID and 0400, and nothing else; newly allocated in *RET. One that is there is
 * replaced. It is ours, and 0700, or 0750 for GID where UID is another: nobody else can put anything into it. */
int credential_write(const RuntimeDirectory *directory, const char *name, const CredentialFile *files, size_t n_files,
                     uid_t uid, gid_t gid, char **ret) MUST_CHECK;
/* Where that folder is, or would be; newly allocated. */
char *credential_folder(const RuntimeDirectory *directory, const char *name);
void credential_remove(const RuntimeDirectory *directory, const char *name);
