/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/diag_print.h"
#include "base/escape.h"

static Diag *add_cycle(DiagList *list)
{
        Diag *diag = diag_error(list, DIAG_CYCLE, origin_at("shop.module", 12), "dependency cycle of 2 components");

        diag_set_component(diag, "catalog", "shop");
        diag_add_step(diag, "catalog", "requires", origin_at("shop.module", 12));
        diag_add_step(diag, "db", "after", origin_at("infra.module", 4));
        diag_add_step(diag, "catalog", NULL, origin_at(NULL, 0));
        diag_add_lead(diag, "web", origin_at("shop.module", 1));
        diag_add_lead(diag, "catalog", origin_at("shop.module", 12));
        diag_set_hint(diag, "make it weak");
        return diag;
}

/* §39, §152 */
static void test_text(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) list = {0};

        (void) state;
        diag_list_init(&list);
        diag_format(add_cycle(&list), false, out);
        assert_string_equal(out->str, "shop.module:12: error: dependency cycle of 2 components [cycle]\n"
                                      "        catalog requires db    shop.module:12\n"
                                      "        db after catalog       infra.module:4\n"
                                      "  reached from: web → catalog\n"
                                      "  hint: make it weak\n");
}

static void test_sources_and_candidates(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) list = {0};
        Diag *diag;

        (void) state;
        diag_list_init(&list);
        diag = diag_add(&list, SEVERITY_WARNING, DIAG_CONFLICT_PLAIN, origin_at("a\nb", 0), "twice");
        diag_add_source(diag, "grün", origin_at("a", 1));
        diag_add_source(diag, "gray-", origin_at("b", 0));
        diag_add_candidate(diag, "x");
        diag_add_candidate(diag, "y");
        diag_format(diag, false, out);
        assert_string_equal(out->str, "a\\x0ab: warning: twice [conflict-plain]\n"
                                      "        grün     a:1\n"
                                      "        gray-    b\n"
                                      "  there is: x, y\n");
}

