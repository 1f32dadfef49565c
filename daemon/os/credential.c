/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "credential.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <glib.h>

#include "account.h"
#include "remove.h"

#define CREDENTIALS "credentials"

/* Ours: others may pass through it to their own, and see no names. */
static int open_parent(const RuntimeDirectory *directory)
{
        autofd root = open(runtime_directory_path(directory), O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;

        if (root < 0 || (mkdirat(root, CREDENTIALS, 0700) < 0 && errno != EEXIST))
                return -errno;
        fd = openat(root, CREDENTIALS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fchmod(fd, account_uid() == 0 ? 0711 : 0700) < 0)
                return -errno;
        return g_steal_fd(&fd);
}

static int write_file(int folder, const CredentialFile *file, uid_t uid, gid_t gid)
{
        autofd fd = openat(folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0400);
        const char *bytes = file->bytes;
        size_t n = file->n_bytes;

        if (fd < 0)
                return -errno;
        while (n > 0) {
                ssize_t written = write(fd, bytes, n);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                bytes += written;
                n -= (size_t) written;
        }
        if (fchmod(fd, 0400) < 0)
                return -errno;
        return (uid != account_uid() || gid != account_gid()) && fchown(fd, uid, gid) < 0 ? -errno : 0;
}

/* It stays ours: a component that could fill it would keep us busy with its removal for as long as it likes. */
static int open_to(int folder, uid_t uid, gid_t gid)
{
        bool is_foreign = uid != account_uid();

        if (!is_foreign && gid == account_gid())
                return 0;
        if (fchown(folder, (uid_t) -1, gid) < 0 || (is_foreign && fchmod(folder, 0750) < 0))
                return -errno;
        return 0;
}

static int fill(int parent, const char *name, const CredentialFile *files, size_t n_files, uid_t uid, gid_t gid)
{
        autofd folder = -1;
        int r = 0;

        if (mkdirat(parent, name, 0700) < 0)
                return -errno;
        folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder < 0 || fchmod(folder, 0700) < 0)
                return -errno;
        for (size_t i = 0; r == 0 && i < n_files; i++)
                r = write_file(folder, &files[i], uid, gid);
        return r < 0 ? r : open_to(folder, uid, gid);
}

char *credential_folder(const RuntimeDirectory *directory, const char *name)
{
        return g_build_filename(runtime_directory_path(directory), CREDENTIALS, name, NULL);
}

int credential_write(const RuntimeDirectory *directory, const char *name, const CredentialFile *files, size_t n_files,
                     uid_t uid, gid_t gid, char **ret)
{
        autofd parent = open_parent(directory);
        int r;

        if (parent < 0)
                return parent;
        r = remove_tree(parent, name, false);
        if (r == 0)
                r = fill(parent, name, files, n_files, uid, gid);
        if (r < 0) {
                (void) !remove_tree(parent, name, false);
                return r;
        }
        *ret = credential_folder(directory, name);
        return 0;
}

void credential_remove(const RuntimeDirectory *directory, const char *name)
{
        autofd parent = open_parent(directory);
        g_autofree char *path = g_build_filename(runtime_directory_path(directory), CREDENTIALS, NULL);

        if (parent < 0)
                return;
        (void) !remove_tree(parent, name, false);
        (void) rmdir(path); /* the last one */
}
