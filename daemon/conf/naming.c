/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naming.h"

#include <string.h>

static bool is_name(const char *name, const char *marks)
{
        size_t n = 0;

        if (!g_ascii_islower(name[0]))
                return false;
        for (; name[n]; n++)
                if (n >= NAME_MAX_BYTES ||
                    !(g_ascii_islower(name[n]) || g_ascii_isdigit(name[n]) || strchr(marks, name[n])))
                        return false;
        return true;
}

bool name_is_valid(const char *name)
{
        return is_name(name, "_.-");
}

bool endpoint_name_is_valid(const char *name)
{
        return is_name(name, "_-");
}

bool route_is_valid(const char *route, bool is_provided)
{
        size_t n = 0;

        if (g_str_equal(route, "*"))
                return is_provided;
        for (; route[n]; n++)
                if (n >= ROUTE_MAX_BYTES || !(g_ascii_isalnum(route[n]) || strchr("._@/+-", route[n])))
                        return false;
        return n > 0;
}

bool variable_is_valid(const char *name, size_t n_name)
{
        if (n_name == 0 || g_ascii_isdigit(name[0]))
                return false;
        for (size_t i = 0; i < n_name; i++)
                if (!g_ascii_isalnum(name[i]) && name[i] != '_')
                        return false;
        return true;
}

bool account_is_valid(const char *name)
{
        size_t n = strlen(name);

        if (n == 0 || n > 31)
                return false;
        if (g_ascii_isdigit(name[0])) {
                guint64 number;

                /* 65535 and 2³²-1 mean "no change" to the kernel. */
                return g_ascii_string_to_unsigned(name, 10, 0, G_MAXUINT32 - 1, &number, NULL) && number != G_MAXUINT16;
        }
        if (!g_ascii_isalpha(name[0]) && name[0] != '_')
                return false;
        for (size_t i = 1; i < n; i++)
                if (!g_ascii_isalnum(name[i]) && !strchr("_.-", name[i]) && !(name[i] == '$' && i == n - 1))
                        return false;
        return true;
}

/* CamelCase to kebab-case: a hyphen before a capital that begins a word; HTTPServer is http-server. */
static char *kebab(const char *text, size_t n)
{
        GString *out = g_string_sized_new(n + 8);

        for (size_t i = 0; i < n; i++) {
                char previous = i > 0 ? text[i - 1] : '\0', next = i + 1 < n ? text[i + 1] : '\0';

                if (g_ascii_isupper(text[i]) && (g_ascii_islower(previous) || g_ascii_isdigit(previous) ||
                                                 (g_ascii_isupper(previous) && g_ascii_islower(next))))
                        g_string_append_c(out, '-');
                g_string_append_c(out, g_ascii_tolower(text[i]));
        }
        return g_string_free(out, FALSE);
}

char *name_from_program(const char *path)
{
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        const char *dot = strrchr(name, '.');

        return kebab(name, dot && dot > name ? (size_t) (dot - name) : strlen(name));
}

char *name_from_module_file(const char *path)
{
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        const char *rest = name;
        size_t n;

        while (g_ascii_isdigit(*rest))
                rest++;
        if (rest > name && *rest == '-' && rest[1] && rest[1] != '.')
                name = rest + 1;
        n = strlen(name);
        if (g_str_has_suffix(name, ".module"))
                n -= strlen(".module");
        return g_strndup(name, n);
}

char *name_to_valid(const char *name)
{
        g_autofree char *lower = kebab(name, MIN(strlen(name), (size_t) NAME_MAX_BYTES));
        char *first = lower;

        for (char *c = lower; *c; c++)
                if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c) && !strchr("_.-", *c))
                        *c = '-';
        while (*first && !g_ascii_islower(*first))
                first++;
        if (strlen(first) > NAME_MAX_BYTES)
                first[NAME_MAX_BYTES] = '\0';
        return *first ? g_strdup(first) : NULL;
}
