/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FAREWELL_USEC (100 * 1000)

struct Screen {
        int fd;  /* borrowed */
        int own; /* a description of our own that does not block, or -1 */
        bool is_socket, can_block;
        GString *kept;
        unsigned n_lost;
};

/* O_NONBLOCK belongs to the open file, which the shell and the components share: so open a second one where that gives
 * the same thing. A regular file never makes anybody wait for a reader. */
Screen *screen_new(int fd)
{
        Screen *screen = g_new0(Screen, 1);
        struct stat status;

        *screen = (Screen){.fd = fd, .own = -1, .kept = g_string_new(NULL)};
        if (fstat(fd, &status) < 0)
                return screen;
        if (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode)) {
                char path[64];

                (void) snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                screen->own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
                screen->can_block = screen->own < 0;
        }
        screen->is_socket = S_ISSOCK(status.st_mode);
        return screen;
}

static ssize_t write_some(Screen *screen, const char *bytes, size_t n_bytes)
{
        if (screen->own >= 0)
                return write(screen->own, bytes, n_bytes);
        if (screen->is_socket)
                return send(screen->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (screen->can_block) {
                struct pollfd ready = {.fd = screen->fd, .events = POLLOUT};

                if (poll(&ready, 1, 0) <= 0) {
                        errno = EAGAIN;
                        return -1;
                }
                /* What polls writable takes this much of a pipe at once. */
                n_bytes = MIN(n_bytes, (size_t) PIPE_BUF);
        }
        return write(screen->fd, bytes, n_bytes);
}

bool screen_flush(Screen *screen)
{
        size_t done = 0;

        while (done < screen->kept->len) {
                ssize_t n = write_some(screen, screen->kept->str + done, screen->kept->len - done);

                if (n > 0) {
                        done += (size_t) n;
                        continue;
                }
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno != EAGAIN)
                        done = screen->kept->len; /* this is lost; the next line is tried again */
                break;
        }
        g_string_erase(screen->kept, 0, (gssize) done);
        return screen->kept->len == 0;
}

/* The last lines say how it ended: a reader that is only slow gets them. */
static void say_farewell(Screen *screen)
{
        gint64 deadline = g_get_monotonic_time() + FAREWELL_USEC, now;

        while (!screen_flush(screen) && (now = g_get_monotonic_time()) < deadline) {
                struct pollfd ready = {.fd = screen->own >= 0 ? screen->own : screen->fd, .events = POLLOUT};

                if (poll(&ready, 1, (int) ((deadline - now) / 1000) + 1) < 0)
                        return;
        }
}

void screen_free(Screen *screen)
{
        if (!screen)
                return;
        say_farewell(screen);
        g_string_free(screen->kept, TRUE);
        close_descriptor(&screen->own);
        g_free(screen);
}

bool screen_write(Screen *screen, const char *lines, size_t n_bytes, bool is_dispensable)
{
        size_t room = SCREEN_KEPT_MAX - (is_dispensable ? SCREEN_RESERVED : 0);
        bool is_taken = screen_flush(screen);

        if (screen->kept->len + n_bytes > room) {
                screen->n_lost++;
                return false;
        }
        if (screen->n_lost > 0) {
                g_string_append_printf(screen->kept, "… %u lines lost: the terminal did not take them\n",
                                       screen->n_lost);
                screen->n_lost = 0;
        }
        g_string_append_len(screen->kept, lines, (gssize) n_bytes);
        return is_taken ? screen_flush(screen) : false;
}
