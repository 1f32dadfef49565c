/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The floor of a check: GKeyFile reads the same bytes, and every value of it is looked at once.
 *   keyfile FILE... */
#include <glib.h>
#include <stdio.h>

static size_t read_group(GKeyFile *file, const char *group)
{
        g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
        size_t n = 0;

        for (char **key = keys; key && *key; key++) {
                g_autofree char *value = g_key_file_get_value(file, group, *key, NULL);

                n += value != NULL;
        }
        return n;
}

int main(int argc, char **argv)
{
        size_t n = 0;

        for (int i = 1; i < argc; i++) {
                g_autoptr(GKeyFile) file = g_key_file_new();
                g_autoptr(GError) error = NULL;
                g_auto(GStrv) groups = NULL;

                if (!g_key_file_load_from_file(file, argv[i], G_KEY_FILE_NONE, &error)) {
                        (void) fprintf(stderr, "keyfile: %s: %s\n", argv[i], error->message);
                        return 1;
                }
                groups = g_key_file_get_groups(file, NULL);
                for (char **group = groups; *group; group++)
                        n += read_group(file, *group);
        }
        (void) printf("%zu values\n", n);
        return 0;
}
