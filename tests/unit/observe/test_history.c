/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/history.h"

static void emit(Observers *observers, const char *component, const char *text)
{
        RunEvent event = {.kind = RUN_WARNING, .node = 0, .component = component, .reason = "test", .text = text};

        observers_emit(observers, &event);
}

/* §145: contiguous from 1, and reading consumes nothing */
static void test_sequence(void **state)
{
        g_autoptr(Observers) observers = observers_new();
        g_autoptr(History) history = history_new(observers, 8);

        assert_int_equal(history_first(history), 1);
        assert_int_equal(history_next(history), 1);
        assert_null(history_get(history, 1));
        for (unsigned i = 0; i < 3; i++)
                emit(observers, "catalog", NULL);
        assert_int_equal(history_next(history), 4);
        for (unsigned round = 0; round < 2; round++)
                for (uint64_t sequence = 1; sequence <= 3; sequence++)
                        assert_int_equal(history_get(history, sequence)->sequence, sequence);
        assert_null(history_get(history, 0));
        assert_null(history_get(history, 4));
}

/* §145: a hint is told to all, but has no number and leaves no gap */
static void test_hint(void **state)
{
        g_autoptr(Observers) observers = observers_new();
        g_autoptr(History) history = history_new(observers, 2);
        RunEvent hint = {.kind = RUN_MAIN_PID, .node = 0, .component = "catalog", .reason = "test"};

        emit(observers, "catalog", NULL);
        observers_emit(observers, &hint);
        assert_int_equal(hint.sequence, 0);
        assert_int_equal(history_next(history), 2);
        emit(observers, "catalog", NULL);
        observers_emit(observers, &hint);
        assert_int_equal(history_first(history), 1);
        assert_int_equal(history_next(history), 3);
        assert_int_equal(history_get(history, 2)->kind, RUN_WARNING);
}

/* §145: fixed capacity, the oldest goes first */
static void test_overflow(void **state)
{
        static const struct {
                uint32_t capacity, n_events;
                uint64_t first;
        } cases[] = {
                {4, 4, 1}, {4, 5, 2}, {4, 9, 6}, {1, 3, 3}, {0, HISTORY_CAPACITY, 1}, {0, HISTORY_CAPACITY + 1, 2}};

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Observers) observers = observers_new();
                g_autoptr(History) history = history_new(observers, cases[i].capacity);

                for (uint32_t n = 0; n < cases[i].n_events; n++)
                        emit(observers, "catalog", "text");
                assert_int_equal(history_first(history), cases[i].first);
                assert_int_equal(history_next(history), cases[i].n_events + 1);
                assert_null(history_get(history, cases[i].first - 1));
                for (uint64_t s = cases[i].first; s < history_next(history); s++)
                        assert_int_equal(history_get(history, s)->sequence, s);
        }
}

/* What the event pointed at may be gone; texts are bounded, and no character is cut in two. */
static void test_copies(void **state)
{
        g_autoptr(Observers) observers = observers_new();
        g_autoptr(History) history = history_new(observers, 2);
        g_autofree char *name = g_strdup("catalog");
        g_autoptr(GString) text = g_string_new(NULL);

        while (text->len < HISTORY_TEXT_MAX - 1)
                g_string_append_c(text, 'x');
        g_string_append(text, "ü and more");
        emit(observers, name, text->str);
        memset(name, '!', strlen(name));
        memset(text->str, '!', text->len);

        assert_string_equal(history_get(history, 1)->component, "catalog");
        assert_int_equal(strlen(history_get(history, 1)->text), HISTORY_TEXT_MAX - 1);
        assert_true(g_utf8_validate(history_get(history, 1)->text, -1, NULL));
}

static void test_begins_where_it_joins(void **state)
{
        g_autoptr(Observers) observers = observers_new();
        g_autoptr(History) history = NULL;

        emit(observers, "early", NULL);
        emit(observers, "early", NULL);
        history = history_new(observers, 4);
        assert_int_equal(history_first(history), 3);
        assert_int_equal(history_next(history), 3);
        emit(observers, "late", NULL);
        assert_string_equal(history_get(history, 3)->component, "late");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sequence),
                cmocka_unit_test(test_hint),
                cmocka_unit_test(test_overflow),
                cmocka_unit_test(test_copies),
                cmocka_unit_test(test_begins_where_it_joins),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
