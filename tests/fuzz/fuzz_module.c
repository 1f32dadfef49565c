/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a module, a NUL cutting off a drop-in: loader and planner end, a verdict has findings, and loading the
 * same again gives the same hash and the same findings (§3, P39). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag_print.h"
#include "conf/registry.h"
#include "plan/plan_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[64], module_path[96], drop_in_directory[96], drop_in_path[128];

static void check(bool holds)
{
        if (!holds)
                abort();
}

static void clean_up(void)
{
        (void) unlink(drop_in_path);
        (void) rmdir(drop_in_directory);
        (void) unlink(module_path);
        (void) rmdir(directory);
}

/* Memory, where there is some: thousands of inputs a second are written. */
static void set_up(void)
{
        if (*directory)
                return;
        (void) g_strlcpy(directory,
                         access("/dev/shm", W_OK) == 0 ? "/dev/shm/reeve-fuzz-XXXXXX" : "/tmp/reeve-fuzz-XXXXXX",
                         sizeof(directory));
        check(mkdtemp(directory) != NULL);
        (void) snprintf(module_path, sizeof(module_path), "%s/m.module", directory);
        (void) snprintf(drop_in_directory, sizeof(drop_in_directory), "%s/m.module.d", directory);
        (void) snprintf(drop_in_path, sizeof(drop_in_path), "%s/x.conf", drop_in_directory);
        check(mkdir(drop_in_directory, 0700) == 0);
        check(atexit(clean_up) == 0);
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
        FILE *file = fopen(path, "we");

        check(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* Whatever was read can be planned, and a plan can be shown. */
static void try_plan(Registry *registry, DiagList *diags)
{
        g_autoptr(Plan) plan = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        int r = plan_build(registry, &(PlanOptions){.stop_budget = 80 * G_USEC_PER_SEC}, &plan, diags);

        check((r == 0) == (diag_list_count(diags, SEVERITY_ERROR) == 0));
        if (plan)
                plan_format(plan, out);
        check(g_utf8_validate_len(out->str, out->len, NULL));
}

/* Loads once; the findings as text, and the hash. */
static char *load(char ret_hash[65])
{
        const char *const paths[] = {directory, NULL};
        g_autoptr(Registry) registry = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) diags;
        Settings settings;
        int r;

        settings_init(&settings);
        diag_list_init(&diags);
        r = registry_load(&(LoadRequest){.settings = &settings, .paths = paths}, &registry, &diags);
        check(registry != NULL);
        check((r == 0) == (diag_list_count(&diags, SEVERITY_ERROR) == 0));
        (void) g_strlcpy(ret_hash, registry_hash(registry), 65);
        try_plan(g_steal_pointer(&registry), &diags);
        diag_list_sort(&diags);
        diag_list_format(&diags, false, out);
        check(g_utf8_validate_len(out->str, out->len, NULL));
        settings_done(&settings);
        return g_strdup(out->str);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const uint8_t *cut = size > 0 ? memchr(data, '\0', size) : NULL;
        g_autofree char *first = NULL, *second = NULL;
        char first_hash[65], second_hash[65];

        set_up();
        write_file(module_path, data, cut ? (size_t) (cut - data) : size);
        write_file(drop_in_path, cut ? cut + 1 : data, cut ? (size_t) (data + size - cut - 1) : 0);
        first = load(first_hash);
        second = load(second_hash);
        check(g_str_equal(first, second) && g_str_equal(first_hash, second_hash));
        return 0;
}
