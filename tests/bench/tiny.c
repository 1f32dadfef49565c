/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The smallest component: says READY=1 and waits for a signal, whose default disposition ends it. So that the price of
 * a start is the supervisor's and the kernel's, it has no C library.
 *   tiny                 as said
 *   tiny log FILE NAME   appends "µs NAME start|ready|term"; catches SIGTERM to say so
 *   tiny mark SOCKET     before anything else one datagram there with the µs of its start
 *   tiny ask SOCKET      prints what is said there, and ends */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "raw_call.h"

#define MASK_BYTES 8
#define TERM_MASK (1UL << (SIGTERM - 1))

void tiny(long *stack);

static long call3(long number, long a, long b, long c)
{
        return raw_call(number, a, b, c, 0, 0, 0);
}

static size_t length(const char *text)
{
        size_t n = 0;

        while (text[n])
                n++;
        return n;
}

static int is_equal(const char *a, const char *b)
{
        while (*a && *a == *b)
                a++, b++;
        return *a == *b;
}

static _Noreturn void finish(long status)
{
        for (;;)
                (void) call3(SYS_exit_group, status, 0, 0);
}

static uint64_t now_usec(void)
{
        struct timespec now = {0};

        (void) call3(SYS_clock_gettime, CLOCK_MONOTONIC, (long) &now, 0);
        return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

/* Digits of NUMBER, right-aligned before END; the first of them. */
static char *digits(uint64_t number, char *end)
{
        do
                *--end = (char) ('0' + number % 10);
        while (number /= 10);
        return end;
}

static long address_set(struct sockaddr_un *address, const char *path)
{
        size_t n = length(path);

        if (n == 0 || n >= sizeof(address->sun_path))
                finish(3);
        *address = (struct sockaddr_un){.sun_family = AF_UNIX};
        for (size_t i = 0; i < n; i++)
                address->sun_path[i] = i == 0 && path[0] == '@' ? '\0' : path[i];
        return (long) (offsetof(struct sockaddr_un, sun_path) + n);
}

static void say(const char *path, const char *text, size_t n)
{
        struct sockaddr_un address;
        long n_address = address_set(&address, path);
        long fd = call3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || raw_call(SYS_sendto, fd, (long) text, (long) n, 0, (long) &address, n_address) < 0)
                finish(4);
}

static void mark(const char *path)
{
        char text[24], *end = text + sizeof(text), *begin = digits(now_usec(), end);

        say(path, begin, (size_t) (end - begin));
}

/* One write a line: with O_APPEND the lines of all components stand in the order of their writes. */
static void note(long fd, const char *name, const char *event)
{
        char line[128], number[24], *end = number + sizeof(number);
        const char *parts[] = {digits(now_usec(), end), name, event};
        size_t n = 0;

        for (size_t i = 0; i < 3; i++) {
                const char *limit = i == 0 ? end : parts[i] + length(parts[i]);

                for (const char *p = parts[i]; p < limit && n < sizeof(line) - 1; p++)
                        line[n++] = *p;
                line[n++] = i == 2 ? '\n' : ' ';
                if (n >= sizeof(line) - 1)
                        finish(5);
        }
        if (call3(SYS_write, fd, (long) line, (long) n) != (long) n)
                finish(5);
}

static _Noreturn void ask(const char *path)
{
        struct sockaddr_un address;
        long n_address = address_set(&address, path), n;
        long fd = call3(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        char text[256];

        if (fd < 0 || call3(SYS_connect, fd, (long) &address, n_address) < 0)
                finish(4);
        n = call3(SYS_read, fd, (long) text, sizeof(text));
        finish(n > 0 && call3(SYS_write, 1, (long) text, n) == n ? 0 : 4);
}

static void announce(char **environment)
{
        static const char name[] = "NOTIFY_SOCKET=", ready[] = "READY=1";

        for (; *environment; environment++) {
                size_t i = 0;

                while (name[i] && (*environment)[i] == name[i])
                        i++;
                if (!name[i]) {
                        say(*environment + i, ready, sizeof(ready) - 1);
                        return;
                }
        }
}

static void live_with_log(const char *file, const char *name, char **environment)
{
        unsigned long mask = TERM_MASK;
        long fd = raw_call(SYS_openat, AT_FDCWD, (long) file, O_WRONLY | O_APPEND | O_CLOEXEC, 0, 0, 0);

        (void) raw_call(SYS_rt_sigprocmask, SIG_BLOCK, (long) &mask, 0, MASK_BYTES, 0, 0);
        note(fd, name, "start");
        note(fd, name, "ready");
        announce(environment);
        (void) raw_call(SYS_rt_sigtimedwait, (long) &mask, 0, 0, MASK_BYTES, 0, 0);
        note(fd, name, "term");
        finish(0);
}

__attribute__((used)) void tiny(long *stack)
{
        long argc = stack[0];
        char **argv = (char **) (stack + 1), **environment = argv + argc + 1;

        if (argc == 3 && is_equal(argv[1], "ask"))
                ask(argv[2]);
        if (argc == 4 && is_equal(argv[1], "log"))
                live_with_log(argv[2], argv[3], environment);
        if (argc == 3 && is_equal(argv[1], "mark"))
                mark(argv[2]);
        announce(environment);
        for (;;)
                (void) raw_call(SYS_ppoll, 0, 0, 0, 0, MASK_BYTES, 0);
}

RAW_ENTRY(tiny);
