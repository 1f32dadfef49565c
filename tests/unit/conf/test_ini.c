/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/ini.h"

typedef struct Reading {
        char *bytes;
        Ini ini;
        DiagList diags;
        int result;
} Reading;

static void reading_init(Reading *reading, const char *text, size_t n)
{
        *reading = (Reading){.bytes = g_malloc(n + 1)};
        memcpy(reading->bytes, text, n);
        diag_list_init(&reading->diags);
        reading->result = ini_parse(reading->bytes, n, g_intern_static_string("f"), &reading->ini, &reading->diags);
}

static void reading_done(Reading *reading)
{
        ini_done(&reading->ini);
        diag_list_done(&reading->diags);
        g_free(reading->bytes);
}

/* The reading as text: [section|argument]@line key=value@line */
static char *dump(const Ini *ini)
{
        GString *out = g_string_new(NULL);

        for (guint i = 0; i < ini->sections->len; i++) {
                const IniSection *section = &g_array_index(ini->sections, IniSection, i);

                g_string_append_printf(out, "[%s|%s]@%u ", section->name, section->argument ? section->argument : "",
                                       section->line);
                for (uint32_t j = 0; j < section->n_entries; j++) {
                        const IniEntry *entry = &g_array_index(ini->entries, IniEntry, section->first + j);

                        g_string_append_printf(out, "%s=%s@%u ", entry->key, entry->value, entry->line);
                }
        }
        return g_string_free(out, FALSE);
}

static void test_accepted(void **state)
{
        static const struct {
                const char *text, *dump;
        } cases[] = {
                {"", ""},
                {"\n\n# a\n; b\n   # c\n", ""},
                {"[A]\nk=v\n", "[A|]@1 k=v@2 "},
                {"[A]\nk=v", "[A|]@1 k=v@2 "},
                {"\xef\xbb\xbf[A]\nk=v\n", "[A|]@1 k=v@2 "},
                {"[A]\r\nk=v\r\n", "[A|]@1 k=v@2 "},
                {"  [ Component   catalog ]  \n", "[Component|catalog]@1 "},
                {"[A]\n  k  =  v w  \n", "[A|]@1 k=v w@2 "},
                {"[A]\nk=\nk=a=b\n", "[A|]@1 k=@2 k=a=b@3 "},
                {"[A]\nk=a\\\n  b\\\nc\nl=d\n", "[A|]@1 k=a   b c@2 l=d@5 "},
                {"[A]\nk=a\\\n# between\n; too\nb\n", "[A|]@1 k=a b@2 "},
                {"[A]\nk=a\\\\\nl=b\n", "[A|]@1 k=a\\\\@2 l=b@3 "},
                {"[A]\n# c \\\nk=v\n", "[A|]@1 k=v@3 "},
                {"[A]\nk=a#b\nl=\"a # b\"\nm='# x'\n", "[A|]@1 k=a#b@2 l=\"a # b\"@3 m='# x'@4 "},
                {"[A]\nk=#x\n", "[A|]@1 k=#x@2 "},
                {"[A]\n[B]\n[A]\n", "[A|]@1 [B|]@2 [A|]@3 "},
                {"[A]\nk=\xc3\xa4 \xe2\x82\xac\n", "[A|]@1 k=\xc3\xa4 \xe2\x82\xac@2 "},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = NULL;
                Reading reading;

                reading_init(&reading, cases[i].text, strlen(cases[i].text));
                text = dump(&reading.ini);
                assert_string_equal(text, cases[i].dump);
                assert_int_equal(reading.result, 0);
                assert_int_equal(reading.diags.items->len, 0);
                reading_done(&reading);
        }
}

