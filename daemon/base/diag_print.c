/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diag_print.h"

#include <string.h>

#include "escape.h"
#include "names.h"

enum {
        LIST_MAX_BYTES = 990 * 1000,
        STEPS_MAX = 1000, /* of one finding */
        COLUMN_MAX = 64,  /* places are aligned up to here */
        FILE_MAX_BYTES = 1024,
};

#define INDENT "        "
#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define MAGENTA "\033[1;35m"
#define CYAN "\033[1;36m"
#define PLAIN "\033[0m"

static void append_name(GString *out, const char *name)
{
        escape_append(out, name, strlen(name), FALSE, FILE_MAX_BYTES);
}

static void append_origin(GString *out, Origin at)
{
        append_name(out, at.file);
        if (at.line > 0)
                g_string_append_printf(out, ":%u", at.line);
}

static void append_head(const Diag *diag, bool colour, GString *out)
{
        static const char *const colours[SEVERITY_N_] = {
                [SEVERITY_ERROR] = RED,
                [SEVERITY_WARNING] = MAGENTA,
                [SEVERITY_NOTICE] = CYAN,
        };

        if (diag->origin.file) {
                g_string_append(out, colour ? BOLD : "");
                append_origin(out, diag->origin);
                g_string_append(out, colour ? ":" PLAIN " " : ": ");
        }
        g_string_append(out, colour ? colours[diag->severity] : "");
        g_string_append_printf(out, "%s:%s ", name_of(severity_names, SEVERITY_N_, (int) diag->severity),
                               colour ? PLAIN : "");
        g_string_append_printf(out, "%s [%s]\n", diag->text, name_of(diag_code_names, DIAG_N_, (int) diag->code));
}

/* The word of an edge as a reader says it; JSON keeps the word itself. */
static const char *verb_of(const char *kind)
{
        if (strcmp(kind, "alias") == 0)
                return "is an alias of";
        return strcmp(kind, "module") == 0 ? "waits for" : kind;
}

/* "catalog requires db": the edge that leaves step I, or the bare name where none does. */
static char *describe_step(const GPtrArray *steps, guint i)
{
        const DiagStep *step = steps->pdata[i];
        const DiagStep *next = i + 1 < steps->len ? steps->pdata[i + 1] : NULL;

        if (step->kind && next)
                return g_strdup_printf("%s %s %s", step->name, verb_of(step->kind), next->name);
        return g_strdup(step->name);
}

/* A gap, and the end of a path that stands nowhere, were named by the edge before. */
static bool is_shown(const GPtrArray *steps, guint i)
{
        const DiagStep *step = steps->pdata[i];

        if (strcmp(step->name, DIAG_GAP) == 0)
                return false;
        return i == 0 || i + 1 < steps->len || step->origin.file != NULL || step->kind;
}

static void append_steps(const GPtrArray *steps, GString *out)
{
        guint cut_from = steps->len, cut_to = steps->len, width = 0;

        if (steps->len > STEPS_MAX) {
                cut_from = STEPS_MAX / 2;
                cut_to = steps->len - STEPS_MAX / 2;
        }
        for (guint i = 0; i < steps->len; i++) {
                g_autofree char *text = NULL;
                guint n;

                if (i >= cut_from && i < cut_to)
                        continue;
                text = describe_step(steps, i);
                n = (guint) g_utf8_strlen(text, -1);
                if (n <= COLUMN_MAX)
                        width = MAX(width, n);
        }
        for (guint i = 0; i < steps->len; i++) {
                const DiagStep *step = steps->pdata[i];
                g_autofree char *text = NULL;
                guint n;

                if (i == cut_from)
                        g_string_append_printf(out, INDENT "… %u more …\n", cut_to - cut_from);
                if ((i >= cut_from && i < cut_to) || !is_shown(steps, i))
                        continue;
                text = describe_step(steps, i);
                n = (guint) g_utf8_strlen(text, -1);
                g_string_append_printf(out, INDENT "%s", text);
                if (step->origin.file) {
                        g_string_append_printf(out, "%*s", (int) (n < width ? width - n : 0) + 4, "");
                        append_origin(out, step->origin);
                }
                g_string_append_c(out, '\n');
        }
}

static void append_lead(const GPtrArray *lead, GString *out)
{
        g_string_append(out, "  reached from: ");
        for (guint i = 0; i < lead->len; i++)
                g_string_append_printf(out, "%s%s", i > 0 ? " → " : "", ((const DiagStep *) lead->pdata[i])->name);
        g_string_append_c(out, '\n');
}

static void append_candidates(const Diag *diag, GString *out)
{
        g_string_append(out, "  there is: ");
        for (guint i = 0; i < diag->candidates->len; i++)
                g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", (const char *) diag->candidates->pdata[i]);
        if (diag->n_more > 0)
                g_string_append_printf(out, " and %u more", diag->n_more);
        g_string_append_c(out, '\n');
}

void diag_format(const Diag *diag, bool colour, GString *out)
{
        append_head(diag, colour, out);
        if (diag->path)
                append_steps(diag->path, out);
        if (diag->sources)
                append_steps(diag->sources, out);
        if (diag->lead)
                append_lead(diag->lead, out);
        if (diag->candidates)
                append_candidates(diag, out);
        if (diag->hint)
                g_string_append_printf(out, "  hint: %s\n", diag->hint);
}

