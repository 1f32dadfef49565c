/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: replaying files through a fuzz target where there is no libFuzzer, so that each corpus is an ordinary test.
 * Does not own: making up inputs. Usage: fuzz_x FILE|DIRECTORY… */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_inputs;

static void replay(const char *path)
{
        g_autofree char *bytes = NULL;
        GDir *directory = g_dir_open(path, 0, NULL);
        gsize n_bytes;

        if (directory) {
                const char *name;

                while ((name = g_dir_read_name(directory))) {
                        g_autofree char *file = g_build_filename(path, name, NULL);

                        replay(file);
                }
                g_dir_close(directory);
                return;
        }
        if (!g_file_get_contents(path, &bytes, &n_bytes, NULL)) {
                (void) fprintf(stderr, "cannot read %s\n", path);
                exit(EXIT_FAILURE);
        }
        n_inputs++;
        (void) LLVMFuzzerTestOneInput((const uint8_t *) bytes, n_bytes);
}

int main(int argc, char **argv)
{
        for (int i = 1; i < argc; i++)
                replay(argv[i]);
        (void) printf("%u inputs\n", n_inputs);
        /* A corpus that is not there proves nothing. */
        return n_inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
