/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_MAX 8192

static int send_to(const char *path, const char *text)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        size_t size = strlen(path);
        socklen_t length;
        ssize_t n;
        int fd, r = 0;

        if (size >= sizeof(address.sun_path))
                return -E2BIG;
        memcpy(address.sun_path, path, size);
        length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + size);
        if (path[0] == '@')
                address.sun_path[0] = '\0';
        else
                length++;
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        n = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *) &address, length);
        if (n < 0)
                r = -errno;
        (void) close(fd);
        return r;
}

int notify_send(const char *assignments)
{
        const char *path = getenv("NOTIFY_SOCKET");

        if (!path || (path[0] != '/' && path[0] != '@'))
                return 0;
        return send_to(path, assignments);
}

int notify_send_pair(const char *name, const char *value)
{
        char text[NOTIFY_MAX];
        int n = snprintf(text, sizeof(text), "%s=%s", name, value);

        return n < 0 || (size_t) n >= sizeof(text) ? -E2BIG : notify_send(text);
}
