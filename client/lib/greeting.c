/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "greeting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* "OK ", 32 digits, CR LF is what there should be. */
#define LINE_MAX_BYTES 256

struct Greeting {
        int fd; /* what is written here sd-bus reads; -1: it has had the line */
        size_t n;
        char line[LINE_MAX_BYTES];
};

int greeting_new(Greeting **ret, int *ret_input)
{
        Greeting *greeting = calloc(1, sizeof(Greeting));
        int pair[2];

        if (!greeting)
                return -ENOMEM;
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
                free(greeting);
                return -errno;
        }
        greeting->fd = pair[0];
        *ret_input = pair[1];
        *ret = greeting;
        return 0;
}

void greeting_free(Greeting *greeting)
{
        if (!greeting)
                return;
        (void) close(greeting->fd);
        free(greeting);
}

static bool is_whole(const Greeting *greeting)
{
        return greeting->n > 0 && greeting->line[greeting->n - 1] == '\n';
}

/* Takes up to the end of the line, and not a byte more. */
static int read_line(Greeting *greeting, int fd)
{
        char *place = greeting->line + greeting->n;
        size_t room = sizeof(greeting->line) - greeting->n;
        ssize_t n = room > 0 ? recv(fd, place, room, MSG_PEEK | MSG_DONTWAIT) : 0;
        const char *end;

        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (n == 0)
                return room > 0 ? -ECONNRESET : -EPROTO;
        end = memchr(place, '\n', (size_t) n);
        n = recv(fd, place, end ? (size_t) (end + 1 - place) : (size_t) n, MSG_DONTWAIT);
        if (n < 0)
                return -errno;
        greeting->n += (size_t) n;
        return 0;
}

/* One line, with one CR LF at its end. */
static bool is_welcome(const Greeting *greeting)
{
        return greeting->n >= 5 && memcmp(greeting->line, "OK ", 3) == 0 && greeting->line[greeting->n - 2] == '\r';
}

int greeting_turn(Greeting *greeting, int fd, int input, sd_bus *bus)
{
        int r = 0;

        if (!is_whole(greeting)) {
                r = read_line(greeting, fd);
                if (r < 0 || !is_whole(greeting))
                        return r;
                if (!is_welcome(greeting))
                        return -EPROTO;
                if (send(greeting->fd, greeting->line, greeting->n, MSG_NOSIGNAL) != (ssize_t) greeting->n)
                        return -EPROTO;
        }
        while ((r = sd_bus_is_ready(bus)) == 0 && (r = sd_bus_process(bus, NULL)) > 0)
                ;
        if (r <= 0)
                return r;
        return dup3(fd, input, O_CLOEXEC) < 0 ? -errno : 1;
}