static void test_colour(void **state)
{
        static const struct {
                Severity severity;
                const char *expected;
        } cases[] = {
                {SEVERITY_ERROR, "\033[1mf:1:\033[0m \033[1;31merror:\033[0m t [limit]\n"},
                {SEVERITY_WARNING, "\033[1mf:1:\033[0m \033[1;35mwarning:\033[0m t [limit]\n"},
                {SEVERITY_NOTICE, "\033[1mf:1:\033[0m \033[1;36mnotice:\033[0m t [limit]\n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GString) out = g_string_new(NULL);
                g_auto(DiagList) list = {0};

                diag_list_init(&list);
                diag_format(diag_add(&list, cases[i].severity, DIAG_LIMIT, origin_at("f", 1), "t"), true, out);
                assert_string_equal(out->str, cases[i].expected);
        }
}

/* §37: a final count */
static void test_count(void **state)
{
        static const struct {
                int errors, warnings, notices;
                const char *last;
        } cases[] = {
                {0, 0, 0, ""},
                {1, 0, 0, "1 error\n"},
                {3, 1, 0, "3 errors, 1 warning\n"},
                {0, 2, 1, "2 warnings, 1 notice\n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const int counts[SEVERITY_N_] = {cases[i].errors, cases[i].warnings, cases[i].notices};
                g_autoptr(GString) out = g_string_new(NULL);
                g_auto(DiagList) list = {0};

                diag_list_init(&list);
                for (int severity = 0; severity < SEVERITY_N_; severity++)
                        for (int n = 0; n < counts[severity]; n++)
                                diag_add(&list, (Severity) severity, DIAG_LIMIT, origin_at(NULL, 0), "t");
                diag_list_format(&list, false, out);
                assert_true(g_str_has_suffix(out->str, cases[i].last));
                if (!*cases[i].last)
                        assert_int_equal(out->len, 0);
        }
}

/* P39: bounded, valid UTF-8, no control characters */
static void test_bounded(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) list = {0};
        g_autofree char *text = g_strnfill(500, '\xff');

        (void) state;
        diag_list_init(&list);
        for (int i = 0; i < 2000; i++)
                diag_error(&list, DIAG_LIMIT, origin_at("file", 1), "%s", text);
        for (uint32_t i = 0; i < 5000; i++)
                diag_add_step(list.items->pdata[0], "step", "requires", origin_at("file", i));
        diag_list_format(&list, false, out);
        assert_in_range(out->len, 900 * 1000, 1000 * 1000 - 1);
        assert_non_null(strstr(out->str, "… 4000 more …"));
        assert_non_null(strstr(out->str, "more findings are not shown"));
        assert_true(g_str_has_suffix(out->str, "2000 errors\n"));
        assert_true(g_utf8_validate(out->str, (gssize) out->len, NULL));
        for (const char *c = out->str; *c; c = g_utf8_next_char(c))
                assert_true(*c == '\n' || !escape_is_unsafe(g_utf8_get_char(c)));
}

/* P39, §37: what is least is left out first, and JSON is bounded too */
static void test_errors_first(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) list = {0};
        g_autofree char *text = g_strnfill(500, 'n');
        Json json;

        (void) state;
        diag_list_init(&list);
        for (uint32_t i = 0; i < 4000; i++)
                diag_add(&list, SEVERITY_NOTICE, DIAG_MASKED, origin_at("a", i), "%s", text);
        diag_error(&list, DIAG_LIMIT, origin_at("b", 1), "the error");
        for (uint32_t i = 0; i < 5000; i++)
                diag_add_source(list.items->pdata[4000], "source", origin_at("file", i));
        for (uint32_t i = 0; i < 5000; i++)
                diag_add_candidate(list.items->pdata[4000], "candidate");

        diag_list_format(&list, false, out);
        assert_in_range(out->len, 1, 1000 * 1000 - 1);
        assert_non_null(strstr(out->str, "b:1: error: the error"));
        assert_non_null(strstr(out->str, " and 4980 more\n"));
        assert_non_null(strstr(out->str, "… 4000 more findings are not shown\n1 error, 4000 notices\n"));

        g_string_truncate(out, 0);
        json_init(&json, out);
        json_begin_object(&json);
        diag_list_to_json(&list, &json);
        json_end_object(&json);
        assert_in_range(out->len, 1, 1000 * 1000 - 1);
        assert_non_null(strstr(out->str, "\"the error\""));
        assert_non_null(strstr(out->str, "\"more_candidates\":4980"));
        assert_true(g_str_has_suffix(out->str, "],\"left_out\":4000,\"errors\":1,\"warnings\":0,\"notices\":4000}"));
}

static void test_json(void **state)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(DiagList) list = {0};
        Diag *diag;
        Json json;

        (void) state;
        diag_list_init(&list);
        diag = add_cycle(&list);
        diag_set_key(diag, "db", "eu");
        diag_add_candidate(diag, "c");
        json_init(&json, out);
        diag_to_json(diag, &json);
        assert_string_equal(
                out->str,
                "{\"code\":\"cycle\",\"severity\":\"error\",\"message\":\"dependency cycle of 2 components\","
                "\"component\":\"catalog\",\"module\":\"shop\",\"key\":\"db\",\"route\":\"eu\","
                "\"file\":\"shop.module\",\"line\":12,"
                "\"path\":[{\"name\":\"catalog\",\"kind\":\"requires\",\"file\":\"shop.module\",\"line\":12},"
                "{\"name\":\"db\",\"kind\":\"after\",\"file\":\"infra.module\",\"line\":4},{\"name\":\"catalog\"}],"
                "\"reached_from\":[{\"name\":\"web\",\"file\":\"shop.module\",\"line\":1},"
                "{\"name\":\"catalog\",\"file\":\"shop.module\",\"line\":12}],"
                "\"candidates\":[\"c\"],\"hint\":\"make it weak\"}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),    cmocka_unit_test(test_sources_and_candidates),
                cmocka_unit_test(test_colour),  cmocka_unit_test(test_count),
                cmocka_unit_test(test_bounded), cmocka_unit_test(test_errors_first),
                cmocka_unit_test(test_json),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
