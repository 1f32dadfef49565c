/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "observe/screen.h"

#define LINE "0123456789012345678901234567890123456789012345678901234567890\n"

static void read_all(int fd, GString *out)
{
        char bytes[65536];
        ssize_t n;

        while ((n = read(fd, bytes, sizeof(bytes))) > 0)
                g_string_append_len(out, bytes, n);
}

static void make_pipe(int fds[2])
{
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
}

static void make_socket(int fds[2])
{
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
        assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
}

/* P17: the writer never waits for a reader that does not read; what is lost is counted; lines stay whole */
static void stall(void (*make)(int fds[2]))
{
        g_autoptr(GString) got = g_string_new(NULL);
        g_autoptr(Screen) screen = NULL;
        autofd reader = -1;
        autofd writer = -1;
        int fds[2];
        bool is_stalled = false;

        make(fds);
        reader = fds[0];
        writer = fds[1];
        screen = screen_new(writer);
        for (size_t n = 0; n < 4 * SCREEN_KEPT_MAX + 1024 * 1024; n += strlen(LINE))
                is_stalled = !screen_write(screen, LINE, strlen(LINE), false) || is_stalled;
        assert_true(is_stalled);

        while (!screen_flush(screen))
                read_all(reader, got);
        read_all(reader, got);
        assert_true(screen_write(screen, "end\n", 4, false));
        read_all(reader, got);
        assert_non_null(strstr(got->str, "lines lost"));
        assert_true(g_str_has_suffix(got->str, "end\n"));
        for (const char *line = got->str; g_str_has_prefix(line, "0"); line = strchr(line, '\n') + 1)
                assert_memory_equal(line, LINE, strlen(LINE));
        /* Others share the description: it still blocks. */
        assert_int_equal(fcntl(writer, F_GETFL) & O_NONBLOCK, 0);
}

static void test_pipe(void **state)
{
        stall(make_pipe);
}

static void test_socket(void **state)
{
        stall(make_socket);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pipe),
                cmocka_unit_test(test_socket),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
