/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus_address.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

#define RETRY_MSEC 20

char *bus_address_of_path(const char *path)
{
        GString *out = g_string_new("unix:path=");

        for (; *path; path++)
                if (g_ascii_isalnum(*path) || strchr("-_/.\\*", *path))
                        g_string_append_c(out, *path);
                else
                        g_string_append_printf(out, "%%%02x", (unsigned char) *path);
        return g_string_free(out, FALSE);
}

/* Of "…,KEY=VALUE,…", unescaped; NULL: absent, or what is no address. */
static char *value_of(const char *options, const char *key)
{
        g_auto(GStrv) words = g_strsplit(options, ",", -1);

        for (size_t i = 0; words[i]; i++)
                if (g_str_has_prefix(words[i], key) && words[i][strlen(key)] == '=')
                        return g_uri_unescape_string(words[i] + strlen(key) + 1, NULL);
        return NULL;
}

static int socket_of(const char *entry, struct sockaddr_un *ret_address, socklen_t *ret_size)
{
        g_autofree char *path = NULL, *name = NULL;
        const char *text;
        size_t n;

        if (!g_str_has_prefix(entry, "unix:"))
                return -EINVAL;
        path = value_of(entry + strlen("unix:"), "path");
        name = value_of(entry + strlen("unix:"), "abstract");
        text = path ? path : name;
        if (!text || !*text || (path && name))
                return -EINVAL;
        n = strlen(text);
        if (n + 1 >= sizeof(ret_address->sun_path))
                return -ENAMETOOLONG;
        *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
        memcpy(ret_address->sun_path + (path ? 0 : 1), text, n);
        *ret_size = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + n + 1);
        return 0;
}

/* A daemon that is stopped accepts nothing, and its queue may be full. */
static int connect_until(int fd, const struct sockaddr_un *address, socklen_t size, uint64_t end_usec)
{
        while (connect(fd, (const struct sockaddr *) address, size) < 0) {
                if (errno != EAGAIN && errno != EINTR)
                        return -errno;
                if (clock_monotonic() >= end_usec)
                        return -ETIMEDOUT;
                (void) poll(NULL, 0, RETRY_MSEC);
        }
        return 0;
}

static int connect_entry(const char *entry, uint64_t end_usec)
{
        struct sockaddr_un address;
        socklen_t size;
        int fd, r = socket_of(entry, &address, &size);

        if (r < 0)
                return r;
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        r = connect_until(fd, &address, size, end_usec);
        if (r >= 0)
                return fd;
        (void) close(fd);
        return r;
}

int bus_address_connect(const char *address, uint64_t end_usec)
{
        g_auto(GStrv) entries = g_strsplit(address, ";", -1);
        int r = -EINVAL;

        for (size_t i = 0; entries[i] && r < 0; i++)
                if (*entries[i])
                        r = connect_entry(entries[i], end_usec);
        return r;
}
