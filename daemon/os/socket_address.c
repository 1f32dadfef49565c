/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket_address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int socket_address_set_unix(const char *path, struct sockaddr_un *ret, int *ret_fd)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        g_autofree char *directory = NULL;
        const char *slash = strrchr(path, '/');
        autofd fd = -1;

        if (path[0] != '/' || !slash[1])
                return -EINVAL;
        if (strlen(path) < sizeof(address.sun_path))
                memcpy(address.sun_path, path, strlen(path) + 1);
        else {
                directory = g_strndup(path, (gsize) (slash - path));
                fd = open(*directory ? directory : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (fd < 0)
                        return -errno;
                if ((size_t) snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d%s", fd, slash) >=
                    sizeof(address.sun_path))
                        return -ENAMETOOLONG;
        }

        *ret = address;
        *ret_fd = g_steal_fd(&fd);
        return 0;
}

static int parse_port(const char *text, in_port_t *ret)
{
        char *end;
        long port;

        if (!g_ascii_isdigit(*text) || strlen(text) > 5)
                return -EINVAL;
        port = strtol(text, &end, 10);
        if (*end || port < 1 || port > UINT16_MAX)
                return -EINVAL;
        *ret = htons((uint16_t) port);
        return 0;
}

/* A link-local address may name its interface: fe80::1%eth0. */
static int parse_v6(char *text, struct sockaddr_in6 *address)
{
        char *zone = strchr(text, '%');

        if (zone) {
                *zone++ = '\0';
                address->sin6_scope_id = if_nametoindex(zone);
                if (address->sin6_scope_id == 0)
                        return -EINVAL;
        }
        address->sin6_family = AF_INET6;
        return inet_pton(AF_INET6, text, &address->sin6_addr) == 1 ? 0 : -EINVAL;
}

int socket_address_parse_tcp(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { 0 };
        const char *colon = strrchr(text, ':');
        g_autofree char *host = NULL;
        in_port_t port;

        if (!colon || colon == text || parse_port(colon + 1, &port) < 0)
                return -EINVAL;
        *ret = (struct sockaddr_storage) { 0 };
        if (text[0] == '[' && colon[-1] == ']') {
                host = g_strndup(text + 1, (gsize) (colon - text) - 2);
                v6.sin6_port = port;
                if (parse_v6(host, &v6) < 0)
                        return -EINVAL;
                memcpy(ret, &v6, sizeof(v6));
                *ret_size = sizeof(v6);
                return 0;
        }
        host = g_strndup(text, (gsize) (colon - text));
        v4.sin_port = port;
        if (inet_pton(AF_INET, host, &v4.sin_addr) != 1)
                return -EINVAL;
        memcpy(ret, &v4, sizeof(v4));
        *ret_size = sizeof(v4);
        return 0;
}
