/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diag.h"

#include <stdarg.h>
#include <string.h>

#include "escape.h"
#include "names.h"

enum { TEXT_MAX_BYTES = 2048, NAME_MAX_BYTES = 256 };

const char *const severity_names[SEVERITY_N_] = {
        [SEVERITY_ERROR] = "error",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_NOTICE] = "notice",
};

const char *const diag_code_names[DIAG_N_] = {
#define X(name, word) [DIAG_##name] = word,
        DIAG_CODES(X)
#undef X
};

Origin origin_at(const char *file, uint32_t line)
{
        return (Origin){.file = g_intern_string(file), .line = line};
}

static void step_free(void *data)
{
        DiagStep *step = data;

        g_free(step->name);
        g_free(step->kind);
        g_free(step);
}

static void free_array(GPtrArray *array)
{
        if (array)
                g_ptr_array_unref(array);
}

static void diag_free(void *data)
{
        Diag *diag = data;

        g_free(diag->text);
        g_free(diag->hint);
        g_free(diag->component);
        g_free(diag->module);
        g_free(diag->key);
        g_free(diag->route);
        free_array(diag->path);
        free_array(diag->lead);
        free_array(diag->sources);
        free_array(diag->candidates);
        g_free(diag);
}

void diag_list_init(DiagList *list)
{
        list->items = g_ptr_array_new_with_free_func(diag_free);
}

void diag_list_done(DiagList *list)
{
        free_array(g_steal_pointer(&list->items));
}

G_GNUC_PRINTF(1, 0)
static char *format_escaped(const char *format, va_list arguments, size_t max_bytes)
{
        g_autofree char *text = g_strdup_vprintf(format, arguments);

        return escape_text(text ? text : format, max_bytes);
}

static char *name_escaped(const char *name)
{
        return name ? escape_text(name, NAME_MAX_BYTES) : NULL;
}

G_GNUC_PRINTF(5, 0)
static Diag *diag_add_v(DiagList *list, Severity severity, DiagCode code, Origin at, const char *format,
                        va_list arguments)
{
        Diag *diag = g_new0(Diag, 1);

        diag->code = code;
        diag->severity = severity;
        diag->origin = at;
        diag->text = format_escaped(format, arguments, TEXT_MAX_BYTES);
        g_ptr_array_add(list->items, diag);
        return diag;
}

Diag *diag_add(DiagList *list, Severity severity, DiagCode code, Origin at, const char *format, ...)
{
        va_list arguments;
        Diag *diag;

        va_start(arguments, format);
        diag = diag_add_v(list, severity, code, at, format, arguments);
        va_end(arguments);
        return diag;
}

Diag *diag_error(DiagList *list, DiagCode code, Origin at, const char *format, ...)
{
        va_list arguments;
        Diag *diag;

        va_start(arguments, format);
        diag = diag_add_v(list, SEVERITY_ERROR, code, at, format, arguments);
        va_end(arguments);
        return diag;
}

void diag_set_hint(Diag *diag, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_free(diag->hint);
        diag->hint = format_escaped(format, arguments, TEXT_MAX_BYTES);
        va_end(arguments);
}

static void replace_name(char **field, const char *name)
{
        g_free(*field);
        *field = name_escaped(name);
}

void diag_set_component(Diag *diag, const char *component, const char *module)
{
        replace_name(&diag->component, component);
        replace_name(&diag->module, module);
}

void diag_set_key(Diag *diag, const char *key, const char *route)
{
        replace_name(&diag->key, key);
        replace_name(&diag->route, route);
}

static void add_step(GPtrArray **steps, const char *name, const char *kind, Origin at)
{
        DiagStep *step = g_new0(DiagStep, 1);

        step->name = name_escaped(name);
        step->kind = g_strdup(kind);
        step->origin = at;
        if (!*steps)
                *steps = g_ptr_array_new_with_free_func(step_free);
        g_ptr_array_add(*steps, step);
}

