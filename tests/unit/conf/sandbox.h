/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a directory of files for one test, and what one load of it gave.
 * Does not own: loading (loading.h), nor any expectation. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/registry.h"

typedef struct Sandbox {
        char *directory;
        GPtrArray *made; /* of char *: files and directories, to be removed from the end */
        Settings settings;
        Registry *registry;
        DiagList diags;
        int result; /* of the last load */
} Sandbox;

static inline void sandbox_init(Sandbox *sandbox)
{
        char template[] = "/tmp/reeve-conf-XXXXXX";

        *sandbox = (Sandbox){.made = g_ptr_array_new_with_free_func(g_free)};
        assert_non_null(mkdtemp(template));
        sandbox->directory = g_strdup(template);
        settings_init(&sandbox->settings);
        diag_list_init(&sandbox->diags);
}

static inline void sandbox_done(Sandbox *sandbox)
{
        for (guint i = sandbox->made->len; i-- > 0;)
                (void) remove(sandbox->made->pdata[i]);
        (void) rmdir(sandbox->directory);
        g_ptr_array_unref(sandbox->made);
        g_free(sandbox->directory);
        registry_free(sandbox->registry);
        settings_done(&sandbox->settings);
        diag_list_done(&sandbox->diags);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sandbox, sandbox_done)

/* The absolute path of NAME; its directories are made. Owned by the sandbox. */
static inline const char *sandbox_path(Sandbox *sandbox, const char *name)
{
        char *path = g_build_filename(sandbox->directory, name, NULL);

        for (char *slash = path + strlen(sandbox->directory) + 1; (slash = strchr(slash, '/')); slash++) {
                *slash = '\0';
                if (mkdir(path, 0755) == 0)
                        g_ptr_array_add(sandbox->made, g_strdup(path));
                *slash = '/';
        }
        g_ptr_array_add(sandbox->made, path);
        return path;
}

static inline const char *sandbox_write(Sandbox *sandbox, const char *name, const char *text)
{
        const char *path = sandbox_path(sandbox, name);

        assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

static inline void sandbox_reset(Sandbox *sandbox)
{
        g_clear_pointer(&sandbox->registry, registry_free);
        diag_list_done(&sandbox->diags);
        diag_list_init(&sandbox->diags);
}
