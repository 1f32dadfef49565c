/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "env_file.h"

#include <string.h>

#include "naming.h"

typedef struct Reader {
        const char *next, *end;
        uint32_t line; /* of `next` */
        GString *out;
} Reader;

static bool has_more(const Reader *reader)
{
        return reader->next < reader->end;
}

static char take(Reader *reader)
{
        char c = *reader->next++;

        if (c == '\n')
                reader->line++;
        return c;
}

/* Up to the closing QUOTE, which is taken too. */
static int read_quoted(Reader *reader, char quote)
{
        while (has_more(reader)) {
                char c = take(reader);

                if (c == quote)
                        return 0;
                if (quote == '"' && c == '\\' && has_more(reader)) {
                        char next = take(reader);

                        if (next == '\n')
                                continue;
                        if (!strchr("\"\\`$", next))
                                g_string_append_c(reader->out, '\\');
                        g_string_append_c(reader->out, next);
                } else {
                        g_string_append_c(reader->out, c);
                }
        }
        return -EINVAL;
}

/* What stands behind the = up to the end of the line, into `out`. */
static int read_value(Reader *reader)
{
        gsize n_kept = 0; /* blanks at the end are none of the value, unless they are quoted */

        g_string_truncate(reader->out, 0);
        while (has_more(reader) && strchr(" \t", *reader->next))
                (void) take(reader);
        while (has_more(reader)) {
                char c = take(reader);

                if (c == '\n')
                        break;
                if (c == '\'' || c == '"') {
                        if (read_quoted(reader, c) < 0)
                                return -EINVAL;
                } else if (c == '\\') {
                        if (!has_more(reader))
                                break;
                        c = take(reader);
                        if (c == '\n')
                                continue;
                        g_string_append_c(reader->out, c);
                } else {
                        g_string_append_c(reader->out, c);
                        if (strchr(" \t\r", c))
                                continue;
                }
                n_kept = reader->out->len;
        }
        g_string_truncate(reader->out, n_kept);
        return 0;
}

static void skip_line(Reader *reader)
{
        while (has_more(reader) && take(reader) != '\n')
                ;
}

static int read_line(Reader *reader, const EnvFileHandlers *handlers, void *userdata, FileProblem *problem)
{
        const char *end = memchr(reader->next, '\n', (size_t) (reader->end - reader->next));
        const char *equals = memchr(reader->next, '=', (size_t) ((end ? end : reader->end) - reader->next));
        g_autofree char *name = NULL;
        uint32_t line = reader->line;

        if (!equals) {
                handlers->on_ignored(line, userdata);
                skip_line(reader);
                return 0;
        }
        name = g_strndup(reader->next, (gsize) (equals - reader->next));
        g_strchomp(name);
        *problem = (FileProblem){line, "a name before the = that no variable can have"};
        if (!variable_is_valid(name, strlen(name)))
                return -EINVAL;
        reader->next = equals + 1;
        *problem = (FileProblem){line, "a quote that is not closed"};
        if (read_value(reader) < 0)
                return -EINVAL;
        handlers->on_variable(name, reader->out->str, line, userdata);
        return 0;
}

int env_file_parse(const char *bytes, size_t n_bytes, const EnvFileHandlers *handlers, void *userdata,
                   FileProblem *ret_problem)
{
        g_autoptr(GString) out = g_string_new(NULL);
        Reader reader = {.next = bytes, .end = bytes + n_bytes, .line = 1, .out = out};
        int r = 0;

        while (r == 0 && has_more(&reader)) {
                if (strchr(" \t\r\n", *reader.next) && *reader.next)
                        (void) take(&reader);
                else if (*reader.next == '#' || *reader.next == ';')
                        skip_line(&reader);
                else
                        r = read_line(&reader, handlers, userdata, ret_problem);
        }
        return r;
}
