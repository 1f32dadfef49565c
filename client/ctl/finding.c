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
        /* what only says how things are is not one of the codes that are written down */
        if (code && *code && !g_str_equal(code, "state")) {
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

static JsonArray *steps_to_json(JsonArray *steps)
{
        static const char *const names[] = {
                [STEP_NAME] = "name", [STEP_KIND] = "kind", [STEP_FILE] = "file", [STEP_LINE] = "line"};
        JsonArray *array = json_array_new();

        for (guint i = 0; i < element_count(steps); i++) {
                JsonArray *step = element_array(steps, i);
                JsonObject *object = json_object_new();

                for (guint j = 0; j < MIN(element_count(step), (guint) G_N_ELEMENTS(names)); j++)
                        if (j == STEP_LINE ? element_uint(step, j) > 0 : *word(step, j) != '\0')
                                json_object_set_member(object, names[j], json_array_dup_element(step, j));
                json_array_add_object_element(array, object);
        }
        return array;
}

JsonObject *finding_to_json(JsonObject *finding)
{
        static const char *const with_steps[] = {"path", "lead", "sources", NULL};
        g_autoptr(GList) names = json_object_get_members(finding);
        JsonObject *object = json_object_new();

        for (GList *name = names; name; name = name->next) {
                if (g_strv_contains(with_steps, name->data))
                        json_object_set_array_member(object, name->data,
                                                     steps_to_json(field_array(finding, name->data)));
                else
                        json_object_set_member(object, g_str_equal(name->data, "text") ? "message" : name->data,
                                               json_object_dup_member(finding, name->data));
        }
        return object;
}

JsonArray *findings_to_json(JsonArray *findings)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < element_count(findings); i++)
                if (element_object(findings, i))
                        json_array_add_object_element(array, finding_to_json(element_object(findings, i)));
        return array;
}