void diag_add_step(Diag *diag, const char *name, const char *kind, Origin at)
{
        add_step(&diag->path, name, kind, at);
}

void diag_add_lead(Diag *diag, const char *name, Origin at)
{
        add_step(&diag->lead, name, NULL, at);
}

void diag_add_source(Diag *diag, const char *name, Origin at)
{
        add_step(&diag->sources, name, NULL, at);
}

void diag_add_candidate(Diag *diag, const char *candidate)
{
        if (diag->candidates && diag->candidates->len >= DIAG_MAX_CANDIDATES) {
                diag->n_more++;
                return;
        }
        if (!diag->candidates)
                diag->candidates = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(diag->candidates, name_escaped(candidate));
}

static int compare_origins(Origin a, Origin b)
{
        int order = a.file == b.file ? 0 : g_strcmp0(a.file, b.file);

        return order != 0 ? order : (a.line > b.line) - (a.line < b.line);
}

/* What a reader takes for one and the same finding. */
static int compare_findings(const Diag *a, const Diag *b)
{
        int order = compare_origins(a->origin, b->origin);

        if (order == 0 && a->code != b->code)
                order = strcmp(name_of(diag_code_names, DIAG_N_, (int) a->code),
                               name_of(diag_code_names, DIAG_N_, (int) b->code));
        if (order == 0)
                order = (a->severity > b->severity) - (a->severity < b->severity);
        if (order == 0)
                order = strcmp(a->text, b->text);
        if (order == 0)
                order = g_strcmp0(a->component, b->component);
        if (order == 0)
                order = g_strcmp0(a->key, b->key);
        if (order == 0)
                order = g_strcmp0(a->route, b->route);
        return order;
}

static int compare_steps(const GPtrArray *a, const GPtrArray *b)
{
        guint n_a = a ? a->len : 0, n_b = b ? b->len : 0;

        for (guint i = 0; i < MIN(n_a, n_b); i++) {
                const DiagStep *one = a->pdata[i], *other = b->pdata[i];
                int order = strcmp(one->name, other->name);

                if (order == 0)
                        order = compare_origins(one->origin, other->origin);
                if (order != 0)
                        return order;
        }
        return (n_a > n_b) - (n_a < n_b);
}

/* A total order, so that which one of equal findings stays does not hang on the order they were found in (§3). */
static int compare_diags(const void *a, const void *b)
{
        const Diag *one = *(Diag *const *) a, *other = *(Diag *const *) b;
        int order = compare_findings(one, other);

        if (order == 0)
                order = compare_steps(one->path, other->path);
        if (order == 0)
                order = compare_steps(one->sources, other->sources);
        return order != 0 ? order : g_strcmp0(one->hint, other->hint);
}

void diag_list_sort(DiagList *list)
{
        GPtrArray *sorted = g_ptr_array_new_full(list->items->len, diag_free);

        g_ptr_array_sort(list->items, compare_diags);
        g_ptr_array_set_free_func(list->items, NULL);
        for (guint i = 0; i < list->items->len; i++) {
                Diag *diag = list->items->pdata[i];

                if (sorted->len > 0 && compare_findings(sorted->pdata[sorted->len - 1], diag) == 0)
                        diag_free(diag);
                else
                        g_ptr_array_add(sorted, diag);
        }
        g_ptr_array_unref(list->items);
        list->items = sorted;
}

uint32_t diag_list_count(const DiagList *list, Severity severity)
{
        uint32_t n = 0;

        for (guint i = 0; i < list->items->len; i++)
                n += ((const Diag *) list->items->pdata[i])->severity == severity;
        return n;
}

void diag_list_promote_warnings(DiagList *list)
{
        for (guint i = 0; i < list->items->len; i++) {
                Diag *diag = list->items->pdata[i];

                if (diag->severity == SEVERITY_WARNING)
                        diag->severity = SEVERITY_ERROR;
        }
}
