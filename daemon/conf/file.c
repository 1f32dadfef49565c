/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void file_text_done(FileText *text)
{
        g_clear_pointer(&text->bytes, g_free);
        text->n_bytes = 0;
}

static int file_check_owner(const struct stat *status, const char **ret_problem)
{
        if (status->st_uid != 0) {
                *ret_problem = "it belongs to another user than root (fs-foreign-owner)";
                return -EPERM;
        }
        if ((status->st_mode & S_IWOTH) || ((status->st_mode & S_IWGRP) && status->st_gid != 0)) {
                *ret_problem = "others than root may write it (fs-world-writable)";
                return -EPERM;
        }
        return 0;
}

static int file_slurp(int fd, FileText *text, const char **ret_problem)
{
        size_t size = 0;

        for (;;) {
                ssize_t n;

                if (text->n_bytes + 1 >= size) {
                        size = MAX((size_t) 4096, size * 2);
                        text->bytes = g_realloc(text->bytes, size);
                }
                n = read(fd, text->bytes + text->n_bytes, size - 1 - text->n_bytes);
                if (n < 0) {
                        if (errno == EINTR)
                                continue;
                        *ret_problem = g_strerror(errno);
                        return -errno;
                }
                if (n == 0)
                        break;
                text->n_bytes += (size_t) n;
                /* It may have grown since fstat. */
                if (text->n_bytes > FILE_MAX_BYTES) {
                        *ret_problem = "it is larger than 1 MiB";
                        return -EFBIG;
                }
        }
        text->bytes[text->n_bytes] = '\0';
        return 0;
}

int file_read(const char *path, bool require_root, FileText *ret, const char **ret_problem)
{
        autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        g_auto(FileText) text = {0};
        struct stat status;
        int r;

        if (fd < 0 || fstat(fd, &status) < 0) {
                *ret_problem = g_strerror(errno);
                return -errno;
        }
        if (S_ISDIR(status.st_mode)) {
                *ret_problem = "it is a directory";
                return -EISDIR;
        }
        if (!S_ISREG(status.st_mode)) {
                *ret_problem = "it is not a regular file";
                return -EINVAL;
        }
        if (status.st_size > (off_t) FILE_MAX_BYTES) {
                *ret_problem = "it is larger than 1 MiB";
                return -EFBIG;
        }
        if (require_root) {
                r = file_check_owner(&status, ret_problem);
                if (r < 0)
                        return r;
        }
        r = file_slurp(fd, &text, ret_problem);
        if (r < 0)
                return r;
        *ret = text;
        ret->device = status.st_dev;
        ret->inode = status.st_ino;
        text.bytes = NULL;
        return 0;
}

int file_check_directory(const char *path, const char **ret_problem)
{
        g_autofree char *resolved = realpath(path, NULL);

        if (!resolved) {
                *ret_problem = g_strerror(errno);
                return -errno;
        }
        for (;;) {
                char *slash = strrchr(resolved, '/');
                struct stat status;
                int r;

                if (lstat(*resolved ? resolved : "/", &status) < 0) {
                        *ret_problem = g_strerror(errno);
                        return -errno;
                }
                /* In a sticky directory only the owner of an entry can replace it, and what lies below is checked. */
                if (status.st_mode & S_ISVTX)
                        status.st_mode &= ~(mode_t) (S_IWOTH | S_IWGRP);
                r = file_check_owner(&status, ret_problem);
                if (r < 0) {
                        *ret_problem =
                                status.st_uid == 0
                                        ? "others than root may write its directory or one above (fs-world-writable)"
                                        : "its directory or one above belongs to another user than root "
                                          "(fs-foreign-owner)";
                        return r;
                }
                if (!slash || resolved[0] == '\0' || g_str_equal(resolved, "/"))
                        return 0;
                *slash = '\0';
        }
}

void file_report(const char *path, const char *problem, DiagList *diags)
{
        (void) diag_error(diags, DIAG_FILE_ERROR, origin_at(g_intern_string(path), 0), "cannot use this file: %s",
                          problem);
}
