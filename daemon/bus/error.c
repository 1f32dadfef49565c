/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "error.h"

#include <errno.h>
#include <string.h>

#include "dbus/names.h"

static const char *build_name(DiagCode code)
{
        g_autoptr(GString) name = g_string_new(REEVE_ERROR_PREFIX);
        gboolean is_start = TRUE;

        if (code == DIAG_PERMISSION_DENIED)
                return SD_BUS_ERROR_ACCESS_DENIED;
        for (const char *word = diag_code_names[code]; *word; word++) {
                if (*word != '-')
                        g_string_append_c(name, is_start ? g_ascii_toupper(*word) : *word);
                is_start = *word == '-';
        }
        return g_intern_string(name->str);
}

const char *error_name(DiagCode code)
{
        if ((unsigned) code >= DIAG_N_)
                return SD_BUS_ERROR_FAILED;
        return build_name(code);
}

int error_find_code(const char *name)
{
        for (int code = 0; code < DIAG_N_; code++)
                if (strcmp(error_name((DiagCode) code), name) == 0)
                        return code;
        return -1;
}

static const char *general_name(int r)
{
        switch (-r) {
        case EINVAL:
        case ERANGE:
        case EDOM:
                return SD_BUS_ERROR_INVALID_ARGS;
        case EACCES:
        case EPERM:
                return SD_BUS_ERROR_ACCESS_DENIED;
        case ETIMEDOUT:
                return SD_BUS_ERROR_TIMEOUT;
        case ENOMEM:
                return SD_BUS_ERROR_NO_MEMORY;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
                return SD_BUS_ERROR_LIMITS_EXCEEDED;
        default:
                return SD_BUS_ERROR_FAILED;
        }
}

int error_set(sd_bus_error *error, int r, const DiagList *diags)
{
        const Diag *diag = diags && diags->items && diags->items->len > 0 ? g_ptr_array_index(diags->items, 0) : NULL;
        const char *name;
        g_autoptr(GString) text = NULL;

        if (!diag)
                return sd_bus_error_set(error, general_name(r), g_strerror(-r));

        name = r == -ETIMEDOUT ? general_name(r) : error_name(diag->code);
        text = g_string_new(NULL);
        if (diag->origin.file && diag->origin.line > 0)
                g_string_append_printf(text, "%s:%u: ", diag->origin.file, diag->origin.line);
        g_string_append(text, diag->text);
        if (diag->hint)
                g_string_append_printf(text, " (%s)", diag->hint);
        if (!g_utf8_validate(text->str, -1, NULL)) {
                g_autofree char *valid = g_utf8_make_valid(text->str, -1);

                return sd_bus_error_set(error, name, valid);
        }
        return sd_bus_error_set(error, name, text->str);
}
