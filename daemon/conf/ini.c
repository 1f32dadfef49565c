/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ini.h"

#include <stdbool.h>
#include <string.h>

typedef struct Reader {
        char *next, *end; /* what is not read yet */
        uint32_t line;    /* of the physical line read last */
        uint32_t n_errors;
        Ini *ini;
        DiagList *diags;
} Reader;

static Diag *reader_error(Reader *reader, uint32_t line, const char *text)
{
        GArray *sections = reader->ini->sections;

        reader->n_errors++;
        if (sections->len > 0)
                g_array_index(sections, IniSection, sections->len - 1).n_errors++;
        if (reader->n_errors == INI_MAX_ERRORS + 1)
                return diag_error(reader->diags, DIAG_SYNTAX_ERROR, origin_at(reader->ini->file, line),
                                  "too many errors in this file; the rest is left out");
        if (reader->n_errors > INI_MAX_ERRORS)
                return NULL;
        return diag_error(reader->diags, DIAG_SYNTAX_ERROR, origin_at(reader->ini->file, line), "%s", text);
}

static void hint(Diag *diag, const char *text)
{
        if (diag)
                diag_set_hint(diag, "%s", text);
}

/* Characters that a terminal or an editor shows as something else than what is there. */
static bool is_deceptive(gunichar c)
{
        return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
               (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static const char *find_problem(const char *bytes, size_t n_bytes)
{
        const char *end = bytes + n_bytes;

        while (bytes < end) {
                gunichar c;

                if ((unsigned char) *bytes >= 0x20 && (unsigned char) *bytes < 0x7f) {
                        bytes++;
                        continue;
                }
                if (*bytes == '\0')
                        return "a NUL byte";
                c = g_utf8_get_char_validated(bytes, end - bytes);
                if (c == (gunichar) -1 || c == (gunichar) -2)
                        return "bytes that are not UTF-8";
                if (is_deceptive(c))
                        return "a control character";
                bytes = g_utf8_next_char(bytes);
        }
        return NULL;
}

/* A section that cannot be read begins nevertheless: its keys are nobody else's. */
static void open_nameless(Reader *reader, const char *text, uint32_t line)
{
        const IniSection section = {.name = "", .line = line, .first = reader->ini->entries->len};

        if (text[strspn(text, " \t")] == '[')
                g_array_append_val(reader->ini->sections, section);
}

/* The next physical line without its end, terminated in place; false at the end of the text. A line that is no text is
 * reported and comes back empty. */
static bool reader_next(Reader *reader, char **ret, size_t *ret_n)
{
        char *start = reader->next, *end;
        const char *problem;

        if (start >= reader->end)
                return false;
        end = memchr(start, '\n', (size_t) (reader->end - start));
        if (!end)
                end = reader->end;
        reader->next = end < reader->end ? end + 1 : end;
        reader->line++;
        if (end > start && end[-1] == '\r' && end < reader->end)
                end--;
        *end = '\0';
        problem = find_problem(start, (size_t) (end - start));
        if (problem) {
                g_autofree char *text = g_strdup_printf("this line holds %s", problem);

                open_nameless(reader, start, reader->line);
                (void) reader_error(reader, reader->line, text);
                *start = '\0';
                end = start;
        }
        *ret = start;
        *ret_n = (size_t) (end - start);
        return true;
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static char *strip(char *text, size_t n)
{
        while (n > 0 && is_blank(text[n - 1]))
                n--;
        text[n] = '\0';
        while (is_blank(*text))
                text++;
        return text;
}

/* An odd number of backslashes at the end joins the next line. */
static bool is_continued(const char *text, size_t n)
{
        size_t n_slashes = 0;

        while (n_slashes < n && text[n - 1 - n_slashes] == '\\')
                n_slashes++;
        return n_slashes % 2 == 1;
}

/* A logical line: continued ones joined by a blank, in place, which only ever shortens. Comments between are skipped.
 */
static bool reader_next_joined(Reader *reader, char **ret, size_t *ret_n, uint32_t *ret_line)
{
        char *text;
        size_t n;

        if (!reader_next(reader, &text, &n))
                return false;
        *ret_line = reader->line;
        *ret = text;
        *ret_n = n;
        while (is_blank(*text))
                text++;
        if (*text == '#' || *text == ';')
                return true;
        while (is_continued(*ret, *ret_n)) {
                char *more, *stripped;
                size_t n_more;

                (*ret)[*ret_n - 1] = ' ';
                if (!reader_next(reader, &more, &n_more)) {
                        hint(reader_error(reader, reader->line, "the file ends inside a continued line"),
                             "remove the backslash at the end of the line");
                        break;
                }
                stripped = more;
                while (is_blank(*stripped))
                        stripped++;
                if (*stripped == '#' || *stripped == ';') {
                        (*ret)[*ret_n - 1] = '\\';
                        continue;
                }
                memmove(*ret + *ret_n, more, n_more + 1);
                *ret_n += n_more;
        }
        return true;
}

static void read_section(Reader *reader, char *text, uint32_t line)
{
        IniSection section = {.line = line, .first = reader->ini->entries->len};
        size_t n = strlen(text);
        char *close = strchr(text, ']'), *name, *argument;

        if (!close || close[1] != '\0') {
                hint(reader_error(reader, line,
                                  close ? "there is text after the section's closing bracket"
                                        : "a section's closing bracket is missing"),
                     "a section stands alone on its line: [Name] or [Name argument]");
                if (!close)
                        close = text + n;
        }
        *close = '\0';
        name = strip(text + 1, (size_t) (close - text - 1));
        argument = name + strcspn(name, " \t");
        if (*argument) {
                *argument++ = '\0';
                while (is_blank(*argument))
                        argument++;
                section.argument = argument;
        }
        if (*name == '\0')
                (void) reader_error(reader, line, "a section needs a name between its brackets");
        else if (*name == '[')
                *name = '\0'; /* the bracket has been told already */
        section.name = name;
        g_array_append_val(reader->ini->sections, section);
}

static bool is_key(const char *key)
{
        if (*key == '\0')
                return false;
        for (; *key; key++)
                if (!g_ascii_isalnum(*key) && !strchr("_.-", *key))
                        return false;
        return true;
}

/* A `#` after a blank and outside quotes: somebody meant a comment. */
static char *find_comment(char *value)
{
        char quote = '\0';

        for (char *c = value; *c; c++) {
                if (*c == '\\' && c[1])
                        c++;
                else if (quote)
                        quote = *c == quote ? '\0' : quote;
                else if ((*c == '"' || *c == '\'') && (c == value || is_blank(c[-1]) || c[-1] == '='))
                        quote = *c;
                else if (*c == '#' && c > value && is_blank(c[-1]))
                        return c;
        }
        return NULL;
}

static void read_entry(Reader *reader, char *text, size_t n, uint32_t line)
{
        IniEntry entry = {.line = line};
        char *equals = memchr(text, '=', n), *key, *value, *comment;

        if (!equals) {
                hint(reader_error(reader, line, "this is neither a section, nor key=value, nor a comment"),
                     "a line is [Section], key=value, or a comment that begins with # or ;");
                return;
        }
        *equals = '\0';
        key = strip(text, (size_t) (equals - text));
        if (!is_key(key)) {
                hint(reader_error(reader, line,
                                  *key ? "this is not the name of a key" : "there is no key before the ="),
                     "a key has letters, digits, '-', '_' and '.'");
                return;
        }
        if (reader->ini->sections->len == 0) {
                hint(reader_error(reader, line, "a key stands before the first section"),
                     "begin with a section, such as [Module]");
                return;
        }
        value = strip(equals + 1, n - (size_t) (equals + 1 - text));
        comment = find_comment(value);
        if (comment) {
                hint(reader_error(reader, line, "there is a comment after the value"),
                     "comments stand on lines of their own; quote a word that begins with #");
                /* What was meant is kept, so that no key is reported as missing besides. */
                value = strip(value, (size_t) (comment - value));
        }
        entry.key = key;
        entry.value = value;
        g_array_append_val(reader->ini->entries, entry);
        g_array_index(reader->ini->sections, IniSection, reader->ini->sections->len - 1).n_entries++;
}

int ini_parse(char *bytes, size_t n_bytes, const char *file, Ini *ret, DiagList *diags)
{
        Reader reader = {.next = bytes, .end = bytes + n_bytes, .ini = ret, .diags = diags};
        uint32_t line;
        char *text;
        size_t n;

        ret->file = file;
        ret->sections = g_array_new(FALSE, FALSE, sizeof(IniSection));
        ret->entries = g_array_new(FALSE, FALSE, sizeof(IniEntry));
        if (n_bytes >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
                reader.next += 3;
        while (reader_next_joined(&reader, &text, &n, &line)) {
                char *stripped = strip(text, n);

                if (*stripped == '\0' || *stripped == '#' || *stripped == ';')
                        continue;
                if (*stripped == '[')
                        read_section(&reader, stripped, line);
                else
                        read_entry(&reader, stripped, strlen(stripped), line);
        }
        return reader.n_errors > 0 ? -EBADMSG : 0;
}

void ini_done(Ini *ini)
{
        g_clear_pointer(&ini->sections, g_array_unref);
        g_clear_pointer(&ini->entries, g_array_unref);
}
