/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/directory.h"

#include "fake/fake_state.h"

struct RuntimeDirectory {
        char *path;
};

int runtime_directory_new(const char *path, RuntimeDirectory **ret)
{
        *ret = g_new0(RuntimeDirectory, 1);
        (*ret)->path = g_strdup(path);
        return 0;
}

void runtime_directory_free(RuntimeDirectory *directory)
{
        if (!directory)
                return;

        g_free(directory->path);
        g_free(directory);
}

int runtime_directory_lock(const RuntimeDirectory *directory)
{
        return -1;
}

const char *runtime_directory_path(const RuntimeDirectory *directory)
{
        return directory->path;
}

int runtime_directory_make(const RuntimeDirectory *directory, const char *name, uid_t uid, gid_t gid, char **ret)
{
        int r = fake_failure("directory");

        if (r < 0)
                return r;
        *ret = g_build_filename(directory->path, "c", name, NULL);
        return 0;
}

void runtime_directory_leave(const RuntimeDirectory *directory, Loop *loop, const char *name)
{
        fake_log("leave %s", name);
}

void runtime_directory_clear(const RuntimeDirectory *directory)
{
        fake_log("clear");
}

int runtime_directory_write(const RuntimeDirectory *directory, const char *name, const char *text)
{
        int r = fake_failure("directory");

        if (r < 0)
                return r;
        g_hash_table_insert(fake_os.written, g_strdup(name), g_strdup(text));
        return 0;
}

const char *fake_os_written(const char *name)
{
        return g_hash_table_lookup(fake_os.written, name);
}
