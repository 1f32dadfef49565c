/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/words.h"

static void test_split(void **state)
{
        static const struct {
                const char *text, *joined; /* with | behind each word; NULL: refused */
        } cases[] = {
                {"", ""},
                {"  \t ", ""},
                {"a b  c", "a|b|c|"},
                {"\"a b\" 'c d'", "a b|c d|"},
                {"a\"b c\"d", "ab cd|"},
                {"\"\" ''", "||"},
                {"'a\"b' \"c'd\"", "a\"b|c'd|"},
                {"a\\sb", "a b|"},
                {"\\t\\n\\x41\\101\\u20ac\\U0001f600", "\t\nAA\xe2\x82\xac\xf0\x9f\x98\x80|"},
                {"\\\\ \\\" \\'", "\\|\"|'|"},
                {"\"\\\"x\\\"\"", "\"x\"|"},
                {"$$ ${x}", "$$|${x}|"},
                {"a | b > c * ?", "a|||b|>|c|*|?|"},
                {"\"a", NULL},
                {"a'b", NULL},
                {"a\\", NULL},
                {"\\q", NULL},
                {"a\\ b", NULL},
                {"\\x4", NULL},
                {"\\x00", NULL},
                {"\\000", NULL},
                {"\\8", NULL},
                {"\\ud800", NULL},
                {"\\U00110000", NULL},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(GStrv) words = NULL;
                g_autoptr(GString) joined = g_string_new(NULL);
                const char *problem = NULL;
                int r = words_split(cases[i].text, &words, &problem);

                if (!cases[i].joined) {
                        assert_int_equal(r, -EINVAL);
                        assert_non_null(problem);
                        continue;
                }
                assert_int_equal(r, 0);
                for (size_t j = 0; words[j]; j++)
                        g_string_append_printf(joined, "%s|", words[j]);
                assert_string_equal(joined->str, cases[i].joined);
        }
}

static void test_command(void **state)
{
        g_auto(GStrv) words = NULL;
        const char *problem;

        (void) state;
        assert_int_equal(words_split_command("/bin/a ; /bin/b", &words, &problem), -EINVAL);
        assert_int_equal(words_split_command("/bin/find x -exec y {} \\;", &words, &problem), 0);
        assert_string_equal(words[5], ";");
        g_clear_pointer(&words, g_strfreev);
        assert_int_equal(words_split_command("/bin/sh -c \"a ; b\" ';' x;", &words, &problem), 0);
        assert_string_equal(words[2], "a ; b");
        assert_string_equal(words[3], ";");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_split),
                cmocka_unit_test(test_command),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
