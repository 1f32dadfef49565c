/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: module files in a directory that lives for one test, and the plan that is made of them.
 * Does not own: what is expected of it. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "base/diag_print.h"
#include "plan/plan.h"

typedef struct Scratch {
        char *directory;
        DiagList diags;
        Plan *plan; /* NULL: refused */
} Scratch;

/* FILES: pairs of a module's name and its text, ended by NULL. */
static inline void scratch_build(Scratch *scratch, const char *const *files, PlanOptions options, bool reversed)
{
        Settings settings;
        const char *paths[65] = {NULL};
        LoadRequest request = {.settings = &settings, .paths = paths};
        g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
        Registry *registry = NULL;
        int r;

        *scratch = (Scratch){.directory = g_dir_make_tmp("reeve-plan-XXXXXX", NULL)};
        assert_non_null(scratch->directory);
        diag_list_init(&scratch->diags);
        settings_init(&settings);
        for (guint i = 0; files[i] && i / 2 < G_N_ELEMENTS(paths) - 1; i += 2) {
                char *path = g_strdup_printf("%s/%s.module", scratch->directory, files[i]);

                assert_true(g_file_set_contents(path, files[i + 1], -1, NULL));
                g_ptr_array_add(written, path);
        }
        for (guint i = 0; i < written->len; i++)
                paths[i] = written->pdata[reversed ? written->len - 1 - i : i];
        r = registry_load(&request, &registry, &scratch->diags);
        settings_done(&settings);
        if (registry) {
                bool had_errors = r < 0;

                r = plan_build(registry, &options, &scratch->plan, &scratch->diags);
                assert_int_equal(r, had_errors || !scratch->plan ? -EBADMSG : 0);
        }
        diag_list_sort(&scratch->diags);
}

static inline void scratch_done(Scratch *scratch)
{
        GDir *directory = g_dir_open(scratch->directory, 0, NULL);
        const char *name;

        while (directory && (name = g_dir_read_name(directory))) {
                g_autofree char *path = g_build_filename(scratch->directory, name, NULL);

                assert_int_equal(g_unlink(path), 0);
        }
        if (directory)
                g_dir_close(directory);
        assert_int_equal(g_rmdir(scratch->directory), 0);
        g_clear_pointer(&scratch->directory, g_free);
        g_clear_pointer(&scratch->plan, plan_unref);
        diag_list_done(&scratch->diags);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scratch, scratch_done)
