/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nearest.h"
#include "option.h"
#include "verb.h"

#define ARGUMENTS_MAX 12

static char *join(const GPtrArray *words)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new();

        for (guint i = 0; words && i < words->len; i++)
                if (words->pdata[i])
                        g_ptr_array_add(list, words->pdata[i]);
        g_ptr_array_add(list, NULL);
        return g_strjoinv(" ", (char **) list->pdata);
}

static void test_parse(void **state)
{
        static const struct {
                const char *argv[ARGUMENTS_MAX];
                unsigned given;
                const char *words, *command; /* command NULL: no "--" */
        } cases[] = {
                {{"reevectl"}, 0, "", NULL},
                {{"reevectl", "list", "--json"}, OPTION_JSON, "list", NULL},
                {{"reevectl", "--json", "list", "--no-color"}, OPTION_JSON | OPTION_NO_COLOR, "list", NULL},
                {{"reevectl", "events", "-f", "db"}, OPTION_FOLLOW, "events db", NULL},
                {{"reevectl", "run", "a.module", "--only=x,y", "b.module", "--", "cmd", "--json", "-f"},
                 OPTION_ONLY,
                 "run a.module b.module",
                 "cmd --json -f"},
                {{"reevectl", "run", "a", "--", "cmd", "--", "more"}, 0, "run a", "cmd -- more"},
                {{"reevectl", "run", "a", "--"}, 0, "run a", ""},
                {{"reevectl", "--", "status", "-x"}, 0, "", "status -x"},
                {{"reevectl", "check", "--new-option", "a", "--other=1"}, 0, "check --new-option a --other=1", NULL},
                {{"reevectl", "--address", "unix:path=/x", "stop", "a", "--cascade"},
                 OPTION_ADDRESS | OPTION_CASCADE,
                 "stop a",
                 NULL},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *argv[ARGUMENTS_MAX + 1] = {NULL};
                g_autofree char *error = NULL, *words = NULL, *command = NULL;
                Options options;
                int argc = 0;

                for (; argc < ARGUMENTS_MAX && cases[i].argv[argc]; argc++)
                        argv[argc] = cases[i].argv[argc];
                assert_int_equal(options_parse(&options, argc, (char **) argv, verb_passes_unknown, &error), 0);
                assert_null(error);
                assert_int_equal(options.given, cases[i].given);
                words = join(options.words);
                assert_string_equal(words, cases[i].words);
                command = join(options.command);
                assert_int_equal(options.command == NULL, cases[i].command == NULL);
                assert_string_equal(command, cases[i].command ? cases[i].command : "");
                options_done(&options);
        }
}

/* -p may be repeated, and may hold several: none is lost in silence */
static void test_properties(void **state)
{
        static const struct {
                const char *argv[ARGUMENTS_MAX], *properties;
        } cases[] = {
                {{"reevectl", "show", "-p", "A"}, "A"},
                {{"reevectl", "show", "-p", "A", "--property=B", "-pC"}, "A B C"},
                {{"reevectl", "show", "-p", "A,B", "x", "-p", "C"}, "A B C"},
                {{"reevectl", "show", "-p", ""}, ""},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *argv[ARGUMENTS_MAX + 1] = {NULL};
                g_autofree char *error = NULL, *properties = NULL;
                Options options;
                int argc = 0;

                for (; argc < ARGUMENTS_MAX && cases[i].argv[argc]; argc++)
                        argv[argc] = cases[i].argv[argc];
                assert_int_equal(options_parse(&options, argc, (char **) argv, verb_passes_unknown, &error), 0);
                properties = join(options.properties);
                assert_string_equal(properties, cases[i].properties);
                options_done(&options);
        }
}

