/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export.h"
#include "include/reeve.h"

#define FIRST_FD 3
#define LISTEN_MAX 4096

static long read_number(const char *name)
{
        const char *text = getenv(name);
        char *end;
        long number;

        if (!text || text[0] < '0' || text[0] > '9')
                return -1;
        number = strtol(text, &end, 10);
        return *end == '\0' ? number : -1;
}

/* 0 where there are none, or they are meant for another process. */
static int count(void)
{
        long n = read_number("LISTEN_FDS");

        return n < 0 || n > LISTEN_MAX || read_number("LISTEN_PID") != getpid() ? 0 : (int) n;
}

static int find(const char *name, int n)
{
        const char *names = getenv("LISTEN_FDNAMES");
        size_t size = strlen(name);

        for (int i = 0; names && i < n; i++) {
                size_t here = strcspn(names, ":");

                if (here == size && memcmp(names, name, size) == 0)
                        return i;
                if (names[here] == '\0')
                        break;
                names += here + 1;
        }
        return -ENOENT;
}

static int set_close_on_exec(int fd)
{
        int flags = fcntl(fd, F_GETFD);

        return flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0 ? -errno : 0;
}

void listen_close_on_exec(void)
{
        int n = count();

        for (int i = 0; i < n; i++)
                (void) set_close_on_exec(FIRST_FD + i);
}

REEVE_EXPORT int reeve_listen_fd(const char *name)
{
        int n = count();
        int i = n == 0 ? -ENOENT : name ? find(name, n) : 0;
        int r = i < 0 ? i : set_close_on_exec(FIRST_FD + i);

        return r < 0 ? r : FIRST_FD + i;
}
