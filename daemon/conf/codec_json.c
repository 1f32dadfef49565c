/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec.h"

#include <string.h>

/* RFC 8259, nothing more: no comments, no comma at the end. */
typedef struct Reader {
        const char *next;
        uint32_t line;
        GString *path; /* of the member that is being read */
        GString *text; /* the string read last */
        CodecSink *sink;
        const char *problem;
} Reader;

static int fail(Reader *reader, const char *problem)
{
        reader->problem = problem;
        return -EINVAL;
}

static char skip_blanks(Reader *reader)
{
        while (*reader->next && strchr(" \t\r\n", *reader->next))
                reader->line += *reader->next++ == '\n';
        return *reader->next;
}

static int read_unit(Reader *reader, gunichar *ret)
{
        *ret = 0;
        for (unsigned i = 0; i < 4; i++) {
                int digit = g_ascii_xdigit_value(*reader->next);

                if (digit < 0)
                        return fail(reader, "a \\u without four hexadecimal digits");
                *ret = *ret * 16 + (gunichar) digit;
                reader->next++;
        }
        return 0;
}

/* Behind "\u" */
static int read_character(Reader *reader)
{
        gunichar c, low;
        int r = read_unit(reader, &c);

        if (r == 0 && c >= 0xd800 && c < 0xdc00) {
                if (strncmp(reader->next, "\\u", 2) != 0)
                        return fail(reader, "half a surrogate pair");
                reader->next += 2;
                r = read_unit(reader, &low);
                if (r == 0 && (low < 0xdc00 || low > 0xdfff))
                        return fail(reader, "half a surrogate pair");
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        } else if (r == 0 && c >= 0xdc00 && c <= 0xdfff) {
                return fail(reader, "half a surrogate pair");
        }
        if (r == 0 && c == 0)
                return fail(reader, "a NUL in a string, which no process can be given");
        if (r == 0)
                g_string_append_unichar(reader->text, c);
        return r;
}

/* At its first quote; into `text`. */
static int read_string(Reader *reader)
{
        static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";

        g_string_truncate(reader->text, 0);
        for (reader->next++; *reader->next != '"'; ) {
                const char *letter;

                if ((unsigned char) *reader->next < 0x20)
                        return fail(reader, "a string that is not closed in its line");
                if (*reader->next != '\\') {
                        g_string_append_c(reader->text, *reader->next++);
                        continue;
                }
                reader->next++;
                if (*reader->next == 'u') {
                        reader->next++;
                        if (read_character(reader) < 0)
                                return -EINVAL;
                        continue;
                }
                letter = *reader->next ? strchr(letters, *reader->next) : NULL;
                if (!letter)
                        return fail(reader, "an unknown escape in a string");
                g_string_append_c(reader->text, bytes[letter - letters]);
                reader->next++;
        }
        reader->next++;
        return 0;
}

static size_t count_digits(const char *text)
{
        return strspn(text, "0123456789");
}

/* As it is written, if it is one. */
static int read_number(Reader *reader)
{
        const char *begin = reader->next, *at = begin + (*begin == '-');
        size_t n = count_digits(at);
        bool is_good = n > 0 && (n == 1 || *at != '0');

        at += n;
        if (is_good && *at == '.') {
                n = count_digits(++at);
                is_good = n > 0;
                at += n;
        }
        if (is_good && (*at == 'e' || *at == 'E')) {
                at++;
                at += *at == '+' || *at == '-';
                n = count_digits(at);
                is_good = n > 0;
                at += n;
        }
        if (!is_good)
                return fail(reader, "something that is no value of JSON");
        g_string_truncate(reader->text, 0);
        g_string_append_len(reader->text, begin, at - begin);
        reader->next = at;
        return 0;
}

static void add(Reader *reader, const char *text, uint32_t line)
{
        if (reader->path->len > 0)
                codec_sink_add(reader->sink, reader->path->str, text, line);
}

static int read_value(Reader *reader, unsigned depth);

static int read_member(Reader *reader, bool is_object, uint32_t index, unsigned depth)
{
        gsize n_path = reader->path->len;
        int r = 0;

        if (is_object && skip_blanks(reader) != '"')
                return fail(reader, "a member that does not begin with a string");
        if (is_object)
                r = read_string(reader);
        if (r < 0)
                return r;
        if (n_path > 0)
                g_string_append_c(reader->path, '.');
        if (is_object)
                g_string_append_len(reader->path, reader->text->str, (gssize) reader->text->len);
        else
                g_string_append_printf(reader->path, "%u", index);
        if (is_object && skip_blanks(reader) != ':')
                return fail(reader, "a member without a colon");
        reader->next += is_object;
        r = read_value(reader, depth + 1);
        g_string_truncate(reader->path, n_path);
        return r;
}

/* At its bracket. */
static int read_container(Reader *reader, unsigned depth)
{
        bool is_object = *reader->next == '{';
        char closing = is_object ? '}' : ']';

        if (depth >= JSON_MAX_DEPTH)
                return fail(reader, "more than 64 brackets in each other");
        add(reader, NULL, reader->line);
        reader->next++;
        if (skip_blanks(reader) == closing) {
                reader->next++;
                return 0;
        }
        for (uint32_t i = 0;; i++) {
                int r = read_member(reader, is_object, i, depth);

                if (r < 0)
                        return r;
                if (skip_blanks(reader) == closing)
                        break;
                if (*reader->next++ != ',')
                        return fail(reader, "neither a comma nor a closing bracket behind a value");
        }
        reader->next++;
        return 0;
}

static int read_word(Reader *reader, const char *word, const char *text)
{
        if (!g_str_has_prefix(reader->next, word))
                return fail(reader, "something that is no value of JSON");
        reader->next += strlen(word);
        add(reader, text, reader->line);
        return 0;
}

/* Recursion goes as deep as the brackets, which are counted. */
static int read_value(Reader *reader, unsigned depth)
{
        int r;

        switch (skip_blanks(reader)) {
        case '{':
        case '[':
                return read_container(reader, depth);
        case 't':
                return read_word(reader, "true", "true");
        case 'f':
                return read_word(reader, "false", "false");
        case 'n':
                return read_word(reader, "null", NULL);
        case '"':
                r = read_string(reader);
                break;
        default:
                r = read_number(reader);
                break;
        }
        if (r == 0)
                add(reader, reader->text->str, reader->line);
        return r;
}

int codec_read_json(const char *text, CodecSink *sink, FileProblem *ret_problem)
{
        g_autoptr(GString) path = g_string_new(NULL), string = g_string_new(NULL);
        Reader reader = {.next = text, .line = 1, .path = path, .text = string, .sink = sink};
        int r = read_value(&reader, 0);

        if (r == 0 && skip_blanks(&reader) != '\0')
                r = fail(&reader, "something behind the end of the value");
        *ret_problem = (FileProblem){reader.line, reader.problem};
        return r;
}
