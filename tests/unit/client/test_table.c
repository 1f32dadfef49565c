/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table.h"

static const Column columns[] = {{"NAME", false}, {"N", true}, {"TEXT", false}};

static Table *example(void)
{
        Table *table = table_new(columns, G_N_ELEMENTS(columns));

        table_add(table, COLOUR_NONE, "db");
        table_add_uint(table, 7);
        table_add(table, COLOUR_GOOD, "short");
        table_add(table, COLOUR_NONE, "größe木");
        table_add_uint(table, 1234);
        table_add(table, COLOUR_NONE, "a text that is longer than a screen");
        table_add(table, COLOUR_NONE, "x\n");
        table_add_span(table, 1500);
        table_add(table, COLOUR_NONE, NULL);
        return table;
}

static void test_format(void **state)
{
        static const struct {
                bool has_title;
                Screen screen;
                const char *out;
        } cases[] = {
                {true,
                 {false, false, SIZE_MAX},
                 "NAME        N  TEXT\n"
                 "db          7  short\n"
                 "größe木  1234  a text that is longer than a screen\n"
                 "x\\x0a     1ms  -\n"},
                {false,
                 {true, false, 30},
                 "db          7  short\n"
                 "größe木  1234  a text that is…\n"
                 "x\\x0a     1ms  -\n"},
                {false, /* too narrow for anything: the last column keeps a little, lines wrap */
                 {true, false, 3},
                 "db          7  short\n"
                 "größe木  1234  a text that…\n"
                 "x\\x0a     1ms  -\n"},
                {false, /* colours take no width */
                 {true, true, 30},
                 "db          7  \033[32mshort\033[0m\n"
                 "größe木  1234  a text that is…\n"
                 "x\\x0a     1ms  -\n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Table) table = example();
                g_autoptr(GString) out = g_string_new(NULL);

                table_format(table, cases[i].has_title, &cases[i].screen, out);
                assert_string_equal(out->str, cases[i].out);
        }
}

static void test_empty(void **state)
{
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        g_autoptr(GString) out = g_string_new(NULL);
        Screen screen = {.width = SIZE_MAX};

        (void) state;
        table_format(table, true, &screen, out);
        assert_string_equal(out->str, "NAME  N  TEXT\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_format),
                cmocka_unit_test(test_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
