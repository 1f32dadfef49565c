/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: loading a sandbox and finding one's way in what came out.
 * Does not own: the files (sandbox.h). */
#pragma once

#include "base/diag_print.h"
#include "sandbox.h"

static inline void sandbox_load_request(Sandbox *sandbox, LoadRequest request)
{
        sandbox_reset(sandbox);
        request.settings = &sandbox->settings;
        sandbox->result = registry_load(&request, &sandbox->registry, &sandbox->diags);
        diag_list_sort(&sandbox->diags);
        assert_non_null(sandbox->registry);
}

/* Explicit mode over the whole directory. */
static inline void sandbox_load(Sandbox *sandbox)
{
        const char *const paths[] = {sandbox->directory, NULL};

        sandbox_load_request(sandbox, (LoadRequest){.paths = paths});
}

/* One module file m.module with TEXT. */
static inline void sandbox_load_text(Sandbox *sandbox, const char *text)
{
        (void) sandbox_write(sandbox, "m.module", text);
        sandbox_load(sandbox);
}

static inline void sandbox_show(const Sandbox *sandbox)
{
        g_autoptr(GString) out = g_string_new(NULL);

        diag_list_format(&sandbox->diags, false, out);
        print_error("%s", out->str);
}

static inline void sandbox_assert_clean(const Sandbox *sandbox)
{
        if (sandbox->diags.items->len > 0)
                sandbox_show(sandbox);
        assert_int_equal(sandbox->diags.items->len, 0);
        assert_int_equal(sandbox->result, 0);
}

/* The finding with CODE at LINE (of any file), or NULL. */
static inline const Diag *sandbox_find(const Sandbox *sandbox, DiagCode code, uint32_t line)
{
        for (guint i = 0; i < sandbox->diags.items->len; i++) {
                const Diag *diag = sandbox->diags.items->pdata[i];

                if (diag->code == code && diag->origin.line == line)
                        return diag;
        }
        return NULL;
}

static inline const Diag *sandbox_expect(const Sandbox *sandbox, DiagCode code, uint32_t line)
{
        const Diag *diag = sandbox_find(sandbox, code, line);

        if (!diag) {
                print_error("no %s in line %u among:\n", diag_code_names[code], line);
                sandbox_show(sandbox);
        }
        assert_non_null(diag);
        return diag;
}

static inline const Definition *sandbox_component(const Sandbox *sandbox, const char *name)
{
        int64_t index = registry_find_component(sandbox->registry, name);
        uint32_t n;

        if (index < 0)
                print_error("no component %s\n", name);
        assert_true(index >= 0);
        return registry_components(sandbox->registry, &n)[index];
}

static inline uint32_t sandbox_count(const Sandbox *sandbox)
{
        uint32_t n;

        (void) registry_components(sandbox->registry, &n);
        return n;
}
