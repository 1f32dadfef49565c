/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fixture.h"
#include "observe/console.h"

#define SHOP                                                                                                           \
        "[Module]\nStartupErrorPolicy=warn\n[Component db]\nType=notify\nExecStart=/bin/true\n"                        \
        "[Component a-name-that-is-rather-long]\nRequires=db\nExecStart=/bin/true\n"                                   \
        "[Component bad]\nExecStart=/bin/true\n[Component behind]\nRequires=bad\nExecStart=/bin/true\n"                \
        "[Component again]\nRestart=on-failure\nRestartSec=30\nExecStart=/bin/true\n"                                  \
        "[Component absent]\nConditionPathExists=/nowhere\nExecStart=/bin/true\n"

static void make_pipe(int *ret_reader, int *ret_writer)
{
        int fds[2];

        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
        *ret_reader = fds[0];
        *ret_writer = fds[1];
}

/* Both ends of a terminal, which gives what it is given. */
static void make_terminal(int *ret_reader, int *ret_writer)
{
        struct termios mode;

        *ret_reader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        assert_true(*ret_reader >= 0);
        assert_int_equal(grantpt(*ret_reader), 0);
        assert_int_equal(unlockpt(*ret_reader), 0);
        *ret_writer = open(ptsname(*ret_reader), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(*ret_writer >= 0);
        assert_int_equal(tcgetattr(*ret_writer, &mode), 0);
        cfmakeraw(&mode);
        assert_int_equal(tcsetattr(*ret_writer, TCSANOW, &mode), 0);
}

static char *life_of_shop(bool has_colours)
{
        autofd reader = -1;
        autofd writer = -1;
        Fixture fixture;
        Console *console;
        char *text;

        make_pipe(&reader, &writer);
        fixture_init(&fixture, SHOP);
        fake_os_fail_spawn("bad", ENOENT, "exec");
        fake_os_set_behaviour("again", &(FakeBehaviour){.exit_usec = 1000, .code = CLD_EXITED, .status = 7});
        console = console_new(&(ConsoleOptions){.fd = writer, .has_colours = has_colours});
        console_attach(console, fixture.container, fixture.metrics);
        fixture_start(&fixture);
        fake_os_advance(SECOND);
        fixture_warn(&fixture, "db", "status", "red \033[31m\nand a line");
        container_shutdown(fixture.container, "request");
        fake_os_advance(20 * SECOND);
        console_free(console);
        text = read_all(reader);
        fixture_done(&fixture);
        return text;
}

/* §102: what a person sees of a start and a stop */
static void test_life(void **state)
{
        static const char *const parts[] = {
                "● db                       ready in ",
                "● a-name-that-is-rather-long ready in ",
                "✗ bad                      failed (exec-failed)",
                "◌ behind                   blocked: something it requires is not there",
                "↻ again                    will be tried again",
                "◌ absent                   skipped: a condition is not met",
                "■ started 3 components in ",
                "1 failed, 1 blocked",
                "! db                       red \\x1b[31m\\x0aand a line",
                "■ stopping (request)",
                "○ db                       stopped in ",
                "■ stopped ",
        };
        g_autofree char *text = life_of_shop(false);

        assert_harmless(text);
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
                assert_has(text, parts[i]);
}

static void test_colours(void **state)
{
        g_autofree char *text = life_of_shop(true);

        assert_has(text, "\033[32m●\033[0m \033[1mdb ");
        assert_has(text, "\033[31m✗\033[0m");
        assert_has(text, "red \\x1b[31m"); /* ours, and not theirs */
        assert_int_equal(count_of(text, "\033[0m") * 2, count_of(text, "\033["));
}

static void test_when_there_are_colours(void **state)
{
        static const struct {
                bool is_terminal;
                const char *no_color, *terminal;
                bool expected;
        } cases[] = {
                {true, NULL, "xterm", true},   {true, "", "xterm", true}, {true, NULL, NULL, true},
                {true, "1", "xterm", false},   {true, "0", "xterm", false}, {true, NULL, "dumb", false},
                {false, NULL, "xterm", false},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                autofd reader = -1;
                autofd writer = -1;

                (cases[i].is_terminal ? make_terminal : make_pipe)(&reader, &writer);
                (void) unsetenv("NO_COLOR");
                (void) unsetenv("TERM");
                if (cases[i].no_color)
                        assert_int_equal(setenv("NO_COLOR", cases[i].no_color, 1), 0);
                if (cases[i].terminal)
                        assert_int_equal(setenv("TERM", cases[i].terminal, 1), 0);
                assert_int_equal(console_has_colours(writer), cases[i].expected);
        }
}

/* P16: a component's bytes are shown, never obeyed; one line of it is one line */
static void test_lines(void **state)
{
        static const struct {
                const char *line;
                size_t n;
                uint32_t n_lost;
                const char *expected;
        } cases[] = {
                {"plain", 5, 0, " │ plain\n"},
                {"", 0, 0, " │ \n"},
                {"a\tb", 3, 0, " │ a\tb\n"},
                {"\033[2J\007", 5, 0, " │ \\x1b[2J\\x07\n"},
                {"a\0b", 3, 0, " │ a\\x00b\n"},
                {"a\rb\nc", 5, 0, " │ a\\x0db\\x0ac\n"},
                {"\xff\xfe", 2, 0, " │ \\xff\\xfe\n"},
                {"\xc2\x9b", 2, 0, " │ \\xc2\\x9b\n"},
                {"Grüße", 7, 0, " │ Grüße\n"},
                {"late", 4, 12, " │ (12 lines lost) late\n"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                autofd reader = -1;
                autofd writer = -1;
                g_autoptr(Console) console = NULL;
                g_autofree char *text = NULL;

                make_pipe(&reader, &writer);
                console = console_new(&(ConsoleOptions){.fd = writer});
                console_line("db", cases[i].line, cases[i].n, cases[i].n_lost, console);
                text = read_all(reader);
                assert_harmless(text);
                if (!g_str_has_suffix(text, cases[i].expected))
                        fail_msg("%zu: %s", i, text);
        }
}

static void test_a_long_line(void **state)
{
        autofd reader = -1;
        autofd writer = -1;
        g_autoptr(Console) console = NULL;
        g_autofree char *text = NULL, *line = g_malloc(1024 * 1024);

        memset(line, 'x', 1024 * 1024);
        make_pipe(&reader, &writer);
        assert_true(fcntl(writer, F_SETPIPE_SZ, 1024 * 1024) >= 0);
        console = console_new(&(ConsoleOptions){.fd = writer});
        console_line("db", line, 1024 * 1024, 0, console);
        text = read_all(reader);
        assert_true(strlen(text) <= 64 * 1024 + 128);
        assert_true(g_str_has_suffix(text, "…\n"));
}

static void count(void *userdata)
{
        ++*(unsigned *) userdata;
}

/* P17: a terminal that nobody reads (Ctrl-S) stops nobody, and takes a bounded part of memory */
static void stall(void (*make)(int *ret_reader, int *ret_writer))
{
        autofd reader = -1;
        autofd writer = -1;
        g_autoptr(Console) console = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        unsigned n_stalls = 0;

        make(&reader, &writer);
        console = console_new(&(ConsoleOptions){.fd = writer, .on_stall = count, .userdata = &n_stalls});
        (void) alarm(20);
        for (unsigned i = 0; i < 50000; i++)
                console_line("db", "some words of output that nobody reads", 38, 0, console);
        assert_true(n_stalls > 0);
        assert_false(console_flush(console));
        while (!console_flush(console)) {
                g_autofree char *part = read_all(reader);

                g_string_append(text, part);
        }
        console_line("db", "again", 5, 0, console);
        /* A terminal hands on what it got, and takes more, in its own time. */
        while (!g_str_has_suffix(text->str, "│ again\n")) {
                struct pollfd ready = {.fd = reader, .events = POLLIN};
                g_autofree char *part = NULL;

                (void) console_flush(console);
                assert_true(poll(&ready, 1, 10) >= 0);
                part = read_all(reader);
                g_string_append(text, part);
        }
        (void) alarm(0);
        assert_has(text->str, "lines lost: the terminal did not take them\n");
        assert_true(text->len < 1024 * 1024);
}

static void test_stalled(void **state)
{
        stall(make_pipe);
        stall(make_terminal);
}

static void *read_late(void *userdata)
{
        const int *reader = userdata;
        struct pollfd ready = {.fd = *reader, .events = POLLIN};
        GString *text = g_string_new(NULL);

        while (!g_str_has_suffix(text->str, ": 2 by signal\n") && poll(&ready, 1, 2000) > 0) {
                g_autofree char *part = read_all(*reader);

                g_string_append(text, part);
        }
        return g_string_free(text, FALSE);
}

/* P16, P17: behind a flood that nobody read, how it ended is still said */
static void test_last_words(void **state)
{
        autofd reader = -1;
        autofd writer = -1;
        Fixture fixture;
        Console *console;
        GThread *thread;
        g_autofree char *text = NULL;

        make_pipe(&reader, &writer);
        fixture_init(&fixture, "[Component a]\nExecStart=/bin/true\n[Component b]\nExecStart=/bin/true\n");
        console = console_new(&(ConsoleOptions){.fd = writer});
        console_attach(console, fixture.container, fixture.metrics);
        fixture_start(&fixture);
        for (unsigned i = 0; i < 50000; i++)
                console_line("a", "some words of output that nobody reads", 38, 0, console);
        container_shutdown(fixture.container, "request");
        fake_os_advance(20 * SECOND);
        thread = g_thread_new("reader", read_late, &reader);
        console_free(console);
        text = g_thread_join(thread);
        fixture_done(&fixture);

        assert_has(text, "lines lost: the terminal did not take them\n");
        assert_has(text, "■ stopping (request)\n");
        assert_has(text, "■ stopped 2 components in ");
}

/* A reader that goes away takes only its lines with it. */
static void test_reader_gone(void **state)
{
        autofd writer = -1;
        int reader;
        g_autoptr(Console) console = NULL;

        (void) signal(SIGPIPE, SIG_IGN);
        make_pipe(&reader, &writer);
        console = console_new(&(ConsoleOptions){.fd = writer});
        close(reader);
        for (unsigned i = 0; i < 1000; i++)
                console_line("db", "text", 4, 0, console);
        assert_true(console_flush(console));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_life),        cmocka_unit_test(test_colours),
                cmocka_unit_test(test_when_there_are_colours),
                cmocka_unit_test(test_lines),       cmocka_unit_test(test_a_long_line),
                cmocka_unit_test(test_stalled),     cmocka_unit_test(test_reader_gone),
                cmocka_unit_test(test_last_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
