/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fixture.h"
#include "observe/event_log.h"

#define TWO "[Component a]\nType=notify\nExecStart=/bin/true\n[Component b]\nRequires=a\nExecStart=/bin/true\n"
#define BROKEN                                                                                                         \
        "[Module]\nStartupErrorPolicy=warn\n[Component bad]\nExecStart=/bin/true\n"                                    \
        "[Component behind]\nRequires=bad\nExecStart=/bin/true\n"

/* Standard error while a test looks at it. */
typedef struct Capture {
        int saved, reader;
} Capture;

static Capture capture_begin(void)
{
        Capture capture = {.saved = dup(STDERR_FILENO)};
        int fds[2];

        (void) fflush(stderr);
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
        close(fds[1]);
        capture.reader = fds[0];
        return capture;
}

static char *capture_end(Capture *capture)
{
        char *text = read_all(capture->reader);

        assert_int_equal(dup2(capture->saved, STDERR_FILENO), STDERR_FILENO);
        close(capture->saved);
        close(capture->reader);
        return text;
}

/* Starts TEXT and stops it again, BAD failing; what the journal said. */
static char *life_of(const char *module, int level)
{
        Capture capture;
        Fixture fixture;
        EventLog *journal;
        char *text;
        int saved = log_level;

        fixture_init(&fixture, module);
        fake_os_fail_spawn("bad", ENOENT, "exec");
        capture = capture_begin();
        log_level = level;
        journal = event_log_new(fixture.container, fixture.metrics);
        fixture_start(&fixture);
        container_shutdown(fixture.container, "request");
        fake_os_advance(20 * SECOND);
        event_log_free(journal);
        log_level = saved;
        text = capture_end(&capture);
        fixture_done(&fixture);
        return text;
}

/* §102 */
static void test_lives(void **state)
{
        static const struct {
                const char *what, *module;
                int level;
                const char *has[4], *has_not[4];
        } cases[] = {
                {"a good one",
                 TWO,
                 LOG_INFO,
                 {"started 2 components in ", "stopping (request)\n", "stopped 2 components in "},
                 {"→", "failed", "blocked"}},
                {"one that fails",
                 BROKEN,
                 LOG_INFO,
                 {"bad: failed (exec-failed)\n", "behind: blocked: something it requires is not there",
                  "1 failed, 1 blocked"},
                 {"→"}},
                {"in all detail",
                 TWO,
                 LOG_DEBUG,
                 {"a: waiting → starting (", "container: starting → running ("},
                 {"failed"}},
                {"errors only", BROKEN, LOG_ERR, {"bad: failed (exec-failed)\n"}, {"behind: blocked", "stopping"}},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = life_of(cases[i].module, cases[i].level);

                print_message("%s\n", cases[i].what);
                assert_harmless(text);
                for (size_t j = 0; j < 4 && cases[i].has[j]; j++)
                        assert_has(text, cases[i].has[j]);
                for (size_t j = 0; j < 4 && cases[i].has_not[j]; j++)
                        assert_has_not(text, cases[i].has_not[j]);
        }
}

/* P18: one line a class and second, with a count of the rest */
static void test_floods(void **state)
{
        Fixture fixture;
        EventLog *journal;
        Capture capture;
        g_autofree char *text = NULL;

        fixture_init(&fixture, TWO);
        capture = capture_begin();
        journal = event_log_new(fixture.container, fixture.metrics);
        for (unsigned i = 0; i < 1000; i++)
                fixture_warn(&fixture, "a", "foreign-notify", "somebody else spoke");
        fixture_warn(&fixture, "b", "foreign-notify", "somebody else spoke");
        fixture_warn(&fixture, "a", "notify-flood", "too much");
        fixture_warn(&fixture, NULL, "no-memory", NULL);
        event_log_free(journal);
        text = capture_end(&capture);
        fixture_done(&fixture);

        assert_int_equal(count_of(text, "a: somebody else spoke\n"), 1);
        assert_int_equal(count_of(text, "b: somebody else spoke\n"), 1);
        assert_int_equal(count_of(text, "a: too much\n"), 1);
        assert_int_equal(count_of(text, "no-memory\n"), 1);
        assert_has(text, "a: foreign-notify: 999 more of these were not shown\n");
}

/* P16, P21: foreign text is one line, and only text */
static void test_control_characters(void **state)
{
        Fixture fixture;
        EventLog *journal;
        Capture capture;
        g_autofree char *text = NULL;

        fixture_init(&fixture, TWO);
        capture = capture_begin();
        log_prefix = true;
        journal = event_log_new(fixture.container, fixture.metrics);
        fixture_warn(&fixture, "a", "status", "red \033[31m\n<0>b: failed \xff\xc2\x9b");
        event_log_free(journal);
        log_prefix = false;
        text = capture_end(&capture);
        fixture_done(&fixture);

        assert_harmless(text);
        assert_int_equal(count_of(text, "\n"), 1);
        assert_true(g_str_has_prefix(text, "<4>a: red \\x1b[31m\\x0a<0>b: failed \\xff"));
}

/* P17: a reader that has stopped does not stop us */
static void test_stalled(void **state)
{
        Fixture fixture;
        EventLog *journal;
        Capture capture;
        g_autofree char *text = NULL;

        fixture_init(&fixture, TWO);
        capture = capture_begin();
        journal = event_log_new(fixture.container, fixture.metrics);
        (void) alarm(20);
        for (unsigned i = 0; i < 20000; i++) {
                g_autofree char *reason = g_strdup_printf("reason-%u", i);

                fixture_warn(&fixture, "a", reason, "a text of some length, so that the pipe is full before long");
        }
        (void) alarm(0);
        event_log_free(journal);
        text = capture_end(&capture);
        fixture_done(&fixture);

        assert_true(strlen(text) >= 32 * 1024);
        assert_true(count_of(text, "\n") < 20000);
        assert_true(g_str_has_suffix(text, "\n")); /* no line is half there */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lives),
                cmocka_unit_test(test_floods),
                cmocka_unit_test(test_control_characters),
                cmocka_unit_test(test_stalled),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
