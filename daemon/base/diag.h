/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: Diag, what is wrong with user input or with a request, as data (§152), and lists of them.
 * Does not own: rendering (diag_print.h), nor the decision what to do about one.
 * Files in origins are interned: they are never freed and compare by pointer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "diag_code.h"

typedef enum Severity {
        SEVERITY_ERROR,
        SEVERITY_WARNING,
        SEVERITY_NOTICE,
        SEVERITY_N_,
} Severity;

typedef struct Origin {
        const char *file; /* interned, or NULL: not from a file */
        uint32_t line;    /* from 1; 0: the file as a whole */
} Origin;

#define DIAG_MAX_CANDIDATES 20

/* The name of a step that stands for steps left out. */
#define DIAG_GAP "…"

/* One place a diagnostic speaks of: a node of a path with the edge that leaves it, or one of several sources. */
typedef struct DiagStep {
        char *name;
        char *kind; /* of the edge to the next step: requires, wants, after, resolves, module, alias; NULL: none */
        Origin origin;
} DiagStep;

typedef struct Diag {
        DiagCode code;
        Severity severity;
        Origin origin;
        char *text;                             /* one sentence, UTF-8, no control characters */
        char *hint;                             /* what to do, or NULL */
        char *component, *module, *key, *route; /* or NULL */
        GPtrArray *path;                        /* of DiagStep, or NULL; a cycle's first step is its last */
        GPtrArray *lead; /* of DiagStep, or NULL: how an eager root reaches the fault (§38, §39); long ones shortened */
        GPtrArray *sources;    /* of DiagStep, or NULL: every place that takes part in a conflict */
        GPtrArray *candidates; /* of char *, or NULL: what there is, or what may have been meant */
        uint32_t n_more;       /* candidates beyond the first DIAG_MAX_CANDIDATES, which are not kept */
} Diag;

typedef struct DiagList {
        GPtrArray *items; /* of Diag */
} DiagList;

extern const char *const severity_names[SEVERITY_N_];

Origin origin_at(const char *file, uint32_t line);

void diag_list_init(DiagList *list);
void diag_list_done(DiagList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DiagList, diag_list_done)

/* Appends and returns the new entry, borrowed, to be decorated with the setters below. Control characters and
 * invalid UTF-8 in the formatted text are escaped, so callers may quote input. */
Diag *diag_add(DiagList *list, Severity severity, DiagCode code, Origin at, const char *format, ...)
        G_GNUC_PRINTF(5, 6);
Diag *diag_error(DiagList *list, DiagCode code, Origin at, const char *format, ...) G_GNUC_PRINTF(4, 5);

void diag_set_hint(Diag *diag, const char *format, ...) G_GNUC_PRINTF(2, 3);
void diag_set_component(Diag *diag, const char *component, const char *module);
void diag_set_key(Diag *diag, const char *key, const char *route);
void diag_add_step(Diag *diag, const char *name, const char *kind, Origin at);
void diag_add_lead(Diag *diag, const char *name, Origin at);
void diag_add_source(Diag *diag, const char *name, Origin at);
void diag_add_candidate(Diag *diag, const char *candidate);

/* Sorted by (file, line, code), equal ones dropped (§37). */
void diag_list_sort(DiagList *list);
uint32_t diag_list_count(const DiagList *list, Severity severity);
/* §49: --strict */
void diag_list_promote_warnings(DiagList *list);
