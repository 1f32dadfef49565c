/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: rows of text as aligned columns, in the width that characters take on a screen.
 * Does not own: the meaning of a cell, nor JSON, which verbs write from the data and not from here. */
#pragma once

#include "text.h"

typedef struct Column {
        const char *title;
        bool is_right; /* numbers */
} Column;

typedef struct Table Table;

/* COLUMNS must outlive the table. */
Table *table_new(const Column *columns, size_t n_columns);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* The next cell, row by row. NULL and "" are shown as "-". */
void table_add(Table *table, Colour colour, const char *text);
void table_add_uint(Table *table, uint64_t number);
void table_add_span(Table *table, uint64_t usec);

/* Appends the title line, unless HAS_TITLE is false, and the rows. The last column is cut to what SCREEN leaves. */
void table_format(const Table *table, bool has_title, const Screen *screen, GString *out);
