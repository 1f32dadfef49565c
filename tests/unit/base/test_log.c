/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "base/cleanup.h"
#include "base/log.h"

/* Standard error leads into WRITE_END while FUNCTION runs. */
static void with_stderr(int write_end, void (*function)(void))
{
        int saved = dup(STDERR_FILENO);

        assert_true(saved >= 0);
        assert_int_equal(dup2(write_end, STDERR_FILENO), STDERR_FILENO);
        function();
        assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
        close(saved);
}

static void write_some(void)
{
        log_level = LOG_INFO;
        log_prefix = false;
        log_debug("not formatted");
        errno = ENOENT;
        log_error("line\none %d %m", 1);
        assert_int_equal(errno, ENOENT);
        log_prefix = true;
        log_warning("two");
}

static void test_lines(void **state)
{
        int ends[2];
        char got[256];
        ssize_t n;

        (void) state;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        with_stderr(ends[1], write_some);
        n = read(ends[0], got, sizeof(got) - 1);
        assert_true(n > 0);
        got[n] = '\0';
        assert_string_equal(got, "line\\x0aone 1 No such file or directory\n<4>two\n");
        close(ends[0]);
        close(ends[1]);
}

static void write_much(void)
{
        g_autofree char *text = g_strnfill(100000, 'x');

        for (int i = 0; i < 1000; i++)
                log_error("%s", text);
}

/* P17: a reader that stopped never stops the daemon; lines are bounded and whole */
static void test_full_pipe(void **state)
{
        int ends[2];
        char got[65536];
        ssize_t n;

        (void) state;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        with_stderr(ends[1], write_much);
        assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
        n = read(ends[0], got, sizeof(got));
        assert_true(n > 0 && n <= (ssize_t) sizeof(got));
        assert_int_equal(got[n - 1], '\n');
        close(ends[0]);
        close(ends[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_full_pipe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
