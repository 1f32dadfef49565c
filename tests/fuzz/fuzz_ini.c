/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes: the reader ends, stays inside its buffer, keeps its bounds, and what it says is fit to be shown (P39). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag_print.h"
#include "conf/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
        if (!holds)
                abort();
}

static void check_entries(const Ini *ini)
{
        uint32_t n_entries = 0, line = 0;

        for (guint i = 0; i < ini->sections->len; i++) {
                const IniSection *section = &g_array_index(ini->sections, IniSection, i);

                check(section->first == n_entries && section->line > line);
                n_entries += section->n_entries;
                line = section->line;
                for (uint32_t j = 0; j < section->n_entries; j++) {
                        const IniEntry *entry = &g_array_index(ini->entries, IniEntry, section->first + j);

                        check(*entry->key && entry->line > line && g_utf8_validate(entry->value, -1, NULL));
                        line = entry->line;
                }
        }
        check(n_entries == ini->entries->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *bytes = g_malloc(size + 1);
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) diags;
        g_auto(Ini) ini = {0};
        int r;

        if (size > 0)
                memcpy(bytes, data, size);
        diag_list_init(&diags);
        r = ini_parse(bytes, size, g_intern_static_string("input"), &ini, &diags);
        check((r == 0) == (diags.items->len == 0));
        check(diags.items->len <= INI_MAX_ERRORS + 1);
        check_entries(&ini);
        diag_list_sort(&diags);
        diag_list_format(&diags, false, out);
        check(g_utf8_validate_len(out->str, out->len, NULL));
        return 0;
}