/* P39: where it is wrong, in which line, and what is left of the rest */
static void test_refused(void **state)
{
        static const struct {
                const char *text;
                size_t n_text;
                uint32_t line;
                const char *word, *dump;
        } cases[] = {
#define TEXT(text) (text), sizeof(text) - 1
                {TEXT("k=v\n[A]\n"), 1, "before the first section", "[A|]@2 "},
                {TEXT("[A]\nword\nk=v\n"), 2, "neither", "[A|]@1 k=v@3 "},
                {TEXT("[A]\n=v\n"), 2, "no key", "[A|]@1 "},
                {TEXT("[A]\nTime out=1\n"), 2, "not the name of a key", "[A|]@1 "},
                {TEXT("[A]\nKey[de]=1\n"), 2, "not the name of a key", "[A|]@1 "},
                {TEXT("[A] x\nk=v\n"), 1, "after the section's", "[A|]@1 k=v@2 "},
                {TEXT("[A] # x\n"), 1, "after the section's", "[A|]@1 "},
                {TEXT("[A\nk=v\n"), 1, "bracket is missing", "[A|]@1 k=v@2 "},
                {TEXT("[]\n"), 1, "needs a name", "[|]@1 "},
                {TEXT("[A]\nk=v # c\n"), 2, "comment after the value", "[A|]@1 k=v@2 "},
                {TEXT("[A]\nk=it's # c\n"), 2, "comment after the value", "[A|]@1 k=it's@2 "},
                {TEXT("[A]\nk=a\\\n"), 2, "ends inside", "[A|]@1 k=a@2 "},
                {TEXT("[A]\nk=a\0b\nl=c\n"), 2, "NUL", "[A|]@1 l=c@3 "},
                {TEXT("[A]\nk=\xff\n"), 2, "UTF-8", "[A|]@1 "},
                {TEXT("[A]\nk=\xed\xa0\x80\n"), 2, "UTF-8", "[A|]@1 "},
                {TEXT("[A]\nk=\xc0\xaf\n"), 2, "UTF-8", "[A|]@1 "},
                {TEXT("[A]\n# \x1b[2J\nk=v\n"), 2, "control", "[A|]@1 k=v@3 "},
                {TEXT("[A]\nk=\xc2\x9b\n"), 2, "control", "[A|]@1 "},
                {TEXT("[A]\nk=\xe2\x80\xae\n"), 2, "control", "[A|]@1 "},
                {TEXT("[A]\nk=a\rb\n"), 2, "control", "[A|]@1 "},
                {TEXT("[A]\nk=a\x7f\n"), 2, "control", "[A|]@1 "},
#undef TEXT
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = NULL;
                const Diag *diag;
                Reading reading;

                reading_init(&reading, cases[i].text, cases[i].n_text);
                assert_int_equal(reading.result, -EBADMSG);
                assert_int_equal(reading.diags.items->len, 1);
                diag = reading.diags.items->pdata[0];
                assert_int_equal(diag->code, DIAG_SYNTAX_ERROR);
                assert_int_equal(diag->origin.line, cases[i].line);
                assert_non_null(strstr(diag->text, cases[i].word));
                text = dump(&reading.ini);
                assert_string_equal(text, cases[i].dump);
                reading_done(&reading);
        }
}

/* §37: all findings, P39: but not without end */
static void test_all_and_bounded(void **state)
{
        g_autoptr(GString) text = g_string_new("[A]\n");
        Reading reading;

        (void) state;
        for (unsigned i = 0; i < 5000; i++)
                g_string_append(text, "word\n");
        reading_init(&reading, text->str, text->len);
        assert_int_equal(reading.diags.items->len, INI_MAX_ERRORS + 1);
        reading_done(&reading);
}

/* P39: no text of a file that is no module file is shown */
static void test_nothing_quoted(void **state)
{
        Reading reading;

        (void) state;
        reading_init(&reading, "root:$6$secret:1::::\n", 21);
        assert_int_equal(reading.result, -EBADMSG);
        for (guint i = 0; i < reading.diags.items->len; i++) {
                const Diag *diag = reading.diags.items->pdata[i];

                assert_null(strstr(diag->text, "secret"));
                assert_true(!diag->hint || !strstr(diag->hint, "secret"));
        }
        reading_done(&reading);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_accepted),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_all_and_bounded),
                cmocka_unit_test(test_nothing_quoted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
