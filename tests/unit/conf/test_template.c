/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/template.h"

static void note(const TemplatePart *part, void *userdata)
{
        g_string_append_printf(userdata, "%d:%.*s ", (int) part->kind, (int) part->n_name, part->name);
}

static void test_visit(void **state)
{
        static const struct {
                const char *text, *parts; /* NULL: malformed */
        } cases[] = {
                {"", ""},
                {"plain $$ text $$$$", ""},
                {"${a} ${b-c}", "0:a 0:b-c "},
                {"${env:HOME}", "1:HOME "},
                {"${self.http}", "2:http "},
                {"${db.url} ${cache:orders.url}", "3:db.url 3:cache:orders.url "},
                {"${param.x}${scope.id}", "4:x 5:id "},
                {"$${a}", ""},
                {"$$${a}", "0:a "},
                {"$a", NULL},
                {"a$", NULL},
                {"${", NULL},
                {"${a", NULL},
                {"${}", NULL},
                {"${a b}", NULL},
                {"${a${b}}", NULL},
                {"${a.}", NULL},
                {"${.a}", NULL},
                {"${a:b}", NULL},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) parts = g_string_new(NULL);
                const char *problem = NULL;
                int r = template_visit(cases[i].text, note, parts, &problem);

                if (!cases[i].parts) {
                        assert_int_equal(r, -EINVAL);
                        assert_non_null(problem);
                } else {
                        assert_int_equal(r, 0);
                        assert_string_equal(parts->str, cases[i].parts);
                }
        }
}

static const char *look_up(const TemplatePart *part, void *userdata)
{
        (void) userdata;
        return part->kind == TEMPLATE_VALUE && part->n_name == 1 && *part->name == 'a' ? "${b}" : NULL;
}

static void test_expand(void **state)
{
        char *text = NULL;

        (void) state;
        assert_int_equal(template_expand("x${a}$$y", look_up, NULL, &text), 0);
        assert_string_equal(text, "x${b}$y"); /* what comes in is not looked at again */
        g_clear_pointer(&text, g_free);
        assert_int_equal(template_expand("${c}", look_up, NULL, &text), -ENOENT);
        assert_int_equal(template_expand("$", look_up, NULL, &text), -EINVAL);
        assert_null(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_visit),
                cmocka_unit_test(test_expand),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
