/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "words.h"

#include <string.h>

static int parse_number(const char **text, size_t n_digits, unsigned base, gunichar *ret)
{
        gunichar n = 0;

        for (size_t i = 0; i < n_digits; i++) {
                int digit = g_ascii_xdigit_value((*text)[i]);

                if (digit < 0 || (unsigned) digit >= base)
                        return -EINVAL;
                n = n * base + (gunichar) digit;
        }
        *text += n_digits;
        *ret = n;
        return 0;
}

/* Behind a backslash at *TEXT, which is moved on. */
static int unescape(const char **text, bool is_command, GString *out, const char **ret_problem)
{
        static const char letters[] = "abfnrtvs\\\"'", bytes[] = "\a\b\f\n\r\t\v \\\"'";
        const char *letter = **text ? strchr(letters, **text) : NULL;
        gunichar c;
        int r;

        if (letter) {
                g_string_append_c(out, bytes[letter - letters]);
                (*text)++;
                return 0;
        }
        if (is_command && **text == ';') {
                g_string_append_c(out, ';');
                (*text)++;
                return 0;
        }
        if (**text == 'x' || **text == 'u' || **text == 'U') {
                size_t n = **text == 'x' ? 2 : **text == 'u' ? 4 : 8;
                bool is_byte = **text == 'x';

                (*text)++;
                r = parse_number(text, n, 16, &c);
                if (r == 0 && !is_byte && !g_unichar_validate(c))
                        r = -EINVAL;
                if (r == 0 && c != 0) {
                        if (is_byte)
                                g_string_append_c(out, (char) c);
                        else
                                g_string_append_unichar(out, c);
                        return 0;
                }
        } else if (**text >= '0' && **text <= '3') {
                r = parse_number(text, 3, 8, &c);
                if (r == 0 && c != 0) {
                        g_string_append_c(out, (char) c);
                        return 0;
                }
        }
        *ret_problem = "a backslash that begins no known escape (\\\\ is a backslash; a NUL cannot be written)";
        return -EINVAL;
}

static int split(const char *text, bool is_command, char ***ret, const char **ret_problem)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) word = g_string_new(NULL);

        for (;;) {
                char quote = '\0';
                const char *start;

                text += strspn(text, " \t\n");
                if (*text == '\0')
                        break;
                start = text;
                g_string_truncate(word, 0);
                for (; *text && (quote || !strchr(" \t\n", *text));) {
                        if (*text == '\\') {
                                text++;
                                if (unescape(&text, is_command, word, ret_problem) < 0)
                                        return -EINVAL;
                        } else if (quote && *text == quote) {
                                quote = '\0';
                                text++;
                        } else if (!quote && (*text == '"' || *text == '\'')) {
                                quote = *text++;
                        } else
                                g_string_append_c(word, *text++);
                }
                if (quote) {
                        *ret_problem = quote == '"' ? "a \" that is not closed" : "a ' that is not closed";
                        return -EINVAL;
                }
                if (is_command && text - start == 1 && *start == ';') {
                        *ret_problem = "a ; between commands: only one command can stand here (\\; is a literal one)";
                        return -EINVAL;
                }
                g_ptr_array_add(words, g_strdup(word->str));
        }
        g_ptr_array_add(words, NULL);
        *ret = (char **) (void *) g_ptr_array_free(g_steal_pointer(&words), FALSE);
        return 0;
}

int words_split(const char *text, char ***ret, const char **ret_problem)
{
        return split(text, false, ret, ret_problem);
}

int words_split_command(const char *text, char ***ret, const char **ret_problem)
{
        return split(text, true, ret, ret_problem);
}
