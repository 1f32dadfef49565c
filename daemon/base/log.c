/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "escape.h"

int log_level = LOG_INFO;
bool log_prefix;

/* A descriptor that polls writable takes PIPE_BUF bytes at once: so one write of less neither blocks nor splits. */
static void write_line(const char *line, size_t n_bytes)
{
        struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
        ssize_t done;

        if (poll(&ready, 1, 0) <= 0 || !(ready.revents & POLLOUT))
                return;
        do
                done = write(STDERR_FILENO, line, n_bytes);
        while (done < 0 && errno == EINTR);
}

void log_write(int level, const char *format, ...)
{
        int saved = errno;
        char text[PIPE_BUF];
        g_autoptr(GString) line = g_string_sized_new(128);
        va_list arguments;

        va_start(arguments, format);
        if (vsnprintf(text, sizeof(text), format, arguments) >= 0) {
                if (log_prefix)
                        g_string_append_printf(line, "<%d>", level & LOG_PRIMASK);
                escape_append(line, text, strlen(text), FALSE, PIPE_BUF - 16);
                g_string_append_c(line, '\n');
                write_line(line->str, line->len);
        }
        va_end(arguments);
        errno = saved;
}
