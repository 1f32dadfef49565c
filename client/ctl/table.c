/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <assert.h>
#include <inttypes.h>

#define GAP 2       /* blanks between columns */
#define LAST_MIN 12 /* the last column is not cut below this, the line rather wraps */

typedef struct Cell {
        char *text; /* escaped */
        Colour colour;
} Cell;

struct Table {
        const Column *columns;
        size_t n_columns;
        GArray *cells;
};

static void cell_clear(gpointer cell)
{
        g_free(((Cell *) cell)->text);
}

Table *table_new(const Column *columns, size_t n_columns)
{
        Table *table = g_new0(Table, 1);

        assert(n_columns > 0);
        table->columns = columns;
        table->n_columns = n_columns;
        table->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
        g_array_set_clear_func(table->cells, cell_clear);
        return table;
}

void table_free(Table *table)
{
        if (!table)
                return;
        g_array_unref(table->cells);
        g_free(table);
}

void table_add(Table *table, Colour colour, const char *text)
{
        GString *escaped = g_string_new(NULL);
        Cell cell = {.colour = colour};

        if (text && *text)
                text_append(escaped, text);
        else
                g_string_append_c(escaped, '-');
        cell.text = g_string_free(escaped, FALSE);
        g_array_append_val(table->cells, cell);
}

void table_add_uint(Table *table, uint64_t number)
{
        g_autofree char *text = g_strdup_printf("%" PRIu64, number);

        table_add(table, COLOUR_NONE, text);
}

void table_add_span(Table *table, uint64_t usec)
{
        g_autoptr(GString) text = g_string_new(NULL);

        text_append_span(text, usec);
        table_add(table, COLOUR_NONE, text->str);
}

static void append_blanks(GString *out, size_t n)
{
        for (; n > 0; n--)
                g_string_append_c(out, ' ');
}

static void end_row(GString *out)
{
        while (out->len > 0 && out->str[out->len - 1] == ' ')
                g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
}

static void append_cell(GString *out, const Column *column, const Cell *cell, size_t width, bool is_last, bool colour)
{
        g_autofree char *text = is_last ? text_cut(cell->text, width) : g_strdup(cell->text);
        size_t used = text_width(text), blanks = width > used ? width - used : 0;

        if (column->is_right)
                append_blanks(out, blanks);
        text_append_coloured(out, cell->colour, colour, text);
        if (!column->is_right && !is_last)
                append_blanks(out, blanks);
        if (!is_last)
                append_blanks(out, GAP);
}

static size_t *measure(const Table *table, bool has_title, const Screen *screen)
{
        size_t *widths = g_new0(size_t, table->n_columns), last = table->n_columns - 1, before = 0;

        for (size_t i = 0; has_title && i < table->n_columns; i++)
                widths[i] = text_width(table->columns[i].title);
        for (guint i = 0; i < table->cells->len; i++) {
                size_t *width = &widths[i % table->n_columns];

                *width = MAX(*width, text_width(g_array_index(table->cells, Cell, i).text));
        }
        for (size_t i = 0; i < last; i++)
                before += widths[i] + GAP;
        if (screen->width != SIZE_MAX) {
                size_t left = screen->width > before ? screen->width - before : 0;

                widths[last] = MIN(widths[last], MAX(left, LAST_MIN));
        }
        return widths;
}

void table_format(const Table *table, bool has_title, const Screen *screen, GString *out)
{
        g_autofree size_t *widths = measure(table, has_title, screen);

        assert(table->cells->len % table->n_columns == 0);
        for (size_t i = 0; has_title && i < table->n_columns; i++) {
                Cell title = {.text = (char *) table->columns[i].title, .colour = COLOUR_BOLD};

                append_cell(out, &table->columns[i], &title, widths[i], i + 1 == table->n_columns, screen->has_colour);
                if (i + 1 == table->n_columns)
                        end_row(out);
        }
        for (guint i = 0; i < table->cells->len; i++) {
                size_t column = i % table->n_columns;
                bool is_last = column + 1 == table->n_columns;

                append_cell(out, &table->columns[column], &g_array_index(table->cells, Cell, i), widths[column],
                            is_last, screen->has_colour);
                if (is_last)
                        end_row(out);
        }
}
