/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "template.h"

#include <string.h>

/* Reads the part behind "${" at *TEXT, which is moved behind its brace. */
static int parse_part(const char **text, TemplatePart *ret, const char **ret_problem)
{
        size_t n = strcspn(*text, "}$ \t\"'");
        TemplatePart part = {.name = *text, .n_name = n};
        const char *dot;

        if ((*text)[n] != '}') {
                *ret_problem = "a ${ that is not closed by }";
                return -EINVAL;
        }
        if (n == 0) {
                *ret_problem = "an empty ${}";
                return -EINVAL;
        }
        *text += n + 1;
        dot = memchr(part.name, '.', n);
        if (n == 4 && strncmp(part.name, "env:", 4) == 0) {
                *ret_problem = "a ${env:NAME} without a name";
                return -EINVAL;
        }
        if (n > 4 && strncmp(part.name, "env:", 4) == 0) {
                part.kind = TEMPLATE_ENV;
                part.name += 4;
                part.n_name -= 4;
        } else if (n > 5 && strncmp(part.name, "self.", 5) == 0) {
                part.kind = TEMPLATE_SELF;
                part.name += 5;
                part.n_name -= 5;
        } else if (n > 6 && strncmp(part.name, "param.", 6) == 0) {
                part.kind = TEMPLATE_PARAM;
                part.name += 6;
                part.n_name -= 6;
        } else if (n > 6 && strncmp(part.name, "scope.", 6) == 0) {
                part.kind = TEMPLATE_SCOPE;
                part.name += 6;
                part.n_name -= 6;
        } else if (dot || memchr(part.name, ':', n)) {
                if (!dot || dot == part.name || part.name[n - 1] == '.') {
                        *ret_problem = "a ${KEY.ENDPOINT} without key or endpoint";
                        return -EINVAL;
                }
                part.kind = TEMPLATE_ENDPOINT;
        } else
                part.kind = TEMPLATE_VALUE;
        *ret = part;
        return 0;
}

/* Up to the next ${…}: literal text goes to OUT where given. 1: *RET is a part, 0: the end, -EINVAL. */
static int template_next(const char **text, GString *out, TemplatePart *ret, const char **ret_problem)
{
        for (;;) {
                const char *dollar = strchrnul(*text, '$');

                if (out)
                        g_string_append_len(out, *text, dollar - *text);
                *text = dollar;
                if (*dollar == '\0')
                        return 0;
                if (dollar[1] == '{') {
                        *text += 2;
                        return parse_part(text, ret, ret_problem) < 0 ? -EINVAL : 1;
                }
                if (dollar[1] != '$') {
                        *ret_problem = "a lone $ ($$ is a literal one)";
                        return -EINVAL;
                }
                if (out)
                        g_string_append_c(out, '$');
                *text += 2;
        }
}

int template_visit(const char *text, void (*visit)(const TemplatePart *part, void *userdata), void *userdata,
                   const char **ret_problem)
{
        TemplatePart part;
        int r;

        while ((r = template_next(&text, NULL, &part, ret_problem)) > 0)
                visit(&part, userdata);
        return r;
}

int template_expand(const char *text, TemplateLookup lookup, void *userdata, char **ret)
{
        g_autoptr(GString) out = g_string_new(NULL);
        const char *problem;
        TemplatePart part;
        int r;

        while ((r = template_next(&text, out, &part, &problem)) > 0) {
                const char *value = lookup(&part, userdata);

                if (!value)
                        return -ENOENT;
                g_string_append(out, value);
        }
        if (r < 0)
                return r;
        *ret = g_string_free(g_steal_pointer(&out), FALSE);
        return 0;
}