static void test_timeout(void **state)
{
        static const struct {
                const char *text;
                uint64_t usec; /* 0: refused */
        } cases[] = {
                {"5", 5000000}, {"5s", 5000000},     {"500ms", 500000},    {"0.5", 500000}, {"1us", 1},
                {"5m", 0},      {"2min", 120000000}, {"1h", 3600000000u}, {"0", 0},        {"-1", 0},
                {"", 0},        {"soon", 0},         {"5 s", 0},           {"5sx", 0},      {"inf", 0},
                {"nan", 0},     {"0x5", 0},          {"1e30", 0},          {"0.1us", 0},    {".", 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *argv[] = {"reevectl", "resolve", "db", "--timeout", cases[i].text, NULL};
                g_autofree char *error = NULL;
                Options options;
                int r = options_parse(&options, 5, (char **) argv, verb_passes_unknown, &error);

                assert_int_equal(r, cases[i].usec > 0 ? 0 : -EINVAL);
                if (r == 0)
                        assert_int_equal(options.timeout_usec, cases[i].usec);
                options_done(&options);
        }
}

static void test_refuse(void **state)
{
        static const struct {
                const char *argv[ARGUMENTS_MAX];
                const char *error;
        } cases[] = {
                {{"reevectl", "list", "--jsn"}, "unknown option --jsn; did you mean “json”?"},
                {{"reevectl", "--nothing-like-it=3"}, "unknown option --nothing-like-it"},
                {{"reevectl", "-x"}, "unknown option -x"},
                {{"reevectl", "--json=yes"}, "--json takes no value"},
                {{"reevectl", "--address"}, "--address needs a value: ADDRESS"},
                {{"reevectl", "events", "--since", "-1"}, "--since: “-1” is not a sequence number"},
                {{"reevectl", "events", "--since=99999999999999999999"},
                 "--since: “99999999999999999999” is not a sequence number"},
                {{"reevectl", "--new-option", "check"}, "unknown option --new-option"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *argv[ARGUMENTS_MAX + 1] = {NULL};
                g_autofree char *error = NULL;
                Options options;
                int argc = 0;

                for (; argc < ARGUMENTS_MAX && cases[i].argv[argc]; argc++)
                        argv[argc] = cases[i].argv[argc];
                assert_int_equal(options_parse(&options, argc, (char **) argv, verb_passes_unknown, &error), -EINVAL);
                assert_string_equal(error, cases[i].error);
                options_done(&options);
        }
}

static void test_nearest(void **state)
{
        static const char *const words[] = {"catalog", "cache", "database", "db", "shop-front", "shop-back", NULL};
        static const struct {
                const char *word, *hint;
        } cases[] = {
                {"catalgo", "; did you mean “catalog”?"},
                {"shop-", "; did you mean “shop-front” or “shop-back”?"},
                {"dbb", "; did you mean “db”?"},
                {"data", "; did you mean “database”?"},
                {"zzzzzz", ""},
                {"", ""},
        };
        g_autofree char *longest = g_strnfill(100000, 'c'), *none = NULL;

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *hint = nearest_hint(cases[i].word, words);

                assert_string_equal(hint, cases[i].hint);
        }
        none = nearest_hint(longest, words);
        assert_string_equal(none, "");
}

static void test_help_names_every_verb(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(GStrv) lines = NULL;

        (void) state;
        verb_format_help(NULL, false, out);
        for (size_t i = 0; i < n_verbs; i++) {
                g_autofree char *line = g_strdup_printf("\n  %s ", verbs[i].name);

                assert_ptr_equal(verb_find(verbs[i].name), &verbs[i]);
                assert_false(verb_is_later(verbs[i].name));
                assert_non_null(verbs[i].function);
                assert_non_null(g_strstr_len(out->str, -1, line));
        }
        lines = g_strsplit(out->str, "\n", -1);
        for (char **line = lines; *line; line++)
                assert_true(g_utf8_strlen(*line, -1) <= 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),
                cmocka_unit_test(test_properties),
                cmocka_unit_test(test_timeout), cmocka_unit_test(test_refuse),
                cmocka_unit_test(test_nearest),
                cmocka_unit_test(test_help_names_every_verb),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