/* The least severity that has room: a thousand notices never push an error out. SIZES: bytes by finding. */
static Severity find_floor(const DiagList *list, const size_t *sizes)
{
        size_t totals[SEVERITY_N_] = {0}, total = 0;
        int severity = SEVERITY_ERROR;

        for (guint i = 0; i < list->items->len; i++)
                totals[((const Diag *) list->items->pdata[i])->severity] += sizes[i];
        for (; severity < SEVERITY_N_; severity++) {
                total += totals[severity];
                if (total > LIST_MAX_BYTES)
                        break;
        }
        return (Severity) MAX(severity - 1, (int) SEVERITY_ERROR);
}

/* Calls APPEND for what there is room for; how many findings there was none for. */
static uint32_t visit_shown(const DiagList *list, const size_t *sizes, void (*append)(const Diag *diag, void *userdata),
                            void *userdata)
{
        Severity floor = find_floor(list, sizes);
        size_t written = 0;
        uint32_t n_left_out = 0;

        for (guint i = 0; i < list->items->len; i++) {
                const Diag *diag = list->items->pdata[i];

                if (diag->severity > floor || written + sizes[i] > LIST_MAX_BYTES) {
                        n_left_out++;
                        continue;
                }
                append(diag, userdata);
                written += sizes[i];
        }
        return n_left_out;
}

typedef struct TextForm {
        GString *out;
        bool colour;
} TextForm;

static void append_text(const Diag *diag, void *userdata)
{
        const TextForm *form = userdata;

        diag_format(diag, form->colour, form->out);
}

void diag_list_format(const DiagList *list, bool colour, GString *out)
{
        g_autofree size_t *sizes = g_new(size_t, MAX(list->items->len, 1));
        g_autoptr(GString) one = g_string_new(NULL);
        TextForm form = {out, colour};
        bool is_first = true;
        uint32_t n_left_out;

        for (guint i = 0; i < list->items->len; i++) {
                g_string_truncate(one, 0);
                diag_format(list->items->pdata[i], colour, one);
                sizes[i] = one->len;
        }
        n_left_out = visit_shown(list, sizes, append_text, &form);
        if (n_left_out > 0)
                g_string_append_printf(out, "… %u more findings are not shown\n", n_left_out);

        for (int severity = 0; severity < SEVERITY_N_; severity++) {
                uint32_t n = diag_list_count(list, (Severity) severity);

                if (n == 0)
                        continue;
                g_string_append_printf(out, "%s%u %s%s", is_first ? "" : ", ", n, severity_names[severity],
                                       n == 1 ? "" : "s");
                is_first = false;
        }
        if (!is_first)
                g_string_append_c(out, '\n');
}

static void origin_to_json(Origin at, Json *json)
{
        json_field_string(json, "file", at.file);
        if (at.line > 0)
                json_field_uint(json, "line", at.line);
}

static void steps_to_json(const char *key, const GPtrArray *steps, Json *json)
{
        if (!steps)
                return;
        json_key(json, key);
        json_begin_array(json);
        for (guint i = 0; i < steps->len; i++) {
                const DiagStep *step = steps->pdata[i];

                json_begin_object(json);
                if (steps->len > STEPS_MAX && i == STEPS_MAX / 2) {
                        i = steps->len - STEPS_MAX / 2 - 1;
                        json_field_string(json, "name", DIAG_GAP);
                        json_end_object(json);
                        continue;
                }
                json_field_string(json, "name", step->name);
                json_field_string(json, "kind", step->kind);
                origin_to_json(step->origin, json);
                json_end_object(json);
        }
        json_end_array(json);
}

void diag_to_json(const Diag *diag, Json *json)
{
        json_begin_object(json);
        json_field_string(json, "code", name_of(diag_code_names, DIAG_N_, (int) diag->code));
        json_field_string(json, "severity", name_of(severity_names, SEVERITY_N_, (int) diag->severity));
        json_field_string(json, "message", diag->text);
        json_field_string(json, "component", diag->component);
        json_field_string(json, "module", diag->module);
        json_field_string(json, "key", diag->key);
        json_field_string(json, "route", diag->route);
        origin_to_json(diag->origin, json);
        steps_to_json("path", diag->path, json);
        steps_to_json("reached_from", diag->lead, json);
        steps_to_json("sources", diag->sources, json);
        if (diag->candidates) {
                json_key(json, "candidates");
                json_begin_array(json);
                for (guint i = 0; i < diag->candidates->len; i++)
                        json_string(json, diag->candidates->pdata[i]);
                json_end_array(json);
                if (diag->n_more > 0)
                        json_field_uint(json, "more_candidates", diag->n_more);
        }
        json_field_string(json, "hint", diag->hint);
        json_end_object(json);
}

static void append_json(const Diag *diag, void *userdata)
{
        diag_to_json(diag, userdata);
}

void diag_list_to_json(const DiagList *list, Json *json)
{
        g_autofree size_t *sizes = g_new(size_t, MAX(list->items->len, 1));
        g_autoptr(GString) one = g_string_new(NULL);
        uint32_t n_left_out;

        for (guint i = 0; i < list->items->len; i++) {
                Json measure;

                g_string_truncate(one, 0);
                json_init(&measure, one);
                diag_to_json(list->items->pdata[i], &measure);
                sizes[i] = one->len + 1;
        }
        json_key(json, "findings");
        json_begin_array(json);
        n_left_out = visit_shown(list, sizes, append_json, json);
        json_end_array(json);
        if (n_left_out > 0)
                json_field_uint(json, "left_out", n_left_out);
        for (int severity = 0; severity < SEVERITY_N_; severity++) {
                g_autofree char *key = g_strconcat(severity_names[severity], "s", NULL);

                json_field_uint(json, key, diag_list_count(list, (Severity) severity));
        }
}
