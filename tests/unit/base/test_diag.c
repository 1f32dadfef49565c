/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/diag.h"
#include "base/names.h"

static void test_codes(void **state)
{
        (void) state;
        assert_string_equal(name_of(diag_code_names, DIAG_N_, DIAG_CYCLE), "cycle");
        for (int i = 0; i < DIAG_N_; i++)
                assert_int_equal(name_find(diag_code_names, DIAG_N_, diag_code_names[i]), i);
}

static void test_origin_is_interned(void **state)
{
        g_autofree char *file = g_strdup("some.module");
        Origin at = origin_at(file, 3);

        (void) state;
        assert_ptr_equal(at.file, origin_at("some.module", 9).file);
        assert_ptr_not_equal(at.file, file);
        assert_null(origin_at(NULL, 0).file);
}

/* P39 */
static void test_hostile_text(void **state)
{
        g_auto(DiagList) list = {0};
        g_autofree char *name = g_strnfill(1 << 20, 'n');
        Diag *diag;

        (void) state;
        diag_list_init(&list);
        diag = diag_error(&list, DIAG_CYCLE, origin_at(NULL, 0), "bad \"%s\"", "\x1b[2J\xff\n");
        diag_set_hint(diag, "%s", "a\rb");
        diag_set_component(diag, name, "m\n");
        diag_add_candidate(diag, "c\n");
        diag_add_step(diag, "s\t", "requires", origin_at(NULL, 0));
        assert_string_equal(diag->text, "bad \"\\x1b[2J\\xff\\x0a\"");
        assert_string_equal(diag->hint, "a\\x0db");
        assert_true(strlen(diag->component) < 300);
        assert_string_equal(diag->module, "m\\x0a");
        assert_string_equal(diag->candidates->pdata[0], "c\\x0a");
        assert_string_equal(((DiagStep *) diag->path->pdata[0])->name, "s\\x09");
        assert_true(strlen(diag_error(&list, DIAG_CYCLE, origin_at(NULL, 0), "%s", name)->text) < 4096);
}

/* §37: sorted by file, line, code; deduplicated; whatever the order they were found in (§3) */
static void test_sort(void **state)
{
        static const struct {
                const char *file;
                uint32_t line;
                DiagCode code;
                const char *text;
        } sorted[] = {
                {NULL, 0, DIAG_BUDGET_SHORT, "w"}, {"a", 1, DIAG_UNKNOWN_KEY, "x"},   {"a", 2, DIAG_CYCLE, "x"},
                {"a", 2, DIAG_INVALID_VALUE, "x"}, {"a", 2, DIAG_INVALID_VALUE, "y"}, {"a", 10, DIAG_CYCLE, "x"},
                {"b", 1, DIAG_CYCLE, "x"},
        };
        const size_t n = G_N_ELEMENTS(sorted);

        (void) state;
        for (size_t turn = 0; turn < n; turn++) {
                g_auto(DiagList) list = {0};

                diag_list_init(&list);
                for (size_t i = 0; i < 2 * n; i++) {
                        size_t j = (i * 3 + turn) % n;

                        diag_error(&list, sorted[j].code, origin_at(sorted[j].file, sorted[j].line), "%s",
                                   sorted[j].text);
                }
                diag_list_sort(&list);
                assert_int_equal(list.items->len, n);
                for (size_t i = 0; i < n; i++) {
                        const Diag *diag = list.items->pdata[i];

                        assert_int_equal(diag->code, sorted[i].code);
                        assert_int_equal(diag->origin.line, sorted[i].line);
                        assert_string_equal(diag->text, sorted[i].text);
                }
        }
}

static void test_severity(void **state)
{
        g_auto(DiagList) list = {0};

        (void) state;
        diag_list_init(&list);
        diag_error(&list, DIAG_CYCLE, origin_at(NULL, 0), "e");
        diag_add(&list, SEVERITY_WARNING, DIAG_UNUSED, origin_at(NULL, 0), "w");
        diag_add(&list, SEVERITY_NOTICE, DIAG_CYCLE_BROKEN, origin_at(NULL, 0), "n");
        assert_int_equal(diag_list_count(&list, SEVERITY_WARNING), 1);
        diag_list_promote_warnings(&list); /* §49 */
        assert_int_equal(diag_list_count(&list, SEVERITY_ERROR), 2);
        assert_int_equal(diag_list_count(&list, SEVERITY_WARNING), 0);
        assert_int_equal(diag_list_count(&list, SEVERITY_NOTICE), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_codes),        cmocka_unit_test(test_origin_is_interned),
                cmocka_unit_test(test_hostile_text), cmocka_unit_test(test_sort),
                cmocka_unit_test(test_severity),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
