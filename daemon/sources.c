/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources.h"

#include <unistd.h>

void sources_init(Sources *sources, const Options *options, Settings *settings, DiagList *diags)
{
        g_auto(GStrv) directories = options_directories(options, "");
        static const char *const nothing[] = {NULL};

        if (options->configuration && !g_file_test(options->configuration, G_FILE_TEST_IS_DIR))
                diag_error(diags, DIAG_FILE_ERROR, origin_at(options->configuration, 0),
                           "--config takes a directory, and there is none");
        /* What is wrong stands in DIAGS; the modules are read all the same, so that one run shows everything (§37). */
        (void) !settings_load(settings, (const char *const *) directories, diags);
        sources->directories = options_directories(options, "modules");
        sources->request = (LoadRequest){
                .settings = settings,
                .directories = (const char *const *) sources->directories,
                .only = (const char *const *) options->only,
        };
        if (options->modules)
                sources->request.paths = (const char *const *) options->modules;
        else if (settings->modules)
                sources->request.paths = (const char *const *) settings->modules;
        else if (!settings->auto_scan)
                sources->request.paths = nothing;
        /* A definition file is code: what root finds by itself must be root's own. */
        sources->request.require_root_owned = geteuid() == 0 && !sources->request.paths && !options->configuration;
}

void sources_done(Sources *sources)
{
        g_clear_pointer(&sources->directories, g_strfreev);
}
