/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: reading a file that somebody else wrote: regular files only, at most 1 MiB, never blocking on a FIFO or a
 * terminal, and whether root may trust who can write it (reliability, privilege model).
 * Does not own: what the bytes mean. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/diag.h"

#define FILE_MAX_BYTES ((size_t) 1024 * 1024)

typedef struct FileText {
        char *bytes; /* owned, terminated beyond n_bytes */
        size_t n_bytes;
        dev_t device;
        ino_t inode;
} FileText;

void file_text_done(FileText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileText, file_text_done)

/* 0 and *RET, or a negative errno; *RET_PROBLEM is then a borrowed text for people. -EPERM: not to be trusted, which is
 * judged only with REQUIRE_ROOT. */
int file_read(const char *path, bool require_root, FileText *ret, const char **ret_problem) MUST_CHECK;

/* The directory PATH and all above it: 0, or -EPERM when others than root may put a file there. */
int file_check_directory(const char *path, const char **ret_problem) MUST_CHECK;

/* Adds file-error for what file_read() or a directory's reading returned. */
void file_report(const char *path, const char *problem, DiagList *diags);
