/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finding.h"

#include <inttypes.h>

enum {
        STEP_NAME,
        STEP_KIND,
        STEP_FILE,
        STEP_LINE,
};

enum {
        STEPS_MAX = 200, /* lines; --json has them all */
        CANDIDATES_MAX = 20,
        COLUMN_MAX = 64, /* places are aligned up to here */
};

static void append_place(GString *out, const char *file, uint64_t line)
{
        text_append(out, file);
        if (line > 0)
                g_string_append_printf(out, ":%" PRIu64, line);
}

static const char *word(JsonArray *step, guint index)
{
        const char *text = element_string(step, index);

        return text ? text : "";
}

/* "catalog requires db": the edge that leaves step I, or the bare name where none does. */
static char *describe_step(JsonArray *steps, guint i)
{
        JsonArray *step = element_array(steps, i), *next = element_array(steps, i + 1);
        GString *out = g_string_new(NULL);

        text_append(out, word(step, STEP_NAME));
        if (next && *word(step, STEP_KIND)) {
                g_string_append_c(out, ' ');
                text_append(out, word(step, STEP_KIND));
                g_string_append_c(out, ' ');
                text_append(out, word(next, STEP_NAME));
        }
        return g_string_free(out, FALSE);
}

static void append_steps(GString *out, JsonArray *steps, const char *indent)
{
        guint n = MIN(element_count(steps), STEPS_MAX);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        size_t width = 0;

        for (guint i = 0; i < n; i++) {
                char *text = describe_step(steps, i);

                g_ptr_array_add(texts, text);
                if (text_width(text) <= COLUMN_MAX)
                        width = MAX(width, text_width(text));
        }
        for (guint i = 0; i < n; i++) {
                JsonArray *step = element_array(steps, i);
                const char *text = texts->pdata[i], *file = word(step, STEP_FILE);
                size_t used = text_width(text);

                /* the last says nothing that the edge before it did not say, unless it stands somewhere */
                if (i > 0 && i + 1 == element_count(steps) && !*file && *word(element_array(steps, i - 1), STEP_KIND))
                        continue;
                g_string_append_printf(out, "%s        %s", indent, text);
                if (*file) {
                        g_string_append_printf(out, "%*s", (int) (used < width ? width - used : 0) + 4, "");
                        append_place(out, file, element_uint(step, STEP_LINE));
                }
                g_string_append_c(out, '\n');
        }
        if (n < element_count(steps))
                g_string_append_printf(out, "%s        … %u more\n", indent, element_count(steps) - n);
}

static void append_candidates(GString *out, JsonArray *candidates, const char *indent)
{
        guint n = MIN(element_count(candidates), CANDIDATES_MAX);

        if (n == 0)
                return;
        g_string_append_printf(out, "%s  there is: ", indent);
        for (guint i = 0; i < n; i++) {
                g_string_append(out, i > 0 ? ", " : "");
                text_append(out, word(candidates, i));
        }
        if (n < element_count(candidates))
                g_string_append_printf(out, " and %u more", element_count(candidates) - n);
        g_string_append_c(out, '\n');
}

static void append_head(GString *out, JsonObject *finding, bool has_colour)
{
        const char *file = field_string(finding, "file"), *severity = field_string(finding, "severity");
        const char *text = field_string(finding, "text"), *code = field_string(finding, "code");

        if (file && *file) {
                append_place(out, file, field_uint(finding, "line"));
                g_string_append(out, ": ");
        }
        if (severity && !g_str_equal(severity, "notice")) {
                text_append_coloured(out, g_str_equal(severity, "error") ? COLOUR_BAD : COLOUR_BUSY, has_colour,
                                     severity);
                g_string_append(out, ": ");
        }
        text_append(out, text ? text : "?");
        if (code && *code) {
                g_string_append(out, " [");
                text_append(out, code);
                g_string_append_c(out, ']');
        }
        g_string_append_c(out, '\n');
}

void finding_append(GString *out, JsonObject *finding, const char *indent, bool has_colour)
{
        const char *hint = field_string(finding, "hint");

        g_string_append(out, indent);
        append_head(out, finding, has_colour);
        append_steps(out, field_array(finding, "path"), indent);
        append_steps(out, field_array(finding, "sources"), indent);
        append_candidates(out, field_array(finding, "candidates"), indent);
        if (!hint || !*hint)
                return;
        g_string_append_printf(out, "%s  hint: ", indent);
        text_append(out, hint);
        g_string_append_c(out, '\n');
}
