/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/credential.h"

#include "fake/fake_state.h"

char *credential_folder(const RuntimeDirectory *directory, const char *name)
{
        return g_build_filename(runtime_directory_path(directory), "credentials", name, NULL);
}

/* What was handed over is asked for as fake_os_written("credentials/COMPONENT/FILE"). */
int credential_write(const RuntimeDirectory *directory, const char *name, const CredentialFile *files, size_t n_files,
                     uid_t uid, gid_t gid, char **ret)
{
        int r = fake_failure("credential");

        if (r < 0)
                return r;
        fake_log("credentials %s", name);
        for (size_t i = 0; i < n_files; i++)
                g_hash_table_insert(fake_os.written, g_build_filename("credentials", name, files[i].name, NULL),
                                    g_strndup(files[i].bytes, files[i].n_bytes));
        *ret = credential_folder(directory, name);
        return 0;
}

void credential_remove(const RuntimeDirectory *directory, const char *name)
{
        fake_log("forget %s", name);
}
