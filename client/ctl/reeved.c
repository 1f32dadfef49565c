/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reeved.h"

#include <stdlib.h>
#include <unistd.h>

char *reevectl_directory(void)
{
        g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

        return path ? g_path_get_dirname(path) : NULL;
}

char *reeved_find(const Ctl *ctl)
{
        static const char *const beside[] = {"../daemon/reeved", "../libexec/reeve/reeved", "../lib/reeve/reeved"};
        const char *chosen = getenv("REEVED");
        g_autofree char *directory = reevectl_directory();

        if (chosen && *chosen) {
                if (access(chosen, X_OK) == 0)
                        return g_strdup(chosen);
                ctl_error(ctl, "REEVED=%s: cannot be executed; unset REEVED to use the installed one", chosen);
                return NULL;
        }
        for (size_t i = 0; directory && i < G_N_ELEMENTS(beside); i++) {
                g_autofree char *path = g_build_filename(directory, beside[i], NULL);

                if (access(path, X_OK) == 0)
                        return g_steal_pointer(&path);
        }
        if (access(REEVED_INSTALLED, X_OK) == 0)
                return g_strdup(REEVED_INSTALLED);
        ctl_error(ctl, "there is no reeved in %s; install the daemon, or say where it is with REEVED=PATH",
                  REEVED_INSTALLED);
        return NULL;
}

GPtrArray *reeved_arguments(const Ctl *ctl, const char *path, const char *mode)
{
        GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);

        g_ptr_array_add(arguments, g_strdup(path));
        g_ptr_array_add(arguments, g_strdup(mode));
        if (ctl_has(ctl, OPTION_USER))
                g_ptr_array_add(arguments, g_strdup("--user"));
        if (ctl_has(ctl, OPTION_ONLY)) {
                g_ptr_array_add(arguments, g_strdup("--only"));
                g_ptr_array_add(arguments, g_strdup(ctl->options.only));
        }
        if (ctl_has(ctl, OPTION_STRICT))
                g_ptr_array_add(arguments, g_strdup("--strict"));
        /* as they stand: an option that only reeved knows may be followed by its value */
        for (size_t i = 0; i < ctl->n_names; i++)
                g_ptr_array_add(arguments, g_strdup(ctl->names[i]));
        return arguments;
}
